import { solveDefinite } from '../core/cholesky.ts'
import { exp, log } from '../core/elementary.ts'
import { field, nodes } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { prox } from '../pde/prox.ts'
import type { Potential } from '../potential/potential.ts'
import { largest } from './measure.ts'

/**
 * A function at the nodes of a box, for trapezoidal sums over local Gibbs measures ρ(dy; x) ∝ e^{−β(f(y) + |x − y|²/2t)} dy. The sums are exact to round-off for
 * smooth f once the measure is wider than about 1.4 spacings and lies well inside the box.
 */
export interface Sampled {
  initial: Field
  /** Component-major, dim × size. */
  points: Float64Array
}

/** f on `size` nodes an axis of |y_k| ≤ half. */
export function sampled(f: Potential, half: number, size: number): Sampled {
  const initial = field(grid(Array.from({ length: f.dim }, () => ({ min: -half, max: half, size }))), f)
  return { initial, points: nodes(initial.grid) }
}

interface Weights {
  /** e^{−β(f + |x − y|²/2t)} over its largest value; 0 below e^−50. */
  weights: Float64Array
  total: number
  /** −(1/β) log of the measure's mass against (2πt/β)^{−n/2} dy, which is u(x, t). */
  value: number
}

function weigh({ initial, points }: Sampled, x: ArrayLike<number>, t: number, beta: number): Weights {
  const { size, dim, spacing } = initial.grid
  const weights = Float64Array.from(initial.values.data)
  for (let k = 0; k < dim; k++) {
    for (let j = 0; j < size; j++) weights[j] += (x[k] - points[k * size + j]) ** 2 / (2 * t)
  }
  const least = weights.reduce((low, value) => Math.min(low, value), Infinity)
  let total = 0
  for (let j = 0; j < size; j++) {
    const exponent = beta * (weights[j] - least)
    total += weights[j] = exponent < 50 ? exp(-exponent) : 0
  }
  const cell = spacing.reduce((product, h) => product * h * Math.sqrt(beta / (2 * Math.PI * t)), 1)
  return { weights, total, value: least - log(total * cell) / beta }
}

export interface Derivatives {
  value: number
  gradient: Float64Array
  /** Row major. */
  hessian: Float64Array
}

/** u(x, t), ∇u = (x − ⟨y⟩)/t and ∇²u = (I − (β/t) Cov(y))/t. */
export function localEntropyAt(sample: Sampled, x: ArrayLike<number>, t: number, beta: number): Derivatives {
  const { size, dim } = sample.initial.grid
  const { weights, total, value } = weigh(sample, x, t, beta)
  const away = Array.from({ length: dim }, (_, k) => sample.points.slice(k * size, (k + 1) * size))
  const mean = away.map((y) => dot(weights, y) / total)
  away.forEach((y, k) => y.forEach((at, j) => { y[j] = at - mean[k] }))
  const hessian = new Float64Array(dim * dim)
  for (let a = 0; a < dim; a++) {
    const weighted = away[a].map((d, j) => d * weights[j])
    for (let b = 0; b < dim; b++) hessian[a * dim + b] = ((a === b ? 1 : 0) - (beta / t) * (dot(weighted, away[b]) / total)) / t
  }
  return { value, gradient: Float64Array.from(mean, (m, k) => (x[k] - m) / t), hessian }
}

/** ⟨∇f(y)⟩ over the local Gibbs measure of x. */
export function slopeMean(sample: Sampled, f: Potential, x: ArrayLike<number>, t: number, beta: number): number[] {
  const { size, dim } = sample.initial.grid
  const { weights, total } = weigh(sample, x, t, beta)
  const slopes = f.gradients(sample.points)
  return Array.from({ length: dim }, (_, k) => dot(weights, slopes.subarray(k * size, (k + 1) * size)) / total)
}

/**
 * On the line: [u, u_x, u_xx, u_xxx, u_xxxx] at (x, t). u − x²/2t is −(1/β) times the logarithm of ∫ e^{βxy/t} μ(dy), so that its k-th derivative is
 * −(1/β)(β/t)^k times the k-th cumulant of the local Gibbs measure.
 */
