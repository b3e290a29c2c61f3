import { callable, options, point, positive, refuse } from '../../core/arguments.ts'
import { solveDefinite } from '../../core/cholesky.ts'
import { viscosityOf } from '../../core/conventions.ts'
import { ArgumentError } from '../../core/errors.ts'
import { fieldOf, flat } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import type { Equation } from '../equation.ts'

/** H(x, p), with x and p of the grid's dimension. Both arrays are used again by the next call. */
export interface Hamiltonian {
  value(x: Float64Array, p: Float64Array): number
  /** ∂H/∂p. */
  gradient(x: Float64Array, p: Float64Array, out: Float64Array): void
  /**
   * Bounds of |∂H/∂p_k| over the box low ≤ p ≤ high. By default the largest at its corners and its center: a bound where each ∂H/∂p_k is monotone in
   * every p_j.
   */
  speeds?(x: Float64Array, low: Float64Array, high: Float64Array, out: Float64Array): void
}

export interface HamiltonJacobiOptions {
  /** Finite everywhere. */
  initial: Field
  beta?: number
  viscosity?: number
  /** b(x), independent of time; called once a node. */
  drift?: (x: Float64Array, out: Float64Array) => void
  /** A of ½pᵀAp: its rows, or its diagonal. Default the identity. */
  metric?: readonly number[] | readonly (readonly number[])[]
  /** In place of drift and metric. */
  hamiltonian?: Hamiltonian
}

/** u_t = −H(x, ∇u) + viscosity Δu, u(·, 0) = initial. H(x, p) = ½pᵀAp − b(x)·p unless `hamiltonian` says otherwise. */
export interface HamiltonJacobi extends Equation {
  readonly kind: 'hamilton-jacobi'
  readonly initial: Field
  readonly viscosity: number
  readonly drift?: (x: Float64Array, out: Float64Array) => void
  /** A, row major. */
  readonly metric?: Float64Array
  readonly hamiltonian?: Hamiltonian
}

/**
 * The Hamilton–Jacobi equation u_t = −½∇u·A∇u + drift·∇u + viscosity Δu from a field of finite values, in any dimension, with A the identity by default, or
 * u_t = −H(x, ∇u) + viscosity Δu with a Hamiltonian of your own. `beta` stands for viscosity = 1/(2β); with neither the equation is inviscid. The initial
 * field is copied. (`hopfLax` with the metric a solves it for A = diag(1/a).)
 * @throws ArgumentError on beta and viscosity together, a value that is not finite (walls included), a metric that is not symmetric positive definite, a
 * hamiltonian beside a drift or a metric, or an unknown option
 */
export function hamiltonJacobi(given: HamiltonJacobiOptions): HamiltonJacobi {
  const where = 'hamiltonJacobi'
  options(where, given, ['initial', 'beta', 'viscosity', 'drift', 'metric', 'hamiltonian'])
  const viscosity = viscosityOf(where, given)
  const values = flat(where, 'initial', given.initial)
  const { grid } = given.initial
  const { drift, hamiltonian } = given
  if (drift !== undefined) callable(where, 'drift', drift)
  const metric = given.metric === undefined ? undefined : metricOf(where, given.metric, grid.dim)
  if (hamiltonian !== undefined) checkHamiltonian(where, hamiltonian, drift !== undefined ? 'drift' : metric !== undefined ? 'metric' : undefined)
  return Object.freeze({
    kind: 'hamilton-jacobi', initial: fieldOf(grid, values), viscosity,
    ...(drift !== undefined && { drift }), ...(metric !== undefined && { metric }), ...(hamiltonian !== undefined && { hamiltonian }),
  })
}

function metricOf(where: string, given: unknown, dim: number): Float64Array {
  if (!Array.isArray(given) && !ArrayBuffer.isView(given)) refuse(where, 'metric', `a list of ${dim} rows or of ${dim} positive numbers`, given)
  const list = Array.from(given as ArrayLike<unknown>)
  const a = new Float64Array(dim * dim)
  if (list.every((item) => typeof item === 'number')) {
    const diagonal = point(where, 'metric', list, dim)
    for (let k = 0; k < dim; k++) a[k * dim + k] = positive(where, `metric[${k}]`, diagonal[k])
    return a
  }
  if (list.length !== dim) refuse(where, 'metric', `a list of ${dim} rows`, list)
  for (const [i, row] of list.entries()) a.set(Array.from(point(where, `metric[${i}]`, row, dim)), i * dim)
  const symmetric = a.every((entry, i) => entry === a[(i % dim) * dim + Math.floor(i / dim)])
  if (!symmetric || solveDefinite(a, new Float64Array(dim)) === undefined) refuse(where, 'metric', 'symmetric and positive definite', list)
  return a
}

function checkHamiltonian(where: string, given: Hamiltonian, beside: string | undefined): void {
  if (beside !== undefined) throw new ArgumentError(`${where}: hamiltonian or ${beside} must be given at most once, got both`)
  options(where, given, ['value', 'gradient', 'speeds'], 'hamiltonian')
  callable(where, 'hamiltonian.value', given.value)
  callable(where, 'hamiltonian.gradient', given.gradient)
  if (given.speeds !== undefined) callable(where, 'hamiltonian.speeds', given.speeds)
}
