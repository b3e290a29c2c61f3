import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allFinite, allFinitePlainly } from '../../lib/kernels/finite.ts'
import { scratch } from '../../lib/kernels/machine.ts'

const number = fc.oneof({ weight: 30, arbitrary: fc.double({ noDefaultInfinity: true, noNaN: true }) }, fc.constantFrom(NaN, Infinity, -Infinity, Number.MAX_VALUE, -0, 5e-324))

it('says of numbers anywhere whether all are finite', () => {
  fc.assert(fc.property(fc.array(number, { maxLength: 40 }), (numbers) => {
    const expected = numbers.every(Number.isFinite)
    expect(allFinitePlainly(Float64Array.from(numbers))).toBe(expected)
    expect(allFinite(Float64Array.from(numbers))).toBe(expected)
    scratch((take) => {
      const placed = take(Float64Array, numbers.length)
      placed.set(numbers)
      expect(allFinite(placed)).toBe(expected)
    })
  }), { numRuns: 300 })
})
