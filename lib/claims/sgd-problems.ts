import { datasets } from '../network/datasets.ts'
import { softmaxRegression } from '../network/softmax-regression.ts'
import { train } from '../network/training.ts'
import type { DataLoss } from '../optimization/objective.ts'
import { normals } from '../random/index.ts'
import { firstDigits } from './digits-gradient.ts'
import { diagonal, inverse, product, sum, symmetricEigenvalues, times } from './matrices.ts'

/** A mean over samples that plain SGD is run on. */
export interface Problem {
  name: string
  loss: DataLoss
  /** The minimiser. */
  center: Float64Array
  /** Least curvature. */
  least: number
  /** Second moments of SGD, where they have a closed form. */
  law?: (step: MiniBatches) => Law
  /** What rounding may do to the law, in units of eps. */
  rounding?: (step: MiniBatches) => number
}

export interface MiniBatches {
  learningRate: number
  batchSize: number
  replacement: boolean
}

/** The two sides of the relation, 2⟨(x − x*)·∇f⟩ and η⟨|g_b|²⟩. */
export interface Law {
  drift: number
  fluctuation: number
}

/** Var(g_b) = share · D: 1/b with replacement, (1/b)(N − b)/(N − 1) without. */
export const noiseShare = (samples: number, { batchSize, replacement }: MiniBatches): number =>
  (replacement ? 1 : (samples - batchSize) / (samples - 1)) / batchSize

const purpose = 0x666472

/** Curvatures of the quadratic. */
export const curvatures = [0.5, 1, 1.5, 2.5]

/** The quadratic in its eigenbasis: H diagonal and D = H Cov(a) H. */
export interface Quadratic extends Problem {
  noise: Float64Array
}

/** f_i(x) = ½(x − a_i)ᵀH(x − a_i), a_i correlated: the gradients' covariance D = H Cov(a) H is the same everywhere and does not commute with H. */
export function quadratic(samples: number): Quadratic {
  const dim = curvatures.length
  const z = normals(0, [purpose, 0, 0], dim * samples)
  // Neighbouring coordinates share a part.
  const data = z.map((value, i) => value + (i % dim > 0 ? 0.8 * z[i - 1] : 0))
  const center = mean(data, dim)
  const covariance = secondMoments(data.map((value, i) => value - center[i % dim]), dim)
  const noise = covariance.map((value, e) => curvatures[Math.floor(e / dim)] * value * curvatures[e % dim])
  const loss: DataLoss = {
    dim, samples,
    value: (x) => sum(Float64Array.from(data, (a, i) => (curvatures[i % dim] * (x[i % dim] - a) ** 2) / 2)) / samples,
    gradient(x, batch, out) {
      if (batch === undefined) out.set(center)
      else out.fill(0)
      for (const i of batch ?? []) for (let k = 0; k < dim; k++) out[k] += data[i * dim + k] / batch!.length
      for (let k = 0; k < dim; k++) out[k] = curvatures[k] * (x[k] - out[k])
    },
  }
  return {
    name: 'quadratic', loss, center, least: Math.min(...curvatures), noise, law: (step) => quadraticLaw(noise, noiseShare(samples, step), step.learningRate),
    // Half a unit for each of a dozen operations.
    rounding: () => 6,
  }
}

/** From Σ_ij = η share D_ij/(l_i + l_j − η l_i l_j); the diagonal is all that the moments ask for. */
function quadraticLaw(noise: Float64Array, share: number, learningRate: number): Law {
  const variances = curvatures.map((l, k) => (learningRate * share * noise[k * (curvatures.length + 1)]) / (2 * l - learningRate * l * l))
  return moments(variances, curvatures.map(() => 0), noise, share, learningRate)
}

/** The sides of the relation for x of the given variances and distance of the mean from the minimiser, H diagonal. */
export function moments(variances: number[], away: number[], noise: Float64Array, share: number, learningRate: number): Law {
  const squares = variances.map((variance, k) => variance + away[k] ** 2)
  return {
    drift: 2 * sum(squares.map((square, k) => curvatures[k] * square)),
    fluctuation: learningRate * (sum(squares.map((square, k) => curvatures[k] ** 2 * square)) + share * sum(diagonal(noise, variances.length))),
  }
}

