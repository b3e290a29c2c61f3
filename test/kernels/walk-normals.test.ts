import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streamNormals } from '../../lib/kernels/stream-normals.ts'
import { kernelNormals, plainNormals } from '../../lib/kernels/walk-normals.ts'
import type { WalkNormals } from '../../lib/kernels/walk-normals.ts'
import { fillNormals } from '../../lib/kernels/ziggurat.ts'

const word = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const seed = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

describe('normals of walks', () => {
  it('on the kernels have the bits of their twin', () => {
    fc.assert(fc.property(
      seed, fc.integer({ min: 0, max: 2047 }), fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 2 ** 43 }),
      word, fc.integer({ min: 0, max: 2 ** 32 - 4 }), fc.integer({ min: 1, max: 3 }), (one, tag, twins, number, word2, word3, dim) => {
        const run = (make: typeof plainNormals): number[] => {
          const normals: WalkNormals = make(one, tag, twins)
          const [even, odd, left, right, oddLeft, oddRight] = [0, 1, 2, 3, 4, 5].map(() => normals.rows(dim))
          normals.draw(number, word2, word3, even, odd)
          const drawn = [...even, ...odd]
          normals.halve(number + 1, word2, word3, 0.7, { whole: even, left, right }, { whole: odd, left: oddLeft, right: oddRight })
          const result = [...drawn, ...left, ...right, ...oddLeft, ...oddRight]
          normals.release()
          return result
        }
        expect(run(kernelNormals)).toEqual(run(plainNormals))
      },
    ), { numRuns: 50 })
  })
})

describe('normals of streams', () => {
  it('have the bits of their twin on the kernels', () => {
    fc.assert(fc.property(seed, fc.array(word, { minLength: 3, maxLength: 3 }), fc.integer({ min: 0, max: 2000 }), (one, stream, count) => {
      expect(streamNormals(one, stream, new Float64Array(count))).toEqual(fillNormals(one, stream, new Float64Array(count)))
    }), { numRuns: 30 })
  })
})
