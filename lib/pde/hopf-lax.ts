import { options, point, positive } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { envelopePlaces, lowerEnvelopes } from '../kernels/lower-envelope.ts'
import type { EnvelopePieces } from '../kernels/lower-envelope.ts'
import { scratch } from '../kernels/machine.ts'
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

/** The minimiser and the gradient are worked out when first asked for. */
export interface HopfLax {
  /** u₀ on the nodes. */
  envelope: Field
  /** A minimising y on the nodes, one field an axis; on periodic axes the image nearest to x. */
  readonly minimizer: Field[]
  /** (x − y)/γ, times the metric: ∇u₀ where the minimiser over the continuum is unique and known, and a difference quotient of order h otherwise. */
  readonly gradient: Field[]
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
  return scratch((take) => {
    const values = flat(where, 'initial', initial, true, (length) => take(Float64Array, length))
    options(where, given, [...smoothingNames, 'refine', 'metric'])
    const { grid } = initial
    const gammas = gammasOf(where, given, grid)
    if (!values.some((value) => value < Infinity)) throw new ArgumentError('hopfLax: initial must be finite somewhere, got +Infinity everywhere')
    const potential = given.refine === undefined ? undefined : checkedPotential(where, given.refine, grid, values)
    const pieces = grid.shape.map((n, axis) => {
      const h = grid.spacing[axis]
      const c = Math.min((h * h) / (2 * gammas[axis]), Number.MAX_VALUE)
      return lowerEnvelopes(values, n, strideOf(grid, axis), c, grid.axes[axis].boundary === 'periodic')
    })
    const over = { values: values.slice(), minimizers: (): Float64Array[] => minimizersOf(grid, pieces) }
    return resultOf(grid, gammas, potential === undefined ? over : refinedOver(grid, potential, gammas, over))
  })
}

/** The least values, and the coordinates where they are taken when these are asked for. */
interface Minima {
  values: Float64Array
  minimizers(): Float64Array[]
}

function refinedOver(grid: Grid, potential: Potential, gammas: readonly number[], over: Minima): Minima {
  const { values, minimizers } = refined(grid, potential, gammas, over.values, over.minimizers())
  return { values, minimizers: () => minimizers }
}

function resultOf(grid: Grid, gammas: readonly number[], { values, minimizers }: Minima): HopfLax {
  let minimizer: Field[] | undefined
  let gradient: Field[] | undefined
  return {
    envelope: fieldOf(grid, values),
    get minimizer() {
      return (minimizer ??= minimizers().map((data) => fieldOf(grid, data)))
    },
    get gradient() {
      return (gradient ??= this.minimizer.map(({ values: { data } }, axis) => fieldOf(grid, slopes(grid, data, axis, gammas[axis]))))
    },
  }
}

function strideOf({ shape }: Grid, axis: number): number {
  return shape.slice(axis + 1).reduce((product, m) => product * m, 1)
}

/**
 * Coordinates of the minimisers, from the pieces of each axis's envelopes: the last axis's say on which line of the axis before to look, and so on.
 */
function minimizersOf(grid: Grid, pieces: readonly EnvelopePieces[]): Float64Array[] {
  const node = new Int32Array(grid.size)
  for (let i = 0; i < node.length; i++) node[i] = i
  const result = new Array<Float64Array>(grid.dim)
  for (let axis = grid.dim - 1; axis >= 0; axis--) {
    const [n, h, stride, x] = [grid.shape[axis], grid.spacing[axis], strideOf(grid, axis), grid.coordinates(axis)]
    const own = envelopePlaces(pieces[axis], n, stride, grid.size)
    const data = new Float64Array(grid.size)
    // Later axes have moved node[i]; on this one it is where i is.
    for (let row = 0; row < data.length; row += stride) {
      const at = (row / stride) % n
      for (let i = row; i < row + stride; i++) {
        const j = own[node[i]]
        const inside = j < 0 ? j + n : j >= n ? j - n : j
        data[i] = x[inside] + (j - inside) * h
        node[i] += (inside - at) * stride
      }
    }
    result[axis] = data
  }
  return result
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
  const stride = strideOf(grid, axis)
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
