/**
 * Philox 4×32-10 (Salmon, Moraes, Dror, Shaw 2011): ten rounds on the four 32-bit words of `counter` with a key of two words,
 * in place. A bijection of counters for every key: number i is had without the numbers before it.
 */
export function philox(counter: Uint32Array, key0: number, key1: number): void {
  let c0 = counter[0]
  let c1 = counter[1]
  let c2 = counter[2]
  let c3 = counter[3]
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(0xd2511f53, c0)
    const high1 = highProduct(0xcd9e8d57, c2)
    const low0 = Math.imul(0xd2511f53, c0)
    const low1 = Math.imul(0xcd9e8d57, c2)
    c0 = (high1 ^ c1 ^ key0) >>> 0
    c1 = low1 >>> 0
    c2 = (high0 ^ c3 ^ key1) >>> 0
    c3 = low0 >>> 0
    key0 = (key0 + 0x9e3779b9) >>> 0
    key1 = (key1 + 0xbb67ae85) >>> 0
  }
  counter[0] = c0
  counter[1] = c1
  counter[2] = c2
  counter[3] = c3
}

/** The high 32 bits of a·b for unsigned words. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + (middle >>> 16) + (cross >>> 16)) >>> 0
}

const block = new Uint32Array(4)

/**
 * Uniforms in (0, 1) at (seed, stream, i): two from every block with counter (⌊i/2⌋, stream[0], stream[1], stream[2]) and key seed,
 * the 2^52 midpoints (n + ½) 2^−52, so that 0 and 1 are never reached. `seed` is an integer below 2^53, `stream` has three words.
 */
export function fillUniforms(seed: number, stream: ArrayLike<number>, out: Float64Array): Float64Array {
  const key0 = seed >>> 0
  const key1 = Math.floor(seed / 4294967296)
  for (let i = 0; i < out.length; i += 2) {
    block[0] = i / 2
    block[1] = stream[0]
    block[2] = stream[1]
    block[3] = stream[2]
    philox(block, key0, key1)
    out[i] = midpoint(block[0], block[1])
    if (i + 1 < out.length) out[i + 1] = midpoint(block[2], block[3])
  }
  return out
}

function midpoint(high: number, low: number): number {
  return ((high >>> 6) * 67108864 + (low >>> 6) + 0.5) * 2 ** -52
}
