import { ArgumentError, Cancelled } from '../core/errors.ts'

/** What a long piece of work is doing. */
export interface Progress {
  /** Share of the work done, 0 to 1. */
  fraction: number
  /** What is being done, for people. */
  activity: string
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

/**
 * A breath between pieces of work: reports, lets timers and signals run at most every `interval` milliseconds,
 * and rejects with `Cancelled { state }` once the signal has fired. `state` is only asked for then.
 */
export function breather(where: string, running: Running, interval = 50): (progress: Progress, state: () => unknown) => Promise<void> {
  let last = performance.now()
  return async (progress, state) => {
    if (performance.now() - last >= interval) {
      running.onProgress?.(progress)
      await new Promise((resolve) => setImmediate(resolve))
      last = performance.now()
    }
    if (running.signal?.aborted) throw new Cancelled(`${where}: cancelled while ${progress.activity}`, state())
  }
}
