import { callable, integer, options, point as checkedPoint, refuse } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { DivergenceError } from '../core/errors.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { convexMinimizer, descentMinimizers, lowest, stationarity } from './proximal-descent.ts'
import { lineMinimizers } from './proximal-line.ts'
import { proximalObjective } from './proximal-objective.ts'
import type { Minimizer, ProximalObjective } from './proximal-objective.ts'

export interface ProxOptions extends Smoothing {
  /**
   * Says that φ is convex (f is, or f″ ≥ −1/γ): one descent then finds the one minimiser, in place of a search. Not checked. Default false.
   */
  convex?: boolean
}

export interface Prox {
  /** A minimiser p of f(y) + |x − y|²/(2γ); at a tie one of them, the same at every call. */
  point: Float64Array
  /** The Moreau envelope u₀(x) = min_y f(y) + |x − y|²/(2γ). */
  value: number
  /** (x − p)/γ: ∇u₀(x) where p is unique. */
  gradient: Float64Array
  /** False where another minimiser attains the same value to round-off: a point on the shock, where u₀ has a kink. */
  unique: boolean
}

/** Minima are equal, and a rise between two minimisers is one, beyond this count of eps times the size of the terms of φ. */
const tie = 64
/** ‖∇φ(p)‖ that is let pass in two and more dimensions, as a count of eps times the size of its terms. */
const stationary = 2 ** 14

/**
 * The proximal point p = argmin_y φ(y), φ(y) = f(y) + |x − y|²/(2γ), and with it the Moreau envelope of f (Moreau 1965), which is the viscosity solution of
 * u_t = −½|∇u|² at time γ (Hopf–Lax). Where p is unique, p solves the fixed point (x − p)/γ = ∇f(p).
 *
 * The search is for the global minimiser. It is certain where φ is convex (f convex, or f″ ≥ −1/γ). Elsewhere f is sampled: on the line at 513 points of the
 * interval that must hold the minimiser and on ever finer ones around the best, so that a dip is missed only if it is narrower than 1/256 of that interval and
 * away from the best point; in two and three dimensions on lattices of 33² or 13³ points with descents from the lowest; in more, p is the
 * best of a few descents. On the line f may have kinks and walls (+∞), and p is where φ′ changes sign, to round-off; in more dimensions f must be
 * differentiable at p, where ‖∇f(p) + (p − x)/γ‖ is a count of eps·(‖∇f(p)‖ + (‖x‖ + ‖p‖)/γ). The Hessian is used up to dimension 64. Above that only
 * values and gradients are.
 *
 * `unique` is false when another minimiser that was found, separated from p by a rise, has the same value up to 64 eps times the size of the terms of φ.
 * A shock is so seen from as far as 64 eps·size·γ/|p − p′|, and two minimisers are told apart only if φ rises between them by more than that.
 * @throws ArgumentError for a bad potential, x or option, and a value of f that is NaN
 * @throws DivergenceError when φ is unbounded below, and when no stationary point is found (in two and more dimensions: f not differentiable at p)
 */
export function prox(potential: Potential, x: ArrayLike<number>, given: ProxOptions): Prox {
  if (!isPotential(potential)) refuse('prox', 'potential', 'a potential', potential)
  const dim = integer('prox', 'potential.dim', potential.dim, 1)
  callable('prox', 'potential.value', potential.value)
  callable('prox', 'potential.gradient', potential.gradient)
  const from = Float64Array.from(checkedPoint('prox', 'x', x, dim))
  options('prox', given, [...smoothingNames, 'convex'])
  const gamma = smoothingTime('prox', given)
  if (given.convex !== undefined && typeof given.convex !== 'boolean') refuse('prox', 'convex', 'true or false', given.convex)
  const objective = proximalObjective(potential, from, gamma)
  const found = dim === 1 ? lineMinimizers(objective) : given.convex === true ? [convexMinimizer(objective)] : descentMinimizers(objective)
  if (found.length === 0) throw new DivergenceError(`prox: f(y) + |x − y|²/(2γ) has no minimiser that could be located; f must be continuous where it is finite`)
  const best = lowest(found)
  if (dim > 1) checkStationary(objective, best)
  return {
    point: best.point,
    value: best.value,
    gradient: from.map((c, k) => (c - best.point[k]) / gamma),
    unique: !found.some((other) => tied(objective, best, other)),
  }
}

function checkStationary(objective: ProximalObjective, { point }: Minimizer): void {
  const count = stationarity(objective, point)
  if (count <= stationary) return
  throw new DivergenceError(
    `prox: the gradient of f(y) + |x − y|²/(2γ) at the lowest point found is ${(count * Number.EPSILON).toExponential(1)} of its terms, not round-off; `
    + 'the potential must be differentiable there and its gradient exact',
  )
}

/** Whether `other` is as low as `best` and a hill parts them. */
function tied(objective: ProximalObjective, best: Minimizer, other: Minimizer): boolean {
  if (best === other || best.point.every((c, k) => c === other.point[k])) return false
  const unit = Number.EPSILON * Math.max(objective.valueScale(best.point), objective.valueScale(other.point))
  if (other.value - best.value > tie * unit) return false
  for (let k = 1; k < 16; k++) {
    const between = best.point.map((c, i) => c + (k / 16) * (other.point[i] - c))
    if (objective.value(between) - Math.max(best.value, other.value) > tie * unit) return true
  }
  return false
}
