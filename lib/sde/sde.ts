import { callable, integer, nonNegative, options } from '../core/arguments.ts'
import type { StochasticEquation, System } from './system.ts'

/** dx = drift dt + noise dW in R^dim. */
export interface GeneralSde extends StochasticEquation {
  readonly kind: 'sde'
  readonly drift: (x: Float64Array, t: number, out: Float64Array) => void
  readonly noise: number
}

/**
 * The stochastic differential equation dx = drift(x, t) dt + noise dW with one noise amplitude for all coordinates (additive noise, for which Itô and
 * Stratonovich agree). `drift` writes to `out`; it is called once a path and step, with a point that is only lent.
 * @throws ArgumentError
 */
export function sde(given: { dim: number; drift: (x: Float64Array, t: number, out: Float64Array) => void; noise: number }): GeneralSde {
  options('sde', given, ['dim', 'drift', 'noise'])
  const dim = integer('sde', 'dim', given.dim, 1)
  callable('sde', 'drift', given.drift)
  const noise = nonNegative('sde', 'noise', given.noise)
  return Object.freeze({ kind: 'sde', dim, drift: given.drift, noise })
}

export function generalSystem({ dim, drift, noise }: GeneralSde): System {
  const point = new Float64Array(dim)
  const slope = new Float64Array(dim)
  return {
    dim,
    noiseDim: dim,
    amplitude: noise,
    drift(x, count, t, out) {
      for (let i = 0; i < count; i++) {
        let finite = true
        for (let k = 0; k < dim; k++) {
          point[k] = x[k * count + i]
          finite &&= Number.isFinite(point[k])
        }
        // A path that has diverged is no point to ask about. What the function leaves out must not pass for a number.
        slope.fill(NaN)
        if (finite) drift(point, t, slope)
        for (let k = 0; k < dim; k++) out[k * count + i] = slope[k]
      }
    },
  }
}
