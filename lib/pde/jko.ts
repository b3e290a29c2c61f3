import { integer, positive, refuse } from '../core/arguments.ts'
import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { endsAreNodes } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import type { Potential } from '../potential/potential.ts'
import { compensatedSum } from '../stats/sums.ts'
import { checkEquation, gibbsOf } from './fokker-planck/equation.ts'
import type { FokkerPlanck } from './fokker-planck/equation.ts'
import { checkWatched, watch } from './fokker-planck/watched.ts'
import type { Watched } from './fokker-planck/watched.ts'
import { quantileStep } from './quantile-step.ts'
import type { QuantileProblem } from './quantile-step.ts'

export interface JkoOptions extends Watched {
  /** Length of a step, > 0. */
  tau: number
  steps: number
  /** Least number of cells between quantiles, of equal mass in the bulk. Default 400. */
  cells?: number
}

export interface Jko {
  /** 0, τ, 2τ, … */
  times: number[]
  /** The density at each time, spread over the cells of the grid. */
  fields: Field[]
  /** ∫ρf + (D/β)∫ρ log ρ at each time, of the normalised density whose quantiles move. */
  energies: number[]
  /** W₂ moved in each step. */
  distances: number[]
  /** Masses at which quantiles are kept, from 0 to 1. */
  levels: Float64Array
  /** The quantiles at each time. Between two of them the density is constant. */
  quantiles: Float64Array[]
}

/**
 * The scheme of Jordan, Kinderlehrer & Otto (1998) in one dimension: each step minimises W₂(ρ, ρ_k)²/(2τ) + ∫ρf + (D/β)∫ρ log ρ. In terms of quantiles X the
 * first part is ∫|X − X_k|² ds/(2τ) and the last −(D/β)∫log X′ ds: a smooth problem, convex while 1/τ + min f″ ≥ 0, solved by Newton's method
 * to rounding on piecewise linear X (W₂ exact, f by Gauss's two points in each cell). It starts from X_k and only descends: the energy does
 * not rise at any τ. First order in τ against the equation. Mass stays between the grid’s ends, which reflect: the outermost quantiles stop there. Tails of the initial
 * density that hold less than 10⁻¹² of its mass are drawn in; cells of so little mass set the limit of densities at an end, some 10³ over its distance from 0.
 * @throws ArgumentError unless the equation has a potential, a constant D, one axis that reflects and an initial density
 * @throws DivergenceError where no minimiser is found: at such densities, and at potentials with kinks; Cancelled
 */
export async function jko(equation: FokkerPlanck, given: JkoOptions): Promise<Jko> {
  checkEquation('jko', equation)
  checkWatched('jko', given, ['tau', 'steps', 'cells'])
  const tau = positive('jko', 'tau', given.tau)
  const steps = integer('jko', 'steps', given.steps, 0)
  const cells = given.cells === undefined ? 400 : integer('jko', 'cells', given.cells, 2)
  const { grid, law, mass, start } = checkProblem(equation, cells)
  const { levels, positions } = start
  const problem: QuantileProblem = {
    masses: Float64Array.from({ length: levels.length - 1 }, (_, i) => start.masses[i]), tau, temperature: 1 / law.beta, potential: law.potential,
    min: grid.axes[0].min, max: grid.axes[0].max,
  }
  const result: Jko = { times: [0], fields: [equation.initial!], energies: [], distances: [], levels, quantiles: [positions] }
  await watch('jko', given)('minimising', 0, 1, marching(problem, steps, positions, result, (x) => spread(grid, problem.masses, x, mass)))
  return result
}

function* marching(problem: QuantileProblem, steps: number, start: Float64Array, result: Jko, spreadOut: (x: Float64Array) => Field): Generator<number, void> {
  const { energyOf, step, distance } = quantileStep(problem)
  result.energies.push(energyOf(start))
  let x = start
  for (let k = 1; k <= steps; k++) {
    const next = step(x)
    if (next === undefined) throw new DivergenceError(`jko: no minimiser was found in step ${k}, at time ${k * problem.tau}; use a smaller tau or a smoother potential`)
    result.times.push(k * problem.tau)
    result.distances.push(distance(x, next))
    result.energies.push(energyOf(next))
    result.quantiles.push(next)
    result.fields.push(spreadOut(next))
    x = next
    yield k / steps
  }
}

