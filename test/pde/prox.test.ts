import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError, DivergenceError } from '../../lib/core/errors.ts'
import { datasets } from '../../lib/network/datasets.ts'
import { asPotential } from '../../lib/network/loss.ts'
import { softmaxRegression } from '../../lib/network/softmax-regression.ts'
import { prox } from '../../lib/pde/prox.ts'
import { potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/potential.ts'

const eps = Number.EPSILON
const norm = (x: ArrayLike<number>): number => Math.hypot(...Array.from(x))
const away = (x: ArrayLike<number>, y: ArrayLike<number>): Float64Array => Float64Array.from(x, (c, k) => c - y[k])
const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, c, k) => sum + c * b[k], 0)

/** (x − p)/γ = ∇f(p) up to a count of the size of the terms and of what a rounding of p does to ∇f. */
function expectFixedPoint(f: Potential, x: ArrayLike<number>, gamma: number, curvature: number, count = 32): void {
  const { point, gradient, value } = prox(f, x, { gamma })
  const unit = eps * (norm(gradient) + (norm(x) + norm(point)) * (1 / gamma + curvature))
  expect(norm(away(gradient, f.gradient(point)))).toBeLessThanOrEqual(count * unit)
  expect(gradient).toEqual(Float64Array.from(x, (c, k) => (c - point[k]) / gamma))
  const apart = norm(away(x, point))
  expect(Math.abs(value - f.value(point) - apart ** 2 / (2 * gamma))).toBeLessThanOrEqual(8 * eps * (Math.abs(f.value(point)) + apart ** 2 / gamma))
}

/** ½ yᵀA y + b·y, A = QΛQᵀ with Q a reflection, so that no axis is an eigenvector. */
function rotatedQuadratic(eigenvalues: number[], b: number[]): { f: Potential; proximal: (x: number[], gamma: number) => number[] } {
  const dim = eigenvalues.length
  const v = Array.from({ length: dim }, (_, k) => Math.cos(k + 1))
  const reflect = (y: ArrayLike<number>): number[] => Array.from(y, (c, k) => c - (2 * inner(v, y) * v[k]) / inner(v, v))
  const apply = (y: ArrayLike<number>, g: (eigenvalue: number) => number): number[] => reflect(reflect(y).map((c, k) => g(eigenvalues[k]) * c))
  const f = potential({
    dim,
    value: (y) => inner(apply(y, (a) => a), y) / 2 + inner(b, y),
    gradient: (y: ArrayLike<number>, out: Float64Array) => out.set(apply(y, (a) => a).map((c, k) => c + b[k])),
  })
  return { f, proximal: (x, gamma) => apply(x.map((c, k) => c - gamma * b[k]), (a) => 1 / (1 + gamma * a)) }
}

