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

/** A B of n × n matrices, row major. */
export function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) c[i * n + j] += a[i * n + k] * b[k * n + j]
  }
  return c
}

export const transpose = (a: Float64Array, n: number): Float64Array => a.map((_, i) => a[(i % n) * n + Math.floor(i / n)])

/** A B Aᵀ. */
export const congruent = (a: Float64Array, b: Float64Array, n: number): Float64Array => product(product(a, b, n), transpose(a, n), n)

/** Of an n × n matrix. */
export const diagonal = (matrix: ArrayLike<number>, n: number): number[] => Array.from({ length: n }, (_, k) => matrix[k * (n + 1)])

export function sum(values: readonly number[] | Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Eigenvalues of a symmetric matrix (row major) in ascending order, by Jacobi's rotations: each right to some roundings of the largest. */
export function symmetricEigenvalues(matrix: ArrayLike<number>, n: number): number[] {
  const a = Float64Array.from(matrix)
  const size = largest(a)
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        off = Math.max(off, Math.abs(a[p * n + q]))
        rotate(a, n, p, q)
      }
    }
    if (off <= 1e-18 * size) break
  }
  return diagonal(a, n).sort((first, second) => first - second)
}

/** Makes the entries (p, q) and (q, p) zero. */
function rotate(a: Float64Array, n: number, p: number, q: number): void {
  const entry = a[p * n + q]
  if (entry === 0) return
  const ratio = (a[q * n + q] - a[p * n + p]) / (2 * entry)
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1))
  const cosine = 1 / Math.hypot(tangent, 1)
  const sine = tangent * cosine
  for (let k = 0; k < n; k++) {
    const [before, behind] = [a[k * n + p], a[k * n + q]]
    a[k * n + p] = cosine * before - sine * behind
    a[k * n + q] = sine * before + cosine * behind
  }
  for (let k = 0; k < n; k++) {
    const [before, behind] = [a[p * n + k], a[q * n + k]]
    a[p * n + k] = cosine * before - sine * behind
    a[q * n + k] = sine * before + cosine * behind
  }
}
