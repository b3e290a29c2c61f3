import { callable, finite, integer, nonNegative, oneOf, options, positive, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { fingerprint } from '../execution/fingerprint.ts'
import { checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { isGrid } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import { ordersOn } from './choose.ts'
import type { Statistics } from './digest.ts'
import { stratum } from './observation.ts'
import { checkPaths, pathNames, placeOf } from './path-arguments.ts'
import type { CheckedPaths, PathOptions } from './path-arguments.ts'
import { checkState } from './resume.ts'
import type { SimulationIdentity, SimulationState } from './resume.ts'
import type { PathPiece } from './simulation.ts'
import type { StochasticEquation } from './system.ts'

export interface SimulateOptions extends PathOptions, Running {
  /** End time, ≥ 0. */
  time: number
  /** Increasing times in [0, time] at which the points are kept. Default [time]. */
  saveAt?: readonly number[]
  /** 'final' (default) keeps the points at the saved times and at the end; 'none' only what `observe` and `statistics` make of them, in memory that does not depend on the number of paths. */
  keep?: 'final' | 'none'
  /** Functions of a point whose means over the paths are wanted at the saved times. */
  observe?: Readonly<Record<string, (x: Float64Array) => number>>
  /** With `keep: 'none'`, what the ensemble shall answer at the saved times besides the means of what is observed. */
  statistics?: {
    /** Means and covariance of the coordinates: dim² / 2 numbers a saved time. */
    moments?: boolean
    /** Quantiles of what is observed: counts in bins, 128 an octave, to a relative accuracy of 1/256. */
    quantiles?: boolean
    /** The density on this grid. */
    histogram?: Grid
  }
  /**
   * Antithetic pairs, of an even number of paths: paths 2i and 2i + 1 are driven by W and −W, W the Wiener process that drives path i otherwise. Errors odd in W cancel in means; their
   * standard errors are those of independent pairs. A path that diverges takes the other of its pair along.
   */
  antithetic?: boolean
  /**
   * Adaptive steps, path by path: dt is then the longest, halved until a step agrees with its two halves, for a pathwise error of about `tolerance`·(1 + |x|). For methods of strong
   * order 1 or more on the equation's noise that look at increments or time areas only.
   */
  tolerance?: number
  /** Default: this process's threads for long work that can be sent to them, or else `inline()`. */
  executor?: Executor
  /** `Cancelled.state` of the same call: it continues bit for bit. */
  resume?: unknown
}

export interface SimulationPlan {
  identity: SimulationIdentity
  saveAt: readonly number[]
  /** One point, or row-major points of all paths. */
  initial: Float64Array
  statistics: Statistics
  pieces: Omit<PathPiece, 'initial' | 'from'>[]
  state: SimulationState | undefined
}

const where = 'simulate'
const optionNames = [...pathNames, 'time', 'saveAt', 'keep', 'observe', 'statistics', 'antithetic', 'tolerance', 'executor', 'resume', ...runningNames]

/** What `simulate` is to do. @throws ArgumentError */
export function planOf(equation: StochasticEquation, given: SimulateOptions): SimulationPlan {
  options(where, given, optionNames)
  const time = nonNegative(where, 'time', given.time)
  const { initial, dt, paths, seed, method: { name: method }, brownian, areaHalvings, tolerance } = withTolerance(checkPaths(where, equation, given, time), given.tolerance)
  const { dim } = equation
  const saveAt = given.saveAt === undefined ? [time] : checkTimes(given.saveAt, time)
  const keep = given.keep === undefined ? 'final' : oneOf(where, 'keep', given.keep, ['final', 'none'])
  checkObserve(given.observe)
  const statistics = statisticsOf(given.statistics, keep, dim)
  const antithetic = flag('antithetic', given.antithetic)
  if (antithetic && paths % 2 === 1) refuse(where, 'paths', 'even, in antithetic pairs', paths)
  const blockSize = integer(where, 'blockSize', given.blockSize ?? stratum, 1)
  checkExecutor(where, given.executor)
  checkRunning(where, given)
  const stops = saveAt.at(-1) === time ? saveAt : [...saveAt, time]
  const common = { method, seed, dt, blockSize, areaHalvings, antithetic, tolerance }
  const identity: SimulationIdentity = {
    ...common, dim, stops, paths, keep, equation: fingerprint(equation), initial: fingerprint(initial), observe: fingerprint(given.observe),
    statistics: fingerprint({ ...statistics, histogram: statistics.histogram?.axes }), brownian: brownian ?? 'as the method',
  }
  // A piece is made of whole strata, so that sums do not depend on the block size.
  const size = stratum * Math.ceil(Math.min(blockSize, paths) / stratum)
  const places = stops.map((stop) => placeOf(stop, dt))
  const pieces = Array.from({ length: Math.ceil(paths / size) }, (_, k) => ({
    ...common, equation, brownian, stops: places, first: k * size, count: Math.min(size, paths - k * size),
  }))
  return { identity, saveAt, initial, statistics, pieces, state: given.resume === undefined ? undefined : checkState(given.resume, identity) }
}

function withTolerance(checked: CheckedPaths, given: number | undefined): CheckedPaths & { tolerance: number | undefined } {
  if (given === undefined) return { ...checked, tolerance: undefined }
  const { method, system } = checked
  const looks = method.path === undefined || method.path === 'time-areas' || (method.path === 'areas' && system.noise.classes.includes('commutative'))
  const tolerance = positive(where, 'tolerance', given)
  // Below order 1 a choice of steps that looks at the path may converge to another solution.
  if (looks && ordersOn(method, system).strongOrder >= 1) return { ...checked, tolerance }
  throw new ArgumentError(`simulate: method must be of strong order 1 on this noise and look at increments or time areas only for adaptive steps, got '${method.name}'`)
}

function checkTimes(times: unknown, time: number): readonly number[] {
  if (!Array.isArray(times)) return refuse(where, 'saveAt', 'a list of increasing times', times)
  times.forEach((at: unknown, i) => {
    const value = finite(where, `saveAt[${i}]`, at)
    if (value < 0 || value > time) refuse(where, `saveAt[${i}]`, `a time from 0 to ${time}`, value)
    if (i > 0 && !(value > times[i - 1])) refuse(where, 'saveAt', 'increasing times', times)
  })
  return times.slice() as number[]
}

function checkObserve(observe: unknown): void {
  if (observe === undefined) return
  if (observe === null || typeof observe !== 'object' || Array.isArray(observe)) refuse(where, 'observe', 'an object of functions by name', observe)
  for (const [name, f] of Object.entries(observe as object)) callable(where, `observe.${name}`, f)
}

function statisticsOf(given: SimulateOptions['statistics'], keep: 'final' | 'none', dim: number): Statistics {
  if (given === undefined) return { moments: false, quantiles: false, histogram: undefined }
  options(where, given, ['moments', 'quantiles', 'histogram'], 'statistics')
  if (keep !== 'none') throw new ArgumentError(`${where}: keep must be 'none' for statistics, which points that are kept give without, got '${keep}'`)
  const { histogram } = given
  if (histogram !== undefined && !(isGrid(histogram) && histogram.dim === dim)) refuse(where, 'statistics.histogram', `a grid with ${dim} ax${dim === 1 ? 'is' : 'es'}`, histogram)
  return { moments: flag('statistics.moments', given.moments), quantiles: flag('statistics.quantiles', given.quantiles), histogram }
}

function flag(argument: string, given: unknown): boolean {
  return given === undefined || typeof given === 'boolean' ? given === true : refuse(where, argument, 'true or false', given)
}
