import fc from 'fast-check'
import { expect, it } from 'vitest'
import { kurtosisOf, mergeMoments, momentsOf, noMoments, varianceOf } from '../../lib/stats/moments.ts'

const numbers = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 30 })

it('moments of two groups are those of both together', () => {
  fc.assert(fc.property(numbers, numbers, (first, second) => {
    const merged = mergeMoments(momentsOf(first), momentsOf(second))
    const whole = momentsOf([...first, ...second])
    expect(merged.count).toBe(whole.count)
    // Some sixty roundings of sums of up to sixty powers of 20.
    for (const [name, power] of [['mean', 1], ['second', 2], ['third', 3], ['fourth', 4]] as const) {
      expect(Math.abs(merged[name] - whole[name])).toBeLessThan(60 * 60 * Number.EPSILON * 20 ** power)
    }
  }))
})

it('of 1, 2, 3, 6', () => {
  const moments = momentsOf([1, 2, 3, 6])
  expect(moments).toEqual({ count: 4, mean: 3, second: 14, third: 18, fourth: 98 })
  expect(varianceOf(moments)).toBe(14 / 3)
  expect(kurtosisOf(moments)).toBe((4 * 98) / 14 ** 2)
  expect(mergeMoments(noMoments, moments)).toEqual(moments)
  expect(varianceOf(momentsOf([5]))).toBeNaN()
  expect(kurtosisOf(momentsOf([5, 5]))).toBeNaN()
})
