import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { potential } from '../../lib/potential/index.ts'
import { exactly, precise, ulps } from '../support/ulps.ts'

describe('values', () => {
  it.each<[string, number[], number]>([
    ['-x^2', [3], -9],
    ['2^-x', [2], 0.25],
    ['2^x^2', [3], 512],
    ['1/2x', [4], 2],
    ['x^0', [0], 1],
    ['x^-2', [0], Infinity],
    ['x < 0 ? Infinity : x', [-1], Infinity],
    ['0 < x < 1', [0.5], 1],
    ['0 < x < 1', [1], 0],
    ['x >= 1 and x != 2 or not (x <= 5)', [1], 1],
    ['x >= 1 and x != 2 or not (x <= 5)', [2], 0],
    ['round(x)', [-2.5], -3],
    ['round(x)', [0.49999999999999994], 0],
    ['min(x, y, 2) + max(x, y)', [5, 3], 7],
    ['log(x, 2)', [8], 3],
    ['x * pi / e', [1], Math.PI / Math.E],
    ['i + cm', [1, 2], 3],
    ['toString + constructor', [1, 2], 3],
  ])('%s at %s is %d', (expression, x, expected) => {
    // One rounding in the quotient of logarithms.
    expect(Math.abs(potential(expression).value(x) - expected) || 0).toBeLessThanOrEqual(expected === 3 ? 2 * Number.EPSILON * 3 : 0)
  })

  it('agree with mathjs in 60 digits, to a few units of the last place', () => {
    const expression = 'x^2/4 + 0.3 sin(2 x + y)^2 + exp(-y^2) + log(2 + x^2) + sqrt(1 + x^2 y^2) + cosh(x)^1.5'
    const f = potential(expression)
    const code = precise.compile(expression)
    fc.assert(fc.property(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }), (x, y) => {
      // All terms are positive: a dozen roundings of at most 2 units each cannot be amplified, but by the exponent 1.5 and the square.
      expect(ulps(f.value([x, y]), code.evaluate({ x: exactly(x), y: exactly(y) }))).toBeLessThan(16)
    }), { numRuns: 100 })
  })
})

describe('derivatives where rules divide by zero', () => {
  it.each<[string, number[], number[]]>([
    ['x^2', [0], [0]],
    ['x^3 + x', [0], [1]],
    ['abs(x)', [0], [0]],
    ['max(x, 0)', [0], [0.5]],
    ['max(x, -x)', [2], [1]],
    ['min(x, -x)', [2], [-1]],
    ['x^y', [0, 2], [0, 0]],
    ['x^1.5', [0], [0]],
    ['x > 0 ? x log(x) : 0', [0], [0]],
    ['x == 0 ? 1 : sin(x)/x', [0], [0]],
    ['x < 0 ? Infinity : x^2', [-1], [0]],
    ['floor(x) + sign(x) + round(x)', [0.3], [0]],
  ])('∇(%s) at %s is %s', (expression, x, expected) => {
    expect(Array.from(potential(expression).gradient(x))).toEqual(expected)
  })

  it('a slope that does not exist is an error that names the point', () => {
    expect(() => potential('sqrt(x^2 + y^2)').gradient([0, 0])).toThrow(/the gradient at \(0, 0\) must be a number, got NaN/)
    expect(() => potential('sqrt(x^2 + y^2)').gradients(Float64Array.of(1, 0, 1, 0))).toThrow(/the gradient at \(0, 0\)/)
  })
})

it('NaN never hides behind a comparison', () => {
  for (const expression of ['log(x) < 0 ? 1 : 2', 'min(log(x), 1)', 'max(1, log(x))', 'sign(log(x))', 'not (log(x) > 1)', 'log(x) == 1']) {
    expect(() => potential(expression).value([-1]), `${expression}`).toThrow(/the value at \(-1\) must be a number above −Infinity, got NaN/)
  }
  expect(() => potential('log(x)').values(Float64Array.of(1, 0, 2))).toThrow(/the value at \(0\) must be a number above −Infinity, got -Infinity/)
})

