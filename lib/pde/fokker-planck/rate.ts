import { refuse } from '../../core/arguments.ts'
import { fieldOf, flat } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import { isFokkerPlanck } from './equation.ts'
import type { FokkerPlanck } from './equation.ts'
import { absorbingNodes, gather, linesOf, scatter } from './lines.ts'
import type { Lines, Tile } from './lines.ts'

/**
 * ρ_t on the nodes, as the discrete generator has it: what `solve` integrates in time. A density is stationary on the grid where it vanishes. Summed
 * with the grid's weights it is 0, or minus the mass that absorbing ends take. Nodes that an absorbing end holds at 0 count as holding nothing.
 * @throws ArgumentError on another equation, or a density on another grid
 */
export function fokkerPlanckRate(equation: FokkerPlanck, density: Field): Field {
  if (!isFokkerPlanck(equation)) refuse('fokkerPlanckRate', 'equation', 'an equation made by fokkerPlanck()', (equation as { kind?: unknown } | null)?.kind ?? equation)
  const values = flat('fokkerPlanckRate', 'density', density)
  const { grid } = equation
  if (density.grid.shape.join() !== grid.shape.join()) refuse('fokkerPlanckRate', 'density', `a field of shape ${grid.shape.join(' × ')}`, density.grid.shape)
  const held = absorbingNodes(grid)
  for (const i of held) values[i] = 0
  const sum = new Float64Array(grid.size)
  const part = new Float64Array(grid.size)
  for (let k = 0; k < grid.dim; k++) {
    const lines = linesOf(equation, k)
    part.fill(0)
    for (const tile of lines.tiles) {
      const masses = new Float64Array(lines.nodes * tile.width)
      gather(lines, tile, values, masses)
      scatter(lines, tile, massRate(lines, tile, masses), new Float64Array(tile.width), part)
    }
    for (let i = 0; i < sum.length; i++) sum[i] += part[i]
  }
  for (const i of held) sum[i] = 0
  return fieldOf(grid, sum)
}

function massRate({ nodes, cyclic }: Lines, { width, right, left }: Tile, masses: Float64Array): Float64Array {
  const out = new Float64Array(masses.length)
  const length = nodes * width
  for (let k = 0; k < length; k++) {
    const [up, down] = [right[k] * masses[k], left[k] * masses[k]]
    out[k] -= up + down
    if (k + width < length || cyclic) out[(k + width) % length] += up
    if (k - width >= 0 || cyclic) out[(k - width + length) % length] += down
  }
  return out
}
