import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, kernelMemory, kernels, lease, scratch } from '../../lib/kernels/machine.ts'
import type { Lease } from '../../lib/kernels/machine.ts'

const calls = () => kernels<{ triad(from: number, to: number, out: number, a: number, b: number, c: number): void }>()

describe('memory of the kernels', () => {
  it('is worked on in place', () => {
    const sums = scratch((take) => {
      const [a, b, out] = [take(Float64Array, 5), take(Float64Array, 5), take(Float64Array, 6)]
      a.set([1, 2, 3, 4, 5])
      b.fill(2)
      out.fill(-1)
      calls().triad(0, 5, out.byteOffset, a.byteOffset, b.byteOffset, 0.5)
      return [...out]
    })
    expect(sums).toEqual([2, 3, 4, 5, 6, -1])
  })

  it('never lends one place twice, keeps what is lent when it grows, and takes back all', () => {
    const before = scratch((take) => take(Float64Array, 1).byteOffset)
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.nat())), (requests) => {
      const leases: { held: Lease; view: Float64Array; mark: number }[] = []
      requests.forEach(([length, choice], mark) => {
        const held = lease()
        const view = held.take(Float64Array, length)
        view.fill(mark)
        leases.push({ held, view, mark })
        if (choice % 3 === 0) {
          const [{ held: gone, view: last, mark: own }] = leases.splice(choice % leases.length, 1)
          expect(last.every((value) => value === own)).toBe(true)
          gone.release()
        }
      })
      for (const { held, view, mark } of leases) {
        expect(view.every((value) => value === mark)).toBe(true)
        held.release()
      }
    }), { numRuns: 20 })
    expect(scratch((take) => take(Float64Array, 1).byteOffset)).toBe(before)
    expect(kernelMemory().buffer).toBeInstanceOf(SharedArrayBuffer)
  })

  it('says what does not fit', () => {
    const before = scratch((take) => take(Float64Array, 1).byteOffset)
    expect(() => scratch((take) => take(Float64Array, 2 ** 29))).toThrow(/^kernels: arrays must fit into 4 GiB a thread, got 4.0 GiB/)
    expect(scratch((take) => take(Float64Array, 1).byteOffset)).toBe(before)
  })

  it('knows the address of what it lent, before and after it has grown, and of nothing else', () => {
    const { take, release } = lease()
    try {
      const before = take(Float64Array, 3)
      const after = take(Float64Array, kernelMemory().buffer.byteLength)
      expect([before, before.subarray(1), after].map(addressOf)).toEqual([before.byteOffset, before.byteOffset + 8, after.byteOffset])
      expect(addressOf(new Float64Array(3))).toBeUndefined()
      expect(addressOf(new Float64Array(new SharedArrayBuffer(24)))).toBeUndefined()
    } finally {
      release()
    }
  })
})
