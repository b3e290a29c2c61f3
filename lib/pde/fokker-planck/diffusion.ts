import { callable, finite, refuse, show } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { nodeAt } from '../../grid/field.ts'
import type { Grid } from '../../grid/grid.ts'

/** A vector or matrix of the point x, written to `out`. */
export type PointMap = (x: Float64Array, out: Float64Array) => void

/** The matrix D of ∇·∇·(Dρ)/β, dim × dim, row major. */
export interface Diffusion {
  /** D where it does not depend on x. */
  readonly matrix?: Float64Array
  /** D(x) otherwise, and its values on the nodes, one matrix after the other. */
  readonly at?: PointMap
  readonly nodes?: Float64Array
  /** No matrix has an entry off the diagonal. */
  readonly diagonal: boolean
  /** D = c I with a constant c. */
  readonly scalar?: number
}

export type DiffusionSource = number | readonly number[] | readonly (readonly number[])[] | PointMap

/** D from a number (times I), a list (its diagonal), a matrix (rows) or a function (x, out) of all dim² entries. */
export function readDiffusion(grid: Grid, source: DiffusionSource): Diffusion {
  const { dim } = grid
  if (typeof source === 'function') return variable(grid, source)
  const matrix = new Float64Array(dim * dim)
  if (typeof source === 'number') {
    for (let k = 0; k < dim; k++) matrix[k * dim + k] = finite('fokkerPlanck', 'diffusion', source)
  } else if (Array.isArray(source) && source.length === dim) {
    for (const [i, row] of (source as readonly unknown[]).entries()) {
      if (typeof row === 'number') matrix[i * dim + i] = finite('fokkerPlanck', `diffusion[${i}]`, row)
      else if (Array.isArray(row) && row.length === dim) {
        for (const [j, value] of row.entries()) matrix[i * dim + j] = finite('fokkerPlanck', `diffusion[${i}][${j}]`, value)
      } else refuse('fokkerPlanck', `diffusion[${i}]`, `a number or a row of ${dim} numbers`, row)
    }
  } else refuse('fokkerPlanck', 'diffusion', `a number, a list of ${dim}, a ${dim} × ${dim} matrix or a function (x, out)`, source)
  checkMatrix(matrix, dim, 0, '')
  const diagonal = isDiagonal(matrix, dim, 0)
  const first = matrix[0]
  const scalar = diagonal && matrix.every((value, k) => k % (dim + 1) !== 0 || value === first) && first > 0
  if (!diagonal && dim > 3) refuse('fokkerPlanck', 'diffusion', 'diagonal in more than 3 dimensions', source)
  return Object.freeze({ matrix, diagonal, ...(scalar && { scalar: first }) })
}

function variable(grid: Grid, source: PointMap): Diffusion {
  callable('fokkerPlanck', 'diffusion', source)
  const { dim, size } = grid
  const nodes = new Float64Array(dim * dim * size)
  const out = new Float64Array(dim * dim)
  let diagonal = true
  for (let i = 0; i < size; i++) {
    const x = nodeAt(grid, i)
    source(Float64Array.from(x), out.fill(0))
    checkMatrix(out, dim, 0, ` at (${x.join(', ')})`)
    diagonal &&= isDiagonal(out, dim, 0)
    nodes.set(out, i * dim * dim)
  }
  if (!diagonal && dim > 3) refuse('fokkerPlanck', 'diffusion', 'diagonal in more than 3 dimensions', source)
  return Object.freeze({ at: source, nodes, diagonal })
}

export function isDiagonal(matrix: Float64Array, dim: number, start: number): boolean {
  for (let i = 0; i < dim; i++) for (let j = 0; j < dim; j++) if (i !== j && matrix[start + i * dim + j] !== 0) return false
  return true
}

/** Symmetric, and positive definite or diagonal with no negative entry. */
export function checkMatrix(matrix: Float64Array, dim: number, start: number, place: string): void {
  const expected = `symmetric and positive definite, or diagonal and at least 0${place}`
  const own = matrix.subarray(start, start + dim * dim)
  const fail = (): never => {
    throw new ArgumentError(`fokkerPlanck: diffusion must be ${expected}, got ${show(dim === 1 ? own[0] : own)}`)
  }
  let largest = 0
  for (const value of own) {
    if (!Number.isFinite(value)) fail()
    largest = Math.max(largest, Math.abs(value))
  }
  for (let i = 0; i < dim; i++) {
    if (own[i * dim + i] < 0) fail()
    for (let j = 0; j < i; j++) if (Math.abs(own[i * dim + j] - own[j * dim + i]) > 1e-12 * largest) fail()
  }
  if (!isDiagonal(own, dim, 0) && solveSymmetric(own, new Float64Array(dim), dim, new Float64Array(dim)) === undefined) fail()
}

/** out = D⁻¹b by LDLᵀ for a small positive definite D; nothing when it is not definite. */
export function solveSymmetric(matrix: ArrayLike<number>, b: ArrayLike<number>, dim: number, out: Float64Array): Float64Array | undefined {
  const lower = Float64Array.from({ length: dim * dim }, (_, k) => matrix[k])
  for (let j = 0; j < dim; j++) {
    const pivot = lower[j * dim + j]
    if (!(pivot > 4 * Number.EPSILON * matrix[j * dim + j])) return undefined
    for (let i = j + 1; i < dim; i++) {
      const factor = lower[i * dim + j] / pivot
      for (let k = j + 1; k <= i; k++) lower[i * dim + k] -= factor * lower[k * dim + j]
    }
    for (let i = j + 1; i < dim; i++) lower[i * dim + j] /= pivot
  }
  for (let i = 0; i < dim; i++) {
    let value = b[i]
    for (let k = 0; k < i; k++) value -= lower[i * dim + k] * out[k]
    out[i] = value
  }
  for (let i = dim - 1; i >= 0; i--) {
    let value = out[i] / lower[i * dim + i]
    for (let k = i + 1; k < dim; k++) value -= lower[k * dim + i] * out[k]
    out[i] = value
  }
  return out
}
