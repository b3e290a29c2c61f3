import { refuse } from '../core/arguments.ts'
import type { Estimate } from '../stats/estimate.ts'
import type { PathResult } from './simulation.ts'

/** Paths whose sums are formed together, in order, whatever the block size. */
export const stratum = 1024

/** What is kept of a piece of whole strata when its points are not: for each stratum, stop and observer the count, mean and sum of squared deviations. */
export interface Digest {
  diverged: number
  moments: Float64Array
}

export interface Observer {
  digest(result: PathResult, count: number): Digest
  /** From the digests in the order of their paths: the means at each stop by name, and how many paths diverged. */
  combine(digests: readonly Digest[]): { observed: Record<string, Estimate[]>; diverged: number }
}

/** Means of functions of a point at each stop, over the paths that are finite there. */
export function observer(dim: number, stops: number, functions: Readonly<Record<string, (x: Float64Array) => number>>): Observer {
  const names = Object.keys(functions)
  const width = 3 * stops * names.length
  return {
    digest(result, count) {
      const strata = Math.ceil(count / stratum)
      const moments = new Float64Array(width * strata)
      const x = new Float64Array(dim)
      for (let s = 0; s < stops; s++) {
        for (const [o, name] of names.entries()) {
          for (let k = 0; k < strata; k++) {
            const at = k * width + 3 * (s * names.length + o)
            for (let i = k * stratum; i < Math.min(count, (k + 1) * stratum); i++) {
              if (pointAt(result[s], count, i, x)) include(moments, at, observed(functions[name], name, x))
            }
          }
        }
      }
      return { diverged: divergedAmong(result[stops - 1], count, x), moments }
    },
    combine(digests) {
      const total = new Float64Array(width)
      for (const { moments } of digests) {
        for (let from = 0; from < moments.length; from += width) {
          for (let at = 0; at < width; at += 3) merge(total, at, moments, from + at)
        }
      }
      const estimate = (s: number, o: number): Estimate => estimateOf(total, 3 * (s * names.length + o))
      return {
        observed: Object.fromEntries(names.map((name, o) => [name, Array.from({ length: stops }, (_, s) => estimate(s, o))])),
        diverged: digests.reduce((sum, { diverged }) => sum + diverged, 0),
      }
    },
  }
}

/** Mean of a function over rows of points (row major), those that are not finite left out. */
export function meanOverRows(where: string, rows: Float64Array, dim: number, f: (x: Float64Array) => number): Estimate {
  const count = rows.length / dim
  const total = new Float64Array(3)
  const part = new Float64Array(3)
  for (let from = 0; from < count; from += stratum) {
    part.fill(0)
    for (let i = from; i < Math.min(count, from + stratum); i++) {
      const x = rows.slice(i * dim, (i + 1) * dim)
      if (x.every(Number.isFinite)) include(part, 0, observed(f, where, x))
    }
    merge(total, 0, part, 0)
  }
  return estimateOf(total, 0)
}

function pointAt(points: Float64Array, count: number, i: number, x: Float64Array): boolean {
  let finite = true
  for (let k = 0; k < x.length; k++) {
    x[k] = points[k * count + i]
    finite &&= Number.isFinite(x[k])
  }
  return finite
}

function divergedAmong(points: Float64Array, count: number, x: Float64Array): number {
  let diverged = 0
  for (let i = 0; i < count; i++) if (!pointAt(points, count, i, x)) diverged++
  return diverged
}

function observed(f: (x: Float64Array) => number, name: string, x: Float64Array): number {
  const value = f(x)
  return Number.isFinite(value) ? value : refuse('simulate', `${name}(${x.join(', ')})`, 'a finite number', value)
}

/** Welford's update: count, mean, sum of squared deviations. */
function include(moments: Float64Array, at: number, value: number): void {
  const n = ++moments[at]
  const deviation = value - moments[at + 1]
  moments[at + 1] += deviation / n
  moments[at + 2] += deviation * (value - moments[at + 1])
}

/** The update of Chan, Golub & LeVeque (1983) for two groups. */
function merge(into: Float64Array, at: number, from: Float64Array, place: number): void {
  const [n, m] = [into[at], from[place]]
  if (m === 0) return
  const deviation = from[place + 1] - into[at + 1]
  into[at] = n + m
  into[at + 1] += (deviation * m) / (n + m)
  into[at + 2] += from[place + 2] + (deviation * deviation * n * m) / (n + m)
}

/** The mean and s/√n; of one value the standard error is Infinity, of none both are NaN. */
function estimateOf(moments: Float64Array, at: number): Estimate {
  const n = moments[at]
  if (n === 0) return { estimate: NaN, standardError: NaN }
  return { estimate: moments[at + 1], standardError: n === 1 ? Infinity : Math.sqrt(moments[at + 2] / (n - 1) / n) }
}
