import { zipSync } from 'fflate'

/** Numbers with a shape, C order, as NumPy writes them. */
export interface NamedArray {
  shape: readonly number[]
  data: Float64Array
}

/**
 * The bytes of a `.npy` file, format 1.0: float64, little endian, C order, the header padded to a multiple of 64 bytes (NumPy Enhancement
 * Proposal 1).
 */
export function npy({ shape, data }: NamedArray): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${dimensions}), }`
  const start = Math.ceil((10 + header.length + 1) / 64) * 64
  const bytes = new Uint8Array(start + 8 * data.length)
  const view = new DataView(bytes.buffer)
  bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0])
  view.setUint16(8, start - 10, true)
  bytes.set(Buffer.from(`${header.padEnd(start - 11)}\n`), 10)
  data.forEach((value, i) => view.setFloat64(start + 8 * i, value, true))
  return bytes
}

/** The bytes of a `.npz` file: one `.npy` member an array, compressed. */
export function npz(arrays: Record<string, NamedArray>): Uint8Array {
  // A fixed date: the same arrays give the same bytes.
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npy(array)])), { mtime: '1980-01-01T00:00:00' })
}
