import { exp, log } from '../core/elementary.ts'
import { available, scratch } from './machine.ts'
import type { Take } from './machine.ts'
import type { Team } from './team.ts'

/*
 * Sums Σ_j k_{|i−j|} e^{−βf_j} with a Gaussian k_d = e^{−κd²/2}/Σ_d e^{−κd²/2} on the lattice, in doubles. All terms are positive, so that every digit is kept at any node
 * whose sum is within the range of doubles, which a transform's are not.
 *
 * A wide kernel goes through a lattice of every m-th node: with A_y = e^{−κy²} Poisson's formula gives
 *   Σ_p A_{d−p} A_p = e^{−κd²/2} √(π/2κ)/m · (1 + ε), p over a coset of mℤ, |ε| ≤ 2 Σ_{q≥1} e^{−π²q²/(2κm²)},
 * for each d alone. The relative error ε of every weight is also that of every sum of positive terms, however rough f is: two sums of a fixed number of terms a node replace
 * one over the kernel's width. (Fast Gauss transforms bound the absolute error.)
 */

/** Output q·phases + r of a stage is Σ_t weights[r·terms + t] input_{q·step − shift + t}; inputs below 0 and from `size` on are ghosts, or nothing from the last ghost on. */
export interface Stage {
  size: number
  ghosts: number
  /** Of the input's continuation. */
  period: number
  /** Of node j the image is period − j − overlap, where j is beyond `size`. */
  overlap: number
  shift: number
  outputs: number
  phases: number
  step: number
  /** Even. */
  terms: number
  weights: Float64Array
}

/** A Gaussian on the lattice: κ, log Σ_d e^{−κd²/2}, and the log of the weight at distance d, images included. */
export interface LatticeGaussian {
  kappa: number
  logMass: number
  readonly logKernel: Float64Array
}

/** How a line of n nodes continues: with a period, nodes from n on being images of earlier ones; or, where the period is 0, with nothing, linearly, or with a constant f. */
export interface Continuation {
  period: number
  overlap: number
  beyond: 'nothing' | 'linear' | number
}

export interface GaussianSum {
  /** One stage or two. */
  stages: Stage[]
  /** What is beyond the ends and is summed as well: ghosts of the first stage. */
  beyond: Continuation['beyond']
  /** Nodes farther than `reach` weigh e^−faint at most. */
  reach: number
  faint: number
  /** Sums are right to e^−accuracy from here on, as far as the line itself goes. */
  least: number
}

/** −ln of the relative error that cut kernels and aliasing may make. */
const accuracy = 35
/** Exponents beyond this are left to sums of logarithms: e^−600 times weights and their errors stays a normal number. */
const deepest = 600
/** m√κ of a lattice of every m-th node: |ε| = 2 e^{−π²/(2κm²)} = e^−accuracy. */
const coarsest = Math.PI / Math.sqrt(2 * (accuracy + Math.LN2))
/** Reach in units of the line up to which what is beyond its ends is summed node by node. */
const mostGhosts = 2
/** Exponents of ghosts that grow are cut here; no sum with such a ghost is trusted. */
const highest = 600
/** Coarser lattices than every second node pay. */
const worthwhile = 3
/** Ghosts in units of the line from which on a periodic kernel is nearly flat and a transform better. */
const flat = 6

/**
 * Sums over lines of n nodes; `depth` is the largest finite β(f − min f) on a line, and `fall` the most by which βf falls from one node to the next on a linear
 * continuation. What is beyond the ends is left out where that takes too many ghosts.
 * Undefined where the kernel is several periods wide, the line long, and one transform is both as accurate and faster.
 */
export function gaussianSum(n: number, given: Continuation, kernel: LatticeGaussian, depth: number, fall: number): GaussianSum | undefined {
  const { kappa, logMass } = kernel
  const needed = accuracy + Math.min(depth, deepest) + logMass + 1
  // Where the continuation falls, its terms grow up to fall/κ nodes away before they fade.
  const far = Math.min(fall / kappa, n)
  const reach = Math.ceil(far + Math.sqrt(far * far + (2 * needed) / kappa))
  const beyond = given.period > 0 || reach > mostGhosts * n ? 'nothing' : given.beyond
  const line = { ...given, n, beyond }
  const faint = (kappa * reach * reach) / 2
  const least = Math.max(1e-278, Math.exp(accuracy - faint))
  const window = windowOf(line, reach)
  const lattice = latticeOf(line, kappa, reach)
  if (lattice === undefined || n * window.count <= lattice.work) {
    const all = window.count >= (given.period || (beyond === 'nothing' ? 2 * n - 1 : Infinity))
    return { stages: [directStage(line, window, kernel)], beyond, reach, faint, least: all ? 1e-278 : least }
  }
  if (given.period > 0 && lattice.rings * lattice.m > flat * given.period) return undefined
  return { stages: coarsePair(line, lattice, kernel), beyond, reach, faint, least }
}

interface Line extends Continuation {
  n: number
}

