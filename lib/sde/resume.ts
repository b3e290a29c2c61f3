import { refuse, show } from '../core/arguments.ts'
import type { Digest } from './digest.ts'
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
  antithetic: boolean
  statistics: string
  tolerance: number | undefined
}

/** What is known of a piece that has ended: the digest until it is gathered, points where they are kept. */
export interface Ended {
  count: number
  digest?: Digest
  points?: PathResult
}

/** The digest of all paths before one. */
export interface Gathered {
  before: number
  total: Digest
}

/** A simulation that was cancelled: its pieces by their first path. Plain data with typed arrays, fit for a structured clone. */
export interface SimulationState {
  identity: SimulationIdentity
  gathered: Gathered
  ended: [number, Ended][]
  begun: [number, PathState][]
}

/** @throws ArgumentError unless it is the state of a cancelled call with the same identity */
export function checkState(given: unknown, identity: SimulationIdentity): SimulationState {
  const state = given as SimulationState | null
  const lists = state !== null && typeof state === 'object' && Array.isArray(state.ended) && Array.isArray(state.begun)
  if (!lists || state.gathered?.total === undefined || typeof state.identity !== 'object' || state.identity === null) return refuse('simulate', 'resume', 'the state of a cancelled simulate', given)
  checkIdentity('simulate', state.identity, identity)
  const sums = (digest: Digest | undefined): Float64Array[] => (digest === undefined ? [] : [...digest.moments, ...digest.coordinates, ...digest.counts])
  const arrays = [
    ...state.begun.flatMap(([, { x, kept }]) => [x, ...kept]), ...state.ended.flatMap(([, { digest, points = [] }]) => [...sums(digest), ...points]), ...sums(state.gathered.total),
  ]
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