describe('closed forms', () => {
  test.each([1, 2, 3, 8, 30, 70])('quadratics in %d dimensions: (I + γA)⁻¹(x − γb)', (dim) => {
    const eigenvalues = Array.from({ length: dim }, (_, k) => (k % 3 === 0 ? 0 : 1 + k / 4))
    const { f, proximal } = rotatedQuadratic(eigenvalues, Array.from({ length: dim }, (_, k) => Math.sin(3 * k)))
    for (const gamma of dim > 64 ? [1] : [0.02, 1, 25]) {
      const x = Array.from({ length: dim }, (_, k) => 2 - k / 7)
      const exact = proximal(x, gamma)
      const condition = 1 + gamma * (1 + dim / 4)
      const { point, unique } = prox(f, x, { gamma })
      expect(norm(away(point, exact))).toBeLessThanOrEqual(64 * eps * condition * (norm(x) + gamma * Math.sqrt(dim)))
      expect(unique).toBe(true)
    }
  })

  test('concave quadratics, as long as the parabola is steeper', () => {
    const { f, proximal } = rotatedQuadratic([-1, 2, -0.5], [0.3, 0, 1])
    const x = [1, -2, 0.4]
    expect(norm(away(prox(f, x, { gamma: 0.8 }).point, proximal(x, 0.8)))).toBeLessThanOrEqual(64 * eps * (3 / (1 - 0.8)))
    const line = potential('-x^2 / 2')
    expect(Math.abs(prox(line, [1], { gamma: 0.7 }).point[0] - 1 / 0.3)).toBeLessThanOrEqual((16 * eps) / 0.3)
  })

  test.each(['abs(x)', 'a closure without a slope at 0'])('%s: the soft threshold, and the Huber function', (source) => {
    const f = source === 'abs(x)' ? potential(source) : { ...potential('abs(x)'), gradient: (y: ArrayLike<number>, out = new Float64Array(1)) => (out[0] = y[0] / Math.abs(y[0]), out) }
    for (const gamma of [0.01, 0.5, 3]) {
      for (const x of [-7, -0.5, -1e-9, 0, 0.004, 0.3, 0.5, 1 / 3, 2.9999, 5]) {
        const soft = Math.sign(x) * Math.max(Math.abs(x) - gamma, 0)
        const { point, value, gradient, unique } = prox(f, [x], { gamma })
        expect(Math.abs(point[0] - soft)).toBeLessThanOrEqual(2 * eps * Math.abs(x))
        const huber = Math.abs(x) <= gamma ? x ** 2 / (2 * gamma) : Math.abs(x) - gamma / 2
        expect(Math.abs(value - huber)).toBeLessThanOrEqual(8 * eps * huber)
        expect(gradient[0]).toBe((x - point[0]) / gamma)
        expect(unique).toBe(true)
      }
    }
  })

  test('other kinks: |x − 1| + |x + 2|/2 + x²', () => {
    const f = potential('abs(x - 1) + abs(x + 2) / 2 + x^2')
    // At the kink 1 the subdifferential is [2 − ½, 2 + 3/2] = [1.5, 3.5]; γ = ½: x in 1 + ½·[1.5, 3.5] is mapped to 1.
    for (const x of [1.76, 2, 2.74]) expect(Math.abs(prox(f, [x], { gamma: 0.5 }).point[0] - 1)).toBeLessThanOrEqual(2 * eps * x)
    // Above: (x − p)/γ = 2p + 3/2.
    expect(Math.abs(prox(f, [3], { gamma: 0.5 }).point[0] - (3 - 0.75) / 2)).toBeLessThanOrEqual(8 * eps)
  })

  test('walls: an indicator is projected on, a barrier is kept off', () => {
    const interval = potential({ dim: 1, value: (y) => (y[0] < -1 || y[0] > 2 ? Infinity : 0), gradient: (_, out: Float64Array) => out.fill(0) })
    for (const [x, p] of [[5, 2], [-30, -1], [0.3, 0.3]]) expect(Math.abs(prox(interval, [x], { gamma: 0.7 }).point[0] - p)).toBeLessThanOrEqual(2 * eps * Math.abs(x))
    const barrier = potential({ dim: 1, value: (y) => (y[0] > 0 ? -Math.log(y[0]) : Infinity), gradient: (y: ArrayLike<number>, out: Float64Array) => out.fill(-1 / y[0]) })
    for (const x of [-5, 0, 4]) expect(Math.abs(prox(barrier, [x], { gamma: 1 }).point[0] - (x + Math.sqrt(x * x + 4)) / 2)).toBeLessThanOrEqual(32 * eps * (1 + Math.abs(x)))
  })
})

