import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eigenvectorOf, hessenbergEigenvalues } from '../../lib/kernels/hessenberg.ts'
import { normals } from '../../lib/random/index.ts'

const eps = Number.EPSILON

describe('hessenbergEigenvalues', () => {
  // Normal entries: eigenvalues apart from each other, as those of Krylov's method are. Of defective matrices vectors are no better than the eigenvalues allow.
  const matrices = fc.record({ n: fc.integer({ min: 1, max: 9 }), seed: fc.nat() }).map(({ n, seed }) => ({
    n, matrix: normals(seed, n, n * n).map((value, k) => (Math.floor(k / n) > (k % n) + 1 ? 0 : value)),
  }))

  it('and their vectors have no residual, conjugates come in pairs, and the trace is theirs', () => {
    fc.assert(fc.property(matrices, ({ n, matrix }) => {
      const values = hessenbergEigenvalues(matrix, n)
      expect(values.length).toBe(n)
      const norm = Math.hypot(...matrix) || 1
      const trace = matrix.reduce((sum, value, k) => (k % (n + 1) === 0 ? sum + value : sum), 0)
      expect(Math.abs(values.reduce((sum, { re }) => sum + re, 0) - trace)).toBeLessThanOrEqual(100 * n * eps * norm)
      expect(Math.abs(values.reduce((sum, { im }) => sum + im, 0))).toBeLessThanOrEqual(100 * n * eps * norm)
      for (const value of values) {
        const v = eigenvectorOf(matrix, n, value)
        let residual = 0
        for (let i = 0; i < n; i++) {
          let re = -value.re * v.re[i] + value.im * v.im[i]
          let im = -value.re * v.im[i] - value.im * v.re[i]
          for (let j = 0; j < n; j++) {
            re += matrix[i * n + j] * v.re[j]
            im += matrix[i * n + j] * v.im[j]
          }
          residual = Math.max(residual, Math.hypot(re, im))
        }
        // Backward stable: the shifted matrix is singular to rounding of its norm.
        expect(residual).toBeLessThanOrEqual(1000 * n * eps * norm)
      }
    }), { numRuns: 400 })
  })

  it('are known: a rotation, a companion matrix, a cycle', () => {
    expect(hessenbergEigenvalues(Float64Array.of(0, -1, 1, 0), 2).map(({ re, im }) => [re, Math.abs(im)])).toEqual([[0, 1], [0, 1]])
    // (x − 1)(x − 2)(x − 3)
    const roots = hessenbergEigenvalues(Float64Array.of(6, -11, 6, 1, 0, 0, 0, 1, 0), 3).map(({ re }) => re).sort((a, b) => a - b)
    roots.forEach((root, k) => expect(Math.abs(root - k - 1)).toBeLessThanOrEqual(1e-13))
    const cycle = hessenbergEigenvalues(Float64Array.of(0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0), 4)
    for (const { re, im } of cycle) expect(Math.abs(Math.hypot(re, im) - 1)).toBeLessThanOrEqual(1e-14)
  })
})
