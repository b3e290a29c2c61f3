import { ArgumentError, Cancelled, DivergenceError, FileError, RelaxationError } from '../core/errors.ts'
import type { Progress } from './progress.ts'

/** What is sent to a worker. */
export type Order =
  | { kind: 'run'; id: number; task: string; piece: unknown }
  | { kind: 'cancel'; id: number }

/** What a worker sends. */
export type Report =
  | { kind: 'ready' }
  | { kind: 'progress'; id: number; progress: Progress }
  | { kind: 'result'; id: number; result: unknown }
  | { kind: 'error'; id: number; error: PlainError }

/** An error as plain data: classes do not survive the way between threads. */
export interface PlainError {
  tag: RelaxationError['tag'] | 'unknown'
  message: string
  stack: string | undefined
  state?: unknown
}

export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { tag: 'unknown', message: String(error), stack: undefined }
  const { message, stack } = error
  if (error instanceof Cancelled) return { tag: 'cancelled', message, stack, state: error.state }
  return { tag: error instanceof RelaxationError ? error.tag : 'unknown', message, stack }
}

/** The error again, of its own class, with the stack of the thread that it arose in. */
export function errorOf({ tag, message, stack, state }: PlainError): Error {
  const error = tag === 'cancelled' ? new Cancelled(message, state)
    : tag === 'argument' ? new ArgumentError(message)
      : tag === 'divergence' ? new DivergenceError(message)
        : tag === 'file' ? new FileError(message) : new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
