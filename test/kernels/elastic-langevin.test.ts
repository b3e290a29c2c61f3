import fc from 'fast-check'
import { expect, it } from 'vitest'
import { elasticLangevin, stepPlainly } from '../../lib/kernels/elastic-langevin.ts'
import { scratch } from '../../lib/kernels/machine.ts'
import { normals } from '../../lib/random/index.ts'

it('has the bits of its twin, with and without momentum and noise', () => {
  const names = ['y', 'mean', 'slope', 'x', 'velocity', 'noise'] as const
  fc.assert(fc.property(fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.boolean(), fc.double({ min: 0.1, max: 1, noNaN: true }), (dim, inert, noisy, weight) => {
    const motion = { momentum: 0.9, step: 0.1, coupling: 0.3, amplitude: 0.01, weight }
    const absent = [inert ? 'velocity' : '', noisy ? '' : 'noise']
    const arrays = names.map((name, k) => (absent.includes(name) ? undefined : normals(3, k, dim)))
    const walkerOf = (given: (Float64Array | undefined)[]) => Object.fromEntries(names.map((name, k) => [name, given[k]])) as never
    const plain = arrays.map((array) => array?.slice())
    stepPlainly(walkerOf(plain), motion)
    const found = scratch((take) => {
      const placed = arrays.map((array) => {
        if (array === undefined) return undefined
        const copy = take(Float64Array, dim)
        copy.set(array)
        return copy
      })
      elasticLangevin(walkerOf(placed), motion)
      return placed.map((array) => array && Float64Array.from(array))
    })
    expect(found).toEqual(plain)
  }))
})
