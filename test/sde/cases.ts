import { potential } from '../../lib/potential/index.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { sde } from '../../lib/sde/sde.ts'
import type { StochasticEquation } from '../../lib/sde/system.ts'
import { underdampedLangevin } from '../../lib/sde/underdamped-langevin.ts'

const wells = potential('(x^2-1)^2/4 + x y/3 + y^2/2')

/** An equation for each method, which x ↦ −x, W ↦ −W leaves as it is: an odd drift and an even noise, for 'milstein' and 'heun' one that does not commute. */
export function symmetricEquation(method: string): StochasticEquation {
  if (method === 'baoab' || method === 'obabo') return underdampedLangevin({ potential: wells, beta: 3, friction: 0.7, mass: [1, 2] })
  if (method !== 'milstein' && method !== 'heun') return overdampedLangevin({ potential: wells, beta: 3 })
  const drift = (x: Float64Array, _t: number, out: Float64Array): void => {
    wells.gradient(x, out)
    out.forEach((c, k) => (out[k] = -c))
  }
  const noise = (x: Float64Array, t: number, out: Float64Array): void => out.set([0.5, x[0] * x[1] / 3, 0.2 * Math.cos(t), 0.4 * x[1] * x[1]])
  return sde({ dim: 2, drift, noise, calculus: method === 'heun' ? 'stratonovich' : 'ito' })
}

export const numbers = (array: { data: Float64Array }): number[] => Array.from(array.data)

/** Distance of an estimate from a number, in standard errors. */
export const off = ({ estimate, standardError }: { estimate: number; standardError: number }, exact: number): number => Math.abs(estimate - exact) / standardError
