import { refuse } from '../core/arguments.ts'
import type { Estimate } from './estimate.ts'
import { checkSamples, meanOfIndependent } from './samples.ts'
import { compensatedSum } from './sums.ts'

/** The mean of correlated chains. Times are counted in samples. */
export interface CorrelatedMean extends Estimate {
  /** Integrated autocorrelation time τ = 1 + 2 Σ ρ(t), of the pooled chains: the variance of the mean is τ·variance/n. 1 for independent samples. */
  autocorrelationTime: number
  /** n/τ */
  effectiveSampleSize: number
  /** Whether the chains are long enough for τ to be read off; if not, the standard error comes from the spread of the chains' means. */
  settled: boolean
}

/** The sum over ρ ends at the first lag of at least this many τ (Sokal 1997), and of ten for chains that alternate: what is left out is e^{−2·5} of it. */
const windowInTimes = 5
/** From so many chains on the spread of their means, known to 1/√(2·chains), may contradict the window: by four of its errors. */
const fewestCompared = 16
/** Lags looked at before the series is halved; a window of 5τ then holds while τ is at most an eighth of this. */
const longestLag = 96

/**
 * Mean of one or several chains of the same stationary process, with a standard error from the integrated autocorrelation time, pooled over the chains about
 * their common mean, by Sokal's self-consistent window and with the bias of the estimated mean removed (Wolff 2004). Chains whose correlation outlasts
 * the lags at hand are replaced by the means of neighbouring pairs, which keeps n·Var(mean), so that the work is about 200 n whatever τ. The relative
 * error of the standard error is about √(5τ/n). Of 16 chains or more the larger of this and the spread of their means counts.
 *
 * When not even one window fits (chains shorter than about 12 τ, or stuck apart from each other), or when the means of 16 chains or more are much farther apart
 * than the window says, the standard error is that of the means of the chains, if
 * there are at least two, and Infinity for one chain.
 * @throws ArgumentError without a chain, and on a chain of fewer than 4 samples, of another length than the first, or with a number that is not finite
 */
export function meanOfChains(chains: readonly ArrayLike<number>[]): CorrelatedMean {
  const where = 'meanOfChains'
  if (!Array.isArray(chains) || chains.length === 0) refuse(where, 'chains', 'a list of chains', chains)
  const length = checkSamples(where, 'chains[0]', chains[0], 4).length
  for (const [k, chain] of chains.entries()) {
    if (checkSamples(where, `chains[${k}]`, chain, 4).length !== length) refuse(where, `chains[${k}]`, `of length ${length} as the first`, chain)
  }
  const n = length * chains.length
  const estimate = compensatedSum(chains.map((chain) => compensatedSum(chain))) / n
  const between = chains.length < 2 ? Infinity : meanOfIndependent(chains.map((chain) => compensatedSum(chain) / length)).standardError
  let centred: Float64Array[] = chains.map((chain: ArrayLike<number>) => Float64Array.from(chain, (value) => value - estimate))
  const variance = compensatedSum(centred.map((chain) => covariance([chain], 0))) / chains.length
  if (!(variance > 0)) return { estimate, standardError: 0, autocorrelationTime: 1, effectiveSampleSize: n, settled: true }
  for (let halvings = 0; centred[0].length >= 16; halvings++) {
    const time = windowed(centred)
    if (time !== undefined) {
      // The variance of a mean of pairs is smaller; n·Var(mean) is the same.
      const long = time * covariance(centred, 0) * 2 ** halvings
      const windowSquared = long / n
      // A small part of the variance that never decays, as of chains that stay in their wells, closes the window all the same.
      const compared = chains.length >= fewestCompared
      if (compared && between ** 2 > windowSquared * (1 + 4 * Math.sqrt(2 / (chains.length - 1)))) break
      const square = compared ? Math.max(windowSquared, between ** 2) : windowSquared
      const total = square * n
      return { estimate, standardError: Math.sqrt(square), autocorrelationTime: total / variance, effectiveSampleSize: (n * variance) / total, settled: true }
    }
    centred = centred.map(pairMeans)
  }
  const time = (between * between * n) / variance
  return { estimate, standardError: between, autocorrelationTime: time, effectiveSampleSize: n / time, settled: false }
}

/** τ of centred chains when a window of 5τ closes within two fifths of a chain's length; undefined otherwise. */
function windowed(chains: Float64Array[]): number | undefined {
  const n = chains[0].length * chains.length
  const variance = covariance(chains, 0)
  const most = Math.min(longestLag, Math.floor(chains[0].length / 2.5))
  let time = 1
  for (let lag = 1; lag <= most; lag++) {
    time += (2 * covariance(chains, lag)) / variance
    if (lag < windowInTimes * Math.max(time, 2)) continue
    // The covariance about the sample mean is too low by the variance of that mean, τ·variance/n, at every lag.
    const corrected = time * (1 + (2 * lag + 1) / n)
    // Anticorrelated chains may sum to nothing: below this floor the sum is not known.
    return Math.max(corrected, 1 / Math.sqrt(n))
  }
  return undefined
}

/** Mean of a_i a_{i+lag} over all the chains, which are centred. */
function covariance(chains: Float64Array[], lag: number): number {
  let sum = 0
  for (const chain of chains) for (let i = lag; i < chain.length; i++) sum += chain[i] * chain[i - lag]
  return sum / (chains.length * (chains[0].length - lag))
}

function pairMeans(chain: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.floor(chain.length / 2) }, (_, i) => (chain[2 * i] + chain[2 * i + 1]) / 2)
}
