import { expLanes, logLanes } from './exp-log'

/*
 * Normal numbers by Philox 4×32-10 and the ziggurat, four blocks at a time: the bits of kernels/ziggurat.ts, whose layers lie at `table`. Words of four counters stand in the lanes of c0 … c3.
 */

// @ts-ignore: decorator
@inline
function c(x: f64): v128 {
  return f64x2.splat(x)
}

const multiplier0: u32 = 0xd2511f53
const multiplier1: u32 = 0xcd9e8d57
const weyl0: u32 = 0x9e3779b9
const weyl1: u32 = 0xbb67ae85

/** High halves of the products of all four lanes, from those of lanes 0, 1 and of lanes 2, 3. */
// @ts-ignore: decorator
@inline
function highs(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31)
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
  const m0 = i32x4.splat(multiplier0)
  const m1 = i32x4.splat(multiplier1)
  let c0 = word0
  let c1 = word1
  let c2 = word2
  let c3 = word3
  let k0 = i32x4.splat(key0)
  let k1 = i32x4.splat(key1)
  for (let round = 0; round < 10; round++) {
    const product0 = i32x4.mul(c0, m0)
    const product1 = i32x4.mul(c2, m1)
    const high0 = highs(i64x2.extmul_low_i32x4_u(c0, m0), i64x2.extmul_high_i32x4_u(c0, m0))
    const high1 = highs(i64x2.extmul_low_i32x4_u(c2, m1), i64x2.extmul_high_i32x4_u(c2, m1))
    c0 = v128.xor(high1, v128.xor(c1, k0))
    c1 = product1
    c2 = v128.xor(high0, v128.xor(c3, k1))
    c3 = product0
    k0 = i32x4.add(k0, i32x4.splat(weyl0))
    k1 = i32x4.add(k1, i32x4.splat(weyl1))
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

const tail: f64 = 3.6541528853610088
const attempts: u32 = 64
const firstTag: u32 = 4 << 21
const wordTag: u32 = 4 << 21
const attemptTag: u32 = 16 << 21

/** The normal of a word of the block with this counter. */
function rareNormal(word: u32, number: u32, word0: u32, word1: u32, word2: u32, key0: u32, key1: u32, table: usize): f64 {
  for (let attempt: u32 = 0; attempt < attempts; attempt++) {
    const layer = <usize>(word & 255)
    const at = table + (layer << 4)
    const x = <f64><i32>((word & 0xffffff00) | 128) * 4.656612873077393e-10 * load<f64>(at)
    if (Math.abs(x) < load<f64>(at, 8)) return x
    drawUniforms(number, word0, word1, word2, key0, key1 + attempt * attemptTag)
    if (layer === 0) {
      const beyond = -f64x2.extract_lane(logLanes(c(uniform0)), 0) / tail
      if (beyond * beyond < -2 * f64x2.extract_lane(logLanes(c(uniform1)), 0)) return x < 0 ? -tail - beyond : tail + beyond
    } else {
      if (load<f64>(at, 4096) + uniform0 * load<f64>(at, 4104) < f64x2.extract_lane(expLanes(c(-0.5 * x * x)), 0)) return x
      word = candidate
    }
  }
  return 0
}

/** Normals of words `first` and `second` of one block. */
function rarePair(
  words: v128, first: i32, second: i32, number: i32, word0: i32, word1: i32, word2: i32, key0: i32, key1: i32, table: usize,
): v128 {
  const even = rareNormal(i32x4.extract_lane(words, 0), number, word0, word1, word2, key0, key1 + firstTag + first * wordTag, table)
  const odd = rareNormal(i32x4.extract_lane(words, 1), number, word0, word1, word2, key0, key1 + firstTag + second * wordTag, table)
  return f64x2.replace_lane(c(even), 1, odd)
}

/** Normals of the words in lanes 0 and 1, numbers `first` and `second` of one block. */
// @ts-ignore: decorator
@inline
function pairOf(
  words: v128, first: i32, second: i32, number: i32, word0: i32, word1: i32, word2: i32, key0: i32, key1: i32, table: usize,
): v128 {
  const a = v128.load(table + (<usize>i8x16.extract_lane_u(words, 0) << 4))
  const b = v128.load(table + (<usize>i8x16.extract_lane_u(words, 4) << 4))
  const place = f64x2.convert_low_i32x4_s(v128.or(v128.and(words, i32x4.splat(0xffffff00)), i32x4.splat(128)))
  const x = f64x2.mul(f64x2.mul(place, c(4.656612873077393e-10)), lowerOf(a, b))
  if (!v128.any_true(f64x2.ge(f64x2.abs(x), upperOf(a, b)))) return x
  return rarePair(words, first, second, number, word0, word1, word2, key0, key1, table)
}

// @ts-ignore: decorator
@inline
function lowerOf(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
}

// @ts-ignore: decorator
@inline
function upperOf(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
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
    v128.store(out, pairOf(low01, 0, 1, number, word0, word1, word2, key0, key1, table))
    v128.store(out, pairOf(low23, 2, 3, number, word0, word1, word2, key0, key1, table), 16)
    v128.store(out, pairOf(upperHalf(low01), 0, 1, number + 1, word0, word1, word2, key0, key1, table), 32)
    v128.store(out, pairOf(upperHalf(low23), 2, 3, number + 1, word0, word1, word2, key0, key1, table), 48)
    v128.store(out, pairOf(high01, 0, 1, number + 2, word0, word1, word2, key0, key1, table), 64)
    v128.store(out, pairOf(high23, 2, 3, number + 2, word0, word1, word2, key0, key1, table), 80)
    v128.store(out, pairOf(upperHalf(high01), 0, 1, number + 3, word0, word1, word2, key0, key1, table), 96)
    v128.store(out, pairOf(upperHalf(high23), 2, 3, number + 3, word0, word1, word2, key0, key1, table), 112)
    out += 128
  }
}

