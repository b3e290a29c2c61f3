import { eigenvectorOf, hessenbergEigenvalues } from './hessenberg.ts'

/** An eigenvalue 1/θ of −Q and its eigenvector, real and imaginary parts. */
export interface Slowest {
  readonly rate: number
  /** Imaginary part, ≥ 0. */
  readonly frequency: number
  readonly re: Float64Array
  readonly im: Float64Array
}

/** Relative residual at which an eigenpair counts as found. */
const tolerance = 1e-11
/** At which a rough one is taken note of. */
const rough = 1e-2

/**
 * The eigenvalue of least real part of an operator whose inverse is at hand, by Arnoldi's method on the inverse (Lanczos's, where `symmetric` in the inner
 * product with `weights`), with full orthogonalisation: among those nearest to 0, which come out first. Yields the relative residual so far;
 * nothing when it has not settled after `most` products.
 */
export function* slowestEigenvalue(
  inverse: (v: Float64Array) => Float64Array, weights: Float64Array, start: Float64Array, symmetric: boolean, most = 160,
): Generator<number, Slowest | undefined> {
  const size = weights.length
  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < size; i++) sum += weights[i] * a[i] * b[i]
    return sum
  }
  const basis: Float64Array[] = []
  const h: number[][] = []
  let v = start
  let length = Math.sqrt(dot(v, v))
  // What is asked for may be far among many of them when it turns.
  const least = symmetric ? 4 : 40
  for (let k = 0; k < Math.min(most, size); k++) {
    basis.push(v.map((value) => value / length))
    v = inverse(basis[k])
    const whole = Math.sqrt(dot(v, v))
    const column = new Array<number>(k + 1).fill(0)
    for (let turn = 0; turn < 2; turn++) {
      for (let j = 0; j <= k; j++) {
        const part = dot(basis[j], v)
        column[j] += part
        for (let i = 0; i < size; i++) v[i] -= part * basis[j][i]
      }
    }
    length = Math.sqrt(dot(v, v))
    const spent = length <= 1e-13 * whole || k + 1 === size
    h.push([...column, length])
    if (k + 1 < 4 && !spent) continue
    if (k >= 20 && k % 4 !== 0 && !spent && k + 1 < most) continue
    const found = ritz(h, symmetric, spent)
    yield found?.residual ?? 1
    if (found !== undefined && ((found.residual <= tolerance && k + 1 >= least) || spent)) {
      const combine = (part: Float64Array): Float64Array => {
        const out = new Float64Array(size)
        part.forEach((c, j) => {
          for (let i = 0; i < size; i++) out[i] += c * basis[j][i]
        })
        return out
      }
      return { rate: found.rate, frequency: Math.abs(found.frequency), re: combine(found.vector.re), im: combine(found.vector.im) }
    }
    if (spent) return undefined
  }
  return undefined
}

function ritz(h: readonly number[][], symmetric: boolean, spent: boolean) {
  const n = h.length
  const matrix = new Float64Array(n * n)
  for (let j = 0; j < n; j++) for (let i = 0; i <= Math.min(j + 1, n - 1); i++) matrix[i * n + j] = h[j][i]
  if (symmetric) {
    // Tridiagonal but for rounding.
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) matrix[i * n + j] = j === i + 1 ? matrix[j * n + i] : 0
  }
  const last = spent ? 0 : h[n - 1][n]
  const pairs = hessenbergEigenvalues(matrix, n)
    .map(({ re, im }) => ({ theta: { re, im }, rate: re / (re * re + im * im), frequency: -im / (re * re + im * im) }))
    .filter(({ theta }) => theta.re > 0 && theta.im >= 0)
    .sort((a, b) => a.rate - b.rate)
  for (const { theta, rate, frequency } of pairs) {
    const vector = eigenvectorOf(matrix, n, theta)
    const residual = (last * Math.hypot(vector.re[n - 1], vector.im[n - 1])) / Math.hypot(theta.re, theta.im)
    if (residual <= rough) return { rate, frequency, vector, residual }
  }
  return undefined
}
