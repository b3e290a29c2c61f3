import type { Grid } from './grid.ts'

/**
 * Flat index of the node whose cell holds the point at points[from …], −1 outside the domain. Cells meet halfway between nodes and end with the
 * domain; a periodic axis wraps.
 */
export function nearestNode(grid: Grid, points: Float64Array, from: number): number {
  let index = 0
  for (let k = 0; k < grid.dim; k++) {
    const { min, max, size, boundary, nodes } = grid.axes[k]
    const x = points[from + k]
    const s = (x - min) / grid.spacing[k]
    let node = nodes === 'centers' ? Math.floor(s) : Math.floor(s + 0.5)
    if (boundary === 'periodic') node -= size * Math.floor(node / size)
    else if (!(x >= min && x <= max)) return -1
    else if (node >= size) node = size - 1
    index = index * size + node
  }
  return index
}
