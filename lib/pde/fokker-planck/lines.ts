import { endsAreNodes } from '../../grid/grid.ts'
import type { Grid } from '../../grid/grid.ts'
import { bernoulli } from '../../kernels/bernoulli.ts'
import type { Potential } from '../../potential/potential.ts'
import { isAbsorbing } from './equation.ts'
import type { FokkerPlanck } from './equation.ts'

/** A few lines of an axis side by side, node i of line c at i·width + c, with the rates at which mass moves to the neighbours. */
export interface Tile {
  readonly width: number
  /** Flat index of each line's first node. */
  readonly starts: Int32Array
  readonly right: Float64Array
  readonly left: Float64Array
}

/** The lines of one axis. */
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

/**
 * The generator along one axis, by finite volumes with exponential fitting (Scharfetter & Gummel 1969, Chang & Cooper 1970): over a face from a to b the
 * flux is (1/βh)(B(z)ρ_a − B(−z)ρ_b), z = β(f_b − f_a), B(z) = z/(e^z − 1). It vanishes on e^{−βf}, exactly; second order.
 */
export function linesOf({ grid, potential, beta, energy }: FokkerPlanck, k: number): Lines {
  const axis = grid.axes[k]
  const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
  const absorbing = isAbsorbing(axis)
  // Absorbing end nodes hold no mass: the lines run between them.
  const skipped = absorbing && endsAreNodes(axis) ? 1 : 0
  const nodes = axis.size - 2 * skipped
  const cyclic = axis.boundary === 'periodic'
  const halfEnds = !absorbing && endsAreNodes(axis)
  const f = energy.values.data
  const walls = absorbing && skipped === 0 ? wallEnergies(grid, potential, k) : undefined
  const count = nodes > 0 ? grid.size / axis.size : 0
  const unit = 1 / (beta * grid.spacing[k] ** 2)
  const tiles: Tile[] = []
  for (let line = 0; line < count; line += together) {
    const width = Math.min(together, count - line)
    const starts = Int32Array.from({ length: width }, (_, c) => Math.floor((line + c) / stride) * stride * axis.size + ((line + c) % stride) + skipped * stride)
    const right = new Float64Array(nodes * width)
    const left = new Float64Array(nodes * width)
    for (let c = 0; c < width; c++) {
      const faces = { right, left, width, c, unit, beta }
      for (let i = 0; i + 1 < nodes; i++) setFace(faces, i, i + 1, f[starts[c] + i * stride], f[starts[c] + (i + 1) * stride])
      const last = starts[c] + (nodes - 1) * stride
      if (cyclic) setFace(faces, nodes - 1, 0, f[last], f[starts[c]])
      else if (walls !== undefined) setWalls(faces, nodes, 2 * unit, f[starts[c]], walls.low[line + c], f[last], walls.high[line + c])
      else if (absorbing) setWalls(faces, nodes, unit, f[starts[c]], f[starts[c] - stride], f[last], f[last + stride])
      if (!halfEnds) continue
      right[c] *= 2
      left[(nodes - 1) * width + c] *= 2
    }
    tiles.push({ width, starts, right, left })
  }
  return { nodes, stride, cyclic, closed: !absorbing, halfEnds, tiles }
}

interface Faces {
  right: Float64Array
  left: Float64Array
  width: number
  c: number
  unit: number
  beta: number
}

function setFace({ right, left, width, c, unit, beta }: Faces, a: number, b: number, below: number, above: number): void {
  right[a * width + c] = unit * rate(beta, below, above)
  left[b * width + c] = unit * rate(beta, above, below)
}

/** Rates at which the end nodes lose mass to absorbing walls, which hold ρ = 0. */
function setWalls({ right, left, width, c, beta }: Faces, nodes: number, unit: number, first: number, low: number, last: number, high: number): void {
  left[c] = unit * rate(beta, first, low)
  right[(nodes - 1) * width + c] = unit * rate(beta, last, high)
}

/** B(β(to − from)); nothing crosses the face of a wall. */
function rate(beta: number, from: number, to: number): number {
  return from === Infinity || to === Infinity ? 0 : bernoulli(beta * (to - from))
}

/** f on the two ends of each line of an axis of centers. */
function wallEnergies(grid: Grid, potential: Potential, k: number): { low: Float64Array; high: Float64Array } {
  const count = grid.size / grid.shape[k]
  const points = new Float64Array(grid.dim * count)
  let inner = count
  for (let d = 0; d < grid.dim; d++) {
    if (d === k) continue
    const x = grid.coordinates(d)
    inner /= x.length
    for (let line = 0; line < count; line++) points[d * count + line] = x[Math.floor(line / inner) % x.length]
  }
  const at = (end: number): Float64Array => potential.values(points.fill(end, k * count, (k + 1) * count))
  return { low: at(grid.axes[k].min), high: at(grid.axes[k].max) }
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

/** Masses of a tile's nodes (per volume of a full cell). */
export function gather({ nodes, stride, halfEnds }: Lines, { width, starts }: Tile, density: Float64Array, masses: Float64Array): void {
  if (width > 1 && starts[width - 1] === starts[0] + width - 1) {
    for (let i = 0, to = 0, from = starts[0]; i < nodes; i++, from += stride) for (let c = 0; c < width; c++) masses[to++] = density[from + c]
  } else {
    for (let c = 0; c < width; c++) for (let i = 0, to = c, from = starts[c]; i < nodes; i++, to += width, from += stride) masses[to] = density[from]
  }
  if (halfEnds) scaleEnds(masses, nodes, width, 0.5)
}

/** The way back; takes a share of every line's masses away. `masses` is spent. */
export function scatter(
  { nodes, stride, halfEnds }: Lines, { width, starts }: Tile, masses: Float64Array, share: Float64Array, density: Float64Array,
): void {
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
