import { parentPort, workerData } from 'node:worker_threads'
import { join, kernels } from './machine.ts'
import { looks, mostArgs, partEnd, word, words } from './team-protocol.ts'

// A thread of a team: it looks for calls, does its part of each, and never returns to its event loop.

const { memory, control: controlAt, numbers: numbersAt, names, member, members } = workerData as {
  memory: WebAssembly.Memory
  control: number
  numbers: number
  names: string[]
  member: number
  members: number
}
join(memory)
const functions = kernels<Record<string, (from: number, to: number, ...args: number[]) => void>>()
const control = new Int32Array(memory.buffer, controlAt, words)
const numbers = new Float64Array(memory.buffer, numbersAt, mostArgs)

// A build that is older than the sources has other kernels, and takes no part.
const same = names.join() === Object.keys(functions).sort().join()
parentPort?.postMessage(same)
if (same) serve()

function serve(): never {
  for (let seen = 0; ;) {
    for (let look = 0; look < looks && Atomics.load(control, word.call) === seen; look++);
    while (Atomics.load(control, word.call) === seen) Atomics.wait(control, word.call, seen)
    seen = Atomics.load(control, word.call)
    try {
      const [count, grain] = [control[word.count], control[word.grain]]
      functions[names[control[word.kernel]]](partEnd(count, grain, members, member), partEnd(count, grain, members, member + 1), ...numbers.subarray(0, control[word.args]))
    } catch {
      control[word.failed] = 1
    }
    Atomics.add(control, word.done, 1)
    Atomics.notify(control, word.done)
  }
}
