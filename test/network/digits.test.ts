import { expect, test } from 'vitest'
import { FileError } from '../../lib/core/errors.ts'
import { datasets, parseDigits } from '../../lib/network/datasets.ts'

test('the digits are 1797 images of 8×8 greys in [0, 1] with labels 0 to 9', () => {
  const digits = datasets.digits()
  expect(digits).toMatchObject({ name: 'digits', samples: 1797, features: 64, classes: 10, shape: [8, 8] })
  expect(digits.inputs).toHaveLength(1797 * 64)
  expect(digits.inputs.every((value) => value >= 0 && value <= 1 && Number.isInteger(16 * value))).toBe(true)
  // The counts of the published test set.
  const counts = new Array<number>(10).fill(0)
  digits.labels.forEach((label) => counts[label]++)
  expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  // The first image is a nought; its second row is 0 0 13 15 10 15 5 0.
  expect(digits.labels[0]).toBe(0)
  expect(Array.from(digits.inputs.subarray(8, 16), (value) => 16 * value)).toEqual([0, 0, 13, 15, 10, 15, 5, 0])
})

test('a caller who writes into the arrays spoils only his own', () => {
  const first = datasets.digits()
  expect(Object.isFrozen(first)).toBe(true)
  first.inputs.fill(7)
  first.labels.fill(3)
  const second = datasets.digits()
  expect(second.inputs[10]).toBe(13 / 16)
  expect(second.labels[0]).toBe(0)
})

const good = Array.from({ length: 1797 }, () => `${'16,'.repeat(64)}9`)
const altered = (line: string): string => good.with(41, line).join('\n')

test.each([
  ['too few lines', good.slice(1).join('\n'), /1797 lines, got 1796/],
  ['a grey above 16', altered(`17,${'0,'.repeat(63)}1`), /line 42/],
  ['a label of 10', altered(`${'0,'.repeat(64)}10`), /line 42/],
  ['a missing cell', altered(`${'0,'.repeat(63)}1`), /line 42/],
  ['an empty cell', altered(`,${'0,'.repeat(63)}1`), /line 42/],
  ['a negative grey', altered(`-1,${'0,'.repeat(63)}1`), /line 42/],
])('a file with %s is refused', (_, csv, message) => {
  expect(() => parseDigits(csv)).toThrow(FileError)
  expect(() => parseDigits(csv)).toThrow(message)
})

test('a well-formed file passes', () => {
  expect(parseDigits(`${good.join('\n')}\n`).labels.every((label) => label === 9)).toBe(true)
})
