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

/** The sum of one node: where its largest term e^−least is, how many leaves count, and Σ = scaled · e^−least once it is summed. */
export interface RunningSum {
  least: number
  scaled: number
  /** Index of the largest term. */
  place: number
  /** Number of leaves in `found` of the tree. */
  leaves: number
}

export function runningSum(): RunningSum {
  return { least: 0, scaled: 0, place: 0, leaves: 0 }
}

/**
 * Σ_j exp(logKernel[|i − j|] − g_j) for one i. `logKernel` decreases; with `period` > 0 distances wrap (|i − j| → min(d, period − d)).
 * `hint` is a node whose term is likely large, such as the previous node's largest.
 */
export function logSumAt(tree: ExponentTree, logKernel: Float64Array, period: number, i: number, hint: number, sum: RunningSum): void {
  findTerms(tree, logKernel, period, i, hint, sum)
  const { exponents, found } = tree
  let scaled = 0
  for (let k = 0; k < sum.leaves; k++) {
    const to = Math.min(found[k] + leaf, exponents.length)
    for (let j = found[k]; j < to; j++) {
      const excess = exponents[j] - logKernel[distance(i, j, period)] - sum.least
      if (excess < negligible) scaled += Math.exp(-excess)
    }
  }
  sum.scaled = scaled
}

/** Finds the largest term of a node's sum and the leaves with terms that count, for arguments as of `logSumAt`. */
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
