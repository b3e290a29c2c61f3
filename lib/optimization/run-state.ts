import { refuse } from '../core/arguments.ts'
import type { Memory } from './optimizer.ts'

/** A moment of a run. */
export interface HistoryEntry {
  /** Iterations done. */
  iteration: number
  /** Gradients evaluated so far; that of a mini-batch counts one. */
  gradientEvaluations: number
  /** Samples that those gradients went through, for data losses: divided by the number of samples, epochs. */
  samplesSeen?: number
  /** The loss over all samples. Evaluating it is not counted. */
  value: number
}

/** What a state has to agree on with the call that resumes it. */
export interface RunIdentity {
  optimizer: string
  settings: Record<string, number | string | boolean>
  dim: number
  /** null for potentials. */
  samples: number | null
  /** null for all samples. */
  batchSize: number | null
  replacement: boolean
  seed: number
}

/** A run stopped between two iterations: plain data, safe through JSON. */
export interface RunState extends RunIdentity {
  /** Iterations done. */
  iteration: number
  point: number[]
  memory: Record<string, number[]>
  history: HistoryEntry[]
}

/** A state to resume from: of a run with the same optimiser, loss, batches and seed, within the iterations that were asked for. */
export function checkState(
  where: string, given: unknown, expected: RunIdentity, iterations: number, memory: Memory, isRecorded: (iteration: number) => boolean,
): RunState {
  const state = given as RunState | null
  if (state === null || typeof state !== 'object') return refuse(where, 'resume', 'the state of a Cancelled error', given)
  for (const name of ['optimizer', 'dim', 'samples', 'batchSize', 'replacement', 'seed'] as const) {
    if (state[name] !== expected[name]) refuse(where, `resume.${name}`, `${shown(expected[name])}, as this call's`, state[name])
  }
  if (state.settings === null || typeof state.settings !== 'object') refuse(where, 'resume.settings', "the optimizer's settings", state.settings)
  for (const [name, value] of Object.entries(expected.settings)) {
    if (state.settings[name] !== value) refuse(where, `resume.settings.${name}`, `${shown(value)}, as this call's`, state.settings[name])
  }
  if (!(Number.isSafeInteger(state.iteration) && state.iteration >= 0 && state.iteration <= iterations)) {
    refuse(where, 'resume.iteration', `an integer from 0 to ${iterations}`, state.iteration)
  }
  if (!isFiniteList(state.point, expected.dim)) refuse(where, 'resume.point', `${expected.dim} finite numbers`, state.point)
  checkMemory(where, state.memory, memory)
  checkHistory(where, state.history, state.iteration, isRecorded)
  return state
}

function checkMemory(where: string, given: unknown, expected: Memory): void {
  const names = Object.keys(expected)
  const memory = given as RunState['memory'] | null
  if (memory === null || typeof memory !== 'object' || Object.keys(memory).length !== names.length) {
    return refuse(where, 'resume.memory', names.length === 0 ? 'an empty object' : `an object with ${names.join(', ')}`, given)
  }
  for (const name of names) {
    const { length } = expected[name]
    if (!isFiniteList(memory[name], length)) refuse(where, `resume.memory.${name}`, `${length} finite numbers`, memory[name])
  }
}

function checkHistory(where: string, given: unknown, iteration: number, isRecorded: (iteration: number) => boolean): void {
  const history: readonly (Partial<HistoryEntry> | null | undefined)[] = Array.isArray(given) ? given : []
  let entries = 0
  let right = 0
  for (let k = 0; k <= iteration; k++) {
    if (!isRecorded(k)) continue
    const entry = history[entries++]
    if (entry?.iteration === k && Number.isFinite(entry.value)) right++
  }
  if (right !== entries || history.length !== entries) {
    refuse(where, 'resume.history', `the ${entries} entries until iteration ${iteration}`, Array.isArray(given) ? `${right} right ones of ${given.length}` : given)
  }
}

function shown(value: string | number | boolean | null): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

function isFiniteList(values: unknown, size: number): values is ArrayLike<number> {
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) return false
  const list = values as unknown as ArrayLike<unknown>
  if (list.length !== size) return false
  for (let i = 0; i < size; i++) if (!Number.isFinite(list[i])) return false
  return true
}
