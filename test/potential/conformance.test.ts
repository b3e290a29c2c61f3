import { describe, expect, it } from 'vitest'
import { landscapeNamed, landscapeNames, landscapes, potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/potential.ts'
import { uniforms } from '../../lib/random/index.ts'

/** Every landscape with its default options in each of the dimensions 1 to 3 that it has. */
const catalogue = landscapeNames.flatMap((name) => [1, 2, 3].flatMap((dim): [string, Potential][] => {
  try {
    return [[`${name} in ${dim}-D`, landscapeNamed(name, dim)]]
  } catch {
    return []
  }
}))

const settings: [string, Potential][] = [
  ['quadratic with a matrix', landscapes.quadratic({ matrix: [[2, 0.5], [0.5, -1]], center: [0.3, -0.2], offset: 4 })],
  ['quadratic with curvatures', landscapes.quadratic({ curvatures: [1, 10, 0.1], center: [1, 0, 0] })],
  ['rough bowl', landscapes.rippledBowl({ roughness: 5, seed: 7 })],
  ['mixture in 2-D', landscapes.gaussianMixture({ weights: [0.3, 0.5, 2], means: [[0, 1], [1, -1], [-1, 0]], variances: [0.2, 0.6, 0.05], beta: 3 })],
]

const expressions: [string, Potential][] = [
  'x^2 + 1.5 sin(2 pi x)', '(x^2 + y^2)/4 + 0.3 sin(2 x + y) + 0.2 cos(x - 2 y)', '-log(0.3 exp(-(x + 1)^2/0.4) + 0.7 exp(-(x - 0.5)^2/1.2))',
  'sqrt(1 + x^2 + y^2) / (2 + cos(z))', '(1.5 + x^2)^(y/3) + 2^x + x^3 y^4 - (3 + x)^-2', 'tanh(x) + atan(2 y) + asin(x/4) - acos(y/4) + cbrt(3 + x)',
  'log(3 + x, 2) + log2(3 + y) + log10(4 + x*y) + log1p(x^2) + expm1(y)', 'sinh(x) cosh(y) + tan(x/4)', 'x > 0.1 ? x^2 y : exp(x) - y',
  'max(x, y^2, -1) + min(x*y, 0.5) + abs(x - y) + sign(x) floor(y) + ceil(x) round(y)', 'hypot(x, y, 1) + square(x) cube(y) + pow(2 + x, y)',
].map((expression) => [expression, potential(expression)])

const closures: [string, Potential][] = [
  ['closure with derivatives', potential({
    dim: 2,
    value: ([x, y]) => x * x * y + Math.cos(y),
    gradient([x, y], out) {
      out[0] = 2 * x * y
      out[1] = x * x - Math.sin(y)
    },
    hessian([x, y], out) {
      out.set([2 * y, 2 * x, 2 * x, -Math.cos(y)])
    },
  })],
  ['closure with a gradient', potential({ dim: 1, value: ([x]) => Math.cosh(x), gradient: ([x], out) => void (out[0] = Math.sinh(x)) })],
  ['closure of a value', potential({ dim: 3, value: ([x, y, z]) => Math.exp(x * y - z) + Math.sin(z * x) })],
]

const count = 37

function pointsOf(dim: number): Float64Array {
  return uniforms(3, dim, dim * count).map((u) => 3 * u - 1.5)
}

function pointOf(points: Float64Array, dim: number, i: number): Float64Array {
  return Float64Array.from({ length: dim }, (_, k) => points[k * count + i])
}

/**
 * Checks a derivative against central differences D(h), D(2h) of `f` along coordinate k. Extrapolation gives the slope to fourth order;
 * it is off by less than the h² term that it removes, plus the rounding of f, 64 ε|f|/h.
 */
function expectSlope(f: (x: Float64Array) => number, x: Float64Array, k: number, slope: number, label: string): void {
  const h = 2 ** -12
  const at = (step: number) => f(x.map((xj, j) => (j === k ? xj + step : xj)))
  const narrow = (at(h) - at(-h)) / (2 * h)
  const wide = (at(2 * h) - at(-2 * h)) / (4 * h)
  const removed = Math.abs(narrow - wide) / 3
  const rounding = (64 * Number.EPSILON * Math.max(1, Math.abs(f(x)))) / h
  expect(Math.abs(slope - (4 * narrow - wide) / 3), `${label}`).toBeLessThanOrEqual(removed + rounding)
}

describe.each([...catalogue, ...settings, ...expressions, ...closures])('%s', (label, f) => {
  const points = pointsOf(f.dim)
  const all = Array.from({ length: count }, (_, i) => pointOf(points, f.dim, i))

  it('has the gradient of its values', () => {
    for (const x of all) f.gradient(x).forEach((slope, k) => expectSlope((y) => f.value(y), x, k, slope, `∂${k} at ${x}`))
  })

  it('has the Hessian of its gradient, symmetric', () => {
    // Differences of differences lose digits: those have a bound of their own below.
    if (label === 'closure of a value') return
    for (const x of all) {
      const hessian = f.hessian(x)
      for (let k = 0; k < f.dim; k++) {
        for (let j = 0; j < f.dim; j++) {
          expectSlope((y) => f.gradient(y)[k], x, j, hessian[k * f.dim + j], `∂${k}${j} at ${x}`)
          expect(hessian[k * f.dim + j]).toBe(hessian[j * f.dim + k])
        }
      }
    }
  })

  it('gives the same bits alone and in batches, in any array-like and in out', () => {
    const values = f.values(points)
    const gradients = f.gradients(points)
    all.forEach((x, i) => {
      expect(f.value(x)).toBe(values[i])
      expect(f.value(Array.from(x))).toBe(values[i])
      expect(f.gradient(Array.from(x))).toEqual(pointOf(gradients, f.dim, i))
      const slope = new Float64Array(f.dim)
      expect(f.gradient(x, slope)).toBe(slope)
      expect(slope).toEqual(pointOf(gradients, f.dim, i))
      const hessian = new Float64Array(f.dim ** 2)
      expect(f.hessian(x, hessian)).toBe(hessian)
      expect(hessian).toEqual(f.hessian(x))
    })
    const out = new Float64Array(count)
    expect(f.values(points, out)).toBe(out)
    expect(out).toEqual(values)
    expect(points).toEqual(pointsOf(f.dim))
  })

  it('crosses the edges of blocks', () => {
    const many = new Float64Array(f.dim * 300)
    for (let k = 0; k < f.dim; k++) for (let i = 0; i < 300; i++) many[k * 300 + i] = points[k * count + (i % count)]
    const values = f.values(points)
    const gradients = f.gradients(many)
    f.values(many).forEach((value, i) => expect(value).toBe(values[i % count]))
    for (let i = count; i < 300; i++) expect(gradients[i]).toBe(gradients[i - count])
  })

  it('refuses points and outs of the wrong size, and NaN', () => {
    const longer = new Float64Array(f.dim + 1)
    expect(() => f.value(longer)).toThrow(/x must be a point of/)
    expect(() => f.gradient([])).toThrow(/x must be a point of/)
    expect(() => f.hessian(longer)).toThrow(/x must be a point of/)
    expect(() => f.value(null as never)).toThrow(/x must be a point of/)
    expect(() => f.gradient(all[0], longer)).toThrow(/out must be a Float64Array of/)
    expect(() => f.values([1, 2, 3] as never)).toThrow(/points must be a Float64Array/)
    expect(() => f.values(points, longer)).toThrow(/out must be a Float64Array of/)
    if (f.dim > 1) expect(() => f.gradients(longer)).toThrow(/points must be a Float64Array of \d × n numbers/)
    expect(() => f.value(new Float64Array(f.dim).fill(NaN))).toThrow(/the value at \(NaN.*\) must be a number above −Infinity, got NaN/)
  })
})

it('the catalogue is whole', () => {
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  // A mixture has no default components.
  expect([...landscapeNames, 'gaussian-mixture'].sort()).toEqual(Object.keys(landscapes).map(kebab).sort())
  for (const name of landscapeNames) expect(catalogue.some(([label]) => label.startsWith(name))).toBe(true)
})
