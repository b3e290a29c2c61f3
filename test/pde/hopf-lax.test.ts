import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Boundary, Grid } from '../../lib/grid/grid.ts'
import { hopfLax } from '../../lib/pde/hopf-lax.ts'
import { bruteForceHopfLax } from '../support/exact.ts'

/** Sums and squares of numbers of size `scale` in a few roundings. */
const roundings = (scale: number): number => 16 * Number.EPSILON * scale

const values = (n: number) => fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) }, { weight: 1, arbitrary: fc.constant(Infinity) }),
  { minLength: n, maxLength: n },
).filter((list) => list.some((value) => value < Infinity))
const gammas = fc.double({ min: -4, max: 3, noNaN: true }).map((exponent) => 10 ** exponent)

const boundaries: Boundary[] = ['extrapolate', 'periodic', 'neumann', { dirichlet: 1 }]

/** Checks envelope and minimisers against the brute-force twin on one grid. At ties and near ties the minimiser need not be the twin's: it must attain the minimum. */
function compare(g: Grid, data: readonly number[], gamma: number): void {
  const { envelope, minimizer } = hopfLax(field(g, ndarray(Float64Array.from(data), g.shape.slice())), { gamma })
  const axes = g.axes.map((axis, k) => ({ nodes: g.coordinates(k), period: axis.boundary === 'periodic' ? axis.max - axis.min : 0 }))
  const f = (index: number[]): number => data[index.reduce((flatIndex, i, k) => flatIndex * g.shape[k] + i, 0)]
  const reach = g.axes.reduce((sum, axis) => sum + (axis.max - axis.min) ** 2, 0)
  const tolerance = roundings(5 + reach / gamma)
  for (let i = 0; i < g.size; i++) {
    const x = nodeAt(g, i)
    const exact = bruteForceHopfLax(axes, f, gamma, x)
    expect(Math.abs(envelope.values.data[i] - exact.value)).toBeLessThanOrEqual(tolerance)
    const y = minimizer.map((part) => part.values.data[i])
    const index = y.map((yk, k) => {
      const { min, max, boundary } = g.axes[k]
      const node = Math.round((yk - axes[k].nodes[0]) / g.spacing[k])
      expect(Math.abs(axes[k].nodes[0] + node * g.spacing[k] - yk)).toBeLessThanOrEqual(roundings(Math.abs(min) + Math.abs(max) + 1))
      return boundary === 'periodic' ? ((node % g.shape[k]) + g.shape[k]) % g.shape[k] : node
    })
    const distance = y.reduce((sum, yk, k) => sum + (x[k] - yk) ** 2, 0)
    expect(Math.abs(f(index) + distance / (2 * gamma) - exact.value)).toBeLessThanOrEqual(tolerance)
  }
}

