import { describe, expect, it } from 'vitest'
import { logGaussianTail, logWrappedGaussian } from '../../lib/kernels/lattice-gaussian.ts'
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