/** The nodes that a sum over single nodes takes: `count` from −shift on. */
interface Window {
  shift: number
  count: number
}

/** All nodes within reach, or all of the line or period. */
function windowOf({ n, period, beyond }: Line, reach: number): Window {
  if (period > 0 && 2 * reach + 1 >= period) return { shift: Math.floor(period / 2), count: period }
  const shift = period > 0 || beyond !== 'nothing' ? reach : Math.min(reach, n - 1)
  return { shift, count: 2 * shift + 1 }
}

function directStage({ n, period, overlap, beyond }: Line, { shift, count }: Window, kernel: LatticeGaussian): Stage {
  const { kappa, logMass } = kernel
  const weights = new Float64Array(2 * Math.ceil(count / 2))
  for (let t = 0; t < count; t++) {
    const d = Math.abs(t - shift)
    // Short of a period's half, images are beyond reach.
    weights[t] = exp(count === period ? kernel.logKernel[d] : (-kappa * d * d) / 2 - logMass)
  }
  return { size: n, ghosts: period > 0 || beyond !== 'nothing' ? shift + 1 : 0, period, overlap, shift, outputs: n, phases: 1, step: 1, terms: weights.length, weights }
}

interface Lattice {
  /** Distance of its nodes. */
  m: number
  /** Whether it closes with the period. */
  closed: boolean
  /** How many of its nodes on either side a node is summed to and from. */
  rings: number
  /** Number of its nodes that are summed to. */
  size: number
  /** Terms of all sums. */
  work: number
}

/** None where the kernel is too narrow. */
function latticeOf({ n, period, beyond }: Line, kappa: number, reach: number): Lattice | undefined {
  const most = Math.min(n, Math.floor(coarsest / Math.sqrt(kappa)))
  const divisor = period === n ? largestDivisor(n, most) : 1
  const closed = divisor >= 0.6 * most
  const m = closed ? divisor : most
  if (m < worthwhile) return undefined
  // Terms of the inner sum lie about d/2, with the variance 1/(4κ).
  const rings = Math.ceil((reach / 2 + Math.sqrt((2 * accuracy) / (4 * kappa))) / m)
  const size = closed ? n / m : Math.ceil(n / m) + 2 * rings + 1
  const work = size * (period > 0 || beyond !== 'nothing' ? 2 * rings * m : Math.min(n, 2 * rings * m)) + n * (2 * rings + 2) + 4 * rings * m
  return { m, closed, rings, size, work }
}

function largestDivisor(n: number, most: number): number {
  let divisor = Math.max(1, most)
  while (n % divisor !== 0) divisor--
  return divisor
}

/** To the lattice and back. */
function coarsePair({ n, period, overlap, beyond }: Line, { m, closed, rings, size }: Lattice, { kappa, logMass }: LatticeGaussian): Stage[] {
  const wide = rings * m
  const half = Float64Array.from({ length: wide + m + 1 }, (_, y) => exp(-kappa * y * y))
  const restriction = new Float64Array(2 * wide + 2)
  for (let t = 0; t <= 2 * wide; t++) restriction[t] = half[Math.abs(t - wide)]
  const terms = 2 * rings + 2
  const prolongation = new Float64Array(m * terms)
  const factor = m * Math.sqrt((2 * kappa) / Math.PI) * exp(-logMass)
  for (let r = 0; r < m; r++) {
    for (let t = 0; t < terms; t++) prolongation[r * terms + t] = factor * half[Math.abs(r + wide - t * m)]
  }
  const ghosts = period > 0 || beyond !== 'nothing' ? (closed ? wide : 2 * wide + m) + 1 : 0
  return [
    { size: n, ghosts, period, overlap, shift: closed ? wide : 2 * wide, outputs: size, phases: 1, step: m, terms: restriction.length, weights: restriction },
    {
      size, ghosts: closed ? rings + 1 : 0, period: closed ? size : 0, overlap: 0, shift: closed ? rings : 0,
      outputs: n, phases: m, step: 1, terms, weights: prolongation,
    },
  ]
}

/** Six vectors of eight numbers: see the kernel. */
const headLength = 384

/**
 * out = −(1/β) log Σ k e^{−βf} on all lines of an axis with `inner` numbers after it in C order; NaN where the sum is less than can be trusted, and on lines of +∞ alone.
 * Both arrays lent by the memory of the kernels.
 */
export function sumLines(sum: GaussianSum, beta: number, values: Float64Array, out: Float64Array, inner: number, team: Team): void {
  if (available) scratch((take) => sumByKernel(sum, beta, values, out, inner, team, take))
  else sumLinesPlainly(sum, beta, values, out, inner)
}

