import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError, DivergenceError } from '../../lib/core/errors.ts'
import { datasets } from '../../lib/network/datasets.ts'
import { asPotential, slice } from '../../lib/network/loss.ts'
import { softmaxRegression } from '../../lib/network/softmax-regression.ts'
import { sliceDirections, train } from '../../lib/network/training.ts'

const digits = datasets.digits()
const loss = softmaxRegression(digits)
const trained = train(loss)
const wave = (scale: number, rate: number): Float64Array => Float64Array.from({ length: loss.dim }, (_, k) => scale * Math.sin(rate * k + 1))
const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, c, k) => sum + c * b[k], 0)
const largest = (a: ArrayLike<number>): number => Math.max(...Array.from(a, Math.abs))
const toy = { name: 'toy', samples: 3, features: 2, classes: 2, inputs: Float64Array.of(1, 0, 0, 2, 1, 1), labels: Uint8Array.of(0, 1, 1), shape: [2] }

/** The definition, sample by sample with no care for speed. */
function direct(x: ArrayLike<number>, batch: number[], weightDecay: number): number {
  const { inputs, labels, features, classes } = digits
  const total = batch.reduce((sum, i) => {
    const scores = Array.from({ length: classes }, (_, c) =>
      x[classes * features + c] + inner(Array.from(x).slice(c * features, (c + 1) * features), inputs.subarray(i * features, (i + 1) * features)))
    return sum + Math.log(scores.reduce((s, z) => s + Math.exp(z - scores[labels[i]]), 0))
  }, 0)
  return total / batch.length + (weightDecay / 2) * inner(x, x)
}

describe('softmaxRegression', () => {
  test('is the mean cross-entropy of its definition, on batches and on all samples', () => {
    const x = wave(0.8, 0.37)
    expect(loss).toMatchObject({ dim: 650, samples: 1797, weightDecay: 1e-3 })
    const batch = [3, 1796, 3, 50]
    // Values of order 1 summed from a few thousand terms.
    expect(Math.abs(loss.value(x, batch) - direct(x, batch, 1e-3))).toBeLessThanOrEqual(1e3 * Number.EPSILON)
    const all = Array.from({ length: 1797 }, (_, i) => i)
    expect(Math.abs(loss.value(x) - direct(x, all, 1e-3))).toBeLessThanOrEqual(1e4 * Number.EPSILON)
    expect(Math.abs(loss.value(new Float64Array(650)) - Math.log(10))).toBeLessThanOrEqual(1e3 * Number.EPSILON)
  })

  test('has the gradient and the Hessian of its value', () => {
    const [x, v, w] = [wave(0.8, 0.37), wave(1, 1.7), wave(1, 0.9)]
    const along = (step: number): Float64Array => x.map((c, k) => c + step * v[k])
    const h = 1e-3
    const batch = Int32Array.of(5, 5, 900)
    for (const b of [undefined, batch]) {
      const slope = inner(loss.gradient(x, b), v)
      const quotient = (8 * (loss.value(along(h), b) - loss.value(along(-h), b)) - loss.value(along(2 * h), b) + loss.value(along(-2 * h), b)) / (12 * h)
      // Fourth-order difference: h⁴/30 times a fifth derivative of order (score along v)⁵ ~ 10⁵.
      expect(Math.abs(slope - quotient)).toBeLessThanOrEqual((h ** 4 / 30) * 1e5)
    }
    const curvature = inner(loss.hessianProduct(x, v), w)
    const g = (step: number): number => inner(loss.gradient(along(step)), w)
    expect(Math.abs(curvature - (8 * (g(h) - g(-h)) - g(2 * h) + g(-2 * h)) / (12 * h))).toBeLessThanOrEqual((h ** 4 / 30) * 1e6)
    expect(Math.abs(curvature - inner(loss.hessianProduct(x, w), v))).toBeLessThanOrEqual(1e3 * Number.EPSILON * Math.abs(curvature) + 1e-12)
  })

  test('the mean over disjoint batches is the loss of all, and one pass gives value and gradient', () => {
    const x = wave(0.5, 0.21)
    const halves = [0, 1].map((part) => Int32Array.from({ length: part === 0 ? 900 : 897 }, (_, i) => 900 * part + i))
    const mean = (900 * loss.value(x, halves[0]) + 897 * loss.value(x, halves[1])) / 1797
    expect(Math.abs(mean - loss.value(x))).toBeLessThanOrEqual(1e4 * Number.EPSILON)
    const out = new Float64Array(650)
    expect(loss.valueAndGradient(x, halves[0], out)).toBe(loss.value(x, halves[0]))
    expect(out).toEqual(loss.gradient(x, halves[0]))
  })

  test('overflows for no finite scores', () => {
    const huge = wave(1e5, 0.37)
    expect(loss.value(huge)).toBeLessThan(Infinity)
    expect(loss.gradient(huge).every(Number.isFinite)).toBe(true)
  })

  test('is convex, strongly so by its weight decay', () => {
    const point = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 })
    const small = softmaxRegression(toy, { weightDecay: 0.01 })
    fc.assert(fc.property(point, point, (x, y) => {
      const [gx, gy] = [small.gradient(x), small.gradient(y)]
      const apart = x.map((c, k) => c - y[k])
      const monotone = inner(apart, gx.map((c, k) => c - gy[k]))
      expect(monotone).toBeGreaterThanOrEqual(0.01 * inner(apart, apart) - 1e3 * Number.EPSILON)
    }), { seed: 1, numRuns: 100 })
  })

  test('keeps its own copy of the data and changes no argument', () => {
    const mine = { ...toy, inputs: toy.inputs.slice(), labels: toy.labels.slice() }
    const small = softmaxRegression(mine)
    const before = small.value([1, 2, 3, 4, 5, 6])
    mine.inputs.fill(9)
    mine.labels.fill(0)
    expect(small.value([1, 2, 3, 4, 5, 6])).toBe(before)
  })

  test.each([
    ['no data', () => softmaxRegression(null as never), /dataset must be a data set/],
    ['inputs of the wrong length', () => softmaxRegression({ ...toy, inputs: new Float64Array(5) }), /dataset.inputs/],
    ['inputs with NaN', () => softmaxRegression({ ...toy, inputs: new Float64Array(6).fill(NaN) }), /dataset.inputs/],
    ['labels out of range', () => softmaxRegression({ ...toy, labels: Uint8Array.of(0, 1, 2) }), /dataset.labels/],
    ['one class', () => softmaxRegression({ ...toy, classes: 1 }), /dataset.classes/],
    ['negative decay', () => softmaxRegression(toy, { weightDecay: -1 }), /weightDecay must be a non-negative/],
    ['a misspelt option', () => softmaxRegression(toy, { weightdecay: 1 } as never), /did you mean weightDecay/],
    ['a point of the wrong length', () => loss.value([1, 2]), /x must be a point of 650 coordinates/],
    ['a NaN coordinate', () => loss.value(wave(1, 1).with(7, NaN)), /x\[7\] must be a finite number/],
    ['an empty batch', () => loss.value(wave(1, 1), []), /batch must be a non-empty array/],
    ['a batch out of range', () => loss.gradient(wave(1, 1), [0, 1797]), /batch\[1\] must be below/],
    ['a batch of fractions', () => loss.gradient(wave(1, 1), [0.5]), /batch\[0\] must be an integer/],
    ['a wrong out', () => loss.gradient(wave(1, 1), undefined, new Float64Array(3)), /out must be a Float64Array of 650/],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(ArgumentError)
    expect(call).toThrow(message)
  })
})

