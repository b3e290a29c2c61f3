import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../lib/core/errors.ts'
import { normals, uniforms } from '../../lib/random/index.ts'
import { meanOfChains } from '../../lib/stats/autocorrelation.ts'
import { batchMeans, meanOfIndependent } from '../../lib/stats/samples.ts'
import { compensatedSum, logSumExp } from '../../lib/stats/sums.ts'
import { importanceWeights, weightedMean } from '../../lib/stats/weighted.ts'

const eps = Number.EPSILON

/** Stationary x ← r x + √(1 − r²) ξ of variance 1, whose integrated autocorrelation time is (1 + r)/(1 − r). */
function autoregression(r: number, length: number, seed: number, chain = 0): Float64Array {
  const z = normals(seed, [chain], length)
  for (let i = 1; i < length; i++) z[i] = r * z[i - 1] + Math.sqrt(1 - r * r) * z[i]
  return z
}

/** Mean and variance of standardised errors. The variance of m values that are N(0, 1) is 1 within 4.5 √(2/m). */
function spread(z: readonly number[]): { largest: number; variance: number; allowed: number } {
  return { largest: Math.max(...z.map(Math.abs)), variance: z.reduce((sum, v) => sum + v * v, 0) / z.length, allowed: 4.5 * Math.sqrt(2 / z.length) }
}

describe('sums', () => {
  test('keep what a plain sum loses', () => {
    expect(compensatedSum([1, 1e100, 1, -1e100])).toBe(2)
    expect(compensatedSum([])).toBe(0)
    expect(compensatedSum([Infinity, 1])).toBe(Infinity)
    // 10^6 tenths: 0.1 is 1.1 · 2^−57 too large; a plain sum is off by 1e−6 relative.
    expect(Math.abs(compensatedSum(new Float64Array(1e6).fill(0.1)) - 1e5)).toBeLessThanOrEqual(2 * eps * 1e5)
  })

  test('log Σ e^v far outside the range of e^v', () => {
    expect(Math.abs(logSumExp([1000, 1000]) - 1000 - Math.LN2)).toBeLessThanOrEqual(eps * 1000)
    expect(Math.abs(logSumExp([-2000, -2000, -2000]) + 2000 - Math.log(3))).toBeLessThanOrEqual(eps * 2000)
    expect(logSumExp([-Infinity, 3])).toBe(3)
    expect(logSumExp([])).toBe(-Infinity)
    expect(logSumExp([1, NaN, 3])).toBe(NaN)
  })
})

