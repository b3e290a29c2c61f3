import { integer, oneOf, options, refuse } from '../core/arguments.ts'
import { Cancelled } from '../core/errors.ts'
import { executorFor } from '../execution/default-executor.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { breather, checkRunning, runningNames } from '../execution/progress.ts'
import type { Progress, Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import type { CheckResult, Claim, Context, Tier, Verdict } from './claim.ts'
import { claims } from './index.ts'

/** What `verify` is doing. */
export interface VerifyProgress extends Progress {
  /** Seconds until every claim is done, at the pace so far. */
  secondsLeft?: number
  claim: string
  tier: Tier
  /** Seconds since this claim began. */
  elapsed: number
  /** The claim's verdict, in the last report on it. */
  verdict?: Verdict
}

export interface VerifyOptions extends Omit<Running, 'onProgress'> {
  /** 'quick' (default): seconds a claim; 'full': finer, more dimensions. */
  tier?: Tier
  /** Replaces the claims' own seeds. */
  seed?: number
  /** Where the claims run; with threads() side by side. */
  /** Default: several claims at once, on as many threads as the machine runs side by side; a single one in this thread. */
  executor?: Executor
  onProgress?: (progress: VerifyProgress) => void
  /** Verdicts already reached, as `Cancelled.state` holds them: their claims are not run again. */
  resume?: { verdicts: Verdict[] }
}

/** A claim to be run, known by its id on every thread. */
interface ClaimPiece {
  id: string
  tier: Tier
  seed: number | undefined
}

const claimTask = defineTask('verify', ({ id, tier, seed }: ClaimPiece, control: Running) =>
  runClaim(claims.find((claim) => claim.id === id)!, tier, { ...control, ...(seed !== undefined && { seed }) }))

/** Elementary steps of a claim, roughly: two seconds and more of the quick tier. */
const stepsOfClaim = 1e8

/**
 * Runs claims of the ledger, each with its control, and returns a verdict for each in the order asked for.
 * @throws ArgumentError on an unknown id or option; Cancelled with the verdicts reached so far
 */
export async function verify(ids: string | readonly string[] | 'all', given: VerifyOptions = {}): Promise<Verdict[]> {
  options('verify', given, ['tier', 'seed', 'executor', 'resume', ...runningNames])
  const tier = given.tier === undefined ? 'quick' : oneOf('verify', 'tier', given.tier, ['quick', 'full'])
  const seed = given.seed === undefined ? undefined : integer('verify', 'seed', given.seed, 0)
  checkRunning('verify', given as Running)
  checkExecutor('verify', given.executor)
  const chosen = choose(ids)
  const verdicts = given.resume === undefined ? [] : reached(given.resume, tier)
  const pending = chosen.filter((claim) => !verdicts.some((verdict) => verdict.id === claim.id)).map(({ id }): ClaimPiece => ({ id, tier, seed }))
  const begun = new Map<string, number>()
  let secondsLeft: number | undefined
  const report = (id: string, progress: Progress, verdict?: Verdict): void => {
    if (!begun.has(id)) begun.set(id, performance.now())
    const elapsed = (performance.now() - begun.get(id)!) / 1000
    const { fraction, activity } = progress
    given.onProgress?.({ fraction, activity, claim: id, tier, elapsed, ...(secondsLeft !== undefined && { secondsLeft }), ...(verdict && { verdict }) })
  }
  try {
    await executorFor(given.executor, pending.length * stepsOfClaim, pending).run('verify', claimTask, pending, {
      ...(given.signal && { signal: given.signal }),
      onProgress: (total) => (secondsLeft = total.secondsLeft),
      onPiece: (progress, index) => report(pending[index].id, progress),
      onResult(verdict, index) {
        verdicts.push(verdict)
        report(pending[index].id, { fraction: 1, activity: 'done' }, verdict)
      },
    })
  } catch (error) {
    if (error instanceof Cancelled) throw new Cancelled(error.message, { verdicts })
    throw error
  }
  return chosen.map((claim) => verdicts.find((verdict) => verdict.id === claim.id)!)
}

function choose(ids: unknown): Claim[] {
  if (ids === 'all') return claims.slice()
  const list = typeof ids === 'string' ? [ids] : ids
  if (!Array.isArray(list) || list.length === 0) return refuse('verify', 'ids', "a claim's id, a list of them or 'all'", ids)
  const known = claims.map((claim) => claim.id)
  return [...new Set(list.map((id) => oneOf('verify', 'id', id, known)))].map((id) => claims.find((claim) => claim.id === id)!)
}

function reached(resume: unknown, tier: Tier): Verdict[] {
  const { verdicts } = (resume ?? {}) as { verdicts?: unknown }
  const known = claims.map((claim) => claim.id)
  const fits = Array.isArray(verdicts) && verdicts.every((verdict: Partial<Verdict> | null) => known.includes(verdict?.id ?? '') && verdict?.tier === tier)
  return fits ? (verdicts as Verdict[]).slice() : refuse('verify', 'resume', `the state of a cancelled verify of the ${tier} tier`, resume)
}

/** Runs one claim and its control. */
export async function runClaim(claim: Claim, tier: Tier, given: Running & { seed?: number } = {}): Promise<Verdict> {
  const start = performance.now()
  const seed = given.seed ?? claim.seed
  const part = (from: number, share: number): Context => {
    const breathe = breather('verify', given)
    return { tier, seed, ...(given.signal && { signal: given.signal }), step: ({ fraction, activity }: Progress) =>
      breathe({ fraction: from + share * fraction, activity }, () => undefined) }
  }
  const parameters = claim.parameters[tier]
  given.onProgress?.({ fraction: 0, activity: 'starting' })
  const measurement = await claim.experiment(parameters, part(0, 0.5))
  const checks = judge(claim, measurement, parameters)
  const changed = claim.control.change(parameters)
  const broken = judge(claim, await claim.experiment(changed, part(0.5, 0.5)), changed)
  const { mustFail } = claim.control
  const failed = mustFail.length > 0 && mustFail.every((name) => broken.some((check) => check.name === name && !check.holds))
  const holds = failed && checks.every((check) => check.holds)
  return {
    id: claim.id,
    paper: claim.paper,
    tier,
    verdict: !holds ? 'fails' : claim.corrected === undefined ? 'holds' : 'holds with correction',
    checks,
    control: { failed, broken: claim.control.broken, mustFail, checks: broken },
    figure: claim.figure(measurement, parameters),
    parameters,
    seconds: (performance.now() - start) / 1000,
    seed,
  }
}

/** A check on a number that is not finite fails: NaN compares false with every bound. */
function judge(claim: Claim, measurement: object, parameters: object): CheckResult[] {
  return claim.checks.map(({ name, observe, relation, bound, reason }) => {
    const measured = observe(measurement, parameters)
    const limit = bound(measurement, parameters)
    return { name, measured, relation, bound: limit, reason, holds: relation === 'at most' ? measured <= limit : measured >= limit }
  })
}
