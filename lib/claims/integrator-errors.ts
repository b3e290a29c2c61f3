import type { StepPath } from '../sde/method.ts'
import { fitOrder } from '../stats/order-fit.ts'

/** Sums over a group of paths. */
export interface GroupErrors {
  paths: number
  /** Whether the group's controls take their factors from the groups with an odd number, or from the others. */
  odd: boolean
  /** Of squared distances from the solution. */
  squares: number
  /** Of the differences of all first and second moments. */
  differences: Float64Array
  /** Of their squares. */
  variances: Float64Array
  /** Of the controls, and of their products with the differences, moment after moment. */
  controls: Float64Array
  products: Float64Array
}

/**
 * What steps see of the Wiener process, as numbers of mean 0 and variance 1 that are not correlated with each other: increments, time areas, squares and products of increments. Most
 * of what is random in a method's error is a sum of these. One array of `count` numbers each.
 */
export function controlsOf(steps: readonly StepPath[], noiseDim: number): Float64Array[] {
  return steps.flatMap(({ increment, timeArea, nextDt: dt }) => {
    const count = increment.length / noiseDim
    const component = (all: Float64Array, j: number): Float64Array => all.subarray(j * count, (j + 1) * count)
    return Array.from({ length: noiseDim }, (_, j) => {
      const w = component(increment, j)
      const products = Array.from({ length: j }, (__, k) => component(increment, k).map((v, i) => (v * w[i]) / dt))
      return [w.map((value) => value / Math.sqrt(dt)), component(timeArea, j).map((value) => value * Math.sqrt(12 / dt)), w.map((value) => (value * value / dt - 1) / Math.SQRT2), ...products]
    }).flat()
  })
}

/** First and second moments of points, component-major: an array over the points for each. */
export function momentsOf(x: Float64Array, dim: number): Float64Array[] {
  const component = (k: number): Float64Array => x.subarray((k * x.length) / dim, ((k + 1) * x.length) / dim)
  return Array.from({ length: dim }, (_, k) => k).flatMap((k) => [component(k), ...Array.from({ length: k + 1 }, (_, l) => component(k).map((value, i) => value * component(l)[i]))])
}

/** Where paths should be, component-major, and their moments where errors of those are wanted. */
export interface Solution {
  points: Float64Array
  moments?: Float64Array[]
}

/** Of paths that end at x. */
export function errorsOf(x: Float64Array, solution: Solution, dim: number, controls: readonly Float64Array[], odd: boolean): GroupErrors {
  const expected = solution.moments
  const moments = expected === undefined ? [] : momentsOf(x, dim).map((values, m) => values.map((value, i) => value - expected[m][i]))
  const distance = x.map((value, i) => value - solution.points[i])
  return {
    paths: x.length / dim, odd, squares: product(distance, distance),
    differences: Float64Array.from(moments, sum), variances: Float64Array.from(moments, (one) => product(one, one)),
    controls: Float64Array.from(controls, sum), products: Float64Array.from(moments.flatMap((one) => controls.map((control) => product(one, control)))),
  }
}

function sum(values: Float64Array): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

function product(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

function total(groups: readonly GroupErrors[], part: (group: GroupErrors) => number): number {
  return groups.reduce((all, group) => all + part(group), 0)
}

/** Root mean square distance. */
export function strongError(groups: readonly GroupErrors[]): number {
  return Math.sqrt(total(groups, ({ squares }) => squares) / total(groups, ({ paths }) => paths))
}

/**
 * Size of the vector of the errors of first and second moments, whose differences are taken path by path and freed of the controls, with factors from other paths so that the means stay
 * what they are. What the noise that is left adds to the square on average is taken off; NaN where that leaves nothing.
 */
export function weakError(groups: readonly GroupErrors[]): number {
  const paths = total(groups, (group) => group.paths)
  const controls = groups[0].controls.length
  const halves = [false, true].map((odd) => groups.filter((group) => group.odd === odd))
  let square = 0
  for (let m = 0; m < groups[0].differences.length; m++) {
    let [mean, variance] = [total(groups, ({ differences }) => differences[m]), total(groups, ({ variances }) => variances[m])]
    for (let c = 0; c < controls; c++) {
      const [even, odd] = halves.map((half) => total(half, ({ products }) => products[m * controls + c]) / total(half, (group) => group.paths))
      mean -= odd * total(halves[0], (group) => group.controls[c]) + even * total(halves[1], (group) => group.controls[c])
      variance -= paths * even * odd
    }
    mean /= paths
    square += mean * mean - (variance / paths - mean * mean) / (paths - 1)
  }
  return square > 0 ? Math.sqrt(square) : NaN
}

export interface ObservedOrder {
  dt: number[]
  error: number[]
  /** Slope of log error over log dt. */
  order: number
  /** Of the order: of leaving out one group of paths after the other (the jackknife). */
  standardError: number
}

/** The order of errors at several numbers of steps, each from the same groups of paths. */
export function orderOf(steps: readonly number[], errors: readonly (readonly GroupErrors[])[], measure: (groups: readonly GroupErrors[]) => number): ObservedOrder {
  const slope = (keep: (g: number) => boolean): number => {
    const points = steps.map((n, s) => ({ h: 1 / n, error: measure(errors[s].filter((_, g) => keep(g))) }))
    return points.every(({ error }) => error > 0 && error < Infinity) ? fitOrder(points).order : NaN
  }
  const groups = errors[0].length
  const without = Array.from({ length: groups }, (_, out) => slope((g) => g !== out))
  const mean = without.reduce((all, order) => all + order, 0) / groups
  const spread = without.reduce((all, order) => all + (order - mean) ** 2, 0)
  return {
    dt: steps.map((n) => 1 / n), error: errors.map((one) => measure(one)), order: slope(() => true), standardError: Math.sqrt((spread * (groups - 1)) / groups),
  }
}