describe('hopfLax', () => {
  for (const boundary of boundaries) {
    it(`is the brute-force minimum in 1-D, minimisers included (${JSON.stringify(boundary)})`, () => {
      fc.assert(fc.property(values(31), gammas, (data, gamma) => compare(grid({ min: -1, max: 2, size: 31, boundary }), data, gamma)), { numRuns: 40 })
    })
    it(`is the brute-force minimum in 2-D, minimisers included (${JSON.stringify(boundary)} × centers)`, () => {
      fc.assert(fc.property(values(63), gammas, (data, gamma) => compare(grid([
        { min: 0, max: 1, size: 9, boundary }, { min: -2, max: 0, size: 7, boundary: 'periodic', nodes: 'centers' },
      ]), data, gamma)), { numRuns: 15 })
    })
  }

  it('handles one-node axes, walls on whole lines and any scale of γ', () => {
    const wall = Array.from({ length: 12 }, (_, i) => (i % 4 === 1 ? Infinity : i / 7))
    for (const gamma of [1e-300, 1e-12, 1, 1e12, 1e300]) {
      compare(grid([{ min: 0, max: 1, size: 3 }, { min: 0, max: 1, size: 4 }]), wall, gamma)
      compare(grid([{ min: 0, max: 1, size: 1, nodes: 'centers' }, { min: 0, max: 1, size: 12, boundary: 'periodic' }]), wall, gamma)
    }
  })

  it('has the minimiser on the side of the first node at a tie', () => {
    const { envelope, minimizer } = hopfLax(field(grid({ min: -1, max: 1, size: 3 }), (x) => (x === 0 ? 9 : 0)), { gamma: 1 })
    expect(envelope.values.get(1)).toBe(0.5)
    expect(minimizer[0].values.get(1)).toBe(-1)
  })

  it('is a semigroup up to the node slack and keeps inf and argmin', () => {
    const g = grid({ min: -3, max: 3, size: 1201 })
    const f = field(g, (x) => x * x + 1.5 * Math.sin(2 * Math.PI * x))
    const once = hopfLax(f, { gamma: 0.3 }).envelope
    const twice = hopfLax(hopfLax(f, { gamma: 0.1 }).envelope, { gamma: 0.2 }).envelope
    // Restricting the middle point to nodes costs at most (M + 1/γ)h²/8 for the smaller γ, M ≤ 2 + 6π².
    const slack = ((2 + 6 * Math.PI ** 2 + 10) * g.spacing[0] ** 2) / 8
    for (let i = 0; i < g.size; i++) {
      expect(twice.values.get(i) - once.values.get(i)).toBeGreaterThanOrEqual(-roundings(10))
      expect(twice.values.get(i) - once.values.get(i)).toBeLessThanOrEqual(slack)
    }
    const least = Math.min(...f.values.data)
    expect(Math.min(...once.values.data)).toBe(least)
    expect(once.values.data.indexOf(least)).toBe(f.values.data.indexOf(least))
  })

  it('keeps order, constants and translations, and does not rise, with walls', () => {
    const g = grid([{ min: 0, max: 1, size: 7 }, { min: 0, max: 3, size: 6, boundary: 'periodic' }])
    const of = (data: readonly number[], gamma: number) => hopfLax(field(g, ndarray(Float64Array.from(data), [7, 6])), { gamma }).envelope.values.data
    fc.assert(fc.property(values(42), fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 42, maxLength: 42 }), gammas, fc.double({ min: -9, max: 9, noNaN: true }), (f, rise, gamma, c) => {
      const tolerance = roundings(20 + 10 / gamma)
      const u = of(f, gamma)
      const higher = of(f.map((value, i) => value + rise[i]), gamma)
      const lifted = of(f.map((value) => value + c), gamma)
      const turned = of(f.map((_, i) => f[6 * Math.floor(i / 6) + ((i + 1) % 6)]), gamma)
      const later = of(f, 1.5 * gamma)
      for (let i = 0; i < 42; i++) {
        expect(u[i]).toBeLessThanOrEqual(f[i])
        expect(later[i]).toBeLessThanOrEqual(u[i] + tolerance)
        expect(u[i]).toBeLessThanOrEqual(higher[i] + tolerance)
        expect(Math.abs(lifted[i] - u[i] - c)).toBeLessThanOrEqual(tolerance)
        expect(Math.abs(turned[i] - u[6 * Math.floor(i / 6) + ((i + 1) % 6)])).toBeLessThanOrEqual(tolerance)
      }
    }), { numRuns: 40 })
  })

  it('needs no image beyond half a period at any γ', () => {
    const g = grid({ min: 0, max: 1, size: 16, boundary: 'periodic' })
    const f = field(g, (x) => Math.cos(2 * Math.PI * x) + 0.1 * x)
    for (const gamma of [0.1, 10, 1e6]) {
      const { envelope } = hopfLax(f, { gamma })
      g.coordinates(0).forEach((x, i) => {
        let least = Infinity
        for (let image = -40; image <= 40; image++) g.coordinates(0).forEach((y, j) => (least = Math.min(least, f.values.get(j) + (x - y - image) ** 2 / (2 * gamma))))
        expect(Math.abs(envelope.values.get(i) - least)).toBeLessThanOrEqual(roundings(1 + 1 / gamma))
      })
    }
  })

  it('gives (x − y)/γ as its gradient: that of |x|, exact at the nodes, through the soft threshold', () => {
    const g = grid({ min: -2, max: 2, size: 401 })
    const { gradient, minimizer } = hopfLax(field(g, (x) => Math.abs(x)), { gamma: 0.5 })
    g.coordinates(0).forEach((x, i) => {
      expect(gradient[0].values.get(i)).toBe(x === minimizer[0].values.get(i) ? 0 : (x - minimizer[0].values.get(i)) / 0.5)
      expect(Math.abs(gradient[0].values.get(i) - Math.max(-1, Math.min(1, 2 * x)))).toBeLessThanOrEqual(roundings(4))
    })
    const walled = hopfLax(field(g, (x) => (x < 0 ? Infinity : x)), { gamma: 1e-300 }).gradient[0].values.data
    expect(walled.every((value) => Number.isFinite(value))).toBe(true)
  })

  it('takes a diagonal metric: the same as stretched axes', () => {
    const metric = [4, 0.25]
    const f = (x: number, y: number): number => Math.cos(3 * x) + Math.abs(y - 0.3) + x * y
    const plain = grid([{ min: -1, max: 1, size: 21 }, { min: -1, max: 2, size: 17, boundary: 'periodic' }])
    const stretched = grid([{ min: -2, max: 2, size: 21 }, { min: -0.5, max: 1, size: 17, boundary: 'periodic' }])
    const got = hopfLax(field(plain, f), { time: 0.3, metric })
    const twin = hopfLax(field(stretched, (x, y) => f(x / 2, 2 * y)), { time: 0.3 })
    got.envelope.values.data.forEach((value, i) => {
      expect(Math.abs(value - twin.envelope.values.data[i])).toBeLessThanOrEqual(roundings(20))
      expect(Math.abs(got.gradient[0].values.data[i] - 2 * twin.gradient[0].values.data[i])).toBeLessThanOrEqual(roundings(100))
      expect(Math.abs(got.gradient[1].values.data[i] - twin.gradient[1].values.data[i] / 2)).toBeLessThanOrEqual(roundings(100))
    })
  })

  it('is the Huber function for |x| at the nodes', () => {
    const g = grid({ min: -2, max: 2, size: 401 })
    const { envelope } = hopfLax(field(g, (x) => Math.abs(x)), { gamma: 0.5 })
    g.coordinates(0).forEach((x, i) => {
      const huber = Math.abs(x) <= 0.5 ? x * x : Math.abs(x) - 0.25
      // The nodes hold the exact minimisers 0 and x ∓ γ.
      expect(Math.abs(envelope.values.get(i) - huber)).toBeLessThanOrEqual(roundings(10))
    })
  })

  it('refuses bad input with one clear error', () => {
    const f = field(grid({ min: 0, max: 1, size: 3 }), (x) => x)
    const cases: [() => unknown, string][] = [
      [() => hopfLax(f, { gamma: -1 }), 'hopfLax: gamma must be a positive finite number, got -1'],
      [() => hopfLax(f, { gamma: NaN }), 'hopfLax: gamma must be a positive finite number, got NaN'],
      [() => hopfLax(f, { gamma: 1, scope: 1 }), 'hopfLax: gamma, scope or time must be given exactly once, got gamma and scope'],
      [() => hopfLax(f, {}), 'hopfLax: gamma, scope or time must be given exactly once, got none of them'],
      [() => hopfLax(f, { gama: 1 } as never), 'hopfLax: options must be one of gamma, scope, time, refine, metric (did you mean gamma?), got gama'],
      [() => hopfLax(f, { gamma: 1, metric: [1, 2] }), 'hopfLax: metric must be a point of 1 coordinate, got [1, 2]'],
      [() => hopfLax(f, { gamma: 1, metric: [-1] }), 'hopfLax: metric[0] must be a positive finite number, got -1'],
      [() => hopfLax(undefined as never, { gamma: 1 }), 'hopfLax: initial must be a field made by field(), got undefined'],
      [() => hopfLax(field(f.grid, () => Infinity), { gamma: 1 }), 'hopfLax: initial must be finite somewhere, got +Infinity everywhere'],
    ]
    for (const [call, message] of cases) expect(call).toThrow(message)
    f.values.set(1, NaN)
    expect(() => hopfLax(f, { gamma: 1 })).toThrow('hopfLax: initial must be above −Infinity everywhere, got NaN at (0.5)')
  })
})
