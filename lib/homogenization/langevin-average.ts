import { integer, point, positive, refuse } from '../core/arguments.ts'
import { Cancelled, DivergenceError } from '../core/errors.ts'
import { inline } from '../execution/executor.ts'
import type { Executor, PieceState } from '../execution/executor.ts'
import { breather, breathing } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { resampledOffsets } from '../pde/local-entropy/importance.ts'
import type { LocalGibbs } from '../pde/local-entropy/measure.ts'
import { tilted } from '../potential/tilted.ts'
import { meanOfChains } from '../stats/autocorrelation.ts'
import { thermalCurvature } from './curvature.ts'
import { chainTask } from './langevin-task.ts'
import type { ChainPiece, ChainSeries, ChainState } from './langevin-task.ts'

export interface ChainOptions {
  /** Independent chains; default 256, and 64 beyond 16 dimensions. */
  chains?: number
  /**
   * Steps of each chain that are averaged over. Default: a hundred relaxation times of the well below the start, at least 500 steps; four times as many, in
   * another run, as long as the chains turn out to be short against their correlations; at most 8000, and 2^24 numbers over all the chains.
   */
  steps?: number
  /** Steps of each chain before those. Default: a quarter of `steps`. */
  burnIn?: number
  /** Step of the fast dynamics. Default: 0.1 over the largest curvature of f(y) + |x − y|²/(2γ); of 'mala' 0.5 over that and the cube root of the dimension. */
  dt?: number
  /**
   * Where all the chains start. Default: each at a point of its own, drawn from the local Gibbs law by importance resampling, so that chains that do not leave their
   * wells still fill them as they should; beyond 16 dimensions at x.
   */
  start?: ArrayLike<number>
  seed?: number
}

/** How the chains run: plain numbers. */
export interface ChainPlan {
  method: ChainPiece['method']
  chains: number
  steps: number
  burnIn: number
  dt: number
  /** One point for all chains, or points of their own: those of the run at dt, then those of the run at twice that, component-major. */
  start: Float64Array
  seed: number
  /** What the steps may be raised to. */
  longest: number
  /** Whether the burn-in is a quarter of the steps. */
  quarter: boolean
}

/** What the chains at one step give. */
type StepAverage = Pick<ChainAverage, 'offset' | 'standardError' | 'relaxation' | 'autocorrelationTime' | 'effectiveSampleSize' | 'diverged' | 'settled'>

export interface ChainAverage {
  /** ⟨y⟩ − x */
  offset: Float64Array
  standardError: Float64Array
  /** What is left of the start in the offset, as predicted. */
  relaxation: Float64Array
  /** The estimated error of the step in the offset, and its standard error; none where the law is exact. */
  bias: Float64Array
  biasStandardError?: Float64Array
  /** The longest over the components, in units of the fast time. */
  autocorrelationTime: number
  /** The least over the components. */
  effectiveSampleSize: number
  /** Chains that left the finite numbers and are in no average. */
  diverged: number
  /** Chains of the run at twice the step that did. */
  coarseDiverged: number
  /** Whether all components' chains were long against their correlations. */
  settled: boolean
  steps: number
  burnIn: number
}

export interface ChainJob extends Running {
  executor?: Executor
  resume?: unknown
}

interface JobState {
  identity: string
  /** How often the steps had been raised. */
  attempt: number
  ended: [number, ChainSeries][]
  begun: [number, ChainState][]
}

/** Chains that march together: a fixed number, so that it does not depend on the executor. */
const together = 64
/** A chain this many times farther out than the start and half of the others is on its way to infinity. */
const farOut = 1e6
/** Numbers that all records together may hold. */
const recorded = 2 ** 22

