import { exp, log } from '../../core/elementary.ts'
import { DivergenceError } from '../../core/errors.ts'
import type { Paced } from '../../execution/progress.ts'
import { normals, uniforms } from '../../random/index.ts'
import { importanceWeights } from '../../stats/weighted.ts'
import { heights } from './measure.ts'
import type { LocalGibbs, Moments } from './measure.ts'
import { kernelProposal, laplaceProposals, withFitted } from './proposal.ts'
import type { Proposal } from './proposal.ts'

/** Moments with standard errors, of independent weighted samples. */
export interface ImportanceMoments extends Moments {
  standardErrors: { logMass: number; offset: Float64Array; covariance: Float64Array }
  effectiveSampleSize: number
}

export interface Sampling {
  samples: number
  seed: number
  /** 'mixture': the kernel N(x, γ/β I) and Gaussians at the modes; 'kernel': the kernel alone, as in HJ-Prox. */
  proposal: 'mixture' | 'kernel'
  /** Whether the covariance is wanted; it takes n² operations a sample. */
  covariance: boolean
}

/** Tells these streams from all others of a seed; the pilot's have the next numbers. */
const purpose = { main: 0x67696262, pilot: 0x67696264, resampled: 0x67696266, choice: 0x67696268 }
/** Numbers a block of samples holds. */
const blockNumbers = 2 ** 16
/** The first round, in at most so many dimensions. */
const pilot = { samples: 1024, dimensions: 16 }

/**
 * Moments by self-normalised importance sampling. Weights are formed in the log domain, against the density of the whole mixture, so that they are bounded wherever
 * the kernel, which has e^{−βf} for its weight, has its share. In up to 16 dimensions a first round of 1024 samples, used for nothing else, tells where
 * the mass is, and a Gaussian fitted to it joins the mixture. Sample i depends on (seed, i) alone. Standard errors by the delta method.
 * @throws DivergenceError when every sample has weight 0
 */
export function* importanceMoments(measure: LocalGibbs, sampling: Sampling): Paced<ImportanceMoments> {
  const { where, dim } = measure
  const { samples, seed } = sampling
  const first = sampling.proposal === 'kernel' ? [kernelProposal(measure)] : laplaceProposals(measure)
  const proposals = sampling.proposal === 'kernel' || dim > pilot.dimensions ? first : yield* refined(measure, first, seed)
  const drawn = yield* drawSamples(measure, proposals, { seed, stream: purpose.main, samples })
  if (drawn === undefined) throw new DivergenceError(`${where}: f is +Infinity at all of the ${samples} samples; use a smaller gamma or more samples`)
  const { weights, logMean, effectiveSampleSize } = importanceWeights(drawn.logWeights)
  const { mean, meanErrors } = meansOf(drawn.offsets, weights, dim)
  const spread = yield* covarianceOf(drawn.offsets, weights, mean, sampling.covariance)
  return {
    base: drawn.base, logMass: logMean.estimate, offset: mean, covariance: spread.covariance, effectiveSampleSize,
    standardErrors: { logMass: logMean.standardError, offset: meanErrors, covariance: spread.errors },
  }
}

/** Samples that points are chosen from for each of them, and at least. */
const poolPerPoint = 8
const leastPool = 4096

/**
 * Offsets y − x of `count` points whose law is the local Gibbs law but for the importance weights' own error: chosen with replacement, independently, with
 * probabilities proportional to the weights, from at least eight times as many samples (Rubin 1987, sampling–importance resampling). Component-major.
 * Nothing beyond 16 dimensions, where the weights may degenerate, and where f is +∞ at all samples.
 */
export function* resampledOffsets(measure: LocalGibbs, count: number, seed: number): Paced<Float64Array | undefined> {
  const { dim } = measure
  if (dim > pilot.dimensions) return undefined
  const proposals = yield* refined(measure, laplaceProposals(measure), seed)
  const samples = Math.max(leastPool, poolPerPoint * count)
  const drawn = yield* drawSamples(measure, proposals, { seed, stream: purpose.resampled, samples })
  if (drawn === undefined) return undefined
  const { weights } = importanceWeights(drawn.logWeights)
  const sums = new Float64Array(samples)
  weights.reduce((sum, w, i) => (sums[i] = sum + w), 0)
  const places = uniforms(seed, purpose.choice, count).map((u) => Math.min(samples - 1, firstAbove(sums, u * sums[samples - 1])))
  return Float64Array.from({ length: dim * count }, (_, j) => drawn.offsets[Math.floor(j / count) * samples + places[j % count]])
}

/** Index of the first of increasing numbers above a value. */
function firstAbove(numbers: Float64Array, value: number): number {
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle] > value) high = middle
    else low = middle + 1
  }
  return low
}

