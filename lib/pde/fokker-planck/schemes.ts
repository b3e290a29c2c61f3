import { backwardEuler } from './backward-euler.ts'
import { exponential } from './exponential.ts'
import { scharfetterGummel } from './scharfetter-gummel.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/** The schemes of the Fokker–Planck equation, for `solve(…, { scheme: name })`. All have the same volumes and differ in time. */
export const schemes: readonly FokkerPlanckScheme[] = [scharfetterGummel, backwardEuler, exponential]
