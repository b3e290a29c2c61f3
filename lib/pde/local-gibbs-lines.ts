import { gaussianTailMoments, wrappedGaussianMoments } from '../kernels/lattice-gaussian.ts'
import { exponentTree, findTerms, listTerms, runningSum } from '../kernels/log-convolution.ts'
import type { ExponentTree, Factors, RunningSum, Terms } from '../kernels/log-convolution.ts'
import { fillExponents, halfLines, logHalfLine, negligible, nodeUnder, tilt } from './line-kernel.ts'
import type { HalfLine, LineKernel } from './line-kernel.ts'

/** Laws of y at the nodes of a line or a grid, for the axes passed so far. */
export interface Laws {
  /** −(1/β) log of their masses; +∞ where there is none, with moments 0. */
  values: Float64Array
  /** ⟨y_k⟩ − x_k, one array an axis. */
  means: Float64Array[]
  /** Cov(y_k, y_l), l ≤ k, at k(k+1)/2 + l. */
  covariances: Float64Array[]
}

export function packed(k: number, l: number): number {
  return k < l ? packed(l, k) : (k * (k + 1)) / 2 + l
}

export function laws(size: number, axes: number): Laws {
  const arrays = (count: number): Float64Array[] => Array.from({ length: count }, () => new Float64Array(size))
  return { values: new Float64Array(size), means: arrays(axes), covariances: arrays((axes * (axes + 1)) / 2) }
}

/** Takes the laws on a line to those that also average over the line's own axis, whose moments come last. */
export type LawSmoother = (line: Laws, out: Laws) => void

/** Products of a density and a kernel weight stay far from underflow while the largest is within e^±500. */
const safe = 500

/** What the sums of one line share. */
interface Line {
  tree: ExponentTree
  factors: Factors
  /** The continued line's laws. */
  given: Laws
  ends: End[]
}

/** A half-line with the laws on it: means of the earlier axes edge + k·drift, covariances constant. */
interface End extends HalfLine {
  side: -1 | 1
  edge: number[]
  drift: number[]
  covariance: number[]
}

/**
 * Smoother of the laws on the lines of one axis. The law at a node is a mixture over the nodes j of the continued line, and of half-lines beyond it: the total mean
 * and covariance are the averages of theirs plus the covariance of their means, about the mean. `free` holds the variances of the earlier axes where f is constant.
 *
 * On a linear continuation the earlier axes' means are linear as well, which makes them the gradient of the continued u; their covariance stays as at the end.
 */
export function lawSmoother(kernel: LineKernel, spacing: number, free: readonly number[]): LawSmoother {
  const { axis, beta, period, length, logKernel } = kernel
  const given = laws(length, free.length)
  const exponents = new Float64Array(length)
  const densities = new Float64Array(length)
  const kernelWeights = logKernel.map(Math.exp)
  const under = Int32Array.from({ length }, (_, j) => nodeUnder(kernel, j))
  const mix = mixer(kernel, spacing)
  return (line, out) => {
    const low = line.values.reduce((least, value) => Math.min(least, value), Infinity)
    if (low === Infinity) {
      out.values.fill(Infinity)
      for (const array of [...out.means, ...out.covariances]) array.fill(0)
      return
    }
    fillExponents(kernel, line.values, low, exponents)
    for (let j = 0; j < length; j++) densities[j] = Math.exp(-exponents[j])
    given.means.forEach((mean, k) => gather(line.means[k], under, length, mean))
    given.covariances.forEach((covariance, q) => gather(line.covariances[q], under, length, covariance))
    const ends = halfLines(kernel, exponents, low).map((half, e) => endOf(half, e === 0 ? -1 : 1, given, typeof axis.boundary === 'object' ? free : undefined))
    const whole: Line = { tree: exponentTree(exponents), factors: { densities, kernel: kernelWeights }, given, ends }
    const sum = runningSum()
    for (let i = 0; i < axis.size; i++) {
      findTerms(whole.tree, logKernel, period, i, exponents[i] <= exponents[sum.place] ? i : sum.place, sum)
      out.values[i] = low - mix(whole, sum, i, out) / beta
    }
  }
}

function gather(from: Float64Array, places: Int32Array, count: number, to: Float64Array): void {
  for (let t = 0; t < count; t++) to[t] = from[places[t]]
}

/** `free` is given where f is constant outside: the earlier axes then have the kernel's own law. */
function endOf(half: HalfLine, side: -1 | 1, given: Laws, free: readonly number[] | undefined): End {
  const n = given.values.length
  const edge = side < 0 ? 0 : n - 1
  const inner = n === 1 ? edge : edge - side
  if (free === undefined) {
    return {
      ...half, side, edge: given.means.map((mean) => mean[edge]), drift: given.means.map((mean) => mean[edge] - mean[inner]),
      covariance: given.covariances.map((covariance) => covariance[edge]),
    }
  }
  const none = free.map(() => 0)
  return { ...half, side, edge: none, drift: none, covariance: free.flatMap((variance, k) => [...none.slice(0, k), variance]) }
}

