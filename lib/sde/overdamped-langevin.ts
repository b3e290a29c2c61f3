import { options, positive, refuse } from '../core/arguments.ts'
import { uncheckedGradients, uncheckedValues } from '../potential/assemble.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { uniformNoise } from './noise.ts'
import type { StochasticEquation, System } from './system.ts'

/** dx = −∇potential dt + √(2/β) dW. */
export interface OverdampedLangevin extends StochasticEquation {
  readonly kind: 'overdamped-langevin'
  readonly potential: Potential
  readonly beta: number
}

/**
 * The overdamped Langevin equation dx = −∇f dt + √(2/β) dW, whose stationary law is e^{−βf}/Z where that is integrable. (Deep Relaxation prints the
 * noise β^{−1/2}dW, whose law is e^{−2βf}: that is `beta: 2β` here.)
 * @throws ArgumentError
 */
export function overdampedLangevin(given: { potential: Potential; beta: number }): OverdampedLangevin {
  options('overdampedLangevin', given, ['potential', 'beta'])
  const { potential } = given
  if (!isPotential(potential)) refuse('overdampedLangevin', 'potential', 'a potential', potential)
  const beta = positive('overdampedLangevin', 'beta', given.beta)
  return Object.freeze({ kind: 'overdamped-langevin', dim: potential.dim, potential, beta })
}

export function overdampedSystem({ potential, beta, dim }: OverdampedLangevin): System {
  const gradients = uncheckedGradients(potential)
  return {
    dim,
    noiseDim: dim,
    calculus: 'both',
    noise: uniformNoise(dim, Math.sqrt(2 / beta)),
    drift(x, count, _t, out) {
      gradients(x, count, out)
      for (let i = 0; i < out.length; i++) out[i] = -out[i]
    },
    gradients,
    jacobian(x, _t, out) {
      potential.hessian(x, out)
      for (let i = 0; i < out.length; i++) out[i] = -out[i]
    },
    gibbs: { beta, values: uncheckedValues(potential) },
  }
}
