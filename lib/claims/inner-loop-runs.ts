import { entropySgd } from '../optimization/entropy-sgd.ts'
import { minimize } from '../optimization/minimize.ts'
import { potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { tilted } from '../potential/tilted.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Context } from './claim.ts'
import { innerErrors, replicas, seeds } from './gradient-flow.ts'
import { withoutNoise } from './inner-loop-exact.ts'
import type { Exact, Quadratics } from './inner-loop-exact.ts'
import { averageVariance, eulerChain, expectedAverage, startShare, stationaryMean, weightOf } from './inner-loop-laws.ts'
import type { Averaging } from './inner-loop-laws.ts'
import { lineDerivatives, sampled } from './smoothed-derivatives.ts'

export interface Parameters {
  /** Whether the algorithm gives the newest sample the weight 1 − a in place of a. */
  exchanged: boolean
  /** Weights a of the newest sample. */
  weights: number[]
  /** Quadratics without noise: dimensions, L, and the outer iterations of whole runs. */
  quadratics: Quadratics
  /** Steps η′ from the largest to the least, each half of the one before. */
  steps: number[]
  /** Runs of the inner loop with noise, each with its L. */
  runs: { count: number; lengths: number[] }
  /** Uniform averages on a non-quadratic f. */
  uniform: { count: number; lengths: number[] }
}

/** Stationary means of the chain against quadrature. */
export interface Bias {
  name: string
  steps: number[]
  bias: number[]
  /** The limit of bias/η′, from the generator. */
  slope: number
}

/** An average of independent runs of the inner loop, and what it should be. */
export interface Sampled {
  name: string
  kappa: number
  averaging: Averaging
  length: number
  mean: number
  expected: number
  variance: number
  /** For quadratics. */
  exact?: number
  count: number
}

export interface Measurement {
  exact: Exact[]
  biases: Bias[]
  /** Non-quadratic f, then quadratics. */
  curved: Sampled[]
  quadratic: Sampled[]
  /** Uniform averages of a non-quadratic f: L and their variances. */
  uniform: { lengths: number[]; variances: number[] }
}

export const noisy = { gamma: 1, beta: 2, step: 0.2, curvatures: [0.5, 2], start: 1.5 }
const curvedStep = 0.25
/** Curvature of f from 0 to 4, and from 0.2 to 1.8. */
const curves = [
  { name: '4 log(1 + e²ˣ)', f: () => potential('4 log(1 + exp(2 x))'), x: 1, gamma: 1, beta: 1, kappa: 1, half: 10 },
  { name: 'x²/2 + 0.8 cos x', f: () => potential('x^2/2 + 0.8 cos(x)'), x: 1.5, gamma: 2, beta: 1, kappa: 0.7, half: 12 },
]
const purposes = { noisy: 12, curved: 13, uniform: 14 }

interface Job {
  f: Potential
  x: number
  gamma: number
  beta: number
  step: number
  length: number
  averaging: Averaging
  count: number
  seed: number
}

/** Inner averages of independent runs: the first iterates at η = 1. */
async function innerAverages({ f, x, gamma, beta, step, length, averaging, count, seed }: Job): Promise<{ mean: number; variance: number }> {
  const { point } = await minimize(replicas(f, count), {
    optimizer: entropySgd({ learningRate: 1, gamma, langevinSteps: length, langevinStepSize: step, thermalNoise: 1 / Math.sqrt(beta), averaging }),
    initial: new Float64Array(count).fill(x), iterations: 1, seed,
  })
  const { estimate, standardError } = meanOfIndependent(point)
  return { mean: estimate, variance: standardError ** 2 * count }
}

function biasOf(curve: typeof curves[number], steps: number[]): Bias {
  const { name, x, gamma, beta, kappa, half } = curve
  const f = curve.f()
  const H = tilted(f, [x], gamma)
  const mean = x - gamma * lineDerivatives(sampled(f, half, 1201), x, gamma, beta)[1]
  return {
    name, steps, bias: steps.map((step) => stationaryMean(eulerChain(H, half, step, beta), mean, step, kappa) - mean),
    // The error of ∇u = (x − ⟨y⟩)/γ, the other way round.
    slope: -gamma * innerErrors(f, half, 1201, x, gamma, beta).step,
  }
}

async function sampleCurves({ runs, weights, exchanged }: Parameters, { seed }: Context): Promise<Sampled[]> {
  const found: Sampled[] = []
  for (const { name, f: make, x, gamma, beta, kappa, half } of curves) {
    const f = make()
    const chain = eulerChain(tilted(f, [x], gamma), half, curvedStep, beta)
    for (const averaging of [...weights, 'uniform'] as Averaging[]) for (const length of runs.lengths.slice(0, 4)) {
      const [own] = seeds(seed, purposes.curved, found.length + 1).slice(-1)
      const job = { f, x, gamma, beta, step: curvedStep, length, count: runs.count, seed: own, averaging: weightOf(averaging, exchanged) }
      found.push({ name, kappa, averaging, length, ...await innerAverages(job), expected: expectedAverage(chain, x, length, averaging), count: runs.count })
    }
  }
  return found
}

async function sampleQuadratics({ runs, weights, exchanged }: Parameters, { seed }: Context): Promise<Sampled[]> {
  const { gamma, beta, step, start } = noisy
  const found: Sampled[] = []
  for (const lambda of noisy.curvatures) {
    const f = potential('a x^2/2', { variables: ['x'], parameters: { a: lambda } })
    const kappa = lambda + 1 / gamma
    const [r, s] = [1 - step * kappa, Math.sqrt((2 * step) / beta)]
    for (const averaging of [...weights, 'uniform'] as Averaging[]) for (const length of runs.lengths) {
      const [own] = seeds(seed, purposes.noisy, found.length + 1).slice(-1)
      const job = { f, x: start, gamma, beta, step, length, count: runs.count, seed: own, averaging: weightOf(averaging, exchanged) }
      const bottom = start / (gamma * kappa)
      found.push({
        name: `λ = ${lambda}`, kappa, averaging, length, ...await innerAverages(job), count: runs.count,
        expected: bottom + (start - bottom) * startShare(r, length, averaging), exact: averageVariance(r, s, length, averaging),
      })
    }
  }
  return found
}

let kept: { key: string; biases: Bias[]; uniform: Measurement['uniform'] } | undefined

/** What does not ask for the weight of the newest sample: the same for a run and its control, hence kept. */
async function withoutWeights(parameters: Parameters, context: Context): Promise<NonNullable<typeof kept>> {
  const key = JSON.stringify([parameters.steps, parameters.uniform, context.seed])
  if (kept?.key === key) return kept
  await context.step({ fraction: 0.1, activity: 'stationary laws of the inner steps' })
  const biases = curves.map((curve) => biasOf(curve, parameters.steps))
  kept = { key, biases, uniform: await uniformVariances(parameters, context) }
  return kept
}

async function uniformVariances({ uniform: { count, lengths } }: Parameters, context: Context): Promise<Measurement['uniform']> {
  const { f, x, gamma, beta } = curves[0]
  const variances: number[] = []
  for (const [k, seed] of seeds(context.seed, purposes.uniform, lengths.length).entries()) {
    await context.step({ fraction: 0.2 + (0.4 * k) / lengths.length, activity: `uniform averages of ${lengths[k]} steps` })
    variances.push((await innerAverages({ f: f(), x, gamma, beta, step: curvedStep, length: lengths[k], averaging: 'uniform', count, seed })).variance)
  }
  return { lengths, variances }
}

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  await context.step({ fraction: 0, activity: 'quadratics without noise' })
  const exact = await withoutNoise(parameters, context.seed)
  const { biases, uniform } = await withoutWeights(parameters, context)
  await context.step({ fraction: 0.6, activity: 'inner averages of non-quadratic f' })
  const curved = await sampleCurves(parameters, context)
  await context.step({ fraction: 0.8, activity: 'inner averages of quadratics' })
  return { exact, biases, curved, quadratic: await sampleQuadratics(parameters, context), uniform }
}
