import FFT from 'fft.js'

/** Convolution of real lines with an even kernel through a power-of-two circulant. */
export interface Circulant {
  /** Transform length. */
  length: number
  /** out_i = Σ_j kernel(i − j) line_j for i < out.length; the line may be shorter than `length`. */
  convolve(line: Float64Array, out: Float64Array): void
}

/** `kernel(d)` for −length/2 < d ≤ length/2, even in d; its transform is then real. */
export function circulant(length: number, kernel: (d: number) => number): Circulant {
  const fft = new FFT(length)
  const work = new Float64Array(2 * length)
  const spectrum = new Float64Array(2 * length)
  for (let d = 0; d <= length / 2; d++) {
    work[2 * d] = kernel(d)
    work[2 * ((length - d) % length)] = work[2 * d]
  }
  fft.transform(spectrum, work)
  const gains = Float64Array.from({ length }, (_, k) => spectrum[2 * k])
  const convolve = (line: Float64Array, out: Float64Array): void => {
    work.fill(0)
    for (let j = 0; j < line.length; j++) work[2 * j] = line[j]
    fft.transform(spectrum, work)
    for (let k = 0; k < length; k++) {
      spectrum[2 * k] *= gains[k]
      spectrum[2 * k + 1] *= gains[k]
    }
    fft.inverseTransform(work, spectrum)
    for (let i = 0; i < out.length; i++) out[i] = work[2 * i]
  }
  return { length, convolve }
}

export function powerOfTwoFrom(n: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, n)))
}
