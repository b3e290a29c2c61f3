import ndarray from 'ndarray'
import type { NdArray } from 'ndarray'
import { finite, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { isGrid } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import type { Estimate } from '../stats/estimate.ts'
import { quantileOf } from '../stats/quantiles.ts'
import type { QuantileEstimate } from '../stats/quantiles.ts'
import { covarianceOf } from './coordinate-moments.ts'
import type { Digest, Statistics } from './digest.ts'
import { estimateOf } from './observation.ts'
import { digestSource, named, pointsSource } from './sources.ts'
import type { Functions, Quantity } from './sources.ts'
import { timeAverageOf } from './time-average.ts'
import type { TimeAverage } from './time-average.ts'

/**
 * Paths of a stochastic differential equation at the saved times. `time` arguments name one of them or the end, which is the default. Paths that have diverged by then are left
 * out of every average. Where `keep` was 'none' there are no points: what is observed has means, and `statistics` says what else can be answered, with the same
 * numbers bit for bit but for quantiles.
 */
export interface Ensemble {
  readonly paths: number
  readonly dim: number
  /** The saved times. */
  readonly times: readonly number[]
  /** Paths that left the finite numbers; their rows are NaN and no average includes them. Of antithetic pairs both. */
  readonly diverged: number
  /** Points at the end, paths × dim. */
  readonly final: NdArray<Float64Array>
  /** Means at the saved times of what was observed. */
  readonly observed: Readonly<Record<string, Estimate[]>>
  /** Points at a saved time, paths × dim. */
  at(time: number): NdArray<Float64Array>
  /** Mean over the paths, with the standard error s/√n of independent samples; of antithetic pairs the means of the pairs are these samples. */
  mean(f: Quantity, time?: number): Estimate
  /**
   * The quantile of a probability between 0 and 1: the order statistic of rank ⌈n·probability⌉, with a 95 % interval between order statistics. Without points within a relative
   * 1/256 of it, the interval as much wider. The two of an antithetic pair count as one sample, on the safe side.
   */
  quantile(f: Quantity, probability: number, time?: number): QuantileEstimate
  /** Sample covariance (n − 1) of two finite paths or more, dim × dim. */
  covariance(time?: number): NdArray<Float64Array>
  /**
   * Density of the points: paths nearest to each node over paths × weight, so that `integrate` gives the share inside the domain. A periodic axis
   * wraps the points.
   */
  histogram(grid: Grid, time?: number): Field
  /**
   * Mean over the paths and over the saved times not before `from` (default all), which are equally spaced, for stationary paths. `autocorrelationTime` is, in units of time, the spacing
   * times 1 + 2 Σ ρ_j over the lags, pooled over the paths (see `CorrelatedMean`); `effectiveSampleSize` the number of independent values (of pairs, if antithetic) as good as these.
   */
  timeAverage(f: Quantity, from?: number): TimeAverage
}

export interface Kept {
  paths: number
  dim: number
  antithetic: boolean
  times: readonly number[]
  /** Times of `points` and `total`: the saved ones and the end. */
  stops: readonly number[]
  /** Row-major points at the stops, or nothing where they were not kept. */
  points: readonly Float64Array[] | undefined
  total: Digest
  functions: Functions
  statistics: Statistics
}

export function ensembleOf({ paths, dim, antithetic, times, stops, points, total, functions, statistics }: Kept): Ensemble {
  const names = Object.keys(functions)
  const source = points === undefined ? digestSource(total, dim, names, statistics) : pointsSource(points, dim, antithetic, functions)
  const stopOf = (where: string, time: number = stops.at(-1)!): number => {
    const place = stops.indexOf(time)
    return place >= 0 ? place : refuse(where, 'time', `one of the saved times ${stops.join(', ')}`, time)
  }
  const finiteAt = (where: string, stop: number, least = 1): number => {
    const found = source.finite(stop)
    if (found === 0) throw new ArgumentError(`${where}: paths must be finite, got ${paths} that have all diverged`)
    if (found < least) throw new ArgumentError(`${where}: paths must be at least ${least} that are finite, got ${found}`)
    return found
  }
  const rows = (where: string): readonly Float64Array[] => {
    if (points === undefined) throw new ArgumentError(`${where}: keep must be 'final' for points to be there, got 'none'`)
    return points
  }
  const array = (where: string, time?: number): NdArray<Float64Array> => ndarray(rows(where)[stopOf(where, time)].slice(), [paths, dim])
  const width = total.moments.length / stops.length
  return Object.freeze({
    paths, dim,
    diverged: paths - total.finite.at(-1)!,
    observed: Object.fromEntries(names.map((name, o) => [name, times.map((time) => estimateOf(total.moments[stops.indexOf(time) * width + o]))])),
    times: Object.freeze(times.slice()),
    get final() {
      return array('final')
    },
    at: (time: number) => array('at', time),
    mean(f: Quantity, time?: number) {
      const stop = stopOf('mean', time)
      const moments = source.moments('mean', f, stop)
      finiteAt('mean', stop)
      return estimateOf(moments)
    },
    quantile(f: Quantity, probability: number, time?: number) {
      const stop = stopOf('quantile', time)
      const inOrder = source.ordered('quantile', f, stop)
      finiteAt('quantile', stop)
      return quantileOf('quantile', inOrder, probability, antithetic ? 2 : 1)
    },
    covariance(time?: number) {
      const stop = stopOf('covariance', time)
      const moments = source.coordinates('covariance', stop)
      finiteAt('covariance', stop, 2)
      return ndarray(covarianceOf(moments, dim), [dim, dim])
    },
    histogram(grid: Grid, time?: number) {
      if (!isGrid(grid) || grid.dim !== dim) refuse('histogram', 'grid', `a grid with ${dim} ax${dim === 1 ? 'is' : 'es'}`, grid)
      const stop = stopOf('histogram', time)
      const counts = source.counts('histogram', grid, stop)
      const all = finiteAt('histogram', stop)
      const weights = grid.weights().data
      return fieldOf(grid, counts.map((count, node) => count / (all * weights[node])))
    },
    timeAverage(f: Quantity, from: number = times[0]) {
      const where = 'timeAverage'
      const data = rows(where)
      finite(where, 'from', from)
      const included = times.filter((time) => time >= from)
      const here = included.map((time) => ({ data: data[stops.indexOf(time)], count: paths, path: dim, coordinate: 1 }))
      return timeAverageOf(included, here, dim, antithetic, named(where, f, dim, functions))
    },
  })
}
