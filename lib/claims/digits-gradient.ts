import { datasets } from '../network/datasets.ts'
import type { Dataset } from '../network/datasets.ts'
import { asPotential } from '../network/loss.ts'
import { softmaxRegression } from '../network/softmax-regression.ts'
import type { SoftmaxRegression } from '../network/softmax-regression.ts'
import { sliceDirections, train } from '../network/training.ts'
import { entropySgd } from '../optimization/entropy-sgd.ts'
import { minimize } from '../optimization/minimize.ts'
import { prox } from '../pde/prox.ts'
import type { Potential } from '../potential/potential.ts'
import { tilted } from '../potential/tilted.ts'
import { pathBlock } from '../sde/block.ts'
import { leimkuhlerMatthews } from '../sde/methods/leimkuhler-matthews.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'
import type { Context } from './claim.ts'
import { seeds } from './gradient-flow.ts'

/** Softmax regression on the first digits, its minimiser, and the plane of `digitsSlice` for it. */
export interface DigitsProblem {
  loss: SoftmaxRegression
  trained: Float64Array
  slice: Potential
  /** Mean of (|input|² + 1)^{3/2}. */
  cubes: number
}

const problems = new Map<number, DigitsProblem>()

/** Trained once a process. */
export function digitsProblem(samples: number): DigitsProblem {
  const kept = problems.get(samples) ?? build(samples)
  problems.set(samples, kept)
  return kept
}

/** The first of the hand-written digits. */
export function firstDigits(samples: number): Dataset {
  const all = datasets.digits()
  return { ...all, samples, inputs: all.inputs.slice(0, samples * all.features), labels: all.labels.slice(0, samples) }
}

function build(samples: number): DigitsProblem {
  const digits = firstDigits(samples)
  const { features, inputs } = digits
  const loss = softmaxRegression(digits)
  const { point: trained } = train(loss)
  const squares = Array.from({ length: samples }, (_, i) => inputs.subarray(i * features, (i + 1) * features).reduce((sum, v) => sum + v * v, 1))
  return { loss, trained, slice: loss.slice(trained, sliceDirections(loss, trained)), cubes: squares.reduce((sum, s) => sum + s ** 1.5, 0) / samples }
}

export interface GradientJob {
  samples: number
  gamma: number
  beta: number
  /** γ of the algorithm over γ of the chains. */
  mismatch: number
  /** Runs of the algorithm, and chains. */
  count: number
  /** Lη′ */
  span: number
  step: number
}

/** Two estimates of ∇u at a point, and their whitened difference. */
export interface GradientComparison {
  /** Component by component: the algorithm's and the chains', with standard errors. */
  algorithm: number[]
  algorithmErrors: number[]
  chains: number[]
  chainErrors: number[]
  /** Mean square of the whitened difference over its variance: 1 when they agree. */
  chiSquare: number
  /** The whitened difference along ∇f(x), over its standard deviation. */
  alongGradient: number
  /** Most that the inner step's bias can be, in the same unit. */
  stepBias: number
  norm: number
  lossGradientNorm: number
}

/** A tenth of the way from the start 0 of the training to the minimiser. */
const share = 0.1
const purposes = { runs: 0x657367, chains: 0x6c6d63 }
/** Relaxation times γ, the longest, that the chains run before they are averaged. */
const burnIn = 7
/** Largest ‖2p∘(p − |p|²)‖, p a law on ten classes: at one class of probability 0.69 and the others alike. */
const steepest = 0.3

/**
 * ∇u(x, γ) at x by the inner averages of Entropy-SGD, (x − m)/γ, in `count` runs of one iteration, and by as many chains of Leimkuhler and Matthews' method,
 * which is of second order in its step and shares neither noise nor averaging with it.
 *
 * Averages of y over a time T have covariance (2/βT) A⁻² where H = f + |x − y|²/2γ has curvature A. Multiplied by A = ∇²f(⟨y⟩) + I/γ all components are alike
 * and independent, so that their variance is pooled over components and runs. Of the start y = x the mean over T keeps A⁻¹(I − η′A)(x − ⟨y⟩)/T, which is
 * taken off with the proximal point in place of ⟨y⟩, as that has no noise. The step's bias is −(η′/4β)A⁻¹∇Δf (see `stepError`), multiplied by A at most
 * (η′/4β)·0.3·mean (|input|² + 1)^{3/2}.
 */
