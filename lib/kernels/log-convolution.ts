import { exp, log } from '../core/elementary.ts'
import { available, kernels, scratch } from './machine.ts'

/** Terms below e^−50 of a node's largest are skipped: 10⁵ of them stay below the unit round-off. */
const negligible = 50
const leaf = 16

/**
 * A line of exponents g with a binary tree of minima over leaves of 16 nodes, so that a sum over nodes visits only those that count, wherever
 * they are: near x, near the proximal point many kernel widths away, or at several competing points.
 */
export interface ExponentTree {
  exponents: Float64Array
  /** minima[1] is the root; children of k are 2k and 2k + 1. */
  minima: Float64Array
  /** Number of leaves, a power of two. */
  leaves: number
  /** Work space of the descent. */
  stack: Int32Array
  /** First nodes of the leaves that the last descent found. */
  found: Int32Array
}

export function exponentTree(exponents: Float64Array): ExponentTree {
  let leaves = 1
  while (leaves * leaf < exponents.length) leaves *= 2
  const minima = new Float64Array(2 * leaves).fill(Infinity)
  for (let j = 0; j < exponents.length; j++) {
    const k = leaves + Math.floor(j / leaf)
    if (exponents[j] < minima[k]) minima[k] = exponents[j]
  }
  for (let k = leaves - 1; k >= 1; k--) minima[k] = Math.min(minima[2 * k], minima[2 * k + 1])
  return { exponents, minima, leaves, stack: new Int32Array(64), found: new Int32Array(leaves) }
}

/** The sum of one node: where its largest term e^−least is, and how many leaves count. */
export interface RunningSum {
  least: number
  /** Index of the largest term. */
  place: number
  /** Number of leaves in `found` of the tree. */
  leaves: number
}

export function runningSum(): RunningSum {
  return { least: 0, place: 0, leaves: 0 }
}

/**
 * Fills the NaN entries of `out` with log Σ_j exp(logKernel[|i − j|] − exponents_j), −∞ where nothing is finite. `logKernel` decreases; with `period` > 0 distances wrap
 * (|i − j| → min(d, period − d)).
 */
export function logSums(exponents: Float64Array, logKernel: Float64Array, period: number, out: Float64Array): void {
  if (!out.some(Number.isNaN)) return
  const tree = exponentTree(exponents)
  if (!available) {
    logSumsPlainly(tree, logKernel, period, out)
    return
  }
  scratch((take) => {
    const lend = (numbers: Float64Array): Float64Array => {
      const held = take(Float64Array, numbers.length)
      held.set(numbers)
      return held
    }
    const result = lend(out)
    kernels<Kernels>().logSums(
      0, out.length, lend(exponents).byteOffset, lend(tree.minima).byteOffset, tree.leaves, exponents.length, lend(logKernel).byteOffset, period,
      take(Int32Array, 64).byteOffset, take(Int32Array, tree.leaves).byteOffset, result.byteOffset,
    )
    out.set(result)
  })
}

interface Kernels {
  logSums(
    from: number, to: number, exponents: number, minima: number, leaves: number, n: number, logKernel: number, period: number, stack: number, found: number, out: number,
  ): void
}

/** `logSums` in plain TypeScript, with the same bits. */
export function logSumsPlainly(tree: ExponentTree, logKernel: Float64Array, period: number, out: Float64Array): void {
  const sum = runningSum()
  const { exponents, found } = tree
  for (let i = 0; i < out.length; i++) {
    if (!Number.isNaN(out[i])) continue
    findTerms(tree, logKernel, period, i, exponents[i] <= exponents[sum.place] ? i : sum.place, sum)
    let even = 0
    let odd = 0
    for (let k = 0; k < sum.leaves; k++) {
      const to = Math.min(found[k] + leaf, exponents.length)
      for (let j = found[k]; j < to; j++) {
        const excess = exponents[j] - logKernel[distance(i, j, period)] - sum.least
        if (!(excess < negligible)) continue
        if (j % 2 === 0) even += exp(-excess)
        else odd += exp(-excess)
      }
    }
    out[i] = sum.leaves === 0 ? -Infinity : log(even + odd) - sum.least
  }
}

/**
 * Finds the largest term of node i's sum and the leaves with terms that count, for arguments as of `logSums`. `hint` is a node whose term is likely large, such as the
 * previous node's largest.
 */
export function findTerms(tree: ExponentTree, logKernel: Float64Array, period: number, i: number, hint: number, sum: RunningSum): void {
  const { exponents, minima, leaves, stack, found } = tree
  const n = exponents.length
  let least = exponents[hint] - logKernel[distance(i, hint, period)]
  if (!(least < Infinity)) least = Infinity
  let place = hint
  let count = 0
  let depth = 1
  stack[0] = 1
  while (depth > 0) {
    const k = stack[--depth]
    const level = 31 - Math.clz32(k)
    const span = (leaves >> level) * leaf
    const from = (k - (1 << level)) * span
    if (from >= n) continue
    const to = Math.min(from + span, n) - 1
    if (minima[k] - logKernel[rangeDistance(i, from, to, period)] > least + negligible || minima[k] === Infinity) continue
    if (k >= leaves) {
      found[count++] = from
      for (let j = from; j <= to; j++) {
        const exponent = exponents[j] - logKernel[distance(i, j, period)]
        if (exponent < least) {
          least = exponent
          place = j
        }
      }
      continue
    }
    const middle = from + span / 2
    const nearFirst = i < middle
    stack[depth++] = nearFirst ? 2 * k + 1 : 2 * k
    stack[depth++] = nearFirst ? 2 * k : 2 * k + 1
  }
  sum.least = least
  sum.place = place
  sum.leaves = least === Infinity ? 0 : count
}

/** The terms of one node's sum. */
export interface Terms {
  count: number
  weights: Float64Array
  nodes: Int32Array
}

/** Exponentials of a tree's line and of its kernel, for the sums whose terms are products of two of them. */
export interface Factors {
  densities: Float64Array
  kernel: Float64Array
}

/** Lists exp(logKernel[|i − j|] − g_j − shift) over the leaves that `findTerms` left in `sum`; `factors`, only at shift 0, save the exponential a term. */
export function listTerms(
  tree: ExponentTree, logKernel: Float64Array, period: number, i: number, sum: RunningSum, shift: number, factors: Factors | undefined, terms: Terms,
): void {
  const { exponents, found } = tree
  const { weights, nodes } = terms
  let count = 0
  for (let k = 0; k < sum.leaves; k++) {
    const to = Math.min(found[k] + leaf, exponents.length)
    if (factors !== undefined) {
      for (let j = found[k]; j < to; j++, count++) {
        weights[count] = factors.densities[j] * factors.kernel[distance(i, j, period)]
        nodes[count] = j
      }
      continue
    }
    for (let j = found[k]; j < to; j++) {
      const exponent = exponents[j] - logKernel[distance(i, j, period)]
      if (!(exponent - sum.least < negligible)) continue
      weights[count] = Math.exp(-exponent - shift)
      nodes[count++] = j
    }
  }
  terms.count = count
}

function distance(i: number, j: number, period: number): number {
  const d = i < j ? j - i : i - j
  return period > 0 && 2 * d > period ? period - d : d
}

/** The least distance of i to the nodes from..to. */
function rangeDistance(i: number, from: number, to: number, period: number): number {
  if (i >= from && i <= to) return 0
  const near = i < from ? from - i : i - to
  if (period === 0) return near
  const far = i < from ? to - i : i - from
  return Math.min(near, period - far)
}
