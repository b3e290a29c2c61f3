import { uniforms } from '../random/index.ts'

/** How mini-batches are drawn. */
export interface Batching {
  samples: number
  batchSize: number
  replacement: boolean
}

/** Draws the mini-batch of a (seed, stream): a fresh array of sample numbers. */
export type DrawBatch = (seed: number, stream: readonly number[]) => number[]

/**
 * Independent mini-batches: with replacement batchSize independent samples; without, a subset of distinct samples, all subsets alike, by Floyd's
 * algorithm (Bentley & Floyd 1987), O(batchSize) time for each. The probabilities are exact to samples · 2^−52, that of the uniforms' grid.
 */
export function batchDrawer({ samples, batchSize, replacement }: Batching): DrawBatch {
  const uniform = new Float64Array(batchSize)
  const taken = replacement ? new Uint8Array(0) : new Uint8Array(samples)
  return (seed, stream) => {
    uniforms(seed, stream, batchSize, uniform)
    const batch: number[] = []
    // ⌊u n⌋ < n although it is rounded: the largest u is 1 − 2^−53.
    if (replacement) for (let i = 0; i < batchSize; i++) batch.push(Math.floor(uniform[i] * samples))
    else {
      for (let i = 0; i < batchSize; i++) {
        const last = samples - batchSize + i
        const drawn = Math.floor(uniform[i] * (last + 1))
        const sample = taken[drawn] === 1 ? last : drawn
        taken[sample] = 1
        batch.push(sample)
      }
      for (let i = 0; i < batchSize; i++) taken[batch[i]] = 0
    }
    return batch
  }
}
