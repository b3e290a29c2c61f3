import { plainSpace } from '../../kernels/step-space.ts'
import { slopeOf } from '../method.ts'
import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'

/**
 * Stochastic Heun (Rümelin 1982), Stratonovich: y = x + a dt + B ΔW, then x ← x + (a(x) + a(y)) dt/2 + (B(x) + B(y)) ΔW/2. Strong order 1 where the noise commutes.
 */
export const heun: Method = {
  name: 'heun',
  strongOrder: 0.5,
  weakOrder: 1,
  stationaryOrder: 2,
  noise: 'general',
  sharper: { additive: { strongOrder: 1, weakOrder: 2 }, scalar: { strongOrder: 1 }, diagonal: { strongOrder: 1 }, commutative: { strongOrder: 1 } },
  calculus: 'stratonovich',
  prepare(system, count, space = plainSpace) {
    const { sign, evaluate } = slopeOf(system)
    const [slope, aheadSlope, ahead] = [0, 1, 2].map(() => space.numbers(system.dim * count))
    const half = space.numbers(system.noiseDim * count)
    const [here, there] = [noiseTerm(system, count, space), noiseTerm(system, count, space)]
    return (x, t, dt, { increment }) => {
      evaluate(x, count, t, slope)
      here.evaluate(x, t)
      here.move(ahead, x, sign * dt, slope, increment)
      evaluate(ahead, count, t + dt, aheadSlope)
      half.fill(0)
      space.add(half, half, 0.5, increment)
      // Half of each: B at both ends for noise that depends on x or t.
      there.evaluate(ahead, t + dt)
      here.move(x, x, 0.5 * sign * dt, slope, half)
      there.move(x, x, 0.5 * sign * dt, aheadSlope, half)
    }
  },
}