describe('the double well, y³ + (1/t − 1)y − x/t = 0', () => {
  const f = potential('(x^2 - 1)^2 / 4')

  test.each([[0.3, 2], [-1.7, 2], [0.01, 5], [0.5, 0.5], [2, 0.1], [1e-6, 1.5]])('at x = %d, t = %d the root on the side of x', (x, t) => {
    // Newton from beyond the outermost root decreases to it.
    let y = Math.abs(x) + 2
    for (let k = 0; k < 60; k++) y -= (y ** 3 + (1 / t - 1) * y - Math.abs(x) / t) / (3 * y * y + 1 / t - 1)
    const { point, unique } = prox(f, [x], { gamma: t })
    expect(Math.abs(point[0] - Math.sign(x) * y)).toBeLessThanOrEqual((64 * eps * (1 + Math.abs(x)) * (1 + 1 / t)) / (3 * y * y + 1 / t - 1))
    expect(unique).toBe(true)
  })

  test.each([1.0001, 1.5, 2, 40])('at x = 0 and t = %d, past the shock, ±√(1 − 1/t) tie', (t) => {
    const { point, value, unique } = prox(f, [0], { gamma: t })
    expect(unique).toBe(false)
    const [square] = [1 - 1 / t]
    expect(Math.abs(point[0] ** 2 - square)).toBeLessThanOrEqual(16 * eps)
    expect(Math.abs(value - (1 / (4 * t * t) + square / (2 * t)))).toBeLessThanOrEqual(8 * eps)
  })

  test.each([0.3, 0.9, 1])('at x = 0 and t = %d, before the shock, 0 is the only one', (t) => {
    const { point, unique } = prox(f, [0], { gamma: t })
    expect(unique).toBe(true)
    // At t = 1 the minimum is quartic: its place is known to the cube root of round-off.
    expect(Math.abs(point[0])).toBeLessThanOrEqual(t === 1 ? 4 * Math.cbrt(eps) : eps)
  })

  test('the tie is told as near to the shock as its tolerance says', () => {
    expect(prox(f, [1e-17], { gamma: 2 }).unique).toBe(false)
    expect(prox(f, [1e-12], { gamma: 2 }).unique).toBe(true)
    expect(prox(f, [1e-12], { gamma: 2 }).point[0]).toBeGreaterThan(0)
    expect(prox(f, [-1e-12], { gamma: 2 }).point[0]).toBeLessThan(0)
  })

  test('in two to four dimensions: the shock plane, a ring of minimisers, and the place between', () => {
    const ring = potential('(x^2 + y^2 - 1)^2 / 4')
    expect(prox(ring, [0, 0], { gamma: 2 }).unique).toBe(false)
    expect(Math.abs(norm(prox(ring, [0, 0], { gamma: 2 }).point) - Math.SQRT1_2)).toBeLessThanOrEqual(16 * eps)
    expect(prox(ring, [0.2, 0.1], { gamma: 2 }).unique).toBe(true)
    for (const [rest, tail] of [['y^2', [1]], ['y^2 + z^4', [1, 1]], ['y^2 + z^4 + cos(w)', [1, 1, 3]]] as const) {
      const plane = potential(`(x^2 - 1)^2 / 4 + ${rest}`, { variables: ['x', 'y', 'z', 'w'].slice(0, 1 + tail.length) })
      expect(prox(plane, [0, ...tail], { gamma: 2 }).unique).toBe(false)
      expect(prox(plane, [0.05, ...tail], { gamma: 2 }).unique).toBe(true)
    }
  })
})

describe('the global minimiser', () => {
  const rippled = potential('x^2 + 1.5 sin(2 pi x)')

  test.each([1e-3, 0.05, 0.3, 1, 3, 50, 1e6])('of the rippled bowl at γ = %d, against a scan', (gamma) => {
    for (let x = -5.1; x < 6; x += 0.37) {
      const { value } = prox(rippled, [x], { gamma })
      let [least, at] = [Infinity, 0]
      for (let k = -7000; k <= 7000; k++) {
        const y = k / 1000
        const here = y * y + 1.5 * Math.sin(2 * Math.PI * y) + (x - y) ** 2 / (2 * gamma)
        if (here < least) [least, at] = [here, y]
      }
      expect(Math.abs(at)).toBeLessThan(6.9)
      // The scan is too high by at most its spacing's half squared times half of φ″ ≤ 62 + 1/γ.
      expect(value).toBeLessThanOrEqual(least + 8 * eps * (least + 40))
      expect(value).toBeGreaterThanOrEqual(least - (0.0005 ** 2 * (62 + 1 / gamma)) / 2 - 64 * eps)
      expectFixedPoint(rippled, [x], gamma, 62)
    }
  })

  test.each([100, 1e4, -1e6])('from far away, x = %d, where the ripples are a small part of the way', (x) => {
    for (const gamma of [1e-2, 1, 1e4]) {
      const { value } = prox(rippled, [x], { gamma })
      const center = x / (1 + 2 * gamma)
      let least = Infinity
      for (let k = -20000; k <= 20000; k++) {
        const y = center + k / 10000
        least = Math.min(least, y * y + 1.5 * Math.sin(2 * Math.PI * y) + (x - y) ** 2 / (2 * gamma))
      }
      expect(value).toBeLessThanOrEqual(least + 8 * eps * Math.abs(least))
    }
  })

  test('of a two-dimensional landscape with many wells, against a scan', () => {
    const wells = potential('x^2 + y^2 + sin(3 x) * cos(4 y) * 2 + x * y / 2')
    for (const gamma of [0.05, 0.5, 5]) {
      for (const x of [[0.3, -1.2], [2, 2.5], [-2.2, 0.1]]) {
        let least = Infinity
        for (let i = -300; i <= 300; i++) {
          for (let j = -300; j <= 300; j++) {
            const [y, z] = [i / 75, j / 75]
            least = Math.min(least, y * y + z * z + Math.sin(3 * y) * Math.cos(4 * z) * 2 + (y * z) / 2 + ((x[0] - y) ** 2 + (x[1] - z) ** 2) / (2 * gamma))
          }
        }
        const { value } = prox(wells, x, { gamma })
        expect(value).toBeLessThanOrEqual(least)
        expect(value).toBeGreaterThanOrEqual(least - ((1 / 150) ** 2 * (38 + 1 / gamma)))
        expectFixedPoint(wells, x, gamma, 40)
      }
    }
  })
})

