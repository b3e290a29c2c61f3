import type { Claim } from './claim.ts'
import { coleHopf } from './cole-hopf.ts'
import { hopfLax } from './hopf-lax.ts'
import { proxGradient } from './prox-gradient.ts'
import { semiconcavity } from './semiconcavity.ts'
import { vanishingViscosity } from './vanishing-viscosity.ts'

/** The ledger: every claim, in the order of the report. */
export const claims: readonly Claim[] = [coleHopf, hopfLax, vanishingViscosity, proxGradient, semiconcavity]
