import { finite, integer, options } from '../../core/arguments.ts'
import { algebra } from '../expression/algebra.ts'
import { graphPotential } from '../expression/graph-potential.ts'
import type { Potential } from '../potential.ts'

/**
 * (x₁² − 1)²/4, plus curvature·x_k²/2 in every further dimension (default curvature 1): minima 0 at x₁ = ±1, barrier 1/4. In 1-D the inviscid
 * Hamilton–Jacobi equation forms a shock at 0 at t = 1.
 * @throws ArgumentError
 */
export function doubleWell(given: { dim?: number; curvature?: number } = {}): Potential {
  options('doubleWell', given, ['dim', 'curvature'])
  const dim = integer('doubleWell', 'dim', given.dim ?? 1, 1)
  const curvature = finite('doubleWell', 'curvature', given.curvature ?? 1)
  const { graph, x, add, subtract, multiply, divide } = algebra()
  const others = Array.from({ length: dim - 1 }, (_, k) => x(k + 1))
  const square = subtract(multiply(x(0), x(0)), 1)
  return graphPotential({
    dim,
    name: 'double-well',
    graph,
    value: add(divide(multiply(square, square), 4), ...others.map((xk) => divide(multiply(curvature, xk, xk), 2))),
    gradient: () => [multiply(x(0), square), ...others.map((xk) => multiply(curvature, xk))],
    hessian(point, out) {
      out.fill(0)
      out[0] = 3 * point[0] * point[0] - 1
      for (let k = 1; k < dim; k++) out[k * dim + k] = curvature
    },
  })
}
