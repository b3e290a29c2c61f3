import { exp, log } from '../core/elementary.ts'
import { available, kernels, scratch } from './machine.ts'
import type { Take } from './machine.ts'

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

export interface GaussianSum {
  /** One stage or two. */
  stages: Stage[]
  /** Sums are right to 1e−15 from here on. */
  least: number
}

/** How a line of n nodes continues: with a period, nodes from n on being images of earlier ones; period 0 where there is nothing. */
export interface Continuation {
  period: number
  overlap: number
}

/** −ln of the relative error that cut kernels and aliasing may make. */
const accuracy = 35
/** Exponents beyond this are left to sums of logarithms: e^−600 times weights and their errors stays a normal number. */
const deepest = 600
/** m√κ of a lattice of every m-th node: |ε| = 2 e^{−π²/(2κm²)} = e^−accuracy. */
const coarsest = Math.PI / Math.sqrt(2 * (accuracy + Math.LN2))
/** Coarser lattices than every second node pay. */
const worthwhile = 3
/** Ghosts in units of the line from which on a periodic kernel is nearly flat and a transform better. */
const flat = 6

/**
 * Sums over lines of n nodes; `depth` is the largest finite β(f − min f) on a line.
 * Undefined where the kernel is several periods wide, the line long, and one transform is both as accurate and faster.
 */
