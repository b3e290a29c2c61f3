import { solveDense } from '../../kernels/dense.ts'
import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'
import type { System } from '../system.ts'

/** Newton's iteration ends after so many steps without an answer; the path then counts as diverged. */
const mostIterations = 50

/**
 * Drift-implicit Euler (backward Euler–Maruyama), Itô: x' = x + a(x', t + dt) dt + B(x, t) ΔW, by Newton's iteration path by path, with the drift's Jacobian where the equation
 * knows it and difference quotients otherwise. Mean-square stable for stiff linear drifts at every dt; the equation has one solution while dt times
 * the one-sided Lipschitz constant of the drift is below 1.
 */
export const driftImplicitEuler: Method = {
  name: 'drift-implicit-euler',
  strongOrder: 0.5,
  weakOrder: 1,
  stationaryOrder: 1,
  noise: 'general',
  sharper: { additive: { strongOrder: 1 } },
  calculus: 'ito',
  prepare(system, count) {
    const { dim } = system
    const noise = noiseTerm(system, count)
    const known = new Float64Array(dim)
    const solve = newton(system)
    return (x, t, dt, { increment }) => {
      const target = x.slice()
      noise.evaluate(x, t)
      noise.addTo(target, increment)
      for (let p = 0; p < count; p++) {
        for (let k = 0; k < dim; k++) known[k] = target[k * count + p]
        const root = solve(known, t + dt, dt)
        for (let k = 0; k < dim; k++) x[k * count + p] = root[k]
      }
    }
  },
}

/** z = known + dt·a(z, t); NaN without one. */
function newton({ dim, drift, jacobian }: System): (known: Float64Array, t: number, dt: number) => Float64Array {
  const [slope, z, rest, aside] = [0, 1, 2, 3].map(() => new Float64Array(dim))
  const matrix = new Float64Array(dim * dim)
  const differences = (at: Float64Array, t: number, out: Float64Array): void => {
    for (let l = 0; l < dim; l++) {
      const step = 1.5e-8 * (1 + Math.abs(at[l]))
      aside.set(at)
      aside[l] += step
      drift(aside, 1, t, rest)
      for (let k = 0; k < dim; k++) out[k * dim + l] = (rest[k] - slope[k]) / step
    }
  }
  return (known, t, dt) => {
    z.set(known)
    let before = Infinity
    for (let n = 0; n < mostIterations; n++) {
      drift(z, 1, t, slope)
      if (!slope.every(Number.isFinite)) return z.fill(NaN)
      ;(jacobian ?? differences)(z, t, matrix)
      for (let i = 0; i < matrix.length; i++) matrix[i] = (i % (dim + 1) === 0 ? 1 : 0) - dt * matrix[i]
      for (let k = 0; k < dim; k++) rest[k] = known[k] + dt * slope[k] - z[k]
      if (!solveDense(matrix, rest)) return z.fill(NaN)
      let [size, scale] = [0, 1]
      for (let k = 0; k < dim; k++) {
        z[k] += rest[k]
        size = Math.max(size, Math.abs(rest[k]))
        scale = Math.max(scale, Math.abs(z[k]))
      }
      // Quadratic convergence: after a step of 1e−9 the next is at rounding; an exact zero, or one that no longer shrinks there, ends it too.
      if (size <= 1e-9 * scale || (size >= before && size <= 1e-7 * scale)) return z
      before = size
    }
    return z.fill(NaN)
  }
}
