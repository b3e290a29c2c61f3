import { ArgumentError, Cancelled } from '../core/errors.ts'
import type { Progress, Running } from './progress.ts'
import type { Task } from './task.ts'

/** What becomes of the pieces of a job. */
export interface Watch<R> extends Running {
  /** Called with each result as soon as it is there, in any order. Results are not kept. */
  onResult(result: R, index: number): void
  /** Progress of a single piece. */
  onPiece?: (progress: Progress, index: number) => void
}

/** Where the pieces were when a job was cancelled: those that had begun and not ended, with the state that each left. */
export interface PieceState {
  index: number
  state: unknown
}

/** Where work runs. Every executor gives the same numbers bit for bit. */
export interface Executor {
  readonly name: string
  /** Pieces that run side by side. */
  readonly workers: number
  /**
   * Runs a task on each piece. The first error stops the job and is thrown; a cancelled job rejects, once its pieces have stopped, with
   * `Cancelled<PieceState[]>`.
   */
  run<P, R>(where: string, task: Task<P, R>, pieces: readonly P[], watch: Watch<R>): Promise<void>
  /** Ends the workers. Idle ones keep no process alive, closed or not. */
  close(): Promise<void>
}

/** Runs everything in the calling thread, one piece after the other. */
export function inline(): Executor {
  return {
    name: 'inline',
    workers: 1,
    async run(where, task, pieces, watch) {
      const total = totalProgress(pieces.length, watch)
      for (const [index, piece] of pieces.entries()) {
        if (watch.signal?.aborted) throw new Cancelled<PieceState[]>(`${where}: cancelled`, [])
        try {
          const onProgress = total.of(index)
          watch.onResult(await task.run(piece, { ...(watch.signal && { signal: watch.signal }), onProgress }), index)
          total.done(index)
        } catch (error) {
          if (error instanceof Cancelled && watch.signal?.aborted) throw new Cancelled<PieceState[]>(error.message, [{ index, state: error.state }])
          throw error
        }
      }
    },
    async close() {},
  }
}

/** Milliseconds between reports that pieces have ended. */
const interval = 50

/** Progress of a job from that of its pieces. */
export function totalProgress(count: number, { onProgress, onPiece }: Pick<Watch<unknown>, 'onProgress' | 'onPiece'>) {
  const fractions = new Float64Array(count)
  const begun = performance.now()
  let sum = 0
  let told = -Infinity
  let ended = 0
  const set = (index: number, fraction: number): void => {
    sum += fraction - fractions[index]
    fractions[index] = fraction
  }
  const report = (activity: string): void => {
    const fraction = Math.min(1, Math.max(0, sum / count))
    told = performance.now()
    const elapsed = (told - begun) / 1000
    onProgress?.({ fraction, activity, ...(fraction > 0.02 && elapsed > 0.5 && { secondsLeft: (elapsed * (1 - fraction)) / fraction }) })
  }
  return {
    of: (index: number) => (progress: Progress): void => {
      onPiece?.(progress, index)
      set(index, progress.fraction)
      report(progress.activity)
    },
    // Pieces may be too short to say anything themselves.
    done: (index: number): void => {
      set(index, 1)
      ended++
      if (performance.now() - told >= interval) report(`${ended} of ${count} parts done`)
    },
  }
}

export function checkExecutor(where: string, executor: unknown): void {
  if (executor === undefined) return
  const given = executor as Partial<Executor> | null
  if (given === null || typeof given !== 'object' || typeof given.run !== 'function' || typeof given.close !== 'function') {
    throw new ArgumentError(`${where}: executor must be an executor such as inline() or threads(), got ${typeof executor}`)
  }
}
