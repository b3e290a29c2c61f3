import { finite, integer, options, point, refuse } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { algebra } from '../expression/algebra.ts'
import { graphPotential } from '../expression/graph-potential.ts'
import type { Potential } from '../potential.ts'
import { pointwise } from '../pointwise.ts'

export interface QuadraticOptions {
  /** Symmetric, row by row. */
  matrix?: readonly (readonly number[])[]
  /** The diagonal of a diagonal matrix, in place of `matrix`. */
  curvatures?: readonly number[]
  /** With neither: ½|x − center|² in this dimension, default 1. */
  dim?: number
  /** Default 0. */
  center?: readonly number[]
  /** Default 0. */
  offset?: number
}

/**
 * ½ (x − c)ᵀA(x − c) + offset, A symmetric, not necessarily definite.
 * @throws ArgumentError when A is not symmetric or the dimensions differ
 */
export function quadratic(given: QuadraticOptions = {}): Potential {
  options('quadratic', given, ['matrix', 'curvatures', 'dim', 'center', 'offset'])
  const a = matrixOf(given)
  const dim = Math.sqrt(a.length)
  if (given.dim !== undefined && given.dim !== dim) refuse('quadratic', 'dim', `the dimension ${dim} of the matrix`, given.dim)
  const center = Float64Array.from(point('quadratic', 'center', given.center ?? new Array(dim).fill(0), dim))
  const offset = finite('quadratic', 'offset', given.offset ?? 0)
  const hessian = (_x: ArrayLike<number>, out: Float64Array) => out.set(a)
  if (a.filter((entry) => entry !== 0).length <= mostEntries) return graphPotential({ dim, name: 'quadratic', ...nodes(a, center, offset), hessian })
  const gradient = (x: Float64Array, out: Float64Array): void => {
    for (let i = 0; i < dim; i++) {
      out[i] = 0
      for (let j = 0; j < dim; j++) out[i] += a[i * dim + j] * (x[j] - center[j])
    }
  }
  const slope = new Float64Array(dim)
  return pointwise({
    dim,
    name: 'quadratic',
    value(x) {
      gradient(x, slope)
      let sum = 0
      for (let i = 0; i < dim; i++) sum += slope[i] * (x[i] - center[i])
      return offset + sum / 2
    },
    gradient,
    hessian,
  })
}

/** Matrices with more entries other than 0 are multiplied in a loop: their graph would be large. */
const mostEntries = 256

function nodes(a: Float64Array, center: Float64Array, offset: number) {
  const { graph, x, add, subtract, multiply, divide } = algebra()
  const away = Array.from(center, (c, k) => subtract(x(k), c))
  const slopes = away.map((_, i) => add(0, ...away.flatMap((d, j) => (a[i * away.length + j] === 0 ? [] : [multiply(a[i * away.length + j], d)]))))
  return { graph, value: add(offset, divide(add(...slopes.map((slope, i) => multiply(slope, away[i]))), 2)), gradient: () => slopes }
}

function matrixOf({ matrix, curvatures, dim }: QuadraticOptions): Float64Array {
  if (matrix !== undefined && curvatures !== undefined) throw new ArgumentError('quadratic: matrix or curvatures must be given at most once, got both')
  if (matrix !== undefined) {
    if (!Array.isArray(matrix) || matrix.length === 0) return refuse('quadratic', 'matrix', 'a non-empty list of rows', matrix)
    const n = matrix.length
    const rows = matrix.map((row, i) => Array.from(point('quadratic', `matrix[${i}]`, row, n)))
    rows.forEach((row, i) => row.forEach((entry, j) => entry === rows[j][i] || refuse('quadratic', 'matrix', 'symmetric', rows)))
    return Float64Array.from(rows.flat())
  }
  if (curvatures !== undefined && (!Array.isArray(curvatures) || curvatures.length === 0)) {
    refuse('quadratic', 'curvatures', 'a non-empty list of numbers', curvatures)
  }
  const diagonal = curvatures ?? new Array<number>(integer('quadratic', 'dim', dim ?? 1, 1)).fill(1)
  const n = diagonal.length
  const a = new Float64Array(n * n)
  diagonal.forEach((curvature, k) => (a[k * n + k] = finite('quadratic', `curvatures[${k}]`, curvature)))
  return a
}
