import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brownianWalk } from '../../lib/random/brownian-walk.ts'

const base = { seed: 7, first: 0, count: 5, dim: 2, dt: 0.3, timeAreas: false }
const pathsOf = ({ first, count }: { first: number; count: number }): Uint32Array => Uint32Array.from({ length: count }, (_, i) => first + i)

/** Increments between places in units of dt, and time areas. */
function stretches(given: Partial<typeof base>, places: readonly number[]): { w: number[][]; h: number[][] } {
  const options = { ...base, ...given }
  const walk = brownianWalk({ ...options, paths: pathsOf(options) })
  walk.place(places[0])
  const w: number[][] = []
  const h: number[][] = []
  for (const to of places.slice(1)) {
    const increment = new Float64Array(options.dim * options.count)
    const area = new Float64Array(options.timeAreas ? increment.length : 0)
    walk.advance(to, increment, options.timeAreas ? area : undefined)
    w.push(Array.from(increment))
    h.push(Array.from(area))
  }
  return { w, h }
}

const ticks = (n: number): number[] => Array.from({ length: n + 1 }, (_, k) => k)
const added = (rows: number[][]): number[] => rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0))

describe.each([false, true])('walks, time areas: %s', (timeAreas) => {
  it('halving dt keeps the path, and its time areas', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 6 }), fc.double({ min: 1e-3, max: 8, noNaN: true }), (halvings, dt) => {
      const parts = 2 ** halvings
      const coarse = stretches({ timeAreas, dt }, ticks(5))
      const fine = stretches({ timeAreas, dt: dt / parts }, ticks(5 * parts))
      for (let k = 0; k < 5; k++) {
        const own = fine.w.slice(k * parts, (k + 1) * parts)
        added(own).forEach((sum, i) => expect(sum).toBeCloseTo(coarse.w[k][i], 11))
        if (!timeAreas) continue
        // (1/h)∫(W − W(start)) ds − W(h)/2 by pieces.
        const before = own[0].map((_, i) => own.reduce(({ sum, at }, row, j) => ({
          sum: sum + (at + row[i] / 2 + fine.h[k * parts + j][i]) / parts, at: at + row[i],
        }), { sum: 0, at: 0 }).sum - coarse.w[k][i] / 2)
        before.forEach((area, i) => expect(area).toBeCloseTo(coarse.h[k][i], 11))
      }
    }), { numRuns: 20 })
  })

  it('a path is the same in every block, from every place, with stops anywhere', () => {
    const whole = stretches({ timeAreas }, [0, 3.25, 7, 7.1, 12])
    fc.assert(fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 5 }), (first, count) => {
      const few = Math.min(count, 5 - first)
      const part = stretches({ timeAreas, first, count: few }, [0, 3.25, 7, 7.1, 12])
      part.w.forEach((row, s) => row.forEach((value, j) => expect(value).toBe(whole.w[s][Math.floor(j / few) * 5 + first + (j % few)])))
    }), { numRuns: 10 })
    expect(stretches({ timeAreas }, [7, 7.1, 12])).toEqual({ w: whole.w.slice(2), h: whole.h.slice(2) })
    const cut = stretches({ timeAreas }, [0, 1, 2.7182, 3.25, 5, 7])
    added(cut.w.slice(0, 3)).forEach((sum, i) => expect(sum).toBeCloseTo(whole.w[0][i], 11))
  })

  it('depends on the seed, the path and the component', () => {
    const one = stretches({ timeAreas, count: 3 }, [0, 1]).w[0]
    expect(new Set([...one, ...stretches({ timeAreas, count: 3, seed: 8 }, [0, 1]).w[0], ...stretches({ timeAreas, count: 3, seed: 7 + 2 ** 40 }, [0, 1]).w[0]]).size).toBe(18)
  })

  it('takes any step, and stands still', () => {
    for (const dt of [1e-300, 1e-13, 1, 1000, 1e300]) {
      const { w } = stretches({ timeAreas, dt }, [0, 1, 1, 3])
      expect(w[1].every((value) => value === 0)).toBe(true)
      expect(w[2].every((value) => Math.abs(value) > 0 && Math.abs(value) < 8 * Math.sqrt(2 * dt))).toBe(true)
    }
  })
})

