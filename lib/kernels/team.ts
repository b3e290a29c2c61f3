import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMainThread, Worker } from 'node:worker_threads'
import { kernelMemory, kernels, lease } from './machine.ts'
import { looks, mostArgs, partEnd, word, words } from './team-protocol.ts'

/** Threads that take parts of the same sweep over memory that they share. */
export interface Team {
  readonly members: number
  /**
   * Calls the kernel `name` with (from, to, ...args) on parts of 0 … count − 1 that begin at multiples of `grain`, on all members at once, and returns when all have ended.
   * What a kernel writes must not depend on where the parts begin.
   */
  each(name: string, count: number, args: readonly number[], grain?: number): void
}

type Kernel = (from: number, to: number, ...args: number[]) => void

/** The team of this thread alone. */
export const alone: Team = {
  members: 1,
  each: (name, count, args) => kernels<Record<string, Kernel>>()[name](0, count, ...args),
}

const memberUrl = new URL(import.meta.url.endsWith('.ts') ? '../../dist/kernels/team-member.js' : '../kernels/team-member.js', import.meta.url)

let made: Promise<Team> | undefined

/**
 * This process's team of `members`, started when first asked for; it keeps no process alive. `alone` in worker threads, whose cores have work already, and where the built
 * package is missing or another than the sources.
 */
export function team(members: number): Promise<Team> {
  if (members < 2 || !isMainThread || !existsSync(fileURLToPath(memberUrl))) return Promise.resolve(alone)
  return (made ??= start(members))
}

async function start(members: number): Promise<Team> {
  const { take } = lease()
  const control = take(Int32Array, words)
  const numbers = take(Float64Array, mostArgs)
  control.fill(0)
  const names = Object.keys(kernels<object>()).sort()
  const joined = await Promise.all(Array.from({ length: members - 1 }, (_, k) => new Promise<boolean>((resolve, reject) => {
    const worker = new Worker(memberUrl, { execArgv: [], workerData: { memory: kernelMemory(), control: control.byteOffset, numbers: numbers.byteOffset, names, member: k + 1, members } })
    worker.once('message', (same: boolean) => {
      worker.unref()
      resolve(same)
    })
    worker.once('error', reject)
  })))
  if (joined.includes(false)) return alone
  const functions = kernels<Record<string, Kernel>>()
  return {
    members,
    each(name, count, args, grain = 1) {
      control[word.kernel] = names.indexOf(name)
      control[word.count] = count
      control[word.grain] = grain
      control[word.args] = args.length
      numbers.set(args)
      Atomics.store(control, word.done, 0)
      Atomics.add(control, word.call, 1)
      Atomics.notify(control, word.call)
      functions[name](0, partEnd(count, grain, members, 1), ...args)
      wait(control, members - 1)
      if (control[word.failed] !== 0) throw new Error(`team: kernel ${name} failed on another thread`)
    },
  }
}

/** Spins, then sleeps: the others are as good as done, unless they have lost their core. */
function wait(control: Int32Array, others: number): void {
  for (let look = 0; look < looks; look++) if (Atomics.load(control, word.done) === others) return
  for (let done = Atomics.load(control, word.done); done !== others; done = Atomics.load(control, word.done)) Atomics.wait(control, word.done, done)
}