/** Writes the moments of the mixture at node i and returns the log of its mass. */
function mixer(kernel: LineKernel, spacing: number): (line: Line, sum: RunningSum, i: number, out: Laws) => number {
  const { axis, period, length, kappa, logKernel } = kernel
  const n = axis.size
  const terms: Terms = { count: 0, weights: new Float64Array(length + 2), nodes: new Int32Array(length) }
  const images = Array.from(logKernel, (_, d) => (period > 0 ? wrappedGaussianMoments(d, kappa, period) : { mean: d, variance: 0 }))
  const offset = Float64Array.from(images, ({ mean }) => spacing * mean)
  const spread = Float64Array.from(images, ({ variance }) => spacing * spacing * variance)
  const wraps = spread.some((variance) => variance > 0)
  const coordinates: Float64Array[] = []
  const { weights, nodes } = terms

  return ({ tree, factors, given, ends }, sum, i, out) => {
    const own = given.means.length
    while (coordinates.length <= own) coordinates.push(new Float64Array(length + 2))
    const logs = ends.map((end) => logHalfLine(kernel, end, end.side < 0 ? i : n - 1 - i, -sum.least))
    const top = Math.max(-sum.least, ...logs)
    if (top === -Infinity) {
      for (const array of [...out.means, ...out.covariances]) array[i] = 0
      return top
    }
    const shift = Math.abs(top) < safe ? 0 : top
    if (-sum.least < top - negligible) sum.leaves = 0
    listTerms(tree, logKernel, period, i, sum, shift, shift === 0 ? factors : undefined, terms)
    let { count } = terms
    for (let k = 0; k < own; k++) gather(given.means[k], nodes, count, coordinates[k])
    ownOffsets(nodes, count, i, period, offset, coordinates[own])
    const within = given.covariances.map((covariance) => weighted(weights, covariance, nodes, count))
    for (let k = 0; k < own; k++) within.push(0)
    within.push(wraps ? weightedSpread(weights, nodes, count, i, period, spread) : 0)
    for (let e = 0; e < ends.length; e++) {
      if (logs[e] === -Infinity) continue
      weights[count] = Math.exp(logs[e] - shift)
      addHalfLine(kernel, spacing, ends[e], ends[e].side < 0 ? i : n - 1 - i, weights[count], coordinates, count, within)
      count++
    }
    let mass = 0
    for (let t = 0; t < count; t++) mass += weights[t]
    for (let k = 0; k <= own; k++) out.means[k][i] = centre(weights, coordinates[k], count, mass)
    for (let k = 0; k <= own; k++) {
      for (let l = 0; l <= k; l++) {
        const q = packed(k, l)
        out.covariances[q][i] = (within[q] + product(weights, coordinates[k], coordinates[l], count)) / mass
      }
    }
    return Math.log(mass) + shift
  }
}

/** Adds a half-line as one part of the mixture: its mean as a term, its covariance to `within`. */
function addHalfLine(
  kernel: LineKernel, spacing: number, end: End, distance: number, weight: number, coordinates: Float64Array[], t: number, within: number[],
): void {
  const own = end.edge.length
  const { mean, variance } = gaussianTailMoments(tilt(kernel, end, distance), kernel.kappa)
  const drift = [...end.drift, end.side * spacing]
  for (let k = 0; k < own; k++) coordinates[k][t] = end.edge[k] + mean * drift[k]
  coordinates[own][t] = end.side * spacing * (distance + mean)
  for (let k = 0; k <= own; k++) {
    for (let l = 0; l <= k; l++) {
      const q = packed(k, l)
      within[q] += weight * (variance * drift[k] * drift[l] + (end.covariance[q] ?? 0))
    }
  }
}

/** Mean offset of the images of each node from node i: signed, of the nearest image where the kernel reaches no other. */
function ownOffsets(nodes: Int32Array, count: number, i: number, period: number, offset: Float64Array, to: Float64Array): void {
  for (let t = 0; t < count; t++) {
    const d = nearest(nodes[t] - i, period)
    to[t] = d < 0 ? -offset[-d] : offset[d]
  }
}

function weightedSpread(weights: Float64Array, nodes: Int32Array, count: number, i: number, period: number, spread: Float64Array): number {
  let sum = 0
  for (let t = 0; t < count; t++) sum += weights[t] * spread[Math.abs(nearest(nodes[t] - i, period))]
  return sum
}

function nearest(d: number, period: number): number {
  return 2 * d > period && period > 0 ? d - period : 2 * d < -period && period > 0 ? d + period : d
}

function weighted(weights: Float64Array, values: Float64Array, nodes: Int32Array, count: number): number {
  let sum = 0
  for (let t = 0; t < count; t++) sum += weights[t] * values[nodes[t]]
  return sum
}

/** The weighted mean, which is then taken off the coordinates. */
function centre(weights: Float64Array, coordinate: Float64Array, count: number, mass: number): number {
  let sum = 0
  for (let t = 0; t < count; t++) sum += weights[t] * coordinate[t]
  const mean = sum / mass
  for (let t = 0; t < count; t++) coordinate[t] -= mean
  return mean
}

function product(weights: Float64Array, a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0
  for (let t = 0; t < count; t++) sum += weights[t] * a[t] * b[t]
  return sum
}
