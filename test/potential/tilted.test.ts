import { expect, test } from 'vitest'
import { makersOf, pack, unpack } from '../../lib/execution/portable.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { tilted } from '../../lib/potential/tilted.ts'
import type { Potential } from '../../lib/potential/potential.ts'

const f = potential('sin(x y) + x^4 - exp(y)')
const x = [0.3, -1.1]
const h = tilted(f, x, 0.7)

test('values and derivatives are those of f and the parabola', () => {
  const y = [0.9, 0.2]
  const unit = 8 * Number.EPSILON * 4
  expect(Math.abs(h.value(y) - f.value(y) - (0.6 ** 2 + 1.3 ** 2) / 1.4)).toBeLessThanOrEqual(unit)
  h.gradient(y).forEach((g, k) => expect(Math.abs(g - f.gradient(y)[k] - (y[k] - x[k]) / 0.7)).toBeLessThanOrEqual(unit))
  h.hessian(y).forEach((c, i) => expect(Math.abs(c - f.hessian(y)[i] - (i % 3 === 0 ? 1 / 0.7 : 0))).toBeLessThanOrEqual(unit))
  expect(h.variables).toEqual(['x', 'y'])
})

test('batches have the bits of single points', () => {
  const points = Float64Array.from({ length: 2 * 37 }, (_, i) => Math.sin(3 * i))
  const values = h.values(points)
  const gradients = h.gradients(points)
  for (let i = 0; i < 37; i++) {
    const y = [points[i], points[37 + i]]
    expect(h.value(y)).toBe(values[i])
    expect(Array.from(h.gradient(y))).toEqual([gradients[i], gradients[37 + i]])
  }
})

test('it can be sent to another thread, and keeps the point it was made with', () => {
  const at = [0, 1]
  const sent = tilted(landscapes.doubleWell({ dim: 2 }), at, 2)
  const packed = pack('test', sent)
  at[0] = 5
  expect(makersOf(packed)).toContain('tilted')
  expect((unpack(packed) as Potential).value([0.2, 0.3])).toBe(sent.value([0.2, 0.3]))
  expect(sent.value([0, 1])).toBe(0.25 + 0.5)
})

test('bad arguments', () => {
  expect(() => tilted(3 as never, [0], 1)).toThrow('tilted: f must be a potential, got 3')
  expect(() => tilted(f, [0], 1)).toThrow('tilted: x must be a point of 2 coordinates, got [0]')
  expect(() => tilted(f, x, 0)).toThrow('tilted: gamma must be a positive finite number, got 0')
  expect(() => tilted(potential('1/x'), [0], 1).value([0])).not.toThrow()
  expect(() => tilted(potential('log(x)'), [0], 1).gradients(Float64Array.of(-1, NaN))).toThrow('must be a number')
})
