import { callable, integer, options, point, refuse } from '../core/arguments.ts'
import { ArgumentError, Cancelled } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor, PieceState } from '../execution/executor.ts'
import { breather, checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { allFinite } from '../kernels/finite.ts'
import type { Loss } from '../network/loss.ts'
import type { Batching } from './batches.ts'
import { divergence, objectiveOf, oracle, valueAt } from './objective.ts'
import type { DataLoss, Objective, Oracle, PotentialLoss } from './objective.ts'
import type { Memory, Optimizer, Step } from './optimizer.ts'
import { checkState } from './run-state.ts'
import type { HistoryEntry, RunIdentity, RunState } from './run-state.ts'

export interface MinimizeOptions extends Running {
  optimizer: Optimizer
  /** The point to start from. */
  initial: ArrayLike<number>
  /** Iterations to do, ≥ 0. Either this or `gradientEvaluations`. */
  iterations?: number
  /** Gradients to evaluate at most: as many whole iterations as they suffice for. */
  gradientEvaluations?: number
  /** Samples of each gradient. Default all. For data losses only. */
  batchSize?: number
  /** Whether a batch is drawn with replacement; default false, a fresh subset of distinct samples for each gradient. For data losses with `batchSize` only. */
  replacement?: boolean
  /** Of the batches and the thermal noise. */
  seed: number
  /**
   * Iterations between history entries. Default 1 for potentials; for data losses an entry as often as the gradients have gone through all samples, or every
   * iteration if that is rarer. The first and the last iterate always have one.
   */
  recordEvery?: number
  /** Called after every iteration, with a copy of its point. */
  onIterate?: (iterate: Iterate) => void
  /** Where the iterations run, one after the other; default the calling thread, which `onIterate` needs. */
  executor?: Executor
  /** `Cancelled.state` of the same call: it continues bit for bit, and `initial` is not used. */
  resume?: unknown
}

export interface Iterate extends Omit<HistoryEntry, 'value'> {
  point: Float64Array
  /** When the iterate has a history entry. */
  value?: number
}

export interface Run {
  point: Float64Array
  /** The loss over all samples at `point`. */
  value: number
  /** Name of the optimiser. */
  optimizer: string
  iterations: number
  gradientEvaluations: number
  /** For data losses; see `HistoryEntry`. */
  samplesSeen?: number
  history: HistoryEntry[]
}

/**
 * Runs an optimiser on a loss. Every mini-batch and every normal is addressed by (seed, purpose, iteration, number in the iteration): the same
 * seed gives the same run, the batches do not depend on the thermal noise, and an iteration does not depend on how the run came to it.
 * @throws ArgumentError on a bad option, or a loss that is not finite at the initial point; DivergenceError with the iteration in which a number stopped
 * being finite; Cancelled with a state, plain data, that `resume` continues
 */
export async function minimize(loss: Loss | DataLoss | PotentialLoss, given: MinimizeOptions): Promise<Run> {
  const problem = check(loss, given)
  const { executor, signal, onProgress, ...options } = given
  return executor === undefined
    ? iterate(problem, given)
    : onExecutor(executor, { loss, options }, { ...(signal && { signal }), ...(onProgress && { onProgress }) }, () => given.resume ?? snapshot(problem))
}

interface RunPiece {
  loss: Loss | DataLoss | PotentialLoss
  options: Omit<MinimizeOptions, 'executor' | keyof Running>
}

const minimizeTask = defineTask('minimize', ({ loss, options }: RunPiece, control: Running) => minimize(loss, { ...options, ...control }))

async function onExecutor(executor: Executor, piece: RunPiece, running: Running, start: () => unknown): Promise<Run> {
  let run: Run | undefined
  try {
    await executor.run('minimize', minimizeTask, [piece], { ...running, onResult: (result) => (run = result) })
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    throw new Cancelled(error.message, (error as Cancelled<PieceState[]>).state[0]?.state ?? start())
  }
  return run!
}

async function iterate(problem: Problem, given: MinimizeOptions): Promise<Run> {
  const { state, iterations } = problem
  const breathe = breather('minimize', given)
  if (state.history.length === 0) record(problem)
  while (state.iteration < iterations) {
    if (breathe.due()) {
      await breathe(
        { fraction: state.iteration / iterations, activity: `iterating, ${state.iteration} of ${iterations}` },
        () => snapshot(problem),
      )
    }
    advance(problem)
    const value = state.iteration === iterations || problem.isRecorded(state.iteration) ? record(problem) : undefined
    given.onIterate?.({ ...counts(problem), point: state.point.slice(), ...(value !== undefined && { value }) })
  }
  const { iteration, ...counted } = counts(problem)
  return {
    point: state.point, value: state.history[state.history.length - 1].value, optimizer: problem.optimizer.name, iterations: iteration, ...counted,
    history: state.history,
  }
}

interface Problem {
  objective: Objective
  optimizer: Optimizer
  iterations: number
  /** Samples that one gradient goes through. */
  perGradient: number | undefined
  isRecorded: (iteration: number) => boolean
  identity: RunIdentity
  oracle: Oracle
  step: Step
  state: Progressing
}

/** A run in progress. */
interface Progressing {
  iteration: number
  point: Float64Array
  memory: Memory
  history: HistoryEntry[]
}

function advance({ objective, optimizer, oracle, step, state }: Problem): void {
  oracle.during(state.iteration, (sources) => step(state.point, state.memory, state.iteration, sources))
  state.iteration++
  const arrays = [state.point, ...Object.values(state.memory)]
  if (!arrays.every(allFinite) || state.point.length !== objective.dim) throw divergence('minimize', optimizer, state.iteration)
}

function record(problem: Problem): number {
  const { objective, optimizer, state } = problem
  const value = valueAt('minimize', objective, optimizer, state.point, state.iteration)
  state.history.push({ ...counts(problem), value })
  return value
}

function counts({ optimizer, perGradient, state: { iteration } }: Problem): Omit<HistoryEntry, 'value'> {
  const gradientEvaluations = iteration * optimizer.evaluations
  return { iteration, gradientEvaluations, ...(perGradient !== undefined && { samplesSeen: gradientEvaluations * perGradient }) }
}

function snapshot({ identity, state }: Problem): RunState {
  return {
    ...identity,
    iteration: state.iteration,
    point: Array.from(state.point),
    memory: Object.fromEntries(Object.entries(state.memory).map(([name, numbers]) => [name, Array.from(numbers)])),
    history: state.history.map((entry) => ({ ...entry })),
  }
}

const optionNames = [
  'optimizer', 'initial', 'iterations', 'gradientEvaluations', 'batchSize', 'replacement', 'seed', 'recordEvery', 'onIterate', 'executor', 'resume', ...runningNames,
]

function check(loss: unknown, given: MinimizeOptions): Problem {
  const where = 'minimize'
  const objective = objectiveOf(where, loss)
  options(where, given, optionNames)
  const optimizer = optimizerOf(where, given.optimizer)
  const initial = Float64Array.from(point(where, 'initial', given.initial, objective.dim))
  const iterations = iterationsOf(where, given, optimizer)
  const batching = batchingOf(where, given, objective)
  const seed = integer(where, 'seed', given.seed, 0)
  const { samples } = objective
  const perGradient = samples === undefined ? undefined : (batching?.batchSize ?? samples)
  const isRecorded = recordingRule(where, given.recordEvery, samples, (perGradient ?? 0) * optimizer.evaluations)
  if (given.onIterate !== undefined) callable(where, 'onIterate', given.onIterate)
  checkExecutor(where, given.executor)
  checkRunning(where, given)
  const identity: RunIdentity = {
    optimizer: optimizer.name, settings: { ...optimizer.settings }, dim: objective.dim, samples: samples ?? null,
    batchSize: batching?.batchSize ?? null, replacement: batching?.replacement ?? false, seed,
  }
  const memory = optimizer.memory(initial)
  const resumed = given.resume === undefined ? undefined : checkState(where, given.resume, identity, iterations, memory, isRecorded)
  const state = resumed === undefined ? { iteration: 0, point: initial, memory, history: [] } : {
    iteration: resumed.iteration,
    point: Float64Array.from(resumed.point),
    memory: Object.fromEntries(Object.keys(memory).map((name) => [name, Float64Array.from(resumed.memory[name])])),
    history: resumed.history.map((entry) => ({ ...entry })),
  }
  return {
    objective, optimizer, iterations, perGradient, isRecorded, identity, state,
    oracle: oracle(where, objective, optimizer, seed, batching), step: optimizer.stepper(objective.dim),
  }
}

function optimizerOf(where: string, given: unknown): Optimizer {
  const optimizer = given as Partial<Optimizer> | null | undefined
  const whole = optimizer !== null && typeof optimizer === 'object' && typeof optimizer.memory === 'function' && typeof optimizer.stepper === 'function'
  if (!whole) return refuse(where, 'optimizer', 'an optimizer such as sgd({ learningRate: 0.1 })', given)
  integer(where, 'optimizer.evaluations', optimizer.evaluations, 1)
  return optimizer as Optimizer
}

function iterationsOf(where: string, { iterations, gradientEvaluations }: MinimizeOptions, optimizer: Optimizer): number {
  if ((iterations === undefined) === (gradientEvaluations === undefined)) {
    const got = iterations === undefined ? 'none of them' : 'both'
    throw new ArgumentError(`${where}: iterations or gradientEvaluations must be given exactly once, got ${got}`)
  }
  const count = iterations === undefined
    ? Math.floor(integer(where, 'gradientEvaluations', gradientEvaluations, 0) / optimizer.evaluations)
    : integer(where, 'iterations', iterations, 0)
  // A word of the streams' addresses.
  return count <= 2 ** 32 ? count : refuse(where, 'iterations', 'at most 2^32', count)
}

/** undefined when every gradient is over all samples, where there is nothing to draw. */
function batchingOf(where: string, { batchSize, replacement }: MinimizeOptions, { samples }: Objective): Batching | undefined {
  if (samples === undefined) {
    if (batchSize !== undefined) refuse(where, 'batchSize', 'left out for a potential, which has no samples', batchSize)
    if (replacement !== undefined) refuse(where, 'replacement', 'left out for a potential, which has no samples', replacement)
    return undefined
  }
  if (replacement !== undefined && typeof replacement !== 'boolean') refuse(where, 'replacement', 'true or false', replacement)
  if (batchSize === undefined) {
    if (replacement === true) refuse(where, 'replacement', 'given with a batchSize only', replacement)
    return undefined
  }
  integer(where, 'batchSize', batchSize, 1)
  if (replacement === true) return { samples, batchSize, replacement }
  if (batchSize > samples) refuse(where, 'batchSize', `at most the number of samples ${samples}, without replacement`, batchSize)
  return batchSize === samples ? undefined : { samples, batchSize, replacement: false }
}

/** Which iterates have a history entry; the last one has in any case. */
function recordingRule(where: string, given: unknown, samples: number | undefined, perIteration: number): (iteration: number) => boolean {
  const every = given === undefined ? undefined : integer(where, 'recordEvery', given, 1)
  if (every !== undefined) return (iteration) => iteration % every === 0
  if (samples === undefined) return () => true
  const epochs = (iteration: number) => Math.floor((iteration * perIteration) / samples)
  return (iteration) => iteration === 0 || epochs(iteration) > epochs(iteration - 1)
}
