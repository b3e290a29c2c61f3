/**
 * LU factors of a matrix of half-bandwidth w whose last `border` columns and rows are full: the border holds what a circle couples around its ends. No pivoting:
 * for matrices that are definite up to a diagonal similarity, such as I − gL for a Laplacian L.
 */
export interface BandFactor {
  /** Unknowns before the border. */
  readonly inner: number
  readonly half: number
  readonly border: number
  /** Row i, column i + d at i(2w + 1) + w + d; the lower part holds multipliers, the diagonal its inverse. */
  readonly band: Float64Array
  /** Columns of the border after elimination, inner × border; its rows, border × inner, as multipliers. */
  readonly columns: Float64Array
  readonly rows: Float64Array
  /** The inverse of what is left in the corner, border × border. */
  readonly corner: Float64Array
}

/** Factors the matrix with entries `entry(i, j)`, n × n, zero outside the band and the border. */
export function factoriseBand(n: number, half: number, border: number, entry: (i: number, j: number) => number): BandFactor {
  const inner = n - border
  const width = 2 * half + 1
  const band = new Float64Array(inner * width)
  for (let i = 0; i < inner; i++) {
    for (let j = Math.max(0, i - half); j <= Math.min(inner - 1, i + half); j++) band[i * width + half + j - i] = entry(i, j)
  }
  for (let k = 0; k < inner; k++) {
    const pivot = 1 / band[k * width + half]
    band[k * width + half] = pivot
    for (let i = k + 1; i <= Math.min(inner - 1, k + half); i++) {
      const multiplier = band[i * width + half + k - i] * pivot
      band[i * width + half + k - i] = multiplier
      for (let j = k + 1; j <= Math.min(inner - 1, k + half); j++) band[i * width + half + j - i] -= multiplier * band[k * width + half + j - k]
    }
  }
  const columns = new Float64Array(inner * border)
  const rows = new Float64Array(border * inner)
  const left = Array.from({ length: border }, (_, c) => Float64Array.from({ length: border }, (_, d) => entry(inner + c, inner + d)))
  const bare: BandFactor = { inner, half, border: 0, band, columns, rows, corner: new Float64Array(0) }
  const column = new Float64Array(inner)
  for (let c = 0; c < border; c++) {
    for (let i = 0; i < inner; i++) column[i] = entry(i, inner + c)
    solveBand(bare, column)
    for (let i = 0; i < inner; i++) columns[i * border + c] = column[i]
    for (let i = 0; i < inner; i++) rows[c * inner + i] = entry(inner + c, i)
  }
  for (let c = 0; c < border; c++) {
    for (let d = 0; d < border; d++) for (let i = 0; i < inner; i++) left[c][d] -= rows[c * inner + i] * columns[i * border + d]
  }
  return { inner, half, border, band, columns, rows, corner: inverse(left) }
}

/** Replaces b (inner + border numbers) by the solution. */
export function solveBand({ inner, half, border, band, columns, rows, corner }: BandFactor, b: Float64Array): void {
  const width = 2 * half + 1
  for (let i = 1; i < inner; i++) {
    let value = b[i]
    const at = i * width + half - i
    for (let j = i < half ? 0 : i - half; j < i; j++) value -= band[at + j] * b[j]
    b[i] = value
  }
  for (let i = inner - 1; i >= 0; i--) {
    let value = b[i]
    const at = i * width + half - i
    const end = i + half < inner ? i + half : inner - 1
    for (let j = i + 1; j <= end; j++) value -= band[at + j] * b[j]
    b[i] = value * band[at + i]
  }
  if (border === 0) return
  const ends = b.slice(inner)
  for (let c = 0; c < border; c++) {
    // Only the nodes beside the border reach it, from either end.
    for (let i = 0; i < half; i++) ends[c] -= rows[c * inner + i] * b[i] + rows[c * inner + inner - 1 - i] * b[inner - 1 - i]
  }
  for (let c = 0; c < border; c++) {
    let value = 0
    for (let d = 0; d < border; d++) value += corner[c * border + d] * ends[d]
    b[inner + c] = value
    for (let i = 0; i < inner; i++) b[i] -= columns[i * border + c] * value
  }
}

/** Row-major inverse of a small matrix by Gauss–Jordan elimination. */
function inverse(rows: readonly Float64Array[]): Float64Array {
  const m = rows.length
  const work = rows.map((row, i) => Float64Array.from({ length: 2 * m }, (_, j) => (j < m ? row[j] : j - m === i ? 1 : 0)))
  for (let k = 0; k < m; k++) {
    const pivot = 1 / work[k][k]
    for (let j = 0; j < 2 * m; j++) work[k][j] *= pivot
    for (let i = 0; i < m; i++) {
      const factor = work[i][k]
      if (i !== k && factor !== 0) for (let j = 0; j < 2 * m; j++) work[i][j] -= factor * work[k][j]
    }
  }
  return Float64Array.from({ length: m * m }, (_, k) => work[Math.floor(k / m)][m + (k % m)])
}
