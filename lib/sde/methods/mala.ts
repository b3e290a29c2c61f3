import { exp } from '../../core/elementary.ts'
import type { Method } from '../method.ts'

/**
 * The Metropolis-adjusted Langevin algorithm (Roberts & Tweedie 1996): an Euler–Maruyama step y = x − ∇f dt + √(2/β) ΔW, accepted with probability
 * min(1, e^{−βf(y)} q(y, x)/(e^{−βf(x)} q(x, y))), q the density of the proposal; else x stays. e^{−βf} is stationary at every dt. A step is rejected with probability
 * O(dt^{3/2}), so that the strong order is 3/4 (Bou-Rabee & Vanden-Eijnden 2010).
 */
export const mala: Method = {
  name: 'mala',
  strongOrder: 0.75,
  weakOrder: 1,
  stationaryOrder: Infinity,
  noise: 'additive',
  calculus: 'both',
  requires: 'an overdamped Langevin equation',
  path: 'uniforms',
  prepare(system, count) {
    const { dim, drift } = system
    const { beta, values } = system.gibbs!
    const size = dim * count
    const [slope, slopeThere, there] = [0, 1, 2].map(() => new Float64Array(size))
    const [height, heightThere, exponent] = [0, 1, 2].map(() => new Float64Array(count))
    return (x, t, dt, { increment, uniforms }) => {
      const amplitude = Math.sqrt(2 / beta)
      drift(x, count, t, slope)
      values(x, count, height)
      for (let i = 0; i < size; i++) there[i] = x[i] + dt * slope[i] + amplitude * increment[i]
      drift(there, count, t, slopeThere)
      values(there, count, heightThere)
      for (let p = 0; p < count; p++) exponent[p] = -beta * (heightThere[p] - height[p])
      for (let k = 0; k < dim; k++) {
        for (let p = 0; p < count; p++) {
          const i = k * count + p
          const back = x[i] - there[i] - dt * slopeThere[i]
          exponent[p] += increment[i] ** 2 / (2 * dt) - (beta * back * back) / (4 * dt)
        }
      }
      for (let p = 0; p < count; p++) {
        // A proposal that is no point is never accepted.
        if (!(exponent[p] >= 0 || uniforms[p] < exp(exponent[p]))) continue
        for (let i = p; i < size; i += count) x[i] = there[i]
      }
    }
  },
}
