import { callable, integer, options, positive, refuse } from '../core/arguments.ts'
import { Cancelled } from '../core/errors.ts'
import { executorFor } from '../execution/default-executor.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor, PieceState } from '../execution/executor.ts'
import { fingerprint } from '../execution/fingerprint.ts'
import { checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { stratum } from './observation.ts'
import { passageTask } from './passage-task.ts'
import type { PassagePiece, PassageState, PassageTimes } from './passage-task.ts'
import { passageOf } from './passage-times.ts'
import type { FirstPassage } from './passage-times.ts'
import { checkPaths, pathNames, placeOf, startOfPiece } from './path-arguments.ts'
import type { PathOptions } from './path-arguments.ts'
import { checkIdentity } from './resume.ts'
import type { StochasticEquation } from './system.ts'

export interface FirstPassageOptions extends PathOptions, Running {
  /** Whether a point is in the target. The point is only lent. */
  target: (x: Float64Array) => boolean
  /** Paths that have not been in the target by then are given up. */
  timeLimit: number
  /** As for `simulate`. */
  executor?: Executor
  /** `Cancelled.state` of the same call: it continues bit for bit. */
  resume?: unknown
}

/**
 * First passage times by simulation: each path stops when it is in the target at the end of a step (or at its start). The paths are those of `simulate`, the same for every number of
 * paths, block size and executor.
 *
 * A path may be in the target between steps unseen, so that times are too long, and their means wrong by O(√dt) (Gobet & Menozzi 2010), whatever the order of the method. For a level on the line, where the noise
 * is σ dW, watching the level b is like watching one 0.5826 σ√dt farther away without gaps (Broadie, Glasserman & Kou 1997; the number is −ζ(1/2)/√(2π)): a target whose level is nearer by
 * that much takes the error to o(√dt). So does, for any target, `extrapolatedMean` of two runs of the same seed, say with dt and dt/4.
 * @throws ArgumentError on a bad option, or an equation or target that cannot be sent to the executor; Cancelled with a state (plain data with typed arrays) that `resume` continues
 */
export async function firstPassage(equation: StochasticEquation, given: FirstPassageOptions): Promise<FirstPassage> {
  const { identity, timeLimit, pieces, state } = check(equation, given)
  const { dt, paths } = identity
  const times = new Float64Array(paths)
  const ended = new Map(state?.ended)
  const begun = new Map(state?.begun)
  const pending = pieces.filter(({ first }) => !ended.has(first)).map((piece) => {
    const from = begun.get(piece.first)
    return { ...piece, ...(from && { from }) }
  })
  try {
    await executorFor(given.executor, paths * equation.dim * (timeLimit / dt), pending).run('firstPassage', passageTask, pending, {
      ...(given.signal && { signal: given.signal }),
      ...(given.onProgress && { onProgress: given.onProgress }),
      onResult(found: PassageTimes, index: number) {
        ended.set(pending[index].first, found)
        begun.delete(pending[index].first)
      },
    })
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    for (const { index, state: left } of (error as Cancelled<PieceState[]>).state) begun.set(pending[index].first, left as PassageState)
    throw new Cancelled(error.message, { identity, ended: [...ended], begun: [...begun] } satisfies SearchState)
  }
  for (const [first, found] of ended) times.set(found.map((steps) => steps * dt), first)
  const { equation: e, target, initial, method, seed, brownian } = identity
  return passageOf(times, { dt, timeLimit, problem: fingerprint([e, target, initial, method, seed, brownian, timeLimit, paths]) })
}

interface Identity {
  equation: string
  target: string
  initial: string
  method: string
  dt: number
  timeLimit: number
  paths: number
  seed: number
  brownian: string
  areaHalvings: number
  blockSize: number
}

/** A call that was cancelled: its pieces by their first path. */
interface SearchState {
  identity: Identity
  ended: [number, PassageTimes][]
  begun: [number, PassageState][]
}

interface Plan {
  identity: Identity
  timeLimit: number
  pieces: Omit<PassagePiece, 'from'>[]
  state: SearchState | undefined
}

function check(equation: StochasticEquation, given: FirstPassageOptions): Plan {
  const where = 'firstPassage'
  options(where, given, [...pathNames, 'target', 'timeLimit', 'executor', 'resume', ...runningNames])
  const timeLimit = positive(where, 'timeLimit', given.timeLimit)
  callable(where, 'target', given.target)
  const { initial, dt, paths, seed, method, brownian, areaHalvings } = checkPaths(where, equation, given, timeLimit)
  const blockSize = integer(where, 'blockSize', given.blockSize ?? stratum, 1)
  checkExecutor(where, given.executor)
  checkRunning(where, given)
  const identity: Identity = {
    equation: fingerprint(equation), target: fingerprint(given.target), initial: fingerprint(initial), method: method.name, dt, timeLimit, paths, seed,
    brownian: brownian ?? 'as the method', areaHalvings, blockSize,
  }
  const size = stratum * Math.ceil(Math.min(blockSize, paths) / stratum)
  const pieces = Array.from({ length: Math.ceil(paths / size) }, (_, k) => {
    const [first, count] = [k * size, Math.min(size, paths - k * size)]
    const start = startOfPiece(initial, equation.dim, first, count)
    return { equation, target: given.target, method: method.name, seed, first, count, initial: start, dt, limit: placeOf(timeLimit, dt), blockSize, brownian, areaHalvings }
  })
  return { identity, timeLimit, pieces, state: given.resume === undefined ? undefined : checkState(given.resume, identity) }
}

function checkState(given: unknown, identity: Identity): SearchState {
  const [where, state] = ['firstPassage', given as SearchState | null]
  const lists = state !== null && typeof state === 'object' && Array.isArray(state.ended) && Array.isArray(state.begun)
  if (!lists || typeof state.identity !== 'object' || state.identity === null) return refuse(where, 'resume', 'the state of a cancelled firstPassage', given)
  checkIdentity(where, state.identity, identity)
  const arrays = [...state.begun.flatMap(([, { x, times }]) => [x, times]), ...state.ended.map(([, times]) => times)]
  if (!arrays.every((array) => array instanceof Float64Array)) refuse(where, 'resume', 'a state with its typed arrays, such as a structured clone', 'one without')
  return state
}
