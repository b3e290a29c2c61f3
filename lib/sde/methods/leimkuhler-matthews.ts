import { plainSpace } from '../../kernels/step-space.ts'
import { slopeOf } from '../method.ts'
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
  prepare(system, count, space = plainSpace) {
    const { sign, evaluate } = slopeOf(system)
    const slope = space.numbers(system.dim * count)
    const [mean, none] = [0, 1].map(() => space.numbers(system.noiseDim * count))
    none.fill(0)
    const noise = noiseTerm(system, count, space)
    return (x, t, dt, { increment, next, nextDt }) => {
      evaluate(x, count, t, slope)
      noise.evaluate(x, t)
      space.combine(mean, none, 0.5, increment, 0.5 * Math.sqrt(dt / nextDt), next)
      noise.move(x, x, sign * dt, slope, mean)
    }
  },
}
