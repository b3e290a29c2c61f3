import { potential } from '../potential/index.ts'
import type { Method } from '../sde/method.ts'
import { milstein } from '../sde/methods/milstein.ts'
import { srkAdditive } from '../sde/methods/srk-additive.ts'
import { overdampedLangevin } from '../sde/overdamped-langevin.ts'
import { sde } from '../sde/sde.ts'
import type { StochasticEquation } from '../sde/system.ts'
import { underdampedLangevin } from '../sde/underdamped-langevin.ts'

export type ItoOrStratonovich = 'ito' | 'stratonovich'
export const problemClasses = ['additive', 'diagonal', 'commutative', 'general'] as const
export type ProblemClass = typeof problemClasses[number]

/** An equation whose paths are known at time 1: in closed form, or by a method of higher order with small steps on the same Wiener process. */
export interface IntegratorProblem {
  noise: ProblemClass
  noiseDim: number
  initial: number[]
  equation(calculus: ItoOrStratonovich): StochasticEquation
  solution: Method | ((w: readonly number[], calculus: ItoOrStratonovich) => number[])
  /** Whether the equation is there for the methods that take no other. */
  kinetic: boolean
}

/** dx = −f′ dt + √(2/β) dW */
export function line(f: string, beta: number, start: number): IntegratorProblem {
  return {
    noise: 'additive', noiseDim: 1, initial: [start], solution: srkAdditive, kinetic: false, equation: () => overdampedLangevin({ potential: potential(f), beta }),
  }
}

export function kineticLine(f: string, beta: number, start: number[]): IntegratorProblem {
  return {
    noise: 'additive', noiseDim: 1, initial: start, solution: srkAdditive, kinetic: true, equation: () => underdampedLangevin({ potential: potential(f), beta, friction: 1 }),
  }
}

/** x = arctan(aW + ct + tan x₀) by coordinates: b = a cos²x, b b′/2 = −a² sin x cos³x. */
export function arctangent(): IntegratorProblem {
  const [a, c, initial] = [[0.6, 0.5], [-0.4, 0.4], [0.5, -0.4]]
  return {
    noise: 'diagonal', noiseDim: 2, initial, kinetic: false,
    equation: (calculus) => sde({
      dim: 2, calculus, noiseClass: 'diagonal',
      drift(x, _t, out) {
        for (let k = 0; k < 2; k++) {
          const cosine = Math.cos(x[k])
          out[k] = c[k] * cosine ** 2 - (calculus === 'ito' ? a[k] ** 2 * Math.sin(x[k]) * cosine ** 3 : 0)
        }
      },
      noise(x, _t, out) {
        for (let k = 0; k < 2; k++) out[k] = a[k] * Math.cos(x[k]) ** 2
      },
    }),
    solution: (w) => initial.map((x, k) => Math.atan(a[k] * w[k] + c[k] + Math.tan(x))),
  }
}

/** dz = Az dt + B₁z dW₁ + B₂z dW₂ in the complex plane, A = −0.5 + 0.4i, B₁ = 0.15 + 0.45i, B₂ = −0.1 + 0.4i: z = z₀ exp(…), less B²/2 in the Itô sense. */
export function rotations(): IntegratorProblem {
  const [p, q] = [[0.15, 0.45], [-0.1, 0.4]]
  return {
    noise: 'commutative', noiseDim: 2, initial: [0.8, 0.3], kinetic: false,
    equation: (calculus) => sde({
      dim: 2, calculus, noiseClass: 'commutative',
      drift: (x, _t, out) => out.set([-0.5 * x[0] - 0.4 * x[1], 0.4 * x[0] - 0.5 * x[1]]),
      noise: (x, _t, out) => out.set([p[0] * x[0] - p[1] * x[1], q[0] * x[0] - q[1] * x[1], p[1] * x[0] + p[0] * x[1], q[1] * x[0] + q[0] * x[1]]),
    }),
    solution([v, w], calculus) {
      const [re, im] = calculus === 'ito' ? [(p[0] ** 2 - p[1] ** 2 + q[0] ** 2 - q[1] ** 2) / 2, p[0] * p[1] + q[0] * q[1]] : [0, 0]
      const size = Math.exp(-0.5 - re + p[0] * v + q[0] * w)
      const angle = 0.4 - im + p[1] * v + q[1] * w
      const [c, s] = [size * Math.cos(angle), size * Math.sin(angle)]
      return [0.8 * c - 0.3 * s, 0.8 * s + 0.3 * c]
    },
  }
}

/** Noise whose Lévy areas count. */
export function twisted(): IntegratorProblem {
  return {
    noise: 'general', noiseDim: 2, initial: [0.5, -0.2], solution: milstein, kinetic: false,
    equation: (calculus) => sde({
      dim: 2, calculus,
      drift: (x, _t, out) => out.set([-0.5 * x[0], 0.3 * Math.sin(x[0]) - 0.5 * x[1]]),
      noise: (x, _t, out) => out.set([0.4 * Math.sin(x[1]), 0.5, 0.6 * Math.cos(x[0]), 0.3 * x[0]]),
    }),
  }
}
