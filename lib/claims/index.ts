import type { Claim } from './claim.ts'

/** The ledger: every claim, in the order of the report. */
export const claims: readonly Claim[] = []
