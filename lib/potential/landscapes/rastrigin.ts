import { integer, options } from '../../core/arguments.ts'
import { cos, sin } from '../../core/elementary.ts'
import type { Potential } from '../potential.ts'
import { pointwise } from '../pointwise.ts'

const turn = 2 * Math.PI

/**
 * Rastrigin's Σ_k [x_k² + 10 (1 − cos 2πx_k)] (Rastrigin 1974), default dimension 2: a minimum near every integer point, the lowest 0 at 0.
 * @throws ArgumentError
 */
export function rastrigin(given: { dim?: number } = {}): Potential {
  options('rastrigin', given, ['dim'])
  const dim = integer('rastrigin', 'dim', given.dim ?? 2, 1)
  return pointwise({
    dim,
    name: 'rastrigin',
    value: (x) => x.reduce((sum, xk) => sum + xk * xk + 10 * (1 - cos(turn * xk)), 0),
    gradient(x, out) {
      for (let k = 0; k < dim; k++) out[k] = 2 * x[k] + 10 * turn * sin(turn * x[k])
    },
    hessian(x, out) {
      out.fill(0)
      for (let k = 0; k < dim; k++) out[k * dim + k] = 2 + 10 * turn * turn * cos(turn * x[k])
    },
  })
}
