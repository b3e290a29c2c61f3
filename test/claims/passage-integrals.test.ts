import { expect, it } from 'vitest'
import { chainTime, laplaceTerm, passageMoments, prefactor, stationaryPoint } from '../../lib/claims/passage-integrals.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'

const wells = { f: landscapes.doubleWell(), well: -1, saddle: 0, to: 1 }

it('mean times of the double well by midpoint sums of the double integral', () => {
  for (const beta of [5, 20]) {
    // ∫ from −∞ up to y at once with the outer sum; midpoints, h² times the second derivative of the exponent.
    const h = 1e-4
    let [inner, mean] = [0, 0]
    for (let y = -3 + h / 2; y < 1; y += h) {
      const f = (y * y - 1) ** 2 / 4
      inner += (h / 2) * Math.exp(-beta * f)
      if (y > -1) mean += h * beta * Math.exp(beta * (f - 0.25)) * inner
      inner += (h / 2) * Math.exp(-beta * f)
    }
    expect(Math.abs(passageMoments(wells, beta, 500).mean / mean - 1)).toBeLessThan(beta * h * h)
  }
})

it('the prefactor and the next term of the double well', () => {
  expect(prefactor(wells.f, [-1], [0])).toBeCloseTo(Math.PI * Math.SQRT2, 14)
  expect(laplaceTerm(wells)).toBeCloseTo(1.5, 14)
  // ∇f = (x³ − x + y/3, x/3 + y) vanishes at x² = 10/9.
  const [x, y] = stationaryPoint(potential('(x^2 - 1)^2/4 + x y/3 + y^2/2'), [-1, 0.3])
  expect([x, y]).toEqual([expect.closeTo(-Math.sqrt(10 / 9), 14), expect.closeTo(Math.sqrt(10) / 9, 14)])
})

it('a walk whose steps are independent takes 1/p of them', () => {
  // dt = 1 on x²/2: x ← √(2/β)ξ, beyond one deviation with probability 0.15865525393145707.
  const beta = 2
  expect(chainTime(potential('x^2/2'), beta, 1, 0.3, 1, -9) * 0.15865525393145707).toBeCloseTo(1, 6)
})
