import { describe, expect, it } from 'vitest'
import { landscapeNamed, landscapes, potential } from '../../lib/potential/index.ts'

describe('differences in place of derivatives', () => {
  const value = ([x, y]: Float64Array) => Math.exp(x * y) + Math.sin(x - 2 * y) + x ** 3
  const exact = potential('exp(x*y) + sin(x - 2 y) + x^3')
  const closure = potential({ dim: 2, value })
  const half = potential({ dim: 2, value, gradient: (x, out) => exact.gradient(x, out) })
  const points = [[0, 0], [0.3, -0.7], [-1.2, 0.9], [1.5, 1.1]]
  const farthest = (a: Float64Array, b: Float64Array) => Math.max(...a.map((x, i) => Math.abs(x - b[i])))

  it('are of fourth order, down to round-off', () => {
    // Derivatives of f up to the sixth are below 100 here. Gradient: 4·100 h⁴/120 and 3 ε|f|/h, h = 2^−9 at most.
    // Hessian of values: 8·100 h⁴/90 and 40 ε|f|/h², h = 2^−8 at most.
    const first = 4 * 100 * 2 ** -36 / 120 + 3 * 10 * Number.EPSILON * 2 ** 10
    const second = 8 * 100 * 2 ** -32 / 90 + 40 * 10 * Number.EPSILON * 2 ** 18
    for (const x of points) {
      expect(farthest(closure.gradient(x), exact.gradient(x))).toBeLessThan(first)
      expect(farthest(half.hessian(x), exact.hessian(x))).toBeLessThan(first)
      expect(farthest(closure.hessian(x), exact.hessian(x))).toBeLessThan(second)
    }
  })

  it('are exact to round-off for cubics, far from 0 too', () => {
    const cubic = potential({ dim: 1, value: ([x]) => x ** 3 })
    // 2 ε|f|/h with h = 2^−10 |x|.
    expect(Math.abs(cubic.gradient([1e6])[0] / 3e12 - 1)).toBeLessThan(2 * Number.EPSILON * 2 ** 10)
  })
})

it('a closure may call its own potential', () => {
  const f = potential({
    dim: 1,
    value: ([x]) => x * x,
    gradient: (x, out) => {
      out[0] = (f.value([x[0] + 0.5]) - f.value([x[0] - 0.5])) * (x[0] === x[0] ? 1 : 0)
    },
  })
  expect(f.gradients(Float64Array.of(1, 2, 3))).toEqual(Float64Array.of(2, 4, 6))
})

describe('refusals', () => {
  const value = () => 1
  it.each<[unknown, RegExp]>([
    [null, /definition must be an object/],
    [{ value }, /dim must be an integer of at least 1, got undefined/],
    [{ dim: 1.5, value }, /dim must be an integer/],
    [{ dim: 1 }, /value must be a function/],
    [{ dim: 1, value, gradient: 3 }, /gradient must be a function, got 3/],
    [{ dim: 1, value, hessian: 3 }, /hessian must be a function/],
    [{ dim: 1, value, name: '' }, /name must be a non-empty string/],
    [{ dim: 1, value, grad: value }, /did you mean|must be one of dim, value, gradient/],
  ])('%s', (definition, message) => {
    expect(() => potential(definition as never)).toThrow(message)
  })

  it('options with a definition', () => {
    expect(() => (potential as (...given: unknown[]) => unknown)({ dim: 1, value }, {})).toThrow(/options must be left out/)
  })

  it('results that are not what they should be', () => {
    expect(() => potential({ dim: 1, value: () => '1' as never }).value([0])).toThrow(/the result of value must be a number, got "1"/)
    expect(() => potential({ dim: 1, value: () => NaN, name: 'mine' }).value([0])).toThrow(/potential mine: the value at \(0\)/)
    expect(() => potential({ dim: 2, value, gradient: (_, out) => void (out[0] = 1) }).gradient([3, 4])).toThrow(/the gradient at \(3, 4\)/)
    expect(() => potential({ dim: 1, value, gradient: () => Float64Array.of(1) }).gradient([3])).toThrow(/the result of gradient must be nothing/)
  })
})

