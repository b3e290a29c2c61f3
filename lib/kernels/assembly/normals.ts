/*
 * Normal numbers by Philox 4×32-10 and the transform of Box and Muller, four blocks at a time: the bits of kernels/philox.ts in every lane.
 * Words of four counters stand in the lanes of c0 … c3; word pairs (w0, w1) of the result are the 64-bit numbers w0·2^32 + w1.
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

// @ts-ignore: decorator
@inline
function upperLow(x: v128): v128 {
  return i8x16.shuffle(i64x2.splat(0), x, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
}

// @ts-ignore: decorator
@inline
function upperHigh(x: v128): v128 {
  return i8x16.shuffle(i64x2.splat(0), x, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
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

/** The word pairs (w0, w1) and (w2, w3) of blocks 0, 1 and of blocks 2, 3 that were drawn last. */
let first01: v128 = i64x2.splat(0)
let first23: v128 = i64x2.splat(0)
let second01: v128 = i64x2.splat(0)
let second23: v128 = i64x2.splat(0)

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
  for (let round = 0; round < 9; round++) {
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
  // The last round's products are word pairs but for their upper words.
  const upper0 = v128.xor(c1, k0)
  const upper1 = v128.xor(c3, k1)
  first01 = v128.xor(i64x2.extmul_low_i32x4_u(c2, m1), upperLow(upper0))
  first23 = v128.xor(i64x2.extmul_high_i32x4_u(c2, m1), upperHigh(upper0))
  second01 = v128.xor(i64x2.extmul_low_i32x4_u(c0, m0), upperLow(upper1))
  second23 = v128.xor(i64x2.extmul_high_i32x4_u(c0, m0), upperHigh(upper1))
}

/** ±scale·√(−2 log u) with u = (n + ½) 2^−40, n the upper 40 bits and the sign bit 0 of each word pair. */
// @ts-ignore: decorator
@inline
function radius(pair: v128, scale: v128): v128 {
  // 2n + 1 as a double: the mantissa of 2^52 + 2n + 1.
  const m = f64x2.sub(v128.or(i64x2.shr_u(pair, 23), i64x2.splat(0x4330000000000001)), c(4503599627370496))
  // The exponent k with √½ ≤ m 2^−k < √2 in place, and m 2^−k.
  const shifted = i64x2.add(m, i64x2.splat(0x00095f6200000000))
  const exponent = v128.and(shifted, i64x2.splat(0xfff0000000000000))
  const f = i64x2.sub(i64x2.add(m, i64x2.splat(0x3ff0000000000000)), exponent)
  const k = f64x2.sub(v128.or(i64x2.shr_u(shifted, 52), i64x2.splat(0x4330000000000000)), c(4503599627370496 + 1023 + 41))
  const s = f64x2.div(f64x2.sub(f, c(1)), f64x2.add(f, c(1)))
  const z = f64x2.mul(s, s)
  const r = f64x2.add(c(-3.9999999999998943), f64x2.mul(z, f64x2.add(c(-1.3333333335915851), f64x2.mul(z, f64x2.add(c(-0.7999998978366476),
    f64x2.mul(z, f64x2.add(c(-0.5714433229175145), f64x2.mul(z, f64x2.add(c(-0.4434849982015498), f64x2.mul(z, c(-0.3921619127950611)))))))))))
  const square = f64x2.add(f64x2.mul(k, c(-1.3862943611198906)), f64x2.mul(s, r))
  return f64x2.mul(scale, v128.xor(f64x2.sqrt(square), i64x2.shl(pair, 63)))
}

/** The angle in (−π/4, π/4) from bits 1 to 22 of each word pair, in units of π/2^24: odd numbers below 2^22. */
// @ts-ignore: decorator
@inline
function angle(pair: v128): v128 {
  return f64x2.sub(v128.or(v128.and(pair, i64x2.splat(0x7ffffe)), i64x2.splat(0x4330000000000001)), c(4503599627370496 + 4194304))
}

// @ts-ignore: decorator
@inline
function sinOf(x: v128, z: v128): v128 {
  return f64x2.mul(x, f64x2.add(c(1.8725351414619564e-07), f64x2.mul(z, f64x2.add(c(-1.0943057466590783e-21), f64x2.mul(z, f64x2.add(c(1.918530188252609e-36),
    f64x2.mul(z, f64x2.add(c(-1.6016925578025197e-51), f64x2.mul(z, f64x2.add(c(7.799638807740599e-67), f64x2.mul(z, c(-2.4570840955574856e-82))))))))))))
}

// @ts-ignore: decorator
@inline
function cosOf(z: v128): v128 {
  return f64x2.add(c(1), f64x2.mul(z, f64x2.add(c(-1.7531939280049884e-14), f64x2.mul(z, f64x2.add(c(5.122814915318213e-29), f64x2.mul(z, f64x2.add(c(-5.987525332976674e-44),
    f64x2.mul(z, f64x2.add(c(3.7490325294977107e-59), f64x2.mul(z, f64x2.add(c(-1.4605407093052149e-74), f64x2.mul(z, c(3.84065892636819e-90)))))))))))))
}

/** Where bit 23 of a word pair is set, the bits in which cosine and sine differ: added to both it makes them change places. */
// @ts-ignore: decorator
@inline
function swap(pair: v128, cosine: v128, sine: v128): v128 {
  const bit = i64x2.splat(0x800000)
  return v128.and(v128.xor(cosine, sine), i64x2.eq(v128.and(pair, bit), bit))
}

