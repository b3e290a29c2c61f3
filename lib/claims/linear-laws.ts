import type { Method, StepPath } from '../sde/method.ts'
import type { System } from '../sde/system.ts'
import { largest } from './measure.ts'

/** The law of z(t) is N(transition·z(0), covariance); matrices are n × n, row major. */
export interface LinearLaw {
  transition: Float64Array
  covariance: Float64Array
}

/** AB of n × n matrices. */
function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) c[i * n + j] += a[i * n + k] * b[k * n + j]
  }
  return c
}

const transpose = (a: Float64Array, n: number): Float64Array => a.map((_, i) => a[(i % n) * n + Math.floor(i / n)])
const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((entry, i) => entry + b[i])

/** A B Aᵀ. */
export const congruent = (a: Float64Array, b: Float64Array, n: number): Float64Array => product(product(a, b, n), transpose(a, n), n)

/** Twice as many steps of z ← Φz + N(0, Q). */
const doubled = ({ transition, covariance }: LinearLaw, n: number): LinearLaw => ({
  transition: product(transition, transition, n), covariance: plus(covariance, congruent(transition, covariance, n)),
})

/**
 * The exact law of dz = Az dt + b dW, W one Wiener process, at a time: Taylor's series of e^{At} and ∫e^{As}bbᵀe^{Aᵀs}ds for so short a time that |A|t ≤ 1/2, and doublings,
 * which round it off by some eps·|A|·time.
 */
export function linearLaw(rates: readonly (readonly number[])[], noise: readonly number[], time: number): LinearLaw {
  const n = noise.length
  const a = Float64Array.from(rates.flat())
  const doublings = Math.max(0, Math.ceil(Math.log2(2 * n * largest(a) * time)))
  const h = time * 2 ** -doublings
  let power = Float64Array.from(a, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
  let term = Float64Array.from(a, (_, i) => h * noise[Math.floor(i / n)] * noise[i % n])
  let law: LinearLaw = { transition: power, covariance: term }
  for (let k = 1; k <= 20; k++) {
    power = product(a, power, n).map((entry) => (entry * h) / k)
    const image = product(a, term, n)
    term = plus(image, transpose(image, n)).map((entry) => (entry * h) / (k + 1))
    law = { transition: plus(law.transition, power), covariance: plus(law.covariance, term) }
  }
  for (let k = 0; k < doublings; k++) law = doubled(law, n)
  return law
}

/** Wasserstein's distance of order 2 between Gaussians on the line. */
export const gaussianDistance = (mean: readonly [number, number], variance: readonly [number, number]): number =>
  Math.hypot(mean[0] - mean[1], Math.sqrt(variance[0]) - Math.sqrt(variance[1]))

/** What a step sees of increments that are given: over the step, and over its halves. */
export function pathOf(increment: Float64Array, halves: readonly [Float64Array, Float64Array], dt: number): StepPath {
  const none = new Float64Array(0)
  return { increment, halves, timeArea: none, areas: none, next: none, nextDt: dt, uniforms: none }
}

/** The stationary covariance of a method that is linear for a system, and how many steps its memory is long. */
export interface Stationary {
  covariance: Float64Array
  /** 1/(1 − ρ²), ρ the spectral radius of a step. */
  memory: number
}

/**
 * A step is z ← Φz + Bξ: its columns are what it makes of unit states and of increments one standard deviation long. Σ = ΦΣΦᵀ + BBᵀ by doublings, until no step is left over.
 */
export function stationaryCovariance(method: Method, system: System, dt: number): Stationary {
  const { dim: n, noiseDim } = system
  const halved = method.path === 'halves'
  const columns = n + (halved ? 2 : 1) * noiseDim
  const x = new Float64Array(n * columns)
  for (let k = 0; k < n; k++) x[k * columns + k] = 1
  const unit = (from: number, deviation: number): Float64Array => {
    const increment = new Float64Array(noiseDim * columns)
    for (let k = 0; k < noiseDim; k++) increment[k * columns + from + k] = deviation
    return increment
  }
  const half = Math.sqrt(dt / 2)
  method.prepare(system, columns)(x, 0, dt, pathOf(unit(n, Math.sqrt(dt)), [unit(n, half), unit(n + noiseDim, halved ? half : 0)], dt))
  let law: LinearLaw = { transition: new Float64Array(n * n), covariance: new Float64Array(n * n) }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      law.transition[i * n + j] = x[i * columns + j]
      for (let k = n; k < columns; k++) law.covariance[i * n + j] += x[i * columns + k] * x[j * columns + k]
    }
  }
  let memory = NaN
  for (let k = 0; k < 40 && largest(law.transition) > 1e-20; k++) {
    const left = largest(law.transition)
    if (left < 1) memory = 1 / -Math.expm1((2 * Math.log(left)) / 2 ** k)
    law = doubled(law, n)
  }
  return { covariance: law.covariance, memory }
}
