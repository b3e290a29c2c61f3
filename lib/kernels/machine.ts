import { binary } from './binary.ts'

/*
 * The WebAssembly kernels of this thread and their memory. The memory, of at most 4 GiB, is shared so that threads can work on it together
 * and views of it stay valid when it grows. Where an engine gives no shared memory (a page that is not cross-origin isolated) there are no kernels, and their twins in
 * TypeScript do the work to the same bits.
 */

const page = 65536
const alignment = 64

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
    memory = new WebAssembly.Memory({ initial: 2, maximum: 65536, shared: true })
    instance = new WebAssembly.Instance(new WebAssembly.Module(bytes()), { env: { memory } }).exports as unknown as { heapBase(): number }
    top = align(instance.heapBase())
  }
  return instance as unknown as K
}

export function kernelMemory(): WebAssembly.Memory {
  kernels()
  return memory!
}

function align(address: number): number {
  return Math.ceil(address / alignment) * alignment
}

/** Takes memory for numbers until `scratch` gives it back. Not cleared. */
export type Take = <T extends Float64Array | Int32Array | Uint32Array>(type: new (buffer: ArrayBufferLike, offset: number, length: number) => T, length: number) => T

/** Runs `work` with memory of the kernels that is free again afterwards. What it returns must not be a view of that memory. */
export function scratch<R>(work: (take: Take) => R): R {
  kernels()
  const mark = top
  try {
    return work(take)
  } finally {
    top = mark
  }
}

const take: Take = (type, length) => {
  const start = top
  const size = align(length * (type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT)
  const missing = start + size - memory!.buffer.byteLength
  if (missing > 0) memory!.grow(Math.ceil(missing / page))
  top = start + size
  return new type(memory!.buffer, start, length)
}
