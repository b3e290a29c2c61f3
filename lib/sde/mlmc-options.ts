import { callable, integer, options, point, positive, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { fingerprint } from '../execution/fingerprint.ts'
import { checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { sharesPaths } from '../random/brownian-walk.ts'
import { uniforms } from '../random/index.ts'
import type { Moments } from '../stats/moments.ts'
import { chooseMethod, ordersOn } from './choose.ts'
import { systemOf } from './families.ts'
import type { LevelRules } from './mlmc-plan.ts'
import type { LevelState } from './mlmc-task.ts'
import { stratum } from './observation.ts'
import { placeOf } from './path-arguments.ts'
import { checkIdentity } from './resume.ts'
import { checkCoefficients } from './sde.ts'
import type { GeneralSde } from './sde.ts'
import type { StochasticEquation } from './system.ts'

export interface MlmcOptions extends Running {
  /** The point that every path starts from. */
  initial: ArrayLike<number>
  time: number
  /** Length of the coarsest steps, at most `time`; level l has dt/2^l. */
  dt: number
  /** A function of the point at `time`, whose mean is wanted. */
  observe: (x: Float64Array) => number
  /** The root mean square error asked for. */
  tolerance: number
  /** As for `simulate`. */
  method?: string
  /** An integer from 0 to 2^53 − 1. */
  seed: number
  /** Halvings of dt: at least `least` (default 2, and no less than that), at most `most` (default 12). */
  levels?: { least?: number; most?: number }
  /** Paths that march together, default 1024. The numbers do not depend on it. */
  blockSize?: number
  executor?: Executor
  /** `Cancelled.state` of the same call: it continues bit for bit. */
  resume?: unknown
}

/** What tells one call from another. */
interface MlmcIdentity {
  equation: string
  initial: string
  method: string
  dt: number
  time: number
  observe: string
  tolerance: number
  seed: number
  least: number
  most: number
}

/** A call that was cancelled: the levels before the round of marches that it was in, and that round's chunks. Plain data with typed arrays. */
export interface MlmcState {
  identity: MlmcIdentity
  levels: readonly Moments[]
  ended: readonly (readonly [number, Moments])[]
  begun: readonly (readonly [number, LevelState])[]
}

export interface MlmcPlan {
  equation: StochasticEquation
  identity: MlmcIdentity
  dim: number
  initial: Float64Array
  observe: MlmcOptions['observe']
  blockSize: number
  /** One a level. */
  seeds: number[]
  rules: LevelRules
  state: MlmcState
}

/** Tells the seeds of the levels from other streams of a seed. */
const seedStream = 0x6d6c6d63
const usualMost = 12

/** @throws ArgumentError */
export function planMlmc(equation: StochasticEquation, given: MlmcOptions): MlmcPlan {
  const where = 'mlmc'
  const system = systemOf(where, equation)
  options(where, given, ['initial', 'time', 'dt', 'observe', 'tolerance', 'method', 'seed', 'levels', 'blockSize', 'executor', 'resume', ...runningNames])
  const { dim } = equation
  const initial = Float64Array.from(point(where, 'initial', given.initial, dim))
  const time = positive(where, 'time', given.time)
  const dt = positive(where, 'dt', given.dt)
  if (dt > time) refuse(where, 'dt', `at most time, ${time}`, dt)
  callable(where, 'observe', given.observe)
  const tolerance = positive(where, 'tolerance', given.tolerance)
  const method = chooseMethod(where, system, given.method)
  const seed = integer(where, 'seed', given.seed, 0)
  if (equation.kind === 'sde') checkCoefficients(where, equation as GeneralSde, initial)
  const { least, most } = levelsOf(given.levels ?? {}, dt)
  const blockSize = integer(where, 'blockSize', given.blockSize ?? stratum, 1)
  checkExecutor(where, given.executor)
  checkRunning(where, given)
  const identity: MlmcIdentity = {
    equation: fingerprint(equation), initial: fingerprint(initial), method: method.name, dt, time, observe: fingerprint(given.observe), tolerance, seed, least, most,
  }
  const stepsAt = (level: number): number => Math.ceil(placeOf(time, dt / 2 ** level))
  return {
    equation, identity, dim, initial, observe: given.observe, blockSize,
    seeds: Array.from(uniforms(seed, seedStream, most + 1), (u) => Math.floor(u * 2 ** 53)),
    rules: { tolerance, least, most, ...ordersOn(method, system), cost: (level) => stepsAt(level) + (level === 0 ? 0 : stepsAt(level - 1)) },
    state: given.resume === undefined ? { identity, levels: [], ended: [], begun: [] } : checkState(given.resume, identity),
  }
}

function levelsOf(given: NonNullable<MlmcOptions['levels']>, dt: number): { least: number; most: number } {
  const where = 'mlmc'
  options(where, given, ['least', 'most'], 'levels')
  const least = integer(where, 'levels.least', given.least ?? 2, 2)
  const most = integer(where, 'levels.most', given.most ?? Math.max(least, usualMost), least)
  const deepest = Array.from({ length: most }, (_, l) => l + 1).findLast((halvings) => sharesPaths(dt, dt / 2 ** halvings)) ?? 0
  if (deepest < (given.most === undefined ? least : most)) {
    throw new ArgumentError(`${where}: dt must be one that can be halved ${given.most === undefined ? least : most} times on the same Wiener paths, at most 32 and at least 2^−27 after it, got ${dt}`)
  }
  return { least, most: Math.min(most, deepest) }
}

function checkState(given: unknown, identity: MlmcIdentity): MlmcState {
  const state = given as MlmcState | null
  const lists = state !== null && typeof state === 'object' && [state.levels, state.ended, state.begun].every(Array.isArray)
  if (!lists || typeof state.identity !== 'object' || state.identity === null) return refuse('mlmc', 'resume', 'the state of a cancelled mlmc', given)
  checkIdentity('mlmc', state.identity, identity)
  return state
}
