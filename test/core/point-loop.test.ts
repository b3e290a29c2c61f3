import { expect, it, vi } from 'vitest'
import { gradientLoop, pointLoop, sharedLoop } from '../../lib/core/point-loop.ts'

it.each([pointLoop, sharedLoop])('asks at finite points only, and takes nothing for written that was not: %s', (loop) => {
  const asked: number[][] = []
  const many = loop((x, t, out) => {
    asked.push([...x])
    out[0] = x[0] + t
    if (x[1] > 0) out[1] = x[1]
  }, 2, 2)
  const out = new Float64Array(8)
  many(Float64Array.of(1, 2, NaN, 4, 5, -6, 7, Infinity), 4, 0.5, out)
  expect(asked).toEqual([[1, 5], [2, -6]])
  expect([...out]).toEqual([1.5, 2.5, NaN, NaN, 5, NaN, NaN, NaN])
})

it.each([1, 3, 9])('a gradient in %i dimensions may call its own loop, and forget entries', (dim) => {
  const self = { factor: 2 }
  const points = Float64Array.from({ length: 3 * dim }, (_, i) => i - 4)
  const gradient = function (this: unknown, x: Float64Array, out: Float64Array) {
    expect(this).toBe(self)
    if (x[0] > -4) loop(points.map((c) => c - 100), 3, 0, new Float64Array(3 * dim))
    if (x[0] === -3) return
    for (let k = 0; k < dim; k++) out[k] = 2 * x[k]
  }
  const loop = gradientLoop(gradient, self, dim, () => expect.unreachable())
  const out = new Float64Array(3 * dim)
  loop(points, 3, 0, out)
  expect(out).toEqual(points.map((c, i) => (i % 3 === 1 ? NaN : 2 * c)))
})

it('where code from text is forbidden the loops are the same', () => {
  vi.stubGlobal('Function', function () {
    throw new EvalError('forbidden')
  })
  try {
    const returned: unknown[] = []
    const out = new Float64Array(2)
    gradientLoop((x, into) => (into[0] = x[0]), undefined, 1, (value) => returned.push(value))(Float64Array.of(1, Infinity), 2, 0, out)
    expect(returned).toEqual([1, Infinity])
    expect([...out]).toEqual([1, Infinity])
    pointLoop((x, t, into) => void (into[0] = x[0] + t), 1, 1)(Float64Array.of(1, Infinity), 2, 3, out)
    expect([...out]).toEqual([4, NaN])
  } finally {
    vi.unstubAllGlobals()
  }
})
