import { threePointLaplacian } from '../../kernels/heat-kernel.ts'
import { upwind1 } from './derivatives.ts'
import { strongStabilityPreserving3 } from './integrators.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'

/**
 * First order, monotone: it keeps u ≤ v, the maximum principle and convergence to the viscosity solution through kinks, viscosity included, up to
 * dt Σ_k max|∂H/∂p_k|/h_k = 3/4. For H = Σ_k ½a_k p_k² − b_k(x) p_k. On 'extrapolate' ends with inflow the continuation itself is not monotone.
 */
export const godunov: HamiltonJacobiScheme = {
  name: 'godunov',
  order: { space: 1, time: 3 },
  monotone: true,
  cfl: { standard: 0.7, largest: 0.75 },
  derivative: upwind1,
  flux: 'godunov',
  integrator: strongStabilityPreserving3,
  laplacian: threePointLaplacian,
}
