import { integer, nonNegative, options, point, refuse } from '../core/arguments.ts'
import { defineMaker, portable } from '../execution/portable.ts'
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

/** The inputs without their zeros: entries starts[i] … starts[i+1] − 1 are the columns and values of sample i. */
interface SparseInputs {
  starts: Uint32Array
  columns: Uint16Array
  values: Float64Array
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
  const inputs = sparse(dataset.inputs, samples, features)
  const dim = classes * (features + 1)
  const parametersOf = (where: string, argument: string, x: ArrayLike<number>): Float64Array =>
    byFeature(point(`softmaxRegression.${where}`, argument, x, dim), classes, features)
  const picked = (where: string, batch?: Batch): Batch | undefined => batchOf(`softmaxRegression.${where}`, batch, samples)
  const outOf = (where: string, out: unknown): Float64Array =>
    out === undefined ? new Float64Array(dim)
      : out instanceof Float64Array && out.length === dim ? out : refuse(`softmaxRegression.${where}`, 'out', `a Float64Array of ${dim}`, out)

  /** One pass: the value, and Σ_i (p_i − e_label) ⊗ (input_i, 1) added to `sums` when given. */
  function pass(parameters: Float64Array, batch: Batch | undefined, sums?: Float64Array): number {
    const scores = new Float64Array(classes)
    const count = batch === undefined ? samples : batch.length
    let total = 0
    for (let k = 0; k < count; k++) {
      const i = batch === undefined ? k : batch[k]
      scoresOf(inputs, i, parameters, scores)
      total -= scores[labels[i]]
      total += softmax(scores)
      if (sums === undefined) continue
      scores[labels[i]] -= 1
      spread(inputs, i, scores, sums)
    }
    return total / count + (weightDecay / 2) * squares(parameters)
  }

  function valueAndGradient(where: string, x: ArrayLike<number>, batch: Batch | undefined, out: Float64Array): number {
    const parameters = parametersOf(where, 'x', x)
    const among = picked(where, batch)
    const sums = new Float64Array(dim)
    const value = pass(parameters, among, sums)
    const count = among === undefined ? samples : among.length
    for (let k = 0; k < dim; k++) sums[k] = sums[k] / count + weightDecay * parameters[k]
    toClasses(sums, classes, features, out)
    return value
  }

  const loss: SoftmaxRegression = portable(Object.freeze({
    name: `softmax regression on ${dataset.name}`,
    dim, samples, classes, features, weightDecay,
    value: (x: ArrayLike<number>, batch?: Batch) => pass(parametersOf('value', 'x', x), picked('value', batch)),
    gradient(x: ArrayLike<number>, batch?: Batch, out?: Float64Array) {
      const to = outOf('gradient', out)
      valueAndGradient('gradient', x, batch, to)
      return to
    },
    valueAndGradient: (x: ArrayLike<number>, batch: Batch | undefined, out: Float64Array) =>
      valueAndGradient('valueAndGradient', x, batch, outOf('valueAndGradient', out)),
    hessianProduct(x: ArrayLike<number>, direction: ArrayLike<number>, out?: Float64Array) {
      const to = outOf('hessianProduct', out)
      const along = parametersOf('hessianProduct', 'direction', direction)
      const sums = curvatureAlong(inputs, samples, classes, parametersOf('hessianProduct', 'x', x), along)
      for (let k = 0; k < dim; k++) sums[k] = sums[k] / samples + weightDecay * along[k]
      return toClasses(sums, classes, features, to)
    },
    accuracy(x: ArrayLike<number>) {
      const parameters = parametersOf('accuracy', 'x', x)
      const scores = new Float64Array(classes)
      let right = 0
      for (let i = 0; i < samples; i++) {
        scoresOf(inputs, i, parameters, scores)
        if (scores.indexOf(Math.max(...scores)) === labels[i]) right++
      }
      return right / samples
    },
    slice(origin: ArrayLike<number>, directions: readonly ArrayLike<number>[]) {
      const points = [point('slice', 'origin', origin, dim), ...planeOf('slice', directions, dim)]
      const scores = points.map((x) => allScores(inputs, samples, classes, byFeature(x, classes, features)))
      const plane = softmaxSlice({ name: `slice of softmax regression on ${dataset.name}`, points, scores, labels, classes, weightDecay })
      return portable(plane, 'slice', loss, origin, directions)
    },
  }), 'softmax-regression', dataset, given)
  return loss
}

defineMaker('softmax-regression', softmaxRegression)

/** scores ← W input_i + b, parameters by feature. */
function scoresOf(inputs: SparseInputs, i: number, parameters: Float64Array, scores: Float64Array): void {
  const { starts, columns, values } = inputs
  const classes = scores.length
  const biases = parameters.length - classes
  for (let c = 0; c < classes; c++) scores[c] = parameters[biases + c]
  for (let k = starts[i]; k < starts[i + 1]; k++) {
    const row = columns[k] * classes
    const value = values[k]
    for (let c = 0; c < classes; c++) scores[c] += value * parameters[row + c]
  }
}

