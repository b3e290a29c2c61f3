import { refuse } from '../core/arguments.ts'
import { scale } from '../core/binary64.ts'
import { exp, log } from '../core/elementary.ts'
import type { Estimate } from './estimate.ts'
import { checkSamples, isList } from './samples.ts'
import { compensatedSum, scaledTogether } from './sums.ts'

/** Self-normalised importance weights. */
export interface ImportanceWeights {
  /** Non-negative, of sum 1. */
  weights: Float64Array
  /** log of the mean of the unnormalised weights: log of the ratio of the two normalising constants. */
  logMean: Estimate
  /** (Σw)²/Σw², from 1 (one sample carries all the weight) to n (equal weights). */
  effectiveSampleSize: number
}

/**
 * Weights from their logarithms, known up to a constant, by log-sum-exp; −∞ is the weight 0. The standard error of `logMean` is the coefficient
 * of variation of the weights over √n (delta method).
 * @throws ArgumentError on anything but a list of numbers, no weights, NaN or +∞, or all of them −∞
 */
export function importanceWeights(logWeights: ArrayLike<number>): ImportanceWeights {
  const where = 'importanceWeights'
  if (!isList(logWeights)) refuse(where, 'logWeights', 'a list of numbers', logWeights)
  const n = logWeights.length
  let top = -Infinity
  for (let i = 0; i < n; i++) {
    if (typeof logWeights[i] !== 'number' || !(logWeights[i] < Infinity)) refuse(where, `logWeights[${i}]`, 'a number below Infinity', logWeights[i])
    top = Math.max(top, logWeights[i])
  }
  if (top === -Infinity) refuse(where, 'logWeights', 'a list with a number above −Infinity', logWeights)
  const weights = Float64Array.from(logWeights, (value) => exp(value - top))
  const sum = compensatedSum(weights)
  const squares = compensatedSum(weights.map((w) => w * w))
  const variation = Math.sqrt(Math.max((n * squares) / (sum * sum) - 1, 0) / n)
  return {
    weights: weights.map((w) => w / sum),
    logMean: { estimate: top + log(sum / n), standardError: variation },
    effectiveSampleSize: (sum * sum) / squares,
  }
}

/**
 * Self-normalised mean Σ w_i v_i, Σ w_i = 1, of independent samples; standard error √Σ w_i²(v_i − mean)² (delta method; meaningful
 * when the effective sample size is large: a hundred or more).
 * @throws ArgumentError on lists of different lengths, numbers that are not finite, and weights that are negative or whose sum is not 1 to the rounding of a plain sum
 */
export function weightedMean(values: ArrayLike<number>, weights: ArrayLike<number>): Estimate {
  checkSamples('weightedMean', 'values', values, 1)
  if (checkSamples('weightedMean', 'weights', weights, 1).length !== values.length) {
    refuse('weightedMean', 'weights', `a list of ${values.length}, as many as values`, weights)
  }
  for (let i = 0; i < weights.length; i++) if (weights[i] < 0) refuse('weightedMean', `weights[${i}]`, 'a non-negative number', weights[i])
  const total = compensatedSum(weights)
  // Half an eps for each rounding of a plain sum that they were divided by and for the quotients, two for this sum.
  if (!(Math.abs(total - 1) <= (weights.length / 2 + 2) * Number.EPSILON)) refuse('weightedMean', 'the sum of weights', '1 to rounding', total)
  const { scaled, exponent } = scaledTogether(values)
  const mean = compensatedSum(scaled.map((value, i) => weights[i] * value))
  const deviations = scaledTogether(scaled.map((value, i) => weights[i] * (value - mean)))
  const root = Math.sqrt(compensatedSum(deviations.scaled.map((deviation) => deviation ** 2)))
  return { estimate: scale(mean, exponent), standardError: scale(scale(root, deviations.exponent), exponent) }
}
