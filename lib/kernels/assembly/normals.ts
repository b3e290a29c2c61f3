import { expLanes, logLanes } from './exp-log'
import { c, highs, lows } from './lanes'

/*
 * Normal numbers by Philox 4×32-10 and the ziggurat, four blocks at a time: the bits of kernels/ziggurat.ts, whose layers lie at `table`. Words of four counters stand in the lanes of c0 … c3.
 */

/** Splats of these are loaded where they are needed: the compiler would put constants together from pieces there. */
const constants = memory.data<u32>([0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85, 0xfffffe00, 256])

// @ts-ignore: decorator
@inline
function constant(i: usize): v128 {
  return v128.load32_splat(constants + (i << 2))
}

const multiplier0: u32 = 0xd2511f53
const multiplier1: u32 = 0xcd9e8d57
const weyl0: u32 = 0x9e3779b9
const weyl1: u32 = 0xbb67ae85

/** High halves of the products of all four lanes, from those of lanes 0, 1 and of lanes 2, 3. */
// @ts-ignore: decorator
@inline
function highHalves(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
}

/** Their low halves. */
// @ts-ignore: decorator
@inline
function lowHalves(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
}

/** The words of the four blocks that were drawn last. */
let words0: v128 = i64x2.splat(0)
let words1: v128 = i64x2.splat(0)
let words2: v128 = i64x2.splat(0)
let words3: v128 = i64x2.splat(0)

/** The four blocks with these counters. */
// @ts-ignore: decorator
@inline
function draw(word0: v128, word1: v128, word2: v128, word3: v128, key0: i32, key1: i32): void {
  let c0 = word0
  let c1 = word1
  let c2 = word2
  let c3 = word3
  let k0 = i32x4.splat(key0)
  let k1 = i32x4.splat(key1)
  for (let round = 0; round < 10; round++) {
    const m0 = constant(0)
    const m1 = constant(1)
    const product0 = i32x4.mul(c0, m0)
    const product1 = i32x4.mul(c2, m1)
    const high0 = highHalves(i64x2.extmul_low_i32x4_u(c0, m0), i64x2.extmul_high_i32x4_u(c0, m0))
    const high1 = highHalves(i64x2.extmul_low_i32x4_u(c2, m1), i64x2.extmul_high_i32x4_u(c2, m1))
    c0 = v128.xor(high1, v128.xor(c1, k0))
    c1 = product1
    c2 = v128.xor(high0, v128.xor(c3, k1))
    c3 = product0
    k0 = i32x4.add(k0, constant(2))
    k1 = i32x4.add(k1, constant(3))
  }
  words0 = c0
  words1 = c1
  words2 = c2
  words3 = c3
}

/** Two uniforms of a block. */
let uniform0: f64 = 0
let uniform1: f64 = 0
let candidate: u32 = 0

// @ts-ignore: decorator
@inline
function midpoint(high: u32, low: u32): f64 {
  return (<f64>(high >>> 6) * 67108864 + <f64>(low >>> 6) + 0.5) * 2.220446049250313e-16
}

/** The uniforms of words 0, 1 and 2, 3 of one block, and its word 2. */
function drawUniforms(number: u32, word0: u32, word1: u32, word2: u32, key0: u32, key1: u32): void {
  let c0 = number
  let c1 = word0
  let c2 = word1
  let c3 = word2
  for (let round = 0; round < 10; round++) {
    const product0 = <u64>c0 * <u64>multiplier0
    const product1 = <u64>c2 * <u64>multiplier1
    c0 = <u32>(product1 >>> 32) ^ c1 ^ key0
    c1 = <u32>product1
    c2 = <u32>(product0 >>> 32) ^ c3 ^ key1
    c3 = <u32>product0
    key0 += weyl0
    key1 += weyl1
  }
  uniform0 = midpoint(c0, c1)
  uniform1 = midpoint(c2, c3)
  candidate = c2
}

const lastLayer: u32 = 511
const half: u32 = 256
const heights: usize = 8192
const tail: f64 = 3.852046150368391
const attempts: u32 = 64
const firstTag: u32 = 4 << 21
const wordTag: u32 = 4 << 21
const attemptTag: u32 = 16 << 21

/** The normal of word `at` of the block with this counter. */
function rareNormal(word: u32, at: u32, number: u32, word0: u32, word1: u32, word2: u32, key0: u32, key1: u32, table: usize): f64 {
  const tagged = key1 + firstTag + at * wordTag
  for (let attempt: u32 = 0; attempt < attempts; attempt++) {
    const layer = <usize>(word & lastLayer)
    const entry = table + (layer << 4)
    const x = <f64><i32>((word & ~lastLayer) | half) * load<f64>(entry)
    if (Math.abs(x) < load<f64>(entry, 8)) return x
    drawUniforms(number, word0, word1, word2, key0, tagged + attempt * attemptTag)
    if (layer === 0) {
      const beyond = -f64x2.extract_lane(logLanes(c(uniform0)), 0) / tail
      if (beyond * beyond < -2 * f64x2.extract_lane(logLanes(c(uniform1)), 0)) return x < 0 ? -tail - beyond : tail + beyond
    } else {
      if (load<f64>(entry, heights) + uniform0 * load<f64>(entry, heights + 8) < f64x2.extract_lane(expLanes(c(-0.5 * x * x)), 0)) return x
      word = candidate
    }
  }
  return 0
}