describe('chains', () => {
  test.each([0, 0.5, 0.9, 0.99, 0.999, -0.5])('the autocorrelation time of an autoregression with r = %d', (r) => {
    const exact = (1 + r) / (1 - r)
    const chains = Array.from({ length: 4 }, (_, k) => autoregression(r, 100_000, 3, k))
    const { autocorrelationTime, effectiveSampleSize, settled } = meanOfChains(chains)
    // Relative error √(2(2W + 1)/n): ρ = e^{−2W/τ} meets the noise √(τ/n), known at lags together, some 4 lags after (τ/2) log(n/τ).
    const window = 4 + (exact / 2) * Math.log(400_000 / exact)
    const unit = Math.sqrt((2 * (2 * window + 1)) / 400_000)
    expect(Math.abs(autocorrelationTime / exact - 1)).toBeLessThanOrEqual(4.5 * unit)
    expect(effectiveSampleSize).toBeCloseTo(400_000 / autocorrelationTime, 6)
    expect(settled).toBe(true)
  })

  test.each([[0.8, 1, 2000], [0.8, 8, 250], [0.95, 16, 500], [-0.4, 2, 3000]])('errors are as large as they say: r = %d, %i chains of %i', (r, count, length) => {
    const z = Array.from({ length: 300 }, (_, seed) => {
      const { estimate, standardError } = meanOfChains(Array.from({ length: count }, (__, k) => autoregression(r, length, seed, k)))
      return estimate / standardError
    })
    const { largest, variance, allowed } = spread(z)
    expect(largest).toBeLessThan(4.5)
    expect(Math.abs(variance - 1)).toBeLessThanOrEqual(allowed)
  })

  test.each([-0.9, 0, 0.5, 0.8, 0.95])('one chain of 100 to 4000: errors are as large as they say, or Infinity: r = %d', (r) => {
    const tau = (1 + r) / (1 - r)
    for (const length of [100, 200, 400, 1000, 4000]) {
      const runs = Array.from({ length: 500 }, (_, seed) => meanOfChains([autoregression(r, length, seed + 1000)]))
      const settled = runs.filter((run) => run.settled)
      const squares = settled.map(({ estimate, standardError }) => (estimate / standardError) ** 2)
      const sum = squares.reduce((total, square) => total + square, 0)
      // Near 50τ those chains settle whose estimated τ is too low; with the Infinity of the others, errors are not too small on the whole.
      expect(sum / runs.length).toBeLessThanOrEqual(1 + 4.5 * Math.sqrt(2 / runs.length))
      if (length >= 100 * Math.max(tau, 1)) {
        expect(settled.length).toBeGreaterThan(0.9 * runs.length)
        expect(Math.abs(sum / settled.length - 1)).toBeLessThanOrEqual(4.5 * Math.sqrt(2 / settled.length))
      }
      if (length <= 12 * tau) expect(settled.length).toBeLessThan(0.01 * runs.length)
      expect(runs.every(({ standardError, settled: known }) => known === standardError < Infinity)).toBe(true)
    }
  })

  test('chains that swing get errors that are too large, if any', () => {
    // x ← 2 r cos θ x − r² x + ξ: n·Var(mean) = 1/(1 − 2 r cos θ + r²)².
    const [r, theta] = [0.9, 0.6]
    const z = Array.from({ length: 300 }, (_, seed) => {
      const x = normals(seed, 0, 1200)
      for (let i = 2; i < x.length; i++) x[i] += 2 * r * Math.cos(theta) * x[i - 1] - r * r * x[i - 2]
      const { estimate, standardError } = meanOfChains([x.slice(200)])
      return estimate / standardError
    })
    expect(spread(z).variance).toBeLessThanOrEqual(1 + spread(z).allowed)
  })

  test('chains stuck apart get the error of their means', () => {
    const chains = Array.from({ length: 10 }, (_, k) => autoregression(0.3, 400, 1, k).map((v) => v * 0.1 + (k < 5 ? -1 : 1)))
    const { standardError, settled } = meanOfChains(chains)
    expect(settled).toBe(false)
    // Ten means at ±1: √(10/9/10).
    expect(Math.abs(standardError - 1 / 3)).toBeLessThan(0.01)
    const alone = meanOfChains([Float64Array.from({ length: 500 }, (_, i) => i)])
    expect(alone).toMatchObject({ standardError: Infinity, settled: false })
  })

  test('constant chains and shifts', () => {
    expect(meanOfChains([[2, 2, 2, 2, 2]])).toEqual({ estimate: 2, standardError: 0, autocorrelationTime: 1, effectiveSampleSize: 5, settled: true })
    const chain = autoregression(0.7, 3000, 5)
    const shifted = meanOfChains([chain.map((v) => 3 * v + 100)])
    const plain = meanOfChains([chain])
    expect(Math.abs(shifted.estimate - 3 * plain.estimate - 100)).toBeLessThanOrEqual(4 * eps * 100)
    expect(Math.abs(shifted.standardError / plain.standardError / 3 - 1)).toBeLessThan(1e-9)
    // Their mean may be off by a rounding.
    expect(meanOfChains([new Float64Array(777).fill(0.1)])).toMatchObject({ standardError: 0, settled: true })
    const { estimate, standardError } = meanOfChains([chain.map((v) => v * 2 ** 1020)])
    expect({ estimate, standardError }).toEqual({ estimate: plain.estimate * 2 ** 1020, standardError: plain.standardError * 2 ** 1020 })
  })

  test('bad chains', () => {
    expect(() => meanOfChains([])).toThrow('meanOfChains: chains must be a list of chains, got []')
    expect(() => meanOfChains([[1, 2, 3, 4], [1, 2, 3]])).toThrow('meanOfChains: chains[1] must be at least 4 numbers')
    expect(() => meanOfChains([[1, 2, 3, 4], [1, 2, 3, 4, 5]])).toThrow('meanOfChains: chains[1] must be of length 4 as the first')
    expect(() => meanOfChains([[1, 2, NaN, 4]])).toThrow('meanOfChains: chains[0][2] must be a finite number, got NaN')
  })
})