/** Checks the options and fills in what is left out, from the curvature at the start, or some of the starts, and below them. */
export async function planChains(measure: LocalGibbs, method: ChainPlan['method'], given: ChainOptions & Running): Promise<ChainPlan> {
  const { where, dim, x, f, gamma, beta } = measure
  const chains = integer(where, 'chains', given.chains ?? (dim <= 16 ? 256 : 64), 2)
  if (chains > 2 ** 31) refuse(where, 'chains', 'at most 2^31', chains)
  const seed = integer(where, 'seed', given.seed ?? 0, 0)
  const asked = given.start === undefined ? undefined : Float64Array.from(point(where, 'start', given.start, dim))
  for (const name of ['steps', 'burnIn'] as const) if (given[name] !== undefined) integer(where, name, given[name], 0)
  if (given.dt !== undefined) positive(where, 'dt', given.dt)
  const drawn = asked === undefined ? await breathing(resampledOffsets(measure, 2 * chains, seed), breather(where, given)) : undefined
  const start = asked ?? drawn?.map((offset, j) => x[Math.floor(j / (2 * chains))] + offset) ?? x
  const known = given.dt !== undefined && given.steps !== undefined
  const probed = start.length === dim ? [start] : [0, 1, 2, 3].map((i) => Float64Array.from({ length: dim }, (_, k) => start[(k * 2 + (i % 2)) * chains + (i >> 1)]))
  const curvatures = known ? [] : probed.map((from) => thermalCurvature(tilted(f, x, gamma), from, gamma, beta))
  const largest = Math.max(...curvatures.map((curvature) => curvature.largest))
  const least = Math.min(...curvatures.map((curvature) => curvature.least))
  const dt = positive(where, 'dt', given.dt ?? (method === 'mala' ? 0.5 / Math.cbrt(dim) : 0.1) / largest)
  const most = Math.max(500, Math.min(8000, Math.floor(2 ** 24 / (chains * dim))))
  const relaxation = 1 / (Math.max(least, largest / 1e4) * dt)
  const steps = integer(where, 'steps', given.steps ?? Math.round(Math.max(500, Math.min(most, 100 * relaxation))), 32)
  const burnIn = integer(where, 'burnIn', given.burnIn ?? Math.ceil(steps / 4), 0)
  return { method, chains, steps, burnIn, dt, start, seed, longest: given.steps === undefined ? most : steps, quarter: given.burnIn === undefined }
}

/** The average that the plan gives, with four times the steps for as long as the chains are short and it allows. */
export async function chainAverage(measure: LocalGibbs, plan: ChainPlan, job: ChainJob): Promise<ChainAverage> {
  const identity = identityOf(measure, plan)
  const state = job.resume === undefined ? undefined : checkState(measure.where, job.resume, identity)
  for (let attempt = state?.attempt ?? 0; ; attempt++) {
    const steps = Math.min(plan.longest, plan.steps * 4 ** attempt)
    const burnIn = plan.quarter ? Math.ceil(steps / 4) : plan.burnIn
    const from = state?.attempt === attempt ? state : { identity, attempt, ended: [], begun: [] }
    const average = await runChains(measure, { ...plan, steps, burnIn }, job, from)
    if (average.settled || steps >= plan.longest) return average
  }
}

/**
 * Averages of y over independent chains; by Leimkuhler and Matthews' method again at twice the step: its error is of second order, so that a third of
 * the difference estimates what is left of it.
 */
async function runChains(measure: LocalGibbs, plan: ChainPlan, job: ChainJob, { identity, attempt, ended, begun }: JobState): Promise<ChainAverage> {
  const pieces = piecesOf(measure, plan)
  const results = new Map(ended)
  const started = new Map(begun)
  const pending = pieces.flatMap((_, index) => (results.has(index) ? [] : [index]))
  try {
    await (job.executor ?? inline()).run(measure.where, chainTask, pending.map((index) => withState(pieces[index], started.get(index))), {
      ...(job.signal && { signal: job.signal }),
      ...(job.onProgress && { onProgress: job.onProgress }),
      onResult(series: ChainSeries, i: number) {
        results.set(pending[i], series)
        started.delete(pending[i])
      },
    })
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    for (const { index, state } of (error as Cancelled<PieceState[]>).state) started.set(pending[index], state as ChainState)
    throw new Cancelled(error.message, { identity, attempt, ended: [...results], begun: [...started] } satisfies JobState)
  }
  const inOrder = pieces.map((piece, index) => ({ piece, series: results.get(index)! }))
  const [fine, coarse] = stepsOf(plan).map((times) => combine(measure, inOrder.filter(({ piece }) => piece.dt === times * plan.dt)))
  const counts = { steps: plan.steps, burnIn: plan.burnIn }
  if (coarse === undefined) return { ...fine, ...counts, coarseDiverged: 0, bias: new Float64Array(measure.dim) }
  return {
    ...fine, ...counts, coarseDiverged: coarse.diverged,
    bias: coarse.offset.map((m, k) => (m - fine.offset[k]) / 3),
    biasStandardError: coarse.standardError.map((e, k) => Math.sqrt(e * e + fine.standardError[k] * fine.standardError[k]) / 3),
  }
}

function withState(piece: ChainPiece, from: ChainState | undefined): ChainPiece {
  return from === undefined ? piece : { ...piece, from }
}

/** In units of dt. */
function stepsOf({ method }: ChainPlan): number[] {
  return method === 'mala' ? [1] : [1, 2]
}

