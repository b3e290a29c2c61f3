import { integer, refuse } from '../core/arguments.ts'
import type { Estimate } from './estimate.ts'
import { compensatedSum } from './sums.ts'

/** A list of at least `least` finite numbers. */
export function checkSamples(where: string, argument: string, values: unknown, least: number): ArrayLike<number> {
  const listed = Array.isArray(values) || (ArrayBuffer.isView(values) && 'length' in values)
  const list = values as ArrayLike<unknown>
  if (!listed || list.length < least) return refuse(where, argument, `at least ${least} numbers`, values)
  for (let i = 0; i < list.length; i++) if (!Number.isFinite(list[i])) refuse(where, `${argument}[${i}]`, 'a finite number', list[i])
  return list as ArrayLike<number>
}

/**
 * Mean of independent samples, with standard error s/√n, s² the unbiased variance.
 * @throws ArgumentError on fewer than two samples, or one that is not finite
 */
export function meanOfIndependent(samples: ArrayLike<number>): Estimate {
  const n = checkSamples('meanOfIndependent', 'samples', samples, 2).length
  const estimate = compensatedSum(samples) / n
  const squares = Float64Array.from(samples, (value) => (value - estimate) ** 2)
  return { estimate, standardError: Math.sqrt(compensatedSum(squares) / (n - 1) / n) }
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
  const values = Float64Array.from(series)
  const means = Float64Array.from({ length: batches }, (_, k) => {
    const end = n - k * length
    return compensatedSum(values.subarray(end - length, end)) / length
  })
  return { estimate: compensatedSum(values) / n, standardError: meanOfIndependent(means).standardError }
}
