import { farHeight, heights, negligible, outOfReach } from './measure.ts'
import type { LocalGibbs } from './measure.ts'

/** Where on the line the mass is. */
export interface LineSupport {
  /** Lowest H seen, and its offset. */
  base: number
  center: number
  /** Intervals, as pairs of ends, that hold the mass; kept minimisers are among the ends. */
  panels: [number, number][]
}

const half = 256
/** Scan nodes a panel. */
const stride = 8
/** Minima of a scan that are looked at closely. */
const mostMinima = 64
/** How much wider than at first the search may become before f counts as unbounded below. */
const widest = 2 ** 60

/**
 * The intervals on which H is less than 50/β above its minimum, as far as scans see it. With b the lowest H and m the lowest f seen, offsets o of such points have
 * o² ≤ 2γ(b − m + 50/β): the scan of 513 nodes widens or narrows to that, with probes far out on both sides in case f falls there. Its minima are closed in
 * on, and ever finer scans surround the lowest. `hint` is an offset known to be low.
 */
export function lineSupport(measure: LocalGibbs, hint?: number): LineSupport {
  const { gamma, beta } = measure
  const cut = negligible / beta
  const scan = searchInterval(measure, hint)
  const minima = lowestMinima(scan).map((i) => closeIn(measure, scan.nodes[i - 1] ?? scan.nodes[i], scan.nodes[i + 1] ?? scan.nodes[i]))
  if (hint !== undefined) minima.push(zoomed(measure, hint, Math.sqrt(gamma / beta)))
  let best = lowestOf([...minima, ...Array.from(scan.nodes, (at, i) => ({ at, value: scan.values[i] }))])
  for (let width = scan.radius / 8, level = 0; level < 10; level++, width /= 4) {
    const near = zoomed(measure, best.at, width)
    if (near.value < best.value) best = near
  }
  const kept = [...minima, best].filter(({ value }) => value - best.value < cut).map(({ at }) => at)
  return { base: best.value, center: best.at, panels: panelsOf(scan, kept, best.value + cut + 10 / beta) }
}

interface Place {
  at: number
  value: number
}

interface Scan {
  nodes: Float64Array
  values: Float64Array
  radius: number
}

function scanned(measure: LocalGibbs, center: number, radius: number, count: number): Scan {
  const nodes = Float64Array.from({ length: 2 * count + 1 }, (_, i) => center + ((i - count) / count) * radius)
  return { nodes, values: heights(measure, nodes, new Float64Array(nodes.length)), radius }
}

function searchInterval(measure: LocalGibbs, hint: number | undefined): Scan {
  const { gamma, beta } = measure
  const cut = negligible / beta
  const first = Math.max(16 * Math.sqrt(gamma / beta), 2 * Math.abs(hint ?? 0))
  let radius = first
  let [best, floor] = [Infinity, Infinity]
  for (let round = 0; round < 100; round++) {
    const scan = scanned(measure, 0, radius, half)
    scan.values.forEach((value, i) => {
      best = Math.min(best, value)
      if (value < Infinity) floor = Math.min(floor, value - (scan.nodes[i] * scan.nodes[i]) / (2 * gamma))
    })
    if (!(radius < widest * first)) break
    const needed = Math.sqrt(2 * gamma * (best - floor + cut))
    if (best === Infinity) radius *= 4
    else if (needed > radius) radius = 1.5 * needed
    else {
      const beyond = farther(measure, radius, best + cut)
      if (beyond > radius) radius = 1.5 * beyond
      else if (needed < radius / 4 && round < 40) radius = 1.5 * needed
      else return scan
    }
  }
  throw outOfReach(measure)
}

/** The farthest of the probes on both sides, a quarter octave apart, where H is below `level`; the radius itself when there is none. */
function farther(measure: LocalGibbs, radius: number, level: number): number {
  let beyond = radius
  for (let k = 1; k <= 160; k++) {
    const distance = radius * 2 ** (k / 4)
    for (const offset of [-distance, distance]) if (farHeight(measure, Float64Array.of(offset)) < level) beyond = distance
  }
  return beyond
}

function lowestMinima({ values }: Scan): number[] {
  const minima: number[] = []
  values.forEach((value, i) => {
    if (value < Infinity && value <= (values[i - 1] ?? Infinity) && value <= (values[i + 1] ?? Infinity)) minima.push(i)
  })
  return minima.sort((i, j) => values[i] - values[j]).slice(0, mostMinima)
}

/** The minimum over a scan of 49 nodes about a place, closed in on. */
function zoomed(measure: LocalGibbs, at: number, width: number): Place {
  const { nodes, values } = scanned(measure, at, width, 24)
  const i = values.indexOf(Math.min(...values))
  return closeIn(measure, nodes[Math.max(i - 1, 0)], nodes[Math.min(i + 1, nodes.length - 1)])
}

/** A minimum between two offsets by golden sections, to about 1e−11 of their distance. */
function closeIn(measure: LocalGibbs, left: number, right: number): Place {
  const golden = (Math.sqrt(5) - 1) / 2
  const at = (offset: number): Place => ({ at: offset, value: heights(measure, Float64Array.of(offset), new Float64Array(1))[0] })
  let [a, b] = [left, right]
  let [low, high] = [at(b - golden * (b - a)), at(a + golden * (b - a))]
  let best = lowestOf([at(left), at(right), at((left + right) / 2), low, high])
  for (let k = 0; k < 52 && b > a; k++) {
    if (low.value <= high.value) {
      b = high.at
      high = low
      low = at(b - golden * (b - a))
    } else {
      a = low.at
      low = high
      high = at(a + golden * (b - a))
    }
    best = lowestOf([best, low, high])
  }
  return best
}

function lowestOf(places: readonly Place[]): Place {
  return places.reduce((best, place) => (place.value < best.value ? place : best))
}

/** Stretches of the scan with a node below `level` or a kept minimiser in them, and their neighbours, cut at the minimisers. */
function panelsOf({ nodes, values }: Scan, kept: readonly number[], level: number): [number, number][] {
  const count = (nodes.length - 1) / stride
  const active = Array.from({ length: count }, (_, p) => {
    const [a, b] = [nodes[p * stride], nodes[(p + 1) * stride]]
    return values.subarray(p * stride, (p + 1) * stride + 1).some((value) => value < level) || kept.some((at) => at >= a && at <= b)
  })
  const panels: [number, number][] = []
  for (let p = 0; p < count; p++) {
    if (!active[p] && !active[p - 1] && !active[p + 1]) continue
    const [a, b] = [nodes[p * stride], nodes[(p + 1) * stride]]
    const ends = [...new Set([a, ...kept.filter((at) => at > a && at < b), b])].sort((u, v) => u - v)
    for (let i = 1; i < ends.length; i++) panels.push([ends[i - 1], ends[i]])
  }
  return panels
}