describe('landscapes', () => {
  // Published or exact values.
  it.each<[string, number, number]>([
    ['double well at its saddle', landscapes.doubleWell().value([0]), 0.25],
    ['double well at its minimum', landscapes.doubleWell({ dim: 3 }).value([-1, 0, 0]), 0],
    ['Rastrigin at 0', landscapes.rastrigin().value([0, 0]), 0],
    ['Rastrigin at (½, 1)', landscapes.rastrigin().value([0.5, 1]), 21.25],
    ['quadratic', landscapes.quadratic({ matrix: [[2, 1], [1, 2]], center: [1, 1], offset: 5 }).value([2, 3]), 12],
    ['rippled bowl', landscapes.rippledBowl().value([0.25]), 1.5625],
  ])('%s', (_, value, expected) => {
    // One unit of the rounding of cos 2πx.
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(16 * Number.EPSILON * Math.max(1, expected))
  })

  it('Müller–Brown has its minimum and saddle (Müller and Brown 1979)', () => {
    const f = landscapes.muellerBrown()
    // The points are published to three digits: the slope there is at most the curvature, about 1e3, times 5e−4.
    for (const x of [[-0.558, 1.442], [0.623, 0.028], [-0.05, 0.467], [-0.822, 0.624], [0.212, 0.293]]) {
      expect(Math.hypot(...f.gradient(x))).toBeLessThan(1.5)
    }
    expect(f.value([-0.558, 1.442])).toBeCloseTo(-146.7, 1)
  })

  it('a mixture is exact where its terms underflow', () => {
    const f = landscapes.gaussianMixture({ weights: [0.3, 0.7], means: [[-1], [0.5]], variances: [0.2, 0.6], beta: 2 })
    // Far out one term is left: (x − m)²/2s − log(w/√(2πs)).
    const tail = (1000.5 - 1) ** 2 / 1.2 - Math.log(0.7 / Math.sqrt(2 * Math.PI * 0.6))
    expect(Math.abs(f.value([1000]) / (tail / 2) - 1)).toBeLessThan(4 * Number.EPSILON)
    expect(f.gradient([1000])[0]).toBeCloseTo(999.5 / 0.6 / 2, 10)
    expect(f.hessian([1000])[0]).toBeCloseTo(1 / 0.6 / 2, 12)
  })

  it('the random part of the rippled bowl is its seed’s, and smooth', () => {
    const rough = landscapes.rippledBowl({ roughness: 5 })
    expect(rough.value([0.1])).toBe(landscapes.rippledBowl({ roughness: 5, seed: 42 }).value([0.1]))
    expect(rough.value([0.1])).not.toBe(landscapes.rippledBowl({ roughness: 5, seed: 43 }).value([0.1]))
    expect(rough.value([4])).toBe(landscapes.rippledBowl().value([4]))
  })

  it('are looked up by name', () => {
    expect(landscapeNamed('double-well', 2).name).toBe('double-well')
    expect(() => landscapeNamed('double-wel', 1)).toThrow(/did you mean 'double-well'\?/)
    expect(() => landscapeNamed('mueller-brown', 1)).toThrow(/mueller-brown must have 2 variables, got 1/)
  })

  it.each<[string, () => unknown, RegExp]>([
    ['unknown option', () => landscapes.doubleWell({ dims: 2 } as never), /did you mean dim\?/],
    ['dim 0', () => landscapes.rastrigin({ dim: 0 }), /dim must be an integer of at least 1/],
    ['curvature NaN', () => landscapes.doubleWell({ curvature: NaN }), /curvature must be a finite number/],
    ['asymmetric', () => landscapes.quadratic({ matrix: [[1, 2], [0, 1]] }), /matrix must be symmetric/],
    ['two matrices', () => landscapes.quadratic({ matrix: [[1]], curvatures: [1] }), /at most once, got both/],
    ['wrong centre', () => landscapes.quadratic({ dim: 2, center: [1] }), /center must be a point of 2 coordinates/],
    ['wrong dim', () => landscapes.quadratic({ dim: 3, curvatures: [1] }), /dim must be the dimension 1/],
    ['no components', () => landscapes.gaussianMixture({ weights: [], means: [], variances: [] }), /weights must be a non-empty list/],
    ['zero weight', () => landscapes.gaussianMixture({ weights: [0], means: [[0]], variances: [1] }), /weights\[0\] must be a positive/],
    ['missing mean', () => landscapes.gaussianMixture({ weights: [1, 1], means: [[0]], variances: [1, 1] }), /means must be a list of 2/],
    ['no options', () => landscapes.gaussianMixture(undefined as never), /options must be an object/],
    ['negative variance', () => landscapes.wideAndSharp({ variances: [1, -1] }), /variances\[1\] must be a positive/],
    ['negative roughness', () => landscapes.rippledBowl({ roughness: -1 }), /roughness must be a non-negative/],
    ['seed ½', () => landscapes.rippledBowl({ seed: 0.5 }), /seed must be an integer/],
    ['no option known', () => landscapes.muellerBrown({ dim: 2 }), /options must be/],
  ])('refuse %s', (_, make, message) => {
    expect(make).toThrow(message)
  })
})
