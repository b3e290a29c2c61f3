import { sevenPointLaplacian } from '../../kernels/heat-kernel.ts'
import { eno2 as eno2Derivative, eno3 as eno3Derivative } from './derivatives.ts'
import { strongStabilityPreserving3 } from './integrators.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'

/** Second order where u is smooth, open ends included; first order at kinks. */
export const eno2: HamiltonJacobiScheme = {
  name: 'eno2',
  order: { space: 2, time: 3 },
  monotone: false,
  cfl: { standard: 0.5, largest: 0.75 },
  derivative: eno2Derivative,
  flux: 'upwind',
  integrator: strongStabilityPreserving3,
  laplacian: sevenPointLaplacian,
}

/** Third order where u is smooth, open ends included; first order at kinks. */
export const eno3: HamiltonJacobiScheme = {
  name: 'eno3',
  order: { space: 3, time: 3 },
  monotone: false,
  cfl: { standard: 0.5, largest: 0.75 },
  derivative: eno3Derivative,
  flux: 'upwind',
  integrator: strongStabilityPreserving3,
  laplacian: sevenPointLaplacian,
}
