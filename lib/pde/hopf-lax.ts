import { options, point, positive } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { envelopeScratch, lowerEnvelope } from '../kernels/lower-envelope.ts'
import type { Potential } from '../potential/potential.ts'
import { checkedPotential, refined } from './hopf-lax-refinement.ts'

export interface HopfLaxOptions extends Smoothing {
  /**
   * The potential that `initial` holds on the nodes. The minimum is then over the continuum: each node's minimisers are followed to the nearest local minimum.
   */
  refine?: Potential
  /**
   * Positive numbers a_k, one an axis, for Σ_k a_k (x_k − y_k)² in place of |x − y|²: the solution of u_t = −½ Σ_k u_{x_k}²/a_k. Default all 1.
   */
  metric?: readonly number[]
}

export interface HopfLax {
  /** u₀ on the nodes. */
  envelope: Field
  /** A minimising y on the nodes, one field an axis; on periodic axes the image nearest to x. */
  minimizer: Field[]
  /** (x − y)/γ, times the metric: ∇u₀ where the minimiser over the continuum is unique and known, and a difference quotient of order h otherwise. */
  gradient: Field[]
}

/**
 * The Hopf–Lax envelope u₀(x) = min_y f(y) + |x − y|²/(2γ) over the nodes y of the grid and their periodic images: the viscosity solution
 * of u_t = −½|∇u|² at t = γ for data on the nodes, exact to round-off, with a minimiser (one of them at a tie). f is not continued outside
 * the domain; +∞ values are walls. Against the infimum over the continuum it is at most (M + 1/γ)h²/8 an axis too high, M ≥ f″.
 * O(n) an axis: separable lower envelopes of parabolas.
 *
 * With `refine`, f is known between the nodes, and u₀ is the least of the local minima of f(y) + |x − y|²/(2γ) over the domain that lie next to the minimising
 * nodes of x and of its neighbours on the grid. It is never above the envelope of the nodes and never below the infimum over the domain. It is that infimum to
 * round-off where its well holds one of those nodes: everywhere, but for nodes within (M + 1/γ)h²/(8|p − q|) of a shock with slopes p and q where a third well
 * competes, if the spacing tells the wells of f apart. On one axis f may have kinks; on several it may have them along the axes, as Σ|x_k| has.
 * @throws ArgumentError unless exactly one of gamma, scope, time is a positive number and f is finite somewhere; for a bad metric; and when `refine` is not a
 * potential with the values of `initial` on the nodes (to 1e−8 of their size)
 */
export function hopfLax(initial: Field, given: HopfLaxOptions): HopfLax {
  const where = 'hopfLax'
  let values = flat(where, 'initial', initial, true)
  options(where, given, [...smoothingNames, 'refine', 'metric'])
  const gammas = gammasOf(where, given, initial.grid)
  if (!values.some((value) => value < Infinity)) throw new ArgumentError('hopfLax: initial must be finite somewhere, got +Infinity everywhere')
  const { grid } = initial
  const potential = given.refine === undefined ? undefined : checkedPotential(where, given.refine, grid, values)
  let minimizers: Float64Array[] = []
  for (let axis = 0; axis < grid.dim; axis++) {
    const pass = minimizeAlong(grid, values, axis, gammas[axis])
    values = pass.values
    for (let k = 0; k < axis; k++) minimizers[k] = minimizers[k].map((_, i) => minimizers[k][pass.source[i]])
    minimizers.push(pass.minimizer)
  }
  if (potential !== undefined) ({ values, minimizers } = refined(grid, potential, gammas, values, minimizers))
  return {
    envelope: fieldOf(grid, values),
    minimizer: minimizers.map((data) => fieldOf(grid, data)),
    gradient: minimizers.map((data, axis) => fieldOf(grid, slopes(grid, data, axis, gammas[axis]))),
  }
}

/** γ/a_k: the smoothing time of each axis. */
function gammasOf(where: string, given: HopfLaxOptions, grid: Grid): number[] {
  const gamma = smoothingTime(where, given)
  if (given.metric === undefined) return new Array<number>(grid.dim).fill(gamma)
  return Array.from(point(where, 'metric', given.metric, grid.dim), (a, k) => gamma / positive(where, `metric[${k}]`, a))
}

/** (x − y)/γ on one axis. */
function slopes(grid: Grid, minimizer: Float64Array, axis: number, gamma: number): Float64Array {
  const x = grid.coordinates(axis)
  const n = x.length
  const stride = grid.shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  const result = new Float64Array(minimizer.length)
  for (let start = 0, i = 0; start < minimizer.length; start += stride, i = (i + 1) % n) {
    for (let k = start; k < start + stride; k++) {
      // γ may be so small that it is 0 in a metric, or that the way out of a wall overflows.
      const slope = x[i] === minimizer[k] ? 0 : (x[i] - minimizer[k]) / gamma
      result[k] = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, slope))
    }
  }
  return result
}

interface Pass {
  values: Float64Array
  /** Coordinate of the minimiser on the axis, image nearest to the node. */
  minimizer: Float64Array
  /** Flat index of the node that the minimum is taken at. */
  source: Uint32Array
}

function minimizeAlong(grid: Grid, data: Float64Array, axis: number, gamma: number): Pass {
  const n = grid.shape[axis]
  const h = grid.spacing[axis]
  const stride = grid.shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  const coordinates = grid.coordinates(axis)
  // A minimiser lies within half a period of its node at any γ: f is the same at all images, and the nearest costs least.
  const images = grid.axes[axis].boundary === 'periodic' ? Math.ceil(n / 2) : 0
  const length = n + 2 * images
  const line = new Float64Array(length)
  const lineValues = new Float64Array(length)
  const lineMinimizers = new Int32Array(length)
  const scratch = envelopeScratch(length)
  const pass = { values: new Float64Array(data.length), minimizer: new Float64Array(data.length), source: new Uint32Array(data.length) }
  const c = Math.min((h * h) / (2 * gamma), Number.MAX_VALUE)
  for (let lineIndex = 0; lineIndex < data.length / n; lineIndex++) {
    const start = Math.floor(lineIndex / stride) * stride * n + (lineIndex % stride)
    for (let i = 0; i < length; i++) line[i] = data[start + wrap(i - images, n) * stride]
    lowerEnvelope(line, c, lineValues, lineMinimizers, scratch)
    for (let i = 0; i < n; i++) {
      const to = start + i * stride
      const j = lineMinimizers[i + images] - images
      const node = wrap(j, n)
      pass.values[to] = lineValues[i + images]
      pass.minimizer[to] = coordinates[node] + (j - node) * h
      pass.source[to] = start + node * stride
    }
  }
  return pass
}

function wrap(i: number, n: number): number {
  return i < 0 ? i + n * Math.ceil(-i / n) : i % n
}
