import { fillGhosts, ruleLength } from '../kernels/ghosts.ts'
import { kernels } from '../kernels/machine.ts'
import type { Workspace } from '../kernels/workspace.ts'
import type { Grid } from '../grid/grid.ts'
import { ghostRules } from './ghosts.ts'

/** Copies of a field of up to three axes with room for ghosts on each. Lengths and distances count numbers. */
export interface Ghosted {
  size: number
  /** Nodes of a row, a line of the last axis, and rows of a slab, a plane of the last two. */
  n: number
  slab: number
  /** Distances of neighbours, from the last axis on; 0 for axes that are not there. */
  strides: readonly [number, number, number]
  /** Where the first node is. */
  origin: number
  /** Fills the ghosts of a copy, as the flow of heat continues lines. */
  fill(copy: Float64Array): void
}

interface GhostKernels {
  fillGhosts(data: number, stride: number, inner: number, outer1: number, stride1: number, outer2: number, stride2: number, rules: number, rulesEnd: number): void
}

/** Rows have room for what is computed behind the last node when `together` nodes are at once. */
export function ghosted({ dim, shape, axes }: Grid, ghosts: number, together: number, { numbers, team }: Workspace): Ghosted {
  const [n, rows, slabs] = [0, 1, 2].map((k) => (k < dim ? shape[dim - 1 - k] : 1))
  const row = together * Math.ceil(n / together) + 2 * ghosts
  const plane = row * (rows + 2 * ghosts)
  const strides = [1, dim > 1 ? row : 0, dim > 2 ? plane : 0] as const
  const origin = ghosts * (strides[0] + strides[1] + strides[2])
  // Of each axis its lines: those side by side, and two counts of others with their strides.
  const lines = [[1, rows, strides[1], slabs, strides[2]], [n, slabs, strides[2], 1, 0], [n, rows, strides[1], 1, 0]]
  const fills = lines.slice(0, dim).map(([inner, outer1, stride1, outer2, stride2], k) => {
    const rules = numbers(2 * ghosts * ruleLength)
    rules.set(ghostRules(axes[dim - 1 - k], ghosts, 'continued'))
    const first = origin - ghosts * strides[k]
    return (copy: Float64Array): void => {
      if (team === undefined) return fillGhosts(copy, first, strides[k], inner, outer1, stride1, outer2, stride2, rules)
      const start = rules.byteOffset
      kernels<GhostKernels>().fillGhosts(copy.byteOffset + 8 * first, 8 * strides[k], inner, outer1, 8 * stride1, outer2, 8 * stride2, start, start + rules.byteLength)
    }
  })
  return {
    size: plane * (dim > 2 ? slabs + 2 * ghosts : 1), n, slab: rows, strides, origin,
    fill: (copy) => {
      for (const fill of fills) fill(copy)
    },
  }
}

/** Where a row begins. */
export function rowPlace({ slab, strides, origin }: Ghosted, row: number): number {
  return origin + Math.floor(row / slab) * strides[2] + (row % slab) * strides[1]
}
