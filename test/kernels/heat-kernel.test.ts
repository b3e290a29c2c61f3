import { describe, expect, it } from 'vitest'
import { latticeHeatKernel, sevenPointLaplacian, threePointLaplacian } from '../../lib/kernels/heat-kernel.ts'

const laplacians = { threePointLaplacian, sevenPointLaplacian }

/** e^{−2r} I_d(2r) by its power series, for moderate r. */
function besselWeight(r: number, d: number): number {
  let term = 1
  for (let k = 1; k <= d; k++) term *= r / k
  let sum = 0
  for (let k = 1; term > 0 && k < 500; k++) {
    sum += term
    term *= (r * r) / (k * (k + d))
  }
  return sum * Math.exp(-2 * r)
}

describe('latticeHeatKernel', () => {
  for (const r of [1e-300, 1e-6, 0.3, 4, 30]) {
    it(`is e^(−2r) I_d(2r) at r = ${r}`, () => {
      const kernel = latticeHeatKernel(threePointLaplacian, r, 10_000)
      // Weights are cut at 1e−16 of the largest; summation adds a few units of it, the series' factor e^−2r a few times r of them.
      for (let d = 0; d < kernel.length; d++) {
        expect(Math.abs(kernel[d] - besselWeight(r, d))).toBeLessThanOrEqual((1 + r) * 1e-15 * kernel[0])
      }
      expect(besselWeight(r, kernel.length)).toBeLessThanOrEqual(3e-16 * kernel[0])
    })
  }

  for (const [name, laplacian] of Object.entries(laplacians)) {
    it(`has mass 1 and variance 2r (${name})`, () => {
      for (const r of [0, 1e-12, 0.01, 0.7, 5, 100, 1e4, 1e8]) {
        const kernel = latticeHeatKernel(laplacian, r, 10_000_000)
        let [mass, variance] = [0, 0]
        for (let d = kernel.length - 1; d >= 1; d--) {
          mass += 2 * kernel[d]
          variance += 2 * d * d * kernel[d]
        }
        mass += kernel[0]
        expect(mass).toBeCloseTo(1, 13)
        // The cut tail counts d² ≤ 200 r times 1e−16, in sums of up to 10⁵ terms.
        expect(Math.abs(variance - 2 * r)).toBeLessThanOrEqual(1e-10 * r + 1e-13)
      }
    })

    it(`is wrapped by a short period (${name})`, () => {
      for (const period of [1, 2, 3, 8, 15]) {
        for (const r of [0.2, 3, 50]) {
          const long = latticeHeatKernel(laplacian, r, 100_000)
          const wrapped = new Float64Array(period)
          for (let d = 1 - long.length; d < long.length; d++) wrapped[((d % period) + period) % period] += long[Math.abs(d)]
          const kernel = latticeHeatKernel(laplacian, r, period)
          const unfolded = new Float64Array(period)
          for (let d = 1 - kernel.length; d < kernel.length; d++) unfolded[((d % period) + period) % period] += kernel[Math.abs(d)]
          for (let d = 0; d < period; d++) expect(unfolded[d]).toBeCloseTo(wrapped[d], 14)
        }
      }
      const flat = latticeHeatKernel(laplacian, 1e8, 101)
      for (const weight of flat) expect(weight).toBeCloseTo(1 / 101, 16)
    })
  }

  it('is positive for the three-point Laplacian', () => {
    for (const r of [1e-9, 0.5, 1, 17, 1e3, 1e8]) {
      for (const period of [7, 1000, 1e6]) {
        expect(latticeHeatKernel(threePointLaplacian, r, period).every((weight) => weight >= 0)).toBe(true)
      }
    }
  })

  it('is no wider than its mass needs', () => {
    // Rounding errors in the tail would keep it at the full reach of the sum, three times this.
    for (const r of [0.5, 1, 10, 100]) {
      expect(latticeHeatKernel(sevenPointLaplacian, r, 1e6).length).toBeLessThan(1.3 * (16 + Math.sqrt(150 * r)))
    }
  })
})
