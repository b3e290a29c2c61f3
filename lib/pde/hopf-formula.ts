import { callable, integer, options, point, positive, refuse } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { conjugateOf, isConvexFunction } from './convex/index.ts'
import type { ConvexFunction } from './convex/index.ts'
import { convexified } from './convex/hull-descent.ts'
import { halfSquare, split } from './convex/splitting.ts'
import { ofPotential } from './convex/support.ts'

export interface HopfProblem {
  /** f: a convex function, or a potential, of which the formula sees the convex envelope f**. */
  initial?: ConvexFunction | Potential
  /** f*, in place of f: convex. */
  conjugate?: ConvexFunction | Potential
  /** H, convex; default ½|p|². */
  hamiltonian?: ConvexFunction | Potential
}

export interface HopfFormulaOptions extends Smoothing {
  /** Says that an `initial` potential is convex: no search then. Not checked. Default false. */
  convex?: boolean
  /** Of the duality gap, relative to the size of its terms: where iterations end. Default 1e−13. */
  tolerance?: number
  /** Of the iterations, default 20000. */
  iterations?: number
}

export interface HopfFormula {
  /** The lower bound p·x − f*(p) − t H(p) at `gradient`. */
  value: number
  /** The maximising p: ∇u(x, t) where u is differentiable. */
  gradient: Float64Array
  iterations: number
  /** An upper bound of the formula's value less the lower one, ≥ 0: the error of `value` is at most this and round-off. */
  gap: number
  /** Whether the gap is within the tolerance. */
  converged: boolean
}

/**
 * The Hopf formula u(x, t) = sup_p p·x − f*(p) − t H(p): for convex f the viscosity solution of u_t + H(∇u) = 0, u(·, 0) = f, at one point and without a grid,
 * in any dimension (Hopf 1965; Bardi & Evans 1984; Darbon & Osher 2016). H is convex here. With H = ½|p|² one proximal step solves it, to round-off; with another
 * H a Douglas–Rachford splitting on the proximal maps of f* and tH. Either ends with a certificate: by the Lax formula every y gives an upper bound f(y) + t H*((x − y)/t).
 *
 * For an f that is not convex the formula's value is the one for f**, the largest convex function below f, which is the convex envelope of the Hopf–Lax solution and
 * below it in general: it is not the viscosity solution. A potential as `initial` is treated so, by planes below f (fully corrective conditional gradients, for
 * H = ½|p|² only, at most 500 iterations). f* is then by a global search: on the line it misses a well only if that is narrower than 1/128 of its distance, in more
 * dimensions it is as good as that of `prox`; and so is the lower bound. For the solution itself use `prox` or `hopfLax`.
 * @throws ArgumentError unless exactly one of initial and conjugate, and of gamma, scope and time, is given; for a bad function, x or option; and for a potential
 * that is not said to be convex with a Hamiltonian
 * @throws DivergenceError when f falls faster than every plane (f** = −∞)
 */
export function hopfFormula(problem: HopfProblem, x: ArrayLike<number>, given: HopfFormulaOptions): HopfFormula {
  const where = 'hopfFormula'
  options(where, problem, ['initial', 'conjugate', 'hamiltonian'], 'problem')
  options(where, given, [...smoothingNames, 'convex', 'tolerance', 'iterations'])
  const { initial, conjugate, hamiltonian } = problem
  if ((initial === undefined) === (conjugate === undefined)) {
    throw new ArgumentError(`${where}: initial or conjugate must be given exactly once, got ${initial === undefined ? 'neither' : 'both'}`)
  }
  const time = smoothingTime(where, given)
  const limits = {
    tolerance: positive(where, 'tolerance', given.tolerance ?? 1e-13),
    iterations: integer(where, 'iterations', given.iterations ?? 20_000, 1),
  }
  if (given.convex !== undefined && typeof given.convex !== 'boolean') refuse(where, 'convex', 'true or false', given.convex)
  const main = initial === undefined ? 'conjugate' : 'initial'
  const dim = problem[main]?.dim ?? hamiltonian?.dim ?? (x as ArrayLike<number> | undefined)?.length ?? 1
  const at = Float64Array.from(point(where, 'x', x, integer(where, `${main}.dim`, dim, 1)))
  const h = hamiltonian === undefined ? undefined : convexOf(where, 'hamiltonian', hamiltonian, at.length)
  if (initial !== undefined && !isConvexFunction(initial) && isPotential(initial) && given.convex !== true) {
    if (h !== undefined) throw new ArgumentError(`${where}: convex must be true for a potential with a hamiltonian, got ${String(given.convex)}`)
    return convexified(checkedPotential(where, 'initial', initial), at, time, limits)
  }
  const f = initial === undefined ? conjugateOf(convexOf(where, 'conjugate', conjugate, at.length)) : convexOf(where, 'initial', initial, at.length)
  return h === undefined ? halfSquare(f, at, time, limits.tolerance) : split(f, h, at, time, limits)
}

function convexOf(where: string, name: string, given: unknown, dim: number): ConvexFunction {
  if (isConvexFunction(given)) {
    if (given.dim !== undefined && given.dim !== dim) refuse(where, name, `a function of dimension ${dim}`, `dimension ${given.dim}`)
    return given
  }
  if (!isPotential(given)) refuse(where, name, 'a convex function or a potential', given)
  if (given.dim !== dim) refuse(where, name, `a potential of dimension ${dim}`, `dimension ${given.dim}`)
  return ofPotential(checkedPotential(where, name, given))
}

function checkedPotential(where: string, name: string, given: Potential): Potential {
  callable(where, `${name}.hessian`, given.hessian)
  return given
}
