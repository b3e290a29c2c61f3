import { refuse, show } from '../core/arguments.ts'
import type { Digest } from './observation.ts'
import type { PathResult, PathState } from './simulation.ts'

/** What tells one simulation from another; equation, starts and observers by their fingerprints. */
export interface SimulationIdentity {
  equation: string
  dim: number
  initial: string
  method: string
  dt: number
  stops: readonly number[]
  paths: number
  seed: number
  blockSize: number
  keep: 'final' | 'none'
  observe: string
  brownian: string
  areaHalvings: number
  tolerance: number | undefined
}

/** What is known of a piece that has ended; points only where they are kept. */
export interface Ended {
  digest: Digest
  points?: PathResult
}

/** A simulation that was cancelled: its pieces by their first path. Plain data with typed arrays, fit for a structured clone. */
export interface SimulationState {
  identity: SimulationIdentity
  ended: [number, Ended][]
  begun: [number, PathState][]
}

/** @throws ArgumentError unless it is the state of a cancelled call with the same identity */
export function checkState(given: unknown, identity: SimulationIdentity): SimulationState {
  const state = given as SimulationState | null
  const lists = state !== null && typeof state === 'object' && Array.isArray(state.ended) && Array.isArray(state.begun)
  if (!lists || typeof state.identity !== 'object' || state.identity === null) return refuse('simulate', 'resume', 'the state of a cancelled simulate', given)
  checkIdentity('simulate', state.identity, identity)
  const arrays = [...state.begun.flatMap(([, { x, kept }]) => [x, ...kept]), ...state.ended.flatMap(([, { digest, points = [] }]) => [digest.moments, ...points])]
  if (!arrays.every((array) => array instanceof Float64Array)) refuse('simulate', 'resume', 'a state with its typed arrays, such as a structured clone', 'one without')
  return state
}

/** @throws ArgumentError naming the first entry that is not as this call's */
export function checkIdentity<T extends object>(where: string, given: T, identity: T): void {
  for (const [name, expected] of Object.entries(identity)) {
    const got = given[name as keyof T]
    if (String(got) !== String(expected)) refuse(where, `resume.${name}`, `${show(expected)}, as this call's`, got)
  }
}
