import { addressOf, available, kernelMemory, kernels, lease } from '../../kernels/machine.ts'
import type { Lease } from '../../kernels/machine.ts'
import { emit } from './emit.ts'
import { reachable } from './graph.ts'
import type { Node } from './graph.ts'
import { lower } from './lower.ts'
import { tape } from './tape.ts'
import type { Tape } from './tape.ts'

/** Points that go over the tape before code is made: making it takes a few milliseconds. Once made it is faster but for single points of the shortest expressions. */
const few = 512
/** Larger graphs stay on the tape: the engine would take too long over their code. */
const mostNodes = 3000
/** Points that go through the memory of the kernels together when they do not lie there. */
const chunk = 1024

/** Computes what `tape` does, to the same bits, by compiled code once it has been asked for more than a few points. */
export function compile(roots: readonly Node[]): Tape {
  const lowered = lower(roots)
  const nodes = reachable(lowered)
  const plain = tape(nodes, lowered)
  if (!available || nodes.length > mostNodes) return plain
  let code: Tape | undefined
  let seen = 0
  return (points, count, out) => {
    if (code !== undefined) return code(points, count, out)
    seen += count
    if (seen < few) return plain(points, count, out)
    code = instantiate(nodes, lowered, plain)
    code(points, count, out)
  }
}

/** Returns whether the batch must be computed by the tape. */
type Run = (points: number, stride: number, count: number, out: number, outStride: number) => number

function instantiate(nodes: readonly Node[], roots: readonly Node[], plain: Tape): Tape {
  const module = new WebAssembly.Module(emit(nodes, roots))
  const { exports } = new WebAssembly.Instance(module, { env: { memory: kernelMemory() }, functions: kernels<Record<string, unknown>>() })
  const run = exports.run as Run
  const variables = nodes.flatMap((node) => (node.kind === 'variable' ? [node.index] : []))
  const rows = Math.max(0, ...variables.map((index) => index + 1))

  /** Points start … start + count − 1 of `total`, by way of memory that the code can reach; an even number of them, the last one twice if need be. */
  const carried = (points: ArrayLike<number>, start: number, count: number, total: number, out: Float64Array) => {
    const width = count + (count & 1)
    const held = roomFor((rows + roots.length) * width)
    for (const k of variables) {
      copy(points, k * total + start, count, held, k * width)
      held[(k + 1) * width - 1] = held[k * width + count - 1]
    }
    const results = rows * width
    if (run(held.byteOffset, 8 * width, width, held.byteOffset + 8 * results, 8 * width) !== 0) {
      plain(held.subarray(0, results), width, held.subarray(results))
    }
    for (let k = 0; k < roots.length; k++) copy(held, results + k * width, count, out, k * total + start)
  }
  return (points, count, out) => {
    if (count === 1) return carried(points, 0, 1, 1, out)
    const from = points instanceof Float64Array ? addressOf(points) : undefined
    const to = from === undefined ? undefined : addressOf(out)
    if (from === undefined || to === undefined || (from < to + out.byteLength && to < from + 8 * points.length)) {
      for (let start = 0; start < count; start += chunk) carried(points, start, Math.min(chunk, count - start), count, out)
      return
    }
    if (run(from, 8 * count, count - (count & 1), to, 8 * count) !== 0) plain(points, count, out)
    else if ((count & 1) === 1) carried(points, count - 1, 1, count, out)
  }
}

function copy(from: ArrayLike<number>, start: number, count: number, to: Float64Array, at: number): void {
  if (count > 32 && from instanceof Float64Array) to.set(from.subarray(start, start + count), at)
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]
}

let room: { numbers: Float64Array, lent: Lease } | undefined

/** Memory of the kernels for at least as many numbers, the same for all expressions, because none waits for another. */
function roomFor(length: number): Float64Array {
  if (room === undefined || room.numbers.length < length) {
    room?.lent.release()
    const lent = lease()
    room = { numbers: lent.take(Float64Array, Math.max(length, 8 * chunk)), lent }
  }
  return room.numbers
}
