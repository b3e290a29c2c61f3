/** Jump rates of a continuous-time Markov chain, by the node that is left: jumps starts[i] … starts[i + 1] − 1 of node i go to `to` at `rates`. */
export interface Jumps {
  readonly size: number
  readonly starts: Int32Array
  readonly to: Int32Array
  readonly rates: Float64Array
  /** Rates at which mass vanishes. */
  readonly loss: Float64Array
}

/** The jumps among the nodes that `kept` marks, renumbered; what leaves for others is lost. `nodes` says who they were. */
export function restrict({ size, starts, to, rates, loss }: Jumps, kept: Uint8Array): { jumps: Jumps; nodes: Int32Array } {
  const nodes = Int32Array.from(Array.from(kept.keys()).filter((i) => kept[i] === 1))
  const place = new Int32Array(size).fill(-1)
  for (let a = 0; a < nodes.length; a++) place[nodes[a]] = a
  const [ownStarts, ownTo, ownRates, ownLoss] = [new Int32Array(nodes.length + 1), new Int32Array(to.length), new Float64Array(to.length), new Float64Array(nodes.length)]
  let count = 0
  for (let a = 0; a < nodes.length; a++) {
    const i = nodes[a]
    ownLoss[a] = loss[i]
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const b = place[to[e]]
      if (b < 0) ownLoss[a] += rates[e]
      else {
        ownTo[count] = b
        ownRates[count++] = rates[e]
      }
    }
    ownStarts[a + 1] = count
  }
  return { jumps: { size: nodes.length, starts: ownStarts, to: ownTo.slice(0, count), rates: ownRates.slice(0, count), loss: ownLoss }, nodes }
}

/** The same edges the other way round: by the node that is reached. `to` then names the node that is left. */
export function reversed({ size, starts, to, rates }: Jumps): Omit<Jumps, 'loss'> {
  const backStarts = new Int32Array(size + 1)
  for (let e = 0; e < to.length; e++) backStarts[to[e] + 1]++
  for (let i = 0; i < size; i++) backStarts[i + 1] += backStarts[i]
  const [backTo, backRates, filled] = [new Int32Array(to.length), new Float64Array(to.length), backStarts.slice()]
  for (let i = 0; i < size; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const at = filled[to[e]]++
      backTo[at] = i
      backRates[at] = rates[e]
    }
  }
  return { size, starts: backStarts, to: backTo, rates: backRates }
}

/** Marks the nodes from which a marked one can be reached, themselves included. */
export function reaching(jumps: Jumps, marked: Uint8Array): Uint8Array {
  const { starts, to, rates } = reversed(jumps)
  const found = marked.slice()
  const stack = Array.from(marked.keys()).filter((i) => marked[i] === 1)
  while (stack.length > 0) {
    const i = stack.pop()!
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      if (rates[e] === 0 || found[to[e]] === 1) continue
      found[to[e]] = 1
      stack.push(to[e])
    }
  }
  return found
}

/**
 * Sets of nodes that reach one another and are never left, by jumps or losses (Tarjan 1972): where mass ends up. A node without any jumps is one.
 */
export function closedClasses({ size, starts, to, rates, loss }: Jumps): Int32Array[] {
  const order = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const component = new Int32Array(size).fill(-1)
  const cursor = starts.slice(0, size)
  const path: number[] = []
  const pending: number[] = []
  const members: number[][] = []
  let visited = 0
  const enter = (i: number): void => {
    order[i] = low[i] = visited++
    path.push(i)
    pending.push(i)
  }
  for (let root = 0; root < size; root++) {
    if (order[root] >= 0) continue
    enter(root)
    while (path.length > 0) {
      const i = path[path.length - 1]
      if (cursor[i] < starts[i + 1]) {
        const e = cursor[i]++
        if (rates[e] === 0) continue
        if (order[to[e]] < 0) enter(to[e])
        else if (component[to[e]] < 0) low[i] = Math.min(low[i], order[to[e]])
        continue
      }
      path.pop()
      if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[i])
      if (low[i] !== order[i]) continue
      const own: number[] = []
      for (let j = -1; j !== i;) {
        j = pending.pop()!
        component[j] = members.length
        own.push(j)
      }
      members.push(own)
    }
  }
  const open = new Uint8Array(members.length)
  for (let i = 0; i < size; i++) {
    if (loss[i] > 0) open[component[i]] = 1
    for (let e = starts[i]; e < starts[i + 1]; e++) if (rates[e] > 0 && component[to[e]] !== component[i]) open[component[i]] = 1
  }
  return members.filter((_, c) => open[c] === 0).map((own) => Int32Array.from(own).sort())
}
