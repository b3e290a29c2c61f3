import type { LatticeLaplacian } from '../../kernels/heat-kernel.ts'
import type { Scheme } from '../equation.ts'
import type { Derivative } from './derivatives.ts'
import type { Flux } from './flux.ts'
import type { Integrator } from './integrators.ts'

/** A scheme = derivative × flux × integrator, with the Laplacian of the viscous term. */
export interface HamiltonJacobiScheme extends Scheme {
  readonly cfl: NonNullable<Scheme['cfl']>
  readonly derivative: Derivative
  readonly flux: Flux
  readonly integrator: Integrator
  readonly laplacian: LatticeLaplacian
}