export function lineDerivatives(sample: Sampled, x: number, t: number, beta: number): [number, number, number, number, number] {
  const { weights, total, value } = weigh(sample, [x], t, beta)
  const mean = dot(weights, sample.points) / total
  let [second, third, fourth] = [0, 0, 0]
  for (let j = 0; j < weights.length; j++) {
    const d = sample.points[j] - mean
    second += weights[j] * d * d
    third += weights[j] * d * d * d
    fourth += weights[j] * d * d * d * d
  }
  const variance = second / total
  const rate = beta / t
  return [value, (x - mean) / t, (1 - rate * variance) / t, -(rate * rate * third) / (t * total), (-(rate ** 3) * (fourth / total - 3 * variance * variance)) / t]
}

/** A minimum of f near `start` by Newton's iteration, in a region where ∇²f is positive definite; NaN outside of one. */
export function newtonMinimum(f: Potential, start: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(start)
  for (let k = 0; k < 20; k++) {
    const step = solveDefinite(f.hessian(x), f.gradient(x))
    if (step === undefined) return x.fill(NaN)
    step.forEach((s, i) => { x[i] -= s })
  }
  return x
}

/** A minimum of u(·, t): steps x ← ⟨y⟩ = x − t∇u, which descend as ∇²u ≤ I/t, then Newton's; NaN where those leave the region of positive definite ∇²u. */
export function minimumOf(sample: Sampled, start: ArrayLike<number>, t: number, beta: number): Float64Array {
  const x = Float64Array.from(start)
  for (let k = 0; k < 18; k++) {
    const { gradient, hessian } = localEntropyAt(sample, x, t, beta)
    const step = k < 12 ? gradient.map((slope) => t * slope) : solveDefinite(hessian, gradient)
    if (step === undefined) return x.fill(NaN)
    step.forEach((s, i) => { x[i] -= s })
  }
  return x
}

/**
 * ∇²u₀(x, t), row major, by fourth-order difference quotients of the proximal gradient (x − prox(x))/t, and what each entry may be off: the change from
 * twice the step, and round-off. `convex`: f + |·|²/2t is, see `prox`.
 */
export function inviscidHessian(f: Potential, x: ArrayLike<number>, t: number, step: number, convex: boolean): { hessian: number[]; accuracy: number[] } {
  const point = Array.from(x)
  // Of ∇u₀: x, the proximal point, and what cancels inside ∇f.
  const scale = (largest(point) + step) * (1 / t + largest(f.hessian(x))) + Math.sqrt(Math.abs(f.value(x)) / t)
  const rows = point.map((_, k) => quotients((along) => prox(f, point.map((c, j) => c + (j === k ? along : 0)), { gamma: t, convex }).gradient, step))
  return {
    hessian: rows.flatMap(({ fine }) => fine),
    accuracy: rows.flatMap(({ fine, coarse }) => fine.map((value, i) => Math.abs(value - coarse[i]) + (16 * Number.EPSILON * scale) / step)),
  }
}

/** Derivatives of slope(along) at 0: the difference quotients of fourth order over steps and over twice the steps. */
function quotients(slope: (along: number) => Float64Array, step: number): { fine: number[]; coarse: number[] } {
  const rise = (k: number): number[] => {
    const behind = slope(-k * step)
    return Array.from(slope(k * step), (ahead, i) => ahead - behind[i])
  }
  const [one, two, four] = [rise(1), rise(2), rise(4)]
  return { fine: one.map((near, i) => (8 * near - two[i]) / (12 * step)), coarse: two.map((near, i) => (8 * near - four[i]) / (24 * step)) }
}

/** E g(x + √s Z), Z standard normal, by a trapezoidal sum over |Z| ≤ 9: exact to round-off for polynomials of modest degree. */
export function gaussianMean(g: (y: number) => number, x: number, s: number): number {
  let sum = 0
  let total = 0
  for (let k = -18; k <= 18; k++) {
    const weight = exp((-k * k) / 8)
    sum += weight * g(x + (Math.sqrt(s) * k) / 2)
    total += weight
  }
  return sum / total
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j]
  return sum
}
