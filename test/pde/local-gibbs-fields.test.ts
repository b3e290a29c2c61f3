import erfcx from '@stdlib/math-base-special-erfcx'
import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary, Grid } from '../../lib/grid/grid.ts'
import { coleHopf } from '../../lib/pde/cole-hopf.ts'
import { hopfLax } from '../../lib/pde/hopf-lax.ts'
import { localGibbs } from '../../lib/pde/local-gibbs-fields.ts'
import type { LocalGibbs } from '../../lib/pde/local-gibbs-fields.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/potential.ts'

/** Relative accuracy promised where kernel and integrand are resolved. */
const promised = 1e-10
const boundaries: Boundary[] = ['periodic', 'neumann', 'extrapolate', { dirichlet: 0.4 }]
const at = (f: Field, i: number): number => f.values.data[i]
const matrixAt = (m: Field[][], i: number): number[][] => m.map((row) => row.map((entry) => at(entry, i)))
const size = (data: readonly number[]): number => Math.max(...data.map(Math.abs))
const dataField = (g: Grid, data: readonly number[]): Field => field(g, ndarray(Float64Array.from(data), g.shape.slice()))

/** Largest errors over the inner nodes, the gradient's relative to its own size, Hessian and covariance relative to I/γ and (γ/β) I, which they are formed from. */
function errors(law: LocalGibbs, exact: Potential, gamma: number, beta: number, window: number): { gradient: number; mean: number; hessian: number; covariance: number } {
  const { grid: g } = law.value
  const worst = { gradient: 0, mean: 0, hessian: 0, covariance: 0 }
  let slopes = 0
  for (let i = 0; i < g.size; i++) {
    const x = nodeAt(g, i)
    if (size(x) > window) continue
    const [slope, curvature] = [exact.gradient(x), exact.hessian(x)]
    slopes = Math.max(slopes, size(Array.from(slope)))
    for (let k = 0; k < g.dim; k++) {
      worst.gradient = Math.max(worst.gradient, Math.abs(at(law.gradient[k], i) - slope[k]))
      worst.mean = Math.max(worst.mean, Math.abs(at(law.mean[k], i) - (x[k] - gamma * slope[k])))
      for (let l = 0; l < g.dim; l++) {
        const u = curvature[k * g.dim + l]
        const covariance = (gamma / beta) * ((k === l ? 1 : 0) - gamma * u)
        worst.hessian = Math.max(worst.hessian, Math.abs(at(law.hessian[k][l], i) - u) * gamma)
        worst.covariance = Math.max(worst.covariance, (Math.abs(at(law.covariance[k][l], i) - covariance) * beta) / gamma)
      }
    }
  }
  return { ...worst, gradient: worst.gradient / slopes, mean: worst.mean / (gamma * slopes) }
}

function expectExact(law: LocalGibbs, exact: Potential, gamma: number, beta: number, window: number): void {
  for (const [name, error] of Object.entries(errors(law, exact, gamma, beta, window))) expect(error, `error of the ${name}`).toBeLessThanOrEqual(promised)
}

