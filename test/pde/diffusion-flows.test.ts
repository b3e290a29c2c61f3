import { describe, expect, it } from 'vitest'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { sevenPointLaplacian, threePointLaplacian } from '../../lib/kernels/heat-kernel.ts'
import { diffusion } from '../../lib/pde/diffusion.ts'
import { heldNodes } from '../../lib/pde/held-nodes.ts'
import { implicitDiffusion } from '../../lib/pde/implicit-diffusion.ts'
import { superTimeStepping } from '../../lib/pde/super-time-stepping.ts'

const boundaries: Boundary[] = ['periodic', 'neumann', 'extrapolate', { dirichlet: 0.7 }]
const cases = boundaries.flatMap((boundary) => (['vertices', 'centers'] as const).map((nodes) => ({ boundary, nodes })))
const viscosity = 0.3

describe.each([
  { name: 'superTimeStepping', flow: (...given: Parameters<typeof implicitDiffusion>) => superTimeStepping(...given).propagate },
  { name: 'implicitDiffusion', flow: implicitDiffusion },
])('$name', ({ flow }) => {
  it.each(cases)('is of order 2 to the exact flow of both Laplacians: $boundary, $nodes', (place) => {
    for (const laplacian of [threePointLaplacian, sevenPointLaplacian]) {
      for (const n of [1, 2, 3, 5, 17, 24].filter((size) => size > 1 || place.nodes === 'centers')) {
        const other: Axis = { min: 0, max: 3, size: 4, boundary: 'neumann' }
        const g = grid([{ min: 0, max: 2, size: n, ...place }, other])
        const u = Float64Array.from({ length: g.size }, (_, i) => Math.sin(3 * i + 1))
        heldNodes(g).hold(u)
        const time = (2 * g.spacing[0] ** 2) / viscosity
        const exact = u.slice()
        diffusion(g, viscosity, laplacian)(u, time, exact)
        const propagate = flow(g, viscosity, laplacian)
        const errorOf = (steps: number): number => {
          const v = u.slice()
          for (let k = 0; k < steps; k++) propagate(v, time / steps, v)
          return v.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0)
        }
        const [coarse, fine] = [errorOf(40), errorOf(160)]
        // A quarter of the step, a sixteenth of the error; rounding where nothing moves.
        expect(fine).toBeLessThan(coarse / 4 ** 1.7 + 1e-13)
        expect(fine).toBeLessThan(1e-3)
      }
    }
  })

  it('is stable at any length, keeps constants and works in place', () => {
    const g = grid([{ min: 0, max: 1, size: 20, boundary: 'periodic' }, { min: 0, max: 2, size: 18, boundary: 'extrapolate' }])
    const propagate = flow(g, viscosity, sevenPointLaplacian)
    const level = new Float64Array(g.size).fill(3)
    propagate(level, 10, level)
    // Some hundred stages or two solves of condition 10⁴.
    for (const value of level) expect(Math.abs(value - 3)).toBeLessThanOrEqual(1e4 * Number.EPSILON)
    for (const time of [1e-4, 0.01, 1, 100]) {
      const u = Float64Array.from({ length: g.size }, (_, i) => Math.cos(i * i))
      const out = new Float64Array(g.size)
      propagate(u, time, out)
      for (let i = 0; i < u.length; i++) expect(Math.abs(out[i])).toBeLessThan(2)
      propagate(u, time, u)
      expect(u).toEqual(out)
    }
  })
})

it('counts as many stages as a length asks for', () => {
  const g = grid({ min: 0, max: 1, size: 50, boundary: 'periodic' })
  const { stages } = superTimeStepping(g, 1, threePointLaplacian)
  const explicit = g.spacing[0] ** 2 / 2
  // (s² + s − 2)/4 explicit steps: 2.5 for 3 stages, 7 for 5, 13.5 for 7.
  expect([0.1, 2.49, 2.51, 6.99, 7.01, 13.49].map((count) => stages(count * explicit))).toEqual([3, 3, 5, 5, 7, 7])
})
