import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'

/**
 * The stochastic Runge–Kutta method SRIW1 of Rößler (2010), Itô, for diagonal noise: strong order 1.5, with two evaluations of the drift and four of the noise a step. Its weak
 * order is 1.5 as well: the term −½dt^{3/2}(b″ab + b‴b³/6)(ΔW − I_10/dt) of a step correlates with bΔW, so that second moments show it, unless b″ = 0, where the order is 2. The
 * iterated integrals are I_11 = (ΔW² − dt)/2, I_111 = (ΔW³ − 3dt ΔW)/6 and I_10 = dt(H + ΔW/2).
 */
export const srk: Method = {
  name: 'srk',
  strongOrder: 1.5,
  weakOrder: 1.5,
  stationaryOrder: 2,
  noise: 'diagonal',
  sharper: { additive: { weakOrder: 2 } },
  calculus: 'ito',
  path: 'time-areas',
  prepare(system, count) {
    const size = system.dim * count
    const [slope, slope2, stage] = [0, 1, 2].map(() => new Float64Array(size))
    const [first, second, third, fourth] = [0, 1, 2, 3].map(() => noiseTerm(system, count))
    const [g1, g2, g3, g4] = [first, second, third, fourth].map(({ entries }) => entries)
    return (x, t, dt, { increment, timeArea }) => {
      const root = Math.sqrt(dt)
      system.drift(x, count, t, slope)
      first.evaluate(x, t)
      for (let i = 0; i < size; i++) stage[i] = x[i] + 0.75 * dt * slope[i] + 1.5 * g1[i] * (timeArea[i] + 0.5 * increment[i])
      system.drift(stage, count, t + 0.75 * dt, slope2)
      for (let i = 0; i < size; i++) stage[i] = x[i] + 0.25 * dt * slope[i] + 0.5 * root * g1[i]
      second.evaluate(stage, t + 0.25 * dt)
      for (let i = 0; i < size; i++) stage[i] = x[i] + dt * slope[i] - root * g1[i]
      third.evaluate(stage, t + dt)
      for (let i = 0; i < size; i++) stage[i] = x[i] + 0.25 * dt * slope[i] + root * (-5 * g1[i] + 3 * g2[i] + 0.5 * g3[i])
      fourth.evaluate(stage, t + 0.25 * dt)
      for (let i = 0; i < size; i++) {
        const w = increment[i]
        const twice = (w * w - dt) / (2 * root)
        const mixed = timeArea[i] + 0.5 * w
        const thrice = (w * w * w - 3 * dt * w) / (6 * dt)
        x[i] += (dt * (slope[i] + 2 * slope2[i])) / 3
          + g1[i] * (-w - twice + 2 * mixed - 2 * thrice)
          + (g2[i] * (4 * w + 4 * twice - 4 * mixed + 5 * thrice)) / 3
          + (g3[i] * (2 * w - twice - 2 * mixed - 2 * thrice)) / 3
          + g4[i] * thrice
      }
    }
  },
}