export function gaussianSum(n: number, { period, overlap }: Continuation, kernel: LatticeGaussian, depth: number): GaussianSum | undefined {
  const { kappa, logMass } = kernel
  const needed = accuracy + Math.min(depth, deepest) + logMass + 1
  const reach = Math.ceil(Math.sqrt((2 * needed) / kappa))
  const least = Math.max(1e-278, Math.exp(accuracy - (kappa * reach * reach) / 2))
  const line = { n, period, overlap }
  const window = windowOf(line, reach)
  const lattice = latticeOf(line, kappa, reach)
  if (lattice === undefined || n * window.count <= lattice.work) {
    return { stages: [directStage(line, window, kernel)], least: window.count >= (period || 2 * n) ? 1e-278 : least }
  }
  if (period > 0 && lattice.rings * lattice.m > flat * period) return undefined
  return { stages: coarsePair(line, lattice, kernel), least }
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
function windowOf({ n, period }: Line, reach: number): Window {
  if (period > 0 && 2 * reach + 1 >= period) return { shift: Math.floor(period / 2), count: period }
  const shift = period > 0 ? reach : Math.min(reach, n - 1)
  return { shift, count: 2 * shift + 1 }
}

function directStage({ n, period, overlap }: Line, { shift, count }: Window, kernel: LatticeGaussian): Stage {
  const { kappa, logMass } = kernel
  const weights = new Float64Array(2 * Math.ceil(count / 2))
  for (let t = 0; t < count; t++) {
    const d = Math.abs(t - shift)
    // Short of a period's half, images are beyond reach.
    weights[t] = exp(count === period ? kernel.logKernel[d] : (-kappa * d * d) / 2 - logMass)
  }
  return { size: n, ghosts: period > 0 ? shift + 1 : 0, period, overlap, shift, outputs: n, phases: 1, step: 1, terms: weights.length, weights }
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
function latticeOf({ n, period }: Line, kappa: number, reach: number): Lattice | undefined {
  const most = Math.min(n, Math.floor(coarsest / Math.sqrt(kappa)))
  const divisor = period === n ? largestDivisor(n, most) : 1
  const closed = divisor >= 0.6 * most
  const m = closed ? divisor : most
  if (m < worthwhile) return undefined
  // Terms of the inner sum lie about d/2, with the variance 1/(4κ).
  const rings = Math.ceil((reach / 2 + Math.sqrt((2 * accuracy) / (4 * kappa))) / m)
  const size = closed ? n / m : Math.ceil(n / m) + 2 * rings + 1
  const work = size * (period > 0 ? 2 * rings * m : Math.min(n, 2 * rings * m)) + n * (2 * rings + 2) + 4 * rings * m
  return { m, closed, rings, size, work }
}

function largestDivisor(n: number, most: number): number {
  let divisor = Math.max(1, most)
  while (n % divisor !== 0) divisor--
  return divisor
}

/** To the lattice and back. */
function coarsePair({ n, period, overlap }: Line, { m, closed, rings, size }: Lattice, { kappa, logMass }: LatticeGaussian): Stage[] {
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
  const ghosts = period > 0 ? (closed ? wide : 2 * wide + m) + 1 : 0
  return [
    { size: n, ghosts, period, overlap, shift: closed ? wide : 2 * wide, outputs: size, phases: 1, step: m, terms: restriction.length, weights: restriction },
    {
      size, ghosts: closed ? rings + 1 : 0, period: closed ? size : 0, overlap: 0, shift: closed ? rings : 0,
      outputs: n, phases: m, step: 1, terms, weights: prolongation,
    },
  ]
}

interface Kernels {
  gaussianSums(
    from: number, to: number, values: number, out: number, lines: number, n: number, inner: number, lanes: number, beta: number, least: number, stages: number, stage: number,
    busy: number, work: number, placeLength: number, first: number, second: number, third: number,
  ): void
}

/**
 * out = −(1/β) log Σ k e^{−βf} on all lines of an axis with `inner` numbers after it in C order; NaN where the sum is less than can be trusted, and on lines of +∞ alone.
 * Both arrays lent by the memory of the kernels.
 */
export function sumLines(sum: GaussianSum, beta: number, values: Float64Array, out: Float64Array, inner: number): void {
  if (available) scratch((take) => sumByKernel(sum, beta, values, out, inner, take))
  else sumLinesPlainly(sum, beta, values, out, inner)
}

function sumByKernel({ stages, least }: GaussianSum, beta: number, values: Float64Array, out: Float64Array, inner: number, take: Take): void {
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
  const first = align(64 + before(stages[0].ghosts))
  const second = align(first + bytes(n, stages[0].ghosts) + before(last.ghosts))
  const third = align(second + bytes(last.size, last.ghosts))
  const placeLength = align(third + bytes(n, 0))
  const busy = take(Int32Array, 1)
  busy[0] = 0
  const work = take(Float64Array, placeLength / 8)
  kernels<Kernels>().gaussianSums(
    0, Math.ceil(lines / lanes), values.byteOffset, out.byteOffset, lines, n, inner, lanes, beta, least, stages.length, table.byteOffset,
    busy.byteOffset, work.byteOffset, placeLength, first, second, third,
  )
}

/** `sumLines` in plain TypeScript, with the same bits. */
export function sumLinesPlainly({ stages, least }: GaussianSum, beta: number, values: Float64Array, out: Float64Array, inner: number): void {
  const n = stages[0].size
  const line = new Float64Array(n)
  for (let l = 0; l < values.length / n; l++) {
    const start = Math.floor(l / inner) * inner * n + (l % inner)
    let low = Infinity
    for (let i = 0; i < n; i++) low = Math.min(low, values[start + i * inner])
    if (low === Infinity) low = 0
    for (let i = 0; i < n; i++) line[i] = exp(-(beta * (values[start + i * inner] - low)))
    const sums = stages.reduce<Float64Array>((input, stage) => applyStage(stage, input), line)
    for (let i = 0; i < n; i++) out[start + i * inner] = sums[i] >= least ? low - log(sums[i]) / beta : NaN
  }
}

function applyStage({ size, ghosts, period, overlap, shift, outputs, phases, step, terms, weights }: Stage, input: Float64Array): Float64Array {
  const ghosted = new Float64Array(size + 2 * ghosts)
  for (let j = -ghosts; j < size + ghosts; j++) {
    const k = period > 0 ? ((j % period) + period) % period : j
    ghosted[j + ghosts] = input[k < size ? k : period - k - overlap]
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
