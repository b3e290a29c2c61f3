import { ArgumentError } from '../core/errors.ts'
import type { Running } from './progress.ts'

/** A kind of work that any executor can run: a function of one piece, known by its name on every thread. */
export interface Task<P, R> {
  readonly name: string
  /** Runs a piece. Long work breathes with `control` and rejects with `Cancelled { state }` when its signal fires. */
  run(piece: P, control: Running): Promise<R> | R
}

const registry = new Map<string, Task<never, unknown>>()

/** Registers a task. Its module is loaded by whoever starts it and, in a worker, by the list of lib/worker.ts. */
export function defineTask<P, R>(name: string, run: Task<P, R>['run']): Task<P, R> {
  const task = Object.freeze({ name, run })
  registry.set(name, task)
  return task
}

export function taskNamed(name: string): Task<unknown, unknown> {
  const task = registry.get(name)
  if (task === undefined) throw new ArgumentError(`worker: task must be a registered task, got '${name}'`)
  return task as Task<unknown, unknown>
}
