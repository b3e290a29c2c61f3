import { refuse } from '../core/arguments.ts'
import { nearestNode } from '../grid/nearest.ts'
import type { Grid } from '../grid/grid.ts'
import type { Estimate } from '../stats/estimate.ts'

/** Paths whose sums are formed together, in order, whatever the block size. An even number: antithetic pairs are not torn apart. */
export const stratum = 1024

/** Points of paths at one time: coordinate k of path i is data[i·path + k·coordinate]. */
export interface Points {
  data: Float64Array
  count: number
  path: number
  coordinate: number
}

export type PointFunction = (x: Float64Array) => number

/** Copies the point of path i to x; false where it is not finite. */
export function pointAt({ data, path, coordinate }: Points, i: number, x: Float64Array): boolean {
  let finite = true
  for (let k = 0; k < x.length; k++) {
    x[k] = data[i * path + k * coordinate]
    finite &&= Number.isFinite(x[k])
  }
  return finite
}

/** A function of points for error messages: what was called, and what the function is there. */
export interface Named {
  where: string
  name: string
  f: PointFunction
}

/** Visits the values at the finite points of paths from … to − 1, with the numbers of the paths. */
function eachValue(points: Points, dim: number, from: number, to: number, { where, name, f }: Named, visit: (value: number, i: number) => void): void {
  const x = new Float64Array(dim)
  for (let i = from; i < to; i++) {
    if (!pointAt(points, i, x)) continue
    const value = f(x)
    visit(Number.isFinite(value) ? value : refuse(where, `${name}(${x.join(', ')})`, 'a finite number', value), i)
  }
}

/** Values at the finite points, in the order of the paths. */
export function valuesAt(points: Points, dim: number, named: Named): Float64Array {
  const values = new Float64Array(points.count)
  let found = 0
  eachValue(points, dim, 0, points.count, named, (value) => (values[found++] = value))
  return values.slice(0, found)
}

/**
 * For each stratum count, mean and sum of squared deviations of a function over the finite points; `pairs` counts the mean of paths 2i and 2i + 1, both finite
 * or neither, as one value.
 */
export function strataMoments(points: Points, dim: number, pairs: boolean, named: Named): Float64Array {
  const strata = new Float64Array(3 * Math.ceil(points.count / stratum))
  let first = 0
  for (let at = 0; at < strata.length; at += 3) {
    const from = (at / 3) * stratum
    eachValue(points, dim, from, Math.min(points.count, from + stratum), named, (value, i) => {
      if (!pairs) include(strata, at, value)
      else if (i % 2 === 0) first = value
      else include(strata, at, 0.5 * (first + value))
    })
  }
  return strata
}

/** Welford's update: count, mean, sum of squared deviations. */
function include(moments: Float64Array, at: number, value: number): void {
  const n = ++moments[at]
  const deviation = value - moments[at + 1]
  moments[at + 1] += deviation / n
  moments[at + 2] += deviation * (value - moments[at + 1])
}

/** Adds strata in order, by the update of Chan, Golub & LeVeque (1983) for two groups. */
export function mergeMoments(into: Float64Array, strata: Float64Array): void {
  for (let at = 0; at < strata.length; at += 3) {
    const [n, m] = [into[0], strata[at]]
    if (m === 0) continue
    const deviation = strata[at + 1] - into[1]
    into[0] = n + m
    into[1] += (deviation * m) / (n + m)
    into[2] += strata[at + 2] + (deviation * deviation * n * m) / (n + m)
  }
}

/** The mean and s/√n; of one value the standard error is Infinity, of none both are NaN. */
export function estimateOf([n, mean, squares]: Float64Array): Estimate {
  if (n === 0) return { estimate: NaN, standardError: NaN }
  return { estimate: mean, standardError: n === 1 ? Infinity : Math.sqrt(squares / (n - 1) / n) }
}

export function finiteAmong(points: Points, dim: number): number {
  const x = new Float64Array(dim)
  let finite = 0
  for (let i = 0; i < points.count; i++) if (pointAt(points, i, x)) finite++
  return finite
}

/** Paths nearest to each node. */
export function countsOn(grid: Grid, points: Points): Float64Array {
  const x = new Float64Array(grid.dim)
  const counts = new Float64Array(grid.size)
  for (let i = 0; i < points.count; i++) {
    const node = pointAt(points, i, x) ? nearestNode(grid, x, 0) : -1
    if (node >= 0) counts[node]++
  }
  return counts
}
