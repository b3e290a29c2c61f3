import { lease } from '../../dist/kernels/machine.js'
import { matrixProduct } from '../../dist/kernels/matrix-product.js'

/*
 * Cross-entropy of the network features → hidden → classes with rectified hidden units, over a fixed batch; parameters W₁ (features × hidden), b₁, W₂ (hidden × classes), b₂.
 * Data and start by a formula that every language evaluates to the same doubles.
 */

export const [features, classes, samples] = [784, 10, 128]

/** Numbers in [0, 1) without pattern. @param {number} count @param {number} first */
const spread = (count, first) => Float64Array.from({ length: count }, (_, k) => (((k + first) * 7919) % 1000003) / 1000003)

export const inputs = spread(samples * features, 1)

/** @param {number} hidden */
export function initialPoint(hidden) {
  const scaled = (/** @type {number} */ count, /** @type {number} */ fan, /** @type {number} */ first) => spread(count, first).map((u) => (2 * u - 1) / Math.sqrt(fan))
  const parts = [scaled(features * hidden, features, 2), new Float64Array(hidden), scaled(hidden * classes, hidden, 3), new Float64Array(classes)]
  return Float64Array.from(parts.flatMap((part) => Array.from(part)))
}

/** The parts of a point, views. @param {Float64Array} x @param {number} hidden */
export function partsOf(x, hidden) {
  const [a, b, c] = [features * hidden, features * hidden + hidden, features * hidden + hidden + hidden * classes]
  return { first: x.subarray(0, a), firstBias: x.subarray(a, b), second: x.subarray(b, c), secondBias: x.subarray(c) }
}

/**
 * The loss with products by the kernel, for minimize.
 * @param {number} hidden
 * @param {'double' | 'single'} precision of the products
 * @returns {{ dim: number, samples: number, value(x: Float64Array): number, gradient(x: Float64Array, batch: unknown, out: Float64Array): void }}
 */
export function networkLoss(hidden, precision) {
  const dim = (features + 1) * hidden + (hidden + 1) * classes
  // In the memory of the kernels, for as long as the program runs.
  const { take } = lease()
  const [batchInputs, units, scores, backward] = [samples * features, samples * hidden, samples * classes, samples * hidden].map((size) => take(Float64Array, size))
  batchInputs.set(inputs)
  const batch = { values: batchInputs, rows: samples, columns: features }
  const forward = (/** @type {ReturnType<typeof partsOf>} */ { first, firstBias, second, secondBias }) => {
    matrixProduct(units, batch, { values: first, rows: features, columns: hidden }, { precision })
    rectify(units, firstBias)
    matrixProduct(scores, { values: units, rows: samples, columns: hidden }, { values: second, rows: hidden, columns: classes }, { precision })
    return crossEntropy(scores, secondBias)
  }
  return {
    dim,
    samples,
    value: (x) => forward(partsOf(x, hidden)),
    gradient(x, _batch, out) {
      const parts = partsOf(x, hidden)
      const slopes = partsOf(out, hidden)
      forward(parts)
      const residuals = { values: scores, rows: samples, columns: classes }
      matrixProduct(slopes.second, { values: units, rows: samples, columns: hidden, transposed: true }, residuals, { precision })
      sumRows(scores, classes, slopes.secondBias)
      matrixProduct(backward, residuals, { values: parts.second, rows: hidden, columns: classes, transposed: true }, { precision })
      for (let k = 0; k < units.length; k++) backward[k] *= Number(units[k] > 0)
      matrixProduct(slopes.first, { ...batch, transposed: true }, { values: backward, rows: samples, columns: hidden }, { precision })
      sumRows(backward, hidden, slopes.firstBias)
    },
  }
}

/** units ← max(0, units + bias) without a branch, which would be predicted wrongly every other time. @param {Float64Array} units @param {Float64Array} bias */
function rectify(units, bias) {
  for (let k = 0; k < units.length; k += bias.length) {
    for (let j = 0; j < bias.length; j++) {
      const sum = units[k + j] + bias[j]
      units[k + j] = 0.5 * (sum + Math.abs(sum))
    }
  }
}

/** The mean loss; scores become its derivatives with respect to them. @param {Float64Array} scores @param {Float64Array} bias */
export function crossEntropy(scores, bias) {
  let total = 0
  for (let i = 0; i < samples; i++) {
    const row = scores.subarray(i * classes, (i + 1) * classes)
    for (let c = 0; c < classes; c++) row[c] += bias[c]
    const top = Math.max(...row)
    const sum = row.reduce((partial, score) => partial + Math.exp(score - top), 0)
    total += top + Math.log(sum) - row[i % classes]
    for (let c = 0; c < classes; c++) row[c] = (Math.exp(row[c] - top) / sum - (c === i % classes ? 1 : 0)) / samples
  }
  return total / samples
}

/** @param {Float64Array} values @param {number} columns @param {Float64Array} out */
export function sumRows(values, columns, out) {
  out.fill(0)
  for (let k = 0; k < values.length; k += columns) for (let j = 0; j < columns; j++) out[j] += values[k + j]
}
