/** Nodes of a grid in the order in which they are eliminated: groups after the groups that they separate (their children). */
export interface Dissection {
  readonly groups: readonly { readonly pivots: Int32Array; readonly children: readonly number[] }[]
}

/** Boxes of no more nodes are not cut further. */
const smallest = 16

/**
 * Nested dissection (George 1973) of a tensor grid whose nodes are coupled over at most `reach[k]` steps of axis k: slabs cut boxes in two, the longest axis
 * first; a circle is cut open before that.
 */
export function dissect(shape: readonly number[], cyclic: readonly boolean[], reach: readonly number[]): Dissection {
  const groups: { pivots: Int32Array; children: number[] }[] = []
  const nodesIn = (low: readonly number[], high: readonly number[]): Int32Array => {
    let found = [0]
    for (let k = 0; k < shape.length; k++) {
      found = found.flatMap((start) => Array.from({ length: high[k] - low[k] }, (_, i) => start * shape[k] + low[k] + i))
    }
    return Int32Array.from(found)
  }
  const slab = (low: readonly number[], high: readonly number[], k: number, from: number, to: number): Int32Array =>
    nodesIn(low.map((value, j) => (j === k ? from : value)), high.map((value, j) => (j === k ? to : value)))
  const add = (pivots: Int32Array, children: number[]): number => groups.push({ pivots, children }) - 1
  const cut = (low: readonly number[], high: readonly number[], open: readonly boolean[]): number => {
    const lengths = low.map((value, k) => high[k] - value)
    if (lengths.reduce((product, n) => product * n, 1) <= smallest) return add(nodesIn(low, high), [])
    const circle = open.findIndex((isOpen, k) => !isOpen && lengths[k] > reach[k])
    if (circle >= 0) {
      const at = low[circle] + Math.max(reach[circle], 1)
      const child = cut(low.map((value, k) => (k === circle ? at : value)), high, open.map((isOpen, k) => isOpen || k === circle))
      return add(slab(low, high, circle, low[circle], at), [child])
    }
    const k = lengths.reduce((best, n, j) => (n / Math.max(reach[j], 1) > lengths[best] / Math.max(reach[best], 1) ? j : best), 0)
    const width = Math.max(reach[k], 1)
    if (lengths[k] < width + 2) return add(nodesIn(low, high), [])
    const from = low[k] + Math.floor((lengths[k] - width) / 2)
    const first = cut(low, high.map((value, j) => (j === k ? from : value)), open)
    const second = cut(low.map((value, j) => (j === k ? from + width : value)), high, open)
    return add(slab(low, high, k, from, from + width), [first, second])
  }
  cut(shape.map(() => 0), shape, cyclic.map((isCyclic) => !isCyclic))
  return { groups }
}
