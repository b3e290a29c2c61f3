import { potential } from '../../lib/potential/index.ts'
import type { NoiseClass, StochasticEquation } from '../../lib/sde/system.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { sde } from '../../lib/sde/sde.ts'
import { underdampedLangevin } from '../../lib/sde/underdamped-langevin.ts'

/** A stochastic differential equation with a known strong solution. */
export interface SolvedProblem {
  name: string
  noise: NoiseClass
  equation(calculus: 'ito' | 'stratonovich'): StochasticEquation
  noiseDim: number
  initial: number[]
  /** x(t) from W(t), in the calculus asked for. */
  exact(w: readonly number[], t: number, calculus: 'ito' | 'stratonovich'): number[]
}

type Drift = (x: Float64Array, t: number, out: Float64Array) => void

/** dx = (b/√(1+t) − x/(2(1+t))) dt + ab/√(1+t) dW (Kloeden & Platen 1992, 4.4.40 f.) */
const timeDependent: SolvedProblem = {
  name: 'additive, in time', noise: 'additive', noiseDim: 1, initial: [0.4],
  equation: () => sde({
    dim: 1, noiseClass: 'additive', noise: (_x, t, out) => void (out[0] = 0.6 / Math.sqrt(1 + t)),
    drift: (x, t, out) => void (out[0] = 0.8 / Math.sqrt(1 + t) - x[0] / (2 * (1 + t))),
  }),
  exact: ([w], t) => [(0.4 + 0.8 * t + 0.6 * w) / Math.sqrt(1 + t)],
}

/** x = tanh(aW + c t + artanh x₀), by coordinates: b = a(1 − x²), b b′/2 = −a²x(1 − x²). */
function diagonalProblem(dim: number): SolvedProblem {
  const a = [0.7, 0.5]
  const drift = (calculus: string): Drift => (x, _t, out) => {
    for (let k = 0; k < dim; k++) out[k] = (1 - x[k] ** 2) * (0.3 - (calculus === 'ito' ? a[k] ** 2 * x[k] : 0))
  }
  const initial = [0.2, -0.4].slice(0, dim)
  return {
    name: `diagonal, ${dim}-D`, noise: dim === 1 ? 'scalar' : 'diagonal', noiseDim: dim, initial,
    equation: (calculus) => sde({
      dim, calculus, noiseClass: 'diagonal', drift: drift(calculus), noise: (x, _t, out) => x.forEach((c, k) => (out[k] = a[k] * (1 - c * c))),
    }),
    exact: (w, t) => initial.map((c, k) => Math.tanh(a[k] * w[k] + 0.3 * t + Math.atanh(c))),
  }
}

/** dx = Ax dt + B₁x dW₁ + B₂x dW₂ with matrices that rotate and stretch the plane, which commute: z = x + iy is z₀ exp(…). */
const commutative: SolvedProblem = {
  name: 'commutative', noise: 'commutative', noiseDim: 2, initial: [0.8, 0.3],
  // z ↦ (a + bi) z, with B₁ = 0.5 + 0.3i, B₂ = −0.2 + 0.6i.
  equation: (calculus) => sde({
    dim: 2, calculus, noiseClass: 'commutative',
    drift: (x, _t, out) => out.set([-0.5 * x[0] - 0.4 * x[1], 0.4 * x[0] - 0.5 * x[1]]),
    noise: (x, _t, out) => out.set([0.5 * x[0] - 0.3 * x[1], -0.2 * x[0] - 0.6 * x[1], 0.3 * x[0] + 0.5 * x[1], 0.6 * x[0] - 0.2 * x[1]]),
  }),
  exact(w, t, calculus) {
    // −(B₁² + B₂²)/2, B² = (a² − b²) + 2abi.
    const half = calculus === 'ito' ? [-(0.25 - 0.09 + 0.04 - 0.36) / 2, -(0.3 - 0.24) / 2] : [0, 0]
    const re = (-0.5 + half[0]) * t + 0.5 * w[0] - 0.2 * w[1]
    const angle = (0.4 + half[1]) * t + 0.3 * w[0] + 0.6 * w[1]
    const [c, s] = [Math.exp(re) * Math.cos(angle), Math.exp(re) * Math.sin(angle)]
    return [0.8 * c - 0.3 * s, 0.8 * s + 0.3 * c]
  },
}

export const solvedProblems: readonly SolvedProblem[] = [timeDependent, diagonalProblem(1), diagonalProblem(2), commutative]

/** Without a closed form: measured against the same method with much smaller steps on the same paths. */
export const refinedProblems: readonly { name: string; noise: NoiseClass; equation(calculus: 'ito' | 'stratonovich'): StochasticEquation; initial: number[] }[] = [
  {
    name: 'additive, a rippled plane', noise: 'additive', initial: [0.5, -0.2],
    equation: () => overdampedLangevin({ potential: potential('x^2/2 + 0.4 cos(x + y) + y^2/2'), beta: 3 }),
  },
  {
    name: 'kinetic, a rippled plane', noise: 'additive', initial: [0.5, -0.2, 0.3, 0],
    equation: () => underdampedLangevin({ potential: potential('x^2/2 + 0.4 cos(x + y) + y^2/2'), beta: 3, friction: 1 }),
  },
  {
    name: 'general', noise: 'general', initial: [0.5, -0.2],
    equation: (calculus) => sde({
      dim: 2, calculus,
      drift: (x, _t, out) => out.set([-0.5 * x[0], 0.3 * Math.sin(x[0]) - 0.5 * x[1]]),
      noise: (x, _t, out) => out.set([0.4 * Math.sin(x[1]), 0.5, 0.6 * Math.cos(x[0]), 0.3 * x[0]]),
    }),
  },
]
