import { ArgumentError } from '../core/errors.ts'

/** Where work runs. Every executor gives the same numbers bit for bit. */
export interface Executor {
  readonly name: string
  /** Runs the pieces of a job and returns their results in order. */
  map<T, R>(pieces: readonly T[], work: (piece: T, index: number) => Promise<R> | R): Promise<R[]>
  close(): Promise<void>
}

/** Runs everything in the calling thread, one piece after the other. */
export function inline(): Executor {
  return {
    name: 'inline',
    async map(pieces, work) {
      const results = []
      for (const [index, piece] of pieces.entries()) results.push(await work(piece, index))
      return results
    },
    async close() {},
  }
}

export function checkExecutor(where: string, executor: unknown): void {
  if (executor === undefined) return
  const given = executor as Partial<Executor> | null
  if (given === null || typeof given !== 'object' || typeof given.map !== 'function') {
    throw new ArgumentError(`${where}: executor must be an executor such as inline(), got ${typeof executor}`)
  }
}