describe('names', () => {
  it('variables come in natural order, or as they are listed', () => {
    expect(potential('x10 + x2 + x1 + a y').variables).toEqual(['a', 'x1', 'x2', 'x10', 'y'])
    expect(potential('y - x', { variables: ['y', 'x'] }).value([5, 3])).toBe(2)
    expect(potential('x', { variables: ['x', 'z'] }).gradient([1, 2])).toEqual(Float64Array.of(1, 0))
    expect(potential('2', { variables: ['x'] }).values(new Float64Array(3))).toEqual(Float64Array.of(2, 2, 2))
    expect(potential('x y').name).toBe('x y')
  })

  it('parameters stand for numbers', () => {
    const f = potential('a x^2 + b', { parameters: { a: 3, b: -1 } })
    expect([f.dim, f.value([2]), f.gradient([2])[0]]).toEqual([1, 11, 12])
  })

  it('options are read once and left alone', () => {
    const parameters = { a: 3 }
    const variables = ['y', 'x']
    const f = potential('a x y', { variables, parameters })
    parameters.a = 4
    variables.reverse()
    expect(f.value([1, 2])).toBe(6)
    expect(f.variables).toEqual(['y', 'x'])
  })
})

describe('refusals', () => {
  it.each<[unknown, unknown, RegExp]>([
    ['', undefined, /expression must be a formula .*, got ""/],
    ['x +* 2', undefined, /expression must be well formed, got "x \+\* 2": Value expected \(char 4\)/],
    ['(x', undefined, /Parenthesis \) expected \(char 3\)/],
    ['sine(x)', undefined, /"sine".*did you mean sin\?/],
    ['foobar(x)', undefined, /"foobar"/],
    ['x(1 + y)', undefined, /needs \*/],
    ['sin x', undefined, /must call sin with parentheses/],
    ['sin()', undefined, /must call sin with 1 argument/],
    ['pow(x)', undefined, /must call pow with 2 arguments/],
    ['x = 2', undefined, /must be made of .*, got "x = 2"/],
    ['f(x) = x', undefined, /must be made of/],
    ['[x, 2]', undefined, /must be made of/],
    ['"x"', undefined, /must be made of/],
    ['x; y', undefined, /must be made of/],
    ['x.y', undefined, /must be made of/],
    ['x % 2', undefined, /must be made of .*, got "x % 2"/],
    ['x + NaN', undefined, /must be made of .*, got "NaN"/],
    ['2 + 3', undefined, /must be a function of at least one variable/],
    ['width widht', { variables: ['width', 'y'] }, /must use only width, y \(did you mean width\?\), got "widht"/],
    ['x', { variables: [] }, /variables must be a non-empty list/],
    ['x', { variables: ['x', 'x'] }, /variables must be different names/],
    ['x', { variables: ['x', 'pi'] }, /variables\[1\] must be a name other than the constants/],
    ['x', { variables: ['x', 'sin'] }, /variables\[1\] must be a name other than those of functions/],
    ['x', { variables: ['x', '2y'] }, /variables\[1\] must be a name, got "2y"/],
    ['a x', { variables: ['x', 'a'], parameters: { a: 1 } }, /variables\[1\] must be no parameter, got "a"/],
    ['a x', { parameters: { a: NaN } }, /parameters\.a must be a finite number, got NaN/],
    ['a x', { parameters: { a: '1' } }, /parameters\.a must be a finite number/],
    ['alpha x', { parameters: { alpa: 1 } }, /parameters must be symbols of the expression \(did you mean alpha\?\), got "alpa"/],
    ['x', { parameters: { e: 1 } }, /parameters must be named other than the constants/],
    ['x', { parameters: 3 }, /parameters must be an object/],
    ['x', { variable: ['x'] }, /did you mean variables\?/],
    ['x', null, /options must be an object/],
    [5, undefined, /definition must be an object/],
  ])('%s with %s', (expression, options, message) => {
    const make = potential as (...given: unknown[]) => unknown
    expect(() => (options === undefined ? make(expression) : make(expression, options))).toThrow(message)
  })
})

it('takes sums of thousands of terms', () => {
  const f = potential(Array.from({ length: 10_000 }, (_, i) => `${i} x${i % 3}`).join(' + '))
  expect(f.gradient([0, 0, 0]).reduce((sum, slope) => sum + slope)).toBe((10_000 * 9_999) / 2)
})
