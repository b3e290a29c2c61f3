import type { LatticeLaplacian } from '../../kernels/heat-kernel.ts'
import type { Scheme } from '../equation.ts'
import type { Derivative } from './derivatives.ts'
import type { Integrator } from './integrators.ts'
import type { Viscous } from './viscous.ts'

/**
 * The numerical Hamiltonian: Godunov's, for a sum of functions of one slope each only; Godunov's for those and local Lax–Friedrichs for others ('upwind');
 * Lax–Friedrichs, with one dissipation for all nodes or with the node's own.
 */
export type Flux = 'godunov' | 'upwind' | 'lax-friedrichs' | 'local-lax-friedrichs'

/** A scheme = derivative × flux × integrator, with the Laplacian and the flow of the viscous term. */
export interface HamiltonJacobiScheme extends Scheme {
  readonly cfl: NonNullable<Scheme['cfl']>
  readonly derivative: Derivative
  readonly flux: Flux
  readonly integrator: Integrator
  readonly laplacian: LatticeLaplacian
  /** Default 'exact'. */
  readonly viscous?: Viscous
}
