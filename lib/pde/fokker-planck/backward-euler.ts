import { assemble, eliminating, finish, occupations } from '../../kernels/elimination.ts'
import type { Elimination } from '../../kernels/elimination.ts'
import { chainOf } from './chain.ts'
import { conservingStep } from './conserving-step.ts'
import { checkSize } from './restricted.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/** Step lengths whose factors are kept. */
const kept = 3

/**
 * Backward Euler in time on all directions at once, (I − dt A)ρ⁺ = ρ, by an elimination that never subtracts: linear, positive, the discrete stationary law
 * is kept at every step length, with a current or not, and no relative entropy to it ever rises. First order in time.
 */
export const backwardEuler: FokkerPlanckScheme = {
  name: 'backward-euler',
  order: { space: 2, time: 1 },
  monotone: true,
  flow: (equation) => {
    const chain = chainOf(equation)
    const { jumps, dissection, grid } = chain
    const assembly = checkSize('solve', grid.shape, assemble(jumps, dissection, grid.size))
    const factors = new Map<number, Elimination>()
    const factorsOf = (dt: number): Elimination => {
      const found = factors.get(dt) ?? finish(eliminating(assembly, jumps, dt, 1))
      factors.delete(dt)
      if (factors.size >= kept) factors.delete(factors.keys().next().value!)
      factors.set(dt, found)
      return found
    }
    return { evaluations: () => 1, step: conservingStep(chain, (masses, dt) => masses.set(occupations(factorsOf(dt), masses))) }
  },
}
