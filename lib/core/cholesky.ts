/**
 * Solves A v = b for a symmetric positive definite A (n × n, row major; the lower triangle is read) by Cholesky's A = LLᵀ, in n³/6 + n² multiplications.
 * Returns nothing when A is not positive definite to working precision. Neither argument is changed.
 */
export function solveDefinite(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const n = right.length
  const lower = Float64Array.from(matrix)
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = lower[i * n + j]
      for (let k = 0; k < j; k++) sum -= lower[i * n + k] * lower[j * n + k]
      // A pivot that has lost all its digits says no more about definiteness than one below zero.
      if (i === j && !(sum > n * Number.EPSILON * Math.abs(matrix[j * n + j]))) return undefined
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]
    }
  }
  const v = Float64Array.from(right)
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) v[i] -= lower[i * n + k] * v[k]
    v[i] /= lower[i * n + i]
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) v[i] -= lower[k * n + i] * v[k]
    v[i] /= lower[i * n + i]
  }
  return v
}
