import { scale } from './binary64.ts'

/** x − n π/2 as an unevaluated sum, set by `reduce`. */
export const remainder = { high: 0, low: 0 }

/** π/2 in three pieces of 33 bits, whose products with |n| < 2^20 are exact, and the rest. */
const first = 1.57079632673412561417e+00
const second = 6.07710050630396597660e-11
const third = 2.02226624871116645580e-21
const rest = 8.47842766036889956997e-32

/** Sets `remainder` to x − n π/2 (at most π/4 in size, to about 1e−32) and returns n modulo 4. NaN for infinite x. */
export function reduce(x: number): number {
  const n = Math.floor(x * 0.6366197723675814 + 0.5)
  if (!(n < 1048576 && n > -1048576)) return reduceLarge(x)
  const a = x - n * first
  const b = n * second
  const c = n * third
  const ab = a - b
  const shiftB = ab - a
  const errorB = (a - (ab - shiftB)) - (b + shiftB)
  const abc = ab - c
  const shiftC = abc - ab
  const errorC = (ab - (abc - shiftC)) - (c + shiftC)
  const tail = errorB + (errorC - n * rest)
  remainder.high = abc + tail
  remainder.low = (abc - remainder.high) + tail
  return n & 3
}

/** Bits of π behind the point: 1024 for the largest double, 64 for the closest approach to a multiple of π/2, the rest for the result. */
const piBits = 1280n
let halfPi: bigint | undefined

/** Exact integer arithmetic for |x| ≥ 2^20 π/2. */
function reduceLarge(x: number): number {
  if (!(x < Infinity && x > -Infinity)) {
    remainder.high = remainder.low = NaN
    return 0
  }
  halfPi ??= (16n * inverseTangent(5n) - 4n * inverseTangent(239n)) / 2n
  // A double beyond 2^20 is a multiple of 2^−32, and an integer beyond 2^52.
  const fixed = Math.abs(x) < 4503599627370496 ? BigInt(x * 4294967296) << (piBits - 32n) : BigInt(x) << piBits
  const n = (2n * fixed + (x < 0 ? -halfPi : halfPi)) / (2n * halfPi)
  const r = (fixed - n * halfPi) >> (piBits - 512n)
  const high = Number(r)
  remainder.high = scale(high, -512)
  remainder.low = scale(Number(r - BigInt(high)), -512)
  return Number(BigInt.asUintN(2, n))
}

/** arctan(1/q) in fixed point with `piBits` bits and 64 to spare. */
function inverseTangent(q: bigint): bigint {
  let power = (1n << (piBits + 64n)) / q
  let sum = power
  for (let k = 3n; power !== 0n; k += 2n) {
    power = -power / (q * q)
    sum += power / k
  }
  return sum >> 64n
}
