import type { LatticeLaplacian } from '../../kernels/heat-kernel.ts'
import type { Scheme } from '../equation.ts'
import type { Derivative } from './derivatives.ts'
import type { Integrator } from './integrators.ts'
import type { Viscous } from './viscous.ts'

/**
 * The numerical Hamiltonian: Godunov's, for a sum of functions of one slope each only; Godunov's for those and local Lax–Friedrichs for others ('upwind');
 * Lax–Friedrichs, with one dissipation for all nodes or with the node's own; none, H at central differences.
 */
export type Flux = 'godunov' | 'upwind' | 'lax-friedrichs' | 'local-lax-friedrichs' | 'central'

/** A scheme = derivative × flux × integrator, with the Laplacian and the flow of the viscous term. */
export interface HamiltonJacobiScheme extends Scheme {
  readonly cfl: NonNullable<Scheme['cfl']>
  /** One-sided derivatives; missing where they are central. */
  readonly derivative?: Derivative
  readonly flux: Flux
  readonly integrator: Integrator
  readonly laplacian: LatticeLaplacian
  /** Default 'exact'. Central differences with 'rkl2' take their whole right-hand side by it, without the integrator. */
  readonly viscous?: Viscous
}
