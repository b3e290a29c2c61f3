import { refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { unbounded } from './proximal-objective.ts'
import type { Minimizer, ProximalObjective } from './proximal-objective.ts'

/** φ on the line, with slopes as the search reads them. */
interface Line {
  objective: ProximalObjective
  value(y: number): number
  potential(y: number): number
  /** φ′(y); at a kink where the gradient is NaN, 0 for a minimum and a one-sided mean otherwise. */
  slope(y: number): number
}

/** φ at increasing nodes. */
interface Scan {
  nodes: Float64Array
  values: Float64Array
  best: number
  /** Least f among the nodes. */
  lowest: number
}

interface SlopedScan extends Scan {
  slopes: Float64Array
}

const widest = 2 ** 40

/**
 * Local minimisers of φ on the line, the global one among them wherever the scans resolve f. With φ(b) the lowest value seen and m the lowest f, every
 * global minimiser y has |y − x|² ≤ 2γ(φ(b) − f(y)) ≤ 2γ(φ(b) − m): the scan is widened or narrowed to twice that interval, probing far out on both sides in
 * case f falls there. Then it zooms in on the best node, fourfold at a time, so that ripples of every width near it are seen. Each change of sign of φ′ that
 * could hold the minimum is closed to neighbouring floating-point numbers, kinks included.
 */
export function lineMinimizers(objective: ProximalObjective): Minimizer[] {
  const line = lineOf(objective)
  const { scan: first, radius } = searchInterval(line)
  const found: Minimizer[] = []
  let best = Infinity
  let center = NaN
  const collect = (scan: SlopedScan): void => {
    if (scan.best < best) center = scan.nodes[scan.values.indexOf(scan.best)]
    best = Math.min(best, scan.best)
    for (const minimizer of closed(line, scan, found, () => best)) {
      found.push(minimizer)
      if (minimizer.value < best) center = minimizer.point[0]
      best = Math.min(best, minimizer.value)
    }
  }
  collect(first)
  for (let zoom = radius / 16, level = 0; level < 10; level++, zoom /= 4) collect(withSlopes(line, scanned(line, center, zoom, 24)))
  return found
}

function lineOf(objective: ProximalObjective): Line {
  const y = new Float64Array(1)
  const out = new Float64Array(1)
  const slopeAt = (at: number): number => {
    y[0] = at
    return objective.gradient(y, out)[0]
  }
  /** A potential may refuse to have a slope at a kink. */
  const slopeAtKink = (at: number): number => {
    try {
      return slopeAt(at)
    } catch (error) {
      if (error instanceof ArgumentError) return NaN
      throw error
    }
  }
  return {
    objective,
    value(at) {
      y[0] = at
      return objective.value(y)
    },
    potential(at) {
      y[0] = at
      return objective.potential(y)
    },
    slope(at) {
      const slope = slopeAtKink(at)
      if (!Number.isNaN(slope)) return slope
      const aside = Number.EPSILON * Math.max(4 * Math.abs(at), Math.sqrt(objective.gamma))
      const left = slopeAt(at - aside)
      const right = slopeAt(at + aside)
      if (Number.isNaN(left) || Number.isNaN(right)) refuse('prox', `potential.gradient at [${at}]`, 'a number on both sides of a kink', slope)
      return left < 0 && right > 0 ? 0 : (left + right) / 2
    },
  }
}

function searchInterval(line: Line): { scan: SlopedScan; radius: number } {
  const { x, gamma } = line.objective
  const slope = line.value(x[0]) === Infinity ? 0 : line.slope(x[0])
  const start = 2 * Math.max(Math.sqrt(gamma), Number.isFinite(slope) ? gamma * Math.abs(slope) : 0)
  // Where f is flat around x the interval shrinks to no end; the zooms go on from here.
  const finest = Math.max(1e-4 * Math.sqrt(gamma), 1e-6 * Math.abs(x[0]))
  let radius = start
  let [best, lowest] = [Infinity, Infinity]
  let narrowed = false
  for (let round = 0; radius < widest * start; round++) {
    const scan = scanned(line, x[0], radius, 256)
    best = Math.min(best, scan.best)
    lowest = Math.min(lowest, scan.lowest)
    const needed = Math.sqrt(2 * gamma * (best - lowest))
    const narrower = Math.max(2.5 * needed, radius / 32, finest)
    // Up to a few times, twice as far is looked at: f may fall just outside of what has been seen, and with it the bound.
    if (best === Infinity) radius *= 4
    else if (needed > radius || (2 * needed > radius && round < 6)) radius = 2.5 * needed
    else {
      const narrow = narrower < radius / 2 && round < 40
      const beyond: number = narrow && narrowed ? radius : farther(line, radius, best)
      if (beyond === radius && !narrow) return { scan: withSlopes(line, scan), radius }
      narrowed = beyond === radius
      radius = narrowed ? narrower : 2 * beyond
    }
  }
  throw unbounded(gamma)
}

/**
 * The farthest of the probes on both sides, 128 evenly to four times the radius and then a quarter octave apart, where φ is not above `best`; the
 * radius itself when there is none.
 */
function farther(line: Line, radius: number, best: number): number {
  const [x] = line.objective.x
  let beyond = radius
  for (let k = 1; k <= 248; k++) {
    const distance = k <= 128 ? radius * (1 + (3 * k) / 128) : radius * 2 ** (2 + (k - 128) / 4)
    for (const y of [x - distance, x + distance]) {
      const potential = farPotential(line, y)
      if (potential + (distance * distance) / (2 * line.objective.gamma) <= best) beyond = distance
    }
  }
  return beyond
}

/** Overflow far out (∞ − ∞) says nothing about f. */
function farPotential(line: Line, y: number): number {
  try {
    return line.potential(y)
  } catch {
    return Infinity
  }
}

function scanned(line: Line, center: number, radius: number, half: number): Scan {
  const nodes = Float64Array.from({ length: 2 * half + 1 }, (_, i) => center + ((i - half) / half) * radius)
  const values = nodes.map((y) => line.value(y))
  let best = Infinity
  let lowest = Infinity
  values.forEach((value, i) => {
    best = Math.min(best, value)
    const offset = nodes[i] - line.objective.x[0]
    if (value < Infinity) lowest = Math.min(lowest, value - (offset * offset) / (2 * line.objective.gamma))
  })
  return { nodes, values, best, lowest }
}

function withSlopes(line: Line, scan: Scan): SlopedScan {
  return { ...scan, slopes: scan.nodes.map((y, i) => (scan.values[i] === Infinity ? NaN : line.slope(y))) }
}

/** Minimisers in the intervals of the scan over which φ′ changes from falling to rising, where φ may come down to the best value so far. */
function* closed(line: Line, scan: SlopedScan, found: readonly Minimizer[], best: () => number): Generator<Minimizer> {
  const { nodes, values, slopes } = scan
  for (let i = 0; i + 1 < nodes.length; i++) {
    const [a, b] = [nodes[i], nodes[i + 1]]
    // A wall on the left falls into the interval, one on the right rises out of it.
    const left = values[i] === Infinity ? -Infinity : slopes[i]
    const right = values[i + 1] === Infinity ? Infinity : slopes[i + 1]
    if (!(a < b) || !(left < 0) || !(right >= 0) || (left === -Infinity && right === Infinity)) continue
    const reach = Math.min(values[i], values[i + 1], values[i] + (b - a) * left, values[i + 1] - (b - a) * right)
    if (reach > best() || found.some(({ point }) => point[0] >= a && point[0] <= b)) continue
    const y = signChange(line, { y: a, slope: left }, { y: b, slope: right })
    yield { point: Float64Array.of(y), value: line.value(y) }
  }
}

interface End {
  y: number
  slope: number
}

/** Where φ′ passes from below to above zero between two ends: Illinois steps with every third a bisection, to round-off in φ′ or to neighbouring numbers. */
function signChange(line: Line, left: End, right: End): number {
  let [a, b] = [left, right]
  let [weightA, weightB] = [1, 1]
  const finest = (Number.EPSILON / 4) * Math.abs(line.objective.x[0])
  for (let k = 0; k < 300; k++) {
    const width = b.y - a.y
    if (width <= Math.max(finest, Number.EPSILON * Math.min(Math.abs(a.y), Math.abs(b.y)))) break
    if (resolved(line, a)) return a.y
    if (resolved(line, b)) return b.y
    const secant = a.y - (weightA * a.slope * width) / (weightB * b.slope - weightA * a.slope)
    const y = k % 3 < 2 && secant > a.y && secant < b.y ? secant : a.y + width / 2
    if (y <= a.y || y >= b.y) break
    const slope = line.value(y) === Infinity ? (a.slope === -Infinity ? -Infinity : Infinity) : line.slope(y)
    // The end that stays put a second time counts half, so that the secant crosses over.
    if (slope < 0) [a, weightA, weightB] = [{ y, slope }, 1, weightA === 1 ? weightB / 2 : 1]
    else [b, weightB, weightA] = [{ y, slope }, 1, weightB === 1 ? weightA / 2 : 1]
  }
  // Zero is the roundest of the numbers that cannot be told apart, as a soft threshold wants it.
  if (a.y <= 0 && b.y >= 0 && line.value(0) < Infinity) return 0
  return line.value(a.y) <= line.value(b.y) ? a.y : b.y
}

/** Whether φ′ is below what its terms are rounded to. */
function resolved(line: Line, { y, slope }: End): boolean {
  const { x, gamma } = line.objective
  const pull = (y - x[0]) / gamma
  return Number.isFinite(slope) && Math.abs(slope) <= (Number.EPSILON / 2) * (Math.abs(slope - pull) + (Math.abs(x[0]) + Math.abs(y)) / gamma)
}
