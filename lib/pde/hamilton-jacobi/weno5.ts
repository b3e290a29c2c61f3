import { sevenPointLaplacian } from '../../kernels/heat-kernel.ts'
import { weno5 as weno5Derivative } from './derivatives.ts'
import { lawson4 } from './integrators.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'

/**
 * Fifth order where u is smooth, through open ends from which waves leave; first order at kinks, without visible oscillations, beside ends where linearly
 * continued data enter, and beside Dirichlet ends.
 */
export const weno5: HamiltonJacobiScheme = {
  name: 'weno5',
  order: { space: 5, time: 4 },
  monotone: false,
  cfl: { standard: 0.6, largest: 1 },
  derivative: weno5Derivative,
  flux: 'upwind',
  integrator: lawson4,
  laplacian: sevenPointLaplacian,
}
