import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { entropySgd } from '../optimization/entropy-sgd.ts'
import { minimize } from '../optimization/minimize.ts'
import { hamiltonJacobi } from '../pde/hamilton-jacobi/equation.ts'
import { solve } from '../pde/march.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Estimate } from '../stats/estimate.ts'
import type { Context } from './claim.ts'
import { digitsProblem, localGradients } from './digits-gradient.ts'
import type { GradientComparison } from './digits-gradient.ts'
import { descend, gridGradient, innerErrors, replicas, seeds, stepError } from './gradient-flow.ts'
import { evenly, largest } from './measure.ts'
import { lineDerivatives, localEntropyAt, sampled } from './smoothed-derivatives.ts'

export interface Parameters {
  /** γ of the algorithm over γ of the equation; steps are ηγ of the flow in any case. */
  mismatch: number
  /** 1-D: runs at each η, η′, and the inner time Lη′. */
  line: { runs: { rate: number; count: number }[]; step: number; span: number }
  /** One iteration, L ladder: η′, inner times Lη′ and runs. */
  spread: { step: number; spans: number[]; count: number }
  /** One iteration, η′ ladder. */
  bias: { runs: { step: number; count: number }[]; span: number }
  /** 2-D: grid size, runs, η and its half, the time and pairs of coordinates to start from. */
  plane: { size: number; count: number; rate: number; time: number; starts: [number, number][] }
  /** 650 parameters: independent runs and chains, their inner time and step. */
  full: { count: number; span: number; step: number }
  /** Digits that the loss is over. */
  samples: number
}

/** Means of the iterates at the same times of the flow, at one learning rate. */
export interface Rung {
  rate: number
  times: number[]
  /** Component-major: a list for each coordinate. */
  means: Estimate[][]
  /** The means after every iteration. */
  path: { time: number; point: number[] }[]
}

export interface Followed {
  rungs: Rung[]
  flow: { time: number[]; points: number[][] }
  /** The flow with the inner loop's known errors in its slope, at the times of the first rung. */
  shifted: number[][]
  /** Largest error of the grid solution's gradient along the flow. */
  gridError: number
}

export interface Measurement {
  line: Followed
  planes: Followed[]
  spread: { spans: number[]; variances: number[] }
  bias: { steps: number[]; errors: Estimate[] }
  full: GradientComparison
  slice: { half: number; size: number; entropy: number[] }
}

/** The landscape, viscosity ½ and time of the 1-D figure of the paper. */
export const line = { gamma: 0.2, beta: 1, half: 6, size: 601, start: 2.3, times: [0.6, 1.2] }
export const plane = { gamma: 3, beta: 5, half: 12, step: 0.4 }
export const whole = { gamma: 4, beta: 400 }
/** One iteration on 4 log(1 + e^2x), a loss of logistic regression whose curvature is one-sided at x. */
const logistic = { x: 1, gamma: 1, beta: 1, half: 12, size: 2401 }

const purposes = { line: 1, spread: 2, bias: 3, plane: 4 }
const flowSteps = 36

interface Job {
  f: Potential
  start: readonly number[]
  count: number
  gamma: number
  beta: number
  /** η, for the mean of L = span/step samples or with the given weight of the newest one. */
  rate: number
  step: number
  span: number
  averaging: number | 'uniform'
  iterations: number
  seed: number
}

/** Iterates of `count` independent runs: for each iteration and coordinate, the list over the runs. */
async function iterates({ f, start, count, gamma, beta, rate, step, span, averaging, iterations, seed }: Job, { signal }: Context): Promise<Float64Array[][]> {
  const reached: Float64Array[][] = []
  await minimize(replicas(f, count), {
    optimizer: entropySgd({
      learningRate: rate, gamma, langevinSteps: Math.round(span / step), langevinStepSize: step, thermalNoise: 1 / Math.sqrt(beta), averaging,
    }),
    initial: start.flatMap((c) => new Array<number>(count).fill(c)),
    iterations, seed, recordEvery: iterations, ...(signal && { signal }),
    onIterate: ({ point }) => reached.push(start.map((_, k) => point.slice(k * count, (k + 1) * count))),
  })
  return reached
}

const march = async (initial: Field, gamma: number, beta: number, { signal }: Context): Promise<Field> =>
  (await solve(hamiltonJacobi({ initial, beta }), { time: gamma, scheme: 'weno5', ...(signal && { signal }) })).final

