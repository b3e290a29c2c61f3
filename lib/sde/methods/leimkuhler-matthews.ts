import type { Method } from '../method.ts'

/**
 * x ← x + drift dt + amplitude √dt (ξ_k + ξ_{k+1})/2 (Leimkuhler & Matthews 2013): Euler–Maruyama with the noise of two neighbouring steps averaged.
 * Averages under the stationary law are second order, and exact on quadratic potentials. The averaged noise lags behind the Wiener process
 * by half a step, so that the strong order is 1/2 and the weak order at a fixed time is 1.
 */
export const leimkuhlerMatthews: Method = {
  name: 'leimkuhler-matthews',
  strongOrder: 0.5,
  weakOrder: 1,
  stationaryOrder: 2,
  noise: 'additive',
  calculus: 'both',
  prepare({ dim, amplitude, drift }, noise, count) {
    const slope = new Float64Array(dim * count)
    const normals = [new Float64Array(dim * count), new Float64Array(dim * count)]
    let held = -1
    return (x, t, step, dt) => {
      const now = normals[step % 2]
      const next = normals[(step + 1) % 2]
      if (held !== step) noise.fill(step, now)
      drift(x, count, t, slope)
      noise.fill(step + 1, next)
      held = step + 1
      const size = amplitude * Math.sqrt(dt) * 0.5
      for (let i = 0; i < x.length; i++) x[i] += dt * slope[i] + size * (now[i] + next[i])
    }
  },
}
