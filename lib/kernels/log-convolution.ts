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
  return { exponents, minima, leaves, stack: new Int32Array(64) }
}

/** A log-sum-exp in progress: Σ = scaled · e^−least. */
export interface RunningSum {
  least: number
  scaled: number
  /** Index of the largest term seen. */
  place: number
}

/**
 * Σ_j exp(logKernel[|i − j|] − g_j) for one i. `logKernel` decreases; with `period` > 0 distances wrap (|i − j| → min(d, period − d)).
 * `hint` is a node whose term is likely large, such as the previous node's largest.
 */
export function logSumAt(tree: ExponentTree, logKernel: Float64Array, period: number, i: number, hint: number, sum: RunningSum): void {
  const { exponents, minima, leaves, stack } = tree
  const n = exponents.length
  sum.least = exponents[hint] - logKernel[distance(i, hint, period)]
  if (!(sum.least < Infinity)) sum.least = Infinity
  sum.scaled = 0
  sum.place = hint
  let depth = 1
  stack[0] = 1
  while (depth > 0) {
    const k = stack[--depth]
    const level = 31 - Math.clz32(k)
    const span = (leaves >> level) * leaf
    const from = (k - (1 << level)) * span
    if (from >= n) continue
    const to = Math.min(from + span, n) - 1
    if (minima[k] - logKernel[rangeDistance(i, from, to, period)] > sum.least + negligible || minima[k] === Infinity) continue
    if (k >= leaves) {
      addLeaf(exponents, logKernel, period, i, from, to, sum)
      continue
    }
    const middle = from + span / 2
    const nearFirst = i < middle
    stack[depth++] = nearFirst ? 2 * k + 1 : 2 * k
    stack[depth++] = nearFirst ? 2 * k : 2 * k + 1
  }
}

function addLeaf(
  exponents: Float64Array, logKernel: Float64Array, period: number, i: number, from: number, to: number, sum: RunningSum,
): void {
  let least = sum.least
  let place = sum.place
  for (let j = from; j <= to; j++) {
    const exponent = exponents[j] - logKernel[distance(i, j, period)]
    if (exponent < least) {
      least = exponent
      place = j
    }
  }
  if (least === Infinity) return
  let scaled = least < sum.least && sum.scaled > 0 ? sum.scaled * Math.exp(least - sum.least) : sum.scaled
  for (let j = from; j <= to; j++) {
    const excess = exponents[j] - logKernel[distance(i, j, period)] - least
    if (excess < negligible) scaled += Math.exp(-excess)
  }
  sum.least = least
  sum.scaled = scaled
  sum.place = place
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
