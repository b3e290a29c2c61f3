import { describe, expect, it } from 'vitest'
import type { BigNumber } from 'mathjs'
import { cos, exp, log, sin } from '../../lib/core/elementary.ts'
import { cosh, expm1, log1p, sinh, tanh } from '../../lib/core/hyperbolic.ts'
import { cbrt, log10, log2, pow } from '../../lib/core/power.ts'
import { acos, asin, atan, tan } from '../../lib/core/trigonometric.ts'
import { exactly, precise, ulps } from '../support/ulps.ts'

type Reference = (x: BigNumber) => BigNumber

const one = precise.bignumber(1)
const golden = 0.6180339887498949
const spread = (count: number) => Array.from({ length: count }, (_, i) => (i * golden) % 1)
const linear = (from: number, to: number, count = 200) => spread(count).map((u) => from + (to - from) * u)
const binades = (from: number, to: number, count = 200) => spread(count).map((u) => 2 ** (from + (to - from) * u))
const signed = (xs: number[]) => xs.map((x, i) => (i % 2 === 0 ? x : -x))
const logTo = (base: number): Reference => (x) => precise.log(x).div(precise.log(precise.bignumber(base)))

/** Near multiples of π/2 the reduction loses its leading digits; the last two are the hardest doubles below and above 2^20. */
const hardAngles = [Math.PI / 2, Math.PI, 355, 52174, 1e6 * Math.PI, 5.706674932067741e15, 6381956970095103 * 2 ** 797]
const angles = [...linear(-10, 10), ...signed(binades(-60, 20)), ...signed(binades(20, 60, 60)), ...hardAngles]

// The bound is what the docstrings promise, in units of the last place.
const cases: [string, (x: number) => number, Reference, number[], number][] = [
  ['exp', exp, (x) => precise.exp(x), [...linear(-745, 709.7), ...signed(binades(-60, 9)), -745.1, 709.782712893384], 1],
  ['log', log, (x) => precise.log(x), [...binades(-1074, 1024), ...linear(0.5, 2), 5e-324, 1 + 2 ** -52, 1 - 2 ** -53], 1],
  ['tan', tan, (x) => precise.tan(x), angles.filter((x) => Math.abs(x) < 1e16), 3],
  ['asin', asin, (x) => precise.asin(x), [...linear(-1, 1), ...signed(binades(-40, 0)), 1, -1], 4],
  ['acos', acos, (x) => precise.acos(x), [...linear(-1, 1), ...signed(binades(-40, 0)), 0, -1], 4],
  ['atan', atan, (x) => precise.atan(x), [...linear(-3, 3), ...signed(binades(-40, 60))], 1],
  ['sinh', sinh, (x) => precise.sinh(x), [...linear(-30, 30), ...signed(binades(-30, 9))], 3],
  ['cosh', cosh, (x) => precise.cosh(x), [...linear(-30, 30), ...signed(binades(-30, 9))], 3],
  ['tanh', tanh, (x) => precise.tanh(x), [...linear(-30, 30), ...signed(binades(-30, 6))], 4],
  ['expm1', expm1, (x) => precise.exp(x).minus(one), [...linear(-30, 30), ...signed(binades(-30, 9))], 3],
  ['log1p', log1p, (x) => precise.log(x.plus(one)), [...linear(-0.99, 30), ...binades(-30, 90), ...binades(-30, -1).map((x) => -x)], 3],
  ['cbrt', cbrt, (x) => precise.cbrt(x) as BigNumber, signed(binades(-1074, 1024)), 1],
  ['log2', log2, logTo(2), [...binades(-1074, 1024), ...linear(0.5, 2)], 1],
  ['log10', log10, logTo(10), [...binades(-1074, 1024), ...linear(0.5, 2)], 1],
]

describe('elementary functions', () => {
  it.each(cases)('%s is within its ulps', (_, f, reference, points, bound) => {
    for (const x of points) {
      const expected = reference(exactly(x))
      if (expected.isZero()) expect(f(x), `at ${x}`).toBe(0)
      else expect(ulps(f(x), expected), `at ${x}`).toBeLessThan(bound)
    }
  })

  it.each<[string, (x: number) => number, Reference]>([
    ['sin', sin, (x) => precise.sin(x)], ['cos', cos, (x) => precise.cos(x)],
  ])('%s is within 1 ulp, through every way of reducing its argument', (_, f, reference) => {
    for (const x of angles.slice(0, -1)) expect(ulps(f(x), reference(exactly(x))), `at ${x}`).toBeLessThan(1)
  })

  it('reduces the double closest to a multiple of π/2 (Muller 2006, table 11.1)', () => {
    expect(cos(6381956970095103 * 2 ** 797)).toBe(-4.68716592425462761112e-19)
    expect(sin(6381956970095103 * 2 ** 797)).toBe(1)
  })

  it('pow is within 2 ulp up to the largest exponents', () => {
    for (const [i, x] of [...linear(0.7, 1.5), ...binades(-1074, 1024)].entries()) {
      const y = (2 * spread(i + 1)[i] - 1) * 690 / Math.abs(Math.log(x))
      expect(ulps(pow(x, y), precise.pow(exactly(x), exactly(y)) as BigNumber), `${x} ^ ${y}`).toBeLessThan(2)
    }
  })

  it('takes special values as IEEE 754 and ECMAScript do', () => {
    const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 1e300, -1e300, 5e-324, 2 ** 53 + 2, 1e25]
    const own = { exp, log, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, expm1, log1p, cbrt, log2, log10 }
    // 8 units: the own bound and the platform's, doubled for the binade.
    const same = (got: number, expected: number) => Object.is(got, expected)
      || (expected !== 0 && Math.abs(got - expected) <= 8 * Number.EPSILON * Math.abs(expected))
    for (const [name, f] of Object.entries(own)) {
      for (const x of special) expect(same(f(x), Math[name as keyof typeof own](x)), `${name}(${x}) = ${f(x)}`).toBe(true)
    }
    for (const x of special) {
      for (const y of special) expect(same(pow(x, y), x ** y), `pow(${x}, ${y}) = ${pow(x, y)}`).toBe(true)
    }
  })

  it('is exact where a person expects it', () => {
    for (let k = -1074; k < 1024; k++) expect(log2(2 ** k)).toBe(k)
    for (let k = 0; k <= 22; k++) expect(log10(10 ** k)).toBe(k)
    for (let k = 1; k < 200; k++) expect(cbrt(k * k * k)).toBe(k)
    expect(exp(0)).toBe(1)
  })

  it('gives these bits on every engine', () => {
    const points = linear(-30, 30, 1000)
    const words = points.flatMap((x) => [exp(x), log(Math.abs(x)), sin(1e3 * x), cos(1e3 * x), pow(Math.abs(x), x / 7), tan(x), atan(x)])
    let hash = 0x811c9dc5
    for (const byte of new Uint8Array(Float64Array.from(words).buffer)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
    expect(hash.toString(16)).toBe('e2da9ba5')
  })
})
