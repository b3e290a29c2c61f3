import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../lib/core/errors.ts'
import { conjugateOf, convexFunction, convexFunctions } from '../../lib/pde/convex/index.ts'
import type { ConvexFunction } from '../../lib/pde/convex/index.ts'
import { ofPotential } from '../../lib/pde/convex/support.ts'
import { potential } from '../../lib/potential/index.ts'

const matrix = [[2, 1, 0], [1, 3, -1], [0, -1, 1]]
const center = [0.5, -1, 2]
const { l1Norm, euclideanNorm, maximumNorm, quadratic, box } = convexFunctions

/** Every catalogue entry, with options and without, in three dimensions; last, functions from potentials. */
const functions: [string, ConvexFunction, number?][] = [
  ['l1', l1Norm()], ['l1 weighted', l1Norm({ weight: [2, 0, 0.5] })], ['l1 of one weight', l1Norm({ weight: 3 })],
  ['euclidean', euclideanNorm()], ['euclidean weighted', euclideanNorm({ weight: 0.3 })],
  ['maximum', maximumNorm()], ['maximum weighted', maximumNorm({ weight: 2.5 })],
  ['quadratic', quadratic()], ['quadratic curvatures', quadratic({ curvatures: [2, 0, 0.5], center, offset: -3 })], ['quadratic matrix', quadratic({ matrix, center, offset: 1 })],
  ['box', box({ min: -1, max: [0.5, 1, 2] })], ['box point', box({ min: [1, -1, 0], max: [1, 1, 0] })],
  // prox ends at round-off in the gradient, and descents at the square of half the digits in values.
  ['smooth potential', ofPotential(potential('log(exp(x) + exp(-x)) + (x - y)^2 / 2 + y^2 / 4 + z^2 * (1 + z^2)')), 64],
]

const point = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }).map((list) => Float64Array.from(list))
const step = fc.double({ min: 0.05, max: 5, noNaN: true })
const inner = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, k) => sum + value * b[k], 0)
const minus = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, k) => value - b[k])
/** Terms are up to |x|²/step, 50/0.05, in size, times the largest curvature. */
const roundings = 64 * Number.EPSILON * 4000

describe.each(functions)('%s', (_, f, units = 1) => {
  const numRuns = units > 1 ? 25 : 100
  it('has proximal points whose subgradients support it, and Fenchel’s equality there', () => {
    fc.assert(fc.property(point, point, step, (x, z, s) => {
      const y = f.prox(x, s)
      const p = minus(x, y).map((value) => value / s)
      expect(f.value(y)).toBeLessThan(Infinity)
      expect(f.value(z)).toBeGreaterThanOrEqual(f.value(y) + inner(p, minus(z, y)) - units * roundings)
      // The exact subgradient, which rounding does not throw out of the domain of the conjugate.
      const q = f.conjugate.prox(x.map((value) => value / s), 1 / s)
      expect(Math.max(...minus(p, q).map(Math.abs))).toBeLessThanOrEqual(units * roundings)
      expect(Math.abs(f.value(y) + f.conjugate.value(q) - inner(q, y))).toBeLessThanOrEqual(units * roundings)
    }), { numRuns })
  })

  it('obeys Fenchel and Young everywhere', () => {
    fc.assert(fc.property(point, point, (x, p) => {
      expect(f.value(x) + f.conjugate.value(p)).toBeGreaterThanOrEqual(inner(x, p) - units * roundings)
    }), { numRuns })
  })

  it('has a conjugate whose conjugate it is, with Moreau’s proximal points', () => {
    const g = conjugateOf(f)
    fc.assert(fc.property(point, step, (x, s) => {
      const sum = f.prox(x, s).map((y, k) => y + s * g.prox(x.map((value) => value / s), 1 / s)[k])
      expect(Math.max(...minus(sum, x).map(Math.abs))).toBeLessThanOrEqual(units * roundings)
      expect(g.conjugate.value(x)).toBe(f.value(x))
    }), { numRuns })
  })
})

