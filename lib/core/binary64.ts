const value = new Float64Array(1)
const words = new Uint32Array(value.buffer)
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

/** 2^k for |k| ≤ 540: halves of every exponent that a double or a scaling to a subnormal needs. */
const powersOfTwo = Float64Array.from({ length: 1081 }, (_, i) => 2 ** (i - 540))

/** y·2^k for |k| ≤ 1080, rounded once as long as y·2^⌊k/2⌋ is normal. */
export function scale(y: number, k: number): number {
  const half = k >> 1
  return y * powersOfTwo[half + 540] * powersOfTwo[k - half + 540]
}

/** The k with √½ ≤ x·2^−k < √2 (to the last bits of √½), for finite x > 0. */
export function centredExponent(x: number): number {
  const subnormal = x < 2.2250738585072014e-308
  value[0] = subnormal ? x * 18014398509481984 : x
  // 0x3fe6a09e are the leading bits of √½: the shift makes a mantissa above √2 carry into the exponent.
  return ((words[highWord] + (0x3ff00000 - 0x3fe6a09e)) >>> 20) - (subnormal ? 1077 : 1023)
}

/** x rounded to 26 bits (Veltkamp), for |x| < 2^996: squares and products of such numbers are exact. */
export function leadingBits(x: number): number {
  const c = x * 134217729
  return c - (c - x)
}
