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
/** Points that go through the memory of the kernels together when they do not lie there, at most, and the numbers they should fill: what a second-level cache holds. */
const mostCarried = 1024
const roomSize = 32768

/** Computes what `tape` does, to the same bits, by compiled code once it has been asked for more than a few points. The roots are made when first needed. */
export function compile(makeRoots: () => readonly Node[]): Tape {
  let code: Tape | undefined
  let plain: Tape | undefined
  let roots: readonly Node[] = []
  let nodes: readonly Node[] = []
  let seen = 0
  return (points, count, out) => {
    if (code !== undefined) return code(points, count, out)
    if (plain === undefined) {
      roots = lower(makeRoots())
      nodes = reachable(roots)
      plain = tape(nodes, roots)
    }
    seen += count
    if (seen < few) return plain(points, count, out)
    code = available && nodes.length <= mostNodes ? instantiate(nodes, roots, plain) : plain
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
  const chunk = Math.min(mostCarried, Math.max(16, Math.floor(roomSize / (rows + roots.length))))

  /** Points start … start + count − 1 of `total`, by way of memory that the code can reach; an even number of them, the last one twice if need be. */
  const carried = (points: ArrayLike<number>, start: number, count: number, total: number, out: Float64Array) => {
    const width = count + (count & 1)
    const room = roomFor((rows + roots.length) * width)
    const held = room.numbers
    for (const k of variables) {
      copy(points, k * total + start, count, held, k * width)
      held[(k + 1) * width - 1] = held[k * width + count - 1]
    }
    const results = rows * width
    if (run(room.address, 8 * width, width, room.address + 8 * results, 8 * width) !== 0) {
      plain(held.subarray(0, results), width, held.subarray(results))
    }
    for (let k = 0; k < roots.length; k++) copy(held, results + k * width, count, out, k * total + start)
  }
  /** The same for a single point, whose copies would take longer than the rest. */
  const single = (points: ArrayLike<number>, out: Float64Array) => {
    const room = roomFor(2 * (rows + roots.length))
    const held = room.numbers
    for (let i = 0; i < variables.length; i++) {
      const k = variables[i]
      held[2 * k] = held[2 * k + 1] = points[k]
    }
    if (run(room.address, 16, 2, room.address + 16 * rows, 16) !== 0) return plain(points, 1, out)
    for (let k = 0; k < roots.length; k++) out[k] = held[2 * (rows + k)]
  }
  return (points, count, out) => {
    if (count === 1) return single(points, out)
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

/** Memory of the kernels, and where it is. */
interface Room {
  numbers: Float64Array
  address: number
  lent: Lease
}

let room: Room | undefined

/** Room for at least as many numbers, the same for all expressions, because none waits for another. */
function roomFor(length: number): Room {
  if (room !== undefined && room.numbers.length >= length) return room
  room?.lent.release()
  const lent = lease()
  const numbers = lent.take(Float64Array, Math.max(length, roomSize))
  room = { numbers, address: numbers.byteOffset, lent }
  return room
}
