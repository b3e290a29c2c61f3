import { fivePointLaplacian } from '../../kernels/heat-kernel.ts'
import { lawson4 } from './integrators.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'

/**
 * Central differences of order 4 for ∇u and Δu, and RKL2 over all of the right-hand side: for smooth viscous solutions, which it resolves with the least work. At
 * 'extrapolate' and Dirichlet ends the order falls to 2. It needs viscosity and cells of Péclet number P = h|∂H/∂p|/(2·viscosity) ≤ 1. For a steady layer
 * a u′ = νu″ the differences have solutions r^i with (1 − 2P)r³ + (14P − 15)r² + (14P + 15)r − (2P + 1) = 0: the layer itself, and above P = ½ one that alternates,
 * which dies out faster than the layer while P² < 7/6.
 */
export const central: HamiltonJacobiScheme = {
  name: 'central',
  order: { space: 4, time: 2 },
  monotone: false,
  // Steps are bounded by their accuracy and by `stableStep`, not by a Courant number.
  cfl: { standard: Infinity, largest: Infinity },
  flux: 'central',
  integrator: lawson4,
  laplacian: fivePointLaplacian,
  viscous: 'rkl2',
}

/** The same differences where the viscous term flows apart from the rest, exactly or implicitly. */
export const splitCentral: HamiltonJacobiScheme = {
  ...central, name: 'split central', order: { space: 4, time: lawson4.order }, cfl: { standard: 0.6, largest: 1 }, viscous: 'exact',
}