describe('localGibbs against exact laws', () => {
  const means = [[-1.2, 0.5, 0.1], [0.6, -0.4, 0.3]]
  const mixture = (dim: number, beta: number) => (time: number): Potential => landscapes.gaussianMixture({
    weights: [0.4, 0.6], means: means.map((m) => m.slice(0, dim)), variances: [0.3, 0.5].map((s) => s + time / beta), beta,
  })

  for (const beta of [0.1, 1, 20, 500]) {
    it(`is exact on mixtures in 1-D at β = ${beta}`, () => {
      const g = grid({ min: -9, max: 9, size: 1501 })
      for (const gamma of [0.02, 0.3, 2]) {
        // The window keeps the mass away from the ends: e^(−βf) falls there below 1e−16 of its size at x.
        if (Math.sqrt(gamma / beta) < 1.3 * g.spacing[0] || gamma / beta > 3) continue
        const f = mixture(1, beta)
        expectExact(localGibbs(field(g, f(0)), { gamma, beta }), f(gamma), gamma, beta, 1.5)
      }
    })
  }

  it('is exact on mixtures in 2-D and 3-D', () => {
    const plane = grid([{ min: -7, max: 7, size: 121 }, { min: -7, max: 7, size: 111, nodes: 'centers' }])
    const space = grid([{ min: -5.5, max: 5.5, size: 51 }, { min: -5.5, max: 5.5, size: 49, nodes: 'centers' }, { min: -5.5, max: 5.5, size: 47 }])
    for (const [g, beta, gamma, window] of [[plane, 3, 0.4, 2.5], [plane, 0.7, 0.1, 2], [space, 2, 0.4, 1]] as const) {
      const f = mixture(g.dim, beta)
      expectExact(localGibbs(field(g, f(0)), { gamma, beta }), f(gamma), gamma, beta, window)
    }
  })

  it('is exact on coupled quadratics up to the largest β that the grid resolves', () => {
    const [a, b, c] = [1.4, 0.5, -0.3]
    const f = potential('a x^2/2 + b x y + y^2/2 + c x', { variables: ['x', 'y'], parameters: { a, b, c } })
    const g = grid([{ min: -1, max: 1, size: 301 }, { min: -1, max: 1, size: 301 }])
    const gamma = 0.5
    for (const beta of [1000, 3500]) {
      expect(1 / Math.sqrt(beta * (1.7 + 1 / gamma))).toBeGreaterThanOrEqual(1.3 * g.spacing[0])
      const det = (1 + gamma * a) * (1 + gamma) - (gamma * b) ** 2
      // Hess u = (I − (I + γA)⁻¹)/γ and ∇u = Hess u · x + (I + γA)⁻¹ (c, 0).
      const [p, q, r] = [(1 + gamma) / det, (-gamma * b) / det, (1 + gamma * a) / det]
      const u = potential('(A x^2 + 2 B x y + C y^2)/2 + D x + E y', {
        variables: ['x', 'y'], parameters: { A: (1 - p) / gamma, B: -q / gamma, C: (1 - r) / gamma, D: p * c, E: q * c },
      })
      expectExact(localGibbs(field(g, f), { gamma, beta }), u, gamma, beta, 0.3)
    }
  })

  it('is exact on a periodic wave, kernels wider than the period included', () => {
    const [a, k] = [0.9, 2]
    for (const nodes of ['vertices', 'centers'] as const) {
      for (const boundary of ['periodic', 'neumann'] as const) {
        for (const [gamma, beta] of [[0.5, 5], [0.01, 40], [3, 1.5], [6, 0.9]]) {
          const wave = (time: number): Potential => potential('-log(1 + q cos(k x))/b', { parameters: { q: a * Math.exp((-k * k * time) / (2 * beta)), k, b: beta } })
          const g = grid({ min: 0, max: Math.PI, size: 400, boundary, nodes })
          expectExact(localGibbs(field(g, wave(0)), { gamma, beta }), wave(gamma), gamma, beta, 4)
        }
      }
    }
  })

  it('has order 2 at the kink of |x|', () => {
    const [x, t, b] = [0.4, 0.6, 2.5]
    // e^{−z²/2} of both normal laws times e^{∓bx} is the same number, and cancels.
    const [right, left] = [erfcx((t - x) / Math.sqrt((2 * t) / b)), erfcx((x + t) / Math.sqrt((2 * t) / b))]
    const exact = (right - left) / (right + left)
    const error = [0, 1, 2].map((level) => {
      const g = grid({ min: -6, max: 6, size: 240 * 2 ** level + 1 })
      return Math.abs(localGibbs(field(g, Math.abs), { gamma: t, beta: b }).gradient[0].at(x) - exact)
    })
    expect(Math.log2(error[0] / error[1])).toBeGreaterThanOrEqual(1.5)
    expect(Math.log2(error[1] / error[2])).toBeGreaterThanOrEqual(1.5)
    expect(error[2]).toBeLessThan(1e-4)
  })
})

