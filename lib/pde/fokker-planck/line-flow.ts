import { factorise, factoriseFolded, solveGenerator } from '../../kernels/generator-lines.ts'
import type { GeneratorFactor } from '../../kernels/generator-lines.ts'
import { available, kernels } from '../../kernels/machine.ts'
import type { Take } from '../../kernels/machine.ts'
import { alone } from '../../kernels/team.ts'
import type { Team } from '../../kernels/team.ts'
import { addPositively } from '../../kernels/positive-fluxes.ts'
import { gather, placeIn, scatter } from './lines.ts'
import type { Lines, Tile } from './lines.ts'

/** Carries densities along lines over a time dt, in place. */
export type LineFlow = (density: Float64Array, dt: number) => void

const root2 = Math.SQRT2
/** The implicit part g/dt of a stage of TR-BDF2: 1 − 1/√2. */
const implicit = 1 - Math.SQRT1_2

/**
 * TR-BDF2 (Bank et al. 1985) with γ = 2 − √2, L-stable, second order. For p′ = Ap it is r = (I − gA)⁻¹p, q = (I − gA)⁻¹r, p⁺ = q + √2(q − r), g = (1 − 1/√2)dt,
 * so that rounding is relative to each node's own r and q. Where p⁺ would be negative (near peaks narrower than √(g/β)), fluxes are blended with those of
 * backward Euler, no more than positivity asks for; mass is kept, second order where p is smooth, and e^{−βf} stays. Factors of the last `kept` step lengths are kept in
 * what `take` gives, where densities must be too.
 */
export function trBdf2Flow(lines: Lines, kept: number, take: Take, team: Team = alone): LineFlow {
  const { nodes, width, cyclic, tiles } = lines
  if (nodes === 0 || (nodes === 1 && cyclic)) return () => {}
  const plain = !available || cyclic || width % 2 === 1 || tiles[0].oblique !== undefined
  return plain ? plainFlow(lines, kept, take) : kernelFlow(lines, kept, take, team)
}

/** The twin of the kernel, to the same bits, for all lines. */
export function plainFlow(lines: Lines, kept: number, take: Take): LineFlow {
  const factors = keptFactors(lines, kept, take)
  const carry = tileFlow(lines)
  return (density, dt) => factors(implicit * dt).tiles.forEach((factor, t) => carry(t, factor, density, dt))
}

interface FlowKernels {
  diffuseWork(nodes: number, width: number): number
}

/** Steps by the kernel, but for tiles in which something would be negative. */
function kernelFlow(lines: Lines, kept: number, take: Take, team: Team): LineFlow {
  const { nodes, length, width, stride, folded, halfEnds, closed, tiles } = lines
  const factors = keptFactors(lines, kept, take)
  const carry = tileFlow(lines)
  const { diffuseWork } = kernels<FlowKernels>()
  const count = tiles.length
  const starts = take(Int32Array, count * tiles[0].starts.length)
  for (let t = 0; t < count; t++) starts.set(tiles[t].starts, t * tiles[0].starts.length)
  const flags = take(Int32Array, count)
  const grain = Math.max(1, Math.floor(count / team.members))
  const work = take(Float64Array, (Math.floor(count / grain) + 1) * (diffuseWork(nodes, width) / 8))
  return (density, dt) => {
    const found = factors(implicit * dt)
    team.each('diffuse', count, [
      density.byteOffset, starts.byteOffset, found.block.byteOffset, flags.byteOffset, nodes, width, stride, Number(halfEnds), Number(closed), folded ? length : 0, work.byteOffset, grain,
    ], grain)
    for (let t = 0; t < count; t++) if (flags[t] !== 0) carry(t, found.tiles[t], density, dt)
  }
}

/** Carries tile t over a step, with its factors. */
type TileFlow = (t: number, factor: GeneratorFactor, density: Float64Array, dt: number) => void

function tileFlow(lines: Lines): TileFlow {
  const { nodes, width, folded, closed, tiles } = lines
  const [p, r, q, next] = Array.from({ length: 4 }, () => new Float64Array(nodes * width))
  const limit = positiveLine(lines)
  const sums = { change: new Float64Array(width), mass: new Float64Array(width) }
  const { change, mass } = sums
  return (t, factor, density, dt) => {
    const tile = tiles[t]
    gather(lines, tile, density, p)
    solveGenerator(factor, p, r)
    solveGenerator(factor, r, q)
    if (combine(p, r, q, next, width, sums)) {
      for (let c = 0; c < (folded ? 1 : width); c++) if (hasNegative(lines, c, next)) limit(tile, c, dt, p, r, q, next)
      sumUp(p, next, width, sums)
    }
    if (folded) {
      change[0] += change[1]
      mass[0] += mass[1]
    }
    // The rounding of the step, in proportion; where mass may leave, only a gain. Subnormal masses have no digits to spare.
    for (let c = 0; c < width; c++) change[c] = mass[c] > 1e-290 && (closed || change[c] > 0) ? change[c] / mass[c] : 0
    scatter(lines, tile, next, change, density)
  }
}

