import { fft, transformAxis } from './fft.ts'
import { scratch } from './machine.ts'
import { alone } from './team.ts'

/** Convolution of real lines with an even kernel through a circulant. */
export interface Circulant {
  /** Transform length. */
  length: number
  /** out_i = Σ_j kernel(i − j) line_j for i < out.length; the line may be shorter than `length`. */
  convolve(line: Float64Array, out: Float64Array): void
}

/** `kernel(d)` for −length/2 < d ≤ length/2, even in d; its transform is then real. */
export function circulant(length: number, kernel: (d: number) => number): Circulant {
  const even = new Float64Array(2 * length)
  for (let d = 0; d <= length / 2; d++) {
    even[2 * d] = kernel(d)
    even[2 * ((length - d) % length)] = even[2 * d]
  }
  const gains = fft(even, [length])
  const convolve = (line: Float64Array, out: Float64Array): void => scratch((take) => {
    const work = take(Float64Array, 2 * length)
    work.fill(0)
    for (let j = 0; j < line.length; j++) work[2 * j] = line[j]
    transformAxis(work, [length], 0, false, alone)
    for (let k = 0; k < length; k++) {
      work[2 * k] *= gains[2 * k]
      work[2 * k + 1] *= gains[2 * k]
    }
    transformAxis(work, [length], 0, true, alone)
    for (let i = 0; i < out.length; i++) out[i] = work[2 * i]
  })
  return { length, convolve }
}

export function powerOfTwoFrom(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, n)))
}
