import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selling } from '../../lib/kernels/selling.ts'

const eps = Number.EPSILON

/** A Aᵀ + s I. */
const definite = fc.record({ dim: fc.constantFrom(2 as const, 3 as const), a: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 9, maxLength: 9 }), s: fc.constantFrom(1e-4, 0.1, 2) })
  .map(({ dim, a, s }) => ({ dim, matrix: Array.from({ length: dim * dim }, (_, k) => {
    const [i, j] = [Math.floor(k / dim), k % dim]
    let sum = i === j ? s : 0
    for (let l = 0; l < dim; l++) sum += a[i * dim + l] * a[j * dim + l]
    return sum
  }) }))

describe('selling', () => {
  it('gives back the matrix, with weights above 0 on at most 3 or 6 offsets, no two along one line', () => {
    fc.assert(fc.property(definite, ({ dim, matrix }) => {
      const parts = selling(matrix, dim)!
      expect(parts.length).toBeLessThanOrEqual(dim === 2 ? 3 : 6)
      expect(parts.every(({ weight }) => weight > 0)).toBe(true)
      expect(new Set(parts.map(({ offset }) => offset.join())).size).toBe(parts.length)
      for (const { offset } of parts) {
        expect(offset.every(Number.isInteger)).toBe(true)
        expect(offset.find((e) => e !== 0)).toBeGreaterThan(0)
      }
      const trace = matrix[0] + matrix[dim + 1] + (dim === 3 ? matrix[8] : 0)
      for (let i = 0; i < dim; i++) {
        for (let j = 0; j < dim; j++) {
          const sum = parts.reduce((total, { offset, weight }) => total + weight * offset[i] * offset[j], 0)
          // Entries of offsets reach the root of the condition number: weights and what is dropped of them are multiplied by its square.
          const longest = parts.reduce((most, { offset }) => Math.max(most, ...offset.map((e) => e * e)), 1)
          expect(Math.abs(sum - matrix[i * dim + j])).toBeLessThanOrEqual(64 * eps * trace * longest)
        }
      }
    }), { numRuns: 400, seed: 31 })
  })

  it('is the diagonal, the seven-point star of a dominated cross term, and wider only where it must be', () => {
    const offsets = (matrix: number[]) => selling(matrix, 2)!.map(({ offset }) => offset.join())
    expect(offsets([2, 0, 0, 1])).toEqual(['1,0', '0,1'])
    expect(offsets([1, 0.6, 0.6, 0.8])).toEqual(['1,0', '0,1', '1,1'])
    expect(offsets([1, -0.6, -0.6, 0.8])).toEqual(['1,0', '0,1', '1,-1'])
    expect(offsets([1, 1.5, 1.5, 3])).toEqual(['0,1', '1,1', '1,2'])
    expect(selling([1, 1, 1, 1], 2)).toBeUndefined()
    expect(selling([1, 2, 2, 1], 2)).toBeUndefined()
  })
})
