import { pointAt, stratum } from './observation.ts'
import type { Points } from './observation.ts'

/** Numbers for `dim` coordinates: count, means, and Σ (x_k − mean_k)(x_l − mean_l) for l ≤ k, row after row. */
export function coordinateWidth(dim: number): number {
  return 1 + dim + (dim * (dim + 1)) / 2
}

/** Moments of the coordinates over the finite points of each stratum. */
export function strataCoordinates(points: Points, dim: number): Float64Array {
  const width = coordinateWidth(dim)
  const strata = new Float64Array(width * Math.ceil(points.count / stratum))
  const x = new Float64Array(dim)
  const columns = Array.from({ length: dim }, () => new Float64Array(stratum))
  for (let at = 0, from = 0; at < strata.length; at += width, from += stratum) {
    let n = 0
    for (let i = from; i < Math.min(points.count, from + stratum); i++) {
      if (!pointAt(points, i, x)) continue
      for (let k = 0; k < dim; k++) columns[k][n] = x[k]
      n++
    }
    if (n > 0) writeMoments(strata.subarray(at, at + width), columns, n)
  }
  return strata
}

/** Leaves deviations in the columns. */
function writeMoments(out: Float64Array, columns: readonly Float64Array[], n: number): void {
  const dim = columns.length
  out[0] = n
  let place = 1 + dim
  for (let k = 0; k < dim; k++) {
    const column = columns[k]
    let sum = 0
    for (let i = 0; i < n; i++) sum += column[i]
    out[1 + k] = sum / n
    for (let i = 0; i < n; i++) column[i] -= out[1 + k]
    for (let l = 0; l <= k; l++) {
      let products = 0
      for (let i = 0; i < n; i++) products += column[i] * columns[l][i]
      out[place++] = products
    }
  }
}

/** Adds strata in order (Chan, Golub & LeVeque 1983). */
export function mergeCoordinates(into: Float64Array, strata: Float64Array, dim: number): void {
  const width = coordinateWidth(dim)
  const deviation = new Float64Array(dim)
  for (let at = 0; at < strata.length; at += width) {
    const [n, m] = [into[0], strata[at]]
    if (m === 0) continue
    into[0] = n + m
    for (let k = 0; k < dim; k++) {
      deviation[k] = strata[at + 1 + k] - into[1 + k]
      into[1 + k] += (deviation[k] * m) / (n + m)
    }
    let place = 1 + dim
    for (let k = 0; k < dim; k++) {
      for (let l = 0; l <= k; l++, place++) into[place] += strata[at + place] + (deviation[k] * deviation[l] * n * m) / (n + m)
    }
  }
}

/** Sample covariance (n − 1), dim × dim. */
export function covarianceOf(moments: Float64Array, dim: number): Float64Array {
  const data = new Float64Array(dim * dim)
  let place = 1 + dim
  for (let k = 0; k < dim; k++) {
    for (let l = 0; l <= k; l++) data[k * dim + l] = data[l * dim + k] = moments[place++] / (moments[0] - 1)
  }
  return data
}
