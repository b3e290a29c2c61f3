import { describe, expect, it } from 'vitest'
import { gaussianTailMoments, logGaussianTail, logWrappedGaussian, wrappedGaussianMoments } from '../../lib/kernels/lattice-gaussian.ts'
import { logSumExp } from '../support/exact.ts'

/** Compensated direct sum over every term above e^−50 of the largest. */
function directTail(alpha: number, kappa: number): number {
  const peak = Math.max(1, -alpha / kappa)
  const reach = Math.sqrt(100 / kappa)
  const exponent = (k: number): number => -alpha * k - (kappa * k * k) / 2
  const top = exponent(Math.max(1, Math.round(-alpha / kappa)))
  let [sum, lost] = [0, 0]
  for (let k = Math.max(1, Math.floor(peak - reach)); k <= peak + reach; k++) {
    const term = Math.exp(exponent(k) - top) - lost
    const next = sum + term
    lost = next - sum - term
    sum = next
  }
  return top + Math.log(sum)
}

describe('logGaussianTail', () => {
  it('equals the direct sum in every regime', () => {
    for (const kappa of [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 2.1e-3, 0.01, 0.1, 1, 10, 1e3, 1e6]) {
      for (const alpha of [-30, -3, -0.3, -0.2, -0.1, -1e-3, 0, 1e-6, 0.01, 0.1, 0.199, 0.2, 1, 5, 50]) {
        if ((alpha * alpha) / kappa > 1e7) continue
        const exact = directTail(alpha, kappa)
        // One rounding of exponents up to |exact|, and of the sum.
        expect(Math.abs(logGaussianTail(alpha, kappa) - exact), `${alpha} ${kappa}`).toBeLessThanOrEqual(64 * Number.EPSILON * Math.max(1, Math.abs(exact)))
      }
    }
  })

  it('stays finite where the direct sum has 10¹⁰ terms', () => {
    // √(π/2κ) is the leading term.
    expect(Math.abs(logGaussianTail(0, 1e-20) - Math.log(Math.sqrt(Math.PI / 2e-20) - 0.5))).toBeLessThanOrEqual(64 * Number.EPSILON * 25)
  })
})

describe('logWrappedGaussian', () => {
  it('equals the sum over images, on both sides of the switch to the Fourier sum', () => {
    for (const [d, kappa, period] of [[0, 6.2, 1], [0, 6.4, 1], [3, 0.01, 10], [5, 0.5, 10], [4.9, 0.06, 10], [4.9, 0.065, 10], [2, 1e-3, 10]]) {
      const images = Array.from({ length: 801 }, (_, m) => (-kappa * (d + (m - 400) * period) ** 2) / 2)
      expect(Math.abs(logWrappedGaussian(d, kappa, period) - logSumExp(images))).toBeLessThanOrEqual(32 * Number.EPSILON * Math.max(1, Math.abs(logSumExp(images))))
    }
  })

  it('is the bare Gaussian when narrow and uniform when wide', () => {
    expect(logWrappedGaussian(3, 1e6, 100)).toBe(-4.5e6)
    expect(logWrappedGaussian(1, 1e-12, 4)).toBe(logWrappedGaussian(0, 1e-12, 4))
  })
})

/** Moments of the integers from..to under weights e^−exponent, by two compensated passes. */
function directMoments(from: number, to: number, exponent: (k: number) => number): { mean: number; variance: number } {
  const ks = Array.from({ length: to - from + 1 }, (_, j) => from + j)
  const least = ks.reduce((low, k) => Math.min(low, exponent(k)), Infinity)
  const weights = ks.map((k) => Math.exp(least - exponent(k)))
  const total = (term: (k: number) => number): number => {
    let [sum, lost] = [0, 0]
    for (let j = 0; j < ks.length; j++) {
      const part = weights[j] * term(ks[j]) - lost
      const next = sum + part
      lost = next - sum - part
      sum = next
    }
    return sum
  }
  const mass = total(() => 1)
  const mean = total((k) => k) / mass
  return { mean, variance: total((k) => (k - mean) ** 2) / mass }
}

describe('gaussianTailMoments', () => {
  it('equals the direct sums in every regime', () => {
    for (const kappa of [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 2.1e-3, 0.01, 0.1, 1, 10, 1e3]) {
      for (const alpha of [-30, -3, -0.3, -0.2, -0.1, -0.01, -1e-3, -1e-5, 0, 1e-6, 1e-3, 0.01, 0.1, 0.199, 0.2, 1, 5, 50]) {
        if ((alpha * alpha) / kappa > 1e7) continue
        const peak = Math.max(1, Math.round(-alpha / kappa))
        const reach = Math.ceil(Math.sqrt(100 / kappa))
        // Exponents relative to the peak, which lose no digits to its size.
        const slope = alpha + kappa * peak
        const exact = directMoments(Math.max(1, peak - reach) - peak, reach, (d) => d * slope + (kappa * d * d) / 2)
        const { mean, variance } = gaussianTailMoments(alpha, kappa)
        // Exponents of up to 50 rounded once, the slope of the largest to eps·|α| over the reach, and the few-fold loss of E k² − (E k)².
        const roundings = 64 * Number.EPSILON * (50 + Math.abs(alpha) * reach)
        expect(Math.abs(mean - peak - exact.mean), `${alpha} ${kappa}`).toBeLessThanOrEqual(roundings * Math.sqrt(exact.variance) + 4 * Number.EPSILON * peak)
        expect(Math.abs(variance - exact.variance), `${alpha} ${kappa}`).toBeLessThanOrEqual(roundings * exact.variance)
      }
    }
  })

  it('is the half normal law and the exponential law where the direct sum has 10¹⁰ terms', () => {
    const half = gaussianTailMoments(0, 1e-20)
    expect(half.mean * 1e-10).toBeCloseTo(Math.sqrt(2 / Math.PI), 9)
    expect(half.variance * 1e-20).toBeCloseTo(1 - 2 / Math.PI, 9)
    const steep = gaussianTailMoments(1e-4, 1e-30)
    expect(steep.mean * 1e-4).toBeCloseTo(1 / -Math.expm1(-1e-4) / 1e4, 12)
    expect(steep.variance * 1e-8).toBeCloseTo(1, 8)
  })
})

describe('wrappedGaussianMoments', () => {
  it('equals the sums over images, on both sides of the switch to the Fourier sum', () => {
    for (const [d, kappa, period] of [[0, 6.2, 1], [0, 6.4, 1], [0, 40, 1], [0, 0.01, 1], [3, 0.01, 10], [5, 0.5, 10], [4.9, 0.06, 10], [4.9, 0.065, 10], [2, 1e-3, 10]]) {
      const exact = directMoments(-400, 400, (m) => (kappa * (d + m * period) ** 2) / 2)
      const { mean, variance } = wrappedGaussianMoments(d, kappa, period)
      const roundings = 256 * Number.EPSILON
      expect(Math.abs(mean - d - period * exact.mean)).toBeLessThanOrEqual(roundings * (period + 1 / Math.sqrt(kappa)))
      expect(Math.abs(variance - period * period * exact.variance)).toBeLessThanOrEqual(roundings * period * period * exact.variance)
    }
    expect(wrappedGaussianMoments(5, 0.5, 10).mean).toBe(0)
    expect(wrappedGaussianMoments(3, 1e6, 100)).toEqual({ mean: 3, variance: 0 })
    expect(wrappedGaussianMoments(1, 1e-290, 4).mean).toBe(0)
    expect(wrappedGaussianMoments(1, 1e-290, 4).variance * 1e-290).toBeCloseTo(1, 14)
  })
})