function sumByKernel({ stages, beyond, reach, faint, least }: GaussianSum, beta: number, values: Float64Array, out: Float64Array, inner: number, team: Team, take: Take): void {
  const n = stages[0].size
  const lines = values.length / n
  const lanes = lines < 4 ? 1 : 8
  const table = take(Int32Array, 10 * stages.length)
  stages.forEach(({ weights, size, ghosts, period, overlap, shift, outputs, phases, step, terms }, s) => {
    const held = take(Float64Array, weights.length)
    held.set(weights)
    table.set([size, ghosts, period, overlap, shift, outputs, phases, step, terms, held.byteOffset], 10 * s)
  })
  const [last] = stages.slice(-1)
  // Ghosts, zero nodes and lanes past the end of a line.
  const bytes = (nodes: number, ghosts: number): number => 8 * lanes * (nodes + 2 * ghosts + 2) + 128
  const before = (ghosts: number): number => 8 * lanes * (ghosts + 1)
  const align = (address: number): number => 64 * Math.ceil(address / 64)
  const first = align(headLength + before(stages[0].ghosts))
  const second = align(first + bytes(n, stages[0].ghosts) + before(last.ghosts))
  const third = align(second + bytes(last.size, last.ghosts))
  const placeLength = align(third + bytes(n, 0))
  const busy = take(Int32Array, 1)
  busy[0] = 0
  const work = take(Float64Array, (team.members * placeLength) / 8)
  team.each('gaussianSums', Math.ceil(lines / lanes), [
    values.byteOffset, out.byteOffset, lines, n, inner, lanes, beta, least, reach, faint,
    beyond === 'nothing' ? 0 : beyond === 'linear' ? 1 : 2, typeof beyond === 'number' ? beyond : 0, stages.length, table.byteOffset,
    busy.byteOffset, work.byteOffset, placeLength, first, second, third,
  ])
}

/** `sumLines` in plain TypeScript, with the same bits. */
export function sumLinesPlainly(sum: GaussianSum, beta: number, values: Float64Array, out: Float64Array, inner: number): void {
  const { stages, beyond } = sum
  const n = stages[0].size
  const line = new Float64Array(n)
  for (let l = 0; l < values.length / n; l++) {
    const start = Math.floor(l / inner) * inner * n + (l % inner)
    let low = Infinity
    for (let i = 0; i < n; i++) low = Math.min(low, values[start + i * inner])
    if (low === Infinity) low = 0
    const exponents = line.map((_, i) => beta * (values[start + i * inner] - low))
    const ends = beyond === 'nothing' ? [] : [[0, Math.min(1, n - 1)], [n - 1, Math.max(0, n - 2)]].map(([edge, next]) => (
      beyond === 'linear' ? linearEnd(exponents[edge], exponents[next]) : { level: beta * (beyond - low), slope: 0 }))
    const trusted = ends.reduce((least, end) => Math.max(least, trustedFrom(sum, end)), sum.least)
    for (let i = 0; i < n; i++) line[i] = exp(-exponents[i])
    const sums = stages.reduce<Float64Array>((input, stage, s) => applyStage(stage, input, s === 0 ? ends : []), line)
    for (let i = 0; i < n; i++) out[start + i * inner] = sums[i] >= trusted ? low - log(sums[i]) / beta : NaN
  }
}

/** Exponents level + g·slope at the ghosts g = 1, 2, … beyond one end. */
interface End {
  level: number
  slope: number
}

function linearEnd(edge: number, next: number): End {
  const slope = edge - next
  // Beyond a wall there is nothing.
  return Number.isFinite(slope) ? { level: edge, slope } : { level: Infinity, slope: 0 }
}

/** The least sum to which what is farther beyond an end than the kernel reaches adds a share of e^−accuracy at most. */
function trustedFrom({ reach, faint, stages }: GaussianSum, { level, slope }: End): number {
  const growth = Math.max(0, -slope)
  const exponent = growth * reach - level - faint + accuracy
  if (exponent > -1 || growth * reach > faint || growth * stages[0].ghosts - level > highest) return Infinity
  return exp(exponent)
}

function applyStage({ size, ghosts, period, overlap, shift, outputs, phases, step, terms, weights }: Stage, input: Float64Array, ends: readonly End[]): Float64Array {
  const ghosted = new Float64Array(size + 2 * ghosts)
  if (period > 0) {
    for (let j = -ghosts; j < size + ghosts; j++) {
      const k = ((j % period) + period) % period
      ghosted[j + ghosts] = input[k < size ? k : period - k - overlap]
    }
  } else {
    ghosted.set(input, ghosts)
    ends.forEach(({ level, slope }, side) => {
      for (let g = 1; g <= ghosts; g++) ghosted[side === 0 ? ghosts - g : ghosts + size - 1 + g] = exp(Math.min(highest, -(level + g * slope)))
    })
  }
  return Float64Array.from({ length: outputs }, (_, o) => {
    const r = o % phases
    const base = ((o - r) / phases) * step - shift + ghosts
    const to = Math.min(terms, ghosted.length - base)
    let even = 0
    let odd = 0
    for (let t = Math.max(0, -base); t < to; t++) {
      const term = weights[r * terms + t] * ghosted[base + t]
      if (t % 2 === 0) even += term
      else odd += term
    }
    return even + odd
  })
}
