/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Slope of log y over log x by least squares. @param {readonly number[]} x @param {readonly number[]} y */
export function exponent(x, y) {
  const [a, b] = [x.map(Math.log), y.map(Math.log)]
  const [meanA, meanB] = [a, b].map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
  const covariance = a.reduce((sum, value, k) => sum + (value - meanA) * (b[k] - meanB), 0)
  return covariance / a.reduce((sum, value) => sum + (value - meanA) ** 2, 0)
}
