import { point, options, positive, refuse } from '../../core/arguments.ts'
import { exp, log } from '../../core/elementary.ts'
import type { Potential } from '../potential.ts'
import { pointwise } from '../pointwise.ts'

export interface GaussianMixtureOptions {
  /** Positive; they need not sum to 1. */
  weights: readonly number[]
  means: readonly (readonly number[])[]
  /** Variance S_i of each component, the same in every direction. */
  variances: readonly number[]
  /** Inverse temperature, default 1. */
  beta?: number
}

/**
 * f = −(1/β) log Σ_i w_i N(x; m_i, S_i I) in any dimension, right in the far tails. Its local entropy at γ, β is the same with S_i + γ/β, so that it is an
 * exact test in every dimension.
 * @throws ArgumentError on lists of different lengths, or a weight, variance or beta that is not positive
 */
export function gaussianMixture(given: GaussianMixtureOptions): Potential {
  options('gaussianMixture', given, ['weights', 'means', 'variances', 'beta'])
  const { weights, means, variances } = checkLists(given)
  const beta = positive('gaussianMixture', 'beta', given.beta ?? 1)
  const [count, dim] = [weights.length, means[0].length]
  const logs = weights.map((w, i) => log(w) - (dim / 2) * log(2 * Math.PI * variances[i]))
  const shares = new Float64Array(count)
  const mean = new Float64Array(dim)

  /** Fills `shares` with the responsibilities and returns log Σ. */
  const respond = (x: Float64Array): number => {
    let top = -Infinity
    for (let i = 0; i < count; i++) {
      let square = 0
      for (let k = 0; k < dim; k++) square += (x[k] - means[i][k]) ** 2
      shares[i] = logs[i] - square / (2 * variances[i])
      if (shares[i] > top) top = shares[i]
    }
    let sum = 0
    for (let i = 0; i < count; i++) sum += shares[i] = exp(shares[i] - top)
    for (let i = 0; i < count; i++) shares[i] /= sum
    return top + log(sum)
  }
  /** Mean of (x − m_i)/S_i under the responsibilities: β∇f. */
  const pull = (x: Float64Array, out: Float64Array): void => {
    respond(x)
    for (let k = 0; k < dim; k++) {
      out[k] = 0
      for (let i = 0; i < count; i++) out[k] += (shares[i] * (x[k] - means[i][k])) / variances[i]
    }
  }
  return pointwise({
    dim,
    name: 'gaussian-mixture',
    value: (x) => -respond(x) / beta,
    gradient(x, out) {
      pull(x, out)
      for (let k = 0; k < dim; k++) out[k] /= beta
    },
    hessian(x, out) {
      pull(x, mean)
      out.fill(0)
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < dim; k++) {
          out[k * dim + k] += shares[i] / variances[i] / beta
          const away = (x[k] - means[i][k]) / variances[i] - mean[k]
          for (let l = 0; l < dim; l++) out[k * dim + l] -= (shares[i] * (away * ((x[l] - means[i][l]) / variances[i] - mean[l]))) / beta
        }
      }
    },
  })
}

function checkLists({ weights, means, variances }: GaussianMixtureOptions): { weights: number[]; means: number[][]; variances: number[] } {
  const count = Array.isArray(weights) ? weights.length : 0
  if (count === 0) refuse('gaussianMixture', 'weights', 'a non-empty list of positive numbers', weights)
  for (const [name, list] of [['means', means], ['variances', variances]] as const) {
    if (!Array.isArray(list) || list.length !== count) refuse('gaussianMixture', name, `a list of ${count}, as many as weights`, list)
  }
  const dim = Array.isArray(means[0]) ? means[0].length : 0
  if (dim === 0) refuse('gaussianMixture', 'means[0]', 'a point', means[0])
  return {
    weights: weights.map((w, i) => positive('gaussianMixture', `weights[${i}]`, w)),
    means: means.map((m, i) => Array.from(point('gaussianMixture', `means[${i}]`, m, dim))),
    variances: variances.map((s, i) => positive('gaussianMixture', `variances[${i}]`, s)),
  }
}
