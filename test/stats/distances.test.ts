import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kullbackLeibler, totalVariation, wasserstein } from '../../lib/stats/distances.ts'

const eps = Number.EPSILON
const cells = Array.from({ length: 801 }, (_, i) => -8 + i / 50)
const normal = (mean: number, sd: number): number[] => cells.map((x) => Math.exp(-((x - mean) ** 2) / (2 * sd * sd)) / sd)
const masses = (length: number) => fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: length, maxLength: length })
  .filter((list) => list.reduce((a, b) => a + b, 0) > 1e-3)

describe('closed forms', () => {
  test('normals on fine cells', () => {
    // Sums over cells of width 0.02 are spectrally accurate for the smooth integrands, second order where |p − q| has a corner.
    const [p, q] = [normal(0.3, 1), normal(-0.4, 1)]
    expect(Math.abs(kullbackLeibler(p, q) - 0.7 ** 2 / 2)).toBeLessThan(1e-11)
    expect(Math.abs(kullbackLeibler(normal(0, 1), normal(0, 0.8)) - (1 / 0.64 - 1 + 2 * Math.log(0.8)) / 2)).toBeLessThan(1e-11)
    // 2Φ(0.35) − 1
    expect(Math.abs(totalVariation(p, q) - 0.2736612923)).toBeLessThan(0.02 ** 2)
    // Equal spreads: the distance is that of the means. Cells as points err by at most their width.
    expect(Math.abs(wasserstein(1, cells, p, q) - 0.7)).toBeLessThan(0.02 * 0.02)
    expect(Math.abs(wasserstein(2, cells, p, q) - 0.7)).toBeLessThan(0.02 * 0.02)
    expect(Math.abs(wasserstein(2, cells, normal(0, 1), normal(0, 0.5)) - 0.5)).toBeLessThan(0.02)
  })

  test('a few masses', () => {
    expect(totalVariation([1, 1], [3, 1])).toBe(0.25)
    expect(kullbackLeibler([1, 0], [1, 1])).toBe(Math.LN2)
    expect(kullbackLeibler([1, 1], [1, 0])).toBe(Infinity)
    expect(wasserstein(1, [0, 1], [1, 0], [0, 1], [0, 5])).toBe(5)
    expect(wasserstein(2, [0, 1, 2], [1, 0, 1], [0, 1, 0])).toBe(1)
  })

  test('nearly equal masses: KL = ½ Σ (p − q)²/q, without cancellation', () => {
    const d = 1e-9
    expect(Math.abs(kullbackLeibler([1 + d, 1 - d], [1, 1]) / (d * d / 2) - 1)).toBeLessThan(1e-6)
  })
})

describe('invariants', () => {
  test('distances of masses', () => {
    fc.assert(fc.property(masses(6), masses(6), masses(6), (p, q, r) => {
      expect(totalVariation(p, p)).toBe(0)
      expect(kullbackLeibler(p, p)).toBe(0)
      expect(totalVariation(p, q)).toBe(totalVariation(q, p))
      expect(totalVariation(p, r)).toBeLessThanOrEqual(totalVariation(p, q) + totalVariation(q, r) + 8 * eps)
      // Pinsker
      expect(2 * totalVariation(p, q) ** 2).toBeLessThanOrEqual(kullbackLeibler(p, q) + 8 * eps)
      const points = [0, 1, 2, 3.5, 4, 7]
      expect(wasserstein(1, points, p, q)).toBeLessThanOrEqual(wasserstein(2, points, p, q) * (1 + 1e-7) + 1e-7)
      expect(wasserstein(1, points, p, q)).toBeLessThanOrEqual(7 * totalVariation(p, q) + 64 * eps)
      // Scaling changes nothing.
      expect(Math.abs(totalVariation(p.map((m) => 3 * m), q) - totalVariation(p, q))).toBeLessThanOrEqual(8 * eps)
    }))
  })
})

test('bad masses', () => {
  expect(() => totalVariation([1, -1], [1, 1])).toThrow('totalVariation: p[1] must be a non-negative number, got -1')
  expect(() => kullbackLeibler([1, 1], [1])).toThrow('kullbackLeibler: q must be a list of 2 masses, as many as p')
  expect(() => kullbackLeibler([1, NaN], [1, 1])).toThrow('kullbackLeibler: p[1] must be a finite number, got NaN')
  expect(() => totalVariation([0, 0], [1, 1])).toThrow('totalVariation: p must be masses of positive finite sum')
  expect(() => wasserstein(3 as 1, [0, 1], [1, 1], [1, 1])).toThrow('wasserstein: order must be 1 or 2, got 3')
  expect(() => wasserstein(1, [1, 1], [1, 1], [1, 1])).toThrow('wasserstein: points must be increasing')
})
