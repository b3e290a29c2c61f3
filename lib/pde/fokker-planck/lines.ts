import { endsAreNodes } from '../../grid/grid.ts'
import type { Grid } from '../../grid/grid.ts'
import type { Direction } from './directions.ts'
import { isAbsorbing } from './equation.ts'
import { absorbed } from './neighbours.ts'

/** A few lines side by side, node i of line c at i·width + c, with the rates at which mass moves to the neighbours. */
export interface Tile {
  /** Flat index of each line's first node. */
  readonly starts: Int32Array
  /** Flat indices of all nodes and the shares of a cell that they stand for, for lines that do not run along an axis. */
  readonly oblique?: { readonly places: Int32Array; readonly shares: Float64Array }
  readonly right: Float64Array
  readonly left: Float64Array
}

/** Lines of one length along one offset, in tiles of one width. */
export interface Lines {
  /** Nodes of a line that hold mass. */
  readonly length: number
  /** Rows of a tile: the nodes of a line, or of half a line where one line is folded. */
  readonly nodes: number
  readonly width: number
  /** The tile holds one line, node i beside the i-th from the other end. Its rates are unfolded. */
  readonly folded: boolean
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
  return straight ? straightLines(grid, direction, axis) : obliqueLines(grid, direction)
}

/** Full tiles, one of the even rest, and a line by itself. */
function straightLines(grid: Grid, direction: Direction, k: number): readonly Lines[] {
  const axis = grid.axes[k]
  const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
  const absorbing = isAbsorbing(axis)
  const cyclic = axis.boundary === 'periodic'
  // Absorbing end nodes hold no mass: the lines run between them.
  const skipped = absorbing && endsAreNodes(axis) ? 1 : 0
  const length = axis.size - 2 * skipped
  const count = length > 0 ? grid.size / axis.size : 0
  const starts = Int32Array.from({ length: count }, (_, line) => Math.floor(line / stride) * stride * axis.size + (line % stride) + skipped * stride)
  const groups: Lines[] = []
  const add = (first: number, end: number, width: number): void => {
    if (first === end) return
    const folded = width === 1 && length > 1 && !cyclic
    const tiles: Tile[] = []
    for (let line = first; line < end; line += width) tiles.push(straightTile(direction, starts.slice(line, line + width), length, stride))
    groups.push({
      length, nodes: folded ? Math.ceil(length / 2) : length, width: folded ? 2 : width, folded, stride, cyclic, closed: !absorbing,
      halfEnds: !absorbing && endsAreNodes(axis), tiles,
    })
  }
  const full = count - (count % together)
  const even = count - (count % 2)
  add(0, full, together)
  add(full, even, even - full)
  add(even, count, 1)
  return groups
}

function straightTile({ forward, backward }: Direction, starts: Int32Array, length: number, stride: number): Tile {
  const width = starts.length
  const right = new Float64Array(length * width)
  const left = new Float64Array(length * width)
  for (let c = 0; c < width; c++) {
    for (let i = 0, at = starts[c], to = c; i < length; i++, at += stride, to += width) {
      right[to] = forward[at]
      left[to] = backward[at]
    }
  }
  return { starts, right, left }
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
    const full = alike.length - (alike.length % together)
    return [alike.slice(0, full), alike.slice(full)].filter((group) => group.length > 0).map((group) => obliqueGroup(direction, group, name.endsWith('true'), shares))
  }).flat()
}

function obliqueGroup({ next, previous, forward, backward }: Direction, chains: readonly number[][], cyclic: boolean, shares: Float64Array): Lines {
  const length = chains[0].length
  const width = Math.min(together, chains.length)
  const tiles: Tile[] = []
  for (let line = 0; line < chains.length; line += width) {
    const places = Int32Array.from({ length: length * width }, (_, k) => chains[line + (k % width)][Math.floor(k / width)])
    const pick = (from: Float64Array): Float64Array => Float64Array.from(places, (i) => from[i])
    tiles.push({ starts: places.slice(0, width), oblique: { places, shares: pick(shares) }, right: pick(forward), left: pick(backward) })
  }
  const closed = !chains.some((chain) => next[chain[length - 1]] === absorbed || previous[chain[0]] === absorbed)
  return { length, nodes: length, width, folded: false, stride: 0, cyclic, closed, halfEnds: false, tiles }
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

/** Where node i of line c is in a tile. */
export function placeIn({ length, nodes, width, folded }: Lines, c: number, i: number): number {
  if (!folded) return i * width + c
  return i < nodes ? 2 * i : 2 * (length - 1 - i + (length % 2)) + 1
}

/** Masses of a tile's nodes (per volume of a full cell). */
export function gather(lines: Lines, { starts, oblique }: Tile, density: Float64Array, masses: Float64Array): void {
  if (oblique !== undefined) {
    for (let k = 0; k < oblique.places.length; k++) masses[k] = density[oblique.places[k]] * oblique.shares[k]
    return
  }
  const { length, width, stride, folded, halfEnds } = lines
  // The far half of an odd line begins with nothing.
  if (folded) masses[1] = 0
  for (let c = 0; c < starts.length; c++) {
    for (let i = 0, from = starts[c]; i < length; i++, from += stride) masses[folded ? placeIn(lines, c, i) : i * width + c] = density[from]
  }
  if (halfEnds) scaleEnds(lines, masses, 0.5)
}

/** The way back; takes a share of every line's masses away. `masses` is spent. */
export function scatter(lines: Lines, { starts, oblique }: Tile, masses: Float64Array, share: Float64Array, density: Float64Array): void {
  const { length, width, stride, folded, halfEnds } = lines
  if (oblique !== undefined) {
    for (let k = 0; k < oblique.places.length; k++) density[oblique.places[k]] = (masses[k] - masses[k] * share[k % width]) / oblique.shares[k]
    return
  }
  if (halfEnds) scaleEnds(lines, masses, 2)
  for (let c = 0; c < starts.length; c++) {
    const own = share[c]
    for (let i = 0, to = starts[c]; i < length; i++, to += stride) {
      const mass = masses[folded ? placeIn(lines, c, i) : i * width + c]
      density[to] = mass - mass * own
    }
  }
}

function scaleEnds(lines: Lines, masses: Float64Array, factor: number): void {
  for (let c = 0; c < (lines.folded ? 1 : lines.width); c++) for (const i of [0, lines.length - 1]) masses[placeIn(lines, c, i)] *= factor
}
