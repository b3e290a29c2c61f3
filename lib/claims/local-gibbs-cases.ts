import { potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { tilted } from '../potential/tilted.ts'
import type { Method } from '../sde/method.ts'
import { leimkuhlerMatthews } from '../sde/methods/leimkuhler-matthews.ts'
import { mala } from '../sde/methods/mala.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'
import type { System } from '../sde/system.ts'
import { digitsProblem } from './digits-gradient.ts'

export type Landscape = 'one-well' | 'two-wells'

/** A local Gibbs law, and how it is sampled. */
export interface Case {
  name: string
  f: Potential
  x: number[]
  gamma: number
  beta: number
  /** inf of the eigenvalues of H = f + |x − y|²/2γ; in the landscapes of two wells that at the bottom of the well of x. */
  kappa: number
  dt: number
  method: Method
}

/** Largest eigenvalue of the Hessian ((0.65, −0.1), (−0.1, 1.4)) of the waves where both bend most; their phases are independent. */
const wave = 1.025 + Math.hypot(0.375, 0.1)

export function casesOf(landscape: Landscape): Case[] {
  if (landscape === 'two-wells') {
    const common = { gamma: 4, beta: 10, dt: 0.2 / 25, method: mala }
    return [
      { ...common, name: 'line', f: potential('2 (x^2 - 1)^2 - 0.6 x'), x: [-1], kappa: 14.4 },
      { ...common, name: 'plane', f: potential('2 (x^2 - 1)^2 - 0.6 x + 8 (y - x/4)^2'), x: [-1, 0], kappa: 11.8 },
    ]
  }
  return [
    { name: 'line', f: potential('0.3 cos(2 x)'), x: [0.4], gamma: 0.25, beta: 3, kappa: 4 - 1.2, dt: 0.2 / 5.2, method: mala },
    { name: 'plane', f: potential('0.4 cos(x + y) + 0.25 cos(x - 2 y)'), x: [0.3, -0.2], gamma: 0.25, beta: 3, kappa: 4 - wave, dt: 0.2 / (4 + wave), method: mala },
  ]
}

export const systemOf = ({ f, x, gamma, beta }: Case): System => overdampedSystem(overdampedLangevin({ potential: tilted(f, x, gamma), beta }))

/** The loss of softmax regression on a plane through the trained parameters, at a point far from them. It is convex, so that κ ≥ 1/γ. */
export function digitsCase(samples: number): Case {
  const { slice } = digitsProblem(samples)
  return { name: 'digits slice', f: slice, x: [-9, 4], gamma: 3, beta: 5, kappa: 1 / 3, dt: 0.3, method: leimkuhlerMatthews }
}