/** The chains at the step, then as many others at twice the step over the same time, where that is wanted. */
function piecesOf({ f, x, gamma, beta }: LocalGibbs, plan: ChainPlan): ChainPiece[] {
  const { method, chains, steps, burnIn, dt, start, seed } = plan
  const wanted = Math.max(32, Math.min(512, Math.floor(recorded / (chains * x.length))))
  const stride = Math.max(1, Math.floor(steps / wanted))
  const common = { method, potential: f, x, gamma, beta, seed }
  return stepsOf(plan).flatMap((times) => {
    const strideThere = Math.max(1, Math.floor(stride / times))
    const records = Math.ceil(steps / times / strideThere)
    return Array.from({ length: Math.ceil(chains / together) }, (_, b) => ({
      ...common, ...startsOf(start, x.length, 2 * chains, (times - 1) * chains + b * together, Math.min(together, chains - b * together)),
      dt: times * dt, burnIn: Math.ceil(burnIn / times), stride: strideThere, records,
    }))
  })
}

/** The chains of a piece with their starts, component-major; one point stays one. */
function startsOf(start: Float64Array, dim: number, all: number, first: number, count: number): Pick<ChainPiece, 'first' | 'count' | 'start'> {
  if (start.length === dim) return { first, count, start }
  return { first, count, start: Float64Array.from({ length: dim * count }, (_, j) => start[Math.floor(j / count) * all + first + (j % count)]) }
}

function combine({ where, dim, x, gamma }: LocalGibbs, parts: readonly { piece: ChainPiece; series: ChainSeries }[]): StepAverage {
  const { start, dt, stride, records } = parts[0].piece
  const chains = parts.flatMap(({ piece: { count }, series }) => Array.from({ length: count }, (_, i) =>
    Array.from({ length: dim }, (__, k) => series.subarray((k * count + i) * records, (k * count + i + 1) * records))))
  const perComponent = start.length / dim
  const farthestStart = start.reduce((most, c, j) => Math.max(most, Math.abs(c - x[Math.floor(j / perComponent)])), 0)
  const limit = farOut * Math.max(medianOf(chains), farthestStart)
  const finite = chains.filter((components) => components.every((component) => component.every((value) => Math.abs(value) <= limit)))
  if (finite.length < 2) {
    throw new DivergenceError(`${where}: ${chains.length - finite.length} of ${chains.length} chains diverged at dt = ${dt}; use a smaller dt or gamma (now ${gamma})`)
  }
  const means = Array.from({ length: dim }, (_, k) => meanOfChains(finite.map((components) => components[k])))
  return {
    offset: Float64Array.from(means, ({ estimate }) => estimate),
    relaxation: Float64Array.from(means, ({ estimate, autocorrelationTime }, k) =>
      remainder(startMean(parts, k) - x[k] - estimate, (autocorrelationTime * dt * stride) / 2, dt * parts[0].piece.burnIn, dt * stride * records)),
    standardError: Float64Array.from(means, ({ standardError }) => standardError),
    autocorrelationTime: dt * stride * means.reduce((most, { autocorrelationTime }) => Math.max(most, autocorrelationTime), 0),
    effectiveSampleSize: means.reduce((least, { effectiveSampleSize }) => Math.min(least, effectiveSampleSize), Infinity),
    diverged: chains.length - finite.length,
    settled: means.every(({ settled }) => settled),
  }
}

/** Mean over a time, after a burn-in, of what decays like e^{−t/τ} from a start; an autocorrelation time of such a process is 2τ. */
function remainder(start: number, tau: number, burnIn: number, time: number): number {
  return (start * Math.exp(-burnIn / tau) * -Math.expm1(-time / tau) * tau) / time
}

function startMean(parts: readonly { piece: ChainPiece }[], k: number): number {
  const starts = parts.flatMap(({ piece: { start, count, x } }) => {
    const each = start.length / x.length
    return Array.from({ length: count }, (_, i) => start[k * each + (each === 1 ? 0 : i)])
  })
  return starts.reduce((sum, y) => sum + y, 0) / starts.length
}

/** The median size of the last records of all chains and components that are finite. */
function medianOf(chains: readonly (readonly Float64Array[])[]): number {
  const sizes = chains.flatMap((components) => components.map((component) => Math.abs(component.at(-1)!))).filter(Number.isFinite).toSorted((a, b) => a - b)
  return sizes[Math.floor(sizes.length / 2)] ?? 0
}

function identityOf({ x, gamma, beta, f }: LocalGibbs, plan: ChainPlan): string {
  return JSON.stringify({ at: Array.from(x), gamma, beta, potential: f.name, ...plan, start: plan.start.length === x.length ? Array.from(plan.start) : 'resampled' })
}

function checkState(where: string, given: unknown, identity: string): JobState {
  const state = given as JobState | null
  if (state === null || typeof state !== 'object' || !Array.isArray(state.ended) || !Array.isArray(state.begun) || !Number.isInteger(state.attempt)) {
    return refuse(where, 'resume', 'the state of a cancelled averagedDrift', given)
  }
  if (state.identity !== identity) refuse(where, 'resume', 'the state of the same call', state.identity)
  return state
}
