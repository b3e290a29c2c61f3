import { scharfetterGummel } from './scharfetter-gummel.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/** The schemes of the Fokker–Planck equation, for `solve(…, { scheme: name })`. */
export const schemes: readonly FokkerPlanckScheme[] = [scharfetterGummel]
