import type { Progress } from '../execution/progress.ts'
import type { Figure } from '../figure/figure.ts'

export type Paper = 'sgd' | 'entropy-sgd' | 'parle' | 'deep-relaxation' | 'sgd-vi'
export type Tier = 'quick' | 'full'

/** What an experiment is given besides its parameters. */
export interface Context {
  tier: Tier
  seed: number
  signal?: AbortSignal
  /** Says what is being done; lets timers and signals run; rejects with `Cancelled` when cancelled. Await it between pieces of work. */
  step(progress: Progress): Promise<void>
}

/**
 * One thing that a claim is held to: the measured number stands in `relation` to the bound.
 * `P` are the parameters and `M` the measurement, plain JSON.
 */
export interface Check<P, M> {
  name: string
  observe(measurement: M, parameters: P): number
  relation: 'at most' | 'at least'
  bound(measurement: M, parameters: P): number
  /** Where the bound comes from. */
  reason: string
}

/** A statement of a paper that a computation holds to account. */
export interface Claim<P extends object = any, M extends object = any> {
  id: string
  paper: Paper
  /** A line of plain text. */
  title: string
  /** The statement in TeX. */
  statement: string
  /** The hypotheses, plain text with $TeX$. */
  hypotheses: string
  /** For a statement that the sources print wrongly: the printed form (TeX) and what is wrong with it (text with $TeX$). */
  corrected?: { printed: string; wrong: string }
  /** Where the statement and its proof are found. */
  source: string
  parameters: Record<Tier, P>
  seed: number
  experiment(parameters: P, context: Context): Promise<M>
  checks: Check<P, M>[]
  control: {
    /** What is broken on purpose, text with $TeX$. */
    broken: string
    /** The parameters of the broken run. */
    change(parameters: P): P
    /** Names of the checks that must fail on it. */
    mustFail: string[]
  }
  figure(measurement: M, parameters: P): Figure
}

export interface CheckResult {
  name: string
  measured: number
  relation: 'at most' | 'at least'
  bound: number
  reason: string
  holds: boolean
}

export interface Verdict {
  id: string
  paper: Paper
  tier: Tier
  verdict: 'holds' | 'holds with correction' | 'fails' | 'reported'
  checks: CheckResult[]
  /** `failed`: every check that must fail on the broken run did. */
  control: { failed: boolean; broken: string; mustFail: string[]; checks: CheckResult[] } | null
  figure: Figure
  parameters: object
  seconds: number
  seed: number
}
