import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { uniforms } from '../support/uniforms.ts'
import { addToSketch, emptySketch, mergeSketch, orderedBySketch, sketchAccuracy } from '../../lib/stats/quantile-sketch.ts'
import type { QuantileSketch } from '../../lib/stats/quantile-sketch.ts'
import { binomialRanks, ordered, quantileOf } from '../../lib/stats/quantiles.ts'

/** Σ_{k ≤ most} of the binomial law by the recursion over n, all terms positive. */
function binomialUpTo(n: number, p: number, most: number): number {
  let row = [1]
  for (let m = 0; m < n; m++) row = Array.from({ length: m + 2 }, (_, k) => (row[k] ?? 0) * (1 - p) + (row[k - 1] ?? 0) * p)
  return row.slice(0, most + 1).reduce((sum, term) => sum + term, 0)
}

describe('quantiles', () => {
  it('ranks leave at most 2.5 % in each tail of the binomial law, and the next ones more', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 80 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, p) => {
      const [low, high] = binomialRanks(n, p)
      // P(B < low) and P(B ≥ high), to rounding.
      expect(low === 0 ? 0 : binomialUpTo(n, p, low - 1)).toBeLessThanOrEqual(0.025 + 1e-12)
      expect(binomialUpTo(n, p, low)).toBeGreaterThan(0.025 - 1e-12)
      expect(1 - binomialUpTo(n, p, high - 1)).toBeLessThanOrEqual(0.025 + 1e-12)
      if (high > 1) expect(1 - binomialUpTo(n, p, high - 2)).toBeGreaterThan(0.025 - 1e-12)
    }), { numRuns: 200 })
  })

  it('of a million samples lie 1.96 √(np(1 − p)) on either side', () => {
    const [low, high] = binomialRanks(1e6, 0.2)
    // Ranks are integers, and the tails of the binomial and the normal law differ by a rank or so.
    expect(Math.abs(low - (2e5 - 1.96 * 400))).toBeLessThan(3)
    expect(Math.abs(high - (2e5 + 1.96 * 400))).toBeLessThan(3)
  })

  it('intervals hold the quantile in at least 95 % of the cases, and not in nearly all', () => {
    for (const [p, n] of [[0.5, 200], [0.1, 300], [0.97, 400]]) {
      let held = 0
      for (let seed = 0; seed < 2000; seed++) {
        const { interval } = quantileOf('quantile', ordered(uniforms(seed, n)), p)
        if (interval[0] <= p && p <= interval[1]) held++
      }
      // Discrete tails below 2.5 % each: between 95 and 98 %; four standard errors of 0.5 % besides.
      expect(held / 2000).toBeGreaterThan(0.95 - 0.02)
      expect(held / 2000).toBeLessThan(0.98 + 0.013)
    }
  })

  it('are order statistics, open where there are too few samples', () => {
    const few = ordered(Float64Array.of(3, 1, 2))
    expect(quantileOf('quantile', few, 0.34)).toEqual({ estimate: 2, standardError: Infinity, interval: [-Infinity, Infinity] })
    expect(quantileOf('quantile', few, 0.01).estimate).toBe(1)
    for (const bad of [0, 1, NaN, -0.5, '0.5']) expect(() => quantileOf('quantile', few, bad as number)).toThrow('quantile: probability must be a number between 0 and 1, got')
  })

  it('of samples that all come twice are those of the samples', () => {
    const once = uniforms(5, 200)
    const twice = Float64Array.from({ length: 400 }, (_, i) => once[i >> 1])
    expect(quantileOf('quantile', ordered(twice), 0.3, 2)).toEqual(quantileOf('quantile', ordered(once), 0.3))
  })
})

describe('the sketch', () => {
  const sketchOf = (values: ArrayLike<number>): QuantileSketch => {
    const sketch = emptySketch()
    for (const value of Array.from(values)) addToSketch(sketch, value)
    return sketch
  }
  /** 0 or of size 1e-300 to 1e300. */
  const number = fc.tuple(fc.constantFrom(-1, 0, 1), fc.double({ min: -300, max: 300, noNaN: true })).map(([sign, power]) => sign * 10 ** power)

  it('is within 1/256 of every order statistic, with ends around it', () => {
    expect(sketchAccuracy).toBe(1 / 256)
    fc.assert(fc.property(fc.array(number, { minLength: 1, maxLength: 50 }), (values) => {
      const [exact, sketch] = [ordered(Float64Array.from(values)), orderedBySketch(sketchOf(values))]
      expect(sketch.count).toBe(values.length)
      for (let rank = 1; rank <= values.length; rank++) {
        const value = exact.at(rank)[0]
        const [low, middle, high] = sketch.at(rank)
        // Three roundings besides.
        expect(Math.abs(middle - value)).toBeLessThanOrEqual(Math.abs(value) * (sketchAccuracy + 4 * Number.EPSILON))
        expect(low <= value && value <= high).toBe(true)
      }
    }))
  })

  it('does not depend on the order, nor on how parts are merged', () => {
    fc.assert(fc.property(fc.array(number, { maxLength: 40 }), fc.array(number, { maxLength: 40 }), (a, b) => {
      const merged = sketchOf(b)
      mergeSketch(merged, sketchOf(a))
      expect(merged).toEqual(sketchOf([...a, ...b]))
    }))
  })

  it('has bins for the ends of the finite numbers', () => {
    const ends = orderedBySketch(sketchOf([-Number.MAX_VALUE, -0, Number.MIN_VALUE, Number.MAX_VALUE]))
    expect([1, 2, 3, 4].map((rank) => ends.at(rank)[1])).toEqual([-Number.MAX_VALUE, 0, 0, Number.MAX_VALUE])
  })
})
