import fc from 'fast-check'
import { expect, it } from 'vitest'
import { scratch } from '../../lib/kernels/machine.ts'
import { firstOutside } from '../../lib/kernels/range.ts'

const number = fc.oneof({ weight: 30, arbitrary: fc.double({ min: -2, max: 2 }) }, { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, Number.MAX_VALUE) })

it('finds the first number outside a range in the memory of the kernels as anywhere else', () => {
  fc.assert(fc.property(fc.array(number, { maxLength: 60 }), fc.constantFrom(-Number.MAX_VALUE, -1.9), fc.constantFrom(Infinity, Number.MAX_VALUE, 1.9), (data, low, high) => {
    const expected = data.findIndex((x) => !(x >= low && x <= high))
    expect(firstOutside(Float64Array.from(data), low, high)).toBe(expected)
    expect(scratch((take) => {
      const numbers = take(Float64Array, data.length)
      numbers.set(data)
      return firstOutside(numbers, low, high)
    })).toBe(expected)
  }), { numRuns: 500 })
})
