import { plainSpace } from '../../kernels/step-space.ts'
import { slopeOf } from '../method.ts'
import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'

/** x ← x + a dt + B ΔW (Maruyama 1955), Itô. On a quadratic potential λx²/2 the stationary variance is (1/βλ)/(1 − λdt/2). */
export const eulerMaruyama: Method = {
  name: 'euler-maruyama',
  strongOrder: 0.5,
  weakOrder: 1,
  stationaryOrder: 1,
  noise: 'general',
  sharper: { additive: { strongOrder: 1 } },
  calculus: 'ito',
  prepare(system, count, space = plainSpace) {
    const { sign, evaluate } = slopeOf(system)
    const slope = space.numbers(system.dim * count)
    const noise = noiseTerm(system, count, space)
    return (x, t, dt, { increment }) => {
      evaluate(x, count, t, slope)
      noise.evaluate(x, t)
      noise.move(x, x, sign * dt, slope, increment)
    }
  },
}
