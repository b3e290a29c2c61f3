import { expLanes, logLanes } from './exp-log'
import { biasedExponent, both, c, entry, mantissa, nan, step, unbiased, withSignOf } from './lanes'

/* core/power.ts on two doubles at a time, operation for operation: the same bits in each lane on the whole range. */

// @ts-ignore: decorator
@inline
function leadingBits(x: v128): v128 {
  const t = f64x2.mul(x, c(134217729))
  return f64x2.sub(t, f64x2.sub(t, x))
}

/** The rounding error of p = a b. */
// @ts-ignore: decorator
@inline
function productError(a: v128, b: v128, p: v128): v128 {
  const a1 = leadingBits(a)
  const a2 = f64x2.sub(a, a1)
  const b1 = leadingBits(b)
  const b2 = f64x2.sub(b, b1)
  return f64x2.sub(f64x2.mul(a2, b2), f64x2.sub(f64x2.sub(f64x2.sub(p, f64x2.mul(a1, b1)), f64x2.mul(a2, b1)), f64x2.mul(a1, b2)))
}

/** The rounding error of s = a + b. */
// @ts-ignore: decorator
@inline
function sumError(a: v128, b: v128, s: v128): v128 {
  const t = f64x2.sub(s, a)
  return f64x2.add(f64x2.sub(a, f64x2.sub(s, t)), f64x2.sub(b, t))
}

const tailTable = memory.data<f64>([
  0.4, 0.2857142857142857, 0.2222222222222222, 0.18181818181818182, 0.15384615384615385, 0.13333333333333333, 0.11764705882352941,
  0.10526315789473684, 0.09523809523809523, 0.08695652173913043,
  0.6666666666666666, 3.700743415417188e-17, 6.93147180369123816490e-01, 1.90821492927058770002e-10,
])

/** The low part of the last `logPair`. */
let pairLow: v128 = i64x2.splat(0)

/** ln x for positive finite x as a pair, as core/power.ts has it. */
function logPair(x: v128): v128 {
  const subnormal = f64x2.lt(x, c(2.2250738585072014e-308))
  const raised = v128.bitselect(f64x2.mul(x, c(18014398509481984)), x, subnormal)
  const exponent = biasedExponent(raised)
  const k = f64x2.sub(unbiased(exponent), v128.and(subnormal, c(54)))
  const m = mantissa(raised, exponent)
  const f = f64x2.sub(m, c(1))
  const g = f64x2.add(m, c(1))
  const gLow = sumError(m, c(1), g)
  const s = f64x2.div(f, g)
  const p = f64x2.mul(s, g)
  const sLow = f64x2.div(f64x2.sub(f64x2.sub(f64x2.sub(f, p), productError(s, g, p)), f64x2.mul(s, gLow)), g)
  const z = f64x2.mul(s, s)
  const zLow = step(productError(s, s, z), f64x2.mul(c(2), s), sLow)
  const tail = f64x2.mul(f64x2.mul(z, z), step(entry(tailTable, 0), z, step(entry(tailTable, 1), z, step(entry(tailTable, 2), z, step(entry(tailTable, 3), z,
    step(entry(tailTable, 4), z, step(entry(tailTable, 5), z, step(entry(tailTable, 6), z, step(entry(tailTable, 7), z,
    step(entry(tailTable, 8), z, entry(tailTable, 9)))))))))))
  const third = f64x2.mul(z, entry(tailTable, 10))
  const thirdError = productError(z, entry(tailTable, 10), third)
  const thirdLow = f64x2.add(f64x2.add(step(thirdError, z, entry(tailTable, 11)), f64x2.mul(zLow, entry(tailTable, 10))), tail)
  const factor = f64x2.add(c(2), third)
  const factorLow = f64x2.add(sumError(c(2), third, factor), thirdLow)
  const h = f64x2.mul(s, factor)
  const hLow = f64x2.add(step(productError(s, factor, h), s, factorLow), f64x2.mul(sLow, factor))
  const kHigh = f64x2.mul(k, entry(tailTable, 12))
  const top = f64x2.add(kHigh, h)
  const rest = f64x2.add(sumError(kHigh, h, top), step(hLow, k, entry(tailTable, 13)))
  const high = f64x2.add(top, rest)
  pairLow = f64x2.add(f64x2.sub(top, high), rest)
  return high
}

