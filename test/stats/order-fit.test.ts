import { describe, expect, it } from 'vitest'
import { fitOrder } from '../../lib/stats/order-fit.ts'

describe('fitOrder', () => {
  it('finds the order and constant of an exact power', () => {
    const { order, standardError, constant } = fitOrder([0.4, 0.2, 0.1, 0.05].map((h) => ({ h, error: 3 * h ** 2.5 })))
    expect(order).toBeCloseTo(2.5, 12)
    expect(constant).toBeCloseTo(3, 12)
    expect(standardError).toBeLessThan(1e-12)
  })

  it('has the textbook standard error', () => {
    // log₂ values 0, 1, 2, 3 with residuals that sum to 0.1 about slope 1: y = 0.1, 0.9, 1.9, 3.1.
    const fit = fitOrder([0.1, 0.9, 1.9, 3.1].map((y, k) => ({ h: 2 ** k, error: 2 ** y })))
    expect(fit.order).toBeCloseTo(1, 12)
    expect(fit.standardError).toBeCloseTo(Math.sqrt(0.04 / 2 / 5), 12)
  })

  it('knows no error from two points', () => {
    expect(fitOrder([{ h: 1, error: 1 }, { h: 2, error: 4 }])).toMatchObject({ order: 2, standardError: Infinity })
  })

  it.each([
    [[], /points must be at least two points/],
    [[{ h: 1, error: 1 }], /at least two points/],
    [[{ h: 1, error: 1 }, { h: 1, error: 2 }], /two different h/],
    [[{ h: 1, error: 1 }, { h: 2, error: 0 }], /points\[1\]\.error must be a positive finite number, got 0/],
    [[{ h: 1, error: NaN }, { h: 2, error: 1 }], /got NaN/],
    [[{ h: -1, error: 1 }, { h: 2, error: 1 }], /points\[0\]\.h/],
  ])('refuses %j', (points, message) => {
    expect(() => fitOrder(points)).toThrow(message)
  })
})
