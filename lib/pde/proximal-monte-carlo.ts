import { callable, integer, options, point as checkedPoint, positive, refuse } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { fillNormalRows } from '../kernels/ziggurat.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { importanceWeights } from '../stats/weighted.ts'

export interface ProximalMonteCarloOptions extends Smoothing {
  /** δ = 1/β, the temperature of the weights e^{−f/δ}; exactly one of delta and beta. */
  delta?: number
  /** Inverse temperature 1/δ. */
  beta?: number
  /** Default 10000. */
  samples?: number
  /** Default 0. Sample i depends on (seed, i) alone. */
  seed?: number
}

export interface ProximalMonteCarlo {
  /** E[y e^{−f(y)/δ}]/E[e^{−f(y)/δ}], y ~ N(x, δγI). */
  point: Float64Array
  /** −δ log E[e^{−f(y)/δ}]: the solution of u_t = −½|∇u|² + (δ/2)Δu at t = γ. */
  value: number
  /** (x − point)/γ, the gradient of `value` in x. */
  gradient: Float64Array
  /** Of sampling, by the delta method; the bias of δ against the proximal point is not in it. */
  standardError: { point: Float64Array; value: number; gradient: Float64Array }
  /** (Σw)²/Σw² of the weights. */
  effectiveSampleSize: number
  /** Whether the effective sample size is at least 100. Where it is not, neither the numbers nor their standard errors are to be relied on. */
  adequate: boolean
}

/** Below this effective sample size the delta method does not hold. */
export const adequateSampleSize = 100

/** Tells these streams from all others of a seed. */
const purpose = 0x68707278
/** Numbers that a block of samples holds. */
const blockNumbers = 2 ** 16

/**
 * HJ-Prox (Osher, Heaton & Wu Fung, PNAS 120, 2023): proximal point, Moreau envelope and its gradient from values of f alone, in any dimension, as the
 * averages of the local Gibbs law at temperature δ, by importance sampling from the kernel N(x, δγI). Self-normalised weights by log-sum-exp.
 *
 * Two errors: sampling, in `standardError`; and of δ, O(δ) where f is smooth at the proximal point or that is strictly inside a kink, O(√δ) at the transition, none
 * in `point` for quadratics. The effective sample size falls like e^{−γ|∇f|²/δ − γ²|∇²f|²/2} (Frobenius norm): γ is to be small against dimension and 1/δ.
 * `value` is above the envelope by (δ/2) log det(I + γ∇²f), about. Where the weights are few, `adequate` is false; `localEntropy` places its samples better and `prox`
 * has no δ. Values of +∞ are walls.
 * @throws ArgumentError; DivergenceError when f is +∞ at all samples
 */
export function proximalMonteCarlo(potential: Potential, x: ArrayLike<number>, given: ProximalMonteCarloOptions): ProximalMonteCarlo {
  const where = 'proximalMonteCarlo'
  if (!isPotential(potential)) refuse(where, 'potential', 'a potential', potential)
  const dim = integer(where, 'potential.dim', potential.dim, 1)
  callable(where, 'potential.values', potential.values)
  const from = Float64Array.from(checkedPoint(where, 'x', x, dim))
  options(where, given, [...smoothingNames, 'delta', 'beta', 'samples', 'seed'])
  const gamma = smoothingTime(where, given)
  const delta = temperature(where, given)
  const samples = integer(where, 'samples', given.samples ?? 10_000, 2)
  if (samples > 2 ** 32) refuse(where, 'samples', 'at most 2^32', samples)
  const seed = integer(where, 'seed', given.seed ?? 0, 0)
  const size = Math.sqrt(delta * gamma)
  const logWeights = new Float64Array(samples)
  // Normals are drawn again for the means rather than kept: there may be dim × samples of them.
  eachBlock(seed, dim, samples, (normals, first, count) => {
    const points = new Float64Array(dim * count)
    for (let k = 0; k < dim; k++) for (let i = k * count; i < (k + 1) * count; i++) points[i] = from[k] + size * normals[i]
    const values = potential.values(points)
    for (let i = 0; i < count; i++) logWeights[first + i] = -values[i] / delta
  })
  if (!logWeights.some((value) => value > -Infinity)) {
    throw new DivergenceError(`${where}: f is +Infinity at all of the ${samples} samples; use a smaller gamma or delta, or more samples`)
  }
  const { weights, logMean, effectiveSampleSize } = importanceWeights(logWeights)
  const { mean, errors } = weightedNormals(seed, dim, weights)
  return {
    point: from.map((xk, k) => xk + size * mean[k]),
    value: -delta * logMean.estimate,
    gradient: mean.map((z) => (-size / gamma) * z),
    standardError: {
      point: errors.map((error) => size * error), value: delta * logMean.standardError, gradient: errors.map((error) => (size / gamma) * error),
    },
    effectiveSampleSize,
    adequate: effectiveSampleSize >= adequateSampleSize,
  }
}

function temperature(where: string, { delta, beta }: ProximalMonteCarloOptions): number {
  if ((delta === undefined) === (beta === undefined)) {
    throw new ArgumentError(`${where}: delta or beta must be given exactly once, got ${delta === undefined ? 'neither' : 'both'}`)
  }
  return delta === undefined ? positive(where, '1/beta', 1 / positive(where, 'beta', beta)) : positive(where, 'delta', delta)
}

/** Σ w_i z_i of the samples' normals, and √Σ w_i²(z_i − mean)². */
function weightedNormals(seed: number, dim: number, weights: Float64Array): { mean: Float64Array; errors: Float64Array } {
  const mean = new Float64Array(dim)
  const squares = new Float64Array(dim)
  const slides = new Float64Array(dim)
  let all = 0
  for (const w of weights) all += w * w
  eachBlock(seed, dim, weights.length, (normals, first, count) => {
    for (let k = 0; k < dim; k++) {
      let [sum, slide, square] = [0, 0, 0]
      for (let i = 0; i < count; i++) {
        const z = normals[k * count + i]
        const part = weights[first + i] * z
        sum += part
        slide += weights[first + i] * part
        square += part * part
      }
      mean[k] += sum
      slides[k] += slide
      squares[k] += square
    }
  })
  // Normals are of size 1, so that expanding the square costs no digits unless one sample has all the weight: no error can be told then.
  return { mean, errors: squares.map((square, k) => Math.sqrt(Math.max(square - 2 * mean[k] * slides[k] + mean[k] * mean[k] * all, 0))) }
}

/** Visits the standard normals of all samples in blocks, component-major. */
function eachBlock(seed: number, dim: number, samples: number, visit: (normals: Float64Array, first: number, count: number) => void): void {
  const block = Math.max(1, Math.floor(blockNumbers / dim))
  for (let first = 0; first < samples; first += block) {
    const count = Math.min(block, samples - first)
    const normals = new Float64Array(4 * Math.ceil(dim / 4) * count)
    const streams = Uint32Array.from({ length: count }, (_, i) => first + i)
    for (let k = 0; k < dim; k += 4) {
      fillNormalRows(seed, k / 4, streams, purpose, 0, [0, 1, 2, 3].map((r) => normals.subarray((k + r) * count, (k + r + 1) * count)))
    }
    visit(normals.subarray(0, dim * count), first, count)
  }
}
