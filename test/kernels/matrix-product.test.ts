import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lease } from '../../lib/kernels/machine.ts'
import { matrixProduct, multiplyPlainly } from '../../lib/kernels/matrix-product.ts'
import type { Matrix } from '../../lib/kernels/matrix-product.ts'
import { alone, team } from '../../lib/kernels/team.ts'
import { uniforms } from '../../lib/random/index.ts'

function matrix(rows: number, columns: number, transposed: boolean, stream: number): Matrix {
  const values = uniforms(7, stream, rows * columns).map((u) => u - 0.5)
  return transposed ? { values, rows: columns, columns: rows, transposed } : { values, rows, columns }
}

const element = ({ values, columns, transposed }: Matrix, i: number, j: number): number => (transposed ? values[j * columns + i] : values[i * columns + j])

const size = fc.integer({ min: 1, max: 40 })
const cases = fc.record({
  rows: fc.oneof(size, fc.constant(131)), length: fc.oneof(size, fc.constantFrom(255, 256, 257, 700)), columns: fc.oneof(size, fc.constant(67)), left: fc.boolean(), right: fc.boolean(),
  factor: fc.constantFrom(1, -0.3), keep: fc.constantFrom(0, 1, 0.7), precision: fc.constantFrom('double' as const, 'single' as const),
})

it('is the sum of products, with the bits of its twin', async () => {
  const pair = await team(2)
  fc.assert(fc.property(cases, ({ rows, length, columns, left, right, ...options }) => {
    const [a, b] = [matrix(rows, length, left, 1), matrix(length, columns, right, 2)]
    const { factor, keep, precision } = options
    const before = keep === 0 ? new Float64Array(rows * columns).fill(NaN) : uniforms(7, 3, rows * columns)
    const [c, plain] = [before.slice(), before.slice()]
    multiplyPlainly(plain, a, b, options)
    for (const members of [alone, pair]) {
      c.set(before)
      matrixProduct(c, a, b, { ...options, team: members })
      expect(c).toEqual(plain)
    }
    for (const [i, j] of [[0, 0], [rows - 1, columns - 1], [rows >> 1, columns >> 1]]) {
      let sum = keep === 0 ? 0 : keep * before[i * columns + j]
      let bound = Math.abs(sum)
      for (let k = 0; k < length; k++) {
        const term = factor * element(a, i, k) * element(b, k, j)
        sum += term
        bound += Math.abs(term)
      }
      // In single precision: the rounding of two factors and of their product, the sums of a block, and all that is done in doubles.
      const unit = precision === 'single' ? (Math.min(length, 256) + 3) * 2 ** -24 : 0
      expect(Math.abs(c[i * columns + j] - sum)).toBeLessThanOrEqual(1.01 * (unit + (length + 3) * 2 ** -52) * bound)
    }
  }), { numRuns: 60 })
})

it('passes on what is not finite, to its own elements only', () => {
  const [a, b] = [matrix(5, 6, false, 1), matrix(6, 7, false, 2)]
  a.values[2 * 6 + 3] = NaN
  b.values[4 * 7 + 1] = Infinity
  const c = new Float64Array(35)
  matrixProduct(c, a, b)
  const odd = Array.from(c.keys()).filter((k) => !Number.isFinite(c[k]))
  expect(odd).toEqual(Array.from(c.keys()).filter((k) => Math.floor(k / 7) === 2 || k % 7 === 1))
})

it('works in place on the memory of the kernels', () => {
  const { take, release } = lease()
  try {
    const [a, b] = [matrix(9, 11, false, 1), matrix(11, 10, true, 2)]
    const [left, right, c] = [take(Float64Array, 99), take(Float64Array, 110), take(Float64Array, 90)]
    left.set(a.values)
    right.set(b.values)
    matrixProduct(c, { ...a, values: left }, { ...b, values: right })
    const plain = new Float64Array(90)
    multiplyPlainly(plain, a, b)
    expect(Float64Array.from(c)).toEqual(plain)
  } finally {
    release()
  }
})
