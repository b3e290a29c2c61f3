import { factorise, solveGenerator } from '../../kernels/generator-lines.ts'
import type { GeneratorFactor } from '../../kernels/generator-lines.ts'
import { addPositively } from '../../kernels/positive-fluxes.ts'
import { gather, scatter } from './lines.ts'
import type { Lines, Tile } from './lines.ts'

/** Carries densities along one axis over a time dt, in place. */
export type LineFlow = (density: Float64Array, dt: number) => void

const root2 = Math.SQRT2
/** The implicit part g/dt of a stage of TR-BDF2: 1 − 1/√2. */
const implicit = 1 - Math.SQRT1_2

/**
 * TR-BDF2 (Bank et al. 1985) with γ = 2 − √2, L-stable, second order. For p′ = Ap it is r = (I − gA)⁻¹p, q = (I − gA)⁻¹r, p⁺ = q + √2(q − r), g = (1 − 1/√2)dt,
 * so that rounding is relative to each node's own r and q. Where p⁺ would be negative (near peaks narrower than √(g/β)), fluxes are blended with those of
 * backward Euler, no more than positivity asks for; mass is kept, second order where p is smooth, and e^{−βf} stays.
 */
export function trBdf2Flow(lines: Lines, kept: number): LineFlow {
  const { nodes, cyclic, closed, tiles } = lines
  if (nodes === 0 || (nodes === 1 && cyclic)) return () => {}
  const longest = nodes * Math.max(...tiles.map((tile) => tile.width))
  const [p, r, q, next] = Array.from({ length: 4 }, () => new Float64Array(longest))
  const limit = positiveLine(nodes, cyclic)
  const factors = keptFactors(lines, kept)
  const sums = { change: new Float64Array(longest / nodes), mass: new Float64Array(longest / nodes) }
  return (density, dt) => {
    const found = factors(implicit * dt)
    for (const [t, tile] of tiles.entries()) {
      const { width } = tile
      gather(lines, tile, density, p)
      solveGenerator(found[t], p, r)
      solveGenerator(found[t], r, q)
      if (combine(p, r, q, next, nodes, width, sums)) {
        for (let c = 0; c < width; c++) if (hasNegative(next, c, width, nodes * width)) limit(tile, c, dt, p, r, q, next)
        sumUp(p, next, nodes, width, sums)
      }
      // The rounding of the step, in proportion; where mass may leave, only a gain. Subnormal masses have no digits to spare.
      const { change, mass } = sums
      for (let c = 0; c < width; c++) change[c] = mass[c] > 1e-290 && (closed || change[c] > 0) ? change[c] / mass[c] : 0
      scatter(lines, tile, next, change, density)
    }
  }
}

interface Sums {
  /** Mass gained by each line. Summing differences rounds no more than the mass that moves does. */
  readonly change: Float64Array
  readonly mass: Float64Array
}

/** next = q + √2(q − r), with the sums of each line; whether any is negative. */
function combine(
  p: Float64Array, r: Float64Array, q: Float64Array, next: Float64Array, nodes: number, width: number, { change, mass }: Sums,
): boolean {
  let least = 0
  for (let c = 0; c < width; c++) {
    let gained = 0
    let total = 0
    for (let i = 0, k = c; i < nodes; i++, k += width) {
      const value = q[k] + root2 * (q[k] - r[k])
      next[k] = value
      gained += value - p[k]
      total += value
      if (value < least) least = value
    }
    change[c] = gained
    mass[c] = total
  }
  return least < 0
}

function sumUp(before: Float64Array, after: Float64Array, nodes: number, width: number, { change, mass }: Sums): void {
  for (let c = 0; c < width; c++) {
    change[c] = mass[c] = 0
    for (let i = 0, k = c; i < nodes; i++, k += width) {
      change[c] += after[k] - before[k]
      mass[c] += after[k]
    }
  }
}

/** Factors of all tiles for the last few g. */
function keptFactors({ tiles, cyclic }: Lines, kept: number): (g: number) => readonly GeneratorFactor[] {
  const byStep = new Map<number, readonly GeneratorFactor[]>()
  return (g) => {
    let found = byStep.get(g)
    if (found === undefined) {
      // The oldest goes.
      if (byStep.size >= kept) byStep.delete(byStep.keys().next().value!)
      found = tiles.map(({ right, left, width }) => factorise(right, left, g, width, cyclic))
    } else byStep.delete(g)
    byStep.set(g, found)
    return found
  }
}

function hasNegative(values: Float64Array, c: number, width: number, length: number): boolean {
  for (let k = c; k < length; k += width) if (values[k] < 0) return true
  return false
}

/** Replaces line c of `next` by its positive blend: backward Euler plus as much as may be of the difference of the fluxes. */
function positiveLine(nodes: number, cyclic: boolean): (tile: Tile, c: number, dt: number, p: Float64Array, r: Float64Array, q: Float64Array, next: Float64Array) => void {
  const [right, left, euler, spread, result] = Array.from({ length: 5 }, () => new Float64Array(nodes))
  const flux = new Float64Array(nodes + 1)
  return (tile, c, dt, p, r, q, next) => {
    const { width } = tile
    const g = implicit * dt
    for (let i = 0, k = c; i < nodes; i++, k += width) {
      right[i] = tile.right[k]
      left[i] = tile.left[k]
      euler[i] = p[k]
    }
    solveGenerator(factorise(right, left, dt, 1, cyclic), euler, euler)
    // p⁺ = p + A g(r + (1 + √2)q) and the Euler step is p + A dt·euler.
    for (let i = 0, k = c; i < nodes; i++, k += width) spread[i] = g * (r[k] + (1 + root2) * q[k]) - dt * euler[i]
    for (let i = 1; i < nodes; i++) flux[i] = right[i - 1] * spread[i - 1] - left[i] * spread[i]
    const lowEnd = -left[0] * spread[0]
    const highEnd = right[nodes - 1] * spread[nodes - 1]
    flux[0] = cyclic ? lowEnd + highEnd : lowEnd
    flux[nodes] = highEnd
    addPositively(euler, flux, cyclic, result)
    for (let i = 0, k = c; i < nodes; i++, k += width) next[k] = result[i]
  }
}
