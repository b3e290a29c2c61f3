import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Boundary } from '../../lib/grid/grid.ts'
import { coleHopf } from '../../lib/pde/cole-hopf.ts'
import { hopfLax } from '../../lib/pde/hopf-lax.ts'
import { cosine, largestError, logSumExp, mixture, quadratic } from '../support/exact.ts'

const range = (f: Field): number => Math.max(...f.values.data) - Math.min(...f.values.data)

const boundaries: Boundary[] = ['periodic', 'neumann', 'extrapolate', { dirichlet: 1 }]
const rippled = (x: number): number => x * x + 1.5 * Math.sin(2 * Math.PI * x)
/** Relative accuracy promised where kernel and integrand are resolved. */
const promised = 1e-10

describe('coleHopf', () => {
  for (const beta of [0.5, 5, 50, 5000]) {
    for (const gamma of [0.02, 0.3, 2]) {
      const g = grid({ min: -8, max: 8, size: 2001 })
      const [h] = g.spacing
      const resolved = (curvature: number): boolean =>
        Math.sqrt(gamma / beta) >= 2 * h && 1 / Math.sqrt(beta * (Math.max(curvature, 0) + 1 / gamma)) >= 1.2 * h

      it(`is exact on mixtures, quadratics and cosines at β = ${beta}, γ = ${gamma}, where resolved`, () => {
        const variances = [0.3, 0.8]
        const density = mixture([0.4, 0.6], [[-1.2], [0.6]], variances, beta)
        if (resolved(1 / (beta * 0.3))) {
          const f = field(g, (x) => density([x], 0))
          expect(largestError(coleHopf(f, { gamma, beta }), (x) => density(x, gamma), 3) / range(f)).toBeLessThanOrEqual(promised)
        }
        const parabola = quadratic([1.5], [0.3], beta)
        if (resolved(1.5)) {
          const f = field(g, (x) => parabola([x], 0))
          expect(largestError(coleHopf(f, { gamma, beta }), (x) => parabola(x, gamma), 5) / range(f)).toBeLessThanOrEqual(promised)
        }
        for (const nodes of ['vertices', 'centers'] as const) {
          for (const boundary of ['periodic', 'neumann'] as const) {
            const wave = cosine(0.9, 3, beta)
            const circle = grid({ min: 0, max: 2 * Math.PI, size: 1500, boundary, nodes })
            const f = field(circle, (x) => wave(x, 0))
            if (Math.sqrt(gamma / beta) < 2 * circle.spacing[0]) continue
            expect(largestError(coleHopf(f, { gamma, beta }), ([x]) => wave(x, gamma), 0) / range(f)).toBeLessThanOrEqual(promised)
          }
        }
      })
    }
  }

  it('is exact in 2-D, tensor products of boundaries included', () => {
    const beta = 4
    const gamma = 0.4
    const density = mixture([0.4, 0.6], [[-1, 0.5], [1, -0.4]], [0.4, 0.3], beta)
    const plane = grid([{ min: -7, max: 7, size: 141 }, { min: -7, max: 7, size: 121, nodes: 'centers' }])
    const f = field(plane, (x, y) => density([x, y], 0))
    expect(largestError(coleHopf(f, { gamma, beta }), (x) => density(x, gamma), 3) / range(f)).toBeLessThanOrEqual(promised)
    const [wave, parabola] = [cosine(0.8, 2, beta), quadratic([0.7], [0], beta)]
    const strip = grid([{ min: 0, max: 2 * Math.PI, size: 96, boundary: 'periodic' }, { min: -8, max: 8, size: 161 }])
    const mixed = field(strip, (x, y) => wave(x, 0) + parabola([y], 0))
    // Far enough from the open axis's ends that the linear continuation of a parabola weighs less than 1e−16.
    const u = coleHopf(mixed, { gamma, beta })
    const tolerance = promised * range(mixed)
    for (let i = 0; i < strip.size; i++) {
      const [x, y] = nodeAt(strip, i)
      if (Math.abs(y) < 4) expect(Math.abs(u.values.data[i] - wave(x, gamma) - parabola([y], gamma))).toBeLessThanOrEqual(tolerance)
    }
  })

  it('equals direct summation over the continued lattice for every boundary, β and γ', () => {
    for (const boundary of boundaries) {
      for (const nodes of ['vertices', 'centers'] as const) {
        fc.assert(fc.property(
          fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 13, maxLength: 13 }),
          fc.double({ min: -1, max: 3, noNaN: true }), fc.double({ min: -2, max: 0.5, noNaN: true }), (data, logBeta, logGamma) => {
            const [beta, gamma] = [10 ** logBeta, 10 ** logGamma]
            const g = grid({ min: 0, max: 2, size: 13, boundary, nodes })
            let next = 0
            const u = coleHopf(field(g, () => data[next++]), { gamma, beta })
            const kappa = (g.spacing[0] ** 2 * beta) / gamma
            // Continued far enough that the outermost term is below e^−60 of the largest even where linear data fall away outside.
            const far = Math.ceil(Math.sqrt(200 / kappa) + (2 * beta * 4) / kappa) + 40
            const term = (i: number, j: number): number => -beta * continued(data, boundary, nodes, j) - (kappa * (i - j) ** 2) / 2
            const mass = logSumExp(Array.from({ length: 2 * far + 1 }, (_, j) => (-kappa * (j - far) ** 2) / 2))
            for (const i of [0, 5, 12]) {
              const sum = logSumExp(Array.from({ length: 13 + 2 * far }, (_, j) => term(i, j - far)))
              // Exponents of size β|f| + far²κ rounded once each, relative to β.
              const roundings = (64 * Number.EPSILON * (beta * 4 * far + kappa * far * far + 40)) / beta
              expect(Math.abs(u.values.get(i) + (sum - mass) / beta)).toBeLessThanOrEqual(roundings)
            }
          }), { numRuns: 25 })
      }
    }
  })

  it('is second order at the kink of |x|', () => {
    const exact = 0.3822017741 // |x| at x = 0.4, γ = 0.6, β = 2.5
    const errors = [0, 1, 2].map((level) => {
      const g = grid({ min: -6, max: 6, size: 240 * 2 ** level + 1 })
      return Math.abs(coleHopf(field(g, Math.abs), { gamma: 0.6, beta: 2.5 }).at(0.4) - exact)
    })
    expect(Math.log2(errors[0] / errors[1])).toBeGreaterThanOrEqual(1.5)
    expect(Math.log2(errors[1] / errors[2])).toBeGreaterThanOrEqual(1.5)
    expect(errors[2]).toBeLessThan(1e-4)
  })

  it('gives the envelope over the nodes when the kernel is narrower than the spacing', () => {
    for (const boundary of ['periodic', 'neumann', 'extrapolate'] as const) {
      const g = grid({ min: -3, max: 3, size: 301, boundary })
      const f = field(g, rippled)
      const { envelope } = hopfLax(f, { gamma: 0.1 })
      for (const beta of [1e5, 1e7, 1e9]) {
        const u = coleHopf(f, { gamma: 0.1, beta })
        // k equal largest terms lower the sum's −log by log(k)/β; four nodes tie at most.
        for (let i = 30; i < 270; i++) {
          const gap = envelope.values.get(i) - u.values.get(i)
          expect(gap).toBeGreaterThanOrEqual(-1e-14)
          expect(gap).toBeLessThanOrEqual(Math.log(4) / beta + 1e-13)
        }
      }
    }
  })

  it('stays finite and between the two-sided bounds for any β from 0.01 to 1e7 and γ from 1e−6 to 1e3, in 1-D and 2-D', () => {
    const shapes = fc.record({
      bowl: fc.double({ min: 0.1, max: 2, noNaN: true }), amplitude: fc.double({ min: 0, max: 1, noNaN: true }), phase: fc.double({ min: 0, max: 6, noNaN: true }),
      wave: fc.tuple(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: -6, max: 6, noNaN: true })), sizes: fc.constantFrom([41], [401], [21, 17], [41, 33]),
      centers: fc.boolean(), beta: fc.double({ min: -2, max: 7, noNaN: true }).map((e) => 10 ** e), gamma: fc.double({ min: -6, max: 3, noNaN: true }).map((e) => 10 ** e),
    })
    fc.assert(fc.property(shapes, ({ bowl, amplitude, phase, wave, sizes, centers, beta, gamma }) => {
      const half = 2
      const dim = sizes.length
      const k = wave.slice(0, dim)
      const steep = Math.max(...k.map(Math.abs))
      const squared = k.reduce((sum, c) => sum + c * c, 0)
      // f rises outwards on the last cells, and its linear continuation with it: every proximal point lies inside the domain.
      const ripple = (amplitude * bowl * half * 0.8) / Math.max(steep, 0.1)
      const g = grid(sizes.map((size) => ({ min: -half, max: half, size, nodes: centers ? 'centers' as const : 'vertices' as const })))
      const f = field(g, (...x) => x.reduce((sum, c) => sum + (bowl * c * c) / 2, 0) + ripple * Math.cos(x.reduce((sum, c, j) => sum + k[j] * c, phase)))
      // The linear continuation has no curvature.
      const [m, M] = [Math.min(0, bowl - ripple * squared), bowl + ripple * squared]
      const u = coleHopf(f, { gamma, beta })
      const { envelope } = hopfLax(f, { gamma })
      const slack = g.spacing.reduce((sum, h) => sum + ((M + 1 / gamma) * h * h) / 8, 0)
      // Exponents β|f| and the size of their sums, rounded once each, relative to β; 1e−12 of the range where a transform is taken.
      const roundings = (256 * Number.EPSILON * (40 + beta * (range(f) + 2 * ripple))) / beta + 1e-12 * range(f) * dim
      for (let i = 0; i < g.size; i++) {
        const gap = u.values.data[i] - envelope.values.data[i]
        expect(gap).toBeLessThanOrEqual((dim * Math.log1p(M * gamma)) / (2 * beta) + slack + roundings)
        if (1 + gamma * m > 0) expect(gap).toBeGreaterThanOrEqual((dim * Math.log1p(m * gamma)) / (2 * beta) - slack - roundings)
      }
    }), { numRuns: 300 })
  })

  it('keeps order, adds constants, is exact on affine data and a semigroup', () => {
    const g = grid({ min: -2, max: 2, size: 161 })
    for (const beta of [1, 40, 4000]) {
      // Linear continuation is no monotone operation, so order is kept on the other boundaries only.
      const even = grid({ min: -2, max: 2, size: 161, boundary: 'neumann' })
      const low = coleHopf(field(even, rippled), { gamma: 0.1, beta })
      const above = coleHopf(field(even, (x) => rippled(x) + 0.1 * Math.sin(9 * x) ** 2), { gamma: 0.1, beta })
      const u = coleHopf(field(g, rippled), { gamma: 0.1, beta })
      const lifted = coleHopf(field(g, (x) => rippled(x) + 3), { gamma: 0.1, beta })
      const affine = coleHopf(field(g, (x) => 3 - 2 * x), { gamma: 0.1, beta })
      const scale = 64 * Number.EPSILON * (10 + 40 / beta)
      for (let i = 0; i < g.size; i++) {
        expect(above.values.get(i)).toBeGreaterThanOrEqual(low.values.get(i) - scale)
        expect(Math.abs(lifted.values.get(i) - u.values.get(i) - 3)).toBeLessThanOrEqual(scale)
        const x = g.coordinates(0)[i]
        if (Math.sqrt(0.1 / beta) >= 2 * g.spacing[0]) expect(Math.abs(affine.values.get(i) - (3 - 2 * x - 0.2))).toBeLessThanOrEqual(10 * scale)
      }
    }
    const circle = grid({ min: 0, max: 1, size: 256, boundary: 'periodic' })
    const f = field(circle, (x) => Math.sin(2 * Math.PI * x))
    const once = coleHopf(f, { gamma: 0.05, beta: 30 })
    const twice = coleHopf(coleHopf(f, { gamma: 0.02, beta: 30 }), { gamma: 0.03, beta: 30 })
    expect(Math.max(...once.values.data.map((value, i) => Math.abs(value - twice.values.data[i])))).toBeLessThanOrEqual(promised)
  })

  it('smooths past walls of +∞', () => {
    const g = grid({ min: -1, max: 1, size: 201 })
    const u = coleHopf(field(g, (x) => (Math.abs(x) < 0.2 ? 0 : Infinity)), { gamma: 1, beta: 50 })
    expect(u.values.data.every(Number.isFinite)).toBe(true)
    // Beyond the wall u is the squared distance to the gap over 2γ to leading order in 1/β.
    expect(Math.abs(u.at(1) - 0.32)).toBeLessThan(5 / 50)
    expect(() => coleHopf(field(g, () => Infinity), { gamma: 1, beta: 1 })).toThrow('coleHopf: initial must be finite somewhere')
  })

  it('refuses bad input with one clear error', () => {
    const f = field(grid({ min: 0, max: 1, size: 3 }), (x) => x)
    const cases: [object, string][] = [
      [{ gamma: 1 }, 'coleHopf: beta must be a positive finite number, got undefined'],
      [{ gamma: 1, beta: 0 }, 'coleHopf: beta must be a positive finite number, got 0'],
      [{ gamma: 0, beta: 1 }, 'coleHopf: gamma must be a positive finite number, got 0'],
      [{ gamma: 1, scope: 2, beta: 1 }, 'coleHopf: gamma, scope or time must be given exactly once, got gamma and scope'],
      [{ gamma: 1, beta: 1, viscosity: 1 }, 'coleHopf: options must be one of gamma, scope, time, beta, got viscosity'],
    ]
    for (const [given, message] of cases) expect(() => coleHopf(f, given as never)).toThrow(message)
  })
})

function continued(data: readonly number[], boundary: Boundary, nodes: 'vertices' | 'centers', j: number): number {
  const n = data.length
  if (j >= 0 && j < n) return data[j]
  if (boundary === 'periodic') return data[((j % n) + n) % n]
  if (typeof boundary === 'object') return boundary.dirichlet
  if (boundary === 'extrapolate') {
    return j < 0 ? data[0] - j * (data[0] - data[1]) : data[n - 1] + (j - n + 1) * (data[n - 1] - data[n - 2])
  }
  return continued(data, boundary, nodes, j < 0 ? (nodes === 'vertices' ? -j : -1 - j) : (nodes === 'vertices' ? 2 * n - 2 - j : 2 * n - 1 - j))
}
