import { exponentialAction } from '../../kernels/exponential-action.ts'
import { chainOf } from './chain.ts'
import { conservingStep } from './conserving-step.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/**
 * e^{tA}ρ, exact in time to rounding and positive: for small grids and for references. A time t takes about t·max rate products with the generator, so that
 * refining the grid costs h⁻² in products; up to some hundred nodes a dense matrix exponential is squared up instead.
 */
export const exponential: FokkerPlanckScheme = {
  name: 'exponential',
  order: { space: 2, time: Infinity },
  monotone: true,
  flow: (equation) => {
    const chain = chainOf(equation)
    const action = exponentialAction(chain.jumps)
    return { evaluations: (dt) => action.products(dt), step: conservingStep(chain, action.apply) }
  },
}
