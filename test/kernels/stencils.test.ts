import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { firstDifferences, godunovRate, steepestSlope, weno5Derivatives } from '../../lib/kernels/stencils.ts'

const ghosts = 3

/** Jiang & Peng (2000), formula by formula, at node i of a line with three ghosts. */
function wenoTwin(u: ArrayLike<number>, i: number, h: number, epsilon: number): { left: number; right: number } {
  const at = (k: number): number => u[i + k + ghosts]
  const forward = (k: number): number => (at(k + 1) - at(k)) / h
  const second = (k: number): number => (at(k + 1) - 2 * at(k) + at(k - 1)) / h
  const phi = (a: number, b: number, c: number, d: number): number => {
    const is0 = 13 * (a - b) ** 2 + 3 * (a - 3 * b) ** 2
    const is1 = 13 * (b - c) ** 2 + 3 * (b + c) ** 2
    const is2 = 13 * (c - d) ** 2 + 3 * (3 * c - d) ** 2
    const alpha = [1 / (epsilon + is0) ** 2, 6 / (epsilon + is1) ** 2, 3 / (epsilon + is2) ** 2]
    const sum = alpha[0] + alpha[1] + alpha[2]
    return ((alpha[0] / sum) * (a - 2 * b + c)) / 3 + ((alpha[2] / sum - 1 / 2) * (b - 2 * c + d)) / 6
  }
  const central = (-forward(-2) + 7 * forward(-1) + 7 * forward(0) - forward(1)) / 12
  return {
    left: central - phi(second(-2), second(-1), second(0), second(1)),
    right: central + phi(second(2), second(1), second(0), second(-1)),
  }
}

function weno(u: Float64Array, h: number): { left: Float64Array; right: Float64Array } {
  const n = u.length - 2 * ghosts
  const [left, right] = [new Float64Array(n), new Float64Array(n)]
  weno5Derivatives(u, n, h, left, right, new Float64Array(n + 5))
  return { left, right }
}

describe('weno5Derivatives', () => {
  it('equals the formulas of the paper on random lines', () => {
    const line = fc.array(fc.integer({ min: -1e6, max: 1e6 }).map((k) => k / 2e5), { minLength: 7, maxLength: 30 })
    fc.assert(fc.property(line, fc.constantFrom(0.01, 1, 20), (values, h) => {
      const u = Float64Array.from(values)
      const steepest = Math.max(...values.slice(1).map((value, k) => Math.abs(value - values[k]) / h))
      const { left, right } = weno(u, h)
      for (let i = 0; i < left.length; i++) {
        const twin = wenoTwin(u, i, h, steepest === 0 ? 1 : 1e-6 * steepest ** 2)
        // Weights as ratios of fourth powers lose a few digits more than the data: 10³ units.
        expect(Math.abs(left[i] - twin.left)).toBeLessThanOrEqual(1e3 * Number.EPSILON * steepest)
        expect(Math.abs(right[i] - twin.right)).toBeLessThanOrEqual(1e3 * Number.EPSILON * steepest)
      }
    }), { numRuns: 200 })
  })

  it('is of order 5 where the function is smooth', () => {
    const errorAt = (h: number): number => {
      const u = Float64Array.from({ length: 7 }, (_, k) => Math.exp((k - ghosts) * h))
      const { left, right } = weno(u, h)
      return Math.max(Math.abs(left[0] - 1), Math.abs(right[0] - 1))
    }
    // Halving h divides the error by 2⁵, to a fifth of the gap to 2⁴.
    expect(Math.log2(errorAt(0.02) / errorAt(0.01))).toBeGreaterThan(4.8)
  })

  it('takes the slope of the smooth side at a kink', () => {
    const h = 0.1
    const u = Float64Array.from({ length: 13 }, (_, k) => Math.abs((k - 6) * h))
    const { left, right } = weno(u, h)
    // The kink is at node 3; the weights of stencils across it are of order ε² = 10⁻¹².
    for (const [i, slope] of [[1, -1], [2, -1], [3, -1]]) expect(left[i]).toBeCloseTo(slope, 9)
    for (const [i, slope] of [[3, 1], [4, 1], [5, 1]]) expect(right[i]).toBeCloseTo(slope, 9)
  })

  it('scales with the data over the whole range of numbers', () => {
    const u = Float64Array.from({ length: 13 }, (_, k) => Math.sin(k * k))
    const { left } = weno(u, 1)
    for (const scale of [2 ** -900, 2 ** 900]) {
      const scaled = weno(u.map((value) => value * scale), 1).left
      for (let i = 0; i < left.length; i++) expect(scaled[i] / scale).toBeCloseTo(left[i], 12)
    }
  })
})

describe('godunovRate', () => {
  it('is the extremum of ½p² between the two slopes', () => {
    const slope = fc.double({ min: -3, max: 3, noNaN: true })
    fc.assert(fc.property(slope, slope, (left, right) => {
      // Godunov: the minimum over [left, right], or the maximum over [right, left].
      const smallest = left <= 0 && right >= 0 ? 0 : Math.min(left * left, right * right)
      const hamiltonian = 0.5 * (left <= right ? smallest : Math.max(left * left, right * right))
      const out = new Float64Array(1)
      godunovRate(Float64Array.of(left), Float64Array.of(right), 1, out)
      expect(-out[0]).toBeCloseTo(hamiltonian, 14)
    }))
  })

  it('lets no NaN pass for a slope of zero', () => {
    const out = new Float64Array(2)
    godunovRate(Float64Array.of(NaN, -1), Float64Array.of(1, NaN), 2, out)
    expect([...out]).toEqual([NaN, NaN])
  })
})

it('firstDifferences and steepestSlope read both sides', () => {
  const u = Float64Array.of(1, 0, 2, 7)
  const [left, right] = [new Float64Array(2), new Float64Array(2)]
  firstDifferences(u, 2, 0.5, left, right)
  expect([...left, ...right]).toEqual([-2, 4, 4, 10])
  expect(steepestSlope(u, 2, 0.5)).toBe(10)
})
