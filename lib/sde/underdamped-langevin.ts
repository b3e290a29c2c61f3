import { nonNegative, options, positive, refuse } from '../core/arguments.ts'
import { uncheckedGradients } from '../potential/assemble.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { matrixNoise } from './noise.ts'
import type { StochasticEquation, System } from './system.ts'

/** dx = p/m dt, dp = −(∇potential + friction·p) dt + √(2·friction·m/β) dW. */
export interface UnderdampedLangevin extends StochasticEquation {
  readonly kind: 'underdamped-langevin'
  readonly potential: Potential
  readonly beta: number
  readonly friction: number
  /** One for each coordinate. */
  readonly mass: Float64Array
}

/**
 * The underdamped (kinetic) Langevin equation of the state (x, p), `dim` 2d:
 * dx = p/m dt, dp = −(∇f + friction·p) dt + √(2·friction·m/β) dW,
 * whose stationary law is e^{−β(f + |p|²/2m)}/Z where that is integrable; with friction 0 it keeps the energy f + |p|²/2m. (Deep Relaxation prints the noise √(c/β)dW, whose
 * law is that of 2β.) `mass` (default 1) is one number or one for each coordinate.
 * @throws ArgumentError
 */
export function underdampedLangevin(given: { potential: Potential; beta: number; friction: number; mass?: number | ArrayLike<number> }): UnderdampedLangevin {
  const where = 'underdampedLangevin'
  options(where, given, ['potential', 'beta', 'friction', 'mass'])
  const { potential } = given
  if (!isPotential(potential)) refuse(where, 'potential', 'a potential', potential)
  const { dim } = potential
  const mass = given.mass ?? 1
  if (typeof mass !== 'number' && mass?.length !== dim) refuse(where, 'mass', `a positive number or ${dim} of them`, mass)
  const masses = Float64Array.from({ length: dim }, (_, k) => (typeof mass === 'number' ? positive(where, 'mass', mass) : positive(where, `mass[${k}]`, mass[k])))
  return Object.freeze({
    kind: 'underdamped-langevin', dim: 2 * dim, potential, beta: positive(where, 'beta', given.beta), friction: nonNegative(where, 'friction', given.friction), mass: masses,
  })
}

export function underdampedSystem({ potential, beta, friction, mass }: UnderdampedLangevin): System {
  const d = potential.dim
  const gradients = uncheckedGradients(potential)
  const noise = new Float64Array(2 * d * d)
  mass.forEach((m, k) => (noise[(d + k) * d + k] = Math.sqrt((2 * friction * m) / beta)))
  return {
    dim: 2 * d,
    noiseDim: d,
    calculus: 'both',
    noise: matrixNoise(noise, 2 * d, d),
    kinetic: { friction, beta, mass, gradients },
    drift(x, count, _t, out) {
      const half = d * count
      gradients(x.subarray(0, half), count, out.subarray(half))
      for (let k = 0; k < d; k++) {
        for (let i = k * count; i < (k + 1) * count; i++) {
          const p = x[half + i]
          out[i] = p / mass[k]
          out[half + i] = -out[half + i] - friction * p
        }
      }
    },
    jacobian(x, _t, out) {
      const hessian = potential.hessian(x.subarray(0, d))
      out.fill(0)
      for (let k = 0; k < d; k++) {
        out[k * 2 * d + d + k] = 1 / mass[k]
        for (let l = 0; l < d; l++) out[(d + k) * 2 * d + l] = -hessian[k * d + l]
        out[(d + k) * 2 * d + d + k] = -friction
      }
    },
  }
}
