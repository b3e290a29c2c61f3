import { exp, log } from '../../core/elementary.ts'
import { ArgumentError } from '../../core/errors.ts'
import { euclideanNorm } from '../../core/lbfgs.ts'
import { factorDefinite, logRootDeterminant, solveTransposed } from './definite.ts'
import type { LocalGibbs } from './measure.ts'
import type { Mode } from './modes.ts'

/** T with TTᵀ = (β∇²H)⁻¹ at the lowest mode, made definite where it is not, log |det T|, and the largest curvature of βH at any mode in units of it. */
export function whitened(measure: LocalGibbs, modes: readonly Mode[]): { transform: Float64Array; logVolume: number; sharpness: number } {
  const { dim, beta, gamma } = measure
  const precisions = modes.map(({ offset }) => precision(measure, offset))
  const lower = definite(precisions[0] ?? scaledIdentity(dim, beta / gamma), dim, beta / gamma)
  const transform = new Float64Array(dim * dim)
  for (let j = 0; j < dim; j++) {
    const column = solveTransposed(lower, Float64Array.from({ length: dim }, (_, k) => (k === j ? 1 : 0)))
    for (let k = 0; k < dim; k++) transform[k * dim + j] = column[k]
  }
  const sharpness = precisions.reduce((most, matrix) => (matrix === undefined ? most : Math.max(most, largestEigenvalue(congruent(matrix, transform, dim), dim))), 1)
  return { transform, logVolume: -logRootDeterminant(lower, dim), sharpness }
}

/** β(∇²f + I/γ) at an offset, where f has a Hessian. */
export function precision({ f, x, gamma, beta, dim }: LocalGibbs, offset: Float64Array): Float64Array | undefined {
  try {
    const matrix = Float64Array.from(f.hessian(x.map((c, k) => c + offset[k])), (entry) => beta * entry)
    for (let k = 0; k < dim; k++) matrix[k * dim + k] += beta / gamma
    return matrix.every(Number.isFinite) ? matrix : undefined
  } catch (error) {
    if (error instanceof ArgumentError) return undefined
    throw error
  }
}

function definite(matrix: Float64Array, dim: number, unit: number): Float64Array {
  for (let added = 0; ; added = Math.max(0.1 * unit, 4 * added)) {
    const lower = factorDefinite(matrix.map((entry, i) => (i % (dim + 1) === 0 ? entry + added : entry)), dim)
    // Along a direction without curvature the Gaussian would be endless.
    if (lower !== undefined && (added > 0 || smallestPivot(lower, dim) ** 2 > 1e-4 * unit)) return lower
  }
}

function smallestPivot(lower: Float64Array, dim: number): number {
  let least = Infinity
  for (let i = 0; i < dim; i++) least = Math.min(least, lower[i * dim + i])
  return least
}

function scaledIdentity(dim: number, size: number): Float64Array {
  return Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? size : 0))
}

/** TᵀAT */
function congruent(a: Float64Array, t: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, ij) => {
    const [i, j] = [Math.floor(ij / n), ij % n]
    let sum = 0
    for (let k = 0; k < n; k++) for (let l = 0; l < n; l++) sum += t[k * n + i] * a[k * n + l] * t[l * n + j]
    return sum
  })
}

/** The eigenvalue of largest size of a small symmetric matrix, in size, by squaring it (so that equal sizes do no harm). */
function largestEigenvalue(matrix: Float64Array, n: number): number {
  let power = matrix
  let logNorm = 0
  let exponent = 1
  for (let k = 0; k < 12; k++) {
    const norm = euclideanNorm(power)
    if (!(norm > 0)) return 0
    logNorm += log(norm) / exponent
    const unit = power.map((entry) => entry / norm)
    power = congruent(scaledIdentity(n, 1), unit, n)
    exponent *= 2
  }
  return exp(logNorm)
}
