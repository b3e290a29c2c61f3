/*
 * What the elementary functions on two doubles at a time are made of. Constants of polynomials are loaded from a table: without a loop
 * around it, an engine would make each out of immediates at every call.
 */

// @ts-ignore: decorator
@inline
export function c(x: f64): v128 {
  return f64x2.splat(x)
}

/** Number i of a table, in both lanes. */
// @ts-ignore: decorator
@inline
export function entry(table: usize, i: usize): v128 {
  return v128.load_splat<u64>(table + (i << 3))
}

/** a + x b: one step of Horner's rule. */
// @ts-ignore: decorator
@inline
export function step(a: v128, x: v128, b: v128): v128 {
  return f64x2.add(a, f64x2.mul(x, b))
}

/** Whether a comparison holds in both lanes. */
// @ts-ignore: decorator
@inline
export function both(mask: v128): bool {
  return i64x2.bitmask(mask) == 3
}

/** All bits where x is NaN: or-ed to a number it makes a NaN of it. */
// @ts-ignore: decorator
@inline
export function nan(x: v128): v128 {
  return f64x2.ne(x, x)
}

/** y with its sign turned where that of x is minus. */
// @ts-ignore: decorator
@inline
export function withSignOf(x: v128, y: v128): v128 {
  return v128.xor(y, v128.and(x, i64x2.splat(0x8000000000000000)))
}

/** An integer |n| < 2^50 in the low bits of each lane, in two's complement. */
// @ts-ignore: decorator
@inline
export function integerBits(n: v128): v128 {
  return f64x2.add(n, c(6755399441055744))
}

/** 2^k for −1022 ≤ k ≤ 1023. */
// @ts-ignore: decorator
@inline
export function powerOfTwo(k: v128): v128 {
  return i64x2.shl(f64x2.add(k, c(6755399441056767)), 52)
}

/** The k of `centredExponent`, and 1023 more, in the bits of each lane; for normal numbers. */
// @ts-ignore: decorator
@inline
export function biasedExponent(x: v128): v128 {
  // From the leading 32 bits: the shift makes a mantissa above √2 carry into the exponent.
  return i64x2.shr_u(i64x2.add(i64x2.shr_u(x, 32), i64x2.splat(0x3ff00000 - 0x3fe6a09e)), 20)
}

/** Integers below 2^52 in the bits of each lane, less 1023, as doubles. */
// @ts-ignore: decorator
@inline
export function unbiased(exponent: v128): v128 {
  return f64x2.sub(v128.or(exponent, i64x2.splat(0x4330000000000000)), c(4503599627371519))
}

/** x 2^−k for a normal x and k + 1023 in the bits of each lane. */
// @ts-ignore: decorator
@inline
export function mantissa(x: v128, exponent: v128): v128 {
  return i64x2.sub(i64x2.add(x, i64x2.splat(0x3ff0000000000000)), i64x2.shl(exponent, 52))
}

/** Whether each lane is a positive, finite number that is not subnormal. */
// @ts-ignore: decorator
@inline
export function normal(x: v128): v128 {
  return v128.and(f64x2.ge(x, c(2.2250738585072014e-308)), f64x2.lt(x, c(Infinity)))
}

/** The first lanes of a and b. */
// @ts-ignore: decorator
@inline
export function lows(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
}

/** Their second lanes. */
// @ts-ignore: decorator
@inline
export function highs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
}
