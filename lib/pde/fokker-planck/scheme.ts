import type { Scheme } from '../equation.ts'
import type { LineFlow } from './line-flow.ts'
import type { Lines } from './lines.ts'

/** A scheme = exponentially fitted finite volumes × a one-step method for the lines of an axis. */
export interface FokkerPlanckScheme extends Scheme {
  /** `kept`: step lengths for which factors are kept. */
  flow(lines: Lines, kept: number): LineFlow
  /** Linear systems that a step solves on every line. */
  readonly solves: number
}
