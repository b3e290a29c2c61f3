import { biasedExponent, both, c, entry, mantissa, nan, normal, powerOfTwo, step, unbiased, withSignOf } from './lanes'

/*
 * core/elementary.ts and core/hyperbolic.ts on two doubles at a time, operation for operation: the same bits in each lane on the whole range.
 * Branches are taken for both lanes and one result is selected; rare cases are left out when no lane needs them.
 */

const expTable = memory.data<f64>([
  1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06, 4.13813679705723846039e-08,
  1.44269504088896338700, 6.93147180369123816490e-01, 1.90821492927058770002e-10,
])

/** e^x 2^−k, k the integer nearest to x/ln 2. */
// @ts-ignore: decorator
@inline
function expReduced(x: v128, k: v128): v128 {
  const high = f64x2.sub(x, f64x2.mul(k, entry(expTable, 6)))
  const low = f64x2.mul(k, entry(expTable, 7))
  const r = f64x2.sub(high, low)
  const t = f64x2.mul(r, r)
  const polynomial = step(entry(expTable, 0), t, step(entry(expTable, 1), t, step(entry(expTable, 2), t, step(entry(expTable, 3), t, entry(expTable, 4)))))
  const b = f64x2.sub(r, f64x2.mul(t, polynomial))
  return f64x2.sub(c(1), f64x2.sub(f64x2.sub(low, f64x2.div(f64x2.mul(r, b), f64x2.sub(c(2), b))), high))
}

// @ts-ignore: decorator
@inline
function nearestExponent(x: v128): v128 {
  return f64x2.floor(f64x2.add(f64x2.mul(x, entry(expTable, 5)), c(0.5)))
}

export function expLanes(x: v128): v128 {
  if (both(f64x2.le(f64x2.abs(x), c(708)))) {
    const k = nearestExponent(x)
    return f64x2.mul(expReduced(x, k), powerOfTwo(k))
  }
  return expExtreme(x)
}

/** With results that overflow, underflow, are subnormal or NaN. */
function expExtreme(x: v128): v128 {
  return v128.or(v128.bitselect(c(Infinity), expWithoutOverflow(f64x2.pmin(x, c(710))), f64x2.gt(x, c(709.782712893384))), nan(x))
}

/** e^x for x ≤ 710, −∞ included, without a branch: for loops that are full of it. */
// @ts-ignore: decorator
@inline
export function expWithoutOverflow(x: v128): v128 {
  const inside = f64x2.pmax(c(-746), x)
  const k = nearestExponent(inside)
  const half = f64x2.floor(f64x2.mul(k, c(0.5)))
  const y = f64x2.mul(f64x2.mul(expReduced(inside, k), powerOfTwo(half)), powerOfTwo(f64x2.sub(k, half)))
  return v128.andnot(y, f64x2.lt(x, c(-745.1332191019412)))
}

const logTable = memory.data<f64>([
  3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01,
  6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01,
  6.93147180369123816490e-01, 1.90821492927058770002e-10,
])

/** ln(m 2^k), m near 1. */
// @ts-ignore: decorator
@inline
function logReduced(m: v128, k: v128): v128 {
  const f = f64x2.sub(m, c(1))
  const half = f64x2.mul(f64x2.mul(c(0.5), f), f)
  const s = f64x2.div(f, f64x2.add(c(2), f))
  const z = f64x2.mul(s, s)
  const w = f64x2.mul(z, z)
  const even = f64x2.mul(w, step(entry(logTable, 0), w, step(entry(logTable, 1), w, entry(logTable, 2))))
  const odd = f64x2.mul(z, step(entry(logTable, 3), w, step(entry(logTable, 4), w, step(entry(logTable, 5), w, entry(logTable, 6)))))
  const sum = step(f64x2.mul(s, f64x2.add(half, f64x2.add(odd, even))), k, entry(logTable, 8))
  return step(f64x2.add(f64x2.sub(sum, half), f), k, entry(logTable, 7))
}

/** ln x for positive normal numbers. */
// @ts-ignore: decorator
@inline
export function logOfNormal(x: v128): v128 {
  const exponent = biasedExponent(x)
  return logReduced(mantissa(x, exponent), unbiased(exponent))
}

export function logLanes(x: v128): v128 {
  return both(normal(x)) ? logOfNormal(x) : logExtreme(x)
}

/** With arguments that are subnormal, 0, negative, infinite or NaN. */
function logExtreme(x: v128): v128 {
  const subnormal = f64x2.lt(x, c(2.2250738585072014e-308))
  const raised = v128.bitselect(f64x2.mul(x, c(18014398509481984)), x, subnormal)
  const exponent = biasedExponent(raised)
  const k = f64x2.sub(unbiased(exponent), v128.and(subnormal, c(54)))
  const y = logReduced(mantissa(raised, exponent), k)
  const finite = v128.bitselect(x, y, f64x2.eq(x, c(Infinity)))
  const zero = v128.bitselect(c(-Infinity), finite, f64x2.eq(x, c(0)))
  return v128.or(zero, v128.not(f64x2.ge(x, c(0))))
}

export function expm1Lanes(x: v128): v128 {
  const u = expLanes(x)
  const difference = f64x2.sub(u, c(1))
  const quotient = f64x2.div(f64x2.mul(difference, x), logLanes(u))
  const limit = v128.or(f64x2.eq(difference, c(-1)), f64x2.eq(u, c(Infinity)))
  return v128.bitselect(x, v128.bitselect(difference, quotient, limit), f64x2.eq(u, c(1)))
}

export function log1pLanes(x: v128): v128 {
  const u = f64x2.add(c(1), x)
  const l = logLanes(u)
  const quotient = f64x2.div(f64x2.mul(l, x), f64x2.sub(u, c(1)))
  const inside = v128.and(f64x2.gt(u, c(0)), f64x2.lt(u, c(Infinity)))
  return v128.bitselect(x, v128.bitselect(quotient, l, inside), f64x2.eq(u, c(1)))
}

/** ½ e^size for sizes from 22. */
// @ts-ignore: decorator
@inline
function halfExp(size: v128): v128 {
  const root = expLanes(f64x2.mul(c(0.5), size))
  return f64x2.mul(f64x2.mul(c(0.5), root), root)
}

export function sinhLanes(x: v128): v128 {
  const size = f64x2.abs(x)
  const below = f64x2.lt(size, c(22))
  const t = expm1Lanes(size)
  let y = f64x2.mul(c(0.5), f64x2.add(t, f64x2.div(t, f64x2.add(t, c(1)))))
  if (!both(below)) y = v128.bitselect(y, halfExp(size), below)
  return withSignOf(x, y)
}

export function coshLanes(x: v128): v128 {
  const size = f64x2.abs(x)
  const below = f64x2.lt(size, c(22))
  const t = expLanes(size)
  const y = f64x2.mul(c(0.5), f64x2.add(t, f64x2.div(c(1), t)))
  return both(below) ? y : v128.bitselect(y, halfExp(size), below)
}

export function tanhLanes(x: v128): v128 {
  const size = f64x2.abs(x)
  const t = expm1Lanes(f64x2.mul(c(2), size))
  const far = f64x2.gt(size, c(1))
  const quotient = f64x2.div(v128.bitselect(c(2), t, far), f64x2.add(t, c(2)))
  return withSignOf(x, v128.bitselect(f64x2.sub(c(1), quotient), quotient, far))
}