/** `out` and `next` ← the two normals of each of two word pairs. */
// @ts-ignore: decorator
@inline
function storeNormals(pair: v128, out: usize, next: usize): void {
  const r = radius(pair, c(1))
  const x = angle(pair)
  const z = f64x2.mul(x, x)
  const cosine = cosOf(z)
  const sine = sinOf(x, z)
  const d = swap(pair, cosine, sine)
  v128.store(out, f64x2.mul(r, v128.xor(cosine, d)))
  v128.store(next, f64x2.mul(r, v128.xor(sine, d)))
}

/** Halves two siblings of two paths with the normals of two word pairs, times `width`: left = parent/2 + normal, right = parent − left. */
// @ts-ignore: decorator
@inline
function storeHalves(pair: v128, width: v128, even: usize, evenLeft: usize, evenRight: usize, odd: usize, oddLeft: usize, oddRight: usize): void {
  const r = radius(pair, width)
  const x = angle(pair)
  const z = f64x2.mul(x, x)
  const cosine = cosOf(z)
  const sine = sinOf(x, z)
  const d = swap(pair, cosine, sine)
  const evenParent = v128.load(even)
  const evenHalf = f64x2.add(f64x2.mul(c(0.5), evenParent), f64x2.mul(r, v128.xor(cosine, d)))
  v128.store(evenLeft, evenHalf)
  v128.store(evenRight, f64x2.sub(evenParent, evenHalf))
  const oddParent = v128.load(odd)
  const oddHalf = f64x2.add(f64x2.mul(c(0.5), oddParent), f64x2.mul(r, v128.xor(sine, d)))
  v128.store(oddLeft, oddHalf)
  v128.store(oddRight, f64x2.sub(oddParent, oddHalf))
}

/**
 * Normals 16·from to 16·to − 1 of a stream, which begins at `out`: four of each block.
 */
export function streamNormals(from: i32, to: i32, key0: i32, key1: i32, word0: i32, word1: i32, word2: i32, out: usize): void {
  out += <usize>from << 7
  for (let group = from; group < to; group++) {
    const number = i32x4.add(i32x4.splat(group << 2), i32x4(0, 1, 2, 3))
    draw(number, i32x4.splat(word0), i32x4.splat(word1), i32x4.splat(word2), key0, key1)
    interleave(out, lowerOf(first01, second01))
    interleave(out + 32, upperOf(first01, second01))
    interleave(out + 64, lowerOf(first23, second23))
    interleave(out + 96, upperOf(first23, second23))
    out += 128
  }
}

/** The four normals of two word pairs, in their order. */
// @ts-ignore: decorator
@inline
function interleave(out: usize, pair: v128): void {
  const r = radius(pair, c(1))
  const x = angle(pair)
  const z = f64x2.mul(x, x)
  const cosine = cosOf(z)
  const sine = sinOf(x, z)
  const d = swap(pair, cosine, sine)
  const even = f64x2.mul(r, v128.xor(cosine, d))
  const odd = f64x2.mul(r, v128.xor(sine, d))
  v128.store(out, lowerOf(even, odd))
  v128.store(out + 16, upperOf(even, odd))
}

/**
 * Pairs of normals of paths 8·from to 8·to − 1 of a walk: `twins` holds a word for every two of them, whose block has the words (number, twin, word2, word3). Its words 0, 1 make the
 * numbers of the first of the two in `even` and `odd`, its words 2, 3 those of the second.
 */
export function pathNormals(from: i32, to: i32, key0: i32, key1: i32, number: i32, twins: usize, word2: i32, word3: i32, even: usize, odd: usize): void {
  for (let group = from; group < to; group++) {
    draw(i32x4.splat(number), v128.load(twins + (<usize>group << 4)), i32x4.splat(word2), i32x4.splat(word3), key0, key1)
    const at = <usize>group << 6
    storeNormals(lowerOf(first01, second01), even + at, odd + at)
    storeNormals(upperOf(first01, second01), even + at + 16, odd + at + 16)
    storeNormals(lowerOf(first23, second23), even + at + 32, odd + at + 32)
    storeNormals(upperOf(first23, second23), even + at + 48, odd + at + 48)
  }
}

/** Halves the increments of an even and an odd sibling with the normals that `pathNormals` gives for them. */
export function halveSiblings(
  from: i32, to: i32, key0: i32, key1: i32, number: i32, twins: usize, word2: i32, word3: i32, width: f64,
  even: usize, evenLeft: usize, evenRight: usize, odd: usize, oddLeft: usize, oddRight: usize,
): void {
  const w = f64x2.splat(width)
  for (let group = from; group < to; group++) {
    draw(i32x4.splat(number), v128.load(twins + (<usize>group << 4)), i32x4.splat(word2), i32x4.splat(word3), key0, key1)
    const at = <usize>group << 6
    storeHalves(lowerOf(first01, second01), w, even + at, evenLeft + at, evenRight + at, odd + at, oddLeft + at, oddRight + at)
    storeHalves(upperOf(first01, second01), w, even + at + 16, evenLeft + at + 16, evenRight + at + 16, odd + at + 16, oddLeft + at + 16, oddRight + at + 16)
    storeHalves(lowerOf(first23, second23), w, even + at + 32, evenLeft + at + 32, evenRight + at + 32, odd + at + 32, oddLeft + at + 32, oddRight + at + 32)
    storeHalves(upperOf(first23, second23), w, even + at + 48, evenLeft + at + 48, evenRight + at + 48, odd + at + 48, oddLeft + at + 48, oddRight + at + 48)
  }
}
