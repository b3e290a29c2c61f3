import { readFileSync } from 'node:fs'
import { unzipSync } from 'fflate'
import { expect } from 'vitest'

interface Parsed {
  shape: number[]
  values: number[]
}

/** An .npy file taken apart by its specification. */
export function parseNpy(bytes: Uint8Array): Parsed {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  expect(Buffer.from(bytes.subarray(0, 8))).toEqual(Buffer.from('\u0093NUMPY\u0001\u0000', 'latin1'))
  const start = 10 + view.getUint16(8, true)
  expect(start % 64).toBe(0)
  const header = Buffer.from(bytes.subarray(10, start)).toString('latin1')
  const match = /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(([\d, ]*)\), \} *\n$/.exec(header)!
  // A tuple of one number has a comma after it.
  const shape = match[1].split(',').filter((part) => part.trim() !== '').map(Number)
  expect(match[1].includes(',')).toBe(true)
  const values = Array.from({ length: (bytes.length - start) / 8 }, (_, i) => view.getFloat64(start + 8 * i, true))
  expect(values.length).toBe(shape.reduce((product, n) => product * n, 1))
  return { shape, values }
}

export function parseNpz(path: string): Record<string, Parsed> {
  return Object.fromEntries(Object.entries(unzipSync(readFileSync(path))).map(([name, bytes]) => [name.replace(/\.npy$/, ''), parseNpy(bytes)]))
}
