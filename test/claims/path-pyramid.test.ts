import { describe, expect, it } from 'vitest'
import { orderOf, strongError, weakError } from '../../lib/claims/integrator-errors.ts'
import type { GroupErrors } from '../../lib/claims/integrator-errors.ts'
import { pathPyramid } from '../../lib/claims/path-pyramid.ts'
import { brownianWalk } from '../../lib/random/brownian-walk.ts'
import { normals } from '../../lib/random/index.ts'

describe('the pyramid of a Wiener process', () => {
  const [count, noiseDim, finest] = [3, 2, 16]
  const { levels, end } = pathPyramid({ seed: 4, first: 5, count, noiseDim, finest })
  const close = (a: Float64Array, b: Float64Array): void => {
    expect(a.length).toBe(b.length)
    // Sums of 16 numbers of about 1.
    a.forEach((value, i) => expect(Math.abs(value - b[i])).toBeLessThan(32 * Number.EPSILON))
  }

  it('is what walks with each step length see', () => {
    for (const [level, steps] of levels.entries()) {
      expect(steps).toHaveLength(2 ** level)
      const walk = brownianWalk({ seed: 4, paths: Uint32Array.of(5, 6, 7), dim: noiseDim, dt: 2 ** -level, timeAreas: true })
      const [increment, timeArea] = [new Float64Array(noiseDim * count), new Float64Array(noiseDim * count)]
      for (const [k, seen] of steps.entries()) {
        walk.advance(k + 1, increment, timeArea)
        close(seen.increment, increment)
        close(seen.timeArea, timeArea)
      }
      walk.advance(steps.length + 1, increment, timeArea)
      close(steps.at(-1)!.next, increment)
    }
    close(end, levels[0][0].increment)
  })

  it('has the halves and Lévy areas of its finest steps', () => {
    for (const [level, steps] of levels.slice(0, -1).entries()) {
      for (const [k, { halves, areas }] of steps.entries()) {
        halves.forEach((half, part) => close(half, levels[level + 1][2 * k + part].increment))
        const parts = levels.at(-1)!.slice((k * finest) / steps.length, ((k + 1) * finest) / steps.length).map(({ increment }) => increment)
        const sums = new Float64Array(count)
        const at = new Float64Array(noiseDim * count)
        for (const w of parts) {
          for (let i = 0; i < count; i++) sums[i] += 0.5 * (at[i] * w[count + i] - at[count + i] * w[i])
          w.forEach((value, i) => (at[i] += value))
        }
        close(areas, sums)
      }
    }
  })
})

describe('orders from groups of paths', () => {
  /** A moment's error h^2 under noise h z + h z₂, z a control. */
  const groupsAt = (h: number, seed: number): GroupErrors[] => Array.from({ length: 16 }, (_, g) => {
    const [z, rest] = [normals(seed, [g, 0], 200), normals(seed, [g, 1], 200)]
    const values = z.map((one, i) => h * h + h * one + 0.05 * h * rest[i])
    const sum = (f: (i: number) => number): number => z.reduce((total, _one, i) => total + f(i), 0)
    return {
      paths: 200, odd: g % 2 === 1, squares: sum((i) => values[i] ** 2), differences: Float64Array.of(sum((i) => values[i])), variances: Float64Array.of(sum((i) => values[i] ** 2)),
      controls: Float64Array.of(sum((i) => z[i])), products: Float64Array.of(sum((i) => values[i] * z[i])),
    }
  })

  it('take what the controls explain out of weak errors, with honest standard errors', () => {
    const scores: number[] = []
    for (let seed = 1; seed <= 40; seed++) {
      const { order, standardError, error } = orderOf([2, 4, 8], [2, 4, 8].map((n, s) => groupsAt(1 / n, 10 * seed + s)), weakError)
      scores.push((order - 2) / standardError)
      // The noise that is left is 0.05 h and what is not known of the factor, h/√1600, over √3200.
      error.forEach((e, s) => expect(Math.abs(e - 4 ** -(s + 1))).toBeLessThan((5 * 0.06 * 2 ** -(s + 1)) / Math.sqrt(3200)))
    }
    // Squares of 40 scores of Student's law with 15 degrees of freedom: a mean of 1.15 with a standard error of √(3.5/40).
    expect(scores.reduce((sum, score) => sum + score ** 2, 0) / 40).toBeGreaterThan(0.3)
    expect(scores.reduce((sum, score) => sum + score ** 2, 0) / 40).toBeLessThan(1.15 + 4 * Math.sqrt(3.5 / 40))
  })

  it('are NaN where the noise is all that there is', () => {
    const noise = groupsAt(0.5, 3).map((group) => ({ ...group, differences: Float64Array.of(0), variances: Float64Array.of(200), products: Float64Array.of(0) }))
    expect(weakError(noise)).toBeNaN()
    expect(orderOf([2, 4], [noise, noise], weakError).order).toBeNaN()
    expect(strongError(noise)).toBeGreaterThan(0)
  })
})
