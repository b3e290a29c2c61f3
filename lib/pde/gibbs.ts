import { options, positive, refuse } from '../core/arguments.ts'
import { exp, log } from '../core/elementary.ts'
import { ArgumentError } from '../core/errors.ts'
import { field, fieldOf } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { isGrid } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'

/**
 * The Gibbs density e^{−βf}/Z on the nodes of a grid, Z the sum with the grid's weights, so that it integrates to 1: what dx = −∇f dt + √(2/β) dW
 * settles to. Formed from f − min f: any β. f = +∞ is a wall, with density 0.
 * @throws ArgumentError unless f is a potential of the grid's dimension, finite on some node, and beta is a positive number
 */
export function gibbs(grid: Grid, potential: Potential, given: { beta: number }): Field {
  const { density, sum } = boltzmann('gibbs', grid, potential, given)
  return fieldOf(grid, density.map((value) => value / sum))
}

/**
 * log Z = log Σ w e^{−βf} over the nodes with the grid's weights w: log ∫e^{−βf} as `integrate` would have it, at any β.
 * @throws ArgumentError as `gibbs`, and when β min f, and so log Z, is beyond the finite numbers
 */
export function logPartition(grid: Grid, potential: Potential, given: { beta: number }): number {
  const { sum, least } = boltzmann('logPartition', grid, potential, given)
  const lowest = given.beta * least
  if (!Number.isFinite(lowest)) refuse('logPartition', 'beta', `so small that beta times the least potential ${least} is a finite number`, given.beta)
  return log(sum) - lowest
}

/** e^{−β(f − min f)} on the nodes and its weighted sum. */
function boltzmann(where: string, grid: Grid, potential: Potential, given: { beta: number }): { density: Float64Array; sum: number; least: number } {
  if (!isGrid(grid)) refuse(where, 'grid', 'a grid made by grid()', grid)
  options(where, given, ['beta'])
  const beta = positive(where, 'beta', given.beta)
  if (!isPotential(potential)) refuse(where, 'potential', 'a potential made by potential() or landscapes', potential)
  if (potential.dim !== grid.dim) throw new ArgumentError(`${where}: potential must be a potential of dimension ${grid.dim}, got dimension ${potential.dim}`)
  const f = field(grid, potential).values.data
  const least = f.reduce((low, value) => Math.min(low, value), Infinity)
  if (least === Infinity) throw new ArgumentError(`${where}: potential must be finite on some node, got +Infinity on all`)
  // Halves, since the difference of two finite numbers may be infinite.
  const density = f.map((value) => exp(-beta * (value / 2 - least / 2) * 2))
  const weights = grid.weights().data
  let sum = 0
  let lost = 0
  for (let i = 0; i < density.length; i++) {
    const term = density[i] * weights[i] - lost
    const next = sum + term
    lost = next - sum - term
    sum = next
  }
  return { density, sum, least }
}
