import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchDrawer } from '../../lib/optimization/batches.ts'
import { minimize } from '../../lib/optimization/minimize.ts'
import { sgd } from '../../lib/optimization/sgd.ts'
import { leastSquares, mean, recording, targets, variance } from './losses.ts'

const draws = (batching: Parameters<typeof batchDrawer>[0], count: number): number[][] => {
  const draw = batchDrawer(batching)
  return Array.from({ length: count }, (_, i) => draw(5, [9, i, 0]))
}

/** Σ (observed − expected)²/expected; its mean is cells − 1 and its variance 2 (cells − 1). */
function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('mini-batches', () => {
  it('without replacement are distinct samples, as many as asked for, whatever was drawn before', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.nat(1000), (a, b, seed) => {
      const [batchSize, samples] = [Math.min(a, b), Math.max(a, b)]
      const draw = batchDrawer({ samples, batchSize, replacement: false })
      const first = draw(seed, [1, 2, 3])
      expect(new Set(first).size).toBe(batchSize)
      expect(first.every((i) => Number.isInteger(i) && i >= 0 && i < samples)).toBe(true)
      draw(seed, [1, 2, 4])
      expect(draw(seed, [1, 2, 3])).toEqual(first)
    }))
  })

  it('without replacement are every subset alike', () => {
    const counts = new Map<string, number>()
    const n = 35_000
    for (const batch of draws({ samples: 7, batchSize: 3, replacement: false }, n)) {
      const key = batch.toSorted((i, j) => i - j).join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    // C(7, 3) = 35 subsets: χ² with 34 degrees of freedom, five standard deviations above its mean.
    expect(counts.size).toBe(35)
    expect(chiSquare([...counts.values()], n / 35)).toBeLessThan(34 + 5 * Math.sqrt(68))
  })

  it('with replacement are independent samples, every pair alike', () => {
    const counts = new Array<number>(16).fill(0)
    const n = 16_000
    for (const [i, j] of draws({ samples: 4, batchSize: 2, replacement: true }, n)) counts[4 * i + j]++
    expect(chiSquare(counts, n / 16)).toBeLessThan(15 + 5 * Math.sqrt(30))
    expect(new Set(draws({ samples: 2, batchSize: 9, replacement: true }, 1)[0])).toEqual(new Set([0, 1]))
  })

  const a = targets(12, 1)
  const spread = variance(a.flat()) * (11 / 12)
  it.each([
    { batchSize: 5, replacement: false, factor: (12 - 5) / (12 - 1) },
    { batchSize: 11, replacement: false, factor: 1 / 11 },
    { batchSize: 5, replacement: true, factor: 1 },
    { batchSize: 30, replacement: true, factor: 1 },
  ])('give unbiased gradients of variance D/b, times (N − b)/(N − 1) without replacement: %j', async ({ batchSize, replacement, factor }) => {
    // From 0 a step of length 1 of mean ½(x − a_i)² ends at the batch's mean of a.
    const n = 6000
    const ends: number[] = []
    for (let seed = 0; seed < n; seed++) {
      ends.push((await minimize(leastSquares(a), { optimizer: sgd({ learningRate: 1 }), initial: [0], iterations: 1, batchSize, replacement, seed })).point[0])
    }
    const expected = (factor * spread) / batchSize
    expect(Math.abs(mean(ends) - mean(a.flat()))).toBeLessThan(4 * Math.sqrt(expected / n))
    // Means of several bounded samples: kurtosis of at most 3 and a little, so that the variance's standard error is √(2/n) of it.
    expect(Math.abs(variance(ends) / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
  })

  it('are fresh for every gradient and do not depend on the iterate, the noise or the other option', async () => {
    const ask = async (learningRate: number) => {
      const { loss, batches } = recording(leastSquares(targets(50, 2)))
      await minimize(loss, { optimizer: sgd({ learningRate }), initial: [1, 2], iterations: 30, batchSize: 4, seed: 3 })
      return batches
    }
    const batches = await ask(0.1)
    expect(batches.length).toBe(30)
    expect(new Set(batches.map((batch) => batch!.join())).size).toBe(30)
    expect(await ask(0.7)).toEqual(batches)
  })
})
