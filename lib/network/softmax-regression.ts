import { integer, nonNegative, options, point, refuse } from '../core/arguments.ts'
import { defineMaker, portable } from '../execution/portable.ts'
import { scratch } from '../kernels/machine.ts'
import type { Take } from '../kernels/machine.ts'
import { matrixProduct } from '../kernels/matrix-product.ts'
import type { Matrix } from '../kernels/matrix-product.ts'
import type { Potential } from '../potential/potential.ts'
import type { Dataset } from './datasets.ts'
import { batchOf, planeOf } from './loss.ts'
import type { Batch, SliceableLoss, SmoothLoss } from './loss.ts'
import { softmaxSlice } from './softmax-slice.ts'

/** The cross-entropy of a linear classifier; parameters are the weights, classes × features row major, then the biases. */
export interface SoftmaxRegression extends SmoothLoss, SliceableLoss {
  readonly classes: number
  readonly features: number
  readonly weightDecay: number
  /** Share of the samples whose largest score is that of their label (the first of equal ones). */
  accuracy(x: ArrayLike<number>): number
  slice(origin: ArrayLike<number>, directions: readonly ArrayLike<number>[]): Potential
}

/**
 * Softmax regression: f(x) = mean_i [log Σ_c e^{z_ic} − z_{i,label_i}] + (weightDecay/2)‖x‖², z_i = W input_i + b, x = (W, b) in
 * R^{classes·(features + 1)}. Exact gradient and Hessian products; log-sum-exp throughout, so that no finite x overflows.
 * The default weightDecay 1e−3 is there because without it there is no minimiser to speak of: adding one vector to the weights of every class
 * changes nothing, and on separable data the loss only tends to its infimum as ‖x‖ → ∞. With it f is strongly convex, and the minimiser exists
 * and is unique. The data are copied.
 * @throws ArgumentError for data whose parts do not fit together, and for weightDecay that is not a non-negative number
 */
export function softmaxRegression(dataset: Dataset, given: { weightDecay?: number } = {}): SoftmaxRegression {
  const { samples, features, classes, labels } = checkedDataset(dataset)
  options('softmaxRegression', given, ['weightDecay'])
  const weightDecay = nonNegative('softmaxRegression', 'weightDecay', given.weightDecay ?? 1e-3)
  const inputs = dataset.inputs.slice()
  const dim = classes * (features + 1)
  const parametersOf = (where: string, argument: string, x: ArrayLike<number>): Float64Array => {
    const checked = point(`softmaxRegression.${where}`, argument, x, dim)
    return checked instanceof Float64Array ? checked : Float64Array.from(checked)
  }
  const picked = (where: string, batch?: Batch): Batch | undefined => batchOf(`softmaxRegression.${where}`, batch, samples)
  const outOf = (where: string, out: unknown): Float64Array =>
    out === undefined ? new Float64Array(dim)
      : out instanceof Float64Array && out.length === dim ? out : refuse(`softmaxRegression.${where}`, 'out', `a Float64Array of ${dim}`, out)

  function allScores(x: Float64Array): Float64Array {
    const scores = new Float64Array(samples * classes)
    scoresOf({ values: inputs, rows: samples, columns: features }, x, classes, scores)
    return scores
  }

  /** The inputs of a batch. */
  function inputsOf(batch: Batch | undefined, take: Take): Matrix {
    if (batch === undefined) return { values: inputs, rows: samples, columns: features }
    const values = take(Float64Array, batch.length * features)
    for (let k = 0; k < batch.length; k++) {
      const [to, from] = [k * features, batch[k] * features]
      for (let j = 0; j < features; j++) values[to + j] = inputs[from + j]
    }
    return { values, rows: batch.length, columns: features }
  }

  /** One pass: the value and, when `out` is given, the gradient Σ_i (p_i − e_label) ⊗ (input_i, 1) / count + weightDecay·x. */
  function pass(x: Float64Array, batch: Batch | undefined, out?: Float64Array): number {
    return scratch((take) => {
      const chosen = inputsOf(batch, take)
      const count = chosen.rows
      const residuals = take(Float64Array, count * classes)
      scoresOf(chosen, x, classes, residuals)
      let total = 0
      for (let k = 0; k < count; k++) {
        const right = k * classes + labels[batch === undefined ? k : batch[k]]
        total -= residuals[right]
        total += softmax(residuals, k * classes, classes)
        residuals[right] -= 1
      }
      const value = total / count + (weightDecay / 2) * squares(x)
      if (out === undefined) return value
      const sums = take(Float64Array, dim)
      spread(chosen, residuals, classes, sums)
      for (let k = 0; k < dim; k++) out[k] = sums[k] / count + weightDecay * x[k]
      return value
    })
  }

  const loss: SoftmaxRegression = portable(Object.freeze({
    name: `softmax regression on ${dataset.name}`,
    dim, samples, classes, features, weightDecay,
    value: (x: ArrayLike<number>, batch?: Batch) => pass(parametersOf('value', 'x', x), picked('value', batch)),
    gradient(x: ArrayLike<number>, batch?: Batch, out?: Float64Array) {
      const to = outOf('gradient', out)
      pass(parametersOf('gradient', 'x', x), picked('gradient', batch), to)
      return to
    },
    valueAndGradient: (x: ArrayLike<number>, batch: Batch | undefined, out: Float64Array) =>
      pass(parametersOf('valueAndGradient', 'x', x), picked('valueAndGradient', batch), outOf('valueAndGradient', out)),
    hessianProduct(x: ArrayLike<number>, direction: ArrayLike<number>, out?: Float64Array) {
      const to = outOf('hessianProduct', out)
      const along = parametersOf('hessianProduct', 'direction', direction)
      const all = { values: inputs, rows: samples, columns: features }
      scratch((take) => {
        const sums = take(Float64Array, dim)
        curvatureAlong(all, classes, parametersOf('hessianProduct', 'x', x), along, sums, take)
        for (let k = 0; k < dim; k++) to[k] = sums[k] / samples + weightDecay * along[k]
      })
      return to
    },
    accuracy(x: ArrayLike<number>) {
      const scores = allScores(parametersOf('accuracy', 'x', x))
      let right = 0
      for (let i = 0; i < samples; i++) {
        const row = scores.subarray(i * classes, (i + 1) * classes)
        if (row.indexOf(Math.max(...row)) === labels[i]) right++
      }
      return right / samples
    },
    slice(origin: ArrayLike<number>, directions: readonly ArrayLike<number>[]) {
      const points = [point('slice', 'origin', origin, dim), ...planeOf('slice', directions, dim)]
      const scores = points.map((x) => allScores(Float64Array.from(x)))
      const plane = softmaxSlice({ name: `slice of softmax regression on ${dataset.name}`, points, scores, labels, classes, weightDecay })
      return portable(plane, 'slice', loss, origin, directions)
    },
  }), 'softmax-regression', dataset, given)
  return loss
}

