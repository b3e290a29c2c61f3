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
  prepare(system, count) {
    const size = system.dim * count
    const [slope, aheadSlope, ahead, change] = [0, 1, 2, 3].map(() => new Float64Array(size))
    const [here, there] = [noiseTerm(system, count), noiseTerm(system, count)]
    return (x, t, dt, { increment }) => {
      system.drift(x, count, t, slope)
      here.evaluate(x, t)
      change.fill(0)
      here.addTo(change, increment)
      for (let i = 0; i < size; i++) ahead[i] = x[i] + dt * slope[i] + change[i]
      system.drift(ahead, count, t + dt, aheadSlope)
      there.evaluate(ahead, t + dt)
      there.addTo(change, increment)
      for (let i = 0; i < size; i++) x[i] += 0.5 * (dt * (slope[i] + aheadSlope[i]) + change[i])
    }
  },
}
