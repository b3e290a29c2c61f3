/**
 * Selling's decomposition (1874) of a symmetric positive definite matrix in 2 or 3 dimensions: D = Σ λ_e e eᵀ with λ_e > 0 and at most 3 (6) integer offsets e,
 * none the opposite of another. A second-order operator becomes a sum of second differences along grid lines, each of the sign that positivity asks for,
 * whatever its cross terms; offsets grow with the anisotropy, about as the root of the condition number. λ is continuous in D.
 * `matrix` is dim × dim, row major. Nothing is returned when it is not positive definite to working precision.
 */
export function selling(matrix: ArrayLike<number>, dim: 2 | 3): { offset: number[]; weight: number }[] | undefined {
  const base = dim === 2 ? [[1, 0], [0, 1], [-1, -1]] : [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]]
  let trace = 0
  for (let k = 0; k < dim; k++) trace += matrix[k * dim + k]
  const pairs = dim === 2 ? [[0, 1], [0, 2], [1, 2]] : [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
  // Every turn makes Σ |b|² smaller, of which there are finitely many; condition numbers of 1e12 take some tens.
  for (let turn = 0, settled = false; !settled; turn++) {
    if (turn > 1000) return undefined
    settled = true
    for (const [i, j] of pairs) {
      const scale = Math.sqrt(product(matrix, base[i], base[i]) * product(matrix, base[j], base[j]))
      if (!(product(matrix, base[i], base[j]) > 8 * Number.EPSILON * scale)) continue
      flip(base, i, j)
      settled = false
      break
    }
  }
  const parts = []
  for (const [i, j] of pairs) {
    const weight = -product(matrix, base[i], base[j])
    // What rounding leaves of a coupling of 0 is no direction.
    if (!(weight > 8 * Number.EPSILON * trace)) continue
    const others = base.filter((_, k) => k !== i && k !== j)
    parts.push({ offset: upward(dim === 2 ? [-others[0][1], others[0][0]] : cross(others[0], others[1])), weight })
  }
  return parts.length >= dim ? parts.sort((a, b) => lengthOf(a.offset) - lengthOf(b.offset) || compare(b.offset, a.offset)) : undefined
}

/** The superbase in which b_i and b_j are obtuse: −b_i, b_j, and b_i shared out among the rest. */
function flip(base: number[][], i: number, j: number): void {
  const turned = base[i]
  if (base.length === 3) {
    const k = 3 - i - j
    base[k] = turned.map((value, d) => value - base[j][d])
  } else for (let k = 0; k < 4; k++) if (k !== i && k !== j) base[k] = base[k].map((value, d) => value + turned[d])
  base[i] = turned.map((value) => -value)
}

function product(matrix: ArrayLike<number>, a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) sum += a[i] * matrix[i * a.length + j] * b[j]
  return sum
}

function cross(a: readonly number[], b: readonly number[]): number[] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/** Of e and −e the one whose first entry other than 0 is positive. */
function upward(e: number[]): number[] {
  const first = e.find((value) => value !== 0)!
  return e.map((value) => (first < 0 ? -value : value) + 0)
}

function lengthOf(e: readonly number[]): number {
  return e.reduce((sum, value) => sum + value * value, 0)
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return a[k] - b[k]
  return 0
}
