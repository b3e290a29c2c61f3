import { c, entry, integerBits, step, withSignOf } from './lanes'

/*
 * sin, cos of core/elementary.ts and core/trigonometric.ts on two doubles at a time, operation for operation: the same bits in each lane.
 * Arguments beyond 2^20 π/2 need long integers: they only leave a mark, and their results are wrong.
 */

const reduction = memory.data<f64>([0.6366197723675814, 1.57079632673412561417e+00, 6.07710050630396597660e-11, 2.02226624871116645580e-21, 8.47842766036889956997e-32])
const quarterTurn: f64 = 0.7853981633974483

let beyond: i32 = 0

/** Whether an argument was too large for sin, cos or tan since the last call. */
export function tookBeyond(): i32 {
  const mark = beyond
  beyond = 0
  return mark
}

// @ts-ignore: decorator
@inline
function turns(x: v128): v128 {
  const n = f64x2.floor(f64x2.add(f64x2.mul(x, entry(reduction, 0)), c(0.5)))
  if (v128.any_true(f64x2.ge(f64x2.abs(n), c(1048576)))) mark(x)
  return n
}

function mark(x: v128): void {
  const size = f64x2.abs(x)
  if (v128.any_true(v128.and(f64x2.ge(size, c(1e6)), f64x2.lt(size, c(Infinity))))) beyond = 1
}

/** x − n first − n second − n third but for its error, which is `tailOf`. */
// @ts-ignore: decorator
@inline
function reduced(x: v128, n: v128): v128 {
  return f64x2.sub(f64x2.sub(f64x2.sub(x, f64x2.mul(n, entry(reduction, 1))), f64x2.mul(n, entry(reduction, 2))), f64x2.mul(n, entry(reduction, 3)))
}

// @ts-ignore: decorator
@inline
function tailOf(x: v128, n: v128): v128 {
  const a = f64x2.sub(x, f64x2.mul(n, entry(reduction, 1)))
  const b = f64x2.mul(n, entry(reduction, 2))
  const third = f64x2.mul(n, entry(reduction, 3))
  const ab = f64x2.sub(a, b)
  const shiftB = f64x2.sub(ab, a)
  const errorB = f64x2.sub(f64x2.sub(a, f64x2.sub(ab, shiftB)), f64x2.add(b, shiftB))
  const abc = f64x2.sub(ab, third)
  const shiftC = f64x2.sub(abc, ab)
  const errorC = f64x2.sub(f64x2.sub(ab, f64x2.sub(abc, shiftC)), f64x2.add(third, shiftC))
  return f64x2.add(errorB, f64x2.sub(errorC, f64x2.mul(n, entry(reduction, 4))))
}

const sinTable = memory.data<f64>([
  8.33333333332248946124e-03, -1.98412698298579493134e-04, 2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10,
  -1.66666666666666324348e-01,
])

// @ts-ignore: decorator
@inline
function sinKernel(x: v128, tail: v128): v128 {
  const z = f64x2.mul(x, x)
  const v = f64x2.mul(z, x)
  const r = step(entry(sinTable, 0), z, step(entry(sinTable, 1), z, step(entry(sinTable, 2), z, step(entry(sinTable, 3), z, entry(sinTable, 4)))))
  const correction = f64x2.sub(f64x2.mul(z, f64x2.sub(f64x2.mul(c(0.5), tail), f64x2.mul(v, r))), tail)
  return f64x2.sub(x, f64x2.sub(correction, f64x2.mul(v, entry(sinTable, 5))))
}

const cosTable = memory.data<f64>([
  4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05,
  -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11,
])

// @ts-ignore: decorator
@inline
function cosKernel(x: v128, tail: v128): v128 {
  const z = f64x2.mul(x, x)
  const r = f64x2.mul(z, step(entry(cosTable, 0), z, step(entry(cosTable, 1), z, step(entry(cosTable, 2), z, step(entry(cosTable, 3), z,
    step(entry(cosTable, 4), z, entry(cosTable, 5)))))))
  const half = f64x2.mul(c(0.5), z)
  const w = f64x2.sub(c(1), half)
  return f64x2.add(w, f64x2.add(f64x2.sub(f64x2.sub(c(1), w), half), f64x2.sub(f64x2.mul(z, r), f64x2.mul(x, tail))))
}

