import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { integer, options } from '../core/arguments.ts'
import { ArgumentError, Cancelled, FileError } from '../core/errors.ts'
import { totalProgress } from './executor.ts'
import type { Executor, PieceState } from './executor.ts'
import { errorOf } from './message.ts'
import type { Order, Report } from './message.ts'
import { pack } from './portable.ts'
import type { Progress } from './progress.ts'

/** A piece that waits or runs. */
interface Job {
  id: number
  task: string
  piece: unknown
  onProgress: (progress: Progress) => void
  /** Told to stop, perhaps before its worker listened. */
  cancelled: boolean
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

interface Seat {
  worker: Worker
  /** Resolves when the worker listens. */
  ready: Promise<void>
  job: Job | undefined
}

/** The built worker, also when the sources themselves are run. */
const workerUrl = new URL(import.meta.url.endsWith('.ts') ? '../../dist/bundle/worker.js' : '../bundle/worker.js', import.meta.url)
export const workerFile = fileURLToPath(workerUrl)

/**
 * Worker threads, started when first needed and kept until `close()`; they keep no process alive while idle. `workers` is by default what the machine
 * runs side by side. Results are those of `inline()` bit for bit. What is sent to them must be plain data, expressions, catalogue entries or
 * `fromModule(url, exportName)`: a function of the caller's is an ArgumentError before any work.
 */
export function threads(given: { workers?: number } = {}): Executor {
  options('threads', given, ['workers'])
  const workers = integer('threads', 'workers', given.workers ?? availableParallelism(), 1)
  const seats: Seat[] = []
  const waiting: Job[] = []
  let closed = false
  let lastId = 0

  const seatWorker = (): Seat => {
    const worker = new Worker(workerUrl, { execArgv: [] })
    let listening: () => void
    const seat: Seat = { worker, ready: new Promise((resolve) => (listening = resolve)), job: undefined }
    worker.unref()
    const fail = (error: Error): void => {
      seats.splice(seats.indexOf(seat), 1)
      seat.job?.reject(error)
      seat.job = undefined
      listening()
      const next = waiting.shift()
      if (next !== undefined) enqueue(next)
    }
    worker.on('message', (report: Report) => {
      if (report.kind === 'ready') return listening()
      const { job } = seat
      if (job === undefined || report.id !== job.id) return
      if (report.kind === 'progress') return tell(seat, job, report.progress)
      leave(seat)
      if (report.kind === 'result') job.resolve(report.result)
      else job.reject(errorOf(report.error))
    })
    worker.on('error', (error) => fail(error))
    worker.on('exit', (code) => {
      if (seats.includes(seat)) fail(new Error(`threads: a worker stopped with exit code ${code}`))
    })
    seats.push(seat)
    return seat
  }
  const take = async (seat: Seat, job: Job): Promise<void> => {
    seat.job = job
    seat.worker.ref()
    await seat.ready
    if (seat.job !== job) return
    const { id, task, piece } = job
    try {
      if (job.cancelled) throw neverBegun()
      seat.worker.postMessage({ kind: 'run', id, task, piece } satisfies Order)
    } catch (error) {
      // What cannot be cloned ends here, too.
      leave(seat)
      job.reject(error as Error)
    }
  }
  /** A report that the caller's own function chokes on ends its job; the seat is free once the worker has stopped. */
  const tell = (seat: Seat, job: Job, progress: Progress): void => {
    try {
      job.onProgress(progress)
    } catch (error) {
      job.reject(error as Error)
      seat.worker.postMessage({ kind: 'cancel', id: job.id } satisfies Order)
    }
  }
  const leave = (seat: Seat): void => {
    seat.job = undefined
    const next = waiting.shift()
    if (next === undefined) seat.worker.unref()
    else void take(seat, next)
  }
  const enqueue = (job: Job): void => {
    const seat = seats.find((idle) => idle.job === undefined) ?? (seats.length < workers ? seatWorker() : undefined)
    if (seat === undefined) waiting.push(job)
    else void take(seat, job)
  }
  /** A waiting job is dropped, a running one told to stop. */
  const cancel = (job: Job): void => {
    const place = waiting.indexOf(job)
    if (place >= 0) {
      waiting.splice(place, 1)
      return job.reject(neverBegun())
    }
    job.cancelled = true
    seats.find((seat) => seat.job === job)?.worker.postMessage({ kind: 'cancel', id: job.id } satisfies Order)
  }

  return {
    name: 'threads',
    workers,
    async run(where, task, pieces, watch) {
      if (closed) throw new ArgumentError(`${where}: executor must be open, got one that is closed`)
      if (!existsSync(workerFile)) throw new FileError(`${where}: the built package must be there for threads, got no ${workerFile}; npm run build makes it`)
      const packed = pieces.map((piece) => pack(where, piece))
      if (watch.signal?.aborted) throw new Cancelled<PieceState[]>(`${where}: cancelled`, [])
      const total = totalProgress(pieces.length, watch)
      const jobs: Job[] = []
      const stop = (): void => jobs.slice().forEach(cancel)
      watch.signal?.addEventListener('abort', stop, { once: true })
      const outcomes = packed.map(async (piece, index) => {
        const result = await new Promise<unknown>((resolve, reject) => {
          const job: Job = { id: ++lastId, task: task.name, piece, onProgress: total.of(index), cancelled: false, resolve, reject }
          jobs.push(job)
          enqueue(job)
        })
        total.done(index)
        watch.onResult(result as never, index)
      })
      // The first failure ends the others; all have stopped before the job does.
      for (const outcome of outcomes) outcome.catch((error: unknown) => error instanceof Cancelled || stop())
      const settled = await Promise.allSettled(outcomes)
      watch.signal?.removeEventListener('abort', stop)
      const failures = settled.flatMap((outcome, index) => (outcome.status === 'rejected' ? [{ index, error: outcome.reason as Error }] : []))
      const failure = failures.find(({ error }) => !(error instanceof Cancelled)) ?? failures[0]
      if (failure === undefined) return
      if (!(failure.error instanceof Cancelled)) throw failure.error
      const states = failures.map(({ index, error }) => ({ index, state: (error as Cancelled).state })).filter(({ state }) => state !== undefined)
      throw new Cancelled<PieceState[]>(`${where}: cancelled`, states)
    },
    async close() {
      closed = true
      const ending = seats.splice(0)
      for (const job of [...waiting.splice(0), ...ending.map((seat) => seat.job)]) job?.reject(new Error('threads: closed while at work'))
      await Promise.all(ending.map(({ worker }) => worker.terminate()))
    },
  }
}

function neverBegun(): Cancelled {
  return new Cancelled('threads: cancelled before it began', undefined)
}
