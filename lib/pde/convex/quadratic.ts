import { finite, integer, nonNegative, options, point, refuse } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { factorDefinite, solveTransposed } from '../local-entropy/definite.ts'
import { convexFunction } from './convex-function.ts'
import type { ConvexFunction } from './convex-function.ts'

export interface ConvexQuadraticOptions {
  /** Symmetric positive definite, row by row. */
  matrix?: readonly (readonly number[])[]
  /** The non-negative diagonal of a diagonal matrix, in place of `matrix`. */
  curvatures?: readonly number[]
  /** With neither: ½|x − center|². Not given: any dimension. */
  dim?: number
  /** Default 0. */
  center?: readonly number[]
  /** Default 0. */
  offset?: number
}

/**
 * ½ (x − c)ᵀA(x − c) + offset, A positive definite, or diagonal and not negative. Its conjugate is ½ pᵀA⁻¹p + p·c − offset, +∞ where p_k ≠ 0 and A_kk = 0.
 * @throws ArgumentError
 */
export function quadratic(given: ConvexQuadraticOptions = {}): ConvexFunction {
  const where = 'quadratic'
  options(where, given, ['matrix', 'curvatures', 'dim', 'center', 'offset'])
  if (given.matrix !== undefined && given.curvatures !== undefined) throw new ArgumentError(`${where}: matrix or curvatures must be given at most once, got both`)
  for (const name of ['matrix', 'curvatures'] as const) {
    if (given[name] !== undefined && (!Array.isArray(given[name]) || given[name].length === 0)) refuse(where, name, 'a non-empty list', given[name])
  }
  const dim = given.matrix?.length ?? given.curvatures?.length ?? given.dim ?? given.center?.length
  if (dim !== undefined) integer(where, 'dim', dim, 1)
  if (given.dim !== undefined && given.dim !== dim) refuse(where, 'dim', `the dimension ${dim} of the matrix`, given.dim)
  const center = given.center === undefined ? undefined : Array.from(point(where, 'center', given.center, dim!))
  const centre = center === undefined ? () => 0 : (k: number) => center[k]
  const offset = finite(where, 'offset', given.offset ?? 0)
  const shape = { ...(dim === undefined ? {} : { dim }), name: 'quadratic' }
  if (given.matrix !== undefined) return convexFunction({ ...shape, ...full(given.matrix, centre, offset) })
  const curvatures = given.curvatures?.map((a, k) => nonNegative(where, `curvatures[${k}]`, a))
  return convexFunction({ ...shape, ...diagonal(curvatures === undefined ? () => 1 : (k) => curvatures[k], centre, offset) })
}

type Parts = Omit<Parameters<typeof convexFunction>[0], 'dim' | 'name'>

function diagonal(a: (k: number) => number, c: (k: number) => number, offset: number): Parts {
  return {
    value: (x) => x.reduce((sum, xk, k) => sum + (a(k) * (xk - c(k)) * (xk - c(k))) / 2, offset),
    prox(x, step, out) {
      for (let k = 0; k < x.length; k++) out[k] = c(k) + (x[k] - c(k)) / (1 + step * a(k))
    },
    conjugate: {
      value: (p) => p.reduce((sum, pk, k) => sum + pk * c(k) + (pk === 0 ? 0 : a(k) === 0 ? Infinity : (pk * pk) / (2 * a(k))), -offset),
      prox(p, step, out) {
        for (let k = 0; k < p.length; k++) out[k] = a(k) * ((p[k] - step * c(k)) / (a(k) + step))
      },
    },
  }
}

function full(given: readonly (readonly number[])[], c: (k: number) => number, offset: number): Parts {
  const n = given.length
  const rows = given.map((row, i) => Array.from(point('quadratic', `matrix[${i}]`, row, n)))
  rows.forEach((row, i) => row.forEach((entry, j) => entry === rows[j][i] || refuse('quadratic', 'matrix', 'symmetric', given)))
  const matrix = Float64Array.from(rows.flat())
  const inverse = factorDefinite(matrix, n) ?? refuse('quadratic', 'matrix', 'positive definite (flat directions go by curvatures)', given)
  let kept: { step: number; factor: Float64Array } | undefined
  /** (I + step A)⁻¹v; the factor is kept, since iterations keep their step. */
  const resolvent = (v: Float64Array, step: number): Float64Array => {
    if (kept?.step !== step) {
      const shifted = matrix.map((value, i) => step * value + (i % (n + 1) === 0 ? 1 : 0))
      kept = { step, factor: factorDefinite(shifted, n)! }
    }
    return solve(kept.factor, v)
  }
  const away = (x: Float64Array): Float64Array => x.map((xk, k) => xk - c(k))
  return {
    value: (x) => offset + form(away(x), multiply(matrix, away(x))) / 2,
    prox: (x, step, out) => out.set(resolvent(away(x), step).map((y, k) => y + c(k))),
    conjugate: {
      value: (p) => form(p, solve(inverse, p)) / 2 + p.reduce((sum, pk, k) => sum + pk * c(k), -offset),
      // A(y − c) at y = prox_{f/step}(p/step): p − step y without its cancellation.
      prox: (p, step, out) => out.set(multiply(matrix, resolvent(p.map((pk, k) => pk / step - c(k)), 1 / step))),
    },
  }
}

function multiply(matrix: Float64Array, v: Float64Array): Float64Array {
  const n = v.length
  return v.map((_, i) => {
    let sum = 0
    for (let j = 0; j < n; j++) sum += matrix[i * n + j] * v[j]
    return sum
  })
}

/** (LLᵀ)⁻¹b */
function solve(lower: Float64Array, b: Float64Array): Float64Array {
  const v = b.slice()
  const n = v.length
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) v[i] -= lower[i * n + k] * v[k]
    v[i] /= lower[i * n + i]
  }
  return solveTransposed(lower, v)
}

function form(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k]
  return sum
}
