import { log } from '../../core/elementary.ts'

/**
 * Cholesky's factor L of a symmetric positive definite A = LLᵀ (n × n, row major; the lower triangle is read), zero above its diagonal; nothing when A is not
 * positive definite to working precision.
 */
export function factorDefinite(matrix: Float64Array, n: number): Float64Array | undefined {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k]
      if (i > j) lower[i * n + j] = sum / lower[j * n + j]
      else if (sum > n * Number.EPSILON * Math.abs(matrix[i * n + i]) && sum < Infinity) lower[i * n + i] = Math.sqrt(sum)
      else return undefined
    }
  }
  return lower
}

/** Solves Lᵀv = z in place. */
export function solveTransposed(lower: Float64Array, z: Float64Array): Float64Array {
  const n = z.length
  for (let i = n - 1; i >= 0; i--) {
    z[i] /= lower[i * n + i]
    for (let k = 0; k < i; k++) z[k] -= lower[i * n + k] * z[i]
  }
  return z
}

/** |Lᵀv|² = vᵀAv */
export function squaredForm(lower: Float64Array, v: Float64Array): number {
  const n = v.length
  const product = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let k = 0; k <= i; k++) product[k] += lower[i * n + k] * v[i]
  let sum = 0
  for (let k = 0; k < n; k++) sum += product[k] * product[k]
  return sum
}

/** log √det A */
export function logRootDeterminant(lower: Float64Array, n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += log(lower[i * n + i])
  return sum
}

/** |L⁻¹v|² = vᵀA⁻¹v */
export function inverseForm(lower: Float64Array, v: Float64Array): number {
  const n = v.length
  const solved = new Float64Array(n)
  let sum = 0
  for (let i = 0; i < n; i++) {
    let rest = v[i]
    for (let k = 0; k < i; k++) rest -= lower[i * n + k] * solved[k]
    solved[i] = rest / lower[i * n + i]
    sum += solved[i] * solved[i]
  }
  return sum
}
