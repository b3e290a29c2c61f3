import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { extend } from '../../lib/grid/boundary.ts'
import { fillGhosts } from '../../lib/kernels/ghosts.ts'
import { leasedWorkspace, ordinary } from '../../lib/kernels/workspace.ts'
import { continuation } from '../../lib/pde/diffusion.ts'
import { ghostRules } from '../../lib/pde/ghosts.ts'
import { central } from '../../lib/pde/hamilton-jacobi/central.ts'
import { separableOperator } from '../../lib/pde/hamilton-jacobi/central-flow.ts'
import { generalOperator, largestCrossing, largestRatio, stagesFor } from '../../lib/pde/hamilton-jacobi/central-steps.ts'
import { discreteHamiltonian } from '../../lib/pde/hamilton-jacobi/discrete-hamiltonian.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { solve } from '../../lib/pde/march.ts'
import { plan } from '../../lib/pde/plan.ts'
import { legendreStages } from '../../lib/pde/super-time-stepping.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { cosine } from '../support/exact.ts'

const places: { boundary: Boundary; nodes: 'vertices' | 'centers' }[] = (['vertices', 'centers'] as const)
  .flatMap((nodes) => (['periodic', 'neumann', 'extrapolate', { dirichlet: 0.5 }] as const).map((boundary) => ({ boundary, nodes })))
const values = (size: number) => fc.array(fc.integer({ min: -100, max: 100 }).map((k) => k / 500), { minLength: size, maxLength: size })
const cases = fc.record({
  shape: fc.array(fc.integer({ min: 2, max: 9 }), { minLength: 1, maxLength: 3 }), ends: fc.array(fc.constantFrom(...places), { minLength: 3, maxLength: 3 }),
  tilted: fc.boolean(), viscosity: fc.constantFrom(0.3, 5), stages: fc.integer({ min: 3, max: 6 }),
}).chain((given) => fc.record({ given: fc.constant(given), list: values(given.shape.reduce((product, n) => product * n, 1)) }))

describe('a step of central differences', () => {
  it('has the same bits by kernels and by their twins, and agrees with the general one', () => {
    fc.assert(fc.property(cases, ({ given: { shape, ends, tilted, viscosity, stages }, list }) => {
      const g = grid(shape.map((size, k): Axis => ({ min: 0, max: 1 + k, size, ...ends[k] })))
      const equation = hamiltonJacobi({
        initial: field(g, ndarray(Float64Array.from(list), shape.slice())), viscosity, metric: shape.map((_, k) => 0.5 + k),
        ...(tilted && { drift: (x, out) => x.forEach((xk, k) => (out[k] = 1 - k + 0.5 * Math.sin(3 * xk + k))) }),
      })
      const hamiltonian = discreteHamiltonian(equation)
      const { workspace, release } = leasedWorkspace()
      const steps = [
        separableOperator(g, viscosity, hamiltonian.separable!, workspace), separableOperator(g, viscosity, hamiltonian.separable!, ordinary),
        generalOperator(g, viscosity, hamiltonian, central),
      ]
      const dt = (0.1 * Math.min(...g.spacing) ** 2) / viscosity
      const [byKernels, byTwins, byGeneral] = steps.map(({ advance }) => {
        const u = Float64Array.from(list)
        for (let k = 0; k < 2; k++) advance(u, stages, dt)
        return u
      })
      expect(byKernels).toEqual(byTwins)
      // Values up to ½ and rough: neighbours are up to 30 times as far apart as slopes of 1 would have it.
      for (let i = 0; i < list.length; i++) expect(Math.abs(byGeneral[i] - byTwins[i])).toBeLessThanOrEqual(1e5 * Number.EPSILON)
      const smooth = Float64Array.from(list, (value) => value / 100)
      const [a, b, c] = steps.map(({ crossings }) => {
        try {
          return crossings(smooth)
        } catch {
          return -1
        }
      })
      expect(a).toBe(b)
      expect(Math.abs(c - a)).toBeLessThanOrEqual(64 * Number.EPSILON * Math.abs(a))
      release()
    }), { numRuns: 200 })
  })

  it('continues lines by rules as `extend` and `continuation` do', () => {
    const lines = fc.record({ place: fc.constantFrom(...places), ghosts: fc.integer({ min: 1, max: 7 }), list: fc.integer({ min: 2, max: 6 }).chain(values) })
    fc.assert(fc.property(lines, ({ place, ghosts, list }) => {
      const [axis] = grid({ min: 0, max: 1, size: list.length, ...place }).axes
      // A held end has its value.
      if (typeof place.boundary === 'object' && place.nodes === 'vertices') list[0] = list[list.length - 1] = 0.5
      for (const ends of ['extended', 'continued'] as const) {
        const line = Float64Array.from(list)
        const expected = new Float64Array(list.length + 2 * ghosts)
        if (ends === 'extended') extend(axis, line, ghosts, expected)
        else continuation(axis)(line, ghosts, expected)
        const found = new Float64Array(expected.length)
        found.set(line, ghosts)
        fillGhosts(found, 0, 1, 1, 1, 0, 1, 0, Float64Array.from(ghostRules(axis, ghosts, ends)))
        expect(found).toEqual(expected)
      }
    }))
  })

  it('is stable where it says so', () => {
    /** |R(−x + iy)| of RKL2 with s stages. */
    const amplification = (s: number, x: number, y: number): number => {
      const { opening, later } = legendreStages(s, 1)
      let before = { x: 1, y: 0 }
      let last = { x: 1 - opening * x, y: opening * y }
      for (const { mu, nu, step, back } of later) {
        const next = {
          x: mu * last.x + nu * before.x + 1 - mu - nu + step * (-x * last.x - y * last.y) - back * x,
          y: mu * last.y + nu * before.y + step * (y * last.x - x * last.y) + back * y,
        }
        ;[before, last] = [last, next]
      }
      return Math.hypot(last.x, last.y)
    }
    const spreads = Array.from({ length: 90 }, (_, k) => 0.02 * 1.11 ** k)
    for (const w of spreads) {
      for (const nu of [Math.sqrt(largestRatio * w), largestCrossing]) {
        const s = stagesFor((16 / 3) * w)
        for (let k = 1; k <= 200; k++) {
          const c = (k / 200) ** 2
          const y = 2 * nu * Math.sqrt(c * (1 - c)) * (1 + (2 * c) / 3)
          // Waves that are carried without any viscosity to speak of are refused by their Péclet number.
          if (nu <= 2 * w * 3 * 1.05 || nu * nu <= largestRatio * w * 1.01) expect(amplification(s, 4 * w * c * (1 + c / 3), y)).toBeLessThanOrEqual(1 + 1e-12)
        }
      }
    }
  })
})

