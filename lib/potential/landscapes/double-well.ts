import { finite, integer, options } from '../../core/arguments.ts'
import type { Potential } from '../potential.ts'
import { pointwise } from '../pointwise.ts'

/**
 * (x₁² − 1)²/4, plus curvature·x_k²/2 in every further dimension (default curvature 1): minima 0 at x₁ = ±1, barrier 1/4. In 1-D the inviscid
 * Hamilton–Jacobi equation forms a shock at 0 at t = 1.
 * @throws ArgumentError
 */
export function doubleWell(given: { dim?: number; curvature?: number } = {}): Potential {
  options('doubleWell', given, ['dim', 'curvature'])
  const dim = integer('doubleWell', 'dim', given.dim ?? 1, 1)
  const curvature = finite('doubleWell', 'curvature', given.curvature ?? 1)
  return pointwise({
    dim,
    name: 'double-well',
    value(x) {
      let sum = (x[0] * x[0] - 1) ** 2 / 4
      for (let k = 1; k < dim; k++) sum += (curvature * x[k] * x[k]) / 2
      return sum
    },
    gradient(x, out) {
      out[0] = x[0] * (x[0] * x[0] - 1)
      for (let k = 1; k < dim; k++) out[k] = curvature * x[k]
    },
    hessian(x, out) {
      out.fill(0)
      out[0] = 3 * x[0] * x[0] - 1
      for (let k = 1; k < dim; k++) out[k * dim + k] = curvature
    },
  })
}
