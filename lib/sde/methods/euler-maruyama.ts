import type { Method } from '../method.ts'

/**
 * x ← x + drift dt + amplitude √dt ξ (Maruyama 1955). With additive noise, the only kind so far, its strong order is 1. On a quadratic potential
 * λx²/2 the stationary variance is (1/βλ)/(1 − λdt/2).
 */
export const eulerMaruyama: Method = {
  name: 'euler-maruyama',
  strongOrder: 1,
  weakOrder: 1,
  stationaryOrder: 1,
  noise: 'additive',
  calculus: 'both',
  prepare({ dim, amplitude, drift }, noise, count) {
    const slope = new Float64Array(dim * count)
    const normal = new Float64Array(dim * count)
    return (x, t, step, dt) => {
      drift(x, count, t, slope)
      noise.fill(step, normal)
      const size = amplitude * Math.sqrt(dt)
      for (let i = 0; i < x.length; i++) x[i] += dt * slope[i] + size * normal[i]
    }
  },
}