/** Least squares: which digits are zeros from the mean grey of their eight rows, in units of its standard deviation, and a constant. */
export function leastSquares(): Problem {
  const { inputs, labels, samples } = datasets.digits()
  const rows = 8
  const greys = Float64Array.from({ length: samples * rows }, (_, j) => sum(inputs.subarray(j * 8, j * 8 + 8)) / 8)
  const average = mean(greys, rows)
  const centred = greys.map((grey, j) => grey - average[j % rows])
  const variances = diagonal(secondMoments(centred, rows), rows)
  const dim = rows + 1
  const data = Float64Array.from({ length: samples * dim }, (_, j) => {
    const [i, k] = [Math.floor(j / dim), j % dim]
    return k === rows ? 1 : centred[i * rows + k] / Math.sqrt(variances[k])
  })
  const targets = Float64Array.from(labels, (label) => (label === 0 ? 1 : 0))
  const hessian = secondMoments(data, dim)
  const rightSide = Float64Array.from({ length: dim }, (_, k) => sum(targets.map((t, i) => t * data[i * dim + k])) / samples)
  const center = times(inverse(hessian, dim), rightSide)
  const residual = (x: ArrayLike<number>, i: number): number => {
    let value = -targets[i]
    for (let k = 0; k < dim; k++) value += data[i * dim + k] * x[k]
    return value
  }
  const loss: DataLoss = {
    dim, samples,
    value: (x) => sum(targets.map((_, i) => residual(x, i) ** 2)) / (2 * samples),
    gradient(x, batch, out) {
      if (batch === undefined) out.set(times(hessian, x.map((c, k) => c - center[k])))
      else out.fill(0)
      for (const i of batch ?? []) {
        const r = residual(x, i) / batch!.length
        for (let k = 0; k < dim; k++) out[k] += r * data[i * dim + k]
      }
    },
  }
  const errors = targets.map((_, i) => residual(center, i))
  const [least] = symmetricEigenvalues(hessian, dim)
  return {
    name: 'least squares', loss, center, least, law: leastSquaresLaw(data, errors, hessian, least),
    // An iteration leaves its rounding, some three units, and shrinks the one before by 1 − 2ηλ.
    rounding: ({ learningRate }) => 3 / (2 * learningRate * least),
  }
}

/**
 * S = E u uᵀ, u = x − x*, from S ← S − η(HS + SH) + η²G iterated, G = HSH + share·(mean a aᵀ(aᵀSa + e²) − HSH) the second moments of the gradients, e the
 * residuals at x*: with E u = 0 the gradients a(aᵀu + e) of the samples have no other.
 */
function leastSquaresLaw(data: Float64Array, errors: Float64Array, hessian: Float64Array, least: number): (step: MiniBatches) => Law {
  const dim = Math.sqrt(hessian.length)
  const samples = errors.length
  const products = new Float64Array(samples * dim * dim)
  for (let i = 0; i < samples; i++) for (let e = 0; e < dim * dim; e++) products[i * dim * dim + e] = data[i * dim + Math.floor(e / dim)] * data[i * dim + (e % dim)]
  const fourth = secondMoments(products, dim * dim)
  const constant = mean(products.map((p, j) => p * errors[Math.floor(j / (dim * dim))] ** 2), dim * dim)
  return (step) => {
    const share = noiseShare(samples, step)
    const { learningRate } = step
    const gradients = (forced: Float64Array, second: Float64Array): Float64Array => {
      const spread = times(fourth, second)
      return product(forced, hessian, dim).map((both, e) => both + share * (spread[e] + constant[e] - both))
    }
    let second = new Float64Array(dim * dim)
    // To e^−40 of the start.
    for (let k = 0; k < 20 / (learningRate * least); k++) {
      const forced = product(hessian, second, dim)
      const noisy = gradients(forced, second)
      second = second.map((value, e) => value - learningRate * (forced[e] + forced[(e % dim) * dim + Math.floor(e / dim)]) + learningRate ** 2 * noisy[e])
    }
    const forced = product(hessian, second, dim)
    return { drift: 2 * sum(diagonal(forced, dim)), fluctuation: learningRate * sum(diagonal(gradients(forced, second), dim)) }
  }
}

/** Softmax regression on the first digits, with enough weight decay that SGD comes to rest soon. */
export function digitsSoftmax(samples: number, weightDecay: number): Problem {
  const loss = softmaxRegression(firstDigits(samples), { weightDecay })
  return { name: 'softmax regression', loss, center: train(loss).point, least: weightDecay }
}

/** Means of the columns of rows of `width`. */
function mean(data: Float64Array, width: number): Float64Array {
  const average = new Float64Array(width)
  for (let j = 0; j < data.length; j++) average[j % width] += (data[j] * width) / data.length
  return average
}

/** Mean of a aᵀ over rows a. */
function secondMoments(data: Float64Array, width: number): Float64Array {
  const rows = data.length / width
  const result = new Float64Array(width * width)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < width; k++) {
      const value = data[i * width + k] / rows
      for (let l = 0; l < width; l++) result[k * width + l] += value * data[i * width + l]
    }
  }
  return result
}