interface Sums {
  /** Mass gained by each line. Summing differences rounds no more than the mass that moves does. */
  readonly change: Float64Array
  readonly mass: Float64Array
}

/** next = q + √2(q − r), with the sums of each line from its last node to its first; whether any is negative. */
function combine(p: Float64Array, r: Float64Array, q: Float64Array, next: Float64Array, width: number, sums: Sums): boolean {
  let least = 0
  for (let k = 0; k < p.length; k++) {
    const value = q[k] + root2 * (q[k] - r[k])
    next[k] = value
    if (value < least) least = value
  }
  sumUp(p, next, width, sums)
  return least < 0
}

function sumUp(before: Float64Array, after: Float64Array, width: number, { change, mass }: Sums): void {
  for (let c = 0; c < width; c++) {
    let gained = 0
    let total = 0
    for (let k = after.length - width + c; k >= 0; k -= width) {
      gained += after[k] - before[k]
      total += after[k]
    }
    change[c] = gained
    mass[c] = total
  }
}

/** Factors of all tiles for one g. */
interface Factors {
  /** The tiles' numbers one after the other: forward, inverse, backward, and two that join a folded line. */
  readonly block: Float64Array
  readonly tiles: readonly GeneratorFactor[]
}

/** Factors for the last few g. */
function keptFactors({ tiles, nodes, width, cyclic, folded }: Lines, kept: number, take: Take): (g: number) => Factors {
  const byStep = new Map<number, Factors>()
  const length = nodes * width
  const size = 3 * length + 2
  const factorsOf = (g: number, block: Float64Array): Factors => ({
    block,
    tiles: tiles.map(({ right, left }, t) => {
      const made = folded ? factoriseFolded(right, left, g) : factorise(right, left, g, width, cyclic)
      const moved = [made.forward, made.inverse, made.backward, made.join ?? new Float64Array(2)].map((numbers, k) => {
        const own = block.subarray(t * size + k * length, t * size + k * length + numbers.length)
        own.set(numbers)
        return own
      })
      return { ...made, forward: moved[0], inverse: moved[1], backward: moved[2], ...(made.join !== undefined && { join: moved[3] }) }
    }),
  })
  return (g) => {
    let found = byStep.get(g)
    if (found === undefined) {
      const [oldest] = byStep.keys()
      const full = byStep.size >= kept
      // The oldest goes.
      const block = full ? byStep.get(oldest)!.block : take(Float64Array, tiles.length * size)
      if (full) byStep.delete(oldest)
      found = factorsOf(g, block)
    } else byStep.delete(g)
    byStep.set(g, found)
    return found
  }
}

function hasNegative(lines: Lines, c: number, values: Float64Array): boolean {
  for (let i = 0; i < lines.length; i++) if (values[placeIn(lines, c, i)] < 0) return true
  return false
}

/** Replaces line c of `next` by its positive blend: backward Euler plus as much as may be of the difference of the fluxes. */
function positiveLine(lines: Lines): (tile: Tile, c: number, dt: number, p: Float64Array, r: Float64Array, q: Float64Array, next: Float64Array) => void {
  const { length, cyclic, folded } = lines
  const [right, left, euler, spread, result] = Array.from({ length: 5 }, () => new Float64Array(length))
  const flux = new Float64Array(length + 1)
  return (tile, c, dt, p, r, q, next) => {
    const g = implicit * dt
    for (let i = 0; i < length; i++) {
      const k = placeIn(lines, c, i)
      right[i] = tile.right[folded ? i : k]
      left[i] = tile.left[folded ? i : k]
      euler[i] = p[k]
    }
    solveGenerator(factorise(right, left, dt, 1, cyclic), euler, euler)
    // p⁺ = p + A g(r + (1 + √2)q) and the Euler step is p + A dt·euler.
    for (let i = 0; i < length; i++) {
      const k = placeIn(lines, c, i)
      spread[i] = g * (r[k] + (1 + root2) * q[k]) - dt * euler[i]
    }
    for (let i = 1; i < length; i++) flux[i] = right[i - 1] * spread[i - 1] - left[i] * spread[i]
    const lowEnd = -left[0] * spread[0]
    const highEnd = right[length - 1] * spread[length - 1]
    flux[0] = cyclic ? lowEnd + highEnd : lowEnd
    flux[length] = highEnd
    addPositively(euler, flux, cyclic, result)
    for (let i = 0; i < length; i++) next[placeIn(lines, c, i)] = result[i]
  }
}
