import { refuse } from '../../core/arguments.ts'
import { fieldOf, flat } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import { jumpsOf } from './chain.ts'
import { directionOf, partsOf } from './directions.ts'
import { checkEquation } from './equation.ts'
import type { FokkerPlanck } from './equation.ts'
import { cellShares } from './lines.ts'
import { absorbingNodes } from './neighbours.ts'

/**
 * ρ_t on the nodes, as the discrete generator has it: what `solve` integrates in time. A density is stationary on the grid where it vanishes. Summed
 * with the grid's weights it is 0, or minus the mass that absorbing ends take. Nodes that an absorbing end holds at 0 count as holding nothing.
 * @throws ArgumentError on another equation, or a density on another grid
 */
export function fokkerPlanckRate(equation: FokkerPlanck, density: Field): Field {
  checkEquation('fokkerPlanckRate', equation)
  const values = densityOn('fokkerPlanckRate', equation, density)
  const { grid } = equation
  const { starts, to, rates, loss } = jumpsOf(grid.size, partsOf(equation).map((part) => directionOf(equation, part)))
  const shares = cellShares(grid)
  for (const i of absorbingNodes(grid)) values[i] = 0
  const sum = new Float64Array(grid.size)
  for (let i = 0; i < sum.length; i++) {
    const mass = values[i] * shares[i]
    let left = loss[i] * mass
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const moved = rates[e] * mass
      left += moved
      sum[to[e]] += moved
    }
    sum[i] -= left
  }
  for (let i = 0; i < sum.length; i++) sum[i] /= shares[i]
  return fieldOf(grid, sum)
}

/** A copy of a density's values on the equation's grid. */
export function densityOn(where: string, { grid }: FokkerPlanck, density: Field): Float64Array {
  const values = flat(where, 'density', density)
  if (density.grid.shape.join() !== grid.shape.join()) refuse(where, 'density', `a field of shape ${grid.shape.join(' × ')}`, density.grid.shape)
  return values
}
