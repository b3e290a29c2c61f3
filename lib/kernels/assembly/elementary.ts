/*
 * Elementary functions on two doubles at a time, operation for operation those of core/elementary.ts: the same bits in each lane.
 * Branches are taken for both lanes and one result is selected.
 */

// @ts-ignore: decorator
@inline
function c(x: f64): v128 {
  return f64x2.splat(x)
}

const ln2High: f64 = 6.93147180369123816490e-01
const ln2Low: f64 = 1.90821492927058770002e-10

/** ln x for positive normal numbers in both lanes: what the uniforms in (0, 1) of the normals need. */
// @ts-ignore: decorator
@inline
export function logOfNormal(x: v128): v128 {
  // The exponent k with √½ ≤ x 2^−k < √2, from the leading 32 bits, as `centredExponent` has it.
  const high = i64x2.shr_u(x, 32)
  const shifted = i64x2.shr_u(i64x2.add(high, i64x2.splat(0x3ff00000 - 0x3fe6a09e)), 20)
  const k64 = i64x2.sub(shifted, i64x2.splat(1023))
  // k is small, so that its 32 low bits are k and it can be converted; 2^−k is exact.
  const k = f64x2.convert_low_i32x4_s(i8x16.shuffle(k64, k64, 0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11))
  const f = f64x2.sub(i64x2.sub(x, i64x2.shl(k64, 52)), c(1))
  const half = f64x2.mul(f64x2.mul(c(0.5), f), f)
  const s = f64x2.div(f, f64x2.add(c(2), f))
  const z = f64x2.mul(s, s)
  const w = f64x2.mul(z, z)
  const even = f64x2.mul(w, f64x2.add(c(3.999999999940941908e-01), f64x2.mul(w, f64x2.add(c(2.222219843214978396e-01), f64x2.mul(w, c(1.531383769920937332e-01))))))
  const odd = f64x2.mul(z, f64x2.add(c(6.666666666666735130e-01), f64x2.mul(w, f64x2.add(c(2.857142874366239149e-01), f64x2.mul(w,
    f64x2.add(c(1.818357216161805012e-01), f64x2.mul(w, c(1.479819860511658591e-01))))))))
  const sum = f64x2.add(f64x2.mul(s, f64x2.add(half, f64x2.add(odd, even))), f64x2.mul(k, c(ln2Low)))
  return f64x2.add(f64x2.add(f64x2.sub(sum, half), f), f64x2.mul(k, c(ln2High)))
}

/** sin x for |x| ≤ π/4, x not 0 or of either sign. */
// @ts-ignore: decorator
@inline
export function sinKernel(x: v128): v128 {
  const z = f64x2.mul(x, x)
  const v = f64x2.mul(z, x)
  const r = f64x2.add(c(8.33333333332248946124e-03), f64x2.mul(z, f64x2.add(c(-1.98412698298579493134e-04), f64x2.mul(z, f64x2.add(c(2.75573137070700676789e-06),
    f64x2.mul(z, f64x2.add(c(-2.50507602534068634195e-08), f64x2.mul(z, c(1.58969099521155010221e-10)))))))))
  // With a tail of 0: x − ((z (−v r)) − v S1).
  return f64x2.sub(x, f64x2.sub(f64x2.mul(z, f64x2.neg(f64x2.mul(v, r))), f64x2.mul(v, c(-1.66666666666666324348e-01))))
}

/** cos x for |x| ≤ π/4. */
// @ts-ignore: decorator
@inline
export function cosKernel(x: v128): v128 {
  const z = f64x2.mul(x, x)
  const r = f64x2.mul(z, f64x2.add(c(4.16666666666666019037e-02), f64x2.mul(z, f64x2.add(c(-1.38888888888741095749e-03), f64x2.mul(z, f64x2.add(c(2.48015872894767294178e-05),
    f64x2.mul(z, f64x2.add(c(-2.75573143513906633035e-07), f64x2.mul(z, f64x2.add(c(2.08757232129817482790e-09), f64x2.mul(z, c(-1.13596475577881948265e-11))))))))))))
  const half = f64x2.mul(c(0.5), z)
  const w = f64x2.sub(c(1), half)
  return f64x2.add(w, f64x2.add(f64x2.sub(f64x2.sub(c(1), w), half), f64x2.mul(z, r)))
}
