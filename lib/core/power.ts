import { centredExponent, leadingBits, scale } from './binary64.ts'
import { exp, ln2High, ln2Low, log } from './elementary.ts'

/** The low part of the last `product` or `sum`: exact results are unevaluated pairs. */
let low = 0

/** a·b rounded; the rounding error in `low` (Dekker 1971). */
function product(a: number, b: number): number {
  const p = a * b
  const a1 = leadingBits(a)
  const a2 = a - a1
  const b1 = leadingBits(b)
  const b2 = b - b1
  low = a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2)
  return p
}

/** a + b rounded; the rounding error in `low` (Knuth). */
function sum(a: number, b: number): number {
  const s = a + b
  const t = s - a
  low = (a - (s - t)) + (b - t)
  return s
}

/**
 * ln x for finite x > 0 as a pair good to about 2^−65: x = 2^k m, ln m = 2 s + (2/3) s³ + …, s = (m−1)/(m+1),
 * the first two terms in pairs. Returns the high part; the low part in `low`.
 */
function logPair(x: number): number {
  const k = centredExponent(x)
  const m = scale(x, -k)
  const f = m - 1
  const g = sum(m, 1)
  const gLow = low
  const s = f / g
  const p = product(s, g)
  const sLow = ((f - p) - low - s * gLow) / g
  const z = product(s, s)
  const zLow = low + 2 * s * sLow
  const tail = z * z * (2 / 5 + z * (2 / 7 + z * (2 / 9 + z * (2 / 11 + z * (2 / 13 + z * (2 / 15 + z * (2 / 17
    + z * (2 / 19 + z * (2 / 21 + z * (2 / 23))))))))))
  const c = product(z, 2 / 3)
  const cLow = low + z * 3.700743415417188e-17 + zLow * (2 / 3) + tail
  const factor = sum(2, c)
  const factorLow = low + cLow
  const h = product(s, factor)
  const hLow = low + s * factorLow + sLow * factor
  const top = sum(k * ln2High, h)
  return normalised(top, low + (hLow + k * ln2Low))
}

function normalised(high: number, tail: number): number {
  const s = high + tail
  low = (high - s) + tail
  return s
}

/** x^y, within 2 ulp; NaN, signs, zeros and infinities as Math.pow has them. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1
  if (!(x > 0)) return powOfNonPositive(x, y)
  if (x === 1) return y < Infinity && y > -Infinity ? 1 : NaN
  if (x === Infinity || !(y < 1e22 && y > -1e22)) return y !== y ? y : (x > 1) === (y > 0) ? Infinity : 0
  const l = logPair(x)
  const lLow = low
  const high = product(y, l)
  const tail = low + y * lLow
  const value = exp(high)
  return value === 0 || value === Infinity ? value : value + value * tail
}

function powOfNonPositive(x: number, y: number): number {
  if (x !== x || y !== y) return NaN
  const odd = Math.abs(y % 2) === 1
  if (x === 0) {
    const size = y > 0 ? 0 : Infinity
    return odd && Object.is(x, -0) ? -size : size
  }
  if (x > -Infinity && y > -Infinity && y < Infinity && y % 1 !== 0) return NaN
  return odd ? -pow(-x, y) : pow(-x, y)
}

/** log₂ x, within 1 ulp, exact at powers of two. */
export function log2(x: number): number {
  if (!(x > 0 && x < Infinity)) return log(x)
  const k = centredExponent(x)
  return k + timesPair(scale(x, -k), 1.4426950408889634, 2.0355273740931033e-17)
}

/** log₁₀ x, within 1 ulp, exact at powers of ten. */
export function log10(x: number): number {
  return x > 0 && x < Infinity ? timesPair(x, 0.4342944819032518, 1.098319650216765e-17) : log(x)
}

/** ln x times the constant high + tail. */
function timesPair(x: number, high: number, tail: number): number {
  const l = logPair(x)
  const lLow = low
  const p = product(l, high)
  return p + (low + l * tail + lLow * high)
}

/** ∛x, within 1 ulp. */
export function cbrt(x: number): number {
  if (x === 0 || !(x < Infinity && x > -Infinity)) return x
  const size = x < 0 ? -x : x
  // With a short t its square is exact; one Halley step triples its good digits.
  const t = leadingBits(exp(log(size) / 3))
  const r = size / (t * t)
  const y = t + t * ((r - t) / (2 * t + r))
  return x < 0 ? -y : y
}
