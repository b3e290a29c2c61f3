// @ts-ignore: decorator
@inline
function c(x: f64): v128 {
  return f64x2.splat(x)
}

/** 2^k of whole numbers k, |k| ≤ 1022. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: v128): v128 {
  // 1.5·2^52 + k has k in its last bits.
  const whole = i64x2.sub(f64x2.add(k, c(6755399441055744)), c(6755399441055744))
  return i64x2.shl(i64x2.add(whole, i64x2.splat(1023)), 52)
}

/** e^x in both lanes for x ≤ 0, −∞ included, with the bits of core/elementary.ts. */
// @ts-ignore: decorator
@inline
export function expOfNegative(given: v128): v128 {
  const x = f64x2.pmax(c(-746), given)
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, c(1.44269504088896338700)), c(0.5)))
  const high = f64x2.sub(x, f64x2.mul(k, c(6.93147180369123816490e-01)))
  const low = f64x2.mul(k, c(1.90821492927058770002e-10))
  const r = f64x2.sub(high, low)
  const t = f64x2.mul(r, r)
  const poly = f64x2.add(c(1.66666666666666019037e-01), f64x2.mul(t, f64x2.add(c(-2.77777777770155933842e-03), f64x2.mul(t, f64x2.add(c(6.61375632143793436117e-05),
    f64x2.mul(t, f64x2.add(c(-1.65339022054652515390e-06), f64x2.mul(t, c(4.13813679705723846039e-08)))))))))
  const s = f64x2.sub(r, f64x2.mul(t, poly))
  const y = f64x2.sub(c(1), f64x2.sub(f64x2.sub(low, f64x2.div(f64x2.mul(r, s), f64x2.sub(c(2), s))), high))
  const half = f64x2.floor(f64x2.mul(k, c(0.5)))
  const scaled = f64x2.mul(f64x2.mul(y, powerOfTwo(half)), powerOfTwo(f64x2.sub(k, half)))
  return v128.andnot(scaled, f64x2.lt(given, c(-745.1332191019412)))
}
