import { fft } from '../../dist/kernels/fft.js'

/** @type {import('./index.mjs').Case} */
const transform = {
  id: 'w5',
  title: ({ size }) => `Fourier transform of ${size}² complex numbers`,
  statement: 'x_k = sin 0.1k + i cos 0.37k, rows one after the other',
  measure: 'largest distance from sums over all numbers at 20 frequencies, over the root mean square',
  parameters: (quick) => ({ size: quick ? 32 : 1024 }),
  c: { source: 'w5.c', args: ({ size }) => [`${size}`], needs: 'fftw' },
  python: { source: 'w5.py' },
  async ours({ size }) {
    const values = valuesOf(size)
    return [{ name: 'fft', threads: 1, run: () => fft(values, [size, size]) }]
  },
  async reference({ size }) {
    const values = valuesOf(size)
    const picked = Array.from({ length: 20 }, (_, k) => [(k * 97 + 13) % size, (k * 631 + 7) % size])
    const exact = picked.map(([p, q]) => modeOf(values, size, p, q))
    return (result) => {
      const rms = Math.sqrt(result.reduce((sum, value) => sum + value * value, 0) / size ** 2)
      return Math.max(...picked.map(([p, q], k) => Math.hypot(result[2 * (p * size + q)] - exact[k][0], result[2 * (p * size + q) + 1] - exact[k][1]) / rms))
    }
  },
}

/** @param {number} size */
function valuesOf(size) {
  return Float64Array.from({ length: 2 * size * size }, (_, k) => (k % 2 === 0 ? Math.sin(0.05 * k) : Math.cos((0.37 * (k - 1)) / 2)))
}

/** Σ x e^{−2πi(pa + qb)/size}, from factors of exact arguments. @param {Float64Array} x @param {number} size @param {number} p @param {number} q */
function modeOf(x, size, p, q) {
  const [cosines, sines] = [Math.cos, Math.sin].map((wave) => Float64Array.from({ length: size }, (_, k) => wave((2 * Math.PI * k) / size)))
  let [real, imaginary] = [0, 0]
  for (let a = 0; a < size; a++) {
    let [rowReal, rowImaginary] = [0, 0]
    for (let b = 0; b < size; b++) {
      const [c, s] = [cosines[(p * a + q * b) % size], sines[(p * a + q * b) % size]]
      const [re, im] = [x[2 * (a * size + b)], x[2 * (a * size + b) + 1]]
      rowReal += re * c + im * s
      rowImaginary += im * c - re * s
    }
    real += rowReal
    imaginary += rowImaginary
  }
  return [real, imaginary]
}

export const w5 = [transform]
