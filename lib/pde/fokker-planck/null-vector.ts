import { stationaryMasses } from '../../kernels/elimination.ts'
import { closedClasses } from '../../kernels/jumps.ts'
import { chainOf } from './chain.ts'
import type { Chain } from './chain.ts'
import type { FokkerPlanck } from './equation.ts'
import { eliminateOn } from './restricted.ts'

/**
 * The density in which gains and losses balance on every node, normalised with the grid's weights; entries are accurate relative to themselves. Nothing
 * where mass leaks out, or where it may end in several places. Yields the share of the work done.
 */
export function* stationaryDensity(where: string, equation: FokkerPlanck, chain: Chain = chainOf(equation)): Generator<number, Float64Array | undefined> {
  const { grid, shares } = chain
  const ends = endsOf(equation, chain)
  if (ends.length !== 1) return undefined
  const { nodes, elimination } = yield* eliminateOn(where, chain, marksOf(grid.size, ends[0]))
  if (elimination.dead.length !== 1) return undefined
  const masses = stationaryMasses(elimination)
  const density = new Float64Array(grid.size)
  nodes.forEach((i, a) => (density[i] = masses[a] / shares[i]))
  return normalised(density, grid.weights().data)
}

/** Sets of nodes that mass never leaves, walls apart. */
export function endsOf(equation: FokkerPlanck, { jumps }: Chain): Int32Array[] {
  const f = equation.energy?.values.data
  return closedClasses(jumps).filter((nodes) => nodes.length > 1 || f?.[nodes[0]] !== Infinity)
}

export function marksOf(size: number, nodes: Int32Array): Uint8Array {
  const marks = new Uint8Array(size)
  for (const i of nodes) marks[i] = 1
  return marks
}

function normalised(density: Float64Array, weights: Float64Array): Float64Array {
  // The last node's mass was 1; others may be beyond the range of squares, not of numbers.
  const most = density.reduce((top, value) => Math.max(top, value), 0)
  let sum = 0
  let lost = 0
  for (let i = 0; i < density.length; i++) {
    const term = (density[i] / most) * weights[i] - lost
    const next = sum + term
    lost = next - sum - term
    sum = next
  }
  return density.map((value) => value / most / sum)
}
