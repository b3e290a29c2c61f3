import { options } from '../../core/arguments.ts'
import { checkExecutor } from '../../execution/executor.ts'
import type { Executor } from '../../execution/executor.ts'
import { breather, checkRunning, runningNames } from '../../execution/progress.ts'
import type { Running } from '../../execution/progress.ts'

export interface Watched extends Running {
  executor?: Executor
}

export function checkWatched(where: string, given: Watched, names: readonly string[] = []): void {
  options(where, given, [...names, 'executor', ...runningNames])
  checkExecutor(where, given.executor)
  checkRunning(where, given)
}

/** Runs work that yields the share of it done, from `from` to `to` of the whole, with reports and a way to cancel it. */
export type Watch = <T>(activity: string, from: number, to: number, steps: Generator<number, T>) => Promise<T>

export function watch(where: string, running: Running): Watch {
  const breathe = breather(where, running)
  return async (activity, from, to, steps) => {
    for (;;) {
      const { done, value } = steps.next()
      if (done === true) return value
      if (breathe.due()) await breathe({ fraction: from + (to - from) * Math.min(Math.max(value, 0), 1), activity }, () => undefined)
    }
  }
}