/** Bits 0 to 15: which of the words in 4 × 4 lanes lie outside. */
// @ts-ignore: decorator
@inline
function outside(misses0: v128, misses1: v128, misses2: v128, misses3: v128): i32 {
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(misses0, misses1), i16x8.narrow_i32x4_s(misses2, misses3)))
}

/** Number n of the words in 4 × 4 lanes. */
// @ts-ignore: decorator
@inline
function wordAt(n: i32, words0: v128, words1: v128, words2: v128, words3: v128): u32 {
  const four = n < 8 ? (n < 4 ? words0 : words1) : n < 12 ? words2 : words3
  return i32x4.extract_lane(i8x16.swizzle(four, i8x16.add(i8x16.splat(<i8>((n & 3) << 2)), i8x16(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3))), 0)
}

/** Offsets of the layers of four words. */
// @ts-ignore: decorator
@inline
function offsetsOf(words: v128): v128 {
  return i32x4.shl(v128.andnot(words, constant(4)), 4)
}

// @ts-ignore: decorator
@inline
function layerAt(table: usize, offset: u32): v128 {
  return v128.load(table + <usize>offset)
}

/** Places in the layers of four words. */
// @ts-ignore: decorator
@inline
function placesOf(words: v128): v128 {
  return v128.or(v128.and(words, constant(4)), constant(5))
}

/** Where lanes do not lie under the curve whatever the height. */
// @ts-ignore: decorator
@inline
function missed(x: v128, a: v128, b: v128): v128 {
  return f64x2.ge(f64x2.abs(x), highs(a, b))
}

/** Lanes 0, 1 of two in turn, and lanes 2, 3. */
// @ts-ignore: decorator
@inline
function zipLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
}

// @ts-ignore: decorator
@inline
function zipHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
}

// @ts-ignore: decorator
@inline
function upperHalf(a: v128): v128 {
  return i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)
}

/** `out` ← the normals of four words, wrong where they lie outside, which is told. */
// @ts-ignore: decorator
@inline
function storeFour(words: v128, table: usize, out: usize): v128 {
  const offsets = offsetsOf(words)
  const places = placesOf(words)
  const a = layerAt(table, i32x4.extract_lane(offsets, 0))
  const b = layerAt(table, i32x4.extract_lane(offsets, 1))
  const c = layerAt(table, i32x4.extract_lane(offsets, 2))
  const d = layerAt(table, i32x4.extract_lane(offsets, 3))
  const x = f64x2.mul(f64x2.convert_low_i32x4_s(places), lows(a, b))
  const y = f64x2.mul(f64x2.convert_low_i32x4_s(upperHalf(places)), lows(c, d))
  v128.store(out, x)
  v128.store(out, y, 16)
  return lowHalves(missed(x, a, b), missed(y, c, d))
}

/** Halves four increments with the normals of four words: left = parent/2 + width·normal, right = parent − left. Wrong where they lie outside, which is told. */
// @ts-ignore: decorator
@inline
function halveFour(words: v128, table: usize, width: v128, parent: usize, left: usize, right: usize): v128 {
  const offsets = offsetsOf(words)
  const places = placesOf(words)
  const a = layerAt(table, i32x4.extract_lane(offsets, 0))
  const b = layerAt(table, i32x4.extract_lane(offsets, 1))
  const c = layerAt(table, i32x4.extract_lane(offsets, 2))
  const d = layerAt(table, i32x4.extract_lane(offsets, 3))
  const x = f64x2.mul(f64x2.convert_low_i32x4_s(places), lows(a, b))
  const y = f64x2.mul(f64x2.convert_low_i32x4_s(upperHalf(places)), lows(c, d))
  halveTwo(x, width, parent, left, right)
  halveTwo(y, width, parent + 16, left + 16, right + 16)
  return lowHalves(missed(x, a, b), missed(y, c, d))
}

// @ts-ignore: decorator
@inline
function halveTwo(normals: v128, width: v128, parent: usize, left: usize, right: usize): void {
  const whole = v128.load(parent)
  const part = f64x2.add(f64x2.mul(c(0.5), whole), f64x2.mul(width, normals))
  v128.store(left, part)
  v128.store(right, f64x2.sub(whole, part))
}

/**
 * Normals 16·from to 16·to − 1 of a stream, which begins at `out`: four of each block.
 */
