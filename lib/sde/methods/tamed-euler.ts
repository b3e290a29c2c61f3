import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'

/**
 * x ← x + a dt/(1 + dt|a|) + B ΔW, Itô (Hutzenthaler, Jentzen & Kloeden 2012): explicit, and convergent for drifts that grow faster than linearly
 * inwards, where the moments of Euler–Maruyama explode.
 */
export const tamedEuler: Method = {
  name: 'tamed-euler',
  strongOrder: 0.5,
  weakOrder: 1,
  stationaryOrder: 1,
  noise: 'general',
  sharper: { additive: { strongOrder: 1 } },
  calculus: 'ito',
  prepare(system, count) {
    const { dim } = system
    const slope = new Float64Array(dim * count)
    const size = new Float64Array(count)
    const noise = noiseTerm(system, count)
    return (x, t, dt, { increment }) => {
      system.drift(x, count, t, slope)
      noise.evaluate(x, t)
      size.fill(0)
      for (let k = 0; k < dim; k++) for (let i = 0; i < count; i++) size[i] += slope[k * count + i] ** 2
      for (let k = 0; k < dim; k++) for (let i = 0; i < count; i++) x[k * count + i] += (dt * slope[k * count + i]) / (1 + dt * Math.sqrt(size[i]))
      noise.addTo(x, increment)
    }
  },
}
