import { ArgumentError } from '../core/errors.ts'
import { binary } from './binary.ts'

/*
 * The WebAssembly kernels of this thread and their memory. The memory, of at most 4 GiB, is shared so that threads can work on it together
 * and views of it stay valid when it grows. Where an engine gives no shared memory (a page that is not cross-origin isolated) there are no kernels, and their twins in
 * TypeScript do the work to the same bits.
 */

const page = 65536
const most = 65536 * page
const alignment = 64

/** Whether there are kernels. */
export const available = typeof SharedArrayBuffer === 'function'

let instance: { heapBase(): number } | undefined
let memory: WebAssembly.Memory | undefined
let top = 0

/** The module, compiled once a thread. */
function bytes(): Uint8Array<ArrayBuffer> {
  const text = atob(binary)
  const result = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i)
  return result
}

/** The functions of assembly/index.ts that K lists, instantiated at first use. Pointers are byte addresses. */
export function kernels<K>(): K {
  if (instance === undefined) {
    join(new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true }))
    top = align(instance!.heapBase())
  }
  return instance as unknown as K
}

/** Instantiates this thread's kernels on another thread's memory. Only that thread lends it. */
export function join(other: WebAssembly.Memory): void {
  memory = other
  instance = new WebAssembly.Instance(new WebAssembly.Module(bytes()), { env: { memory } }).exports as unknown as { heapBase(): number }
}

export function kernelMemory(): WebAssembly.Memory {
  kernels()
  return memory!
}

function align(address: number): number {
  return Math.ceil(address / alignment) * alignment
}

/** Free ranges below `top`, [start, end) in order, never touching each other. */
const gaps: [number, number][] = []

/** The first gap that is large enough, or new memory at the top. */
function allocate(size: number): number {
  const fit = gaps.findIndex(([start, end]) => end - start >= size)
  if (fit >= 0) {
    const gap = gaps[fit]
    const start = gap[0]
    gap[0] += size
    if (gap[0] === gap[1]) gaps.splice(fit, 1)
    return start
  }
  const start = top
  if (start + size > most) throw new ArgumentError(`kernels: arrays must fit into 4 GiB a thread, got ${((start + size) / 2 ** 30).toFixed(1)} GiB; use a smaller grid or fewer paths at once`)
  const missing = start + size - memory!.buffer.byteLength
  if (missing > 0) memory!.grow(Math.ceil(missing / page))
  top = start + size
  return start
}

function free(start: number, size: number): void {
  let place = gaps.findIndex(([from]) => from > start)
  if (place < 0) place = gaps.length
  gaps.splice(place, 0, [start, start + size])
  if (place + 1 < gaps.length && gaps[place][1] === gaps[place + 1][0]) gaps.splice(place, 2, [gaps[place][0], gaps[place + 1][1]])
  if (place > 0 && gaps[place - 1][1] === gaps[place][0]) gaps.splice(place - 1, 2, [gaps[place - 1][0], gaps[place][1]])
  if (gaps.length > 0 && gaps.at(-1)![1] === top) top = gaps.pop()![0]
}

type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array

/** Takes memory of the kernels for numbers. Not cleared. */
export type Take = <T extends Numbers>(type: new (buffer: ArrayBufferLike, offset: number, length: number) => T, length: number) => T

/** Arrays like any other, out of the kernels' reach. */
export const ordinaryTake: Take = (type, length) => new (type as unknown as new (length: number) => InstanceType<typeof type>)(length)

/** Memory of the kernels, until it is released: views of it must not be looked at any more then. */
export interface Lease {
  take: Take
  release(): void
}

/** Buffers that the memory was lent from, and the last of them: there is a new one whenever it has grown. */
const buffers = new WeakSet<ArrayBufferLike>()
let latest: ArrayBufferLike | undefined

/** The address of numbers that lie in the memory of the kernels. */
export function addressOf(numbers: Float64Array): number | undefined {
  const { buffer } = numbers
  return buffer === latest || buffers.has(buffer) ? numbers.byteOffset : undefined
}

/** For work that pauses. Whoever takes a lease releases it in a `finally`. Where there are no kernels, of arrays like any other. */
export function lease(): Lease {
  if (!available) return { take: ordinaryTake, release: () => {} }
  kernels()
  const taken: [number, number][] = []
  return {
    take(type, length) {
      const size = align(Math.max(1, length) * (type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT)
      const start = allocate(size)
      taken.push([start, size])
      latest = memory!.buffer
      buffers.add(latest)
      return new type(latest, start, length)
    },
    release() {
      for (const [start, size] of taken.splice(0)) free(start, size)
    },
  }
}

/** Runs `work` with memory that is free again afterwards. What it returns must not be a view of that memory. */
export function scratch<R>(work: (take: Take) => R): R {
  const { take, release } = lease()
  try {
    return work(take)
  } finally {
    release()
  }
}
