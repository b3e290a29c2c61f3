import { finite, refuse } from '../core/arguments.ts'
import type { Axis, Grid } from './grid.ts'

/** The nodes around a point and their weights: work space that may be used again. */
export interface Corners {
  index: number[]
  weight: number[]
}

/**
 * Multilinear interpolation of `data` (C order) at x; beyond the nodes: periodic wrap, even reflection about the domain's ends,
 * linear continuation, or the Dirichlet constant. Weights of zero are skipped, so a wall beside a node does not spread to it.
 */
export function interpolate(grid: Grid, data: Float64Array, x: readonly number[]): number {
  const corners: Corners = { index: [], weight: [] }
  return findCorners('at', grid, x, corners) ?? weightedSum(corners, data)
}

/** Writes the 2^dim nodes around x and their weights to `out`; beyond a Dirichlet axis there are none, and its constant is returned. */
export function findCorners(where: string, grid: Grid, x: ArrayLike<number>, out: Corners): number | undefined {
  if (x.length !== grid.dim) refuse(where, 'x', `${grid.dim} coordinate${grid.dim === 1 ? '' : 's'}`, x)
  const { index, weight } = out
  index[0] = 0
  weight[0] = 1
  for (let k = 0, count = 1; k < grid.dim; k++, count *= 2) {
    const axis = grid.axes[k]
    const s = position(axis, grid.spacing[k], Number.isFinite(x[k]) ? x[k] : finite(where, `x[${k}]`, x[k]))
    if (Number.isNaN(s)) return (axis.boundary as { dirichlet: number }).dirichlet
    const { size, boundary } = axis
    const node = boundary === 'periodic' || size === 1 ? Math.min(Math.floor(s), size - 1) : Math.min(Math.max(Math.floor(s), 0), size - 2)
    const next = boundary === 'periodic' ? (node + 1) % size : Math.min(node + 1, size - 1)
    const upper = s - node
    // From the last to the first, so that none is overwritten before it has been split.
    for (let c = count - 1; c >= 0; c--) {
      const start = index[c] * size
      const share = weight[c]
      index[2 * c] = start + node
      index[2 * c + 1] = start + next
      weight[2 * c] = share * (1 - upper)
      weight[2 * c + 1] = share * upper
    }
  }
  return undefined
}

export function weightedSum({ index, weight }: Corners, data: Float64Array): number {
  let sum = 0
  for (let c = 0; c < index.length; c++) if (weight[c] !== 0) sum += weight[c] * data[index[c]]
  return sum
}

/** Where x lies, in units of the spacing from the first node, after wrap or reflection; NaN beyond a Dirichlet axis. */
function position(axis: Required<Axis>, h: number, x: number): number {
  const { min, max, size, boundary } = axis
  const first = axis.nodes === 'centers' ? min + h / 2 : min
  const s = (x - first) / h
  if (boundary === 'periodic') return s - size * Math.floor(s / size)
  if (typeof boundary === 'object' && (x < min || x > max)) return NaN
  if (size === 1) return 0
  // Between the last center and the wall an even field is flat to first order and a Dirichlet one is held at its last node.
  if (boundary !== 'neumann') return boundary === 'extrapolate' ? s : Math.min(Math.max(s, 0), size - 1)
  const length = (max - min) / h
  const offset = (x - min) / h - 2 * length * Math.floor((x - min) / (2 * length * h))
  const reflected = (offset > length ? 2 * length - offset : offset) - (first - min) / h
  return Math.min(Math.max(reflected, 0), size - 1)
}
