import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { ArgumentError } from '../core/errors.ts'
import { inline } from './executor.ts'
import type { Executor } from './executor.ts'
import { pack } from './portable.ts'
import { threads, workerFile } from './threads.ts'

/** Elementary steps, some ten nanoseconds each, below which starting threads, some third of a second, takes longer than two of them save. */
const worthThreads = 6e7

let shared: Executor | undefined

/**
 * Where work runs that is given no executor: on this process's threads where it is large and can be sent to them, and there are some; else in the calling thread. The numbers are the
 * same. The threads keep no process alive. @param steps elementary steps of all pieces together
 */
export function executorFor(given: Executor | undefined, steps: number, pieces: readonly unknown[]): Executor {
  if (given !== undefined) return given
  if (steps < worthThreads || pieces.length < 2 || !isMainThread || !existsSync(workerFile) || !isPackable(pieces[0])) return inline()
  return (shared ??= threads())
}

function isPackable(piece: unknown): boolean {
  try {
    pack('', piece)
    return true
  } catch (error) {
    if (error instanceof ArgumentError) return false
    throw error
  }
}
