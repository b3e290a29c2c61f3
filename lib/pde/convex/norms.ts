import { nonNegative, options, positive, refuse } from '../../core/arguments.ts'
import { euclideanNorm } from '../../core/lbfgs.ts'
import { convexFunction } from './convex-function.ts'
import type { ConvexFunction } from './convex-function.ts'

/** Norms of points that a projection has scaled to length `radius` are within it up to this. */
const inside = (radius: number): number => radius * (1 + 8 * Number.EPSILON)

/**
 * w Σ|x_k|, or Σ w_k|x_k| with a list of weights w ≥ 0. Its proximal map is the soft threshold; its conjugate is 0 where |p_k| ≤ w_k and +∞ elsewhere.
 * @throws ArgumentError
 */
export function l1Norm(given: { weight?: number | readonly number[] } = {}): ConvexFunction {
  options('l1Norm', given, ['weight'])
  const { weight = 1 } = given
  const list = typeof weight === 'number' ? undefined : checkedList(weight)
  if (list === undefined) nonNegative('l1Norm', 'weight', weight)
  const at = list === undefined ? () => weight as number : (k: number) => list[k]
  return convexFunction({
    ...(list === undefined ? {} : { dim: list.length }),
    name: 'l1-norm',
    value: (x) => x.reduce((sum, xk, k) => sum + at(k) * Math.abs(xk), 0),
    prox(x, step, out) {
      for (let k = 0; k < x.length; k++) out[k] = Math.abs(x[k]) <= step * at(k) ? 0 : x[k] - Math.sign(x[k]) * step * at(k)
    },
    conjugate: {
      value: (p) => (p.every((pk, k) => Math.abs(pk) <= at(k)) ? 0 : Infinity),
      prox(p, _step, out) {
        for (let k = 0; k < p.length; k++) out[k] = Math.max(-at(k), Math.min(at(k), p[k]))
      },
    },
  })
}

/**
 * w|x|, w > 0. Its proximal map shortens x by w·step; its conjugate is 0 in the ball of radius w and +∞ outside.
 * @throws ArgumentError
 */
export function euclidean(given: { weight?: number } = {}): ConvexFunction {
  options('euclideanNorm', given, ['weight'])
  const weight = positive('euclideanNorm', 'weight', given.weight ?? 1)
  const shortened = (x: Float64Array, length: number, out: Float64Array): void => {
    const norm = euclideanNorm(x)
    for (let k = 0; k < x.length; k++) out[k] = norm <= length ? 0 : x[k] * ((norm - length) / norm)
  }
  return convexFunction({
    name: 'euclidean-norm',
    value: (x) => weight * euclideanNorm(x),
    prox: (x, step, out) => shortened(x, step * weight, out),
    conjugate: {
      value: (p) => (euclideanNorm(p) <= inside(weight) ? 0 : Infinity),
      prox(p, _step, out) {
        const norm = euclideanNorm(p)
        for (let k = 0; k < p.length; k++) out[k] = norm <= weight ? p[k] : p[k] * (weight / norm)
      },
    },
  })
}

/**
 * w max|x_k|, w > 0. Its conjugate is 0 where Σ|p_k| ≤ w and +∞ elsewhere; the projection there by sorting (Held, Wolfe & Crowder 1974), O(d log d).
 * @throws ArgumentError
 */
export function maximumNorm(given: { weight?: number } = {}): ConvexFunction {
  options('maximumNorm', given, ['weight'])
  const weight = positive('maximumNorm', 'weight', given.weight ?? 1)
  const sum = (p: Float64Array): number => p.reduce((total, pk) => total + Math.abs(pk), 0)
  /** The threshold that brings Σ max(|p_k| − threshold, 0) down to the radius. */
  const threshold = (p: Float64Array, radius: number): number => {
    const sizes = p.map(Math.abs).sort().reverse()
    let [total, level] = [0, 0]
    for (let k = 0; k < sizes.length; k++) {
      total += sizes[k]
      const candidate = (total - radius) / (k + 1)
      if (sizes[k] <= candidate) break
      level = candidate
    }
    return Math.max(level, 0)
  }
  return convexFunction({
    name: 'maximum-norm',
    value: (x) => weight * x.reduce((most, xk) => Math.max(most, Math.abs(xk)), 0),
    prox(x, step, out) {
      // What is left of x beside its projection on the ball of Σ|·|.
      const level = sum(x) <= step * weight ? 0 : threshold(x, step * weight)
      for (let k = 0; k < x.length; k++) out[k] = Math.max(-level, Math.min(level, x[k]))
    },
    conjugate: {
      value: (p) => (sum(p) <= weight * (1 + 4 * p.length * Number.EPSILON) ? 0 : Infinity),
      prox(p, _step, out) {
        const level = sum(p) <= weight ? 0 : threshold(p, weight)
        for (let k = 0; k < p.length; k++) out[k] = Math.sign(p[k]) * Math.max(Math.abs(p[k]) - level, 0)
        // What is left of large coordinates has their rounding.
        const left = sum(out)
        if (left > weight) for (let k = 0; k < p.length; k++) out[k] *= weight / left
      },
    },
  })
}

/**
 * 0 in the box min ≤ x_k ≤ max and +∞ outside, bounds numbers or lists. Its proximal map is the projection; its conjugate is Σ max(min_k p_k, max_k p_k).
 * @throws ArgumentError when a bound is not finite or min is above max
 */
export function box(given: { min: number | readonly number[]; max: number | readonly number[] }): ConvexFunction {
  options('box', given, ['min', 'max'])
  const [low, high] = [bound('min', given.min), bound('max', given.max)]
  if (low.length !== undefined && high.length !== undefined && low.length !== high.length) refuse('box', 'max', `a list of ${low.length}, as min`, given.max)
  const dim = low.length ?? high.length
  for (let k = 0; k < (dim ?? 1); k++) if (!(low.at(k) <= high.at(k))) refuse('box', 'max', 'at least min', given.max)
  return convexFunction({
    ...(dim === undefined ? {} : { dim }),
    name: 'box',
    value: (x) => (x.every((xk, k) => xk >= low.at(k) && xk <= high.at(k)) ? 0 : Infinity),
    prox(x, _step, out) {
      for (let k = 0; k < x.length; k++) out[k] = Math.max(low.at(k), Math.min(high.at(k), x[k]))
    },
    conjugate: { value: (p) => p.reduce((sum, pk, k) => sum + Math.max(low.at(k) * pk, high.at(k) * pk), 0) },
  })
}

function bound(name: string, given: number | readonly number[]): { length?: number; at(k: number): number } {
  const list = typeof given === 'number' ? [given] : given
  if (!Array.isArray(list) || list.length === 0 || !list.every((value) => Number.isFinite(value))) refuse('box', name, 'a finite number or a list of them', given)
  return typeof given === 'number' ? { at: () => given } : { length: list.length, at: (k) => list[k] as number }
}

function checkedList(weight: readonly number[]): readonly number[] {
  if (!Array.isArray(weight) || weight.length === 0) refuse('l1Norm', 'weight', 'a non-negative number or a list of them', weight)
  weight.forEach((value, k) => nonNegative('l1Norm', `weight[${k}]`, value))
  return weight.slice()
}