describe('localGibbs', () => {
  const anyAxis = (n: number): fc.Arbitrary<Axis> => fc.record({
    min: fc.constantFrom(-1, 0, 3), boundary: fc.constantFrom(...boundaries), nodes: fc.constantFrom('vertices' as const, 'centers' as const),
  }).map(({ min, boundary, nodes }) => ({ min, max: min + 2, size: n, boundary, nodes }))
  const anyCase = fc.constantFrom([12], [5, 4], [4, 3, 3]).chain((shape) => fc.record({
    axes: fc.tuple(...shape.map(anyAxis)),
    data: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: shape.reduce((a, b) => a * b, 1), maxLength: shape.reduce((a, b) => a * b, 1) }),
    beta: fc.double({ min: -2, max: 7, noNaN: true }).map((e) => 10 ** e),
    gamma: fc.double({ min: -6, max: 3, noNaN: true }).map((e) => 10 ** e),
  }))

  it('agrees with coleHopf; covariances are symmetric positive semidefinite and Hess u ≤ I/γ', () => {
    fc.assert(fc.property(anyCase, ({ axes, data, beta, gamma }) => {
      const g = grid(axes)
      const f = dataField(g, data)
      const law = localGibbs(f, { gamma, beta })
      const u = coleHopf(f, { gamma, beta })
      for (let i = 0; i < g.size; i++) {
        // Round-off, and 1e−12 of the range where coleHopf takes a transform.
        const roundings = 256 * Number.EPSILON * (size(data) + Math.abs(at(u, i)) + 40 / beta) + 4e-12
        expect(Math.abs(at(law.value, i) - at(u, i))).toBeLessThanOrEqual(roundings)
        const covariance = matrixAt(law.covariance, i)
        const hessian = matrixAt(law.hessian, i)
        for (let k = 0; k < g.dim; k++) {
          expect(covariance[k][k]).toBeGreaterThanOrEqual(0)
          for (let l = 0; l < k; l++) {
            expect(covariance[k][l]).toBe(covariance[l][k])
            expect(hessian[k][l]).toBe(hessian[l][k])
          }
        }
        // vᵀCv ≥ 0 and vᵀ(I/γ − Hess u)v ≥ 0 up to the rounding of sums of 20 terms.
        for (const v of [[1, 1, 1], [1, -1, 0.5], [0.3, 1, -2]]) {
          const form = (m: number[][]): number => m.reduce((sum, row, k) => sum + row.reduce((part, entry, l) => part + entry * v[k] * v[l], 0), 0)
          const scale = covariance.reduce((sum, row, k) => sum + row[k] * v[k] * v[k], 0)
          expect(form(covariance)).toBeGreaterThanOrEqual(-64 * Number.EPSILON * scale)
          const square = v.slice(0, g.dim).reduce((sum, c) => sum + c * c, 0)
          expect(form(hessian)).toBeLessThanOrEqual(square / gamma + 64 * Number.EPSILON * (square / gamma + (beta / gamma / gamma) * scale))
        }
      }
    }), { numRuns: 300 })
  })

  it('is free of the origin and turns with periodic data', () => {
    const n = 33
    fc.assert(fc.property(
      fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n, maxLength: n }), fc.constantFrom(...boundaries),
      fc.double({ min: -1, max: 5, noNaN: true }), (data, boundary, logBeta) => {
        const options = { gamma: 0.1, beta: 10 ** logBeta }
        const near = localGibbs(dataField(grid({ min: 0, max: 2, size: n, boundary }), data), options)
        const far = localGibbs(dataField(grid({ min: 2 ** 30, max: 2 ** 30 + 2, size: n, boundary }), data), options)
        for (const name of ['value', 'gradient', 'hessian', 'covariance'] as const) {
          const [a, b] = [near[name], far[name]].map((f) => [f].flat(2)[0].values.data)
          expect(a).toEqual(b)
        }
        if (boundary !== 'periodic') return
        const turned = localGibbs(dataField(grid({ min: 0, max: 2, size: n, boundary }), data.map((_, i) => data[(i + 5) % n])), options)
        for (let i = 0; i < n; i++) {
          const j = (i + 5) % n
          // Sums in another order: eps times the number of terms, and the exponents' rounding eps·β|f|.
          const roundings = 64 * Number.EPSILON * (40 + options.beta * 4)
          expect(Math.abs(at(turned.gradient[0], i) - at(near.gradient[0], j))).toBeLessThanOrEqual((roundings * 2) / options.gamma)
          expect(Math.abs(at(turned.covariance[0][0], i) - at(near.covariance[0][0], j))).toBeLessThanOrEqual(roundings * 4)
        }
      }), { numRuns: 60 })
  })

  it('is the point mass at the minimising node of hopfLax when the integrand is narrower than the spacing', () => {
    for (const boundary of ['periodic', 'neumann'] as const) {
      fc.assert(fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 35, maxLength: 35 }), (data) => {
        // Seen from an end vertex of an even continuation, a node and its image tie.
        const g = grid([{ min: 0, max: 2, size: 7, boundary, nodes: 'centers' }, { min: 0, max: 1, size: 5, boundary, nodes: 'centers' }])
        const f = dataField(g, data)
        const gamma = 0.2
        const beta = 1e9
        const law = localGibbs(f, { gamma, beta })
        const { envelope, minimizer, gradient } = hopfLax(f, { gamma })
        for (let i = 0; i < g.size; i++) {
          const second = secondLeast(g, data, gamma, nodeAt(g, i))
          if (second - at(envelope, i) < 100 / beta) continue
          for (let k = 0; k < 2; k++) {
            expect(Math.abs(at(law.mean[k], i) - at(minimizer[k], i))).toBeLessThanOrEqual(8 * Number.EPSILON)
            expect(Math.abs(at(law.gradient[k], i) - at(gradient[k], i))).toBeLessThanOrEqual((32 * Number.EPSILON) / gamma)
            for (let l = 0; l < 2; l++) expect(Math.abs(at(law.covariance[k][l], i))).toBeLessThanOrEqual(1e-30)
          }
        }
      }), { numRuns: 30 })
    }
  })

  it('is finite at every β and γ, on one-node axes and past walls', () => {
    const line = grid({ min: -3, max: 3, size: 61 })
    const thin = grid([{ min: 0, max: 1, size: 1, nodes: 'centers' }, { min: -3, max: 3, size: 31, boundary: 'periodic' }])
    const wall = field(line, (x) => (Math.abs(x) < 1 ? x * x : Infinity))
    const cornered = field(grid([{ min: -1, max: 1, size: 9 }, { min: -1, max: 1, size: 9 }]), (x, y) => (x > 0.4 ? Infinity : x * y))
    const inputs = [field(line, (x) => x * x - x ** 3 / 9), field(thin, (x, y) => x + Math.sin(y)), wall, cornered]
    for (const beta of [0.01, 1, 100, 1e4, 1e7]) {
      for (const gamma of [1e-6, 1e-3, 0.1, 10, 1e3]) {
        for (const f of inputs) {
          const law = localGibbs(f, { gamma, beta })
          for (const part of [law.gradient, law.hessian, law.mean, law.covariance]) {
            for (const { values } of part.flat()) expect(values.data.every(Number.isFinite)).toBe(true)
          }
        }
      }
    }
    // Nothing lies beyond the wall: the mean stays in the gap.
    expect(Math.abs(localGibbs(wall, { gamma: 1, beta: 50 }).mean[0].at(3))).toBeLessThan(1)
  })

  it('takes gamma, scope or time and refuses bad input with one clear error', () => {
    const f = field(grid({ min: 0, max: 1, size: 3 }), (x) => x)
    expect(localGibbs(f, { scope: 4, beta: 1 }).gradient[0].values.data).toEqual(localGibbs(f, { time: 0.25, beta: 1 }).gradient[0].values.data)
    const cases: [object, string][] = [
      [{ gamma: 1 }, 'localGibbs: beta must be a positive finite number, got undefined'],
      [{ gamma: 1, scope: 2, beta: 1 }, 'localGibbs: gamma, scope or time must be given exactly once, got gamma and scope'],
      [{ gamma: 1, beta: 1, viscosity: 1 }, 'localGibbs: options must be one of gamma, scope, time, beta, got viscosity'],
    ]
    for (const [given, message] of cases) expect(() => localGibbs(f, given as never)).toThrow(message)
    const wall = field(grid({ min: 0, max: 1, size: 3 }), () => Infinity)
    expect(() => localGibbs(wall, { gamma: 1, beta: 1 })).toThrow('localGibbs: initial must be finite somewhere, got +Infinity everywhere')
  })
})

/** The second least of f(y) + |x − y|²/2γ over the nodes and the periodic images within one period. */
function secondLeast(g: Grid, data: readonly number[], gamma: number, x: number[]): number {
  const values: number[] = []
  const shifts = g.axes.map(({ min, max, boundary }) => (boundary === 'periodic' ? [min - max, 0, max - min] : [0]))
  for (let i = 0; i < g.size; i++) {
    const y = nodeAt(g, i)
    for (const a of shifts[0]) for (const b of shifts[1]) values.push(data[i] + ((x[0] - y[0] - a) ** 2 + (x[1] - y[1] - b) ** 2) / (2 * gamma))
  }
  return values.sort((a, b) => a - b)[1]
}