defineMaker('softmax-regression', softmaxRegression)

/** scores ← inputs·Wᵀ + b, a row each sample. */
function scoresOf(inputs: Matrix, x: Float64Array, classes: number, scores: Float64Array): void {
  const biases = classes * inputs.columns
  matrixProduct(scores, inputs, { values: x.subarray(0, biases), rows: classes, columns: inputs.columns, transposed: true })
  for (let k = 0; k < scores.length; k += classes) for (let c = 0; c < classes; c++) scores[k + c] += x[biases + c]
}

/** sums ← Σ_i residuals_i ⊗ (input_i, 1). */
function spread(inputs: Matrix, residuals: Float64Array, classes: number, sums: Float64Array): void {
  const biases = classes * inputs.columns
  matrixProduct(sums.subarray(0, biases), { values: residuals, rows: inputs.rows, columns: classes, transposed: true }, inputs)
  sums.fill(0, biases)
  for (let k = 0; k < residuals.length; k += classes) for (let c = 0; c < classes; c++) sums[biases + c] += residuals[k + c]
}

/** Replaces the scores from `start` on by their softmax probabilities and returns log Σ e^score. */
function softmax(scores: Float64Array, start: number, classes: number): number {
  const end = start + classes
  let top = -Infinity
  for (let k = start; k < end; k++) if (scores[k] > top) top = scores[k]
  let sum = 0
  for (let k = start; k < end; k++) sum += scores[k] = Math.exp(scores[k] - top)
  for (let k = start; k < end; k++) scores[k] /= sum
  return top + Math.log(sum)
}

/** sums ← Σ_i (diag(p_i) − p_i p_iᵀ) ż_i ⊗ (input_i, 1), ż the scores of the direction. */
function curvatureAlong(inputs: Matrix, classes: number, x: Float64Array, direction: Float64Array, sums: Float64Array, take: Take): void {
  const [shares, rates] = [take(Float64Array, inputs.rows * classes), take(Float64Array, inputs.rows * classes)]
  scoresOf(inputs, x, classes, shares)
  scoresOf(inputs, direction, classes, rates)
  for (let start = 0; start < shares.length; start += classes) {
    softmax(shares, start, classes)
    let mean = 0
    for (let k = start; k < start + classes; k++) mean += shares[k] * rates[k]
    for (let k = start; k < start + classes; k++) rates[k] = shares[k] * (rates[k] - mean)
  }
  spread(inputs, rates, classes, sums)
}

function squares(x: Float64Array): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += x[k] * x[k]
  return sum
}

function checkedDataset(dataset: Dataset): Dataset {
  const where = 'softmaxRegression'
  if (dataset === null || typeof dataset !== 'object') return refuse(where, 'dataset', 'a data set', dataset)
  const { samples, features, classes, inputs, labels } = dataset
  integer(where, 'dataset.samples', samples, 1)
  integer(where, 'dataset.features', features, 1)
  integer(where, 'dataset.classes', classes, 2)
  const fits = inputs instanceof Float64Array && inputs.length === samples * features && inputs.every(Number.isFinite)
  if (!fits) refuse(where, 'dataset.inputs', `a Float64Array of ${samples} × ${features} finite numbers`, inputs)
  const labelled = ArrayBuffer.isView(labels) && labels.length === samples && labels.every((label) => Number.isInteger(label) && label < classes)
  if (!labelled) refuse(where, 'dataset.labels', `a Uint8Array of ${samples} classes below ${classes}`, labels)
  return { ...dataset, labels: labels.slice() }
}