describe('central', () => {
  const circle = (size: number): Axis => ({ min: 0, max: 2 * Math.PI, size, boundary: 'periodic' })

  it.each([1, 2, 3])('has its order with a metric, a drift, a coupled and an own Hamiltonian, %i-D', async (dim) => {
    const beta = 5
    const bump = cosine(0.5, 1, beta)
    // A sum of waves that a constant drift moves; the metric diag(2, …) with half of the wave solves the same equation.
    const shift = 0.4
    const exact = (x: readonly number[], t: number): number => x.reduce((sum, xk) => sum + bump(xk + shift * t, t), 0)
    const drift = (_x: Float64Array, out: Float64Array): void => void out.fill(shift)
    const hamiltonian = {
      value: (_x: Float64Array, p: Float64Array) => p.reduce((sum, pk) => sum + 0.5 * pk * pk - shift * pk, 0),
      gradient: (_x: Float64Array, p: Float64Array, out: Float64Array) => p.forEach((pk, k) => (out[k] = pk - shift)),
    }
    for (const more of [{ drift }, { hamiltonian }]) {
      const points = []
      for (const n of [[24, 32, 48], [24, 32, 40], [18, 22, 28]][dim - 1]) {
        const initial = field(grid(Array.from({ length: dim }, () => circle(n))), (...x) => exact(x, 0))
        const { final } = await solve(hamiltonJacobi({ initial, beta, ...more }), { time: 0.3, scheme: 'central', dt: 0.3 / Math.ceil(0.05 * n * n) })
        points.push({ h: initial.grid.spacing[0], error: Math.max(...final.values.data.map((u, i) => Math.abs(u - exact(nodeAt(final.grid, i), 0.3)))) })
      }
      expect(fitOrder(points).order).toBeGreaterThan(3.5)
    }
  })

  it('refuses what it would make oscillate, in plan too', async () => {
    const steep = (viscosity: number) => hamiltonJacobi({ initial: field(grid(circle(64)), (x) => Math.cos(x)), viscosity })
    for (const [viscosity, message] of [[0, 'where the viscosity is 0, got "central"'], [0.04, /cell Péclet number .* is above 1, got "central" at 1.2/]] as const) {
      await expect(solve(steep(viscosity), { time: 1, scheme: 'central' })).rejects.toThrow(message)
      expect(() => plan(steep(viscosity), { time: 1, scheme: 'central', dt: 1e-4 })).toThrow(message)
    }
    await expect(solve(steep(0.06), { time: 1, scheme: 'central' })).resolves.toMatchObject({ times: [1] })
    await expect(solve(steep(0.06), { time: 1, scheme: 'central', integrator: 'ssp-rk3' })).rejects.toThrow("solve: integrator must be left out for 'central' unless viscous is 'exact' or 'implicit'")
    await expect(solve(steep(0.06), { time: 1, scheme: 'central', integrator: 'ssp-rk3', viscous: 'exact' })).resolves.toMatchObject({ times: [1] })
  })
})
