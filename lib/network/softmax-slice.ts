import { point } from '../core/arguments.ts'
import type { Potential } from '../potential/potential.ts'
import { batched } from './loss.ts'

/** What a slice of softmax regression is made of; the scores are linear in the parameters, so those of origin and directions suffice. */
export interface SoftmaxSlice {
  name: string
  /** Origin and directions, in the parameters' own space. */
  points: readonly ArrayLike<number>[]
  /** Scores, samples × classes, of the origin and of each direction. */
  scores: readonly Float64Array[]
  labels: Uint8Array
  classes: number
  weightDecay: number
}

/** Sums over the samples at one point of the plane; second derivatives only when asked for. */
interface Sums {
  value: number
  gradient: Float64Array
  hessian?: Float64Array
}

/**
 * Softmax regression on the plane origin + Σ_k s_k direction_k: mean_i [log Σ_c e^{z_ic(s)} − z_{i,label}(s)] + (weightDecay/2)‖x(s)‖², with the scores
 * z(s) = z(origin) + Σ_k s_k z(direction_k) never multiplied out again: samples × classes exponentials a value. Gradient and Hessian are exact:
 * mean_i E[a_k] − a_k,label and mean_i Cov(a_k, a_l) under the softmax law, a_k the scores of direction k.
 */
export function softmaxSlice(given: SoftmaxSlice): Potential {
  const { name, points, classes, weightDecay } = given
  const dim = points.length - 1
  const table = relativeScores(given.scores, given.labels, classes)
  const products = points.map((a) => points.map((b) => innerProduct(a, b)))
  const at = (where: string, s: ArrayLike<number>): ArrayLike<number> => point(`slice.${where}`, 's', s, dim)

  function decay(s: ArrayLike<number>, sums: Sums): Sums {
    const full = [1, ...Array.from(s)]
    for (let a = 0; a <= dim; a++) {
      let slope = 0
      for (let b = 0; b <= dim; b++) slope += products[a][b] * full[b]
      sums.value += (weightDecay / 2) * full[a] * slope
      if (a > 0) sums.gradient[a - 1] += weightDecay * slope
      if (a > 0 && sums.hessian !== undefined) for (let b = 1; b <= dim; b++) sums.hessian[(a - 1) * dim + b - 1] += weightDecay * products[a][b]
    }
    return sums
  }

  const evaluate = (s: ArrayLike<number>, order: 0 | 1 | 2): Sums => decay(s, crossEntropy(table, classes, Float64Array.from(s), order))
  const value = (s: ArrayLike<number>): number => evaluate(at('value', s), 0).value
  const gradient = (s: ArrayLike<number>, out: Float64Array = new Float64Array(dim)): Float64Array => {
    out.set(evaluate(at('gradient', s), 1).gradient)
    return out
  }
  return {
    dim,
    name,
    value,
    gradient,
    hessian(s, out = new Float64Array(dim * dim)) {
      out.set(evaluate(at('hessian', s), 2).hessian!)
      return out
    },
    ...batched('slice', dim, value, gradient),
  }
}

/** Ten terms of e^−42 stay below the unit round-off of a sum of at least 1. */
const negligible = -42

/** The mean over the samples of log Σ_c e^{z_c}, z relative to the label's score, with derivatives up to `order`. */
function crossEntropy(table: Float64Array, classes: number, s: Float64Array, order: 0 | 1 | 2): Sums {
  const dim = s.length
  const width = dim + 1
  const samples = table.length / (width * classes)
  const gradient = new Float64Array(dim)
  const hessian = new Float64Array(order === 2 ? dim * dim : 0)
  const weights = new Float64Array(classes)
  const means = new Float64Array(dim)
  let total = 0
  for (let i = 0; i < samples; i++) {
    const first = i * classes * width
    let top = -Infinity
    for (let c = 0, at = first; c < classes; c++) {
      let z = table[at++]
      for (let k = 0; k < dim; k++) z += s[k] * table[at++]
      weights[c] = z
      if (z > top) top = z
    }
    let sum = 0
    // Far from the decision boundaries most classes weigh less than round-off.
    for (let c = 0; c < classes; c++) sum += weights[c] = weights[c] - top > negligible ? Math.exp(weights[c] - top) : 0
    total += top + Math.log(sum)
    if (order === 0) continue
    means.fill(0)
    for (let c = 0; c < classes; c++) {
      for (let k = 0; k < dim; k++) means[k] += weights[c] * table[first + c * width + k + 1]
    }
    for (let k = 0; k < dim; k++) gradient[k] += means[k] /= sum
    if (order === 2) addCovariance(table, first, weights, sum, means, hessian)
  }
  const mean = (sumOverSamples: number): number => sumOverSamples / samples
  return { value: mean(total), gradient: gradient.map(mean), hessian: order === 2 ? hessian.map(mean) : undefined }
}

/** hessian += Cov(a_k, a_l) under weights/sum for one sample, about the means so that nothing cancels. */
function addCovariance(
  table: Float64Array, first: number, weights: Float64Array, sum: number, means: Float64Array, hessian: Float64Array,
): void {
  const dim = means.length
  for (let k = 0; k < dim; k++) {
    for (let l = 0; l <= k; l++) {
      let covariance = 0
      for (let c = 0; c < weights.length; c++) {
        const row = first + c * (dim + 1) + 1
        covariance += weights[c] * (table[row + k] - means[k]) * (table[row + l] - means[l])
      }
      covariance /= sum
      hessian[k * dim + l] += covariance
      if (l < k) hessian[l * dim + k] += covariance
    }
  }
}

/**
 * Samples × classes rows of the scores of origin and directions, each minus that of the sample's label: the loss depends on nothing else.
 */
function relativeScores(scores: readonly Float64Array[], labels: Uint8Array, classes: number): Float64Array {
  const width = scores.length
  const table = new Float64Array(scores[0].length * width)
  for (let k = 0; k < width; k++) {
    labels.forEach((label, i) => {
      for (let c = 0; c < classes; c++) table[(i * classes + c) * width + k] = scores[k][i * classes + c] - scores[k][i * classes + label]
    })
  }
  return table
}

function innerProduct(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k]
  return sum
}