describe('closed forms', () => {
  it('soft thresholds, shortening, projections and resolvents', () => {
    expect(Array.from(l1Norm().prox(Float64Array.of(3, -0.5, -2), 1))).toEqual([2, 0, -1])
    expect(Array.from(euclideanNorm().prox(Float64Array.of(3, 4), 2.5))).toEqual([1.5, 2])
    // Σ|p| = 1 at the threshold 1: (2, 1, 0.5) → (1, 0, 0).
    expect(Array.from(maximumNorm().conjugate.prox(Float64Array.of(2, -1, 0.5), 7), Math.abs)).toEqual([1, 0, 0])
    expect(Array.from(maximumNorm().prox(Float64Array.of(2, -1, 0.5), 1))).toEqual([1, -1, 0.5])
    expect(Array.from(box({ min: 0, max: 1 }).prox(Float64Array.of(-2, 0.5, 9), 3))).toEqual([0, 0.5, 1])
    expect(Array.from(quadratic({ curvatures: [1, 0] }).prox(Float64Array.of(3, 3), 2))).toEqual([1, 3])
    expect(quadratic({ curvatures: [1, 0] }).conjugate.value(Float64Array.of(2, 0))).toBe(2)
    expect(quadratic({ curvatures: [1, 0] }).conjugate.value(Float64Array.of(2, 1e-300))).toBe(Infinity)
  })

  it('a function of one’s own with either of its proximal maps', () => {
    // −log x, whose proximal point solves y − s/y = x, and whose conjugate is −1 − log(−p).
    const barrier = convexFunction({
      dim: 1,
      value: ([x]) => (x > 0 ? -Math.log(x) : Infinity),
      prox: ([x], s, out) => void (out[0] = (x + Math.sqrt(x * x + 4 * s)) / 2),
      conjugate: { value: ([p]) => (p < 0 ? -1 - Math.log(-p) : Infinity) },
    })
    const [y, s, x] = [barrier.prox(Float64Array.of(0.3), 2), 2, 0.3]
    expect(Math.abs(y[0] - s / y[0] - x)).toBeLessThanOrEqual(8 * Number.EPSILON * s)
    const p = barrier.conjugate.prox(Float64Array.of(x / s), 1 / s)
    expect(Math.abs(p[0] + 1 / y[0])).toBeLessThanOrEqual(8 * Number.EPSILON)
    const back = convexFunction({ value: barrier.value, conjugate: { value: barrier.conjugate.value, prox: (q, r, out) => out.set(barrier.conjugate.prox(q, r)) } })
    expect(Math.abs(back.prox(Float64Array.of(x), s)[0] - y[0])).toBeLessThanOrEqual(16 * Number.EPSILON)
  })
})

describe('bad input', () => {
  const nothing = { value: () => 0, conjugate: { value: () => 0 } }
  it.each<[string, () => unknown, string]>([
    ['no proximal map', () => convexFunction(nothing), 'convexFunction: prox or conjugate.prox must be given at least once, got neither'],
    ['no conjugate', () => convexFunction({ value: () => 0 } as never), 'convexFunction: conjugate must be an object with value, prox, got undefined'],
    ['an unknown name', () => convexFunction({ ...nothing, proxy: () => 0 } as never), 'convexFunction: definition must be one of dim, name, value, prox, conjugate (did you mean prox?), got proxy'],
    ['a proximal map that leaves out a coordinate', () => convexFunction({ ...nothing, prox: () => undefined }).prox(Float64Array.of(1), 1), 'convex function: prox, coordinate 0, must be a finite number, got NaN'],
    ['a value that is NaN', () => convexFunction({ ...nothing, value: () => NaN, prox: () => undefined }).value(Float64Array.of(1)), 'convex function: value must be a number above −Infinity, got NaN'],
    ['a negative weight', () => l1Norm({ weight: [1, -1] }), 'l1Norm: weight[1] must be a non-negative finite number, got -1'],
    ['a weight of zero', () => euclideanNorm({ weight: 0 }), 'euclideanNorm: weight must be a positive finite number, got 0'],
    ['an indefinite matrix', () => quadratic({ matrix: [[1, 2], [2, 1]] }), 'quadratic: matrix must be positive definite'],
    ['an unsymmetric matrix', () => quadratic({ matrix: [[2, 1], [0, 2]] }), 'quadratic: matrix must be symmetric'],
    ['matrix and curvatures', () => quadratic({ matrix, curvatures: [1] }), 'quadratic: matrix or curvatures must be given at most once, got both'],
    ['a negative curvature', () => quadratic({ curvatures: [-1] }), 'quadratic: curvatures[0] must be a non-negative finite number, got -1'],
    ['a center of another dimension', () => quadratic({ curvatures: [1], center: [1, 2] }), 'quadratic: center must be a point of 1 coordinate, got [1, 2]'],
    ['a box inside out', () => box({ min: 1, max: [2, 0] }), 'box: max must be at least min, got [2, 0]'],
    ['a box of two dimensions', () => box({ min: [1, 2], max: [3] }), 'box: max must be a list of 2, as min, got [3]'],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(ArgumentError)
    expect(call).toThrow(message)
  })
})
