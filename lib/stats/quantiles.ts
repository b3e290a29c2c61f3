import { refuse } from '../core/arguments.ts'
import type { Estimate } from './estimate.ts'

/** A quantile estimated from independent samples. */
export interface QuantileEstimate extends Estimate {
  /** Holds the quantile with a probability of at least 95 %; ±Infinity at an end where there are too few samples for a bound. */
  interval: readonly [number, number]
}

/** Samples in order: the number of rank r, 1 for the least, lies between `at(r)[0]` and `at(r)[2]`, at best guess `at(r)[1]`. */
export interface Ordered {
  count: number
  at(rank: number): readonly [number, number, number]
}

/** Probability left out on either side of an interval, and the half-width in standard errors that it has for many samples. */
const tail = 0.025
const errorsInHalfWidth = 1.96

/**
 * The quantile of a probability 0 < p < 1: the sample of rank ⌈np⌉ (inverse of the empirical distribution function). The interval goes from one order statistic to another so that each tail
 * of the binomial law of (n, p) outside has at most 2.5 % (no assumption on the law of the samples); the standard error is its width over 2·1.96, Infinity where an end is open. With
 * `equal` e > 1 the samples come in groups of e that may be equal: as if n/e were independent, which is on the safe side.
 * @throws ArgumentError for another probability
 */
export function quantileOf(where: string, { count, at }: Ordered, probability: number, equal: 1 | 2 = 1): QuantileEstimate {
  checkProbability(where, probability)
  const [below, above] = binomialRanks(count / equal, probability)
  const low = below === 0 ? -Infinity : at(below * equal)[0]
  const high = above > count / equal ? Infinity : at((above - 1) * equal + 1)[2]
  return { estimate: at(Math.max(1, Math.ceil(count * probability)))[1], standardError: (high - low) / (2 * errorsInHalfWidth), interval: [low, high] }
}

export function checkProbability(where: string, probability: unknown): void {
  if (!(typeof probability === 'number' && probability > 0 && probability < 1)) refuse(where, 'probability', 'a number between 0 and 1', probability)
}

/** Samples that are all known. */
export function ordered(values: Float64Array): Ordered {
  const sorted = values.slice().sort()
  return { count: sorted.length, at: (rank) => [sorted[rank - 1], sorted[rank - 1], sorted[rank - 1]] }
}

/** For B binomial (n, p): the largest l with P(B < l) ≤ 2.5 % and the smallest u with P(B ≥ u) ≤ 2.5 %; 0 and n + 1 are always such. */
export function binomialRanks(n: number, p: number): [number, number] {
  const mode = Math.min(n, Math.floor((n + 1) * p))
  // Relative to the mode; 1e-18 of it sums to nothing that shows in 2.5 %.
  const below: number[] = []
  for (let k = mode, weight = 1; k > 0 && weight > 1e-18; k--) below.push((weight *= (k * (1 - p)) / ((n - k + 1) * p)))
  const above: number[] = []
  for (let k = mode, weight = 1; k < n && weight > 1e-18; k++) above.push((weight *= ((n - k) * p) / ((k + 1) * (1 - p))))
  const weights = [...below.reverse(), 1, ...above]
  const most = tail * weights.reduce((sum, weight) => sum + weight, 0)
  const inTail = (list: readonly number[]): number => {
    let sum = 0
    return list.findIndex((weight) => (sum += weight) > most)
  }
  return [mode - below.length + inTail(weights), mode + above.length + 1 - inTail(weights.reverse())]
}
