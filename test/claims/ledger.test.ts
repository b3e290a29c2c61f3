import { describe, expect, it } from 'vitest'
import { claims } from '../../lib/claims/index.ts'
import { verify } from '../../lib/claims/verify.ts'
import { renderSvg } from '../../lib/figure/svg.ts'

describe.each(claims.map((claim) => [claim.id, claim] as const))('claim %s', (id, claim) => {
  it('is told in full', () => {
    expect(claims.filter((other) => other.id === id)).toHaveLength(1)
    for (const text of [claim.title, claim.statement, claim.hypotheses, claim.source, claim.control.broken]) expect(text.length).toBeGreaterThan(10)
    expect(claim.checks.every(({ reason }) => reason.length > 10)).toBe(true)
    expect(new Set(claim.checks.map(({ name }) => name)).size).toBe(claim.checks.length)
    expect(claim.control.mustFail.filter((name) => !claim.checks.some((check) => check.name === name))).toEqual([])
  })

  it('holds, its control fails, its numbers are plain and its figure can be drawn', async () => {
    const [verdict] = await verify(id)
    expect(verdict.checks.filter(({ holds }) => !holds)).toEqual([])
    expect(verdict.control!.failed).toBe(true)
    expect(verdict.verdict).toBe(claim.corrected === undefined ? 'holds' : 'holds with correction')
    expect(verdict.checks.every(({ measured, bound }) => Number.isFinite(measured) && Number.isFinite(bound))).toBe(true)
    expect(JSON.parse(JSON.stringify(verdict.figure))).toEqual(verdict.figure)
    expect(renderSvg(verdict.figure)).toMatch(/^<svg[^>]*xmlns/)
  })
})
