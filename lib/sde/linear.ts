import { finite, refuse } from '../core/arguments.ts'

/** A matrix given as rows, as dim·columns numbers row major, or (square) as one number times the identity; row major. */
export function matrixOf(where: string, argument: string, given: unknown, rows: number, columns: number): Float64Array {
  const expected = `${rows === columns ? 'a number, ' : ''}${rows} rows of ${columns} numbers, or ${rows * columns} numbers row by row`
  if (typeof given === 'number' && rows === columns) {
    const entry = finite(where, argument, given)
    return Float64Array.from({ length: rows * rows }, (_, i) => (i % (rows + 1) === 0 ? entry : 0))
  }
  if (!isList(given)) return refuse(where, argument, expected, given)
  const nested = Array.from(given as ArrayLike<unknown>)
  const isRows = nested.length === rows && nested.every((row) => isList(row) && (row as ArrayLike<unknown>).length === columns)
  const flat = isRows ? nested.flatMap((row) => Array.from(row as ArrayLike<unknown>)) : nested
  if (flat.length !== rows * columns) return refuse(where, argument, expected, given)
  return Float64Array.from(flat, (entry, i) => finite(where, `${argument}[${Math.floor(i / columns)}][${i % columns}]`, entry))
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value)
}

/**
 * A factor C of a symmetric positive semidefinite A = C Cᵀ (n × n, row major) by Cholesky's method without pivots: a pivot lost to rounding, as of a singular A, makes a column
 * of zeros. Nothing for an A that is not symmetric or not semidefinite to working precision.
 */
export function semidefiniteFactor(matrix: Float64Array, n: number): Float64Array | undefined {
  const scale = matrix.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0)
  const rounding = 8 * n * Number.EPSILON * scale
  const factor = new Float64Array(n * n)
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      if (Math.abs(matrix[i * n + j] - matrix[j * n + i]) > rounding) return undefined
      let rest = matrix[i * n + j]
      for (let k = 0; k < j; k++) rest -= factor[i * n + k] * factor[j * n + k]
      if (i === j) {
        if (rest < -rounding) return undefined
        factor[j * n + j] = rest > rounding ? Math.sqrt(rest) : 0
      } else if (factor[j * n + j] > 0) factor[i * n + j] = rest / factor[j * n + j]
      // Of a semidefinite matrix the rest of such a column is zero as well.
      else if (Math.abs(rest) > Math.sqrt(rounding * scale)) return undefined
    }
  }
  return factor
}
