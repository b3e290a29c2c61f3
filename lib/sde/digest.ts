import type { Grid } from '../grid/grid.ts'
import { addToSketch, emptySketch, mergeSketch } from '../stats/quantile-sketch.ts'
import type { QuantileSketch } from '../stats/quantile-sketch.ts'
import { coordinateWidth, mergeCoordinates, strataCoordinates } from './coordinate-moments.ts'
import { countsOn, finiteAmong, mergeMoments, strataMoments, valuesAt } from './observation.ts'
import type { PointFunction, Points } from './observation.ts'

/** What is formed of the points where they are not kept. */
export interface Statistics {
  moments: boolean
  quantiles: boolean
  histogram: Grid | undefined
}

/** What is kept of the points at each stop: sums of each stratum, or, once merged, of all. What was not asked for is left out. Plain data with typed arrays. */
export interface Digest {
  /** Finite paths, by stop. */
  finite: number[]
  /** Of what is observed, and then of the coordinates: number stop·observed + o. */
  moments: Float64Array[]
  /** By stop. */
  coordinates: Float64Array[]
  counts: Float64Array[]
  /** Of what is observed: number stop·names + o. */
  sketches: QuantileSketch[]
}

export interface Observer {
  /** Names of what is observed. */
  readonly names: readonly string[]
  /** From the points at each stop, component-major over the paths of a piece of whole strata. */
  digest(result: readonly Float64Array[], count: number): Digest
  empty(): Digest
  /** Adds the digest of the paths that follow. */
  merge(total: Digest, next: Digest): void
}

export interface Observed {
  dim: number
  stops: number
  /** Paths 2i and 2i + 1 are antithetic. */
  pairs: boolean
  functions: Readonly<Record<string, PointFunction>>
  statistics: Statistics
}

export function observer({ dim, stops, pairs, functions, statistics }: Observed): Observer {
  const names = Object.keys(functions)
  const all = names.map((name) => ({ where: 'simulate', name, f: functions[name] }))
  const averaged = [...all, ...(statistics.moments ? coordinates(dim) : [])]
  const grid = statistics.histogram
  const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  return {
    names,
    digest(result, count) {
      const points = result.map((data): Points => ({ data, count, path: 1, coordinate: count }))
      return {
        finite: points.map((here) => finiteAmong(here, dim)),
        moments: points.flatMap((here) => averaged.map((named) => strataMoments(here, dim, pairs, named))),
        coordinates: statistics.moments ? points.map((here) => strataCoordinates(here, dim)) : [],
        counts: grid === undefined ? [] : points.map((here) => countsOn(grid, here)),
        sketches: statistics.quantiles ? points.flatMap((here) => all.map((named) => sketchOf(valuesAt(here, dim, named)))) : [],
      }
    },
    empty: () => ({
      finite: times(stops, () => 0),
      moments: times(stops * averaged.length, () => new Float64Array(3)),
      coordinates: times(statistics.moments ? stops : 0, () => new Float64Array(coordinateWidth(dim))),
      counts: grid === undefined ? [] : times(stops, () => new Float64Array(grid.size)),
      sketches: times(statistics.quantiles ? stops * names.length : 0, emptySketch),
    }),
    merge(total, next) {
      next.finite.forEach((finite, s) => (total.finite[s] += finite))
      next.moments.forEach((strata, j) => mergeMoments(total.moments[j], strata))
      next.coordinates.forEach((strata, s) => mergeCoordinates(total.coordinates[s], strata, dim))
      next.counts.forEach((counts, s) => counts.forEach((count, node) => (total.counts[s][node] += count)))
      next.sketches.forEach((sketch, j) => mergeSketch(total.sketches[j], sketch))
    },
  }
}

function coordinates(dim: number): { where: string; name: string; f: PointFunction }[] {
  return Array.from({ length: dim }, (_, k) => ({ where: 'simulate', name: `coordinate ${k}`, f: (x: Float64Array) => x[k] }))
}

function sketchOf(values: Float64Array): QuantileSketch {
  const sketch = emptySketch()
  for (const value of values) addToSketch(sketch, value)
  return sketch
}
