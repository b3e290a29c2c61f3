import { threePointLaplacian } from '../../kernels/heat-kernel.ts'
import { upwind1 } from './derivatives.ts'
import { strongStabilityPreserving3 } from './integrators.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'

/**
 * First order, monotone for any H, with the largest |∂H/∂p_k| over all nodes as dissipation: u ≤ v is kept under one dissipation that holds for both. Smears
 * more than the others (Crandall & Lions 1984).
 */
export const laxFriedrichs: HamiltonJacobiScheme = {
  name: 'lax-friedrichs',
  order: { space: 1, time: 3 },
  monotone: true,
  cfl: { standard: 0.7, largest: 0.75 },
  derivative: upwind1,
  flux: 'lax-friedrichs',
  integrator: strongStabilityPreserving3,
  laplacian: threePointLaplacian,
}

/**
 * First order, monotone: the dissipation of an axis is the largest |∂H/∂p_k| between the node's two slopes, and over all slopes of the other axes where H couples
 * them. As slopes enter the dissipation too, steps are half as long (exactly so for quadratic H, and for others where |∂²H/∂p_k²|·|p_k⁺ − p_k⁻| ≤ 2α_k).
 */
export const localLaxFriedrichs: HamiltonJacobiScheme = {
  name: 'local-lax-friedrichs',
  order: { space: 1, time: 3 },
  monotone: true,
  cfl: { standard: 0.35, largest: 0.375 },
  derivative: upwind1,
  flux: 'local-lax-friedrichs',
  integrator: strongStabilityPreserving3,
  laplacian: threePointLaplacian,
}
