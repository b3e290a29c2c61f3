import { solveDefinite } from '../core/cholesky.ts'
import { exp, log } from '../core/elementary.ts'
import type { Estimate } from '../stats/estimate.ts'
import type { Costs, Followed } from './stochastic-control-runs.ts'

/** A quantity of one path, whose mean is looked at, and the martingales that it goes with. */
export interface Quantity {
  of(costs: Costs): Float64Array
  along: readonly (Followed | 'weight')[]
}

export const meanOf = ({ of, along }: Quantity, costs: Costs): Estimate => regressedMean(of(costs), along.map((name) => costs.martingales[name]))

/**
 * The mean of a quantity by regression on numbers of mean 0, with the standard error of what they leave: NaN where the numbers do not differ enough. The bias
 * is of the size of the variance, 1/paths.
 */
function regressedMean(values: Float64Array, regressors: readonly Float64Array[]): Estimate {
  const [n, width] = [values.length, regressors.length]
  const centered = [values, ...regressors].map((list) => {
    const mean = list.reduce((sum, value) => sum + value, 0) / n
    return { mean, rest: list.map((value) => value - mean) }
  })
  const product = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0)
  const [{ mean, rest }, ...others] = centered
  const gram = Float64Array.from({ length: width * width }, (_, k) => product(others[Math.floor(k / width)].rest, others[k % width].rest))
  const factors = solveDefinite(gram, Float64Array.from(others, (other) => product(other.rest, rest))) ?? new Float64Array(width).fill(NaN)
  const left = rest.map((value, i) => others.reduce((sum, other, k) => sum - factors[k] * other.rest[i], value))
  return {
    estimate: others.reduce((sum, other, k) => sum - factors[k] * other.mean, mean),
    standardError: Math.sqrt(product(left, left) / (n - 1 - width) / n),
  }
}

const combined = (n: number, of: (i: number) => number): Float64Array => Float64Array.from({ length: n }, (_, i) => of(i))

const both = ['none', 'optimal', 'weight'] as const

/** V(x(T)) + ½∫|α|² of a control, less u at the start. */
export const beyondValue = (name: Followed): Quantity => ({
  along: [name],
  of: ({ value, terminal, running }) => combined(terminal[name].length, (i) => terminal[name][i] + running[name][i] - value),
})

/** The same, less ½∫|α + ∇u|². */
export const beyondExcess = (name: Followed): Quantity => ({
  along: [name],
  of: ({ value, terminal, running, excess }) => combined(terminal[name].length, (i) => terminal[name][i] + running[name][i] - excess[name][i] - value),
})

/** The whole cost of a control less that of none. */
export const beyondNone = (name: Followed): Quantity => ({
  along: ['none', name],
  of: ({ terminal, running }) => combined(terminal.none.length, (i) => terminal[name][i] + running[name][i] - terminal.none[i]),
})

/** The whole cost under the optimal control, and (1/β) log E e^{−βV} without one to first order in each path: its mean is right, its scatter that of the sum. */
export const beyondLogMean = (beta: number): Quantity => ({
  along: both,
  of({ terminal, running }) {
    const { weights, logMean } = tilt(terminal.none, beta)
    return combined(weights.length, (i) => terminal.optimal[i] + running.optimal[i] + (logMean + weights[i] - 1) / beta)
  },
})

/** V under the optimal control less its mean by the weights e^{−βV} over the paths without one, in the same sense. */
export const beyondTilt = (beta: number): Quantity => ({
  along: both,
  of({ terminal }) {
    const { weights } = tilt(terminal.none, beta)
    const mean = weights.reduce((sum, weight, i) => sum + weight * terminal.none[i], 0) / weights.length
    return combined(weights.length, (i) => terminal.optimal[i] - mean - weights[i] * (terminal.none[i] - mean))
  },
})

/** e^{−βV} over its mean, and the logarithm of that. */
function tilt(values: Float64Array, beta: number): { weights: Float64Array; logMean: number } {
  const least = values.reduce((low, value) => Math.min(low, value), Infinity)
  const weights = values.map((value) => exp(-beta * (value - least)))
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  return { weights: weights.map((weight) => weight / mean), logMean: log(mean) - beta * least }
}
