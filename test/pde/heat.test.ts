import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis } from '../../lib/grid/grid.ts'
import { norm } from '../../lib/grid/operators.ts'
import { heat } from '../../lib/pde/heat/equation.ts'
import { schemes } from '../../lib/pde/heat/schemes.ts'
import { solve } from '../../lib/pde/march.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { largestError } from '../support/exact.ts'

describe.each(schemes)('$name', ({ name: scheme, order, monotone }) => {
  const viscosity = 0.2
  it.each([1, 2, 3])('has its order, %i-D, all boundaries', async (dim) => {
    // cos 2x on a circle, cos y between walls, sin z with 0 held at both ends: products decay by the sum of squares.
    const waves = [(x: number) => Math.cos(2 * x), (y: number) => Math.cos(y), (z: number) => Math.sin(z)].slice(0, dim)
    const rate = [4, 5, 6][dim - 1]
    const exact = (x: number[], t: number): number => waves.reduce((product, f, k) => product * f(x[k]), Math.exp(-viscosity * rate * t))
    const points = []
    for (const n of [12, 18, 24]) {
      const axes: Axis[] = [
        { min: 0, max: 2 * Math.PI, size: n, boundary: 'periodic' }, { min: 0, max: Math.PI, size: n, boundary: 'neumann', nodes: 'centers' },
        { min: 0, max: Math.PI, size: n, boundary: { dirichlet: 0 } },
      ]
      const initial = field(grid(axes.slice(0, dim)), (...x) => exact(x, 0))
      const { final, stats } = await solve(heat({ initial, viscosity }), { time: 1, scheme, saveAt: [0.5, 1] })
      expect(stats).toEqual({ steps: 2, evaluations: 2, dt: 0.5 })
      points.push({ h: initial.grid.spacing[0], error: largestError(final, (x) => exact(x, 1)) })
    }
    expect(fitOrder(points).order).toBeGreaterThan(order.space - 0.5)
  })

  it('moves nothing without viscosity, and affine data never', async () => {
    const initial = field(grid([{ min: -1, max: 2, size: 9 }, { min: 0, max: 1, size: 8, nodes: 'centers' }]), (x, y) => 1 + 2 * x - 3 * y)
    for (const more of [{}, { beta: 0.5 }]) {
      const { final } = await solve(heat({ initial, ...more }), { time: 7, scheme })
      // Values up to 6 and kernels of a few dozen weights that sum to 1.
      expect(largestError(final, ([x, y]) => 1 + 2 * x - 3 * y)).toBeLessThanOrEqual(64 * 6 * Number.EPSILON)
    }
  })

  it('beta stands for 1/(2 beta), and kinks make no new extrema when it says so', async () => {
    const initial = field(grid({ min: -1, max: 1, size: 101, boundary: 'neumann' }), Math.abs)
    const a = (await solve(heat({ initial, beta: 10 }), { time: 0.003, scheme })).final
    const b = (await solve(heat({ initial, viscosity: 0.05 }), { time: 0.003, scheme })).final
    expect(a.values.data).toEqual(b.values.data)
    // Convex away from the walls, whose kinks have not reached |x| < ½ yet.
    if (monotone) for (let i = 25; i <= 75; i++) expect(a.values.data[i]).toBeGreaterThanOrEqual(Math.abs(nodeAt(a.grid, i)[0]) - 8 * Number.EPSILON)
    expect(norm(a, 'max')).toBeLessThan(1)
  })
})

it.each([
  [{ initial: 3 }, 'heat: initial must be a field made by field(), got 3'],
  [{ initial: field(grid({ min: 0, max: 1, size: 3 }), () => 0), drift: () => {} }, 'heat: options must be one of initial, beta, viscosity'],
])('refuses %#', (given, message) => {
  expect(() => heat(given as never)).toThrow(message)
})

it('refuses a Courant number', async () => {
  const equation = heat({ initial: field(grid({ min: 0, max: 1, size: 3 }), () => 0) })
  await expect(solve(equation, { time: 1, cfl: 0.5 })).rejects.toThrow('no Courant number bounds the steps of lattice-exact-6')
  await expect(solve(equation, { time: 1, viscous: 'rkl2' } as never)).rejects.toThrow('solve: options must be one of')
})
