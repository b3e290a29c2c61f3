import { DivergenceError } from '../core/errors.ts'
import { varianceOf } from '../stats/moments.ts'
import type { Moments } from '../stats/moments.ts'

/** What decides how many paths each level gets. */
export interface LevelRules {
  tolerance: number
  /** Of the method on the equation's noise. */
  strongOrder: number
  weakOrder: number
  least: number
  most: number
  /** Steps of a path of a level, those of its coarse twin included. */
  cost(level: number): number
}

/** Orders in dt of the levels' means and variances, as observed. */
export interface LevelOrders {
  weak: number
  variance: number
}

/** Paths that a level begins with: as the first of all, and later on. */
const firstPaths = 256
const leastPaths = 64
/** Share of the mean square error that the squared bias may have. */
const biasShare = 0.25
/** Levels that want no more than this share of further paths have enough. */
const enough = 0.01

/**
 * How many paths each level is to have, one level more than there are included; nothing once the error is within the tolerance. Giles (2008, 2015): N_l ∝ √(V_l/C_l) so that
 * ΣV_l/N_l = ¾ tolerance², and levels until the bias is below tolerance/2.
 * @throws DivergenceError when that takes more than the most levels
 */
export function nextPaths(levels: readonly Moments[], rules: LevelRules): number[] | undefined {
  const { tolerance, least, most, cost } = rules
  if (levels.length === 0) return Array.from({ length: least + 1 }, () => firstPaths)
  const orders = observedOrders(levels, rules)
  const variances = flooredVariances(levels, orders)
  const counts = levels.map(({ count }) => count)
  const wanted = optimalPaths(variances, rules)
  if (counts.some((count, l) => wanted[l] > (1 + enough) * count)) return counts.map((count, l) => Math.max(count, wanted[l]))
  const bias = remainingBias(levels, orders)
  if (bias <= Math.sqrt(biasShare) * tolerance) return undefined
  if (levels.length > most) {
    throw new DivergenceError(`mlmc: the bias is still about ${bias.toPrecision(3)} after ${most} halvings of dt; use a larger tolerance (now ${tolerance}), more levels or a smaller dt`)
  }
  variances.push(variances.at(-1)! / 2 ** orders.variance)
  const next = optimalPaths(variances, { tolerance, cost })
  return next.map((paths, l) => Math.max(paths, counts[l] ?? leastPaths))
}

function optimalPaths(variances: readonly number[], { tolerance, cost }: Pick<LevelRules, 'tolerance' | 'cost'>): number[] {
  const sum = variances.reduce((total, variance, l) => total + Math.sqrt(variance * cost(l)), 0)
  return variances.map((variance, l) => Math.ceil((Math.sqrt(variance / cost(l)) * sum) / ((1 - biasShare) * tolerance * tolerance)))
}

/** A few paths may show too little variance: no level has less than half of what the one before it and the order say. */
function flooredVariances(levels: readonly Moments[], { variance: order }: LevelOrders): number[] {
  const variances: number[] = []
  for (const [l, level] of levels.entries()) variances.push(l < 2 ? varianceOf(level) : Math.max(varianceOf(level), variances[l - 1] / 2 ** (order + 1)))
  return variances
}

/**
 * Slopes of the logarithms over the levels, means weighed by what is known of them. No less than ½, and no more than what the method promises: a bias that seems to vanish
 * faster is not relied on.
 */
export function observedOrders(levels: readonly Moments[], { strongOrder, weakOrder }: Pick<LevelRules, 'strongOrder' | 'weakOrder'>): LevelOrders {
  const differences = levels.slice(1).map((level) => ({ size: Math.abs(level.mean), variance: varianceOf(level), error: varianceOf(level) / level.count }))
  const within = (order: number, high: number): number => Math.min(Math.max(Number.isNaN(order) ? high : order, 0.5), high)
  return {
    weak: within(-slope(differences.map(({ size, error }) => ({ value: size, weight: (size * size) / (size * size + 4 * error) }))), weakOrder),
    variance: within(-slope(differences.map(({ variance }) => ({ value: variance, weight: 1 }))), 2 * strongOrder),
  }
}

/** Slope of log₂ value over the places in the list; NaN without two positive values. */
function slope(points: readonly { value: number; weight: number }[]): number {
  let [w, wx, wy, wxx, wxy, used] = [0, 0, 0, 0, 0, 0]
  for (const [x, { value, weight }] of points.entries()) {
    if (!(value > 0 && weight > 0)) continue
    const y = Math.log2(value)
    w += weight
    wx += weight * x
    wy += weight * y
    wxx += weight * x * x
    wxy += weight * x * y
    used++
  }
  return used < 2 ? NaN : (w * wxy - wx * wy) / (w * wxx - wx * wx)
}

/** |E P − E P_L| from the last three differences, if they go on falling at the weak order. */
export function remainingBias(levels: readonly Moments[], { weak }: LevelOrders): number {
  const last = levels.length - 1
  let most = 0
  for (let k = 0; k < 3 && last - k >= 1; k++) most = Math.max(most, Math.abs(levels[last - k].mean) / 2 ** (weak * k))
  return most / (2 ** weak - 1)
}
