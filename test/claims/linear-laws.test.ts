import { expect, it } from 'vitest'
import { linearLaw } from '../../lib/claims/linear-laws.ts'

it('the law of an Ornstein–Uhlenbeck process, slow and fast', () => {
  for (const [rate, noise, time] of [[1.5, 0.7, 0.4], [300, 2, 1], [0.01, 1, 3]]) {
    const { transition, covariance } = linearLaw([[-rate]], [noise], time)
    // Doublings round off by some eps·rate·time.
    const units = 8 * Number.EPSILON * (1 + rate * time)
    expect(Math.abs(transition[0] / Math.exp(-rate * time) - 1)).toBeLessThan(units)
    expect(Math.abs(covariance[0] / ((noise * noise * -Math.expm1(-2 * rate * time)) / (2 * rate)) - 1)).toBeLessThan(units)
  }
})

it('the law of integrated Brownian motion', () => {
  const time = 1.7
  const { transition, covariance } = linearLaw([[0, 1], [0, 0]], [0, 1], time)
  expect(Array.from(transition)).toEqual([1, time, 0, 1].map((entry) => expect.closeTo(entry, 14)))
  expect(Array.from(covariance)).toEqual([time ** 3 / 3, time ** 2 / 2, time ** 2 / 2, time].map((entry) => expect.closeTo(entry, 14)))
})
