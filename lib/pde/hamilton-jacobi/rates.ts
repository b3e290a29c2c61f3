import { endsAreNodes } from '../../grid/grid.ts'
import type { Grid } from '../../grid/grid.ts'

/** −H(x, ∇u) on the nodes. */
export interface Rates {
  /** Writes the rates. */
  rate(u: Float64Array, out: Float64Array): void
  /** A bound of Σ_k |∂H/∂p_k|/h_k over the nodes. */
  crossings(u: Float64Array): number
}

/** The least distance over which an axis has differences: a Dirichlet value on a cell face is half a spacing away from its node. */
export function reachOf(grid: Grid, k: number): number {
  const axis = grid.axes[k]
  return typeof axis.boundary === 'object' && !endsAreNodes(axis) ? grid.spacing[k] / 2 : grid.spacing[k]
}
