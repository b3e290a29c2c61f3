import { centralFirst, centralLater, fillTable, tableWidth } from '../../kernels/central-stages.ts'
import type { StageRows } from '../../kernels/central-stages.ts'
import type { Team } from '../../kernels/team.ts'
import type { Workspace } from '../../kernels/workspace.ts'
import type { Grid } from '../../grid/grid.ts'
import { ghosted, rowPlace } from '../ghosted.ts'
import type { Ghosted } from '../ghosted.ts'
import { heldNodes } from '../held-nodes.ts'
import { legendreStages } from '../super-time-stepping.ts'
import type { LegendreFlow } from './central-steps.ts'
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
}

/** RKL2 for Hamiltonians without coupling, on up to three axes: a stage in one pass over the rows. */
export function separableFlow(grid: Grid, viscosity: number, { scales, drift }: SeparableHamiltonian, workspace: Workspace): LegendreFlow {
  const { numbers, team } = workspace
  const layout = ghosted(grid, 2, together, workspace)
  const room = grid.size + together - 1
  const copy = (): Float64Array => numbers(layout.size)
  const arrays: Arrays = { table: numbers(tableWidth * grid.dim), start: numbers(room), first: copy(), last: copy(), next: copy() }
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
  return (u, stages, time) => {
    arrays.start.set(u)
    sweeps.enter(arrays)
    settle()
    const { opening, later } = legendreStages(stages, time)
    sweeps.first(arrays, opening, tableFor(1))
    for (const { mu, nu, step, back } of later) {
      settle()
      // The start is the stage before the first one, and what that has left in its place.
      sweeps.later(arrays, step, mu + tableFor(step), nu, 1 - mu - nu, back)
    }
    hold(arrays)
    sweeps.leave(arrays)
    u.set(arrays.start.subarray(0, u.length))
  }
}

/** A copy in the workspace that kernels may read behind its end. */
function placed(values: Float64Array, numbers: Workspace['numbers']): Float64Array {
  const place = numbers(values.length + together - 1)
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
  }
}
