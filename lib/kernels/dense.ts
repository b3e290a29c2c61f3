/** Solves A v = b in place (A n × n, row major, overwritten; b becomes v) by Gaussian elimination with partial pivoting. False for a singular A. */
export function solveDense(matrix: Float64Array, right: Float64Array): boolean {
  const n = right.length
  for (let j = 0; j < n; j++) {
    let pivot = j
    for (let i = j + 1; i < n; i++) if (Math.abs(matrix[i * n + j]) > Math.abs(matrix[pivot * n + j])) pivot = i
    if (!(Math.abs(matrix[pivot * n + j]) > 0)) return false
    if (pivot !== j) {
      for (let k = j; k < n; k++) [matrix[j * n + k], matrix[pivot * n + k]] = [matrix[pivot * n + k], matrix[j * n + k]]
      ;[right[j], right[pivot]] = [right[pivot], right[j]]
    }
    for (let i = j + 1; i < n; i++) {
      const factor = matrix[i * n + j] / matrix[j * n + j]
      if (factor === 0) continue
      for (let k = j + 1; k < n; k++) matrix[i * n + k] -= factor * matrix[j * n + k]
      right[i] -= factor * right[j]
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) right[i] -= matrix[i * n + k] * right[k]
    right[i] /= matrix[i * n + i]
  }
  return true
}
