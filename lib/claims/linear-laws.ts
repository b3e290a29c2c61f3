import { stepPath } from '../sde/method.ts'
import type { Method, StepPath } from '../sde/method.ts'
import type { System } from '../sde/system.ts'
import { congruent, product, transpose } from './matrices.ts'
import { largest } from './measure.ts'

/** The law of z(t) is N(transition·z(0), covariance); matrices are n × n, row major. */
export interface LinearLaw {
  transition: Float64Array
  covariance: Float64Array
}

const plus = (a: Float64Array, b: Float64Array): Float64Array => a.map((entry, i) => entry + b[i])

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

/** The stationary covariance of a method that is linear for a system, and how far its steps remember. */
export interface Stationary {
  covariance: Float64Array
  /** 1/(1 − ρ²), ρ the spectral radius of a step. */
  memory: number
  /** The largest entry of Σ ΦᵏΦᵏᵀ: how much of a rounding of every step shows. */
  amplification: number
}

/**
 * A step is z ← Φz + Σ B_j ξ_j: its columns are what it makes of unit states, and of each part that it sees of the Wiener process one standard deviation long. Σ = ΦΣΦᵀ + ΣB_jB_jᵀ, with
 * what the state holds of the noise that its next step takes again, by doublings until no step is left over.
 */
export function stationaryCovariance(method: Method, system: System, dt: number): Stationary {
  const { dim: n, noiseDim } = system
  const variances = method.path === 'halves' ? [dt / 2, dt / 2] : method.path === 'time-areas' ? [dt, dt / 12] : method.path === 'next' ? [dt, dt] : [dt]
  const columns = n + variances.length * noiseDim
  const x = new Float64Array(n * columns)
  for (let k = 0; k < n; k++) x[k * columns + k] = 1
  const parts = variances.map((variance, j) => {
    const part = new Float64Array(noiseDim * columns)
    for (let k = 0; k < noiseDim; k++) part[k * columns + n + j * noiseDim + k] = Math.sqrt(variance)
    return part
  })
  method.prepare(system, columns)(x, 0, dt, seenOf(method, parts, dt))
  const block = (from: number, width: number): Float64Array => Float64Array.from({ length: n * width }, (_, i) => x[Math.floor(i / width) * columns + from + (i % width)])
  const transition = block(0, n)
  const gains = variances.map((_, j) => block(n + j * noiseDim, noiseDim))
  const source = gains.map((gain) => outer(gain, gain, noiseDim)).reduce(plus)
  const own = method.path === 'next' ? product(transition, outer(gains[1], gains[0], noiseDim), n) : new Float64Array(n * n)
  const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0))
  const { covariance, memory } = untilForgotten({ transition, covariance: plus(plus(source, own), transpose(own, n)) }, n)
  return { covariance, memory, amplification: largest(untilForgotten({ transition, covariance: identity }, n).covariance) }
}

function seenOf({ path }: Method, parts: readonly Float64Array[], dt: number): StepPath {
  const [first, second] = parts
  if (path === 'halves') return stepPath(plus(first, second), { halves: [first, second] })
  if (path === 'time-areas') return stepPath(first, { timeArea: second })
  return stepPath(first, path === 'next' ? { next: second, nextDt: dt } : {})
}

/** A Bᵀ of matrices with `columns` columns. */
function outer(a: Float64Array, b: Float64Array, columns: number): Float64Array {
  const [rows, across] = [a.length / columns, b.length / columns]
  return Float64Array.from({ length: rows * across }, (_, at) => {
    let value = 0
    for (let k = 0; k < columns; k++) value += a[Math.floor(at / across) * columns + k] * b[(at % across) * columns + k]
    return value
  })
}

/** So many steps that nothing is left of the start. */
function untilForgotten(step: LinearLaw, n: number): { covariance: Float64Array; memory: number } {
  let law = step
  let memory = NaN
  for (let k = 0; k < 40 && largest(law.transition) > 1e-20; k++) {
    const left = largest(law.transition)
    if (left < 1) memory = 1 / -Math.expm1((2 * Math.log(left)) / 2 ** k)
    law = doubled(law, n)
  }
  return { covariance: law.covariance, memory }
}
