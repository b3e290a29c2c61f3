import { describe, expect, it } from 'vitest'
import { scratch } from '../../lib/kernels/machine.ts'
import { partEnd } from '../../lib/kernels/team-protocol.ts'
import { alone, team } from '../../lib/kernels/team.ts'

describe('a team of threads', () => {
  it('cuts work at multiples of the grain, without gaps', () => {
    for (const members of [1, 2, 3, 5]) {
      for (const count of [0, 1, 7, 16, 1000]) {
        const ends = Array.from({ length: members + 1 }, (_, member) => partEnd(count, 4, members, member))
        expect(ends[0]).toBe(0)
        expect(ends.at(-1)).toBe(count)
        ends.slice(1).forEach((end, k) => expect(end).toBeGreaterThanOrEqual(ends[k]))
        ends.slice(0, -1).forEach((end) => expect(end % 4).toBe(0))
      }
    }
  })

  // vitest runs files in child processes, whose main thread is a main thread.
  it('makes the numbers of one thread', async () => {
    const two = await team(2)
    expect(two.members).toBe(2)
    const count = 10_001
    scratch((take) => {
      const [a, b, one, other] = [0, 1, 2, 3].map(() => take(Float64Array, count))
      a.forEach((_, i) => (a[i] = Math.sin(i)))
      b.forEach((_, i) => (b[i] = Math.cos(i)))
      for (let repeat = 0; repeat < 300; repeat++) {
        other.fill(NaN)
        alone.each('triad', count, [one.byteOffset, a.byteOffset, b.byteOffset, repeat])
        two.each('triad', count, [other.byteOffset, a.byteOffset, b.byteOffset, repeat], 2)
        expect(other.every((value, i) => value === one[i])).toBe(true)
      }
    })
  })
})
