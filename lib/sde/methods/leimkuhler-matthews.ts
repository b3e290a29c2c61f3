import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'

/**
 * x ← x + a dt + √dt B(ξ_k + ξ_{k+1})/2, ξ = ΔW/√dt (Leimkuhler & Matthews 2013): Euler–Maruyama with the noise of two neighbouring steps averaged. Averages under the stationary
 * law are second order, and exact on quadratic potentials. The averaged noise lags behind the Wiener process by half a step, so that the strong order is 1/2 and the
 * weak order at a fixed time is 1.
 */
export const leimkuhlerMatthews: Method = {
  name: 'leimkuhler-matthews',
  strongOrder: 0.5,
  weakOrder: 1,
  stationaryOrder: 2,
  noise: 'additive',
  calculus: 'both',
  requires: 'constant noise',
  path: 'next',
  prepare(system, count) {
    const slope = new Float64Array(system.dim * count)
    const mean = new Float64Array(system.noiseDim * count)
    const noise = noiseTerm(system, count)
    return (x, t, dt, { increment, next, nextDt }) => {
      system.drift(x, count, t, slope)
      noise.evaluate(x, t)
      const scale = Math.sqrt(dt / nextDt)
      for (let i = 0; i < mean.length; i++) mean[i] = 0.5 * (increment[i] + scale * next[i])
      for (let i = 0; i < x.length; i++) x[i] += dt * slope[i]
      noise.addTo(x, mean)
    }
  },
}
