import type { Workspace } from '../../kernels/workspace.ts'
import type { Scheme } from '../equation.ts'
import type { FokkerPlanck } from './equation.ts'

/** Carries densities over a time dt, in place. */
export interface Flow {
  step(density: Float64Array, dt: number): void
  /** Linear systems, or products with the generator, that a step takes. */
  evaluations(dt: number): number
}

/** A scheme = exponentially fitted finite volumes × a one-step method in time. */
export interface FokkerPlanckScheme extends Scheme {
  flow(equation: FokkerPlanck, workspace: Workspace): Flow
}
