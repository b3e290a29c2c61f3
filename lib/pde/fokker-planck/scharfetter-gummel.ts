import { directionOf, partsOf } from './directions.ts'
import { trBdf2Flow } from './line-flow.ts'
import { linesOf } from './lines.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/** Nodes beyond which factors of fewer step lengths are kept: three numbers a node, a direction and a length. */
const large = 2 ** 20

/**
 * Exponentially fitted finite volumes with TR-BDF2 in time. Directions are split symmetrically (Strang 1968): half a step along each but the last, a whole
 * one along the last, and back. Each factor keeps the mass, the sign and a law in which no flux runs; a stationary law with a current is kept to
 * second order in the step.
 */
export const scharfetterGummel: FokkerPlanckScheme = {
  name: 'scharfetter-gummel',
  order: { space: 2, time: 2 },
  // Positive, but through a limiter: u ≤ v may cross.
  monotone: false,
  flow: (equation, { take, team }) => {
    const { grid } = equation
    const kept = grid.size > large ? 3 : 8
    const directions = partsOf(equation).map((part) => linesOf(grid, directionOf(equation, part)))
    const state = take(Float64Array, grid.size)
    const flows = directions.map((groupsOfLines) => {
      const groups = groupsOfLines.map((lines) => trBdf2Flow(lines, kept, take, team))
      return (dt: number): void => {
        for (const flow of groups) flow(state, dt)
      }
    })
    const last = flows.length - 1
    return {
      evaluations: () => 2 * (2 * last + 1),
      step: (density, dt) => {
        state.set(density)
        for (let k = 0; k < last; k++) flows[k](dt / 2)
        flows[last](dt)
        for (let k = last - 1; k >= 0; k--) flows[k](dt / 2)
        density.set(state)
      },
    }
  },
}