describe('identities', () => {
  const coordinate = fc.double({ min: -8, max: 8, noNaN: true })
  const gamma = fc.double({ min: 0.01, max: 20, noNaN: true })
  const convex: [string, Potential][] = [
    ['a smooth one', potential('log(1 + exp(2 x)) + x^4 / 10')],
    ['one with a corner', potential('abs(x - 0.3) + x^2 / 9')],
    ['two coordinates', potential('sqrt(1 + (x - y)^2) + exp(0.3 y) + x^2 / 8')],
  ]

  test.each(convex)('firm nonexpansiveness on convex potentials: %s', (_, f) => {
    const points = fc.array(coordinate, { minLength: f.dim, maxLength: f.dim })
    fc.assert(fc.property(points, points, gamma, (x, z, g) => {
      const [p, q] = [prox(f, x, { gamma: g }), prox(f, z, { gamma: g })]
      const [moved, from] = [away(p.point, q.point), away(x, z)]
      expect(inner(moved, moved)).toBeLessThanOrEqual(inner(moved, from) + 256 * eps * (100 + g))
      // The envelope is below f, above its infimum over the parabola, and convex along its gradient.
      expect(p.value).toBeLessThanOrEqual(f.value(x) + 8 * eps * Math.abs(f.value(x)))
      expect(q.value).toBeGreaterThanOrEqual(p.value - inner(p.gradient, from) - 256 * eps * (100 + 100 / g + f.value(x)))
    }), { seed: 2, numRuns: 60 })
  })

  test('the gradient is that of the envelope', () => {
    const f = potential('(x^2 - 1)^2 / 4 + 0.3 x')
    const h = 1e-3
    for (const x of [-1.4, 0.8, 2]) {
      const at = (step: number): number => prox(f, [x + step], { gamma: 0.4 }).value
      const quotient = (8 * (at(h) - at(-h)) - at(2 * h) + at(-2 * h)) / (12 * h)
      // h⁴/30 times a fifth derivative of order 100, and round-off over h.
      expect(Math.abs(prox(f, [x], { gamma: 0.4 }).gradient[0] - quotient)).toBeLessThanOrEqual((h ** 4 / 30) * 100 + (4 * eps) / h)
    }
  })

  test('smoothing twice is smoothing once for the sum of the times', () => {
    const f = potential('x^2 + 1.5 sin(2 pi x) + (x - y)^2 + cos(3 y)')
    const [gamma, more] = [0.3, 0.2]
    for (const x of [[-3, 1], [0.4, -0.2], [2.2, 5]]) {
      // The minimiser of the envelope plus |x − z|²/(2 more) lies on the segment from x to the proximal point of the sum.
      const sum = prox(f, x, { gamma: gamma + more })
      const between = x.map((c, k) => c + (more / (gamma + more)) * (sum.point[k] - c))
      const first = prox(f, between, { gamma })
      expect(norm(away(first.point, sum.point))).toBeLessThanOrEqual(64 * eps * (1 + norm(x)))
      expect(norm(away(first.gradient, sum.gradient))).toBeLessThanOrEqual((64 * eps * (1 + norm(x))) / gamma)
      const twice = first.value + norm(away(x, between)) ** 2 / (2 * more)
      expect(Math.abs(twice - sum.value)).toBeLessThanOrEqual(64 * eps * (10 + Math.abs(sum.value)))
    }
  })

  test('gamma, scope and time name one quantity, and calls repeat to the last bit', () => {
    const f = potential('x^2 + 1.5 sin(2 pi x) + y^2 * x^2')
    const x = Float64Array.of(0.9, -1.3)
    const first = prox(f, x, { gamma: 0.25 })
    expect(prox(f, x, { scope: 4 })).toEqual(first)
    expect(prox(f, x, { time: 0.25 })).toEqual(first)
    expect(x).toEqual(Float64Array.of(0.9, -1.3))
  })

  test.each([0.1, 1, 10])('hold for softmax regression on the digits in its 650 dimensions at γ = %d', (g) => {
    const f = asPotential(softmaxRegression(datasets.digits()))
    const x = Float64Array.from({ length: 650 }, (_, k) => Math.sin(k))
    const { point, gradient, value, unique } = prox(f, x, { gamma: g, convex: true })
    expect(norm(away(gradient, f.gradient(point)))).toBeLessThanOrEqual(32 * eps * (norm(gradient) + (norm(x) + norm(point)) / g + 1))
    expect(unique).toBe(true)
    expect(value).toBeLessThan(f.value(x))
    const searched = g === 1 ? prox(f, x, { gamma: g }) : undefined
    if (searched !== undefined) expect(norm(away(searched.point, point))).toBeLessThanOrEqual(32 * eps * (norm(x) + norm(point) + g))
  })
})

