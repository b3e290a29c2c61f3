import { callable, options, positive, refuse } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { field, fieldOf, flat, nodeAt } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import { boundaryIsDefault, isGrid } from '../../grid/grid.ts'
import type { Axis, Grid } from '../../grid/grid.ts'
import { isPotential } from '../../potential/potential.ts'
import type { Potential } from '../../potential/potential.ts'
import type { Equation } from '../equation.ts'
import { readDiffusion } from './diffusion.ts'
import type { Diffusion, DiffusionSource, PointMap } from './diffusion.ts'

/** ρ_t = −∇·(bρ) + ∇·∇·(Dρ)/β, the law of dx = b dt + √(2D/β) dW in Itô's sense; b = −∇f where a potential is given. */
export interface FokkerPlanck extends Equation {
  readonly kind: 'fokker-planck'
  readonly grid: Grid
  readonly beta: number
  /** f, where the drift is −∇f. */
  readonly potential?: Potential
  /** f on the nodes; +∞ is a wall. */
  readonly energy?: Field
  /** b otherwise. */
  readonly drift?: PointMap
  readonly diffusion: Diffusion
}

export interface FokkerPlanckDefinition {
  /** A density, whose mass is kept, not normalised. */
  initial?: Field
  /** In place of `initial`, for what depends on the equation alone. */
  grid?: Grid
  /** f of the drift −∇f. */
  potential?: Potential
  /** The drift itself, in place of a potential: writes b(x) to `out`. */
  drift?: (x: Float64Array, out: Float64Array) => void
  beta: number
  /** D, default 1: a number (times I), a list (its diagonal), a matrix, or a function that writes all dim² entries of D(x) to `out`, row major. */
  diffusion?: DiffusionSource
}

/**
 * The Fokker–Planck equation ρ_t = −∇·(bρ) + ∇·∇·(Dρ)/β (Itô) with b = −∇f or a given drift, from a density (finite, ≥ 0; copied) or on a grid alone.
 * On an axis 'neumann' or no boundary means no flux, 'periodic' a circle, { dirichlet: 0 } absorbing ends: at the end nodes, or on the outer faces of the
 * end cells of an axis of centers. f = +∞ on a node is a wall: no mass there and no flux to it. D may couple axes in 2 and 3 dimensions;
 * a diagonal D may have zeros, where the drift alone moves mass.
 * @throws ArgumentError unless exactly one of initial and grid is given, one of potential (of the grid's dimension) and drift, and beta is a positive number; on
 * a D that is not symmetric positive definite or diagonal, negative densities, mass on walls, an axis that extrapolates or holds another value than 0,
 * or an unknown option
 */
export function fokkerPlanck(given: FokkerPlanckDefinition): FokkerPlanck {
  options('fokkerPlanck', given, ['initial', 'grid', 'potential', 'drift', 'beta', 'diffusion'])
  if ((given.initial === undefined) === (given.grid === undefined)) {
    throw new ArgumentError(`fokkerPlanck: initial or grid must be given exactly once, got ${given.initial === undefined ? 'neither' : 'both'}`)
  }
  const values = given.initial === undefined ? undefined : flat('fokkerPlanck', 'initial', given.initial)
  const grid = given.initial === undefined ? given.grid! : given.initial.grid
  if (!isGrid(grid)) refuse('fokkerPlanck', 'grid', 'a grid made by grid()', grid)
  const beta = positive('fokkerPlanck', 'beta', given.beta)
  if (given.potential !== undefined && given.drift !== undefined) {
    throw new ArgumentError('fokkerPlanck: potential or drift must be given exactly once, got both')
  }
  for (const [k, axis] of grid.axes.entries()) checkAxis(axis, grid.dim === 1 ? 'boundary' : `boundary of axis ${k}`)
  const motion = given.drift === undefined ? descent(grid, given.potential) : { drift: checkedDrift(given.drift) }
  const diffusion = readDiffusion(grid, given.diffusion ?? 1)
  if (values !== undefined) checkDensity(grid, values, 'energy' in motion ? motion.energy.values.data : undefined)
  return Object.freeze({ kind: 'fokker-planck', grid, beta, ...motion, diffusion, ...(values !== undefined && { initial: fieldOf(grid, values) }) })
}

function descent(grid: Grid, potential: Potential | undefined): { potential: Potential; energy: Field } {
  if (!isPotential(potential)) refuse('fokkerPlanck', 'potential', 'a potential made by potential() or landscapes', potential)
  if (potential.dim !== grid.dim) refuse('fokkerPlanck', 'potential', `a potential of dimension ${grid.dim}, as the grid`, potential.dim)
  const energy = field(grid, potential)
  if (!energy.values.data.some((f) => f < Infinity)) throw new ArgumentError('fokkerPlanck: potential must be finite on some node, got +Infinity on all')
  return { potential, energy }
}

function checkedDrift(drift: PointMap): PointMap {
  callable('fokkerPlanck', 'drift', drift)
  return drift
}

/** f, where e^{−βf/c} is stationary and no flux runs in it: a drift −∇f and D = c I. */
export function gibbsOf({ potential, beta, diffusion }: FokkerPlanck): { potential: Potential; beta: number } | undefined {
  return potential === undefined || diffusion.scalar === undefined ? undefined : { potential, beta: beta / diffusion.scalar }
}

/** The equation, or a refusal on behalf of a function that takes it. */
export function checkEquation(where: string, equation: unknown): asserts equation is FokkerPlanck {
  if (!isFokkerPlanck(equation)) {
    refuse(where, 'equation', 'an equation made by fokkerPlanck()', (equation as { kind?: unknown } | null)?.kind ?? equation)
  }
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

function checkDensity(grid: Grid, values: Float64Array, energy: Float64Array | undefined): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i] < 0) {
      throw new ArgumentError(`fokkerPlanck: initial must be a density, at least 0 everywhere, got ${values[i]} at (${nodeAt(grid, i).join(', ')})`)
    }
    if (values[i] > 0 && energy?.[i] === Infinity) {
      throw new ArgumentError(`fokkerPlanck: initial must be 0 where the potential is +Infinity, got ${values[i]} at (${nodeAt(grid, i).join(', ')})`)
    }
  }
}