/**
 * Pairs of normals of paths 8·from to 8·to − 1 of a walk: `twins` holds a word for every two of them, whose block has the words (number, twin, word2, word3). Its words 0, 1 make the
 * numbers of the first of the two in `even` and `odd`, its words 2, 3 those of the second.
 */
export function pathNormals(from: i32, to: i32, key0: i32, key1: i32, number: i32, twins: usize, word2: i32, word3: i32, table: usize, even: usize, odd: usize): void {
  for (let group = from; group < to; group++) {
    const twin = v128.load(twins + (<usize>group << 4))
    draw(i32x4.splat(number), twin, i32x4.splat(word2), i32x4.splat(word3), key0, key1)
    const at = <usize>group << 6
    storePairs(even + at, twin, words0, words2, 0, number, word2, word3, key0, key1, table)
    storePairs(odd + at, twin, words1, words3, 1, number, word2, word3, key0, key1, table)
  }
}

/** A row's eight normals, of words `first` and `first` + 2 of four blocks. */
// @ts-ignore: decorator
@inline
function storePairs(
  out: usize, twin: v128, firsts: v128, seconds: v128, first: i32, number: i32, word2: i32, word3: i32, key0: i32, key1: i32, table: usize,
): void {
  const low = zipLow(firsts, seconds)
  const high = zipHigh(firsts, seconds)
  v128.store(out, pairOf(low, first, first + 2, number, i32x4.extract_lane(twin, 0), word2, word3, key0, key1, table))
  v128.store(out, pairOf(upperHalf(low), first, first + 2, number, i32x4.extract_lane(twin, 1), word2, word3, key0, key1, table), 16)
  v128.store(out, pairOf(high, first, first + 2, number, i32x4.extract_lane(twin, 2), word2, word3, key0, key1, table), 32)
  v128.store(out, pairOf(upperHalf(high), first, first + 2, number, i32x4.extract_lane(twin, 3), word2, word3, key0, key1, table), 48)
}

/** Halves the increments of an even and an odd sibling with the normals that `pathNormals` gives for them. */
export function halveSiblings(
  from: i32, to: i32, key0: i32, key1: i32, number: i32, twins: usize, word2: i32, word3: i32, table: usize, width: f64,
  even: usize, evenLeft: usize, evenRight: usize, odd: usize, oddLeft: usize, oddRight: usize,
): void {
  for (let group = from; group < to; group++) {
    const twin = v128.load(twins + (<usize>group << 4))
    draw(i32x4.splat(number), twin, i32x4.splat(word2), i32x4.splat(word3), key0, key1)
    const at = <usize>group << 6
    halvePairs(even + at, evenLeft + at, evenRight + at, width, twin, words0, words2, 0, number, word2, word3, key0, key1, table)
    halvePairs(odd + at, oddLeft + at, oddRight + at, width, twin, words1, words3, 1, number, word2, word3, key0, key1, table)
  }
}

/** Halves eight increments: left = parent/2 + width·normal, right = parent − left. */
// @ts-ignore: decorator
@inline
function halvePairs(
  parent: usize, left: usize, right: usize, width: f64, twin: v128, firsts: v128, seconds: v128, first: i32, number: i32, word2: i32, word3: i32, key0: i32, key1: i32, table: usize,
): void {
  const low = zipLow(firsts, seconds)
  const high = zipHigh(firsts, seconds)
  halvePair(parent, left, right, width, pairOf(low, first, first + 2, number, i32x4.extract_lane(twin, 0), word2, word3, key0, key1, table))
  halvePair(parent + 16, left + 16, right + 16, width, pairOf(upperHalf(low), first, first + 2, number, i32x4.extract_lane(twin, 1), word2, word3, key0, key1, table))
  halvePair(parent + 32, left + 32, right + 32, width, pairOf(high, first, first + 2, number, i32x4.extract_lane(twin, 2), word2, word3, key0, key1, table))
  halvePair(parent + 48, left + 48, right + 48, width, pairOf(upperHalf(high), first, first + 2, number, i32x4.extract_lane(twin, 3), word2, word3, key0, key1, table))
}

// @ts-ignore: decorator
@inline
function halvePair(parent: usize, left: usize, right: usize, width: f64, normals: v128): void {
  const whole = v128.load(parent)
  const half = f64x2.add(f64x2.mul(c(0.5), whole), f64x2.mul(c(width), normals))
  v128.store(left, half)
  v128.store(right, f64x2.sub(whole, half))
}
