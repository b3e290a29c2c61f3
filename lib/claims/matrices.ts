import { largest } from './measure.ts'

/** Inverse of a positive definite matrix (row major) by Gauss and Jordan, stable without pivots. */
export function inverse(matrix: ArrayLike<number>, n: number): Float64Array {
  const a = Float64Array.from(matrix)
  for (let k = 0; k < n; k++) {
    const pivot = 1 / a[k * n + k]
    a[k * n + k] = 1
    for (let j = 0; j < n; j++) a[k * n + j] *= pivot
    for (let i = 0; i < n; i++) {
      const factor = a[i * n + k]
      if (i === k || factor === 0) continue
      a[i * n + k] = 0
      for (let j = 0; j < n; j++) a[i * n + j] -= factor * a[k * n + j]
    }
  }
  return a
}

/** Largest eigenvalue, from below, by power iteration. */
export function largestEigenvalue(matrix: Float64Array, n: number): number {
  let v = Float64Array.from({ length: n }, (_, k) => 1 + k / n)
  let value = 0
  for (let k = 0; k < 200; k++) {
    const image = times(matrix, v)
    const before = value
    value = sum(v.map((c, i) => c * image[i])) / sum(v.map((c) => c * c))
    const size = largest(image)
    v = image.map((c) => c / size)
    if (Math.abs(value - before) <= 1e-13 * value) break
  }
  return value
}

/** Matrix (row major, as many columns as v is long) times v. */
export function times(matrix: Float64Array, v: Float64Array): Float64Array {
  const n = v.length
  const image = new Float64Array(n)
  for (let i = 0, at = 0; i < n; i++) {
    for (let j = 0; j < n; j++) image[i] += matrix[at++] * v[j]
  }
  return image
}

/** Of an n × n matrix. */
export const diagonal = (matrix: ArrayLike<number>, n: number): number[] => Array.from({ length: n }, (_, k) => matrix[k * (n + 1)])

export function sum(values: readonly number[] | Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
