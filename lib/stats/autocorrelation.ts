import { refuse } from '../core/arguments.ts'
import { scale } from '../core/binary64.ts'
import type { Estimate } from './estimate.ts'
import { checkSamples, meanOfIndependent } from './samples.ts'
import { compensatedSum, scaledTogether } from './sums.ts'

/** The mean of correlated chains. Times are counted in samples. */
export interface CorrelatedMean extends Estimate {
  /** Integrated autocorrelation time τ = 1 + 2 Σ ρ(t), of the pooled chains: the variance of the mean is τ·variance/n. 1 for independent samples. */
  autocorrelationTime: number
  /** n/τ */
  effectiveSampleSize: number
  /** Whether the chains are long enough for τ to be read off; if not, the standard error comes from the spread of the chains' means. */
  settled: boolean
}

/** Samples for each τ, or for two of them when τ is less, that settle it: the standard error is then known to about a quarter. */
const samplesInTime = 50
/** From so many chains on the spread of their means, known to 1/√(2·chains), may contradict the window: by four of its errors. */
const fewestCompared = 16
/** Lags looked at before the series is halved; the window that Geyer's sequence closes is some 2 to 5 τ. */
const longestLag = 96

/**
 * Mean of one or several chains of the same stationary process, with a standard error from the autocovariances c(t) pooled over the chains about their common mean:
 * n·Var(mean) = Σ (1 − |t|/length) c(t) by Geyer's (1992) initial monotone sequence, of the chain smoothed by (x_i + x_{i+1})/2, which has the same sum. Its terms
 * [c(2m−2) + 3c(2m−1) + 3c(2m) + c(2m+1)]/4 are positive and fall for a reversible chain, also one that alternates; the sum ends at lag W where their
 * estimates do not. The bias of the estimated mean, (2W + 1)/n of the sum, is removed. Chains whose correlation outlasts the lags at hand are replaced by the means of
 * neighbouring pairs, which keeps n·Var(mean), so that the work is about 200 n whatever τ. The relative error of the standard error is about
 * √((2W + 1)/(2n)), W from 4 for independent samples to some (τ/2) log(n/τ). Of 16 chains or more the larger of this and the spread of their means counts.
 *
 * When there are fewer than 50·max(τ, 2) samples, when no window closes (chains that are short against τ, or stuck apart from each other), or when the means of 16 chains
 * or more are much farther apart than the window says, the standard error is that of the means of the chains, if there are at least two, and Infinity for one
 * chain. Chains that are not reversible and swing (c(t) below 0 and above again) get too large a standard error.
 * @throws ArgumentError without a chain, and on a chain of fewer than 4 samples, of another length than the first, or with a number that is not finite
 */
export function meanOfChains(chains: readonly ArrayLike<number>[]): CorrelatedMean {
  const length = checkChains(chains)
  const n = length * chains.length
  const all = new Float64Array(n)
  chains.forEach((chain, k) => all.set(chain, k * length))
  const { scaled, exponent } = scaledTogether(all)
  const mean = compensatedSum(scaled) / n
  const means = chains.map((_, k) => compensatedSum(scaled.subarray(k * length, (k + 1) * length)) / length)
  const between = chains.length < 2 ? Infinity : meanOfIndependent(means).standardError
  const centred = means.map((_, k) => scaled.subarray(k * length, (k + 1) * length).map((value) => value - mean))
  const variance = covariance(centred, 0)
  const estimate = scale(mean, exponent)
  // Equal samples, up to the rounding of their mean.
  if (!(variance > (2 * Number.EPSILON * mean) ** 2)) return { estimate, standardError: 0, autocorrelationTime: 1, effectiveSampleSize: n, settled: true }
  const square = settledSquare(centred, variance, between)
  const standardError = square === undefined ? between : Math.sqrt(square)
  const total = standardError * standardError * n
  return {
    estimate, standardError: scale(standardError, exponent), autocorrelationTime: total / variance, effectiveSampleSize: (n * variance) / total, settled: square !== undefined,
  }
}

function checkChains(chains: readonly ArrayLike<number>[]): number {
  const where = 'meanOfChains'
  if (!Array.isArray(chains) || chains.length === 0) refuse(where, 'chains', 'a list of chains', chains)
  const length = checkSamples(where, 'chains[0]', chains[0], 4).length
  for (const [k, chain] of chains.entries()) {
    if (checkSamples(where, `chains[${k}]`, chain, 4).length !== length) refuse(where, `chains[${k}]`, `of length ${length} as the first`, chain)
  }
  return length
}

/** The square of the standard error; undefined where it is not settled. */
function settledSquare(centred: Float64Array[], variance: number, between: number): number | undefined {
  const n = centred.length * centred[0].length
  const compared = centred.length >= fewestCompared
  // The variance of a mean of pairs is smaller; n·Var(mean) is the same.
  for (let chains = centred, together = 1; chains[0].length >= 16; chains = chains.map(pairMeans), together *= 2) {
    const sum = monotoneSum(chains)
    if (sum === undefined) continue
    const square = (sum * together) / n
    // A small part of the variance that never decays, as of chains that stay in their wells, closes the window all the same.
    const contradicted = compared && between ** 2 > square * (1 + 4 * Math.sqrt(2 / (centred.length - 1)))
    const larger = compared ? Math.max(square, between ** 2) : square
    const enough = n >= samplesInTime * Math.max((larger * n) / variance, 2)
    return enough && !contradicted ? larger : undefined
  }
  return undefined
}

/** n·Var(mean) of centred chains when the sum closes within two fifths of a chain's length; undefined otherwise. */
function monotoneSum(chains: Float64Array[]): number | undefined {
  const n = chains[0].length * chains.length
  const most = Math.min(longestLag, Math.floor(chains[0].length / 2.5))
  let [before, last] = [covariance(chains, 0), covariance(chains, 1)]
  let sum = (before + last) / 2
  let least = Infinity
  for (let lag = 2; lag < most; lag += 2) {
    const [even, odd] = [covariance(chains, lag), covariance(chains, lag + 1)]
    const term = (before + 3 * last + 3 * even + odd) / 4
    // Covariances about the sample mean are too low by the variance of that mean, sum/n, at every lag.
    if (term <= 0) return sum * (1 + (2 * (lag - 2) + 1) / n)
    least = Math.min(least, term)
    sum += 2 * least
    ;[before, last] = [even, odd]
  }
  return undefined
}

/** Σ a_i a_{i+lag} over all the chains, which are centred, over the number of their samples: (1 − lag/length) c(lag). */
function covariance(chains: Float64Array[], lag: number): number {
  let sum = 0
  for (const chain of chains) for (let i = lag; i < chain.length; i++) sum += chain[i] * chain[i - lag]
  return sum / (chains.length * chains[0].length)
}

function pairMeans(chain: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.floor(chain.length / 2) }, (_, i) => (chain[2 * i] + chain[2 * i + 1]) / 2)
}
