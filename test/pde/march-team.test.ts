import { describe, expect, it } from 'vitest'
import { field, fokkerPlanck, grid, hamiltonJacobi, heat, inline, landscapes, potential, solve, threads } from '../../lib/index.ts'
import type { Equation } from '../../lib/pde/equation.ts'
import { available } from '../../lib/kernels/machine.ts'
import { marchTeam } from '../../lib/pde/march-team.ts'

/** Large enough for two threads, with sides that no number of threads divides. */
const plane = (boundary: 'periodic' | 'neumann') => grid([{ min: -2, max: 2, size: 255, boundary }, { min: -2, max: 2, size: 263, boundary }])
const f = potential('(x^2 - 1)^2 / 4 + y^2 / 2 + 0.2 cos(3 x + 2 y)')
const bump = field(plane('neumann'), (x, y) => Math.exp(-4 * ((x - 0.5) ** 2 + y * y)) * (4 / Math.PI))
const box = grid([0, 1, 2].map(() => ({ min: -1, max: 1, size: 41 })))
const smooth = field(plane('periodic'), (x, y) => Math.cos((Math.PI * x) / 2) + 0.3 * Math.sin((Math.PI * (x + y)) / 2))

const cases: [string, Equation, Parameters<typeof solve>[1]][] = [
  ['godunov', hamiltonJacobi({ initial: field(plane('neumann'), f) }), { time: 0.02, scheme: 'godunov' }],
  ['weno5', hamiltonJacobi({ initial: smooth, beta: 5 }), { time: 0.01, scheme: 'weno5' }],
  ['central', hamiltonJacobi({ initial: smooth, beta: 5 }), { time: 0.01, scheme: 'central', dt: 0.005 }],
  ['central in three dimensions', hamiltonJacobi({ initial: field(box, landscapes.quadratic({ matrix: [[1, 0, 0], [0, 2, 0], [0, 0, 3]] })), beta: 2 }), { time: 0.01, scheme: 'central', dt: 0.005 }],
  ['heat', heat({ initial: smooth, viscosity: 0.1 }), { time: 0.1 }],
  ['scharfetter-gummel', fokkerPlanck({ initial: bump, potential: f, beta: 4 }), { time: 0.05, dt: 0.01 }],
  ['scharfetter-gummel where it is limited', fokkerPlanck({ initial: bump, potential: potential('20 x^2 + y^2'), beta: 40 }), { time: 0.2, dt: 0.1 }],
]

describe('marches on two threads', () => {
  it.runIf(available)('are taken up by a team for large grids, and by none that is told to stay in this thread', async () => {
    const pool = threads({ workers: 2 })
    expect((await marchTeam(pool, 1e6)).members).toBe(2)
    expect((await marchTeam(inline(), 1e6)).members).toBe(1)
    expect((await marchTeam(pool, 1000)).members).toBe(1)
    await pool.close()
  })

  it.each(cases)('have the numbers of one: %s', async (_, equation, options) => {
    const pool = threads({ workers: 2 })
    const [one, two] = [await solve(equation, { ...options, executor: inline() }), await solve(equation, { ...options, executor: pool })]
    await pool.close()
    expect(two.stats).toEqual(one.stats)
    expect(two.final.values.data.findIndex((value, i) => !Object.is(value, one.final.values.data[i]))).toBe(-1)
  })
})
