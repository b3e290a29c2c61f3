import { integer, refuse } from '../core/arguments.ts'
import { fillUniforms } from '../kernels/philox.ts'
import { streamNormals } from '../kernels/stream-normals.ts'

/** Which of a seed's sequences: up to three words below 2^32, for instance (purpose, path, step). `5` is `[5, 0, 0]`. */
export type Stream = number | readonly number[]

/**
 * Numbers 0 … count−1 of a stream, uniform in (0, 1): 52 random bits each, never 0 or 1. Number i depends on
 * (seed, stream, i) alone, not on count. Philox 4×32-10 (Salmon, Moraes, Dror, Shaw 2011).
 * @param seed an integer from 0 to 2^53 − 1
 * @throws ArgumentError
 */
export function uniforms(seed: number, stream: Stream, count: number, out?: Float64Array): Float64Array {
  const where = 'uniforms'
  const words = checked(where, seed, stream, count)
  return fillUniforms(seed, words, target(where, count, out))
}

/**
 * Numbers 0 … count−1 of a stream, standard normal: four from each block of Philox 4×32-10 by the ziggurat of Marsaglia and Tsang (2000): one of 512 layers and one of the
 * 2^23 places in it; beyond 3.85 more places, to |z| < 13.4. The same bits on every engine.
 * @throws ArgumentError
 */
export function normals(seed: number, stream: Stream, count: number, out?: Float64Array): Float64Array {
  const where = 'normals'
  const words = checked(where, seed, stream, count)
  return streamNormals(seed, words, target(where, count, out))
}

function checked(where: string, seed: number, stream: Stream, count: number): number[] {
  integer(where, 'seed', seed, 0)
  // A block counter of 32 bits, two uniforms each.
  if (integer(where, 'count', count, 0) > 2 ** 33) refuse(where, 'count', 'at most 2^33', count)
  const given = typeof stream === 'number' ? [stream] : stream
  const isWord = (word: unknown) => Number.isInteger(word) && (word as number) >= 0 && (word as number) < 2 ** 32
  if (!Array.isArray(given) || given.length === 0 || given.length > 3 || !given.every(isWord)) {
    refuse(where, 'stream', 'one to three integers from 0 to 2^32 − 1', stream)
  }
  return [0, 1, 2].map((i) => given[i] ?? 0)
}

function target(where: string, count: number, out: Float64Array | undefined): Float64Array {
  if (out === undefined) return new Float64Array(count)
  return out instanceof Float64Array && out.length === count ? out : refuse(where, 'out', `a Float64Array of ${count} numbers`, out)
}
