import { endsAreNodes } from '../../grid/grid.ts'
import type { Grid } from '../../grid/grid.ts'
import type { Direction } from './directions.ts'
import { isAbsorbing } from './equation.ts'
import { absorbed } from './neighbours.ts'

/** A few lines side by side, node i of line c at i·width + c, with the rates at which mass moves to the neighbours. */
export interface Tile {
  readonly width: number
  /** Flat index of each line's first node. */
  readonly starts: Int32Array
  /** Flat indices of all nodes and the shares of a cell that they stand for, for lines that do not run along an axis. */
  readonly oblique?: { readonly places: Int32Array; readonly shares: Float64Array }
  readonly right: Float64Array
  readonly left: Float64Array
}

/** Lines of one length along one offset. */
export interface Lines {
  /** Nodes of a line that hold mass. */
  readonly nodes: number
  readonly stride: number
  readonly cyclic: boolean
  /** No mass leaves. */
  readonly closed: boolean
  /** The end nodes stand for half a cell. */
  readonly halfEnds: boolean
  readonly tiles: readonly Tile[]
}

/** Lines side by side: as many numbers as a cache line holds. */
const together = 8

/** The lines on which a direction's jumps run, by length. */
export function linesOf(grid: Grid, direction: Direction): readonly Lines[] {
  const axis = direction.offset.findIndex((e) => e !== 0)
  const straight = direction.offset.every((e, k) => e === (k === axis ? 1 : 0))
  return straight ? [straightLines(grid, direction, axis)] : obliqueLines(grid, direction)
}

function straightLines(grid: Grid, { forward, backward }: Direction, k: number): Lines {
  const axis = grid.axes[k]
  const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
  const absorbing = isAbsorbing(axis)
  // Absorbing end nodes hold no mass: the lines run between them.
  const skipped = absorbing && endsAreNodes(axis) ? 1 : 0
  const nodes = axis.size - 2 * skipped
  const count = nodes > 0 ? grid.size / axis.size : 0
  const tiles: Tile[] = []
  for (let line = 0; line < count; line += together) {
    const width = Math.min(together, count - line)
    const starts = Int32Array.from({ length: width }, (_, c) => Math.floor((line + c) / stride) * stride * axis.size + ((line + c) % stride) + skipped * stride)
    const right = new Float64Array(nodes * width)
    const left = new Float64Array(nodes * width)
    for (let c = 0; c < width; c++) {
      for (let i = 0, at = starts[c], to = c; i < nodes; i++, at += stride, to += width) {
        right[to] = forward[at]
        left[to] = backward[at]
      }
    }
    tiles.push({ width, starts, right, left })
  }
  return { nodes, stride, cyclic: axis.boundary === 'periodic', closed: !absorbing, halfEnds: !absorbing && endsAreNodes(axis), tiles }
}

function obliqueLines(grid: Grid, direction: Direction): readonly Lines[] {
  const { next, previous, forward, backward } = direction
  const chains = new Map<string, number[][]>()
  const seen = new Uint8Array(grid.size)
  const follow = (start: number, cyclic: boolean): void => {
    const chain: number[] = []
    for (let i = start; i >= 0 && seen[i] === 0; i = next[i]) {
      chain.push(i)
      seen[i] = 1
    }
    // Nothing moves on it.
    if (chain.every((i) => forward[i] === 0 && backward[i] === 0)) return
    const name = `${chain.length} ${cyclic}`
    const alike = chains.get(name)
    if (alike === undefined) chains.set(name, [chain])
    else alike.push(chain)
  }
  for (let i = 0; i < grid.size; i++) if (previous[i] < 0) follow(i, false)
  for (let i = 0; i < grid.size; i++) if (seen[i] === 0) follow(i, true)
  const shares = cellShares(grid)
  return Array.from(chains, ([name, alike]) => {
    const nodes = alike[0].length
    const tiles: Tile[] = []
    for (let line = 0; line < alike.length; line += together) {
      const group = alike.slice(line, line + together)
      const width = group.length
      const places = Int32Array.from({ length: nodes * width }, (_, k) => group[k % width][Math.floor(k / width)])
      const pick = (from: Float64Array): Float64Array => Float64Array.from(places, (i) => from[i])
      tiles.push({ width, starts: places.slice(0, width), oblique: { places, shares: pick(shares) }, right: pick(forward), left: pick(backward) })
    }
    const closed = !alike.some((chain) => next[chain[nodes - 1]] === absorbed || previous[chain[0]] === absorbed)
    return { nodes, stride: 0, cyclic: name.endsWith('true'), closed, halfEnds: false, tiles }
  })
}

/** Shares of a full cell that the nodes stand for; those on absorbing ends stand for none of their own. */
export function cellShares(grid: Grid): Float64Array {
  const full = grid.spacing.reduce((product, h) => product * h, 1)
  const shares = grid.weights().data
  let stride = grid.size
  for (const axis of grid.axes) {
    stride /= axis.size
    if (!isAbsorbing(axis) || !endsAreNodes(axis)) continue
    for (let i = 0; i < shares.length; i++) {
      const place = Math.floor(i / stride) % axis.size
      // Halves are exact.
      if (place === 0 || place === axis.size - 1) shares[i] *= 2
    }
  }
  // Powers of two.
  for (let i = 0; i < shares.length; i++) shares[i] = 2 ** Math.round(Math.log2(shares[i] / full))
  return shares
}

/** Masses of a tile's nodes (per volume of a full cell). */
export function gather({ nodes, stride, halfEnds }: Lines, { width, starts, oblique }: Tile, density: Float64Array, masses: Float64Array): void {
  if (oblique !== undefined) {
    for (let k = 0; k < oblique.places.length; k++) masses[k] = density[oblique.places[k]] * oblique.shares[k]
    return
  }
  if (width > 1 && starts[width - 1] === starts[0] + width - 1) {
    for (let i = 0, to = 0, from = starts[0]; i < nodes; i++, from += stride) for (let c = 0; c < width; c++) masses[to++] = density[from + c]
  } else {
    for (let c = 0; c < width; c++) for (let i = 0, to = c, from = starts[c]; i < nodes; i++, to += width, from += stride) masses[to] = density[from]
  }
  if (halfEnds) scaleEnds(masses, nodes, width, 0.5)
}

/** The way back; takes a share of every line's masses away. `masses` is spent. */
export function scatter(
  { nodes, stride, halfEnds }: Lines, { width, starts, oblique }: Tile, masses: Float64Array, share: Float64Array, density: Float64Array,
): void {
  if (oblique !== undefined) {
    for (let k = 0; k < oblique.places.length; k++) density[oblique.places[k]] = (masses[k] - masses[k] * share[k % width]) / oblique.shares[k]
    return
  }
  if (halfEnds) scaleEnds(masses, nodes, width, 2)
  if (width > 1 && starts[width - 1] === starts[0] + width - 1) {
    for (let i = 0, from = 0, to = starts[0]; i < nodes; i++, to += stride) {
      for (let c = 0; c < width; c++, from++) density[to + c] = masses[from] - masses[from] * share[c]
    }
    return
  }
  for (let c = 0; c < width; c++) {
    const own = share[c]
    for (let i = 0, from = c, to = starts[c]; i < nodes; i++, from += width, to += stride) density[to] = masses[from] - masses[from] * own
  }
}

function scaleEnds(masses: Float64Array, nodes: number, width: number, factor: number): void {
  for (let c = 0; c < width; c++) {
    masses[c] *= factor
    masses[(nodes - 1) * width + c] *= factor
  }
}
