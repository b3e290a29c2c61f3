import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'

/**
 * The stochastic Runge–Kutta method SRA1 of Rößler (2010) for additive noise, which may depend on time: strong order 1.5 and weak order 2, with two evaluations of
 * the drift a step and I_10 = dt(H + ΔW/2).
 */
export const srkAdditive: Method = {
  name: 'srk-additive',
  strongOrder: 1.5,
  weakOrder: 2,
  stationaryOrder: 2,
  noise: 'additive',
  calculus: 'both',
  path: 'time-areas',
  prepare(system, count) {
    const size = system.dim * count
    const [slope, slope2, stage] = [0, 1, 2].map(() => new Float64Array(size))
    const [start, end] = [noiseTerm(system, count), noiseTerm(system, count)]
    const mixed = new Float64Array(system.noiseDim * count)
    const rest = new Float64Array(system.noiseDim * count)
    return (x, t, dt, { increment, timeArea }) => {
      for (let i = 0; i < mixed.length; i++) {
        mixed[i] = timeArea[i] + 0.5 * increment[i]
        rest[i] = increment[i] - mixed[i]
      }
      system.drift(x, count, t, slope)
      start.evaluate(x, t)
      end.evaluate(x, t + dt)
      stage.fill(0)
      start.addTo(stage, mixed)
      for (let i = 0; i < size; i++) stage[i] = x[i] + 0.75 * dt * slope[i] + 1.5 * stage[i]
      system.drift(stage, count, t + 0.75 * dt, slope2)
      for (let i = 0; i < size; i++) x[i] += (dt * (slope[i] + 2 * slope2[i])) / 3
      start.addTo(x, mixed)
      end.addTo(x, rest)
    }
  },
}
