/*
 * Where the random numbers of a seed come from. The key of a block holds the seed, 53 bits, and a tag, 11 bits, that tells uses apart: 0 the streams of `uniforms` and `normals`, 1 Wiener
 * processes, 2 those with time areas, 3 the uniforms of paths. Its counter says which number of which stream; assembly/normals.ts does the same to the same bits.
 */

const multiplier0Low = 0x1f53
const multiplier0High = 0xd251
const multiplier1Low = 0x8d57
const multiplier1High = 0xcd9e
const multiplier0 = (multiplier0High << 16) | multiplier0Low
const multiplier1 = (multiplier1High << 16) | multiplier1Low

/**
 * Philox 4×32-10 (Salmon, Moraes, Dror, Shaw 2011): ten rounds on the four 32-bit words of `counter` with a key of two words,
 * in place. A bijection of counters for every key: number i is had without the numbers before it.
 */
export function philox(counter: Uint32Array, key0: number, key1: number): void {
  let c0 = counter[0] | 0
  let c1 = counter[1] | 0
  let c2 = counter[2] | 0
  let c3 = counter[3] | 0
  let k0 = key0 | 0
  let k1 = key1 | 0
  // High halves of the products from 16-bit pieces: none of the sums leaves 32 bits, so that everything stays an integer for the compiler.
  for (let round = 0; round < 10; round++) {
    const a0 = c0 & 0xffff
    const b0 = c0 >>> 16
    const middle0 = (Math.imul(b0, multiplier0Low) + (Math.imul(a0, multiplier0Low) >>> 16)) | 0
    const cross0 = (Math.imul(a0, multiplier0High) + (middle0 & 0xffff)) | 0
    const high0 = (Math.imul(b0, multiplier0High) + (middle0 >>> 16) + (cross0 >>> 16)) | 0
    const a1 = c2 & 0xffff
    const b1 = c2 >>> 16
    const middle1 = (Math.imul(b1, multiplier1Low) + (Math.imul(a1, multiplier1Low) >>> 16)) | 0
    const cross1 = (Math.imul(a1, multiplier1High) + (middle1 & 0xffff)) | 0
    const high1 = (Math.imul(b1, multiplier1High) + (middle1 >>> 16) + (cross1 >>> 16)) | 0
    const low0 = Math.imul(multiplier0, c0)
    const low1 = Math.imul(multiplier1, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  counter[0] = c0
  counter[1] = c1
  counter[2] = c2
  counter[3] = c3
}

const block = new Uint32Array(4)

/** The block of a counter. */
function draw(number: number, word0: number, word1: number, word2: number, key0: number, key1: number): void {
  block[0] = number
  block[1] = word0
  block[2] = word1
  block[3] = word2
  philox(block, key0, key1)
}

/**
 * Uniforms in (0, 1) at (seed, stream, i): two from every block with counter (⌊i/2⌋, stream[0], stream[1], stream[2]) and key seed,
 * the 2^52 midpoints (n + ½) 2^−52, so that 0 and 1 are never reached. `seed` is an integer below 2^53, `stream` has three words.
 */
export function fillUniforms(seed: number, stream: ArrayLike<number>, out: Float64Array): Float64Array {
  const [key0, key1] = keyOf(seed, 0)
  for (let i = 0; i < out.length; i += 2) {
    draw(i / 2, stream[0], stream[1], stream[2], key0, key1)
    out[i] = midpoint(block[0], block[1])
    if (i + 1 < out.length) out[i + 1] = midpoint(block[2], block[3])
  }
  return out
}

/** Normals 0, 1, … of a stream, four from every block with counter (⌊i/4⌋, stream[0], stream[1], stream[2]) and key seed. */
export function fillNormals(seed: number, stream: ArrayLike<number>, out: Float64Array): Float64Array {
  const [key0, key1] = keyOf(seed, 0)
  for (let i = 0; i < out.length; i += 4) {
    draw(i / 4, stream[0], stream[1], stream[2], key0, key1)
    boxMuller(block[0], block[1], 1, 0)
    boxMuller(block[2], block[3], 1, 2)
    for (let j = i; j < Math.min(i + 4, out.length); j++) out[j] = normal[j - i]
  }
  return out
}

/** Normals 4·number to 4·number + 3 of many streams, stream i with the words (streams[i], word1, word2), in four rows. */
export function fillNormalRows(seed: number, number: number, streams: Uint32Array, word1: number, word2: number, rows: readonly Float64Array[]): void {
  const [key0, key1] = keyOf(seed, 0)
  for (let i = 0; i < streams.length; i++) {
    draw(number, streams[i], word1, word2, key0, key1)
    boxMuller(block[0], block[1], 1, 0)
    boxMuller(block[2], block[3], 1, 2)
    for (let r = 0; r < 4; r++) rows[r][i] = normal[r]
  }
}

/** Words of the key. */
export function keyOf(seed: number, tag: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 4294967296) + tag * 2097152]
}

