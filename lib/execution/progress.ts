import { ArgumentError, Cancelled } from '../core/errors.ts'

/** What a long piece of work is doing. */
export interface Progress {
  /** Share of the work done, 0 to 1. */
  fraction: number
  /** What is being done, for people. */
  activity: string
  /** Seconds to the end at the pace so far, once that can be told. */
  secondsLeft?: number
}

/** What everything that marches, samples or iterates accepts. */
export interface Running {
  /** Cancels the work, which then rejects with `Cancelled`. */
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
}

export const runningNames = ['signal', 'onProgress'] as const

export function checkRunning(where: string, running: Running): void {
  const { signal, onProgress } = running
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new ArgumentError(`${where}: signal must be an AbortSignal, got ${typeof signal}`)
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new ArgumentError(`${where}: onProgress must be a function, got ${typeof onProgress}`)
  }
}

/** Lets a long computation report, be cancelled and leave time for timers. */
export interface Breather {
  /** Whether it is time for a breath, or the signal has fired: cheap enough for every step of a loop. */
  due(): boolean
  /** Reports, lets timers and signals run, and rejects with `Cancelled { state }` once the signal has fired. `state` is only asked for then. */
  (progress: Progress, state: () => unknown): Promise<void>
}

/** A breath is due every `interval` milliseconds. Time left is told from the share done since the first breath. */
export function breather(where: string, running: Running, interval = 50): Breather {
  const begun = performance.now()
  let last = begun
  let first: number | undefined
  const breathe = async (progress: Progress, state: () => unknown): Promise<void> => {
    first ??= progress.fraction
    if (performance.now() - last >= interval) {
      running.onProgress?.(withTimeLeft(progress, first, (performance.now() - begun) / 1000))
      await new Promise((resolve) => setImmediate(resolve))
      last = performance.now()
    }
    if (running.signal?.aborted) throw new Cancelled(`${where}: cancelled while ${progress.activity}`, state())
  }
  return Object.assign(breathe, { due: () => running.signal?.aborted === true || performance.now() - last >= interval })
}

function withTimeLeft(progress: Progress, first: number, elapsed: number): Progress {
  const done = progress.fraction - first
  return done > 0.02 && elapsed > 0.5 ? { ...progress, secondsLeft: (elapsed * (1 - progress.fraction)) / done } : progress
}

/** Long work that says what it is doing wherever it may pause. */
export type Paced<T> = Generator<Progress, T, void>

/** Does the work with a breath at each of its pauses. */
export async function breathing<T>(work: Paced<T>, breathe: Breather): Promise<T> {
  for (;;) {
    const next = work.next()
    if (next.done === true) return next.value
    await breathe(next.value, () => undefined)
  }
}

/** Does the work without a pause. */
export function atOnce<T>(work: Paced<T>): T {
  for (;;) {
    const next = work.next()
    if (next.done === true) return next.value
  }
}
