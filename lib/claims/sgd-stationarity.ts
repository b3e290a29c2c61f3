import { minimize } from '../optimization/minimize.ts'
import { sgd } from '../optimization/sgd.ts'
import type { Estimate } from '../stats/estimate.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Context } from './claim.ts'
import { seeds } from './gradient-flow.ts'
import { sum } from './matrices.ts'
import { curvatures, digitsSoftmax, leastSquares, moments, noiseShare, quadratic } from './sgd-problems.ts'
import type { Law, MiniBatches, Problem, Quadratic } from './sgd-problems.ts'

/** How SGD is run on a problem. */
export interface Setting extends MiniBatches {
  problem: 'quadratic' | 'least squares' | 'softmax regression'
  momentum: number
  /** Iterations that are averaged over, and between those whose full gradient is. */
  steps: number
  stride: number
}

export interface Parameters {
  settings: Setting[]
  chains: number
  /** Digits and weight decay of softmax regression. */
  digits: { samples: number; weightDecay: number }
  /** Relaxation times before averages begin, and the distance of the start from the minimiser in each coordinate. */
  burnIn: number
  away: number
}

/** Averages over independent stationary runs, with standard errors from the spread of the runs' means. */
export interface Balance {
  setting: Setting
  /** 2(x − x*)·∇f, and η(1 + μ)|v|², v = g_b without momentum. */
  drift: Estimate
  fluctuation: Estimate
  difference: Estimate
  /** The difference with x in place of x − x*. */
  aboutOrigin: Estimate
  law?: Law
  /** What rounding may do to the two sides of the law, relative, in units of eps. */
  rounding?: number
}

/** Both sides along runs that start away from the minimiser, and by recursion. */
export interface Approach {
  iteration: number[]
  drift: number[]
  fluctuation: number[]
  exactDrift: number[]
  exactFluctuation: number[]
}

export interface Measurement {
  balances: Balance[]
  approach: Approach
}

const purposes = { runs: 31, approach: 32 }
const quadraticSamples = 100

/** One run: |v|² of every step after the first `skipped`, and what takes the full gradient at every `stride`-th. */
interface Series {
  drift: Float64Array
  fluctuation: Float64Array
  /** 2x·∇f */
  aboutOrigin: Float64Array
}

async function seriesOf(problem: Problem, setting: Setting, skipped: number, away: number, seed: number, { signal }: Context): Promise<Series> {
  const { loss, center } = problem
  const { learningRate, momentum, batchSize, replacement, steps, stride } = setting
  const fluctuation = new Float64Array(steps)
  const [drift, aboutOrigin] = [0, 1].map(() => new Float64Array(Math.ceil(steps / stride)))
  const slope = new Float64Array(loss.dim)
  const initial = center.map((c) => c + away)
  let before: Float64Array = initial
  await minimize(loss, {
    optimizer: sgd({ learningRate, momentum }), batchSize, replacement, initial, iterations: skipped + steps, seed, recordEvery: skipped + steps, ...(signal && { signal }),
    onIterate({ iteration, point }) {
      const at = iteration - 1 - skipped
      // x − ηv is the next point.
      if (at >= 0) fluctuation[at] = ((1 + momentum) / learningRate) * sum(point.map((c, k) => (before[k] - c) ** 2))
      if (at >= 0 && at % stride === 0) {
        loss.gradient(before, undefined, slope)
        drift[at / stride] = 2 * sum(slope.map((g, k) => (before[k] - center[k]) * g))
        aboutOrigin[at / stride] = 2 * sum(slope.map((g, k) => before[k] * g))
      }
      before = point
    },
  })
  return { drift, fluctuation, aboutOrigin }
}

const meanOf = (series: Float64Array): number => sum(series) / series.length

async function balanceOf(problem: Problem, setting: Setting, parameters: Parameters, own: number[], context: Context): Promise<Balance> {
  const { learningRate, momentum } = setting
  const skipped = Math.ceil((parameters.burnIn * (1 - momentum)) / (learningRate * problem.least))
  const runs: Series[] = []
  for (const seed of own) runs.push(await seriesOf(problem, setting, skipped, parameters.away, seed, context))
  return {
    setting,
    drift: meanOfIndependent(runs.map(({ drift }) => meanOf(drift))),
    fluctuation: meanOfIndependent(runs.map(({ fluctuation }) => meanOf(fluctuation))),
    difference: meanOfIndependent(runs.map(({ drift, fluctuation }) => meanOf(drift) - meanOf(fluctuation))),
    aboutOrigin: meanOfIndependent(runs.map(({ aboutOrigin, fluctuation }) => meanOf(aboutOrigin) - meanOf(fluctuation))),
    ...(momentum === 0 && problem.law && { law: problem.law(setting), rounding: problem.rounding!(setting) }),
  }
}

/** Means over runs on the quadratic from 1 beside the minimiser in each coordinate, and the recursions of mean and variances. */
async function approachOf(problem: Quadratic, setting: Setting, own: number[], context: Context): Promise<Approach> {
  const steps = 60
  const { learningRate } = setting
  const runs: Series[] = []
  for (const seed of own) runs.push(await seriesOf(problem, { ...setting, steps, stride: 1 }, 0, 1, seed, context))
  const iteration = Array.from({ length: steps }, (_, k) => k)
  const share = noiseShare(problem.loss.samples, setting)
  const dim = curvatures.length
  const exact = iteration.map((k) => {
    const variances = curvatures.map((l, i) => {
      const factor = (1 - learningRate * l) ** 2
      return (learningRate ** 2 * share * problem.noise[i * (dim + 1)] * (1 - factor ** k)) / (1 - factor)
    })
    return moments(variances, curvatures.map((l) => (1 - learningRate * l) ** k), problem.noise, share, learningRate)
  })
  return {
    iteration,
    drift: iteration.map((k) => sum(runs.map(({ drift }) => drift[k])) / runs.length),
    fluctuation: iteration.map((k) => sum(runs.map(({ fluctuation }) => fluctuation[k])) / runs.length),
    exactDrift: exact.map(({ drift }) => drift),
    exactFluctuation: exact.map(({ fluctuation }) => fluctuation),
  }
}

let kept: { key: string; problems: Record<Setting['problem'], Problem>; approach: Approach } | undefined

/** The problems and the approach on the first of them, the same for a run and its control, hence kept. */
async function prepared({ digits, settings: [first], chains }: Parameters, context: Context): Promise<NonNullable<typeof kept>> {
  const key = JSON.stringify([digits, first, chains, context.seed])
  if (kept?.key === key) return kept
  const own = quadratic(quadraticSamples)
  const problems = { 'quadratic': own, 'least squares': leastSquares(), 'softmax regression': digitsSoftmax(digits.samples, digits.weightDecay) }
  kept = { key, problems, approach: await approachOf(own, first, seeds(context.seed, purposes.approach, 8 * chains), context) }
  return kept
}

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { settings, chains } = parameters
  await context.step({ fraction: 0, activity: 'approach to stationarity' })
  const { problems, approach } = await prepared(parameters, context)
  const balances: Balance[] = []
  for (const [k, setting] of settings.entries()) {
    await context.step({ fraction: (k + 1) / (settings.length + 1), activity: `SGD on ${setting.problem}, η = ${setting.learningRate}` })
    const own = seeds(context.seed, purposes.runs, chains * (k + 1)).slice(-chains)
    balances.push(await balanceOf(problems[setting.problem], setting, parameters, own, context))
  }
  return { balances, approach }
}
