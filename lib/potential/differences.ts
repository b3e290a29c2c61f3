import { centredExponent, scale } from '../core/binary64.ts'

type Value = (x: Float64Array) => number
type Gradient = (x: Float64Array, out: Float64Array) => void

/*
 * Central differences of fourth order. Steps balance truncation h⁴ with round-off ε/h (first derivatives) and ε/h² (second):
 * h = ε^{1/5} max(1, |x|) and h = ε^{1/6} max(1, |x|), for errors of about 1e−13 and 1e−10 in units of f's own scale.
 */
const firstStep = 2 ** -10
const secondStep = 2 ** -9

/** ∇f: (f(−2) − 8 f(−1) + 8 f(1) − f(2)) / 12h in every direction. */
export function gradientByDifferences(value: Value, x: Float64Array, out: Float64Array): void {
  const y = Float64Array.from(x)
  for (let k = 0; k < x.length; k++) {
    const h = step(firstStep, x[k])
    const at = (multiple: number) => {
      y[k] = x[k] + multiple * h
      return value(y)
    }
    out[k] = (at(-2) - at(2) + 8 * (at(1) - at(-1))) / (12 * h)
    y[k] = x[k]
  }
}

/** ∇²f from the same differences of ∇f, made symmetric. */
export function hessianOfGradient(gradient: Gradient, x: Float64Array, out: Float64Array): void {
  const n = x.length
  const y = Float64Array.from(x)
  const at = [-2, -1, 1, 2].map((multiple) => ({ multiple, g: new Float64Array(n) }))
  for (let k = 0; k < n; k++) {
    const h = step(firstStep, x[k])
    for (const { multiple, g } of at) {
      y[k] = x[k] + multiple * h
      gradient(y, g)
    }
    y[k] = x[k]
    for (let j = 0; j < n; j++) out[k * n + j] = (at[0].g[j] - at[3].g[j] + 8 * (at[2].g[j] - at[1].g[j])) / (12 * h)
  }
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < k; j++) out[k * n + j] = out[j * n + k] = (out[k * n + j] + out[j * n + k]) / 2
  }
}

/** ∇²f from values: second differences of second order at h and 2h, extrapolated (Richardson) to fourth. */
export function hessianByDifferences(value: Value, x: Float64Array, out: Float64Array): void {
  const n = x.length
  const y = Float64Array.from(x)
  const centre = value(y)
  const at = (k: number, dk: number, j: number, dj: number) => {
    y[k] = x[k] + dk
    y[j] = j === k ? y[j] : x[j] + dj
    const result = value(y)
    y[k] = x[k]
    y[j] = x[j]
    return result
  }
  for (let k = 0; k < n; k++) {
    const h = step(secondStep, x[k])
    const pure = (a: number) => (at(k, a, k, 0) - 2 * centre + at(k, -a, k, 0)) / (a * a)
    out[k * n + k] = (4 * pure(h) - pure(2 * h)) / 3
    for (let j = 0; j < k; j++) {
      const i = step(secondStep, x[j])
      const mixed = (a: number, b: number) =>
        (at(k, a, j, b) - at(k, a, j, -b) - at(k, -a, j, b) + at(k, -a, j, -b)) / (4 * a * b)
      out[k * n + j] = out[j * n + k] = (4 * mixed(h, i) - mixed(2 * h, 2 * i)) / 3
    }
  }
}

/** The step scaled to x. A power of two, so that x ± h differ from x by h to the bit. */
function step(unit: number, x: number): number {
  const size = Math.abs(x)
  return size <= 1 ? unit : scale(unit, centredExponent(size))
}