describe('train', () => {
  test('reaches the minimiser of the digits and classifies them', () => {
    expect(trained.gradientNorm).toBeLessThanOrEqual(1e-9)
    expect(largest(loss.gradient(trained.point))).toBeLessThanOrEqual(1e-9)
    // Strong convexity: another start would end within 2·tolerance/weightDecay of this point; a wiggle of 1e−3 must be higher.
    expect(loss.value(trained.point.map((c, k) => c + 1e-3 * Math.sin(k)))).toBeGreaterThan(trained.value)
    expect(trained.accuracy).toBeGreaterThan(0.97)
    expect(trained.accuracy).toBe(loss.accuracy(trained.point))
    // At 0 all scores are equal and the first class is taken: the share of noughts.
    expect(loss.accuracy(new Float64Array(650))).toBe(178 / 1797)
  })

  test('says when its iterations do not suffice', () => {
    expect(() => train(loss, { iterations: 3 })).toThrow(DivergenceError)
    expect(() => train(loss, { tolerance: NaN })).toThrow(/tolerance must be a positive finite number/)
    expect(() => train({} as never)).toThrow(/loss.gradient must be a function/)
  })
})

describe('slice', () => {
  const directions = sliceDirections(loss, trained.point)
  const plane = slice(loss, trained.point, directions)
  const points = [[0, 0], [1.3, -2], [-15, 4], [40, 40]]
  const inFull = (s: ArrayLike<number>): Float64Array => trained.point.map((c, k) => c + s[0] * directions[0][k] + s[1] * directions[1][k])

  test('its directions are orthonormal, towards the start of the training and along the largest curvature left', () => {
    const [first, second] = directions
    // Sums of 650 products.
    for (const [a, b, product] of [[first, first, 1], [second, second, 1], [first, second, 0]] as const) {
      expect(Math.abs(inner(a, b) - product)).toBeLessThanOrEqual(650 * Number.EPSILON)
    }
    const start = slice(loss, trained.point, directions).value([-Math.sqrt(inner(trained.point, trained.point)), 0])
    expect(Math.abs(start - Math.log(10))).toBeLessThanOrEqual(1e3 * Number.EPSILON)
    const curvature = inner(loss.hessianProduct(trained.point, second), second)
    for (const rate of [0.3, 1.1, 2.9]) {
      const other = wave(1, rate)
      expect(inner(loss.hessianProduct(trained.point, other), other) / inner(other, other)).toBeLessThan(curvature)
    }
    // The plane's axes are not those of its Hessian.
    const hessian = plane.hessian([0, 0])
    expect(Math.abs(hessian[1])).toBeGreaterThan(0.1 * hessian[0])
  })

  test('equals the loss in its full dimension, value, gradient and Hessian, to round-off', () => {
    for (const s of points) {
      const x = inFull(s)
      const unit = 1e3 * Number.EPSILON * (1 + largest(x) ** 2)
      expect(Math.abs(plane.value(s) - loss.value(x))).toBeLessThanOrEqual(unit)
      const gradient = loss.gradient(x)
      directions.forEach((d, k) => expect(Math.abs(plane.gradient(s)[k] - inner(gradient, d))).toBeLessThanOrEqual(unit))
      directions.forEach((d, k) => directions.forEach((e, l) =>
        expect(Math.abs(plane.hessian(s)[2 * k + l] - inner(loss.hessianProduct(x, d), e))).toBeLessThanOrEqual(10 * unit)))
    }
  })

  test('batches are component-major and equal the points one by one', () => {
    const batch = Float64Array.from([...points.map(([a]) => a), ...points.map(([, b]) => b)])
    expect(Array.from(plane.values(batch))).toEqual(points.map((s) => plane.value(s)))
    const gradients = plane.gradients(batch)
    points.forEach((s, i) => expect([gradients[i], gradients[points.length + i]]).toEqual(Array.from(plane.gradient(s))))
  })

  test('takes any number of directions of any length', () => {
    const line = slice(loss, trained.point, [directions[1].map((c) => 3 * c)])
    expect(line.dim).toBe(1)
    expect(Math.abs(line.value([0.5]) - plane.value([0, 1.5]))).toBeLessThanOrEqual(1e3 * Number.EPSILON)
    expect(Math.abs(line.hessian([0.5])[0] - 9 * plane.hessian([0, 1.5])[3])).toBeLessThanOrEqual(1e4 * Number.EPSILON)
  })

  test.each([
    ['a loss without slices', () => slice({} as never, trained.point, directions), /loss.slice must be a function/],
    ['no directions', () => slice(loss, trained.point, []), /directions must be a non-empty array/],
    ['a zero direction', () => slice(loss, trained.point, [new Float64Array(650)]), /directions\[0\] must be other than zero/],
    ['a short direction', () => slice(loss, trained.point, [[1, 2]]), /directions\[0\] must be a point of 650/],
    ['a short origin', () => slice(loss, [1], directions), /origin must be a point of 650/],
    ['a point of the plane with NaN', () => plane.value([NaN, 0]), /s\[0\] must be a finite number/],
    ['a ragged batch', () => plane.values(new Float64Array(3)), /multiple of 2/],
    ['directions at the zero vector', () => sliceDirections(loss, new Float64Array(650)), /trained must be other than zero/],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(ArgumentError)
    expect(call).toThrow(message)
  })
})

describe('asPotential', () => {
  test('is the loss of all samples with its Hessian', () => {
    const small = softmaxRegression(toy)
    const f = asPotential(small)
    const x = [0.3, -1, 2, 0.1, 0.5, -0.7]
    expect(f.dim).toBe(6)
    expect(f.value(x)).toBe(small.value(x))
    expect(f.gradient(x)).toEqual(small.gradient(x))
    const hessian = f.hessian(x)
    const v = [1, -2, 0.5, 3, 0, 1]
    const product = Array.from({ length: 6 }, (_, k) => inner(hessian.subarray(6 * k, 6 * k + 6), v))
    expect(largest(small.hessianProduct(x, v).map((c, k) => c - product[k]))).toBeLessThanOrEqual(32 * Number.EPSILON)
    expect(() => asPotential({ dim: 2 } as never)).toThrow(/loss.value must be a function/)
  })
})
