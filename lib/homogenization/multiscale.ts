import { integer, nonNegative, oneOf, options, point, positive, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { localGibbs } from '../pde/local-entropy/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { AveragedDrift } from './averaged-drift.ts'
import type { PredictedErrors } from './multiscale-errors.ts'
import { fastTime, frozen, gradientsOf, innerTotal, longVarianceOf, march, predicted, stagesOf } from './multiscale-run.ts'
import type { Inner, Problem, Ran } from './multiscale-run.ts'

export interface MultiscaleOptions extends Running {
  potential: Potential
  /** The smoothing time, or its inverse. */
  gamma?: number
  scope?: number
  beta: number
  initial: ArrayLike<number>
  /** The longest macro step; the steps are `time` over an even number. */
  dt: number
  time: number
  /** Of the macro steps; default 'heun'. */
  method?: 'euler' | 'heun'
  /** Wanted: a third of this for each of the mean's sampling error, lag and inner step's error at the end. In its place `innerSteps` and `innerStepSize`. */
  tolerance?: number
  innerSteps?: number
  innerStepSize?: number
  /** Independent repetitions, from 2 on; default 64. */
  paths?: number
  seed?: number
  executor?: Executor
}

export interface Multiscale {
  times: number[]
  /** Mean of the paths at the times, with the standard error that their spread shows. */
  points: Float64Array[]
  standardErrors: Float64Array[]
  innerSteps: number
  innerStepSize: number
  /** dt over the fast time of a macro step: the ε of the two-scale system that this amounts to. */
  epsilon: number
  /** Gradients of f, of everything that was run. */
  gradientEvaluations: number
  /** At the end; see `predictErrors`. */
  predicted: PredictedErrors
  /** At the end: the spread of the paths; and what twice the macro step changes, which is the error of lag and Euler's macro step to first order, with its standard error. */
  measured: { sampling: Float64Array; bias: Float64Array; biasStandardErrors: Float64Array }
  /** Present when the prediction does not meet the tolerance, or chains at a frozen point do not tell enough for it. */
  warning?: string
}

const where = 'multiscale'
const optionNames = [
  'potential', 'gamma', 'scope', 'beta', 'initial', 'dt', 'time', 'method', 'tolerance', 'innerSteps', 'innerStepSize', 'paths', 'seed', 'executor', ...runningNames,
]
const mostInnerSteps = 2 ** 22

/**
 * The averaged equation dX = −∇u(X, γ) dt by the heterogeneous multiscale method (Vanden-Eijnden 2003; E, Liu & Vanden-Eijnden 2005): macro steps whose drift is the average of
 * (y − X)/γ over inner steps of dy = −(∇f(y) + (y − X)/γ) ds + √(2/β) dW by Leimkuhler and Matthews' method at frozen X, y carried on from one to the next. In any dimension,
 * with gradients of f only.
 *
 * Chains at frozen points (`averagedDrift`), at the start, half-way and at the end, show the long-time variance of that average and the inner step's bias; from them come the predicted
 * errors, and, with `tolerance`, inner steps and step size: a rough run with a few paths scales them. The measured bias holds what the prediction leaves out. Wells that the fast variable does not leave within a macro step are seen
 * as it finds them, and no error bar shows that. Cancelled it begins again.
 * @throws ArgumentError; DivergenceError when a path leaves the finite numbers; Cancelled
 */
export async function multiscale(given: MultiscaleOptions): Promise<Multiscale> {
  const { problem, inner: asked } = check(given)
  const { measure: { x }, macroSteps, paths } = problem
  const pilot = await frozen(problem, x, asked?.stepSize)
  let spent = gradientsOf(pilot)
  const run = async (inner: Inner, steps: number, count: number, purpose: number): Promise<Ran> => {
    spent += count * innerTotal(problem, inner, steps, pilot)
    return march(problem, inner, steps, count, problem.seed + purpose, pilot)
  }
  const audited = async (ran: Ran, inner: Inner): Promise<AveragedDrift[]> => {
    const audits = [pilot]
    for (const share of [0.5, 1]) audits.push(await frozen(problem, ran.points[share * macroSteps], inner.stepSize))
    spent += audits.slice(1).reduce((sum, audit) => sum + gradientsOf(audit), 0)
    return audits
  }
  let inner = asked ?? firstGuess(problem, pilot)
  if (asked === undefined) {
    const few = Math.min(paths, roughPaths)
    const rough = await run(inner, macroSteps, few, 1)
    inner = rescaled(problem, inner, predicted(problem, rough, inner, await audited(rough, inner)))
  }
  const main = await run(inner, macroSteps, paths, 0)
  const audits = await audited(main, inner)
  const coarse = await run(inner, macroSteps / 2, paths, 2)
  const prediction = predicted(problem, main, inner, audits)
  const last = main.points.length - 1
  const measured = {
    sampling: main.spreads[last],
    bias: main.points[last].map((c, k) => coarse.points[last / 2][k] - c),
    biasStandardErrors: main.spreads[last].map((s, k) => Math.hypot(s, coarse.spreads[last / 2][k]) / Math.sqrt(paths)),
  }
  return {
    times: main.points.map((_, n) => (n * problem.time) / macroSteps),
    points: main.points,
    standardErrors: main.spreads.map((spread) => spread.map((s) => s / Math.sqrt(paths))),
    innerSteps: inner.steps, innerStepSize: inner.stepSize, epsilon: problem.time / macroSteps / fastTime(problem, inner),
    gradientEvaluations: spent,
    predicted: prediction,
    measured,
    ...warningOf(problem, audits, prediction, measured),
  }
}

function check(given: MultiscaleOptions): { problem: Problem; inner: Inner | undefined } {
  options(where, given, optionNames)
  const { gamma, scope, beta, executor, signal, onProgress } = given
  const measure = localGibbs(where, given.potential, 'initial', given.initial, { beta, ...(gamma !== undefined && { gamma }), ...(scope !== undefined && { scope }) })
  point(where, 'initial', given.initial, measure.dim)
  const time = positive(where, 'time', given.time)
  const macroSteps = 2 * Math.ceil(time / (2 * positive(where, 'dt', given.dt)) - 1e-9)
  const inner = given.innerSteps === undefined && given.innerStepSize === undefined ? undefined
    : { steps: integer(where, 'innerSteps', given.innerSteps, 1), stepSize: positive(where, 'innerStepSize', given.innerStepSize) }
  const tolerance = given.tolerance === undefined ? undefined : positive(where, 'tolerance', given.tolerance)
  if ((inner === undefined) === (tolerance === undefined)) {
    throw new ArgumentError(`${where}: tolerance or innerSteps and innerStepSize must be given, got ${inner === undefined ? 'neither' : 'both'}`)
  }
  checkExecutor(where, executor)
  checkRunning(where, given)
  return {
    inner,
    problem: {
      measure, time, macroSteps, tolerance,
      method: oneOf(where, 'method', given.method ?? 'heun', ['euler', 'heun']),
      paths: integer(where, 'paths', given.paths ?? 64, 2),
      seed: nonNegative(where, 'seed', integer(where, 'seed', given.seed ?? 0, 0)),
      running: { ...(executor && { executor }), ...(signal && { signal }), ...(onProgress && { onProgress }) },
    },
  }
}

/** A rough run has so many paths, and so many times the ε. */
const roughPaths = 8
const roughness = 4

/** From the chains at the start alone, as if the errors of all macro steps stayed. */
function firstGuess(problem: Problem, pilot: AveragedDrift): Inner {
  const { tolerance, time, paths, measure: { beta } } = problem
  const share = tolerance! / 3
  const long = longVarianceOf(pilot)
  const noise = long.reduce((most, s) => Math.max(most, s), 0)
  const lag = long.reduce((most, s, k) => Math.max(most, (beta / 2) * s * Math.abs(pilot.drift[k])), 0)
  const epsilon = roughness * Math.min((share * share * paths) / (time * noise), share / (time * lag))
  const bias = pilot.bias.reduce((most, b, k) => Math.max(most, Math.abs(b), 2 * pilot.biasStandardError![k]), 0)
  // The pilot's step is a tenth of the stable range's scale, and its bias known at that.
  return innerOf(problem, epsilon, pilot.dt! * Math.min(2, Math.max(0.2, Math.sqrt(share / (time * bias)))))
}

function innerOf(problem: Problem, epsilon: number, stepSize: number): Inner {
  const { time, macroSteps, tolerance } = problem
  const steps = Math.max(1, Math.ceil(time / macroSteps / (epsilon * stagesOf(problem) * stepSize)))
  return steps <= mostInnerSteps ? { steps, stepSize } : refuse(where, 'tolerance', `reached within ${mostInnerSteps} inner steps a macro step; larger, or with more paths`, tolerance)
}

/** Inner steps and step size at which the predicted errors, which go like ε^{1/2}, ε and the square of the step, are what they may be, less a tenth. */
function rescaled(problem: Problem, inner: Inner, prediction: PredictedErrors): Inner {
  const { tolerance, paths, time, macroSteps } = problem
  const share = (0.9 * tolerance!) / 3
  const epsilon = time / macroSteps / fastTime(problem, inner)
  const sampling = largest(prediction.sampling) / Math.sqrt(paths)
  const shrink = Math.max((sampling / share) ** 2, largest(prediction.lag) / share)
  return innerOf(problem, epsilon / shrink, inner.stepSize * Math.min(1, Math.sqrt(share / largest(prediction.innerStep))))
}

/** The largest predicted error in units of a third of the tolerance. */
function excess({ tolerance, paths }: Problem, { sampling, lag, innerStep }: PredictedErrors): number {
  return (3 * Math.max(largest(sampling) / Math.sqrt(paths), largest(lag), largest(innerStep))) / tolerance!
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

function warningOf(problem: Problem, audits: readonly AveragedDrift[], prediction: PredictedErrors, { bias, biasStandardErrors }: Multiscale['measured']): { warning?: string } {
  const { tolerance } = problem
  const told = audits.find(({ warning }) => warning !== undefined)?.warning
  if (told !== undefined) return { warning: `at a frozen point ${told}` }
  if (tolerance === undefined) return {}
  const over = excess(problem, prediction)
  // The prediction's own parts are known to a fifth or so.
  if (over > 1.25) return { warning: `the predicted errors are ${over.toPrecision(2)} times what the tolerance allows: the rough run told too little; use more inner steps` }
  const shown = bias.some((b, k) => Math.abs(b) - 3 * biasStandardErrors[k] > tolerance)
  return shown ? { warning: 'twice the macro step changes the mean by more than the tolerance: use a smaller one, or a smaller tolerance' } : {}
}