describe('refusals', () => {
  const f = potential('x^2 + y^2')
  const rounded = { ...f, gradient: (x: ArrayLike<number>, out = new Float64Array(2)) => (out[0] = Math.fround(2 * x[0]), out[1] = Math.fround(2 * x[1]), out) }
  const of = (value: (y: number) => number, gradient: (y: number) => number): Potential => ({
    ...potential('x'), value: (y) => value(y[0]), gradient: (y, out = new Float64Array(1)) => (out[0] = gradient(y[0]), out),
  })

  test.each<[string, () => unknown, RegExp]>([
    ['no potential', () => prox(undefined as never, [1], { gamma: 1 }), /^prox: potential must be a potential/],
    ['a point of the wrong length', () => prox(f, [1], { gamma: 1 }), /^prox: x must be a point of 2 coordinates/],
    ['a NaN coordinate', () => prox(f, [1, NaN], { gamma: 1 }), /^prox: x\[1\] must be a finite number, got NaN/],
    ['a text for a point', () => prox(f, 'ab' as never, { gamma: 1 }), /^prox: x must be a point/],
    ['no options', () => prox(f, [1, 2], undefined as never), /^prox: options must be an object/],
    ['no smoothing time', () => prox(f, [1, 2], {}), /^prox: gamma, scope or time must be given exactly once/],
    ['two smoothing times', () => prox(f, [1, 2], { gamma: 1, scope: 1 }), /^prox: gamma, scope or time must be given exactly once, got gamma and scope/],
    ['a negative gamma', () => prox(f, [1, 2], { gamma: -1 }), /^prox: gamma must be a positive finite number, got -1/],
    ['gamma zero', () => prox(f, [1, 2], { gamma: 0 }), /^prox: gamma must be a positive finite number, got 0/],
    ['a NaN scope', () => prox(f, [1, 2], { scope: NaN }), /^prox: scope must be a positive finite number, got NaN/],
    ['an unknown option', () => prox(f, [1, 2], { gama: 1 } as never), /did you mean gamma/],
    ['a convexity that is no boolean', () => prox(f, [1, 2], { gamma: 1, convex: 1 as never }), /^prox: convex must be true or false, got 1/],
    ['a value that is NaN', () => prox(of(() => NaN, () => 0), [1], { gamma: 1 }), /^prox: potential.value at \[.*\] must be a number .*, got NaN/],
    ['a tip in two dimensions', () => prox(potential('hypot(x, y)'), [0.1, 0.2], { gamma: 1 }), /gradient at \(0, 0\) must be a number/],
    ['a value that is NaN where x is negative', () => prox(of(Math.sqrt, (y) => 0.5 / Math.sqrt(y)), [1], { gamma: 1 }), /^prox: potential.value at .* got NaN/],
  ])('%s is a bad argument', (_, call, message) => {
    expect(call).toThrow(ArgumentError)
    expect(call).toThrow(message)
  })

  test.each<[string, () => unknown, RegExp]>([
    ['−x⁴', () => prox(potential('-x^4'), [1], { gamma: 1 }), /unbounded below at γ = 1/],
    ['−x⁴ far beyond a well', () => prox(potential('x^2 - 1e-8 x^4'), [0.3], { gamma: 1 }), /unbounded below/],
    ['−x² steeper than the parabola', () => prox(potential('-x^2'), [0.2], { gamma: 0.6 }), /unbounded below/],
    ['−|x|⁴ in two dimensions', () => prox(potential('-(x^2 + y^2)^2'), [0.1, 0.2], { gamma: 0.7 }), /unbounded below/],
    ['a gradient of single precision', () => prox(rounded, [1, 2], { gamma: 1 }), /gradient exact/],
    ['a corner in two dimensions', () => prox(potential('abs(x) + abs(y)'), [0.1, 2], { gamma: 1 }), /differentiable/],
  ])('%s is told', (_, call, message) => {
    expect(call).toThrow(DivergenceError)
    expect(call).toThrow(message)
  })
})
