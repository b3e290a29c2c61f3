import { options, positive, refuse } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { field, fieldOf, flat, nodeAt } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import { boundaryIsDefault, isGrid } from '../../grid/grid.ts'
import type { Axis, Grid } from '../../grid/grid.ts'
import { isPotential } from '../../potential/potential.ts'
import type { Potential } from '../../potential/potential.ts'
import type { Equation } from '../equation.ts'

/** ρ_t = ∇·(ρ∇f) + Δρ/β, the law of dx = −∇f dt + √(2/β) dW. */
export interface FokkerPlanck extends Equation {
  readonly kind: 'fokker-planck'
  readonly grid: Grid
  readonly potential: Potential
  readonly beta: number
  /** f on the nodes; +∞ is a wall. */
  readonly energy: Field
}

/**
 * The Fokker–Planck equation ρ_t = ∇·(ρ∇f) + Δρ/β in any dimension, from a density (finite, ≥ 0; its mass is kept, not normalised; copied), or on a grid
 * alone, which serves `stationary`. On an axis 'neumann' or no boundary means no flux, 'periodic' a circle, { dirichlet: 0 } absorbing ends: at the end
 * nodes, or on the outer faces of the end cells of an axis of centers. f = +∞ on a node is a wall: no mass there and no flux to it.
 * @throws ArgumentError unless exactly one of initial and grid is given, beta is a positive number and f a potential of the grid's dimension; on
 * negative densities, mass on walls, an axis that extrapolates or holds another value than 0, or an unknown option
 */
export function fokkerPlanck(given: { initial?: Field; grid?: Grid; potential: Potential; beta: number }): FokkerPlanck {
  options('fokkerPlanck', given, ['initial', 'grid', 'potential', 'beta'])
  if ((given.initial === undefined) === (given.grid === undefined)) {
    throw new ArgumentError(`fokkerPlanck: initial or grid must be given exactly once, got ${given.initial === undefined ? 'neither' : 'both'}`)
  }
  const values = given.initial === undefined ? undefined : flat('fokkerPlanck', 'initial', given.initial)
  const grid = given.initial === undefined ? given.grid! : given.initial.grid
  if (!isGrid(grid)) refuse('fokkerPlanck', 'grid', 'a grid made by grid()', grid)
  const beta = positive('fokkerPlanck', 'beta', given.beta)
  if (!isPotential(given.potential)) refuse('fokkerPlanck', 'potential', 'a potential made by potential() or landscapes', given.potential)
  if (given.potential.dim !== grid.dim) refuse('fokkerPlanck', 'potential', `a potential of dimension ${grid.dim}, as the grid`, given.potential.dim)
  for (const [k, axis] of grid.axes.entries()) checkAxis(axis, grid.dim === 1 ? 'boundary' : `boundary of axis ${k}`)
  const energy = field(grid, given.potential)
  if (!energy.values.data.some((f) => f < Infinity)) throw new ArgumentError('fokkerPlanck: potential must be finite on some node, got +Infinity on all')
  if (values !== undefined) checkDensity(grid, values, energy.values.data)
  return Object.freeze({
    kind: 'fokker-planck', grid, potential: given.potential, beta, energy, ...(values !== undefined && { initial: fieldOf(grid, values) }),
  })
}

export function isFokkerPlanck(value: unknown): value is FokkerPlanck {
  const given = value as Partial<FokkerPlanck> | null
  return given !== null && typeof given === 'object' && given.kind === 'fokker-planck' && isGrid(given.grid)
}

/** Whether mass leaves through the ends of an axis. */
export function isAbsorbing(axis: Required<Axis>): boolean {
  return typeof axis.boundary === 'object'
}

function checkAxis(axis: Required<Axis>, name: string): void {
  const expected = "'neumann' (or left out: no flux), 'periodic' or { dirichlet: 0 } (absorbing)"
  if (axis.boundary === 'extrapolate' && !boundaryIsDefault(axis)) refuse('fokkerPlanck', name, expected, axis.boundary)
  if (typeof axis.boundary === 'object' && axis.boundary.dirichlet !== 0) {
    throw new ArgumentError(`fokkerPlanck: ${name} must be ${expected}, got { dirichlet: ${axis.boundary.dirichlet} }`)
  }
}

function checkDensity(grid: Grid, values: Float64Array, energy: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] < 0) {
      throw new ArgumentError(`fokkerPlanck: initial must be a density, at least 0 everywhere, got ${values[i]} at (${nodeAt(grid, i).join(', ')})`)
    }
    if (values[i] > 0 && energy[i] === Infinity) {
      throw new ArgumentError(`fokkerPlanck: initial must be 0 where the potential is +Infinity, got ${values[i]} at (${nodeAt(grid, i).join(', ')})`)
    }
  }
}
