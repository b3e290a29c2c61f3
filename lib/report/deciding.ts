import type { CheckResult, Verdict } from '../claims/claim.ts'
import { numberTexts } from '../figure/text.ts'

/**
 * The one check that stands for a verdict wherever there is room for one: the failed check that misses its bound by most, or else the
 * check with the least room to its bound. Room is (bound − measured)/max(|bound|, |measured|), with its sign turned for 'at least'.
 */
export function decidingCheck(verdict: Verdict): CheckResult | undefined {
  return verdict.checks.reduce<CheckResult | undefined>((best, check) => (best === undefined || rank(check) < rank(best) ? check : best), undefined)
}

/** Failed checks come before all others. */
function rank(check: CheckResult): number {
  return check.holds ? room(check) : room(check) - 10
}

function room({ measured, bound, relation }: CheckResult): number {
  const slack = relation === 'at most' ? bound - measured : measured - bound
  if (Number.isNaN(slack)) return -Infinity
  // A count that must be 0 and is 0 has no room to speak of: any other check says more.
  return measured === bound && bound === 0 ? 1 : Math.max(-2, Math.min(2, slack / Math.max(Math.abs(bound), Math.abs(measured))))
}

export const relationSign = { 'at most': '≤', 'at least': '≥' } as const

/** Measured and bound, to as many digits as tell them apart. */
export function checkTexts(check: CheckResult, style: 'typeset' | 'plain'): { measured: string; bound: string } {
  const [measured, bound] = numberTexts(check.measured, check.bound, 3, style)
  return { measured, bound: `${relationSign[check.relation]} ${bound}` }
}

/** What became of the broken run, in few words. */
export function controlText({ control }: Verdict): string {
  return control === null ? 'none' : control.failed ? 'fails as it must' : 'does not fail'
}
