import { refuse, show } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { fingerprint } from '../execution/fingerprint.ts'
import type { Grid } from '../grid/grid.ts'
import { ordered } from '../stats/quantiles.ts'
import type { Ordered } from '../stats/quantiles.ts'
import { orderedBySketch } from '../stats/quantile-sketch.ts'
import { coordinateWidth, mergeCoordinates, strataCoordinates } from './coordinate-moments.ts'
import type { Digest, Statistics } from './digest.ts'
import { countsOn, finiteAmong, mergeMoments, strataMoments, valuesAt } from './observation.ts'
import type { Named, PointFunction, Points } from './observation.ts'

/** A function of the point, the name of one that is observed, or the number of a coordinate, from 0. */
export type Quantity = ((x: Float64Array) => number) | string | number

/** What an ensemble answers from, at a stop: the points, or what was formed of them. */
export interface Source {
  finite(stop: number): number
  /** Count, mean and sum of squared deviations. */
  moments(where: string, f: Quantity, stop: number): Float64Array
  ordered(where: string, f: Quantity, stop: number): Ordered
  /** As `strataCoordinates` lays them out. */
  coordinates(where: string, stop: number): Float64Array
  /** Paths nearest to each node. */
  counts(where: string, grid: Grid, stop: number): Float64Array
}

export type Functions = Readonly<Record<string, PointFunction>>

/** Row-major points at each stop. */
export function pointsSource(rows: readonly Float64Array[], dim: number, pairs: boolean, functions: Functions): Source {
  const points = rows.map((data): Points => ({ data, count: data.length / dim, path: dim, coordinate: 1 }))
  return {
    finite: (stop) => finiteAmong(points[stop], dim),
    moments(where, f, stop) {
      const total = new Float64Array(3)
      mergeMoments(total, strataMoments(points[stop], dim, pairs, named(where, f, dim, functions)))
      return total
    },
    ordered: (where, f, stop) => ordered(valuesAt(points[stop], dim, named(where, f, dim, functions))),
    coordinates(_where, stop) {
      const total = new Float64Array(coordinateWidth(dim))
      mergeCoordinates(total, strataCoordinates(points[stop], dim), dim)
      return total
    },
    counts: (_where, grid, stop) => countsOn(grid, points[stop]),
  }
}

/** The function that a quantity names. */
export function named(where: string, f: unknown, dim: number, functions: Functions): Named {
  if (typeof f === 'function') return { where, name: 'f', f: f as PointFunction }
  if (typeof f === 'string' && Object.hasOwn(functions, f)) return { where, name: f, f: functions[f] }
  if (isCoordinate(f, dim)) return { where, name: `coordinate ${f}`, f: (x) => x[f] }
  return refuse(where, 'f', `a function${listed(Object.keys(functions))} or the number of a coordinate, 0 to ${dim - 1}`, f)
}

function isCoordinate(f: unknown, dim: number): f is number {
  return Number.isInteger(f) && (f as number) >= 0 && (f as number) < dim
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : `, one of ${names.map((name) => `'${name}'`).join(', ')}`
}

/** The merged digest of all paths. */
export function digestSource(total: Digest, dim: number, names: readonly string[], statistics: Statistics): Source {
  const missing = (where: string, option: string): never => {
    throw new ArgumentError(`${where}: keep must be 'final' for points to be there, or statistics.${option} given, got 'none' without`)
  }
  const observed = names.length === 0 ? 'something observed, which nothing is' : `one of ${names.map((name) => `'${name}'`).join(', ')}`
  const width = names.length + (statistics.moments ? dim : 0)
  return {
    finite: (stop) => total.finite[stop],
    moments(where, f, stop) {
      const place = isCoordinate(f, dim) ? names.length + f : names.indexOf(f as string)
      if (place >= 0 && place < width) return total.moments[stop * width + place]
      if (isCoordinate(f, dim)) return missing(where, 'moments')
      throw new ArgumentError(`${where}: f must be ${observed} or the number of a coordinate where keep is 'none', got ${show(f)}`)
    },
    ordered(where, f, stop) {
      const place = names.indexOf(f as string)
      if (place < 0) throw new ArgumentError(`${where}: f must be ${observed} where keep is 'none', got ${show(f)}`)
      return statistics.quantiles ? orderedBySketch(total.sketches[stop * names.length + place]) : missing(where, 'quantiles')
    },
    coordinates: (where, stop) => total.coordinates[stop] ?? missing(where, 'moments'),
    counts(where, grid, stop) {
      if (statistics.histogram === undefined) return missing(where, 'histogram')
      if (fingerprint(grid.axes) === fingerprint(statistics.histogram.axes)) return total.counts[stop]
      throw new ArgumentError(`${where}: grid must be statistics.histogram where keep is 'none', got one with other axes`)
    },
  }
}
