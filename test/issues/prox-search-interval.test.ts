import { describe, expect, it } from 'vitest'
import { prox } from '../../lib/pde/prox.ts'
import { potential } from '../../lib/potential/index.ts'

describe('prox on the line', () => {
  it('finds a minimiser just outside of where f was first seen', () => {
    const f = potential('x^2 + 1.5 sin(2 pi x)')
    const gamma = 0.05
    for (let i = 0; i < 600; i++) {
      const x = -3 + (6 * i) / 599
      const { value } = prox(f, [x], { gamma })
      let least = Infinity
      for (let k = -300; k <= 300; k++) least = Math.min(least, f.value([x + k / 100]) + (k / 100) ** 2 / (2 * gamma))
      // The scan can only be above the infimum; 16 eps of values up to 12.
      expect(value).toBeLessThanOrEqual(least + 16 * Number.EPSILON * 12)
    }
  })
})

describe('prox in the plane', () => {
  it('finds the minimiser of a potential where its gradient and x vanish', () => {
    const { point, unique } = prox(potential('0.7 x^2 + 0.7 y^2'), [0, 0], { gamma: 0.5 })
    expect(Array.from(point)).toEqual([0, 0])
    expect(unique).toBe(true)
  })
})
