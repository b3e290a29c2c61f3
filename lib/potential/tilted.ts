import { callable, point, positive, refuse } from '../core/arguments.ts'
import { defineMaker, portable } from '../execution/portable.ts'
import { assemble, uncheckedGradients } from './assemble.ts'
import { isPotential } from './potential.ts'
import type { Potential } from './potential.ts'

/**
 * H(y) = f(y) + |x − y|²/(2γ): the potential whose Gibbs law at β is the local Gibbs law of x, e^{−β(f(y) + |x − y|²/(2γ))}, and whose minimisers are the
 * proximal points of x. Batches have the bits of single points where those of f have.
 * @throws ArgumentError
 */
export function tilted(f: Potential, x: ArrayLike<number>, gamma: number): Potential {
  if (!isPotential(f)) refuse('tilted', 'f', 'a potential', f)
  callable('tilted', 'f.hessian', f.hessian)
  callable('tilted', 'f.gradients', f.gradients)
  callable('tilted', 'f.values', f.values)
  const { dim } = f
  const center = Float64Array.from(point('tilted', 'x', x, dim))
  positive('tilted', 'gamma', gamma)
  const gradients = uncheckedGradients(f)
  return portable(assemble({
    dim,
    name: `${f.name} + |x − y|²/(2·${gamma})`,
    ...(f.variables === undefined ? {} : { variables: f.variables }),
    values(points, count, out) {
      if (count === 1) out[0] = f.value(points)
      else f.values(points as Float64Array, out)
      for (let i = 0; i < count; i++) {
        let square = 0
        for (let k = 0; k < dim; k++) square += (points[k * count + i] - center[k]) * (points[k * count + i] - center[k])
        out[i] += square / (2 * gamma)
      }
    },
    gradients(points, count, out) {
      gradients(points instanceof Float64Array ? points : Float64Array.from(points), count, out)
      for (let k = 0; k < dim; k++) for (let i = 0; i < count; i++) out[k * count + i] += (points[k * count + i] - center[k]) / gamma
    },
    hessian(y, out) {
      f.hessian(y, out)
      for (let k = 0; k < dim; k++) out[k * dim + k] += 1 / gamma
    },
  }), 'tilted', f, center, gamma)
}

defineMaker('tilted', tilted)
