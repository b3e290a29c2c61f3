import { exp, log } from './elementary.ts'

/** e^x − 1 (Kahan's quotient: the rounding of e^x cancels against that of its logarithm), within 3 ulp. */
export function expm1(x: number): number {
  const u = exp(x)
  if (u === 1) return x
  const difference = u - 1
  if (difference === -1 || u === Infinity) return difference
  return difference * x / log(u)
}

/** ln(1 + x) (Kahan), within 3 ulp. */
export function log1p(x: number): number {
  const u = 1 + x
  if (u === 1) return x
  if (!(u > 0 && u < Infinity)) return log(u)
  return log(u) * x / (u - 1)
}

export function sinh(x: number): number {
  const size = x < 0 ? -x : x
  let y: number
  if (size < 22) {
    const t = expm1(size)
    y = 0.5 * (t + t / (t + 1))
  } else {
    const root = exp(0.5 * size)
    y = 0.5 * root * root
  }
  return x < 0 ? -y : y
}

export function cosh(x: number): number {
  const size = x < 0 ? -x : x
  if (size < 22) {
    const t = exp(size)
    return 0.5 * (t + 1 / t)
  }
  const root = exp(0.5 * size)
  return 0.5 * root * root
}

export function tanh(x: number): number {
  const size = x < 0 ? -x : x
  if (size > 22) return x < 0 ? -1 : 1
  const t = expm1(2 * size)
  const y = size > 1 ? 1 - 2 / (t + 2) : t / (t + 2)
  return x < 0 ? -y : y
}
