import ndarray from 'ndarray'
import type { NdArray } from 'ndarray'
import { callable, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { isGrid } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import { nearestNode } from '../grid/nearest.ts'
import type { Estimate } from '../stats/estimate.ts'
import { meanOverRows } from './observation.ts'

/** Paths of a stochastic differential equation at the saved times. `time` arguments name one of them or the end, which is the default. */
export interface Ensemble {
  readonly paths: number
  readonly dim: number
  /** The saved times. */
  readonly times: readonly number[]
  /** Paths that left the finite numbers; their rows are NaN and no average includes them. */
  readonly diverged: number
  /** Points at the end, paths × dim. */
  readonly final: NdArray<Float64Array>
  /** Means at the saved times of what was observed. */
  readonly observed: Readonly<Record<string, Estimate[]>>
  /** Points at a saved time, paths × dim. */
  at(time: number): NdArray<Float64Array>
  /** Mean of a function of the point over the paths, with the standard error of independent samples. */
  mean(f: (x: Float64Array) => number, time?: number): Estimate
  /** Sample covariance (n − 1), dim × dim. */
  covariance(time?: number): NdArray<Float64Array>
  /**
   * Density of the points: paths nearest to each node over paths × weight, so that `integrate` gives the share inside the domain. A periodic axis
   * wraps the points.
   */
  histogram(grid: Grid, time?: number): Field
}

export interface Kept {
  paths: number
  dim: number
  times: readonly number[]
  /** Times of `points`: the saved ones and the end. */
  stops: readonly number[]
  /** Row-major points at the stops, or nothing where they were not kept. */
  points: readonly Float64Array[] | undefined
  diverged: number
  observed: Readonly<Record<string, Estimate[]>>
}

export function ensembleOf({ paths, dim, times, stops, points, diverged, observed }: Kept): Ensemble {
  const rowsAt = (where: string, time: number = stops.at(-1)!): Float64Array => {
    if (points === undefined) throw new ArgumentError(`${where}: keep must be 'final' for points to be there, got 'none'`)
    const place = stops.indexOf(time)
    return place >= 0 ? points[place] : refuse(where, 'time', `one of the saved times ${stops.join(', ')}`, time)
  }
  const array = (rows: Float64Array): NdArray<Float64Array> => ndarray(rows.slice(), [paths, dim])
  return Object.freeze({
    paths, dim, diverged, observed,
    times: Object.freeze(times.slice()),
    get final() {
      return array(rowsAt('final'))
    },
    at: (time: number) => array(rowsAt('at', time)),
    mean(f: (x: Float64Array) => number, time?: number) {
      callable('mean', 'f', f)
      return meanOverRows('mean', someFinite('mean', rowsAt('mean', time), dim), dim, f)
    },
    covariance: (time?: number) => covarianceOf(someFinite('covariance', rowsAt('covariance', time), dim), dim),
    histogram(grid: Grid, time?: number) {
      if (!isGrid(grid) || grid.dim !== dim) refuse('histogram', 'grid', `a grid with ${dim} ax${dim === 1 ? 'is' : 'es'}`, grid)
      return histogramOf(grid, someFinite('histogram', rowsAt('histogram', time), dim), dim)
    },
  })
}

/** The rows, without those that are not finite. */
function someFinite(where: string, rows: Float64Array, dim: number): Float64Array {
  if (rows.every(Number.isFinite)) return rows
  const kept = Array.from({ length: rows.length / dim }, (_, i) => rows.subarray(i * dim, (i + 1) * dim)).filter((x) => x.every(Number.isFinite))
  if (kept.length === 0) throw new ArgumentError(`${where}: paths must be finite, got ${rows.length / dim} that have all diverged`)
  const finite = new Float64Array(kept.length * dim)
  kept.forEach((x, i) => finite.set(x, i * dim))
  return finite
}

function covarianceOf(rows: Float64Array, dim: number): NdArray<Float64Array> {
  const count = rows.length / dim
  const means = Array.from({ length: dim }, (_, k) => meanOverRows('covariance', rows, dim, (x) => x[k]).estimate)
  const data = new Float64Array(dim * dim)
  for (let k = 0; k < dim; k++) {
    for (let l = 0; l <= k; l++) {
      const { estimate } = meanOverRows('covariance', rows, dim, (x) => (x[k] - means[k]) * (x[l] - means[l]))
      data[k * dim + l] = data[l * dim + k] = (estimate * count) / (count - 1)
    }
  }
  return ndarray(data, [dim, dim])
}

function histogramOf(grid: Grid, rows: Float64Array, dim: number): Field {
  const counts = new Float64Array(grid.size)
  for (let i = 0; i < rows.length; i += dim) {
    const node = nearestNode(grid, rows, i)
    if (node >= 0) counts[node]++
  }
  const weights = grid.weights().data
  const total = rows.length / dim
  return fieldOf(grid, counts.map((count, i) => count / (total * weights[i])))
}
