import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { envelopePlaces, envelopeScratch, lowerEnvelope, lowerEnvelopes, lowerHull, plainEnvelopes, upperLines } from '../../lib/kernels/lower-envelope.ts'
import { scratch } from '../../lib/kernels/machine.ts'

/** Products and sums of numbers of size `scale` in a few roundings. */
const roundings = (scale: number): number => 16 * Number.EPSILON * scale

const value = fc.oneof({ weight: 8, arbitrary: fc.double({ min: -4, max: 4, noNaN: true }) }, { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) }, { weight: 1, arbitrary: fc.constant(Infinity) })
const list = fc.array(value, { minLength: 1, maxLength: 40 }).map((data) => Float64Array.from(data))
/** Increasing, unevenly spaced. */
const increasing = (n: number) => fc.array(fc.double({ min: 0.01, max: 2, noNaN: true }), { minLength: n, maxLength: n })
  .map((steps) => Float64Array.from(steps, (_, i) => steps.slice(0, i + 1).reduce((sum, step) => sum + step, -20)))

describe('lowerEnvelope', () => {
  it('is the minimum of the parabolas, +∞ where there is none', () => {
    fc.assert(fc.property(list, fc.double({ min: -6, max: 4, noNaN: true }), (f, exponent) => {
      const c = 10 ** exponent
      const n = f.length
      const [values, minimizers] = [f.slice(), new Int32Array(n)]
      lowerEnvelope(values, c, minimizers, envelopeScratch(n))
      values.forEach((got, i) => {
        const least = f.reduce((low, fj, j) => Math.min(low, fj + c * (i - j) ** 2), Infinity)
        if (least === Infinity) {
          expect(got).toBe(Infinity)
          return
        }
        expect(Math.abs(got - least)).toBeLessThanOrEqual(roundings(4 + c * n * n))
        expect(Math.abs(f[minimizers[i]] + c * (i - minimizers[i]) ** 2 - got)).toBeLessThanOrEqual(roundings(4 + c * n * n))
      })
    }), { numRuns: 200 })
  })
})

/** The kernel's and the twin's envelopes of lines of n nodes, a stride apart. */
function bothWays(f: Float64Array, n: number, stride: number, c: number, cyclic: boolean): { kernel: [Float64Array, Int32Array]; twin: [Float64Array, Int32Array] } {
  const plain = f.slice()
  const twin: [Float64Array, Int32Array] = [plain, envelopePlaces(plainEnvelopes(plain, n, stride, c, cyclic), n, stride, f.length)]
  const kernel = scratch((take): [Float64Array, Int32Array] => {
    const values = take(Float64Array, f.length)
    values.set(f)
    const pieces = lowerEnvelopes(values, n, stride, c, cyclic)
    return [values.slice(), envelopePlaces(pieces, n, stride, f.length)]
  })
  return { kernel, twin }
}

