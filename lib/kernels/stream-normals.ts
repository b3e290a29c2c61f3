import { available, kernels, lease, scratch } from './machine.ts'
import { keyOf } from './philox.ts'
import { fillNormals, ziggurat } from './ziggurat.ts'

interface Kernels {
  streamNormals(from: number, to: number, key0: number, key1: number, word0: number, word1: number, word2: number, table: number, out: number): void
}

let table: Float64Array | undefined

/** The layers in this thread's memory of the kernels, once and for all. */
export function zigguratAddress(): number {
  if (table === undefined) {
    table = lease().take(Float64Array, ziggurat.length)
    table.set(ziggurat)
  }
  return table.byteOffset
}

/** Numbers that a call of the kernel makes. */
const group = 16
/** Fewer are made sooner by the twin; more at a time would leave the second-level cache. */
const [least, most] = [64, 16384]

/** Normals 0, 1, … of a stream: `fillNormals` on the kernels where there is shared memory. */
export function streamNormals(seed: number, stream: ArrayLike<number>, out: Float64Array): Float64Array {
  if (out.length < least || !available) return fillNormals(seed, stream, out)
  const [key0, key1] = keyOf(seed, 0)
  const layers = zigguratAddress()
  return scratch((take) => {
    const groups = Math.ceil(Math.min(most, out.length) / group)
    const part = take(Float64Array, groups * group)
    for (let start = 0; start < out.length; start += part.length) {
      const first = start / group
      const count = Math.min(part.length, out.length - start)
      kernels<Kernels>().streamNormals(first, first + Math.ceil(count / group), key0, key1, stream[0], stream[1], stream[2], layers, part.byteOffset - 8 * start)
      out.set(part.subarray(0, count), start)
    }
    return out
  })
}
