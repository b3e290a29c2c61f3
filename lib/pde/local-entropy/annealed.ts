import { log } from '../../core/elementary.ts'
import type { Breather } from '../../execution/progress.ts'
import { importanceWeights } from '../../stats/weighted.ts'
import type { ImportanceMoments } from './importance.ts'
import type { LocalGibbs } from './measure.ts'
import { alive } from './particles.ts'
import { allWalls, annealed, pilotParticles, pilotTempering } from './tempering.ts'

export interface Annealing {
  /** At least `annealingGroups`; what is over a multiple of it is not used. */
  samples: number
  seed: number
}

/** Independent groups; standard errors have one degree of freedom less. */
export const annealingGroups = 32

/** Tells these streams from all others of a seed; the two numbers after each are taken too. */
const purpose = { main: 0x616e6e60, pilot: 0x616e6e68 }

/**
 * Moments by a sequential Monte Carlo sampler (Del Moral, Doucet & Jasra 2006; without resampling, annealed importance sampling, Neal 2001): particles from the
 * kernel N(x, γ/β I) pass through the laws ∝ e^{−β(λf + |y − x|²/(2γ))}, λ from 0 to 1. At each λ weights take the factor e^{−βΔλ f}, particles are
 * resampled if the weights have become unequal, and moved by Metropolis-adjusted Langevin steps that keep that law. The tempering comes from a pilot with other
 * random numbers, so that the mean weight Z_g of each of 32 independent groups is an unbiased estimate of E e^{−βf} under the kernel, and Z_g times the
 * group's average one of the average times it. Groups are pooled with the weights Z_g; standard errors by the spread of the groups (delta method).
 * Group g depends on (seed, samples, g) alone.
 * @throws DivergenceError when f is +∞ at all samples, or λ does not reach 1
 */
export async function annealedMoments(measure: LocalGibbs, { samples, seed }: Annealing, breathe: Breather): Promise<ImportanceMoments> {
  const { dim, gamma, beta } = measure
  const count = Math.floor(samples / annealingGroups)
  const total = count * annealingGroups
  const share = pilotParticles / (pilotParticles + total)
  const tempering = await pilotTempering(measure, { seed, stream: purpose.pilot, first: 0 }, share, breathe)
  const offsets = new Float64Array(dim * total)
  const logWeights = new Float64Array(total)
  for (let group = 0; group < annealingGroups; group++) {
    const first = group * count
    const particles = await annealed(measure, tempering, { seed, stream: purpose.main, first }, count, (done) =>
      breathe({ fraction: share + ((1 - share) * (group + done)) / annealingGroups, activity: `annealing, group ${group + 1} of ${annealingGroups}` }, () => undefined))
    logWeights.set(particles.logWeights, first)
    for (let k = 0; k < dim; k++) offsets.set(particles.offsets.subarray(k * count, (k + 1) * count), k * total + first)
  }
  if (!alive({ logWeights })) throw allWalls(measure, total)
  const { weights, logMean } = importanceWeights(logWeights)
  const logMassError = rootOfSquares(groupSums(total, (i) => weights[i] - 1 / total))
  const { mean, errors: meanErrors } = meansOf(offsets, weights, dim)
  const spread = await covarianceOf(offsets, weights, mean, breathe)
  const trace = mean.reduce((sum, _, k) => sum + spread.covariance[k * (dim + 1)], 0)
  const meanSquare = meanErrors.reduce((sum, error) => sum + error * error, 0)
  return {
    base: tempering.base, logMass: logMean.estimate + (dim / 2) * log((2 * Math.PI * gamma) / beta), offset: mean, covariance: spread.covariance,
    standardErrors: { logMass: logMassError, offset: meanErrors, covariance: spread.errors },
    // Both are (Σw)²/Σw² for independent weighted samples.
    effectiveSampleSize: Math.min(1 / (logMassError ** 2 + 1 / total), meanSquare > 0 ? trace / meanSquare : 1),
  }
}

/** Sums over each group of a term for each particle. */
function groupSums(total: number, term: (i: number) => number): Float64Array {
  const sums = new Float64Array(annealingGroups)
  const count = total / annealingGroups
  for (let g = 0; g < annealingGroups; g++) for (let i = g * count; i < (g + 1) * count; i++) sums[g] += term(i)
  return sums
}

/** Standard error of the sum of independent terms of mean zero. */
function rootOfSquares(sums: Float64Array): number {
  return Math.sqrt(productSum(sums, sums))
}

/** Covariance of two such sums of independent terms, with the degree of freedom that their means take. */
function productSum(first: Float64Array, second: Float64Array): number {
  return first.reduce((sum, value, g) => sum + value * second[g], 0) * (annealingGroups / (annealingGroups - 1))
}

function meansOf(offsets: Float64Array, weights: Float64Array, dim: number): { mean: Float64Array; errors: Float64Array } {
  const total = weights.length
  const mean = Float64Array.from({ length: dim }, (_, k) => weights.reduce((sum, w, i) => sum + w * offsets[k * total + i], 0))
  return { mean, errors: mean.map((m, k) => rootOfSquares(groupSums(total, (i) => weights[i] * (offsets[k * total + i] - m)))) }
}

/** The weighted covariance, with the covariance of the means added, which it lacks on average, and standard errors. */
async function covarianceOf(
  offsets: Float64Array, weights: Float64Array, mean: Float64Array, breathe: Breather,
): Promise<{ covariance: Float64Array; errors: Float64Array }> {
  const [total, dim] = [weights.length, mean.length]
  const covariance = new Float64Array(dim * dim)
  const errors = new Float64Array(dim * dim)
  const centred = offsets.map((o, j) => o - mean[Math.floor(j / total)])
  const rows = Array.from(mean, (_, k) => centred.subarray(k * total, (k + 1) * total))
  const means = rows.map((row) => groupSums(total, (i) => weights[i] * row[i]))
  const shares = groupSums(total, (i) => weights[i])
  for (let k = 0; k < dim; k++) {
    await breathe({ fraction: 1, activity: `covariances, row ${k} of ${dim}` }, () => undefined)
    for (let l = 0; l <= k; l++) {
      const [first, second] = [rows[k], rows[l]]
      const sums = groupSums(total, (i) => weights[i] * first[i] * second[i])
      const plain = sums.reduce((sum, value) => sum + value, 0)
      covariance[k * dim + l] = covariance[l * dim + k] = plain + productSum(means[k], means[l])
      errors[k * dim + l] = errors[l * dim + k] = rootOfSquares(sums.map((value, g) => value - shares[g] * plain))
    }
  }
  return { covariance, errors }
}
