/*
 * Where the random numbers of a seed come from. The key of a block holds the seed, 53 bits, and a tag, 11 bits, that tells uses apart: 0 the streams of `uniforms` and `normals`, 1 Wiener
 * processes, 2 those with time areas, 3 the uniforms of paths; from 4 on what the normals of these take more, see ziggurat.ts. Its counter says which number of which stream; assembly/normals.ts does
 * the same to the same bits.
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

/** The block that was drawn last. */
export const block = new Uint32Array(4)

/** The block of a counter. */
export function draw(number: number, word0: number, word1: number, word2: number, key0: number, key1: number): void {
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

/** The uniform of two words. */
export function midpoint(high: number, low: number): number {
  return ((high >>> 6) * 67108864 + (low >>> 6) + 0.5) * 2 ** -52
}
