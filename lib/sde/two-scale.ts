import { options, positive, refuse } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { uncheckedGradients } from '../potential/assemble.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { matrixNoise } from './noise.ts'
import type { StochasticEquation, System } from './system.ts'

/** dx = −(x − ȳ)/γ dt, dy_i = −(∇potential(y_i) + (y_i − x)/γ)/ε dt + √(2/(βε)) dW_i, ȳ the mean of the replicas. */
export interface TwoScale extends StochasticEquation {
  readonly kind: 'two-scale'
  readonly potential: Potential
  readonly gamma: number
  readonly beta: number
  readonly epsilon: number
  readonly replicas: number
}

/**
 * The two-scale system of Deep Relaxation for the state (x, y), slow first, `dim` 2d:
 * dx = −(x − y)/γ dt, dy = −(∇f(y) + (y − x)/γ)/ε dt + √(2/(βε)) dW.
 * As ε → 0 the slow variable follows dX = −∇u(X, γ) dt, u the local entropy (see `effectiveDynamics`). With `replicas: n` the state is (x, y_1, …, y_n), and x feels the mean of
 * the y_i: Elastic-SGD in continuous time, with the same limit for every n. (The paper prints the noise β^{−1/2}/√ε, whose limit is that of 2β.) Integrate with dt well below ε, by
 * 'leimkuhler-matthews', whose fast law has no bias of first order in dt/ε.
 * @throws ArgumentError
 */
export function twoScale(given: Smoothing & { potential: Potential; beta: number; epsilon: number; replicas?: number }): TwoScale {
  const where = 'twoScale'
  options(where, given, ['potential', ...smoothingNames, 'beta', 'epsilon', 'replicas'])
  const { potential, replicas = 1 } = given
  if (!isPotential(potential)) refuse(where, 'potential', 'a potential', potential)
  if (!Number.isSafeInteger(replicas) || replicas < 1) refuse(where, 'replicas', 'an integer of at least 1', replicas)
  return Object.freeze({
    kind: 'two-scale', dim: (replicas + 1) * potential.dim, potential, gamma: smoothingTime(where, given), beta: positive(where, 'beta', given.beta),
    epsilon: positive(where, 'epsilon', given.epsilon), replicas,
  })
}

export function twoScaleSystem({ potential, gamma, beta, epsilon, replicas, dim }: TwoScale): System {
  const d = potential.dim
  const gradients = uncheckedGradients(potential)
  const noise = new Float64Array(dim * (dim - d))
  for (let k = 0; k < dim - d; k++) noise[(d + k) * (dim - d) + k] = Math.sqrt(2 / (beta * epsilon))
  return {
    dim,
    noiseDim: dim - d,
    calculus: 'both',
    noise: matrixNoise(noise, dim, dim - d),
    drift(x, count, _t, out) {
      const size = d * count
      for (let i = 0; i < size; i++) out[i] = -x[i] / gamma
      for (let r = 1; r <= replicas; r++) {
        const y = x.subarray(r * size, (r + 1) * size)
        const fast = out.subarray(r * size, (r + 1) * size)
        gradients(y, count, fast)
        for (let i = 0; i < size; i++) {
          fast[i] = -(fast[i] + (y[i] - x[i]) / gamma) / epsilon
          out[i] += y[i] / (gamma * replicas)
        }
      }
    },
  }
}
