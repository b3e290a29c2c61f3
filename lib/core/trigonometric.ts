import { reduce, remainder } from './argument-reduction.ts'
import { cosKernel, sinKernel } from './elementary.ts'

/** tan x, within 3 ulp for every finite x. */
export function tan(x: number): number {
  if (x === 0) return x
  const quadrant = reduce(x)
  const s = sinKernel(remainder.high, remainder.low)
  const c = cosKernel(remainder.high, remainder.low)
  return (quadrant & 1) === 0 ? s / c : -c / s
}

/** arcsin x, within 4 ulp. */
export function asin(x: number): number {
  return atan(x / Math.sqrt((1 - x) * (1 + x)))
}

/** arccos x, within 4 ulp. */
export function acos(x: number): number {
  return 2 * atan(Math.sqrt((1 - x) / (1 + x)))
}

/** Points at which arctan is tabulated (∞ last) and its values there in two pieces. */
const centres = [0, 0.5, 1, 1.5]
const tableHigh = [0, 4.63647609000806093515e-01, 7.85398163397448278999e-01, 9.82793723247329054082e-01, 1.57079632679489655800e+00]
const tableLow = [0, 2.26987774529616870924e-17, 3.06161699786838301793e-17, 1.39033110312309984516e-17, 6.12323399573676603587e-17]

/** arctan x, within 1 ulp. Polynomial: FreeBSD msun (Sun Microsystems 1993). */
export function atan(x: number): number {
  if (x === 0 || x !== x) return x
  const size = x < 0 ? -x : x
  const interval = size < 0.4375 ? 0 : size < 0.6875 ? 1 : size < 1.1875 ? 2 : size < 2.4375 ? 3 : 4
  const centre = centres[interval]
  const t = interval === 4 ? -1 / size : interval === 0 ? size : (size - centre) / (1 + centre * size)
  const z = t * t
  const w = z * z
  const odd = z * (3.33333333333329318027e-01 + w * (1.42857142725034663711e-01 + w * (9.09088713343650656196e-02
    + w * (6.66107313738753120669e-02 + w * (4.97687799461593236017e-02 + w * 1.62858201153657823623e-02)))))
  const even = w * (-1.99999999998764832476e-01 + w * (-1.11111104054623557880e-01 + w * (-7.69187620504482999495e-02
    + w * (-5.83357013379057348645e-02 + w * -3.65315727442169155270e-02))))
  const y = tableHigh[interval] - ((t * (odd + even) - tableLow[interval]) - t)
  return x < 0 ? -y : y
}
