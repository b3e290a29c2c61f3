import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fft, inverseFft, transformLinesPlainly, turn } from '../../lib/kernels/fft.ts'

/** Σ_j x_j e^{−2πi jk/n} along one axis, term by term. */
function plainTransform(values: Float64Array, n: number, inner: number): Float64Array {
  const out = new Float64Array(values.length)
  for (let place = 0; place < values.length / 2; place++) {
    const k = Math.floor(place / inner) % n
    const start = place - k * inner
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n
      const [x, y] = values.subarray(2 * (start + j * inner), 2 * (start + j * inner) + 2)
      out[2 * place] += x * Math.cos(angle) - y * Math.sin(angle)
      out[2 * place + 1] += x * Math.sin(angle) + y * Math.cos(angle)
    }
  }
  return out
}

function norm(values: Float64Array): number {
  // In blocks, so that the sum's own rounding stays below what it measures.
  let sum = 0
  for (let i = 0; i < values.length; i += 256) sum += values.subarray(i, i + 256).reduce((part, value) => part + value * value, 0)
  return Math.sqrt(sum)
}

function distance(a: Float64Array, b: Float64Array): number {
  return norm(a.map((value, i) => value - b[i]))
}

function noise(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (((i + 1) * 2654435761) % 4294967296) / 2147483648 - 1)
}

/** Powers of two, products of 2, 3 and 5, primes and their products. */
const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 20, 25, 27, 30, 32, 49, 60, 64, 77, 97, 100, 125, 128, 240, 243, 256, 257]

describe('fft', () => {
  it('equals the sums on lines of many lengths, with kernels and without', () => {
    for (const n of lengths) {
      const x = noise(2 * n)
      const exact = plainTransform(x, n, 1)
      // The plain sums round each angle and each term.
      const allowed = 4 * Number.EPSILON * Math.sqrt(n) * norm(exact)
      expect(distance(fft(x, [n]), exact)).toBeLessThanOrEqual(allowed)
      const plain = x.slice()
      if (n > 1) transformLinesPlainly(plain, n, 1, false)
      expect(distance(plain, exact)).toBeLessThanOrEqual(allowed)
    }
  })

  it('transforms along every axis of any shape, few lines or many, and back', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 21 }), { minLength: 1, maxLength: 3 }), fc.nat(), (shape, seed) => {
      const size = shape.reduce((product, n) => product * n, 1)
      const x = noise(2 * size + (seed % 100)).subarray(seed % 100)
      const plain = x.slice()
      let exact: Float64Array = x.slice()
      let back = fft(x, shape)
      shape.forEach((n, k) => {
        const inner = shape.slice(k + 1).reduce((product, m) => product * m, 1)
        exact = plainTransform(exact, n, inner)
        if (n > 1) transformLinesPlainly(plain, n, inner, false)
      })
      expect(distance(back, exact)).toBeLessThanOrEqual(1e-14 * norm(exact))
      expect(distance(plain, exact)).toBeLessThanOrEqual(1e-14 * norm(exact))
      back = inverseFft(back, shape)
      expect(distance(back, x)).toBeLessThanOrEqual(3e-15 * norm(x))
      shape.forEach((n, k) => {
        if (n > 1) transformLinesPlainly(plain, n, shape.slice(k + 1).reduce((product, m) => product * m, 1), true)
      })
      expect(distance(plain, x)).toBeLessThanOrEqual(3e-15 * norm(x))
    }), { numRuns: 60 })
  })

  it('comes back from 2^k and from long primes to a few units of the last place', () => {
    for (const n of [1024, 1920, 4096, 65536, 10007, 46656]) {
      const x = noise(2 * n)
      const transformed = fft(x, [n])
      expect(Math.abs(norm(transformed) / Math.sqrt(n) / norm(x) - 1)).toBeLessThanOrEqual(4 * Number.EPSILON * Math.log2(n))
      const plain = x.slice()
      transformLinesPlainly(plain, n, 1, false)
      expect(distance(transformed, plain)).toBeLessThanOrEqual(Number.EPSILON * Math.log2(n) * norm(plain))
      expect(distance(inverseFft(transformed, [n]), x)).toBeLessThanOrEqual(Number.EPSILON * Math.log2(n) * norm(x))
    }
  })

  it('has roots of unity to the last place', () => {
    for (const n of [3, 5, 8, 12, 100, 1024, 10007]) {
      for (let q = 0; q < n; q += Math.ceil(n / 97)) {
        const [c, s] = turn(q, n)
        // The angle's own rounding in the oracle.
        expect(Math.abs(c - Math.cos((2 * Math.PI * q) / n))).toBeLessThanOrEqual(2e-15)
        expect(Math.abs(s + Math.sin((2 * Math.PI * q) / n))).toBeLessThanOrEqual(2e-15)
        expect(Math.abs(c * c + s * s - 1)).toBeLessThanOrEqual(2 * Number.EPSILON)
      }
      expect(turn(0, n)).toEqual([1, 0])
      if (n % 4 === 0) expect(turn(n / 4, n)).toEqual([expect.closeTo(0, 20), -1])
    }
  })
})