describe('lowerEnvelopes', () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 70 })), fc.integer({ min: 1, max: 3 }))
    .chain(([n, stride, slabs]) => fc.tuple(fc.constant(n), fc.constant(stride), fc.array(value, { minLength: n * stride * slabs, maxLength: n * stride * slabs })))

  it('has the bits of its twin on lines of any stride', () => {
    fc.assert(fc.property(shapes, fc.integer({ min: -20, max: 4 }), fc.boolean(), ([n, stride, data], exponent, cyclic) => {
      const { kernel, twin } = bothWays(Float64Array.from(data), n, stride, 10 ** exponent, cyclic)
      expect(kernel).toEqual(twin)
    }), { numRuns: 300 })
  })

  it.each([5000, 70_001])('has them on long lines of %d nodes that bend up and down, with walls', (n) => {
    const f = Float64Array.from({ length: n }, (_, i) => {
      const x = (4 * i) / n - 2
      return i % 1777 === 5 ? Infinity : (x * x - 1) ** 2 + 0.3 * Math.cos(20 * x)
    })
    for (const gamma of [0.001, 0.1, 10]) {
      for (const cyclic of [false, true]) {
        const { kernel, twin } = bothWays(f, n, 1, (4 / n) ** 2 / (2 * gamma), cyclic)
        expect(kernel[0].every((value, i) => value === twin[0][i])).toBe(true)
        expect(kernel[1].every((place, i) => place === twin[1][i])).toBe(true)
      }
    }
  })

  it('has them where c underflows or is the largest number', () => {
    const f = Float64Array.of(3, 1, 4, 1, 5, Infinity, 9, 2, 6)
    for (const c of [0, 5e-324, Number.MAX_VALUE]) for (const cyclic of [false, true]) expect(bothWays(f, 9, 1, c, cyclic).kernel).toEqual(bothWays(f, 9, 1, c, cyclic).twin)
  })

  it('is around a circle the least over all images, at the nearest of them', () => {
    fc.assert(fc.property(list, fc.integer({ min: -8, max: 3 }), (f, exponent) => {
      const [n, c] = [f.length, 10 ** exponent]
      const [values, places] = bothWays(f, n, 1, c, true).kernel
      values.forEach((got, i) => {
        let least = Infinity
        for (let j = -n; j < 2 * n; j++) least = Math.min(least, f[(j + n) % n] + c * (i - j) ** 2)
        if (least === Infinity) return expect(got).toBe(Infinity)
        expect(Math.abs(got - least)).toBeLessThanOrEqual(roundings(4 + c * n * n))
        expect(Math.abs(f[(places[i] + n) % n] + c * (i - places[i]) ** 2 - got)).toBeLessThanOrEqual(roundings(4 + c * n * n))
        return expect(Math.abs(places[i] - i)).toBeLessThanOrEqual(n / 2)
      })
    }), { numRuns: 300 })
  })
})

describe('lowerHull', () => {
  it('has increasing slopes, ends at the outermost finite points, and lies below all of them', () => {
    fc.assert(fc.property(list.chain((f) => fc.tuple(fc.constant(f), increasing(f.length))), ([f, x]) => {
      const scratch = envelopeScratch(f.length)
      const count = lowerHull(x, f, scratch)
      const finite = Array.from(f.keys()).filter((j) => f[j] < Infinity)
      if (finite.length === 0) {
        expect(count).toBe(0)
        return
      }
      const vertices = Array.from(scratch.vertices.subarray(0, count))
      expect([vertices[0], vertices.at(-1)]).toEqual([finite[0], finite.at(-1)])
      for (let k = 2; k < count; k++) expect(scratch.starts[k]).toBeGreaterThan(scratch.starts[k - 1])
      for (let k = 1; k < count; k++) {
        const [p, q] = [vertices[k - 1], vertices[k]]
        for (let j = p + 1; j < q; j++) {
          const share = (x[j] - x[p]) / (x[q] - x[p])
          expect((1 - share) * f[p] + share * f[q]).toBeLessThanOrEqual(f[j] + roundings(8))
        }
      }
    }), { numRuns: 200 })
  })

  it('leaves out what is on an edge and within it', () => {
    const scratch = envelopeScratch(5)
    expect(lowerHull(Float64Array.of(0, 1, 2, 3, 4), Float64Array.of(0, 0, 0, 1, 3), scratch)).toBe(4)
    expect(Array.from(scratch.vertices.subarray(0, 4))).toEqual([0, 2, 3, 4])
  })
})

describe('upperLines', () => {
  it('is the maximum of the lines at slopes of any spacing', () => {
    fc.assert(fc.property(list.chain((f) => fc.tuple(fc.constant(f), increasing(f.length), increasing(17))), ([f, x, p]) => {
      const [values, maximizers] = [new Float64Array(17), new Int32Array(17)]
      upperLines(x, f, p, values, maximizers, envelopeScratch(f.length))
      values.forEach((got, i) => {
        const most = f.reduce((high, fj, j) => Math.max(high, p[i] * x[j] - fj), -Infinity)
        if (most === -Infinity) {
          expect(got).toBe(-Infinity)
          return
        }
        // Slopes and places up to 20 + 80 in size.
        expect(Math.abs(got - most)).toBeLessThanOrEqual(roundings(4 + 60 * 60))
        expect(p[i] * x[maximizers[i]] - f[maximizers[i]] === got).toBe(true)
      })
    }), { numRuns: 200 })
  })
})
