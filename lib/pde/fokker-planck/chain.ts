import type { Grid } from '../../grid/grid.ts'
import { dissect } from '../../kernels/dissection.ts'
import type { Dissection } from '../../kernels/dissection.ts'
import type { Jumps } from '../../kernels/jumps.ts'
import { directionOf, partsOf } from './directions.ts'
import type { Direction } from './directions.ts'
import type { FokkerPlanck } from './equation.ts'
import { cellShares } from './lines.ts'

/** The equation on its grid as a Markov chain: masses (density × share of a cell) jump from node to node. */
export interface Chain {
  readonly grid: Grid
  readonly jumps: Jumps
  readonly shares: Float64Array
  readonly dissection: Dissection
}

export function chainOf(equation: FokkerPlanck): Chain {
  const { grid } = equation
  const directions = partsOf(equation).map((part) => directionOf(equation, part))
  const reach = grid.axes.map((_, k) => directions.reduce((most, { offset }) => Math.max(most, Math.abs(offset[k])), 1))
  return {
    grid, jumps: jumpsOf(grid.size, directions), shares: cellShares(grid),
    dissection: dissect(grid.shape, grid.axes.map((axis) => axis.boundary === 'periodic'), reach),
  }
}

export function jumpsOf(size: number, directions: readonly Direction[]): Jumps {
  const starts = new Int32Array(size + 1)
  const loss = new Float64Array(size)
  const ways = directions.flatMap(({ next, previous, forward, backward }) => [{ target: next, rate: forward }, { target: previous, rate: backward }])
  for (const { target, rate } of ways) {
    for (let i = 0; i < size; i++) if (target[i] >= 0) starts[i + 1] += rate[i] > 0 ? 1 : 0
    else loss[i] += rate[i]
  }
  for (let i = 0; i < size; i++) starts[i + 1] += starts[i]
  const to = new Int32Array(starts[size])
  const rates = new Float64Array(starts[size])
  const filled = starts.slice()
  for (const { target, rate } of ways) {
    for (let i = 0; i < size; i++) {
      if (target[i] < 0 || !(rate[i] > 0)) continue
      to[filled[i]] = target[i]
      rates[filled[i]++] = rate[i]
    }
  }
  return { size, starts, to, rates, loss }
}
