import { options, positive, refuse } from '../core/arguments.ts'
import { matrixOf, semidefiniteFactor } from './linear.ts'
import { matrixNoise } from './noise.ts'
import type { StochasticEquation, System } from './system.ts'

/** dx = −relaxation x dt + √(2 diffusion/β) dW. */
export interface OrnsteinUhlenbeck extends StochasticEquation {
  readonly kind: 'ornstein-uhlenbeck'
  /** F, row major. */
  readonly relaxation: Float64Array
  /** D, row major. */
  readonly diffusion: Float64Array
  readonly beta: number
}

/**
 * The Ornstein–Uhlenbeck process dx = −Fx dt + C dW with CCᵀ = 2D/β. F (any matrix) and D (symmetric, positive semidefinite) are given as rows, as numbers row
 * by row, or as one number for the line; `dim` is read off F. From x₀ it is Gaussian with mean e^{−Ft}x₀; its stationary covariance solves FΣ + ΣFᵀ = 2D/β.
 * @throws ArgumentError
 */
export function ornsteinUhlenbeck(given: { relaxation: number | ArrayLike<unknown>; diffusion: number | ArrayLike<unknown>; beta: number }): OrnsteinUhlenbeck {
  const where = 'ornsteinUhlenbeck'
  options(where, given, ['relaxation', 'diffusion', 'beta'])
  const { relaxation } = given
  const dim = typeof relaxation === 'number' ? 1 : dimensionOf(relaxation)
  const diffusion = matrixOf(where, 'diffusion', given.diffusion, dim, dim)
  if (semidefiniteFactor(diffusion, dim) === undefined) refuse(where, 'diffusion', 'a symmetric positive semidefinite matrix', given.diffusion)
  return Object.freeze({
    kind: 'ornstein-uhlenbeck', dim, relaxation: matrixOf(where, 'relaxation', relaxation, dim, dim), diffusion, beta: positive(where, 'beta', given.beta),
  })
}

function dimensionOf(relaxation: unknown): number {
  const list = relaxation as ArrayLike<unknown> | null | undefined
  const length = list?.length ?? 0
  const dim = length > 0 && typeof list![0] === 'number' ? Math.sqrt(length) : length
  return dim >= 1 && Number.isInteger(dim) ? dim : refuse('ornsteinUhlenbeck', 'relaxation', 'a number or a square matrix', relaxation)
}

export function ornsteinUhlenbeckSystem({ dim, relaxation, diffusion, beta }: OrnsteinUhlenbeck): System {
  const factor = semidefiniteFactor(diffusion, dim)!.map((entry) => entry * Math.sqrt(2 / beta))
  return {
    dim,
    noiseDim: dim,
    calculus: 'both',
    noise: matrixNoise(factor, dim, dim),
    drift(x, count, _t, out) {
      out.fill(0)
      for (let k = 0; k < dim; k++) {
        for (let l = 0; l < dim; l++) {
          const rate = relaxation[k * dim + l]
          if (rate !== 0) for (let i = 0; i < count; i++) out[k * count + i] -= rate * x[l * count + i]
        }
      }
    },
    jacobian: (_x, _t, out) => relaxation.forEach((rate, i) => (out[i] = -rate)),
  }
}
