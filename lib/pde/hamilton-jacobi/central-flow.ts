import { centralFirst, centralLater, centralSpeeds, fillSpeedTable, fillTable, tableWidth } from '../../kernels/central-stages.ts'
import type { StageRows } from '../../kernels/central-stages.ts'
import type { Team } from '../../kernels/team.ts'
import type { Workspace } from '../../kernels/workspace.ts'
import type { Grid } from '../../grid/grid.ts'
import { ghosted, rowPlace } from '../ghosted.ts'
import type { Ghosted } from '../ghosted.ts'
import { heldNodes } from '../held-nodes.ts'
import { legendreStages } from '../super-time-stepping.ts'
import { crossingsOf } from './central-rates.ts'
import type { CentralOperator } from './central-rates.ts'
import type { SeparableHamiltonian } from './discrete-hamiltonian.ts'

/** Nodes that the kernels compute at once. */
const together = 4

/** What the stages read and write: ghosted copies, and the state at the start of the step. */
interface Arrays {
  table: Float64Array
  start: Float64Array
  first: Float64Array
  last: Float64Array
  next: Float64Array
}

/** The sweeps over all rows, by kernels or by their twins. */
interface Sweeps {
  enter(arrays: Arrays): void
  first(arrays: Arrays, step: number, center: number): void
  later(arrays: Arrays, step: number, center: number, nu: number, origin: number, back: number): void
  leave(arrays: Arrays): void
  speeds(arrays: Arrays, out: Float64Array): void
}

/** RKL2 for Hamiltonians without coupling, on up to three axes: a stage in one pass over the rows. */
export function separableOperator(grid: Grid, viscosity: number, { scales, drift }: SeparableHamiltonian, workspace: Workspace): CentralOperator {
  const { numbers, team } = workspace
  const layout = ghosted(grid, 2, together, workspace)
  const copy = (): Float64Array => numbers(layout.size)
  const arrays: Arrays = { table: numbers(tableWidth * grid.dim), start: numbers(grid.size), first: copy(), last: copy(), next: copy() }
  const sweeps = team === undefined ? plainSweeps(grid, layout, drift) : teamSweeps(grid, layout, drift && placed(drift, numbers), team)
  const { nodes } = heldNodes(grid)
  const places = Array.from(nodes, (node) => rowPlace(layout, Math.floor(node / layout.n)) + (node % layout.n))
  const hold = ({ next, start }: Arrays): void => {
    for (let i = 0; i < nodes.length; i++) next[places[i]] = start[nodes[i]]
  }
  const settle = (): void => {
    hold(arrays)
    layout.fill(arrays.next)
    ;[arrays.last, arrays.next] = [arrays.next, arrays.last]
  }
  const tableFor = (step: number): number => fillTable(arrays.table, grid.spacing, scales, viscosity, drift !== undefined, step)
  const own = arrays.start
  const enter = (u: Float64Array): void => {
    // A state in the same memory is read where it is.
    arrays.start = workspace.holds(u) ? u : own
    if (arrays.start === own) own.set(u)
    sweeps.enter(arrays)
    settle()
  }
  const width = 1 + grid.dim
  const found = numbers((width * grid.size) / layout.n)
  return {
    crossings: (u) => {
      enter(u)
      fillSpeedTable(arrays.table, grid.spacing, scales)
      sweeps.speeds(arrays, found)
      const most = new Array<number>(width).fill(0)
      for (let i = 0; i < found.length; i++) most[i % width] = Math.max(most[i % width], found[i])
      const [square, ...each] = most
      return crossingsOf(grid, viscosity, { square, each: each.reverse() })
    },
    advance: (u, stages, time) => {
      enter(u)
      const { opening, later } = legendreStages(stages, time)
      sweeps.first(arrays, opening, tableFor(1))
      for (const { mu, nu, step, back } of later) {
        settle()
        // The start is the stage before the first one, and what that has left in its place.
        sweeps.later(arrays, step, mu + tableFor(step), nu, 1 - mu - nu, back)
      }
      hold(arrays)
      sweeps.leave(arrays)
      if (arrays.start === own) u.set(own)
    },
  }
}

function placed(values: Float64Array, numbers: Workspace['numbers']): Float64Array {
  const place = numbers(values.length)
  place.set(values)
  return place
}

function teamSweeps(grid: Grid, layout: Ghosted, drift: Float64Array | undefined, team: Team): Sweeps {
  const rows = grid.size / layout.n
  const shape = [layout.n, layout.slab, 8 * layout.strides[1], 8 * layout.strides[2]]
  const node = (copy: Float64Array): number => copy.byteOffset + 8 * layout.origin
  const stage = ({ table, first, last, next }: Arrays): number[] => [
    grid.dim, ...shape, table.byteOffset, drift?.byteOffset ?? 0, 8 * grid.size, node(last), node(first), node(next),
  ]
  return {
    enter: ({ start, next }) => team.each('rowsIntoGhosted', rows, [...shape, start.byteOffset, node(next)]),
    first: (arrays, step, center) => team.each('centralFirst', rows, [...stage(arrays), step, center]),
    later: (arrays, step, center, nu, origin, back) => team.each('centralLater', rows, [...stage(arrays), step, center, arrays.start.byteOffset, nu, origin, back]),
    leave: ({ start, next }) => team.each('rowsOutOfGhosted', rows, [...shape, start.byteOffset, node(next)]),
    speeds: ({ table, last }, out) => team.each('centralSpeeds', rows, [
      grid.dim, ...shape, table.byteOffset, drift?.byteOffset ?? 0, 8 * grid.size, node(last), out.byteOffset,
    ]),
  }
}

function plainSweeps(grid: Grid, layout: Ghosted, drift: Float64Array | undefined): Sweeps {
  const { n } = layout
  const places = Array.from({ length: grid.size / n }, (_, row) => rowPlace(layout, row))
  const rows: StageRows = { n, places, strides: layout.strides.slice(0, grid.dim), drift }
  return {
    enter: ({ start, next }) => {
      for (const [row, place] of places.entries()) next.set(start.subarray(row * n, (row + 1) * n), place)
    },
    first: ({ table, first, last, next }, step, center) => centralFirst(rows, table, last, first, next, step, center),
    later: ({ table, first, last, next, start }, step, center, nu, origin, back) => centralLater(rows, table, last, first, next, step, center, start, nu, origin, back),
    leave: ({ start, next }) => {
      for (const [row, place] of places.entries()) start.set(next.subarray(place, place + n), row * n)
    },
    speeds: ({ table, last }, out) => centralSpeeds(rows, table, last, out),
  }
}
