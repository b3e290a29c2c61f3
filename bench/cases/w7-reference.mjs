import { classes, crossEntropy, features, initialPoint, inputs, partsOf, samples, sumRows } from './w7-network.mjs'

/** The loss after one outer step of Entropy-SGD without noise, in plain loops. @param {number} hidden @param {{ steps: number, stepSize: number, scope: number, rate: number, momentum: number, averaging: number }} settings */
export function lossWithoutNoise(hidden, { steps, stepSize, scope, rate, momentum, averaging }) {
  const x = initialPoint(hidden)
  const [y, mean, velocity] = [x.slice(), x.slice(), new Float64Array(x.length)]
  for (let l = 0; l < steps; l++) {
    const { gradient } = lossAt(y, hidden)
    for (let k = 0; k < x.length; k++) {
      velocity[k] = momentum * velocity[k] + gradient[k]
      y[k] -= stepSize * (gradient[k] + momentum * velocity[k] + scope * (y[k] - x[k]))
      mean[k] += averaging * (y[k] - mean[k])
    }
  }
  return lossAt(x.map((value, k) => value - rate * (1 + momentum) * (value - mean[k])), hidden).value
}

/** @param {Float64Array} x @param {number} hidden */
function lossAt(x, hidden) {
  const { first, firstBias, second, secondBias } = partsOf(x, hidden)
  const gradient = new Float64Array(x.length)
  const slopes = partsOf(gradient, hidden)
  const units = times(inputs, samples, features, first, hidden)
  for (let k = 0; k < units.length; k++) units[k] = Math.max(0, units[k] + firstBias[k % hidden])
  const residuals = times(units, samples, hidden, second, classes)
  const value = crossEntropy(residuals, secondBias)
  slopes.second.set(times(transposed(units, samples, hidden), hidden, samples, residuals, classes))
  sumRows(residuals, classes, slopes.secondBias)
  const backward = times(residuals, samples, classes, transposed(second, hidden, classes), hidden).map((value, k) => (units[k] > 0 ? value : 0))
  slopes.first.set(times(transposed(inputs, samples, features), features, samples, backward, hidden))
  sumRows(backward, hidden, slopes.firstBias)
  return { value, gradient }
}

/** @param {Float64Array} a @param {number} rows @param {number} length @param {Float64Array} b @param {number} columns */
function times(a, rows, length, b, columns) {
  const c = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < length; k++) {
      const each = a[i * length + k]
      for (let j = 0; j < columns; j++) c[i * columns + j] += each * b[k * columns + j]
    }
  }
  return c
}

/** @param {Float64Array} a @param {number} rows @param {number} columns */
function transposed(a, rows, columns) {
  return Float64Array.from(a, (_, k) => a[(k % rows) * columns + Math.floor(k / rows)])
}
