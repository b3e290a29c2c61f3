import { endsAreNodes } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'

/** Nodes on Dirichlet ends with the values that they hold; where two axes meet the later one rules. */
export function heldNodes(grid: Grid): { nodes: Int32Array; hold(u: Float64Array): void } {
  const found = new Map<number, number>()
  for (const [k, axis] of grid.axes.entries()) {
    if (typeof axis.boundary !== 'object' || !endsAreNodes(axis)) continue
    const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
    for (let i = 0; i < grid.size; i++) {
      const place = Math.floor(i / stride) % axis.size
      if (place === 0 || place === axis.size - 1) found.set(i, axis.boundary.dirichlet)
    }
  }
  const nodes = Int32Array.from(found.keys())
  const values = Float64Array.from(found.values())
  return {
    nodes,
    hold: (u) => {
      for (let i = 0; i < nodes.length; i++) u[nodes[i]] = values[i]
    },
  }
}