export async function localGradients(job: GradientJob, context: Context): Promise<GradientComparison> {
  const { samples, gamma, beta, mismatch, count, span, step } = job
  const { loss, trained, cubes } = digitsProblem(samples)
  const x = trained.map((c) => share * c)
  const own: Float64Array[] = []
  const optimizer = entropySgd({
    learningRate: 1, gamma: gamma * mismatch, langevinSteps: Math.round(span / step), langevinStepSize: step, thermalNoise: 1 / Math.sqrt(beta),
    averaging: 'uniform',
  })
  for (const [i, seed] of seeds(context.seed, purposes.runs, count).entries()) {
    await context.step({ fraction: 0.8 + (0.1 * i) / count, activity: `650 parameters, run ${i + 1} of ${count}` })
    const { point } = await minimize(loss, { optimizer, initial: x, iterations: 1, seed, ...(context.signal && { signal: context.signal }) })
    own.push(point.map((m, k) => (x[k] - m) / (gamma * mismatch)))
  }
  const others = await chainGradients(job, x, context)
  const [mean, other] = [meanOf(own), meanOf(others)]
  const bottom = x.map((c, k) => c - gamma * other[k])
  /** γA·slope: a difference of slopes as one of means ⟨y⟩, whitened. */
  const whitened = (slope: Float64Array): Float64Array => loss.hessianProduct(bottom, slope).map((c, k) => gamma * c + slope[k])
  const pooled = (slopes: Float64Array[], about: Float64Array): number =>
    slopes.reduce((sum, slope) => sum + square(whitened(slope.map((c, k) => c - about[k]))), 0) / ((count - 1) * loss.dim)
  const variance = (pooled(own, mean) + pooled(others, other)) / count
  const { gradient: near } = prox(asPotential(loss), x, { gamma, convex: true })
  const settled = whitened(near).map((c, k) => (gamma * near[k] - step * c) / span)
  const difference = whitened(mean.map((c, k) => c - other[k])).map((c, k) => c + settled[k])
  const steep = loss.gradient(x)
  return {
    algorithm: Array.from(mean), algorithmErrors: errorsOf(own, mean), chains: Array.from(other), chainErrors: errorsOf(others, other),
    chiSquare: square(difference) / (loss.dim * variance),
    alongGradient: Math.abs(difference.reduce((sum, c, k) => sum + c * steep[k], 0)) / Math.sqrt(square(steep) * variance),
    stepBias: ((step / (4 * beta)) * steepest * cubes) / Math.sqrt(variance),
    norm: Math.sqrt(square(other)),
    lossGradientNorm: Math.sqrt(square(steep)),
  }
}

let keptChains: { key: string; slopes: Float64Array[] } | undefined

/** (x − mean of y)/γ for each chain; the same for a run and its control, hence kept. */
async function chainGradients(job: GradientJob, x: Float64Array, context: Context): Promise<Float64Array[]> {
  const { samples, gamma, beta, count, span, step } = job
  const key = JSON.stringify([samples, gamma, beta, count, span, step, context.seed])
  if (keptChains?.key === key) return keptChains.slopes
  const { loss } = digitsProblem(samples)
  const dim = x.length
  const [seed] = seeds(context.seed, purposes.chains, 1)
  const block = pathBlock(overdampedSystem(overdampedLangevin({ potential: tilted(asPotential(loss), x, gamma), beta })), leimkuhlerMatthews, {
    seed, first: 0, count, dt: step, x: Float64Array.from({ length: dim * count }, (_, j) => x[Math.floor(j / count)]),
  })
  const before = Math.round((burnIn * gamma) / step)
  const steps = Math.round(span / step)
  const sum = new Float64Array(dim * count)
  for (let n = 0; n < before + steps; n++) {
    if (n % 16 === 0) await context.step({ fraction: 0.9 + (0.1 * n) / (before + steps), activity: `650 parameters, chains, step ${n} of ${before + steps}` })
    block.advance()
    if (n >= before) for (let j = 0; j < sum.length; j++) sum[j] += block.x[j]
  }
  block.release()
  const slopes = Array.from({ length: count }, (_, i) => x.map((c, k) => (c - sum[k * count + i] / steps) / gamma))
  keptChains = { key, slopes }
  return slopes
}

const square = (v: Float64Array): number => v.reduce((sum, c) => sum + c * c, 0)

function meanOf(points: Float64Array[]): Float64Array {
  return points[0].map((_, k) => points.reduce((sum, point) => sum + point[k], 0) / points.length)
}

/** Standard errors of the means of the components. */
function errorsOf(points: Float64Array[], mean: Float64Array): number[] {
  const n = points.length
  return Array.from(mean, (m, k) => Math.sqrt(points.reduce((sum, point) => sum + (point[k] - m) ** 2, 0) / (n * (n - 1))))
}
