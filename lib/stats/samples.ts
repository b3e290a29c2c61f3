import { integer, refuse } from '../core/arguments.ts'
import { scale } from '../core/binary64.ts'
import type { Estimate } from './estimate.ts'
import { compensatedSum, scaledTogether } from './sums.ts'

/** Whether a value is an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)
}

/** A list of at least `least` finite numbers. */
export function checkSamples(where: string, argument: string, values: unknown, least: number): ArrayLike<number> {
  if (!isList(values) || values.length < least) return refuse(where, argument, `at least ${least} numbers`, values)
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) refuse(where, `${argument}[${i}]`, 'a finite number', values[i])
  return values as ArrayLike<number>
}

/**
 * Mean of independent samples, with standard error s/√n, s² the unbiased variance.
 * @throws ArgumentError on fewer than two samples, or one that is not finite
 */
export function meanOfIndependent(samples: ArrayLike<number>): Estimate {
  const n = checkSamples('meanOfIndependent', 'samples', samples, 2).length
  const { scaled, exponent } = scaledTogether(samples)
  const mean = compensatedSum(scaled) / n
  const squares = scaled.map((value) => (value - mean) ** 2)
  return { estimate: scale(mean, exponent), standardError: scale(Math.sqrt(compensatedSum(squares) / (n - 1) / n), exponent) }
}

/**
 * Mean of one correlated series by batch means: the series is cut into `batches` equal stretches, whose means are independent when each is many
 * correlation times long; the standard error is theirs. Its own relative error is 1/√(2(batches − 1)). What is left over at the beginning
 * (fewer samples than batches) counts in the mean only.
 * @throws ArgumentError unless there are at least two batches and two samples for each
 */
export function batchMeans(series: ArrayLike<number>, batches = 32): Estimate {
  integer('batchMeans', 'batches', batches, 2)
  const n = checkSamples('batchMeans', 'series', series, 2 * batches).length
  const length = Math.floor(n / batches)
  const { scaled, exponent } = scaledTogether(series)
  const means = Float64Array.from({ length: batches }, (_, k) => {
    const end = n - k * length
    return compensatedSum(scaled.subarray(end - length, end)) / length
  })
  return { estimate: scale(compensatedSum(scaled) / n, exponent), standardError: scale(meanOfIndependent(means).standardError, exponent) }
}
