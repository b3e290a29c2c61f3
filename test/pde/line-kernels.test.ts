import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { sevenPointLaplacian, threePointLaplacian } from '../../lib/kernels/heat-kernel.ts'
import { leasedWorkspace, ordinary } from '../../lib/kernels/workspace.ts'
import { alone } from '../../lib/kernels/team.ts'
import type { Team } from '../../lib/kernels/team.ts'
import { kernels } from '../../lib/kernels/machine.ts'
import { diffusion } from '../../lib/pde/diffusion.ts'
import { discreteHamiltonian } from '../../lib/pde/hamilton-jacobi/discrete-hamiltonian.ts'
import * as derivatives from '../../lib/pde/hamilton-jacobi/derivatives.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { separableRates } from '../../lib/pde/hamilton-jacobi/separable-rates.ts'

const places: { boundary: Boundary; nodes: 'vertices' | 'centers' }[] = (['vertices', 'centers'] as const)
  .flatMap((nodes) => (['periodic', 'neumann', 'extrapolate', { dirichlet: 0.5 }] as const).map((boundary) => ({ boundary, nodes })))

/** Calls kernels part by part, as threads would, the last part first. */
const split: Team = {
  members: 3,
  each: (name, count, args) => {
    const ends = [0, Math.floor(count / 3), Math.floor((2 * count) / 3), count]
    for (const k of [2, 1, 0]) kernels<Record<string, (...list: number[]) => void>>()[name](ends[k], ends[k + 1], ...args)
  },
}

const sizes = [[40], [9, 20], [3, 11, 9]]
const cases = fc.record({
  shape: fc.constantFrom(...sizes).chain((most) => fc.tuple(...most.map((n) => fc.integer({ min: 2, max: n })))), ends: fc.array(fc.constantFrom(...places), { minLength: 3, maxLength: 3 }),
  tilted: fc.boolean(), team: fc.constantFrom(alone, split), kind: fc.constantFrom('rough', 'smooth', 'broken'),
}).chain((given) => {
  const size = given.shape.reduce((product, n) => product * n, 1)
  return fc.record({ given: fc.constant(given), list: fc.array(fc.integer({ min: -100, max: 100 }).map((k) => k / 50), { minLength: size, maxLength: size }) })
})

/** Values with kinks, waves that the grid resolves, or numbers that a march may run into. */
function valuesOf(kind: string, list: readonly number[]): Float64Array {
  if (kind === 'smooth') return Float64Array.from(list, (value, i) => Math.exp(0.1 * i) + 0.01 * value)
  return Float64Array.from(list, (value, i) => (kind === 'broken' && i % 7 === 3 ? [NaN, Infinity, 1e300, 1e-310][Math.abs(Math.round(50 * value)) % 4] : value))
}

describe('sweeps over lines', () => {
  it.each(Object.entries(derivatives))('give rates with the bits of their twins: %s', (_, derivative) => {
    fc.assert(fc.property(cases, ({ given: { shape, ends, tilted, team, kind }, list }) => {
      const g = grid(shape.map((size, k): Axis => ({ min: 0, max: 1 + k, size, ...ends[k] })))
      const { separable } = discreteHamiltonian(hamiltonJacobi({
        initial: field(g, ndarray(Float64Array.from(list), shape.slice())), metric: shape.map((_, k) => 0.5 + k),
        ...(tilted && { drift: (x, out) => x.forEach((xk, k) => (out[k] = 1 - k + 0.5 * Math.sin(3 * xk + k))) }),
      }))
      const u = valuesOf(kind, list)
      const { workspace, release } = leasedWorkspace(team)
      const [byKernels, byTwins] = [workspace, ordinary].map((place) => {
        const { rate, crossings } = separableRates(g, derivative, separable!, place)
        const out = new Float64Array(u.length)
        rate(u, out)
        const there = place.numbers(u.length)
        there.set(u)
        const again = place.numbers(u.length)
        rate(there, again)
        return { out, again: Float64Array.from(again), crossings: crossings(u) }
      })
      release()
      expect(byKernels).toEqual(byTwins)
    }), { numRuns: 150 })
  })

  it('diffuse with the bits of their twins', () => {
    fc.assert(fc.property(cases, fc.constantFrom(threePointLaplacian, sevenPointLaplacian), fc.constantFrom(1e-4, 0.01, 3), ({ given: { shape, ends, team, kind }, list }, laplacian, time) => {
      const g = grid(shape.map((size, k): Axis => ({ min: 0, max: 1 + k, size, ...ends[k] })))
      const u = valuesOf(kind, list)
      const { workspace, release } = leasedWorkspace(team)
      const [byKernels, byTwins] = [workspace, ordinary].map((place) => {
        const flow = diffusion(g, 0.3, laplacian, place)
        const out = new Float64Array(u.length)
        flow(u, time, out)
        const there = place.numbers(u.length)
        there.set(u)
        flow(there, time, there)
        return { out, there: Float64Array.from(there) }
      })
      release()
      expect(byKernels).toEqual(byTwins)
    }), { numRuns: 150 })
  })
})
