import type { NdArray } from 'ndarray'
import { callable, finite, integer, nonNegative, oneOf, options, point, positive, refuse } from '../core/arguments.ts'
import { ArgumentError, Cancelled } from '../core/errors.ts'
import { checkExecutor, inline } from '../execution/executor.ts'
import type { Executor, PieceState } from '../execution/executor.ts'
import { fingerprint } from '../execution/fingerprint.ts'
import { checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import type { Brownian } from './block.ts'
import { chooseMethod, ordersOn } from './choose.ts'
import { ensembleOf } from './ensemble.ts'
import type { Ensemble } from './ensemble.ts'
import { systemOf } from './families.ts'
import type { Method } from './method.ts'
import { observer, stratum } from './observation.ts'
import { checkState } from './resume.ts'
import type { Ended, SimulationIdentity, SimulationState } from './resume.ts'
import { checkCoefficients } from './sde.ts'
import type { GeneralSde } from './sde.ts'
import { simulationTask } from './simulation.ts'
import type { PathPiece, PathResult, PathState } from './simulation.ts'
import type { StochasticEquation, System } from './system.ts'

export interface SimulateOptions extends Running {
  /** The point that every path starts from, or an ndarray paths × dim of starting points. */
  initial: ArrayLike<number> | NdArray
  /** Length of the steps, which end at the multiples of dt and at the saved times. */
  dt: number
  /** End time, ≥ 0. */
  time: number
  paths: number
  /** An integer from 0 to 2^53 − 1. */
  seed: number
  /** Name of a method of the catalogue `methods`; default the first of them that takes the equation, 'euler-maruyama' in the Itô sense. */
  method?: string
  /** Increasing times in [0, time] at which the points are kept. Default [time]. */
  saveAt?: readonly number[]
  /** 'final' (default) keeps the points at the saved times and at the end; 'none' only what `observe` makes of them, in constant memory. */
  keep?: 'final' | 'none'
  /** Functions of a point whose means over the paths are wanted at the saved times. */
  observe?: Readonly<Record<string, (x: Float64Array) => number>>
  /**
   * Adaptive steps, path by path: dt is then the longest, halved until a step agrees with its two halves, for a pathwise error of about `tolerance`·(1 + |x|). For methods of strong
   * order 1 or more on the equation's noise that look at increments or time areas only.
   */
  tolerance?: number
  /**
   * Which Wiener paths: 'increments' or 'time-areas', by default what the method looks at. Runs of one seed on the same kind share their paths, whatever the method, when
   * their dt are a power of two apart.
   */
  brownian?: Brownian
  /** Milstein's Lévy areas for noise that does not commute are summed over 2^areaHalvings parts of a step; default log₂ of the number of steps, from 4 to 12. */
  areaHalvings?: number
  /** Paths that march together, default 1024. The numbers do not depend on it. */
  blockSize?: number
  executor?: Executor
  /** `Cancelled.state` of the same call: it continues bit for bit. */
  resume?: unknown
}

/**
 * An ensemble of independent paths. Path i of a seed is driven by the same Wiener process whatever the number of paths, the block size and the executor: an ensemble begins
 * with every smaller one, and all arrays are the same bit for bit. Halving dt refines the steps on the same process. Steps end at the multiples of dt and at the saved
 * times. A path that leaves the finite numbers, or at a saved time is farther out than 10^10 times its start (or 1), has diverged: it is counted, its row is NaN, and no average includes it.
 * @throws ArgumentError on a bad option, a method that does not take the equation's noise (naming those that do), or an equation that cannot be sent to the executor; Cancelled with a state (plain data with typed arrays) that
 * `resume` continues
 */
export async function simulate(equation: StochasticEquation, given: SimulateOptions): Promise<Ensemble> {
  const plan = check(equation, given)
  const { identity, saveAt, pieces, initial } = plan
  const { dim, stops, paths, keep } = identity
  const observe = observer(dim, stops.length, given.observe ?? {})
  const ended = new Map(plan.state?.ended)
  const begun = new Map(plan.state?.begun)
  const pending = pieces.filter(({ first }) => !ended.has(first)).map((piece) => {
    const from = begun.get(piece.first)
    return { ...piece, initial: startOf(initial, dim, piece.first, piece.count), ...(from && { from }) }
  })
  try {
    await (given.executor ?? inline()).run('simulate', simulationTask, pending, {
      ...(given.signal && { signal: given.signal }),
      ...(given.onProgress && { onProgress: given.onProgress }),
      onResult(points: PathResult, index: number) {
        const { first, count } = pending[index]
        ended.set(first, { digest: observe.digest(points, count), ...(keep === 'final' && { points }) })
        begun.delete(first)
      },
    })
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    for (const { index, state } of (error as Cancelled<PieceState[]>).state) begun.set(pending[index].first, state as PathState)
    throw new Cancelled(error.message, { identity, ended: [...ended], begun: [...begun] } satisfies SimulationState)
  }
  const inOrder = pieces.map(({ first, count }) => ({ first, count, ...ended.get(first)! }))
  const { observed, diverged } = observe.combine(inOrder.map(({ digest }) => digest))
  const savedStops = saveAt.map((time) => stops.indexOf(time))
  return ensembleOf({
    paths, dim, diverged, stops,
    times: saveAt,
    points: keep === 'final' ? stops.map((_, s) => rowsOf(inOrder, s, paths, dim)) : undefined,
    observed: Object.fromEntries(Object.entries(observed).map(([name, estimates]) => [name, savedStops.map((s) => estimates[s])])),
  })
}

/** Row-major points of all paths at a stop; a path that is not finite is NaN throughout. */
function rowsOf(parts: readonly (Ended & { first: number; count: number })[], stop: number, paths: number, dim: number): Float64Array {
  const rows = new Float64Array(paths * dim)
  for (const { first, count, points } of parts) {
    const part = points![stop]
    for (let i = 0; i < count; i++) {
      const row = (first + i) * dim
      let finite = true
      for (let k = 0; k < dim; k++) {
        rows[row + k] = part[k * count + i]
        finite &&= Number.isFinite(rows[row + k])
      }
      if (!finite) rows.fill(NaN, row, row + dim)
    }
  }
  return rows
}

interface Plan {
  identity: SimulationIdentity
  saveAt: readonly number[]
  /** One point, or row-major points of all paths. */
  initial: Float64Array
  pieces: Omit<PathPiece, 'initial' | 'from'>[]
  state: SimulationState | undefined
}

const optionNames = [
  'initial', 'dt', 'time', 'paths', 'seed', 'method', 'saveAt', 'keep', 'observe', 'tolerance', 'brownian', 'areaHalvings', 'blockSize', 'executor', 'resume', ...runningNames,
]
/** A word of the random counter numbers the paths. */
const mostPaths = 2 ** 32

function check(equation: StochasticEquation, given: SimulateOptions): Plan {
  const system = systemOf('simulate', equation)
  options('simulate', given, optionNames)
  const { dim } = equation
  const dt = positive('simulate', 'dt', given.dt)
  const time = nonNegative('simulate', 'time', given.time)
  const paths = integer('simulate', 'paths', given.paths, 1)
  if (paths > mostPaths) refuse('simulate', 'paths', `at most ${mostPaths}`, paths)
  const seed = integer('simulate', 'seed', given.seed, 0)
  const initial = initialOf(given.initial, dim, paths)
  const method = chooseMethod('simulate', system, given.method)
  if (equation.kind === 'sde') checkCoefficients('simulate', equation as GeneralSde, initial.subarray(0, dim))
  const saveAt = given.saveAt === undefined ? [time] : checkTimes(given.saveAt, time)
  const keep = given.keep === undefined ? 'final' : oneOf('simulate', 'keep', given.keep, ['final', 'none'])
  checkObserve(given.observe)
  const path = pathOptions(given, method, system, time / dt)
  const blockSize = integer('simulate', 'blockSize', given.blockSize ?? stratum, 1)
  checkExecutor('simulate', given.executor)
  checkRunning('simulate', given)
  const stops = saveAt.at(-1) === time ? saveAt : [...saveAt, time]
  const identity: SimulationIdentity = {
    equation: fingerprint(equation), dim, initial: fingerprint(initial), method: method.name, dt, stops, paths, seed, blockSize, keep, observe: fingerprint(given.observe), ...path,
    brownian: path.brownian ?? 'as the method',
  }
  // A piece is made of whole strata, so that sums do not depend on the block size.
  const size = stratum * Math.ceil(Math.min(blockSize, paths) / stratum)
  const places = stops.map((stop) => placeOf(stop, dt))
  const pieces = Array.from({ length: Math.ceil(paths / size) }, (_, k) => ({
    equation, method: method.name, seed, dt, stops: places, blockSize, ...path, first: k * size, count: Math.min(size, paths - k * size),
  }))
  return { identity, saveAt, initial, pieces, state: given.resume === undefined ? undefined : checkState(given.resume, identity) }
}

/** A time in units of dt, on the multiple of it that is only rounding away. */
export function placeOf(time: number, dt: number): number {
  const place = time / dt
  const near = Math.round(place)
  return near > 0 && Math.abs(place - near) <= 1e-9 + 4 * Number.EPSILON * near ? near : place
}

/** Enough for the areas' error to stay below the method's over that many steps. */
export function areaHalvingsFor(steps: number): number {
  return Math.min(12, Math.max(4, Math.ceil(Math.log2(Math.max(1, steps)))))
}

function pathOptions(given: SimulateOptions, method: Method, system: System, steps: number): Pick<PathPiece, 'brownian' | 'areaHalvings' | 'tolerance'> {
  const where = 'simulate'
  const brownian = given.brownian === undefined ? undefined : oneOf(where, 'brownian', given.brownian, ['increments', 'time-areas'])
  if (brownian === 'increments' && method.path === 'time-areas') refuse(where, 'brownian', `'time-areas' for method '${method.name}'`, brownian)
  const areaHalvings = integer(where, 'areaHalvings', given.areaHalvings ?? areaHalvingsFor(steps), 0)
  if (areaHalvings > 16) refuse(where, 'areaHalvings', 'at most 16', areaHalvings)
  const tolerance = given.tolerance === undefined ? undefined : positive(where, 'tolerance', given.tolerance)
  if (tolerance !== undefined) {
    const looks = method.path === undefined || method.path === 'time-areas' || (method.path === 'areas' && system.noise.classes.includes('commutative'))
    // Below order 1 a choice of steps that looks at the path may converge to another solution.
    if (!looks || ordersOn(method, system).strongOrder < 1) {
      throw new ArgumentError(`simulate: method must be of strong order 1 on this noise and look at increments or time areas only for adaptive steps, got '${method.name}'`)
    }
  }
  return { brownian, areaHalvings, tolerance }
}

function initialOf(given: unknown, dim: number, paths: number): Float64Array {
  const array = given as NdArray | null
  const isArray = array !== null && typeof array === 'object' && Array.isArray(array.shape) && typeof array.get === 'function'
  if (!isArray) return Float64Array.from(point('simulate', 'initial', given, dim))
  if (array.shape.join() !== `${paths},${dim}`) refuse('simulate', 'initial', `a point or an ndarray of shape ${paths} × ${dim}`, array.shape)
  return Float64Array.from({ length: paths * dim }, (_, i) => {
    const [path, k] = [Math.floor(i / dim), i % dim]
    return finite('simulate', `initial[${path}, ${k}]`, array.get(path, k))
  })
}

/** The starting points of a piece, component-major; one point stays one. */
function startOf(initial: Float64Array, dim: number, first: number, count: number): Float64Array {
  if (initial.length === dim) return initial
  return Float64Array.from({ length: dim * count }, (_, i) => initial[(first + (i % count)) * dim + Math.floor(i / count)])
}

function checkTimes(times: unknown, time: number): readonly number[] {
  if (!Array.isArray(times)) return refuse('simulate', 'saveAt', 'a list of increasing times', times)
  times.forEach((at: unknown, i) => {
    const value = finite('simulate', `saveAt[${i}]`, at)
    if (value < 0 || value > time) refuse('simulate', `saveAt[${i}]`, `a time from 0 to ${time}`, value)
    if (i > 0 && !(value > times[i - 1])) refuse('simulate', 'saveAt', 'increasing times', times)
  })
  return times.slice() as number[]
}

function checkObserve(observe: unknown): void {
  if (observe === undefined) return
  if (observe === null || typeof observe !== 'object' || Array.isArray(observe)) refuse('simulate', 'observe', 'an object of functions by name', observe)
  for (const [name, f] of Object.entries(observe as object)) callable('simulate', `observe.${name}`, f)
}