/** Steps of the algorithm at rate η are η·γ of the flow, and the same with another γ of its own. */
const rungOf = async (job: Job, times: number[], gamma: number, mismatch: number, context: Context): Promise<Rung> => {
  const last = Math.round(times[times.length - 1] / (job.rate * gamma))
  const reached = await iterates({ ...job, rate: job.rate / mismatch, gamma: gamma * mismatch, iterations: last }, context)
  const means = reached.map((at) => at.map((runs) => meanOfIndependent(runs)))
  return {
    rate: job.rate, times, means: times.map((time) => means[Math.round(time / (job.rate * gamma)) - 1]),
    path: means.map((at, n) => ({ time: (n + 1) * job.rate * gamma, point: at.map(({ estimate }) => estimate) })),
  }
}

const atTimes = (points: Float64Array[], times: number[]): number[][] =>
  times.map((time) => Array.from(points[Math.round((time / times[times.length - 1]) * (points.length - 1))]))

async function followLine({ mismatch, line: { runs, step, span } }: Parameters, context: Context): Promise<Followed> {
  const { gamma, beta, half, size, start, times } = line
  const f = landscapes.rippledBowl()
  const slope = gridGradient(await march(field(grid({ min: -half, max: half, size }), f), gamma, beta, context))
  const time = times[times.length - 1]
  const flow = descend(slope, [start], time / flowSteps, flowSteps)
  const sample = sampled(f, half, 2 * size - 1)
  const shifted = descend((x) => {
    const off = innerErrors(f, half, 2 * size - 1, x[0], gamma, beta)
    return slope(x).map((value) => value + step * off.step + off.start / span)
  }, [start], time / flowSteps, flowSteps)
  const rungs: Rung[] = []
  const own = seeds(context.seed, purposes.line, runs.length)
  for (const [k, { rate, count }] of runs.entries()) {
    await context.step({ fraction: 0.1 * k, activity: `1-D landscape of the paper, η = ${rate}` })
    const job: Job = { f, start: [start], count, gamma, beta, rate, step, span, averaging: 'uniform', iterations: 0, seed: own[k] }
    rungs.push(await rungOf(job, times, gamma, mismatch, context))
  }
  return {
    rungs, flow: { time: evenly(0, time, flowSteps + 1), points: flow.map((x) => Array.from(x)) }, shifted: atTimes(shifted, times),
    gridError: largest(flow.map((x) => slope(x)[0] - lineDerivatives(sample, x[0], gamma, beta)[1])),
  }
}

let keptSlice: { key: string; sample: ReturnType<typeof sampled>; entropy: Field } | undefined

/** The loss on the grid and the equation's solution, once for a run and its control. */
async function sliceSolution({ samples, plane: { size } }: Parameters, context: Context): Promise<NonNullable<typeof keptSlice>> {
  const key = `${samples} ${size}`
  if (keptSlice?.key !== key) {
    const sample = sampled(digitsProblem(samples).slice, plane.half, size)
    keptSlice = { key, sample, entropy: await march(sample.initial, plane.gamma, plane.beta, context) }
  }
  return keptSlice
}

async function followPlane(parameters: Parameters, index: number, context: Context): Promise<Followed> {
  const { mismatch, samples, plane: { count, rate, time, starts } } = parameters
  const { gamma, beta, step } = plane
  const { slice } = digitsProblem(samples)
  const { sample, entropy } = await sliceSolution(parameters, context)
  const slope = gridGradient(entropy)
  const start = starts[index]
  const flow = descend(slope, start, time / flowSteps, flowSteps)
  const times = [time / 3, time]
  const rungs: Rung[] = []
  // Averaging over γ forgets the start over a time of 8 γ but for what `forgotten` says.
  const job = { f: slice, start, count, gamma, beta, step, span: memory * gamma, averaging: step / gamma, iterations: 0 }
  const own = seeds(context.seed, purposes.plane + index, 2)
  for (const [k, share] of [1, 2].entries()) {
    await context.step({ fraction: 0.5 + 0.1 * k, activity: `slice through the loss of ${samples} digits, η = ${rate / share}` })
    rungs.push(await rungOf({ ...job, rate: rate / share, seed: own[k] }, times, gamma, mismatch, context))
  }
  return {
    rungs, flow: { time: evenly(0, time, flowSteps + 1), points: flow.map((x) => Array.from(x)) },
    shifted: atTimes(descend((x) => {
      const off = stepError(slice, x, slope(x), gamma, beta)
      return slope(x).map((value, k) => value * (1 - forgotten) + step * off[k])
    }, start, time / flowSteps, flowSteps), times),
    gridError: largest(flow.flatMap((x) => Array.from(localEntropyAt(sample, x, gamma, beta).gradient, (value, k) => value - slope(x)[k]))),
  }
}

const memory = 8
/** ∫₀ᵀ a e^{−a(T−s)} e^{−κs} ds + e^{−aT} for a = κ = 1/γ, T = 8γ: the most that is left of the start where ∇²f ≥ 0. */
const forgotten = (1 + memory) * Math.exp(-memory)