describe('other means', () => {
  test('independent samples and batches', () => {
    expect(meanOfIndependent([1, 3])).toEqual({ estimate: 2, standardError: 1 })
    const z = Array.from({ length: 300 }, (_, seed) => {
      const { estimate, standardError } = batchMeans(autoregression(0.8, 3203, seed))
      return estimate / standardError
    })
    // Student's t with 31 degrees of freedom has variance 31/29; batches of 100 samples at τ = 9 lose 9 % of the error.
    expect(Math.abs(spread(z).variance - 1.15)).toBeLessThanOrEqual(spread(z).allowed)
    expect(() => batchMeans([1, 2, 3], 2)).toThrow('batchMeans: series must be at least 4 numbers')
    expect(() => batchMeans([1, 2, 3], 1)).toThrow('batchMeans: batches must be an integer of at least 2, got 1')
  })

  test('numbers of any size: a power of two goes through to the last bit', () => {
    const values = normals(2, 3, 96)
    const weights = importanceWeights(normals(2, 4, 96)).weights
    for (const means of [meanOfIndependent, (v: Float64Array) => batchMeans(v, 8), (v: Float64Array) => weightedMean(v, weights)]) {
      const { estimate, standardError } = means(values)
      for (const factor of [2 ** 1020, 2 ** -960]) {
        expect(means(values.map((v) => v * factor))).toEqual({ estimate: estimate * factor, standardError: standardError * factor })
      }
    }
    expect(meanOfIndependent([1.7e308, 1.7e308])).toEqual({ estimate: 1.7e308, standardError: 0 })
    expect(meanOfIndependent([1.7e308, -1.7e308])).toEqual({ estimate: 0, standardError: 1.7e308 })
    // A weight of 1e−200: √2 of it is the error.
    expect(Math.abs(weightedMean([0, 1], [1, 1e-200]).standardError / (Math.SQRT2 * 1e-200) - 1)).toBeLessThanOrEqual(4 * eps)
  })

  test('bad weights', () => {
    for (const [given, message] of [
      ['01', 'logWeights must be a list of numbers, got "01"'], [null, 'logWeights must be a list of numbers, got null'], [undefined, 'logWeights must be a list of numbers, got undefined'],
      [['0', '1'], 'logWeights[0] must be a number below Infinity, got "0"'], [[0, null], 'logWeights[1] must be a number below Infinity, got null'],
      [[], 'logWeights must be a list with a number above −Infinity, got []'],
    ] as const) {
      expect(() => importanceWeights(given as never)).toThrow(`importanceWeights: ${message}`)
      expect(() => importanceWeights(given as never)).toThrow(ArgumentError)
    }
    expect(() => weightedMean([1, 2], [0.5, 0.6])).toThrow('weightedMean: the sum of weights must be 1 to rounding, got 1.1')
    expect(() => weightedMean([1, 2], [1.5, -0.5])).toThrow('weightedMean: weights[1] must be a non-negative number, got -0.5')
    expect(() => weightedMean([1, 2], [1])).toThrow('weightedMean: weights must be a list of 2, as many as values, got [1]')
  })

  test('importance weights: known ratios, extreme logarithms', () => {
    const { weights, logMean, effectiveSampleSize } = importanceWeights([-5000, -5000 + Math.log(3), -Infinity])
    expect(Array.from(weights, (w) => Math.round(w * 1e10) / 1e10)).toEqual([0.25, 0.75, 0])
    expect(Math.abs(logMean.estimate + 5000 - Math.log(4 / 3))).toBeLessThanOrEqual(2 * eps * 5000)
    expect(Math.abs(effectiveSampleSize - 1.6)).toBeLessThan(1e-9)
    expect(() => importanceWeights([0, NaN])).toThrow('importanceWeights: logWeights[1] must be a number below Infinity, got NaN')
    expect(() => importanceWeights([-Infinity])).toThrow('importanceWeights: logWeights must be a list with a number above −Infinity')
  })

  test('weighted means: N(0, 1) from N(0.5, 1.5²), errors as large as they say', () => {
    const runs = Array.from({ length: 300 }, (_, seed) => {
      const x = normals(seed, 1, 2000).map((z) => 0.5 + 1.5 * z)
      const { weights, logMean } = importanceWeights(x.map((v) => -v * v / 2 + (v - 0.5) ** 2 / 4.5 + Math.log(1.5)))
      const mean = weightedMean(x.map((v) => v * v), weights)
      return { square: (mean.estimate - 1) / mean.standardError, mass: logMean.estimate / logMean.standardError }
    })
    for (const name of ['square', 'mass'] as const) {
      const { variance, allowed, largest } = spread(runs.map((run) => run[name]))
      expect(Math.abs(variance - 1)).toBeLessThanOrEqual(allowed)
      expect(largest).toBeLessThan(4.5)
    }
  })

  test('equal weights give the plain mean', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 50 }), (list) => {
      const values = list
      const n = values.length
      const { estimate, standardError } = weightedMean(values, importanceWeights(new Float64Array(n)).weights)
      const plain = meanOfIndependent(values)
      const unit = 8 * eps * Math.max(...values.map(Math.abs), 1e-300)
      expect(Math.abs(estimate - plain.estimate)).toBeLessThanOrEqual(unit)
      // √(Σ(v − m)²)/n against √(Σ(v − m)²/(n − 1)/n).
      expect(Math.abs(standardError - plain.standardError * Math.sqrt((n - 1) / n))).toBeLessThanOrEqual(4 * unit)
    }))
  })

  test('uniforms have the mean of uniforms', () => {
    const { estimate, standardError } = meanOfIndependent(uniforms(1, 2, 10_000))
    expect(Math.abs(estimate - 0.5)).toBeLessThan(4.5 * standardError)
    expect(Math.abs(standardError * Math.sqrt(12 * 10_000) - 1)).toBeLessThan(0.05)
  })
})