/** x^y for positive finite x and |y| < 1e22. */
// @ts-ignore: decorator
@inline
function powOfPositive(x: v128, y: v128): v128 {
  const l = logPair(x)
  const high = f64x2.mul(y, l)
  const tail = step(productError(y, l, high), y, pairLow)
  const value = expLanes(high)
  const limit = v128.or(f64x2.eq(value, c(0)), f64x2.eq(value, c(Infinity)))
  return v128.bitselect(value, step(value, value, tail), limit)
}

export function powLanes(x: v128, y: v128): v128 {
  const inside = v128.and(f64x2.gt(x, c(0)), f64x2.lt(x, c(Infinity)))
  if (both(v128.and(inside, f64x2.lt(f64x2.abs(y), c(1e22))))) return powOfPositive(x, y)
  return powExtreme(x, y)
}

/** With a base that is not positive or not finite, or a huge exponent. */
function powExtreme(x: v128, y: v128): v128 {
  const size = f64x2.abs(x)
  const wild = v128.or(f64x2.eq(size, c(Infinity)), v128.not(f64x2.lt(f64x2.abs(y), c(1e22))))
  const zero = f64x2.eq(x, c(0))
  const plainSize = v128.bitselect(c(1), size, v128.or(v128.or(wild, zero), nan(x)))
  const plain = powOfPositive(plainSize, v128.andnot(y, wild))
  // Of a base 0 or ∞ and of a huge exponent: 0 or ∞.
  const infinite = v128.xor(f64x2.gt(size, c(1)), f64x2.gt(y, c(0)))
  const limit = v128.andnot(c(Infinity), infinite)
  const ofSize = v128.bitselect(limit, plain, v128.or(wild, zero))
  // 1^y is 1, but NaN for an infinite y.
  const one = f64x2.eq(size, c(1))
  const ofOne = v128.bitselect(v128.or(c(1), f64x2.eq(f64x2.abs(y), c(Infinity))), ofSize, one)
  const odd = f64x2.eq(f64x2.abs(f64x2.sub(y, f64x2.mul(c(2), f64x2.trunc(f64x2.mul(c(0.5), y))))), c(1))
  const signed = withSignOf(v128.and(x, odd), ofOne)
  const broken = v128.and(v128.and(f64x2.lt(x, c(0)), f64x2.gt(x, c(-Infinity))), f64x2.ne(f64x2.sub(y, f64x2.trunc(y)), c(0)))
  const rootless = v128.and(broken, f64x2.lt(f64x2.abs(y), c(Infinity)))
  const result = v128.or(signed, v128.or(v128.or(nan(x), nan(y)), rootless))
  return v128.bitselect(c(1), result, f64x2.eq(y, c(0)))
}

/** ln x times the constant high + tail. */
// @ts-ignore: decorator
@inline
function timesPair(x: v128, high: f64, tail: f64): v128 {
  const l = logPair(x)
  const p = f64x2.mul(l, c(high))
  return f64x2.add(p, step(step(productError(l, c(high), p), l, c(tail)), pairLow, c(high)))
}

export function log2Lanes(x: v128): v128 {
  const subnormal = f64x2.lt(x, c(2.2250738585072014e-308))
  const raised = v128.bitselect(f64x2.mul(x, c(18014398509481984)), x, subnormal)
  const exponent = biasedExponent(raised)
  const k = f64x2.sub(unbiased(exponent), v128.and(subnormal, c(54)))
  return limits(x, f64x2.add(k, timesPair(mantissa(raised, exponent), 1.4426950408889634, 2.0355273740931033e-17)))
}

export function log10Lanes(x: v128): v128 {
  return limits(x, timesPair(x, 0.4342944819032518, 1.098319650216765e-17))
}

/** A logarithm y of x with its values outside of 0 < x < ∞. */
// @ts-ignore: decorator
@inline
function limits(x: v128, y: v128): v128 {
  const inside = v128.and(f64x2.gt(x, c(0)), f64x2.lt(x, c(Infinity)))
  return both(inside) ? y : v128.bitselect(y, logLanes(x), inside)
}

export function cbrtLanes(x: v128): v128 {
  const size = f64x2.abs(x)
  const t = leadingBits(expLanes(f64x2.div(logLanes(size), c(3))))
  const r = f64x2.div(size, f64x2.mul(t, t))
  const y = f64x2.add(t, f64x2.mul(t, f64x2.div(f64x2.sub(r, t), f64x2.add(f64x2.mul(c(2), t), r))))
  const inside = v128.and(f64x2.gt(size, c(0)), f64x2.lt(size, c(Infinity)))
  return v128.bitselect(withSignOf(x, y), x, inside)
}
