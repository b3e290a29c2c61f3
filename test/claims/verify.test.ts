import { describe, expect, it } from 'vitest'
import type { Claim } from '../../lib/claims/claim.ts'
import { runClaim, verify } from '../../lib/claims/verify.ts'
import type { VerifyProgress } from '../../lib/claims/verify.ts'
import { Cancelled } from '../../lib/core/errors.ts'

/** A claim that measures its own parameter. */
function fixture(measured: number, broken: number, change: Partial<Claim> = {}): Claim<{ measured: number }, { value: number }> {
  return {
    id: 'fixture', paper: 'deep-relaxation', title: 'A fixture', statement: 'x', hypotheses: 'none', source: 'none',
    parameters: { quick: { measured }, full: { measured } },
    seed: 3,
    experiment: async (parameters) => ({ value: parameters.measured }),
    checks: [
      { name: 'small', observe: ({ value }) => value, relation: 'at most', bound: () => 1, reason: 'a fixture' },
      { name: 'large', observe: ({ value }) => value, relation: 'at least', bound: () => -1, reason: 'a fixture' },
    ],
    control: { broken: 'the value', change: () => ({ measured: broken }), mustFail: ['small'] },
    figure: () => ({ title: 'none', panels: [] }),
    ...change,
  }
}

describe('runClaim', () => {
  it('judges checks and control', async () => {
    const verdict = await runClaim(fixture(0.5, 2), 'quick')
    expect(verdict).toMatchObject({ id: 'fixture', verdict: 'holds', tier: 'quick', seed: 3, parameters: { measured: 0.5 }, control: { failed: true } })
    expect(verdict.checks.map(({ measured, bound, holds }) => ({ measured, bound, holds }))).toEqual([
      { measured: 0.5, bound: 1, holds: true }, { measured: 0.5, bound: -1, holds: true },
    ])
    expect(verdict.control!.checks[0]).toMatchObject({ measured: 2, holds: false })
  })

  it('fails when a check does, when its number is not one, and when the control does not fail', async () => {
    expect((await runClaim(fixture(1.5, 2), 'quick')).verdict).toBe('fails')
    expect((await runClaim(fixture(-1.5, 2), 'quick')).verdict).toBe('fails')
    expect((await runClaim(fixture(NaN, 2), 'quick')).verdict).toBe('fails')
    expect((await runClaim(fixture(0.5, 0.7), 'quick')).control).toMatchObject({ failed: false })
    expect((await runClaim(fixture(0.5, 0.7), 'quick')).verdict).toBe('fails')
  })

  it('needs every named check of the control to fail, and knows a misspelled name', async () => {
    const control = { broken: 'the value', change: () => ({ measured: 2 }), mustFail: ['small', 'large'] }
    expect((await runClaim(fixture(0.5, 2, { control }), 'quick')).verdict).toBe('fails')
    expect((await runClaim(fixture(0.5, 2, { control: { ...control, mustFail: ['smal'] } }), 'quick')).verdict).toBe('fails')
    expect((await runClaim(fixture(0.5, 2, { control: { ...control, mustFail: [] } }), 'quick')).verdict).toBe('fails')
  })

  it('says when a claim holds with a correction', async () => {
    const corrected = { printed: 'y', wrong: 'it is x' }
    expect((await runClaim(fixture(0.5, 2, { corrected }), 'quick')).verdict).toBe('holds with correction')
    expect((await runClaim(fixture(1.5, 2, { corrected }), 'quick')).verdict).toBe('fails')
  })
})

describe('verify', () => {
  it('refuses bad input before any work', async () => {
    const cases: [() => Promise<unknown>, string][] = [
      [() => verify('cole-hpf'), "verify: id must be one of 'cole-hopf'"],
      [() => verify([]), "verify: ids must be a claim's id, a list of them or 'all', got []"],
      [() => verify(3 as never), "verify: ids must be a claim's id, a list of them or 'all', got 3"],
      [() => verify('all', { tier: 'fast' as never }), "verify: tier must be one of 'quick', 'full', got \"fast\""],
      [() => verify('all', { seed: 1.5 }), 'verify: seed must be an integer of at least 0, got 1.5'],
      [() => verify('all', { sead: 1 } as never), 'did you mean seed?'],
      [() => verify('all', { signal: {} as never }), 'verify: signal must be an AbortSignal'],
      [() => verify('all', { resume: 3 as never }), 'verify: resume must be the state of a cancelled verify of the quick tier, got 3'],
      [() => verify('all', { resume: { verdicts: [{ id: 'cole-hopf', tier: 'full' }] } as never }), 'verify: resume must be the state'],
      [() => verify('all', { executor: {} as never }), 'verify: executor must be an executor'],
    ]
    for (const [call, message] of cases) await expect(call()).rejects.toThrow(message)
  })

  it('cancels with the verdicts reached, and resumes without running them again', async () => {
    const controller = new AbortController()
    const seen: VerifyProgress[] = []
    const onProgress = (progress: VerifyProgress): void => {
      seen.push(progress)
      if (progress.verdict !== undefined) controller.abort()
    }
    const cancelled = await verify(['hopf-lax', 'semiconcavity'], { signal: controller.signal, onProgress }).catch((error: unknown) => error)
    expect(cancelled).toBeInstanceOf(Cancelled)
    const { state } = cancelled as Cancelled<{ verdicts: { id: string }[] }>
    expect(state.verdicts.map(({ id }) => id)).toEqual(['hopf-lax'])
    expect(seen.every(({ fraction, elapsed }) => fraction >= 0 && fraction <= 1 && elapsed >= 0)).toBe(true)
    const verdicts = await verify('hopf-lax', { resume: state as never })
    expect(verdicts).toEqual(state.verdicts)
  })
})