type InnerLadders = Pick<Measurement, 'spread' | 'bias'>
let keptLadders: { key: string; ladders: InnerLadders } | undefined

/** Means and variances of the inner average itself, which is the first iterate at η = 1; the same for a run and its control, hence kept. */
async function innerLadders({ spread, bias }: Parameters, context: Context): Promise<InnerLadders> {
  const key = JSON.stringify([spread, bias, context.seed])
  if (keptLadders?.key === key) return keptLadders.ladders
  await context.step({ fraction: 0.4, activity: 'inner averages, ladders in L and η′' })
  const first = async (job: Omit<Job, 'rate' | 'averaging' | 'iterations'>): Promise<Estimate> =>
    meanOfIndependent((await iterates({ ...job, rate: 1, averaging: 'uniform', iterations: 1 }, context))[0][0])
  const variances: number[] = []
  for (const [k, seed] of seeds(context.seed, purposes.spread, spread.spans.length).entries()) {
    const { gamma, beta } = line
    const { step, count } = spread
    const { standardError } = await first({ f: landscapes.rippledBowl(), start: [1], count, gamma, beta, step, span: spread.spans[k], seed })
    variances.push(standardError * standardError * count)
  }
  const f = potential('4 log(1 + exp(2 x))')
  const { x, gamma, beta, half, size } = logistic
  const slope = lineDerivatives(sampled(f, half, size), x, gamma, beta)[1]
  const known = innerErrors(f, half, size, x, gamma, beta)
  const errors: Estimate[] = []
  for (const [k, seed] of seeds(context.seed, purposes.bias, bias.runs.length).entries()) {
    const { step: stepSize, count } = bias.runs[k]
    const { estimate, standardError } = await first({ f, start: [x], count, gamma, beta, step: stepSize, span: bias.span, seed })
    errors.push({ estimate: (x - estimate) / gamma - slope - known.start / bias.span, standardError: standardError / gamma })
  }
  const ladders = { spread: { spans: spread.spans, variances }, bias: { steps: bias.runs.map((run) => run.step), errors } }
  keptLadders = { key, ladders }
  return ladders
}

/** All runs of the claim: on the line, of the inner loop alone, on the slice, in all 650 dimensions. */
export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const followed = await followLine(parameters, context)
  const inner = await innerLadders(parameters, context)
  const planes: Followed[] = []
  for (const index of parameters.plane.starts.keys()) planes.push(await followPlane(parameters, index, context))
  await context.step({ fraction: 0.8, activity: `softmax regression on ${parameters.samples} digits, 650 parameters` })
  const full = await localGradients({ ...parameters.full, ...whole, samples: parameters.samples, mismatch: parameters.mismatch }, context)
  const { entropy } = await sliceSolution(parameters, context)
  return {
    line: followed, ...inner, planes, full,
    slice: { half: plane.half, size: parameters.plane.size, entropy: Array.from(entropy.values.data) },
  }
}

/** Mean distance of a rung from the flow with the inner loop's known errors. */
export const meanError = ({ means }: Rung, { shifted }: Followed): number =>
  means.reduce((sum, at, i) => sum + Math.abs(at[0].estimate - shifted[i][0]), 0) / means.length

/**
 * Largest distance of the iterates from the flow after Richardson's extrapolation of the last two learning rates, 2x(η/2) − x(η), in units of what it may be:
 * `errors` standard errors, the inner loop's known errors (half as much again for the higher orders) and, with three rates, a third of the change from the
 * extrapolation before.
 */
export function distance({ rungs, shifted, flow }: Followed, errors: number): number {
  const [coarse, fine] = rungs.slice(-2)
  const exact = atTimes(flow.points.map((x) => Float64Array.from(x)), fine.times)
  const extrapolated = (a: Estimate, b: Estimate): number => 2 * b.estimate - a.estimate
  return largest(fine.means.flatMap((at, i) => at.map((mean, k) => {
    const before = coarse.means[i][k]
    const allowed = errors * Math.hypot(2 * mean.standardError, before.standardError) + 1.5 * Math.abs(shifted[i][k] - exact[i][k])
    return (extrapolated(before, mean) - exact[i][k]) / (allowed + remainder(rungs, i, k))
  })))
}

/** What the extrapolation leaves: C η², a third of the change from the extrapolation before; with two rates only, a third of the change of the last halving. */
function remainder(rungs: Rung[], i: number, k: number): number {
  const [a, b, c] = rungs.slice(-3).map(({ means }) => means[i][k].estimate)
  return c === undefined ? Math.abs(b - a) / 3 : Math.abs(2 * c - b - (2 * b - a)) / 3
}
