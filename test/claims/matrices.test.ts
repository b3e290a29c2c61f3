import { expect, it } from 'vitest'
import { symmetricEigenvalues } from '../../lib/claims/matrices.ts'
import { largest } from '../../lib/claims/measure.ts'

it('finds the eigenvalues of the second difference matrix, 2 − 2 cos(kπ/(n + 1))', () => {
  const n = 12
  const matrix = Array.from({ length: n * n }, (_, i) => [2, -1][Math.abs(Math.floor(i / n) - (i % n))] ?? 0)
  const known = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))
  expect(largest(symmetricEigenvalues(matrix, n).map((value, k) => value - known[k]))).toBeLessThanOrEqual(n * 4 * Number.EPSILON)
})

it('takes diagonal, repeated and negative eigenvalues', () => {
  expect(symmetricEigenvalues([3, 0, 0, -1], 2)).toEqual([-1, 3])
  expect(largest(symmetricEigenvalues([0, 1, 1, 1, 0, 1, 1, 1, 0], 3).map((value, k) => value - [-1, -1, 2][k]))).toBeLessThanOrEqual(8 * Number.EPSILON)
})
