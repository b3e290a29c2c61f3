/*
 * Constants are read from memory: an engine spends several instructions on making a constant vector, and one on this.
 */
const table: usize = memory.data<f64>([
  -746, 1.44269504088896338700, 0.5, 6.93147180369123816490e-01, 1.90821492927058770002e-10,
  1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06, 4.13813679705723846039e-08,
  2, 1, 6755399441056767, -745.1332191019412,
])

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load64_splat(table + (index << 3))
}

/** 2^k of whole numbers k, |k| ≤ 1022. */
// @ts-ignore: decorator
@inline
function powerOfTwo(k: v128): v128 {
  // The last bits of 1.5·2^52 + 1023 + k are those of the exponent; the shift drops the others.
  return i64x2.shl(f64x2.add(k, constant(12)), 52)
}

/** e^x in both lanes for x ≤ 0, −∞ included, with the bits of core/elementary.ts. */
// @ts-ignore: decorator
@inline
export function expOfNegative(given: v128): v128 {
  const x = f64x2.pmax(constant(0), given)
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, constant(1)), constant(2)))
  const high = f64x2.sub(x, f64x2.mul(k, constant(3)))
  const low = f64x2.mul(k, constant(4))
  const r = f64x2.sub(high, low)
  const t = f64x2.mul(r, r)
  const poly = f64x2.add(constant(5), f64x2.mul(t, f64x2.add(constant(6), f64x2.mul(t, f64x2.add(constant(7), f64x2.mul(t, f64x2.add(constant(8), f64x2.mul(t, constant(9)))))))))
  const s = f64x2.sub(r, f64x2.mul(t, poly))
  const y = f64x2.sub(constant(11), f64x2.sub(f64x2.sub(low, f64x2.div(f64x2.mul(r, s), f64x2.sub(constant(10), s))), high))
  const half = f64x2.floor(f64x2.mul(k, constant(2)))
  const scaled = f64x2.mul(f64x2.mul(y, powerOfTwo(half)), powerOfTwo(f64x2.sub(k, half)))
  return v128.andnot(scaled, f64x2.lt(given, constant(13)))
}
