import { trBdf2Flow } from './line-flow.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/** Exponentially fitted finite volumes with TR-BDF2 in time, axes by Strang's splitting. */
export const scharfetterGummel: FokkerPlanckScheme = {
  name: 'scharfetter-gummel',
  order: { space: 2, time: 2 },
  // Positive, but through a limiter: u ≤ v may cross.
  monotone: false,
  flow: trBdf2Flow,
  solves: 2,
}
