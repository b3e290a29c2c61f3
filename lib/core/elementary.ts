import { reduce, remainder } from './argument-reduction.ts'
import { centredExponent, scale } from './binary64.ts'

/*
 * Elementary functions built from + − × ÷ and bit operations in a fixed order: the same bits on every engine, which
 * Math.exp and its like do not promise. Polynomials: FreeBSD msun (Sun Microsystems 1993), errors below 1 ulp.
 */

export const ln2High = 6.93147180369123816490e-01
export const ln2Low = 1.90821492927058770002e-10

/** e^x, within 1 ulp. */
export function exp(x: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Infinity : NaN
  if (x < -745.1332191019412) return 0
  const k = Math.floor(x * 1.44269504088896338700 + 0.5)
  const high = x - k * ln2High
  const low = k * ln2Low
  const r = high - low
  const t = r * r
  const c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * (6.61375632143793436117e-05
    + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))))
  return scale(1 - ((low - (r * c) / (2 - c)) - high), k)
}

/** ln x, within 1 ulp; −∞ at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === 0 ? -Infinity : x > 0 ? x : NaN
  const k = centredExponent(x)
  const f = scale(x, -k) - 1
  const half = 0.5 * f * f
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
  const odd = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01
    + w * 1.479819860511658591e-01)))
  return s * (half + (odd + even)) + k * ln2Low - half + f + k * ln2High
}

/** sin x, within 1 ulp for every finite x. */
export function sin(x: number): number {
  if (x >= -0.7853981633974483 && x <= 0.7853981633974483) return sinKernel(x, 0)
  const quadrant = reduce(x)
  const y = (quadrant & 1) === 0 ? sinKernel(remainder.high, remainder.low) : cosKernel(remainder.high, remainder.low)
  return (quadrant & 2) === 0 ? y : -y
}

/** cos x, within 1 ulp for every finite x. */
export function cos(x: number): number {
  if (x >= -0.7853981633974483 && x <= 0.7853981633974483) return cosKernel(x, 0)
  const quadrant = reduce(x)
  const y = (quadrant & 1) === 0 ? cosKernel(remainder.high, remainder.low) : sinKernel(remainder.high, remainder.low)
  return ((quadrant + 1) & 2) === 0 ? y : -y
}

/** sin(x + tail) for |x| ≤ π/4. */
export function sinKernel(x: number, tail: number): number {
  if (x === 0) return x
  const z = x * x
  const v = z * x
  const r = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * (2.75573137070700676789e-06
    + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)))
  return x - ((z * (0.5 * tail - v * r) - tail) - v * -1.66666666666666324348e-01)
}

/** cos(x + tail) for |x| ≤ π/4. */
export function cosKernel(x: number, tail: number): number {
  const z = x * x
  const r = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05
    + z * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))))
  const half = 0.5 * z
  const w = 1 - half
  return w + (((1 - w) - half) + (z * r - x * tail))
}
