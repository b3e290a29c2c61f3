import type { Team } from '../../kernels/team.ts'
import type { Scheme } from '../equation.ts'
import type { FokkerPlanck } from './equation.ts'

/** Carries densities over a time dt, in place. */
export interface Flow {
  step(density: Float64Array, dt: number): void
  /** Linear systems, or products with the generator, that a step takes. */
  evaluations(dt: number): number
  /** Gives back memory of the kernels; no step afterwards. */
  release?(): void
}

/** A scheme = exponentially fitted finite volumes × a one-step method in time. */
export interface FokkerPlanckScheme extends Scheme {
  /** `team` takes parts of the sweeps. */
  flow(equation: FokkerPlanck, team: Team): Flow
}
