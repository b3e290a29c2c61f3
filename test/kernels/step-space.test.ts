import fc from 'fast-check'
import { expect, it } from 'vitest'
import { kernelSpace, plainSpace } from '../../lib/kernels/step-space.ts'
import type { StepSpace } from '../../lib/kernels/step-space.ts'

const number = fc.oneof({ weight: 9, arbitrary: fc.double({ noNaN: false }) }, { weight: 1, arbitrary: fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e-310) })

it('steps on the kernels have the bits of their twins', () => {
  fc.assert(fc.property(fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 33 }), number, number, (rows, a, b) => {
    const run = (space: StepSpace): unknown[] => {
      const [x, s, w] = [0, 1, 2].map((k) => {
        const view = space.numbers(rows.length)
        view.set(rows.map((row) => row[k]))
        return view
      })
      const out = space.numbers(rows.length)
      space.combine(out, x, a, s, b, w)
      const results: unknown[] = [space.within(x, Math.abs(a)), space.within(out, 1e100), ...out]
      space.mix(s, a, b, w)
      space.add(x, x, b, s)
      space.combine(w, w, a, s, b, x)
      space.elastic({ y: out, sum: w, x, slope: s, normals: [w, x] }, { step: a, coupling: b, amplitude: 0.7 })
      results.push(...s, ...x, ...w, ...out)
      space.release()
      return results
    }
    expect(run(kernelSpace())).toEqual(run(plainSpace))
  }), { numRuns: 200 })
})