/** Sample covariances of rows, against a matrix, in standard errors of Gaussian samples. */
function worstCovariance(rows: number[][], exact: (a: number, b: number) => number): number {
  const n = rows[0].length
  let worst = 0
  for (let a = 0; a < rows.length; a++) {
    for (let b = 0; b <= a; b++) {
      const estimate = rows[a].reduce((sum, value, i) => sum + value * rows[b][i], 0) / n
      worst = Math.max(worst, Math.abs(estimate - exact(a, b)) / Math.sqrt((exact(a, a) * exact(b, b) + exact(a, b) ** 2) / n))
    }
  }
  return worst
}

describe('laws', () => {
  const count = 20_000

  it('increments of even and uneven stretches, of both components and neighbouring steps, and time areas are independent with variances h and h/12', () => {
    const places = [0, 1, 2, 3.3, 4, 6, 200, 201]
    for (const timeAreas of [false, true]) {
      const { w, h } = stretches({ count, timeAreas, dt: 0.7 }, places)
      const rows = [...w, ...(timeAreas ? h : [])].flatMap((row) => [row.slice(0, count), row.slice(count)])
      const lengths = [0, 1].flatMap((kind) => w.flatMap((_, s) => [0, 1].map(() => ((places[s + 1] - places[s]) * 0.7) / (kind === 0 ? 1 : 12))))
      // 406 covariances at most: 4.5 standard errors are passed once in 360.
      expect(worstCovariance(rows, (a, b) => (a === b ? lengths[a] : 0))).toBeLessThan(4.5)
    }
  })

  it('neighbouring paths, which share random words, and their squares are uncorrelated, also from one step to the next', () => {
    const steps = 64
    const { w } = stretches({ count, dim: 1, dt: 1 }, ticks(steps))
    for (const lag of [0, 1, 2]) {
      let [products, squares, all] = [0, 0, 0]
      for (let n = 0; n + lag < steps; n++) {
        for (let i = 0; i < count; i += 2, all++) {
          const [a, b] = [w[n][i], w[n + lag][i + 1]]
          products += a * b
          squares += (a * a - 1) * (b * b - 1)
        }
      }
      expect(Math.abs(products)).toBeLessThan(4 * Math.sqrt(all))
      expect(Math.abs(squares)).toBeLessThan(4 * 2 * Math.sqrt(all))
    }
  })

  it('increments are normal: Kolmogorov–Smirnov, and uniform in pairs: χ² of neighbouring paths', () => {
    const { w } = stretches({ count, dim: 1, dt: 1 }, [0, 1, 2])
    const cdf = (x: number): number => {
      // Abramowitz & Stegun 26.2.17, error below 7.5e−8.
      const t = 1 / (1 + 0.2316419 * Math.abs(x))
      const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
      return x > 0 ? 1 - tail : tail
    }
    for (const row of w) {
      const sorted = row.map(cdf).toSorted((a, b) => a - b)
      const distance = sorted.reduce((most, u, i) => Math.max(most, Math.abs(u - (i + 0.5) / count) + 0.5 / count), 0)
      // Passed once in 1e4: 2 exp(−2·2.2²).
      expect(distance * Math.sqrt(count)).toBeLessThan(2.23)
    }
    const cells = new Float64Array(100)
    for (let i = 0; i + 1 < count; i += 2) cells[Math.floor(cdf(w[0][i]) * 10) * 10 + Math.floor(cdf(w[0][i + 1]) * 10)]++
    const expected = count / 200
    const chiSquare = cells.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(Math.abs(chiSquare - 99)).toBeLessThan(4 * 14.07)
  })
})
