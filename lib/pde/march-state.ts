import { refuse } from '../core/arguments.ts'

/** A march stopped between two steps: plain data, safe through JSON. */
export interface MarchState {
  kind: string
  scheme: string
  shape: number[]
  time: number
  /** The step that the Courant number last chose; 0 before the first. */
  step: number
  steps: number
  evaluations: number
  longest: number
  values: ArrayLike<number>
  /** Fields saved so far. */
  saved: ArrayLike<number>[]
  /** Statistics so far, by name, and their times. */
  observed: { times: number[]; values: Record<string, number[]> }
}

/** A state to resume from: of the same kind of equation, scheme and grid, within the march that was asked for. */
export function checkState(
  where: string, given: unknown, expected: Pick<MarchState, 'kind' | 'scheme' | 'shape'>, size: number, time: number, saveAt: readonly number[],
  watched: readonly string[],
): MarchState {
  const state = given as MarchState | null
  if (state === null || typeof state !== 'object') return refuse(where, 'resume', 'the state of a Cancelled error', given)
  if (state.kind !== expected.kind) refuse(where, 'resume.kind', `'${expected.kind}'`, state.kind)
  if (state.scheme !== expected.scheme) refuse(where, 'resume.scheme', `'${expected.scheme}', as this call's`, state.scheme)
  if (!Array.isArray(state.shape) || state.shape.join() !== expected.shape.join()) {
    refuse(where, 'resume.shape', `${expected.shape.join(' × ')}, as the grid's`, state.shape)
  }
  for (const name of ['time', 'step', 'longest'] as const) {
    if (!(Number.isFinite(state[name]) && state[name] >= 0)) refuse(where, `resume.${name}`, 'a non-negative finite number', state[name])
  }
  if (state.time > time) refuse(where, 'resume.time', `at most time = ${time}`, state.time)
  for (const name of ['steps', 'evaluations'] as const) {
    if (!(Number.isSafeInteger(state[name]) && state[name] >= 0)) refuse(where, `resume.${name}`, 'a non-negative integer', state[name])
  }
  if (!isFiniteList(state.values, size)) refuse(where, 'resume.values', `${size} finite numbers`, state.values)
  // A save time equal to the state's own may still be due.
  const [least, most] = [saveAt.filter((at) => at < state.time).length, saveAt.filter((at) => at <= state.time).length]
  const { saved } = state
  if (!Array.isArray(saved) || saved.length < least || saved.length > most || !saved.every((values) => isFiniteList(values, size))) {
    refuse(where, 'resume.saved', `the fields saved until time ${state.time}`, Array.isArray(saved) ? `${saved.length} of them` : saved)
  }
  const times = state.observed?.times
  const lists = watched.map((name) => state.observed?.values?.[name])
  if (!Array.isArray(times) || lists.some((list) => !isFiniteList(list, times.length)) || Object.keys(state.observed.values).length !== (times.length > 0 ? watched.length : 0)) {
    refuse(where, 'resume.observed', watched.length === 0 ? 'empty, as this call observes nothing' : `numbers for ${watched.join(', ')}`, state.observed)
  }
  return state
}

function isFiniteList(values: unknown, size: number): values is ArrayLike<number> {
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) return false
  const list = values as unknown as ArrayLike<unknown>
  if (list.length !== size) return false
  for (let i = 0; i < size; i++) if (!Number.isFinite(list[i])) return false
  return true
}
