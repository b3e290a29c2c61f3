import { positive, refuse } from '../core/arguments.ts'

export interface OrderFit {
  /** Slope p of log error = log C + p log h. */
  order: number
  /** Standard error of the slope from the residuals; Infinity for two points, which leave none. */
  standardError: number
  constant: number
}

/**
 * Observed order of convergence: the least-squares line through (log h, log error).
 * @throws ArgumentError on fewer than two different h, or an h or error that is not a positive number
 */
export function fitOrder(points: readonly { h: number; error: number }[]): OrderFit {
  if (!Array.isArray(points) || points.length < 2) refuse('fitOrder', 'points', 'at least two points { h, error }', points)
  const x = points.map(({ h }, i) => Math.log(positive('fitOrder', `points[${i}].h`, h)))
  const y = points.map(({ error }, i) => Math.log(positive('fitOrder', `points[${i}].error`, error)))
  const n = points.length
  const meanX = x.reduce((sum, value) => sum + value, 0) / n
  const meanY = y.reduce((sum, value) => sum + value, 0) / n
  const spread = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0)
  if (!(spread > 0)) refuse('fitOrder', 'points', 'points with at least two different h', points.map(({ h }) => h))
  const order = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i] - meanY), 0) / spread
  const squares = x.reduce((sum, value, i) => sum + (y[i] - meanY - order * (value - meanX)) ** 2, 0)
  const standardError = n === 2 ? Infinity : Math.sqrt(squares / (n - 2) / spread)
  return { order, standardError, constant: Math.exp(meanY - order * meanX) }
}