/** sin(x + shift π/2), shift 0 or 1. */
// @ts-ignore: decorator
@inline
function turned(x: v128, shift: i64): v128 {
  const small = f64x2.le(f64x2.abs(x), c(quarterTurn))
  const n = v128.andnot(turns(x), small)
  const abc = reduced(x, n)
  const tail = tailOf(x, n)
  const sum = f64x2.add(abc, tail)
  const low = f64x2.add(f64x2.sub(abc, sum), tail)
  // Not the sum, which has lost the sign of a 0.
  const high = v128.bitselect(x, sum, small)
  const quadrant = i64x2.add(integerBits(n), i64x2.splat(shift))
  const odd = i64x2.neg(v128.and(quadrant, i64x2.splat(1)))
  const y = v128.bitselect(cosKernel(high, low), sinKernel(high, low), odd)
  return v128.xor(y, i64x2.shl(v128.and(quadrant, i64x2.splat(2)), 62))
}

export function sinLanes(x: v128): v128 {
  return turned(x, 0)
}

export function cosLanes(x: v128): v128 {
  return turned(x, 1)
}

export function tanLanes(x: v128): v128 {
  const n = turns(x)
  const abc = reduced(x, n)
  const tail = tailOf(x, n)
  const high = f64x2.add(abc, tail)
  const low = f64x2.add(f64x2.sub(abc, high), tail)
  const sin = sinKernel(high, low)
  const cos = cosKernel(high, low)
  const odd = i64x2.neg(v128.and(integerBits(n), i64x2.splat(1)))
  const y = f64x2.div(v128.bitselect(f64x2.neg(cos), sin, odd), v128.bitselect(sin, cos, odd))
  return v128.bitselect(x, y, f64x2.eq(x, c(0)))
}

const oddTable = memory.data<f64>([
  3.33333333333329318027e-01, 1.42857142725034663711e-01, 9.09088713343650656196e-02, 6.66107313738753120669e-02, 4.97687799461593236017e-02,
  1.62858201153657823623e-02,
])
const evenTable = memory.data<f64>([
  -1.99999999998764832476e-01, -1.11111104054623557880e-01, -7.69187620504482999495e-02, -5.83357013379057348645e-02, -3.65315727442169155270e-02,
])
const centreTable = memory.data<f64>([
  4.63647609000806093515e-01, 7.85398163397448278999e-01, 9.82793723247329054082e-01, 1.57079632679489655800e+00,
  2.26987774529616870924e-17, 3.06161699786838301793e-17, 1.39033110312309984516e-17, 6.12323399573676603587e-17,
])

export function atanLanes(x: v128): v128 {
  const size = f64x2.abs(x)
  const beyond1 = f64x2.ge(size, c(0.4375))
  const beyond2 = f64x2.ge(size, c(0.6875))
  const beyond3 = f64x2.ge(size, c(1.1875))
  const beyond4 = f64x2.ge(size, c(2.4375))
  const centre = v128.bitselect(c(1.5), v128.bitselect(c(1), v128.and(c(0.5), beyond1), beyond2), beyond3)
  const high = v128.bitselect(entry(centreTable, 3), v128.bitselect(entry(centreTable, 2),
    v128.bitselect(entry(centreTable, 1), v128.and(entry(centreTable, 0), beyond1), beyond2), beyond3), beyond4)
  const low = v128.bitselect(entry(centreTable, 7), v128.bitselect(entry(centreTable, 6),
    v128.bitselect(entry(centreTable, 5), v128.and(entry(centreTable, 4), beyond1), beyond2), beyond3), beyond4)
  const numerator = v128.bitselect(c(-1), f64x2.sub(size, centre), beyond4)
  const t = f64x2.div(numerator, v128.bitselect(size, f64x2.add(c(1), f64x2.mul(centre, size)), beyond4))
  const z = f64x2.mul(t, t)
  const w = f64x2.mul(z, z)
  const odd = f64x2.mul(z, step(entry(oddTable, 0), w, step(entry(oddTable, 1), w, step(entry(oddTable, 2), w, step(entry(oddTable, 3), w,
    step(entry(oddTable, 4), w, entry(oddTable, 5)))))))
  const even = f64x2.mul(w, step(entry(evenTable, 0), w, step(entry(evenTable, 1), w, step(entry(evenTable, 2), w, step(entry(evenTable, 3), w, entry(evenTable, 4))))))
  return withSignOf(x, f64x2.sub(high, f64x2.sub(f64x2.sub(f64x2.mul(t, f64x2.add(odd, even)), low), t)))
}

export function asinLanes(x: v128): v128 {
  return atanLanes(f64x2.div(x, f64x2.sqrt(f64x2.mul(f64x2.sub(c(1), x), f64x2.add(c(1), x)))))
}

export function acosLanes(x: v128): v128 {
  return f64x2.mul(c(2), atanLanes(f64x2.sqrt(f64x2.div(f64x2.sub(c(1), x), f64x2.add(c(1), x)))))
}