export function streamNormals(from: i32, to: i32, key0: i32, key1: i32, word0: i32, word1: i32, word2: i32, table: usize, out: usize): void {
  out += <usize>from << 7
  for (let group = from; group < to; group++) {
    const number = group << 2
    draw(i32x4.add(i32x4.splat(number), i32x4(0, 1, 2, 3)), i32x4.splat(word0), i32x4.splat(word1), i32x4.splat(word2), key0, key1)
    const low01 = zipLow(words0, words1)
    const low23 = zipLow(words2, words3)
    const high01 = zipHigh(words0, words1)
    const high23 = zipHigh(words2, words3)
    const block0 = lows(low01, low23)
    const block1 = highs(low01, low23)
    const block2 = lows(high01, high23)
    const block3 = highs(high01, high23)
    let misses = outside(storeFour(block0, table, out), storeFour(block1, table, out + 32), storeFour(block2, table, out + 64), storeFour(block3, table, out + 96))
    for (; misses !== 0; misses &= misses - 1) {
      const n = ctz(misses)
      store<f64>(out + (<usize>n << 3), rareNormal(wordAt(n, block0, block1, block2, block3), n & 3, number + (n >> 2), word0, word1, word2, key0, key1, table))
    }
    out += 128
  }
}

/** Of the words in 4 × 4 lanes, of whose blocks the twins lie at `twins`: two rows of the words 0, 2 and 1, 3 of four blocks. */
function rarePathNormal(n: i32, words: u32, twins: usize, number: u32, word2: u32, word3: u32, key0: u32, key1: u32, table: usize): f64 {
  return rareNormal(words, ((n & 1) << 1) | (n >> 3), number, load<u32>(twins + (<usize>(n & 6) << 1)), word2, word3, key0, key1, table)
}

/**
 * Pairs of normals of paths 8·from to 8·to − 1 of a walk: `twins` holds a word for every two of them, whose block has the words (number, twin, word2, word3). Its words 0, 1 make the
 * numbers of the first of the two in `even` and `odd`, its words 2, 3 those of the second.
 */
export function pathNormals(from: i32, to: i32, key0: i32, key1: i32, number: i32, twins: usize, word2: i32, word3: i32, table: usize, even: usize, odd: usize): void {
  for (let group = from; group < to; group++) {
    const twin = twins + (<usize>group << 4)
    draw(i32x4.splat(number), v128.load(twin), i32x4.splat(word2), i32x4.splat(word3), key0, key1)
    const at = <usize>group << 6
    const even0 = zipLow(words0, words2)
    const even1 = zipHigh(words0, words2)
    const odd0 = zipLow(words1, words3)
    const odd1 = zipHigh(words1, words3)
    let misses = outside(storeFour(even0, table, even + at), storeFour(even1, table, even + at + 32), storeFour(odd0, table, odd + at), storeFour(odd1, table, odd + at + 32))
    for (; misses !== 0; misses &= misses - 1) {
      const n = ctz(misses)
      store<f64>((n < 8 ? even : odd) + at + (<usize>(n & 7) << 3), rarePathNormal(n, wordAt(n, even0, even1, odd0, odd1), twin, number, word2, word3, key0, key1, table))
    }
  }
}

/** Halves the increments of an even and an odd sibling with the normals that `pathNormals` gives for them. */
export function halveSiblings(
  from: i32, to: i32, key0: i32, key1: i32, number: i32, twins: usize, word2: i32, word3: i32, table: usize, width: f64,
  even: usize, evenLeft: usize, evenRight: usize, odd: usize, oddLeft: usize, oddRight: usize,
): void {
  const w = c(width)
  for (let group = from; group < to; group++) {
    const twin = twins + (<usize>group << 4)
    draw(i32x4.splat(number), v128.load(twin), i32x4.splat(word2), i32x4.splat(word3), key0, key1)
    const at = <usize>group << 6
    const even0 = zipLow(words0, words2)
    const even1 = zipHigh(words0, words2)
    const odd0 = zipLow(words1, words3)
    const odd1 = zipHigh(words1, words3)
    let misses = outside(
      halveFour(even0, table, w, even + at, evenLeft + at, evenRight + at), halveFour(even1, table, w, even + at + 32, evenLeft + at + 32, evenRight + at + 32),
      halveFour(odd0, table, w, odd + at, oddLeft + at, oddRight + at), halveFour(odd1, table, w, odd + at + 32, oddLeft + at + 32, oddRight + at + 32),
    )
    for (; misses !== 0; misses &= misses - 1) {
      const n = ctz(misses)
      const place = at + (<usize>(n & 7) << 3)
      const whole = load<f64>((n < 8 ? even : odd) + place)
      const part = 0.5 * whole + width * rarePathNormal(n, wordAt(n, even0, even1, odd0, odd1), twin, number, word2, word3, key0, key1, table)
      store<f64>((n < 8 ? evenLeft : oddLeft) + place, part)
      store<f64>((n < 8 ? evenRight : oddRight) + place, whole - part)
    }
  }
}
