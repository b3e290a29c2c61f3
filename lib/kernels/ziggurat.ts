import { exp, log } from '../core/elementary.ts'
import { block, draw, keyOf, midpoint } from './philox.ts'

/*
 * Normals by the ziggurat of Marsaglia and Tsang (2000) in 512 layers, one from every word of a block: its lowest 9 bits choose a layer, the other 23 a place on its width, of which every odd multiple of
 * 2^−23 is as likely. (Doornik 2005: layer and place share no bits.) That a layer has 2^23 places moves the moments by parts in 10^13 and the weight of the tail by one in 10^6; an increment of a Wiener process
 * is a sum over the levels of its construction, each with a normal of its own, and fills the numbers much more densely. 99 % of the words lie inside the curve whatever else; the others take blocks of their own, whose counter is the
 * same and whose tag says which word of the block they follow and the how many-th attempt they serve. So a normal remains a pure function of its address. assembly/normals.ts does the same to the same bits.
 */

const layers = 512
/** The places are odd multiples of half. */
const [last, half] = [layers - 1, layers / 2]
/** Where the tail begins, and the area of each layer: that of the lowest with the tail. */
const tail = 3.852046150368391
const area = 0.0024567663515413568

/**
 * Of layer i its width times 2^−31 and how much of it lies under the curve whatever the height, numbers 2i and 2i + 1; then the curve at the width and how much it has grown where the next layer ends. The lowest has the tail instead of a
 * right-hand side.
 */
export const ziggurat = new Float64Array(4 * layers)
const heights = 2 * layers

function fill(): void {
  let width = tail
  let height = exp(-0.5 * tail * tail)
  ziggurat.set([2 ** -31 * (area / height), tail])
  for (let i = 1; i < layers; i++) {
    const top = i + 1 < layers ? area / width + height : 1
    const next = i + 1 < layers ? Math.sqrt(-2 * log(top)) : 0
    ziggurat.set([2 ** -31 * width, next], 2 * i)
    ziggurat.set([height, top - height], heights + 2 * i)
    width = next
    height = top
  }
}
fill()

/** Attempts a normal has. All fail with a probability below 1e−60 (of a tail by 6 % each, of another layer by 1 %): the normal is 0 then. */
const attempts = 64
/** The tag of attempt 0 of word 0, and how far it is to the next word and attempt: tags 0 to 3 have 64·4 further ones each. */
const [firstTag, wordTag, attemptTag] = [4, 4, 16].map((tag) => tag * 2097152)

/** The normal of a word of the block with counter (number, word0, word1, word2): place `at` in it. */
function normalOf(word: number, at: number, number: number, word0: number, word1: number, word2: number, key0: number, key1: number): number {
  const layer = word & last
  const x = ((word & ~last) | half) * ziggurat[2 * layer]
  if (Math.abs(x) < ziggurat[2 * layer + 1]) return x
  return rareNormal(word, number, word0, word1, word2, key0, key1 + firstTag + at * wordTag)
}

/** Of a word outside. A place in the tail is had from two exponentials (Marsaglia 1964). */
function rareNormal(given: number, number: number, word0: number, word1: number, word2: number, key0: number, key1: number): number {
  let word = given
  for (let attempt = 0; attempt < attempts; attempt++) {
    const layer = word & last
    const x = ((word & ~last) | half) * ziggurat[2 * layer]
    if (Math.abs(x) < ziggurat[2 * layer + 1]) return x
    draw(number, word0, word1, word2, key0, key1 + attempt * attemptTag)
    const first = midpoint(block[0], block[1])
    if (layer === 0) {
      const beyond = -log(first) / tail
      if (beyond * beyond < -2 * log(midpoint(block[2], block[3]))) return x < 0 ? -tail - beyond : tail + beyond
    } else {
      if (ziggurat[heights + 2 * layer] + first * ziggurat[heights + 2 * layer + 1] < exp(-0.5 * x * x)) return x
      word = block[2]
    }
  }
  return 0
}

const four = new Float64Array(4)

function drawFour(number: number, word0: number, word1: number, word2: number, key0: number, key1: number): void {
  draw(number, word0, word1, word2, key0, key1)
  const [w0, w1, w2, w3] = [block[0], block[1], block[2], block[3]]
  four[0] = normalOf(w0, 0, number, word0, word1, word2, key0, key1)
  four[1] = normalOf(w1, 1, number, word0, word1, word2, key0, key1)
  four[2] = normalOf(w2, 2, number, word0, word1, word2, key0, key1)
  four[3] = normalOf(w3, 3, number, word0, word1, word2, key0, key1)
}

/** Normals 0, 1, … of a stream, four from every block with counter (⌊i/4⌋, stream[0], stream[1], stream[2]) and key seed. */
export function fillNormals(seed: number, stream: ArrayLike<number>, out: Float64Array): Float64Array {
  const [key0, key1] = keyOf(seed, 0)
  for (let i = 0; i < out.length; i += 4) {
    drawFour(i / 4, stream[0], stream[1], stream[2], key0, key1)
    for (let j = i; j < Math.min(i + 4, out.length); j++) out[j] = four[j - i]
  }
  return out
}

/** Normals 4·number to 4·number + 3 of many streams, stream i with the words (streams[i], word1, word2), in four rows. */
export function fillNormalRows(seed: number, number: number, streams: Uint32Array, word1: number, word2: number, rows: readonly Float64Array[]): void {
  const [key0, key1] = keyOf(seed, 0)
  for (let i = 0; i < streams.length; i++) {
    drawFour(number, streams[i], word1, word2, key0, key1)
    for (let r = 0; r < 4; r++) rows[r][i] = four[r]
  }
}

/** The two normals of a path of a walk. */
export const pair = new Float64Array(2)

/**
 * `pair` ← those of words 0, 1 of the block with counter (number, ⌊path/2⌋, word2, word3) for even paths, those of words 2, 3 for odd ones, so that four blocks
 * serve eight neighbouring paths.
 */
export function drawPathNormals(key0: number, key1: number, number: number, path: number, word2: number, word3: number): void {
  const twin = path >>> 1
  const at = 2 * (path & 1)
  draw(number, twin, word2, word3, key0, key1)
  const [first, second] = [block[at], block[at + 1]]
  pair[0] = normalOf(first, at, number, twin, word2, word3, key0, key1)
  pair[1] = normalOf(second, at + 1, number, twin, word2, word3, key0, key1)
}
