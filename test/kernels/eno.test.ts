import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eno2Derivatives, eno3Derivatives } from '../../lib/kernels/eno.ts'

const minmod = (list: number[]): number => (list.every((a) => a > 0) ? Math.min(...list) : list.every((a) => a < 0) ? Math.max(...list) : 0)

/** Derivative at 0 of the polynomial through values at integers, by Lagrange. */
function derivative(at: number[], u: (k: number) => number): number {
  let sum = 0
  for (const k of at) {
    let denominator = 1
    for (const j of at) if (j !== k) denominator *= k - j
    let slope = 0
    for (const omitted of at) if (omitted !== k) slope += at.filter((j) => j !== k && j !== omitted).reduce((product, j) => product * -j, 1)
    sum += (u(k) * slope) / denominator
  }
  return sum
}

/** Liu & Osher's choice among the interpolants that hold the interval [k, k + 1]: level by level the candidate closest to the derivative below. */
function twin(u: (k: number) => number, k: -1 | 0, order: number): number {
  let value = u(k + 1) - u(k)
  for (let level = 2; level <= order; level++) {
    const stencils = Array.from({ length: level }, (_, s) => Array.from({ length: level + 1 }, (_, j) => k + 1 - level + s + j))
    value += minmod(stencils.map((at) => derivative(at, u) - value))
  }
  return value
}

const line = fc.array(fc.integer({ min: -1000, max: 1000 }).map((k) => k / 200), { minLength: 7, maxLength: 20 })

describe.each([{ order: 2, ghosts: 2, kernel: eno2Derivatives }, { order: 3, ghosts: 3, kernel: eno3Derivatives }])('eno$order', ({ order, ghosts, kernel }) => {
  it('chooses among the interpolants, on random lines', () => {
    fc.assert(fc.property(line, fc.constantFrom(0.25, 1, 8), (values, h) => {
      const n = values.length - 2 * ghosts
      const [left, right] = [new Float64Array(n), new Float64Array(n)]
      kernel(Float64Array.from(values), n, h, left, right)
      for (let i = 0; i < n; i++) {
        const u = (k: number): number => values[i + ghosts + k]
        // Slopes up to 10/h with a few dozen roundings.
        expect(Math.abs(left[i] - twin(u, -1, order) / h)).toBeLessThanOrEqual((64 * 10 * Number.EPSILON) / h)
        expect(Math.abs(right[i] - twin(u, 0, order) / h)).toBeLessThanOrEqual((64 * 10 * Number.EPSILON) / h)
      }
    }), { numRuns: 200 })
  })

  it('is mirrored bit for bit', () => {
    fc.assert(fc.property(line, (values) => {
      const n = values.length - 2 * ghosts
      const [left, right, a, b] = Array.from({ length: 4 }, () => new Float64Array(n))
      kernel(Float64Array.from(values), n, 0.3, left, right)
      kernel(Float64Array.from(values).reverse(), n, 0.3, a, b)
      for (let i = 0; i < n; i++) expect([left[i] + b[n - 1 - i], right[i] + a[n - 1 - i]]).toEqual([0, 0])
    }), { numRuns: 100 })
  })

  it('has its order, at inflections too', () => {
    for (const x of [0, 0.3, 1, Math.PI / 2]) {
      const errorAt = (h: number): number => {
        const [left, right] = [new Float64Array(1), new Float64Array(1)]
        kernel(Float64Array.from({ length: 2 * ghosts + 1 }, (_, k) => Math.sin(x + (k - ghosts) * h)), 1, h, left, right)
        return Math.abs(left[0] - Math.cos(x)) + Math.abs(right[0] - Math.cos(x))
      }
      // Where the leading term vanishes the error is smaller still.
      expect(errorAt(0.005)).toBeLessThan(errorAt(0.02) / 4 ** (order - 0.1) + 1e-13)
    }
  })
})
