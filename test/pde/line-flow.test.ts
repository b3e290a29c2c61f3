import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { grid } from '../../lib/grid/grid.ts'
import type { Boundary } from '../../lib/grid/grid.ts'
import { scratch } from '../../lib/kernels/machine.ts'
import { directionOf, partsOf } from '../../lib/pde/fokker-planck/directions.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { plainFlow, trBdf2Flow } from '../../lib/pde/fokker-planck/line-flow.ts'
import { linesOf } from '../../lib/pde/fokker-planck/lines.ts'
import { potential } from '../../lib/potential/index.ts'

const shapes = fc.oneof(
  fc.tuple(fc.integer({ min: 2, max: 40 })),
  fc.tuple(fc.integer({ min: 2, max: 13 }), fc.integer({ min: 2, max: 13 })),
  fc.tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 })),
)
const energies = ['(x^2 - 1)^2', '(x^2 - 1)^2 + 3 x y + y^2', 'x^2 + 2 y^2 + z^2 + cos(5 x z)']

describe('a step along lines', () => {
  it('has the bits of its twin: lines side by side, by themselves and beside walls, with peaks that need the limiter and without', () => {
    fc.assert(fc.property(
      shapes, fc.constantFrom<Boundary>('neumann', { dirichlet: 0 }, 'periodic'), fc.constantFrom('vertices' as const, 'centers' as const), fc.double({ min: -4, max: 1, noNaN: true }),
      fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 169, maxLength: 169 }),
      (shape, boundary, nodes, exponent, loads) => {
        const on = grid(shape.map((size) => ({ min: -1.5, max: 2, size, boundary, nodes })))
        const equation = fokkerPlanck({ grid: on, potential: potential(energies[shape.length - 1]), beta: 3 })
        const start = Float64Array.from({ length: on.size }, (_, i) => loads[i])
        const [byKernel, byTwin] = [trBdf2Flow, plainFlow].map((flowOf) => scratch((take) => {
          const state = take(Float64Array, on.size)
          state.set(start)
          for (const part of partsOf(equation)) {
            for (const lines of linesOf(on, directionOf(equation, part))) {
              if (lines.nodes === 0) continue
              const flow = flowOf(lines, 2, take)
              // A factor that is kept, one that is dropped, and one that comes back.
              for (const share of [1, 1, 0.5, 0.25, 1]) flow(state, share * 10 ** exponent)
            }
          }
          return state.slice()
        }))
        expect(byKernel.every((value) => value >= 0 && value < Infinity)).toBe(true)
        expect(byKernel).toEqual(byTwin)
      },
    ), { numRuns: 150 })
  })
})
