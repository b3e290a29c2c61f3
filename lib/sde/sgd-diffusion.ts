import { callable, integer, oneOf, options, positive, refuse } from '../core/arguments.ts'
import { semidefiniteFactor } from './linear.ts'
import type { Noise, StochasticEquation, System } from './system.ts'

/** A mean over samples, as far as its gradient noise is concerned. */
export interface SampledLoss {
  readonly dim: number
  readonly samples: number
  /** ∇ of the mean over a batch of sample numbers, or over all, written to `out`. */
  gradient(x: Float64Array, batch: readonly number[] | undefined, out: Float64Array): void | Float64Array
}

/** dx = −∇(f + (η/4)|∇f|² [order 2]) dt + √(η c/b) D(x)^{1/2} dW. */
export interface SgdDiffusion extends StochasticEquation {
  readonly kind: 'sgd-diffusion'
  readonly loss: SampledLoss
  readonly learningRate: number
  readonly batchSize: number
  readonly replacement: boolean
  readonly order: 1 | 2
}

/**
 * The diffusion approximation of mini-batch SGD x ← x − η∇f_b(x) with time kη (Li, Tai & E 2017):
 * dx = −∇f dt + √(ηc/b) D(x)^{1/2} dW (Itô), D(x) = (1/N) Σ g_i g_iᵀ − g gᵀ the covariance of the samples' gradients, c = 1 for batches drawn with
 * replacement (default) and (N − b)/(N − 1) without. It is a weak approximation of order 1 in η; with `order: 2` the drift is −∇(f + (η/4)|∇f|²), and so is the
 * order. One evaluation costs N gradients and dim³ operations; the noise is 'general'.
 * @throws ArgumentError
 */
export function sgdDiffusion(given: { loss: SampledLoss; learningRate: number; batchSize: number; replacement?: boolean; order?: 1 | 2 }): SgdDiffusion {
  const where = 'sgdDiffusion'
  options(where, given, ['loss', 'learningRate', 'batchSize', 'replacement', 'order'])
  const { loss, replacement = true } = given
  if (loss === null || typeof loss !== 'object') refuse(where, 'loss', 'a loss with dim, samples and gradient', loss)
  const dim = integer(where, 'loss.dim', loss.dim, 1)
  const samples = integer(where, 'loss.samples', loss.samples, 2)
  callable(where, 'loss.gradient', loss.gradient)
  if (typeof replacement !== 'boolean') refuse(where, 'replacement', 'true or false', replacement)
  const batchSize = integer(where, 'batchSize', given.batchSize, 1)
  if (!replacement && batchSize > samples) refuse(where, 'batchSize', `at most ${samples} without replacement`, batchSize)
  const order = Number(oneOf(where, 'order', String(given.order ?? 1), ['1', '2'])) as 1 | 2
  return Object.freeze({ kind: 'sgd-diffusion', dim, loss, learningRate: positive(where, 'learningRate', given.learningRate), batchSize, replacement, order })
}

export function sgdDiffusionSystem({ loss, dim, learningRate, batchSize, replacement, order }: SgdDiffusion): System {
  const temperature = (learningRate / batchSize) * (replacement ? 1 : (loss.samples - batchSize) / (loss.samples - 1))
  const [point, slope, aside, ahead, behind] = [0, 1, 2, 3, 4].map(() => new Float64Array(dim))
  const each = (x: Float64Array, count: number, write: (i: number) => void): void => {
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < dim; k++) point[k] = x[k * count + i]
      write(i)
    }
  }
  return {
    dim,
    noiseDim: dim,
    calculus: 'ito',
    noise: gradientNoise(loss, temperature, each, point),
    drift(x, count, _t, out) {
      each(x, count, (i) => {
        slope.fill(NaN)
        if (point.every(Number.isFinite)) {
          loss.gradient(point, undefined, slope)
          if (order === 2) addCurvature(loss, learningRate, { point, slope, aside, ahead, behind })
        }
        for (let k = 0; k < dim; k++) out[k * count + i] = -slope[k]
      })
    },
  }
}

/** slope ← g + (η/2)∇²f g, the product by a central difference of gradients along g. */
function addCurvature(loss: SampledLoss, learningRate: number, { point, slope, aside, ahead, behind }: Record<'point' | 'slope' | 'aside' | 'ahead' | 'behind', Float64Array>): void {
  const norm = Math.hypot(...slope)
  if (norm === 0) return
  // Truncation h² and rounding eps/h balance at the cube root of eps.
  const step = (6e-6 * (1 + Math.hypot(...point))) / norm
  slope.forEach((g, k) => (aside[k] = point[k] + step * g))
  loss.gradient(aside, undefined, ahead)
  slope.forEach((g, k) => (aside[k] = point[k] - step * g))
  loss.gradient(aside, undefined, behind)
  for (let k = 0; k < slope.length; k++) slope[k] += (learningRate / 2) * ((ahead[k] - behind[k]) / (2 * step))
}

function gradientNoise(
  loss: SampledLoss, temperature: number, each: (x: Float64Array, count: number, write: (i: number) => void) => void, point: Float64Array,
): Noise {
  const { dim, samples } = loss
  const gradients = Array.from({ length: samples }, () => new Float64Array(dim))
  const mean = new Float64Array(dim)
  const covariance = new Float64Array(dim * dim)
  return {
    classes: dim === 1 ? ['scalar', 'general'] : ['general'], diagonal: false, constant: false,
    evaluate(x, count, _t, out) {
      each(x, count, (i) => {
        covariance.fill(NaN)
        if (point.every(Number.isFinite)) covarianceAt(loss, point, gradients, mean, covariance)
        const factor = semidefiniteFactor(covariance, dim)
        for (let e = 0; e < dim * dim; e++) out[e * count + i] = factor === undefined ? NaN : Math.sqrt(temperature) * factor[e]
      })
    },
  }
}

/** (1/N) Σ (g_i − g)(g_i − g)ᵀ: about the mean, so that nothing cancels near a minimum of all samples. */
function covarianceAt(loss: SampledLoss, point: Float64Array, gradients: readonly Float64Array[], mean: Float64Array, covariance: Float64Array): void {
  const { dim, samples } = loss
  mean.fill(0)
  gradients.forEach((g, i) => {
    loss.gradient(point, [i], g)
    for (let k = 0; k < dim; k++) mean[k] += g[k] / samples
  })
  covariance.fill(0)
  for (const g of gradients) {
    for (let k = 0; k < dim; k++) for (let l = 0; l <= k; l++) covariance[k * dim + l] += ((g[k] - mean[k]) * (g[l] - mean[l])) / samples
  }
  for (let k = 0; k < dim; k++) for (let l = 0; l < k; l++) covariance[l * dim + k] = covariance[k * dim + l]
}
