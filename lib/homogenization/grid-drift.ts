import { integer, refuse } from '../core/arguments.ts'
import { field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { lineSupport } from '../pde/local-entropy/line-support.ts'
import type { LocalGibbs } from '../pde/local-entropy/measure.ts'
import { supportBox } from '../pde/local-entropy/modes.ts'

/**
 * −∇u at x by central differences of the Cole–Hopf solution on a grid about x that holds the mass of the local Gibbs law. Both are second order in the
 * spacing at worst, so that a third of the difference from the same on twice the spacing estimates the error.
 */
export function gridDrift(measure: LocalGibbs, size: number): { drift: Float64Array; bias: Float64Array } {
  const reach = reachOf(measure)
  const cells = (size - 1) / 2
  const [fine, coarse] = [cells, cells / 2].map((half) => differences(measure, reach, half))
  return { drift: fine, bias: coarse.map((c, k) => (c - fine[k]) / 3) }
}

/** Nodes along each axis: 4n + 1, so that x is a node of the grid and of the one with twice its spacing. */
export function gridSize({ where, dim }: LocalGibbs, size: unknown): number {
  if (dim > 2) refuse(where, 'method', '\'quadrature\', \'langevin\' or \'importance\' beyond 2 dimensions', 'grid')
  const nodes = integer(where, 'size', size ?? (dim === 1 ? 2049 : 193), 9)
  return nodes % 4 === 1 ? nodes : refuse(where, 'size', '4n + 1', size)
}

/** How far from x the mass of the local Gibbs law reaches, along each axis; on the line and in the plane. */
export function reachOf(measure: LocalGibbs): Float64Array {
  if (measure.dim > 1) return supportBox(measure)
  const ends = lineSupport(measure).panels.flat().map(Math.abs)
  return Float64Array.of(ends.reduce((far, end) => Math.max(far, end), 0))
}

function differences({ f, x, dim, gamma, beta }: LocalGibbs, reach: Float64Array, half: number): Float64Array {
  const nodes = grid(Array.from(reach, (far, k) => ({ min: x[k] - far, max: x[k] + far, size: 2 * half + 1 })))
  const u = coleHopf(field(nodes, f), { gamma, beta })
  const middle = new Array<number>(dim).fill(half)
  return Float64Array.from({ length: dim }, (_, k) => {
    const at = (step: number): number => u.values.get(...middle.map((index, j) => (j === k ? index + step : index)))
    return -(at(1) - at(-1)) / (2 * nodes.spacing[k])
  })
}
