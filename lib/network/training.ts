import { callable, integer, options, point, positive } from '../core/arguments.ts'
import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { dot, euclideanNorm, lbfgs } from '../core/lbfgs.ts'
import type { SmoothLoss } from './loss.ts'
import type { SoftmaxRegression } from './softmax-regression.ts'

export interface Trained {
  point: Float64Array
  value: number
  gradientNorm: number
  iterations: number
  /** Passes over all samples. */
  evaluations: number
  /** Share of the training samples that the trained parameters classify rightly. */
  accuracy: number
}

/**
 * Trains on all samples from x = 0 by L-BFGS until ‖∇f‖₂ ≤ tolerance (default 1e−9). Deterministic. With weight decay λ > 0 the loss is λ-strongly convex,
 * so that the result is within tolerance/λ of the minimiser and its value within tolerance²/(2λ) of the minimum.
 * @throws DivergenceError when `iterations` (default 2000) do not suffice or round-off is met first
 */
export function train(loss: SoftmaxRegression, given: { tolerance?: number; iterations?: number } = {}): Trained {
  checkLoss('train', loss)
  callable('train', 'loss.accuracy', loss.accuracy)
  options('train', given, ['tolerance', 'iterations'])
  const tolerance = positive('train', 'tolerance', given.tolerance ?? 1e-9)
  const iterations = integer('train', 'iterations', given.iterations ?? 2000, 1)
  const descent = lbfgs((x, out) => loss.valueAndGradient(x, undefined, out), new Float64Array(loss.dim), { tolerance, iterations })
  if (descent.ended !== 'converged') {
    const what = descent.ended === 'stalled' ? 'raise the tolerance, round-off is met' : 'raise iterations, tolerance or weightDecay'
    throw new DivergenceError(`train: gradient norm is ${descent.gradientNorm} after ${descent.iterations} iterations; ${what}`)
  }
  const { point: trained, value, gradientNorm, evaluations } = descent
  return { point: trained, value, gradientNorm, iterations: descent.iterations, evaluations, accuracy: loss.accuracy(trained) }
}

/**
 * Two orthonormal directions of a telling plane through trained parameters: the first points from the start 0 of the training to `trained`, along which the
 * loss falls from log(classes); the second is the direction of largest curvature at `trained` orthogonal to it, the leading eigenvector of P∇²fP, P = I − d₁d₁ᵀ,
 * by power iteration until the Rayleigh quotient settles to 1e−8 (at most 500 Hessian products), its largest component positive. Neither is an axis of the
 * parameters nor, on the plane, of the Hessian. Deterministic.
 * @throws ArgumentError for parameters that are zero or of the wrong length
 */
export function sliceDirections(loss: SmoothLoss, trained: ArrayLike<number>): [Float64Array, Float64Array] {
  checkLoss('sliceDirections', loss)
  const x = Float64Array.from(point('sliceDirections', 'trained', trained, loss.dim))
  if (x.every((c) => c === 0)) throw new ArgumentError('sliceDirections: trained must be other than zero, got the zero vector')
  const first = normalized(x)
  let second = normalized(orthogonal(loss.gradient(new Float64Array(loss.dim)), first))
  for (let k = 0, before = 0; k < 500; k++) {
    const image = orthogonal(loss.hessianProduct(x, second), first)
    const quotient = dot(second, image)
    second = normalized(image)
    if (Math.abs(quotient - before) <= 1e-8 * quotient) break
    before = quotient
  }
  // Power iteration lets round-off along the first direction in; one more projection takes it out.
  second = normalized(orthogonal(second, first))
  const largest = second.reduce((best, c) => (Math.abs(c) > Math.abs(best) ? c : best), 0)
  return [first, largest < 0 ? second.map((c) => -c) : second]
}

function checkLoss(where: string, loss: SmoothLoss): void {
  for (const method of ['gradient', 'valueAndGradient', 'hessianProduct'] as const) {
    callable(where, `loss.${method}`, (loss as Partial<SmoothLoss> | null | undefined)?.[method])
  }
}

function orthogonal(v: Float64Array, unit: Float64Array): Float64Array {
  const share = dot(v, unit)
  return v.map((c, i) => c - share * unit[i])
}

function normalized(v: Float64Array): Float64Array {
  const norm = euclideanNorm(v)
  return v.map((c) => c / norm)
}