/** Number `number` (its lowest 32 bits) of the uniforms of many streams, stream i with the words (streams[i], word1, word2). */
export function fillStreamUniforms(seed: number, tag: number, number: number, streams: Uint32Array, word1: number, word2: number, out: Float64Array): void {
  const [key0, key1] = keyOf(seed, tag)
  for (let i = 0; i < streams.length; i++) {
    draw(number, streams[i], word1, word2, key0, key1)
    out[i] = midpoint(block[0], block[1])
  }
}

const bits = new Float64Array(1)
const words = new Uint32Array(bits.buffer)
const high = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

/** Where normals are made. */
export const normal = new Float64Array(4)

/**
 * The transform of Box and Muller (1958): two independent normals, number `at` and the next of `normal`, scale·√(−2 log u)·(cos v, sin v) from 64 random bits. 40 of them, n, make u = (n + ½) 2^−40, so that |z| ≤ √(82 log 2) < 7.54 unscaled;
 * 24 make v, an odd multiple of 2π/2^25: 22 of them the angle a in (−π/4, π/4), one whether sine and cosine change places, and one their common sign, by which all
 * odd multiples are reached once. The polynomials are good to 3e−14: what the random bits leave out is larger by far.
 */
function boxMuller(w0: number, w1: number, scale: number, at: number): void {
  // 2n + 1, and the exponent k with √½ ≤ f = (2n + 1) 2^−k < √2, as in `log` of core/elementary.ts.
  bits[0] = w0 * 512 + (((w1 >>> 23) & 510) | 1)
  const shifted = words[high] + (0x3ff00000 - 0x3fe6a09e)
  words[high] += 0x3ff00000 - (shifted & 0xfff00000)
  const k = (shifted >>> 20) - 1064
  const f = bits[0]
  const s = (f - 1) / (f + 1)
  const z = s * s
  // −2 log f = −4 artanh s.
  const r = -3.9999999999998943 + z * (-1.3333333335915851 + z * (-0.7999998978366476 + z * (-0.5714433229175145 + z * (-0.4434849982015498 + z * -0.3921619127950611))))
  const size = Math.sqrt(k * -1.3862943611198906 + s * r)
  const radius = scale * ((w1 & 1) === 0 ? size : -size)
  const x = (w1 & 0x7ffffe) + 1 - 4194304
  const square = x * x
  const sine = x * (1.8725351414619564e-07 + square * (-1.0943057466590783e-21 + square * (1.918530188252609e-36
    + square * (-1.6016925578025197e-51 + square * (7.799638807740599e-67 + square * -2.4570840955574856e-82)))))
  const cosine = 1 + square * (-1.7531939280049884e-14 + square * (5.122814915318213e-29 + square * (-5.987525332976674e-44
    + square * (3.7490325294977107e-59 + square * (-1.4605407093052149e-74 + square * 3.84065892636819e-90)))))
  const turned = (w1 & 0x800000) !== 0
  normal[at] = radius * (turned ? sine : cosine)
  normal[at + 1] = radius * (turned ? cosine : sine)
}

/**
 * The two normals of a path of a walk, times `scale`, numbers 0 and 1 of `normal`: those of words 0, 1 of the block with counter (number, ⌊path/2⌋, word2, word3) for even paths, those of words 2, 3 for odd ones, so that four blocks
 * serve eight neighbouring paths.
 */
export function drawPathNormals(key0: number, key1: number, number: number, path: number, word2: number, word3: number, scale: number): void {
  draw(number, path >>> 1, word2, word3, key0, key1)
  if ((path & 1) === 0) boxMuller(block[0], block[1], scale, 0)
  else boxMuller(block[2], block[3], scale, 0)
}

function midpoint(high: number, low: number): number {
  return ((high >>> 6) * 67108864 + (low >>> 6) + 0.5) * 2 ** -52
}
