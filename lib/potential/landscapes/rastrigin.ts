import { integer, options } from '../../core/arguments.ts'
import { cos as cosine } from '../../core/elementary.ts'
import { algebra } from '../expression/algebra.ts'
import { graphPotential } from '../expression/graph-potential.ts'
import type { Potential } from '../potential.ts'

const turn = 2 * Math.PI

/**
 * Rastrigin's Σ_k [x_k² + 10 (1 − cos 2πx_k)] (Rastrigin 1974), default dimension 2: a minimum near every integer point, the lowest 0 at 0.
 * @throws ArgumentError
 */
export function rastrigin(given: { dim?: number } = {}): Potential {
  options('rastrigin', given, ['dim'])
  const dim = integer('rastrigin', 'dim', given.dim ?? 2, 1)
  const { graph, x, add, subtract, multiply, sin, cos } = algebra()
  const coordinates = Array.from({ length: dim }, (_, k) => x(k))
  return graphPotential({
    dim,
    name: 'rastrigin',
    graph,
    value: add(...coordinates.flatMap((xk) => [multiply(xk, xk), multiply(10, subtract(1, cos(multiply(turn, xk))))])),
    gradient: () => coordinates.map((xk) => add(multiply(2, xk), multiply(10 * turn, sin(multiply(turn, xk))))),
    hessian(point, out) {
      out.fill(0)
      for (let k = 0; k < dim; k++) out[k * dim + k] = 2 + 10 * turn * turn * cosine(turn * point[k])
    },
  })
}