function checkProblem(equation: FokkerPlanck, cells: number): {
  grid: Grid; law: { potential: Potential; beta: number }; mass: number; start: Start
} {
  const { grid, initial, energy } = equation
  const law = gibbsOf(equation)
  if (law === undefined) throw new ArgumentError('jko: equation must be one with a potential and a constant D times the identity: others are no gradient flows of this kind')
  if (grid.dim !== 1) refuse('jko', 'equation.grid', 'a grid of one axis', grid.shape)
  const { boundary } = grid.axes[0]
  if (boundary === 'periodic' || typeof boundary === 'object') refuse('jko', 'equation.grid', 'a grid whose ends reflect', boundary)
  if (initial === undefined) refuse('jko', 'equation.initial', 'a density to start from', undefined)
  if (energy!.values.data.includes(Infinity)) throw new ArgumentError('jko: potential must be finite on the grid, got +Infinity on a node')
  const values = flat('jko', 'equation.initial', initial)
  const weights = grid.weights().data
  const mass = values.reduce((sum, value, i) => sum + value * weights[i], 0)
  if (!(mass > 0)) refuse('jko', 'equation.initial', 'a density of positive mass', mass)
  return { grid, law, mass, start: quantilesOf(grid, values.map((value, i) => (value * weights[i]) / mass), cells) }
}

interface Start {
  levels: Float64Array
  masses: Float64Array
  positions: Float64Array
}

/** Faces of the grid's cells. */
function facesOf(grid: Grid): Float64Array {
  const { min, max, size } = grid.axes[0]
  const h = grid.spacing[0]
  const shift = endsAreNodes(grid.axes[0]) ? -0.5 : 0
  return Float64Array.from({ length: size + 1 }, (_, i) => (i === 0 ? min : i === size ? max : min + (i + shift) * h))
}

/** A share of the mass that is too small to count, but makes cells whose two ends are two numbers where others press them against a wall or into a gap. */
const least = 1e-12

/**
 * Cells of the grid with mass, cut so that none holds more than 1/cells of it. Those at either end that hold almost nothing together are left out; between others, as
 * in a gap that is empty, they are one cell with mass enough to tell its ends apart, so that quantiles stay one curve.
 */
function quantilesOf(grid: Grid, masses: Float64Array, cells: number): Start {
  const faces = facesOf(grid)
  const [first, last] = bulkOf(masses)
  const positions = [faces[first]]
  const parts: number[] = []
  for (let i = first; i <= last; i++) {
    let own = masses[i]
    const from = faces[i]
    while (own < least && masses[i + 1] < least) own += masses[++i]
    own = Math.max(own, least)
    const pieces = Math.max(1, Math.ceil(own * cells))
    for (let k = 1; k <= pieces; k++) {
      parts.push(own / pieces)
      positions.push(k === pieces ? faces[i + 1] : from + (k / pieces) * (faces[i + 1] - from))
    }
  }
  const total = compensatedSum(parts)
  const levels = new Float64Array(parts.length + 1)
  for (let i = 0; i < parts.length; i++) levels[i + 1] = Math.min(levels[i] + parts[i] / total, 1)
  levels[parts.length] = 1
  return { levels, masses: Float64Array.from(parts, (part) => part / total), positions: Float64Array.from(positions) }
}

/** First and last cell that are not in a tail of almost no mass. */
function bulkOf(masses: Float64Array): [number, number] {
  const beyond = (order: readonly number[]): number => {
    let sum = 0
    return order.find((i) => (sum += masses[i]) >= least)!
  }
  const order = Array.from(masses.keys())
  return [beyond(order), beyond(order.toReversed())]
}

/** The density between quantiles averaged over the cells of the grid; keeps the mass. */
function spread(grid: Grid, masses: Float64Array, x: Float64Array, mass: number): Field {
  const faces = facesOf(grid)
  const values = new Float64Array(grid.size)
  let cell = 0
  for (let i = 0; i < masses.length; i++) {
    const density = (mass * masses[i]) / (x[i + 1] - x[i])
    while (cell < grid.size - 1 && faces[cell + 1] <= x[i]) cell++
    for (let k = cell; k < grid.size && faces[k] < x[i + 1]; k++) {
      const length = Math.min(faces[k + 1], x[i + 1]) - Math.max(faces[k], x[i])
      if (length > 0) values[k] += (density * length) / (faces[k + 1] - faces[k])
    }
  }
  return fieldOf(grid, values)
}
