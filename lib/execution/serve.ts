import { parentPort } from 'node:worker_threads'
import { plainError } from './message.ts'
import type { Order, Report } from './message.ts'
import { makersOf, unpack } from './portable.ts'
import type { Progress } from './progress.ts'
import { taskNamed } from './task.ts'

/** Loads the module that registers a task or a maker. */
type Loaders = Readonly<Record<string, () => Promise<unknown>>>

/** Makes this thread a worker: it runs the tasks that it is sent, one at a time, loading what they need. */
export function serve(tasks: Loaders, makers: Loaders): void {
  const port = parentPort
  if (port === null) throw new Error('worker: this module runs in a worker thread only')
  const running = new Map<number, AbortController>()
  const send = (report: Report): void => port.postMessage(report)
  const run = async ({ id, task, piece }: Extract<Order, { kind: 'run' }>): Promise<void> => {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      await tasks[task]?.()
      for (const maker of makersOf(piece)) await makers[maker]?.()
      const onProgress = (progress: Progress): void => send({ kind: 'progress', id, progress })
      send({ kind: 'result', id, result: await taskNamed(task).run(unpack(piece), { signal: controller.signal, onProgress }) })
    } catch (error) {
      send({ kind: 'error', id, error: plainError(error) })
    } finally {
      running.delete(id)
    }
  }
  port.on('message', (order: Order) => {
    if (order.kind === 'cancel') running.get(order.id)?.abort()
    else void run(order)
  })
  send({ kind: 'ready' })
}