/** The mixture with a Gaussian fitted to a first round of samples, if that round has told enough. */
function* refined(measure: LocalGibbs, proposals: Proposal[], seed: number): Paced<Proposal[]> {
  const drawn = yield* drawSamples(measure, proposals, { seed, stream: purpose.pilot, samples: pilot.samples })
  if (drawn === undefined) return proposals
  const { weights, effectiveSampleSize } = importanceWeights(drawn.logWeights)
  if (effectiveSampleSize < 10 * (measure.dim + 1)) return proposals
  const { mean } = meansOf(drawn.offsets, weights, measure.dim)
  const { covariance } = yield* covarianceOf(drawn.offsets, weights, mean, true)
  return withFitted(proposals, mean, covariance) ?? proposals
}

interface Drawn {
  /** Component-major. */
  offsets: Float64Array
  /** −β(H − base) − log of the mixture's density. */
  logWeights: Float64Array
  /** The lowest H. */
  base: number
}

/** Samples with their weights; nothing when f is +∞ at all of them. */
function* drawSamples(
  measure: LocalGibbs, proposals: readonly Proposal[], { seed, stream, samples }: { seed: number; stream: number; samples: number },
): Paced<Drawn | undefined> {
  const { dim, beta } = measure
  const offsets = new Float64Array(dim * samples)
  const values = new Float64Array(samples)
  const logDensities = new Float64Array(samples)
  const block = Math.max(1, Math.floor(blockNumbers / dim))
  for (let first = 0; first < samples; first += block) {
    yield { fraction: first / samples, activity: `sampling, ${first} of ${samples}` }
    const count = Math.min(block, samples - first)
    const part = new Float64Array(dim * count)
    for (let i = 0; i < count; i++) {
      const offset = draw(proposals, seed, stream, first + i, dim)
      logDensities[first + i] = logDensity(proposals, offset)
      for (let k = 0; k < dim; k++) offsets[k * samples + first + i] = part[k * count + i] = offset[k]
    }
    heights(measure, part, values.subarray(first, first + count))
  }
  const base = values.reduce((low, value) => Math.min(low, value), Infinity)
  return base === Infinity ? undefined : { offsets, base, logWeights: values.map((value, i) => -beta * (value - base) - logDensities[i]) }
}

/** Sample i of the mixture. */
function draw(proposals: readonly Proposal[], seed: number, stream: number, i: number, dim: number): Float64Array {
  const z = normals(seed, [stream, i], dim)
  if (proposals.length === 1) return proposals[0].place(z)
  let [chosen] = uniforms(seed, [stream + 1, i], 1)
  let j = 0
  while (j < proposals.length - 1 && chosen >= proposals[j].share) chosen -= proposals[j++].share
  return proposals[j].place(z)
}

function logDensity(proposals: readonly Proposal[], offset: Float64Array): number {
  const logs = proposals.map(({ share, logDensity: at }) => log(share) + at(offset))
  const top = Math.max(...logs)
  return top + log(logs.reduce((sum, value) => sum + exp(value - top), 0))
}

function meansOf(offsets: Float64Array, weights: Float64Array, dim: number): { mean: Float64Array; meanErrors: Float64Array } {
  const n = weights.length
  const mean = new Float64Array(dim)
  const meanErrors = new Float64Array(dim)
  for (let k = 0; k < dim; k++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += weights[i] * offsets[k * n + i]
    let squares = 0
    for (let i = 0; i < n; i++) squares += (weights[i] * (offsets[k * n + i] - sum)) ** 2
    mean[k] = sum
    meanErrors[k] = Math.sqrt(squares)
  }
  return { mean, meanErrors }
}

/**
 * The weighted covariance, over 1 − Σw² (which makes it unbiased for equal weights), and its standard errors √Σ w²((o_k − m_k)(o_l − m_l) − C_kl)².
 */
function* covarianceOf(
  offsets: Float64Array, weights: Float64Array, mean: Float64Array, wanted: boolean,
): Paced<{ covariance: Float64Array; errors: Float64Array }> {
  if (!wanted) return { covariance: new Float64Array(0), errors: new Float64Array(0) }
  const [n, dim] = [weights.length, mean.length]
  const covariance = new Float64Array(dim * dim)
  const errors = new Float64Array(dim * dim)
  const shrunk = 1 - weights.reduce((sum, w) => sum + w * w, 0)
  const centred = offsets.map((o, j) => o - mean[Math.floor(j / n)])
  for (let k = 0; k < dim; k++) {
    yield { fraction: k / dim, activity: `covariances, row ${k} of ${dim}` }
    for (let l = 0; l <= k; l++) {
      let sum = 0
      for (let i = 0; i < n; i++) sum += weights[i] * centred[k * n + i] * centred[l * n + i]
      let squares = 0
      for (let i = 0; i < n; i++) squares += (weights[i] * (centred[k * n + i] * centred[l * n + i] - sum)) ** 2
      // One sample with all the weight has no spread to be told.
      covariance[k * dim + l] = covariance[l * dim + k] = shrunk > 0 ? sum / shrunk : 0
      errors[k * dim + l] = errors[l * dim + k] = shrunk > 0 ? Math.sqrt(squares) / shrunk : Infinity
    }
  }
  return { covariance, errors }
}