/** sums += residuals ⊗ (input_i, 1), by feature. */
function spread(inputs: SparseInputs, i: number, residuals: Float64Array, sums: Float64Array): void {
  const { starts, columns, values } = inputs
  const classes = residuals.length
  const biases = sums.length - classes
  for (let c = 0; c < classes; c++) sums[biases + c] += residuals[c]
  for (let k = starts[i]; k < starts[i + 1]; k++) {
    const row = columns[k] * classes
    const value = values[k]
    for (let c = 0; c < classes; c++) sums[row + c] += value * residuals[c]
  }
}

/** Replaces scores by their softmax probabilities and returns log Σ e^score. */
function softmax(scores: Float64Array): number {
  let top = -Infinity
  for (let c = 0; c < scores.length; c++) if (scores[c] > top) top = scores[c]
  let sum = 0
  for (let c = 0; c < scores.length; c++) sum += scores[c] = Math.exp(scores[c] - top)
  for (let c = 0; c < scores.length; c++) scores[c] /= sum
  return top + Math.log(sum)
}

/** Σ_i (diag(p_i) − p_i p_iᵀ) ż_i ⊗ (input_i, 1), ż the scores of the direction. */
function curvatureAlong(inputs: SparseInputs, samples: number, classes: number, x: Float64Array, direction: Float64Array): Float64Array {
  const sums = new Float64Array(x.length)
  const shares = new Float64Array(classes)
  const rates = new Float64Array(classes)
  for (let i = 0; i < samples; i++) {
    scoresOf(inputs, i, x, shares)
    scoresOf(inputs, i, direction, rates)
    softmax(shares)
    let mean = 0
    for (let c = 0; c < classes; c++) mean += shares[c] * rates[c]
    for (let c = 0; c < classes; c++) rates[c] = shares[c] * (rates[c] - mean)
    spread(inputs, i, rates, sums)
  }
  return sums
}

function allScores(inputs: SparseInputs, samples: number, classes: number, parameters: Float64Array): Float64Array {
  const all = new Float64Array(samples * classes)
  for (let i = 0; i < samples; i++) scoresOf(inputs, i, parameters, all.subarray(i * classes, (i + 1) * classes))
  return all
}

/** Parameters with the weights of one feature next to each other (features × classes), as the loops over classes read them. */
function byFeature(x: ArrayLike<number>, classes: number, features: number): Float64Array {
  const parameters = Float64Array.from(x)
  for (let c = 0; c < classes; c++) for (let j = 0; j < features; j++) parameters[j * classes + c] = x[c * features + j]
  return parameters
}

function toClasses(parameters: Float64Array, classes: number, features: number, out: Float64Array): Float64Array {
  out.set(parameters)
  for (let c = 0; c < classes; c++) for (let j = 0; j < features; j++) out[c * features + j] = parameters[j * classes + c]
  return out
}

function squares(x: Float64Array): number {
  let sum = 0
  for (let k = 0; k < x.length; k++) sum += x[k] * x[k]
  return sum
}

function sparse(inputs: Float64Array, samples: number, features: number): SparseInputs {
  const columns: number[] = []
  const values: number[] = []
  const starts = new Uint32Array(samples + 1)
  for (let i = 0; i < samples; i++) {
    for (let j = 0; j < features; j++) {
      const value = inputs[i * features + j]
      if (value === 0) continue
      columns.push(j)
      values.push(value)
    }
    starts[i + 1] = columns.length
  }
  return { starts, columns: Uint16Array.from(columns), values: Float64Array.from(values) }
}

function checkedDataset(dataset: Dataset): Dataset {
  const where = 'softmaxRegression'
  if (dataset === null || typeof dataset !== 'object') return refuse(where, 'dataset', 'a data set', dataset)
  const { samples, features, classes, inputs, labels } = dataset
  integer(where, 'dataset.samples', samples, 1)
  integer(where, 'dataset.features', features, 1)
  integer(where, 'dataset.classes', classes, 2)
  if (features > 65535) refuse(where, 'dataset.features', 'at most 65535', features)
  const fits = inputs instanceof Float64Array && inputs.length === samples * features && inputs.every(Number.isFinite)
  if (!fits) refuse(where, 'dataset.inputs', `a Float64Array of ${samples} × ${features} finite numbers`, inputs)
  const labelled = ArrayBuffer.isView(labels) && labels.length === samples && labels.every((label) => Number.isInteger(label) && label < classes)
  if (!labelled) refuse(where, 'dataset.labels', `a Uint8Array of ${samples} classes below ${classes}`, labels)
  return { ...dataset, labels: labels.slice() }
}
