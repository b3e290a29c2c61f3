import { endsAreNodes } from '../../grid/grid.ts'
import type { Grid } from '../../grid/grid.ts'
import { isAbsorbing } from './equation.ts'

/** No neighbour: the jump would cross an end that reflects, or ends in one that absorbs. */
export const reflected = -1
export const absorbed = -2

/** Who is one offset e further from each node. */
export interface Neighbours {
  /** Index of node i + e, or one of the above. */
  readonly next: Int32Array
  /** Share of e after which an absorbed jump meets the end. */
  reach(i: number): number
  /** 1 over the share of the node's cell that faces e: 2 for each end node of an axis that e moves along. */
  readonly crowding: Float64Array
}

/** `held` marks nodes that hold nothing: on absorbing ends. They have no neighbours. */
export function neighboursOf(grid: Grid, offset: readonly number[], held: Uint8Array): Neighbours {
  const { shape, axes, size, dim } = grid
  const next = new Int32Array(size)
  const crowding = new Float64Array(size).fill(1)
  const place = new Int32Array(dim)
  const kinds = axes.map((axis) => ({ cyclic: axis.boundary === 'periodic', absorbing: isAbsorbing(axis), onNode: endsAreNodes(axis) }))
  /** The first end met, if any. */
  const meeting = (): { share: number; absorbing: boolean } | undefined => {
    let first: { share: number; absorbing: boolean } | undefined
    for (let k = 0; k < dim; k++) {
      const e = offset[k]
      if (e === 0 || kinds[k].cyclic) continue
      const { absorbing, onNode } = kinds[k]
      const to = place[k] + e
      // Absorbing end nodes are met on reaching them.
      const rim = absorbing && onNode ? 1 : 0
      if (to >= rim && to < shape[k] - rim) continue
      const distance = (e > 0 ? shape[k] - 1 - place[k] : place[k]) + (onNode ? 0 : 0.5)
      const share = distance / Math.abs(e)
      if (first === undefined || share < first.share || (share === first.share && absorbing)) first = { share, absorbing }
    }
    return first
  }
  const around = (): number => {
    let to = 0
    for (let k = 0; k < dim; k++) to = to * shape[k] + ((((place[k] + offset[k]) % shape[k]) + shape[k]) % shape[k])
    return to
  }
  const find = (i: number): void => {
    if (held[i] === 1) {
      next[i] = reflected
      return
    }
    const end = meeting()
    if (end !== undefined) next[i] = end.absorbing ? absorbed : reflected
    else {
      const to = around()
      // Around a circle of one node, or back to where it was: no jump.
      next[i] = to === i ? reflected : to
    }
    for (let k = 0; k < dim; k++) {
      if (offset[k] !== 0 && kinds[k].onNode && !kinds[k].absorbing && (place[k] === 0 || place[k] === shape[k] - 1)) crowding[i] *= 2
    }
  }
  // Away from the ends of all axes the neighbour is a fixed count of nodes further.
  const away = offset.reduce((sum, e, k) => sum * shape[k] + e, 0)
  const [low, high] = [shape.map((_, k) => Math.max(-offset[k], 0) + 1), shape.map((n, k) => n - 2 - Math.max(offset[k], 0))]
  const last = dim - 1
  for (let row = 0; row < size; row += shape[last]) {
    let within = true
    for (let k = 0; k < last; k++) within &&= (place[k] >= low[k] && place[k] <= high[k]) || (offset[k] === 0 && !kinds[k].absorbing)
    for (let j = 0; j < shape[last]; j++) {
      place[last] = j
      if (within && j >= low[last] && j <= high[last]) next[row + j] = row + j + away
      else find(row + j)
    }
    for (let k = last - 1; k >= 0 && ++place[k] === shape[k]; k--) place[k] = 0
  }
  const reach = (i: number): number => {
    for (let k = dim - 1, rest = i; k >= 0; k--) {
      place[k] = rest % shape[k]
      rest = Math.floor(rest / shape[k])
    }
    return meeting()!.share
  }
  return { next, reach, crowding }
}

/** Marks nodes on absorbing ends. */
export function heldMarks(grid: Grid): Uint8Array {
  const held = new Uint8Array(grid.size)
  for (const i of absorbingNodes(grid)) held[i] = 1
  return held
}

/** Nodes that absorbing ends hold at 0. */
export function absorbingNodes(grid: Grid): number[] {
  const found = new Set<number>()
  for (const [k, axis] of grid.axes.entries()) {
    if (!isAbsorbing(axis) || !endsAreNodes(axis)) continue
    const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
    for (let i = 0; i < grid.size; i++) {
      const place = Math.floor(i / stride) % axis.size
      if (place === 0 || place === axis.size - 1) found.add(i)
    }
  }
  return [...found]
}
