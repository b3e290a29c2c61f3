import { expect, it } from 'vitest'
import { pointLoop, sharedLoop } from '../../lib/core/point-loop.ts'

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
