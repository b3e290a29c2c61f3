import fc from 'fast-check'
import { expect, it } from 'vitest'
import { symmetricConvolution } from '../../lib/kernels/convolution.ts'

it('direct and transformed convolutions equal the plain sum', () => {
  const number = fc.double({ min: -1, max: 1, noNaN: true })
  const sizes = fc.record({ n: fc.integer({ min: 1, max: 40 }), w: fc.integer({ min: 0, max: 25 }) })
  const lines = sizes.chain(({ n, w }) => fc.record({
    n: fc.constant(n),
    weights: fc.array(number, { minLength: w + 1, maxLength: w + 1 }),
    ghosted: fc.array(number, { minLength: n + 2 * w, maxLength: n + 2 * w }),
  }))
  fc.assert(fc.property(lines, ({ n, weights, ghosted }) => {
    const w = weights.length - 1
    const scale = 2 * weights.reduce((sum, weight) => sum + Math.abs(weight), 1)
    for (const method of ['direct', 'transform', 'cheaper'] as const) {
      const { ghosts, apply } = symmetricConvolution(Float64Array.from(weights), n, method)
      expect(ghosts).toBe(w)
      const out = new Float64Array(n)
      apply(Float64Array.from(ghosted), out)
      for (let i = 0; i < n; i++) {
        let sum = 0
        for (let d = -w; d <= w; d++) sum += weights[Math.abs(d)] * ghosted[i + w + d]
        // A transform of up to 128 numbers: a few units of the sum of magnitudes per level.
        expect(Math.abs(out[i] - sum)).toBeLessThanOrEqual(20 * Number.EPSILON * scale)
      }
    }
  }))
})
