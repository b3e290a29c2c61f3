import type { Dissection } from './dissection.ts'
import { reversed } from './jumps.ts'
import type { Jumps } from './jumps.ts'

/**
 * Factors of −Q for the generator Q of a Markov chain that loses mass, by the elimination of Grassmann, Taksar & Heyman (1985) on dense fronts (Duff & Reid
 * 1983): once node n is gone, what went through it goes on at r_in r_nj/d_n, d_n = loss_n + Σ_j r_nj over those left. Nothing is ever subtracted: every
 * entry of every solution for a right-hand side ≥ 0 is accurate relative to itself, however far rates and losses lie apart.
 */
export interface Elimination {
  readonly size: number
  readonly fronts: readonly Front[]
  /** A node without a way out, to later nodes or by loss; that is the last one where nothing is lost. */
  readonly dead: readonly number[]
}

interface Front {
  /** Pivots first, then the later nodes that they touch. */
  readonly nodes: Int32Array
  readonly pivots: number
  /** Rates from pivot n to the nodes after it, row n of pivots × nodes. */
  readonly out: Float64Array
  /** Rates into pivot n from the nodes after it, row n of pivots × nodes. */
  readonly into: Float64Array
  readonly leaving: Float64Array
}

/** Who meets whom: the fronts without numbers. It serves all chains with jumps along the same edges. */
export interface Assembly {
  readonly size: number
  readonly fronts: readonly { readonly nodes: Int32Array; readonly pivots: number; readonly children: readonly number[] }[]
  /** Multiplications that the factors take, and numbers that they hold. */
  readonly work: number
  readonly entries: number
}

/** `nodes` names the grid nodes that the chain's are; others are passed over. */
export function assemble(jumps: Jumps, { groups }: Dissection, gridSize: number, nodes?: Int32Array): Assembly {
  const own = new Int32Array(gridSize).fill(-1)
  if (nodes === undefined) for (let i = 0; i < gridSize; i++) own[i] = i
  else nodes.forEach((node, a) => (own[node] = a))
  const rank = new Int32Array(jumps.size)
  let count = 0
  const pivotsOf = groups.map(({ pivots }) => pivots.map((i) => own[i]).filter((a) => a >= 0))
  for (const pivots of pivotsOf) for (const a of pivots) rank[a] = count++
  const back = reversed(jumps)
  const mark = new Int32Array(jumps.size).fill(-1)
  const fronts: { nodes: Int32Array; pivots: number; children: readonly number[] }[] = []
  let work = 0
  let entries = 0
  groups.forEach(({ children }, g) => {
    const pivots = pivotsOf[g]
    const later: number[] = []
    const last = pivots.length > 0 ? rank[pivots[pivots.length - 1]] : -1
    const meet = (a: number): void => {
      if (mark[a] === g || rank[a] <= last) return
      mark[a] = g
      later.push(a)
    }
    for (const a of pivots) {
      mark[a] = g
      for (const { starts, to } of [jumps, back]) for (let e = starts[a]; e < starts[a + 1]; e++) meet(to[e])
    }
    for (const child of children) {
      const { nodes: met, pivots: done } = fronts[child]
      for (let k = done; k < met.length; k++) if (mark[met[k]] !== g) meet(met[k])
    }
    later.sort((a, b) => rank[a] - rank[b])
    fronts.push({ nodes: Int32Array.from([...pivots, ...later]), pivots: pivots.length, children })
    const m = pivots.length + later.length
    for (let n = 0; n < pivots.length; n++) work += (m - n - 1) ** 2
    entries += 2 * pivots.length * m
  })
  return { size: jumps.size, fronts, work, entries }
}

/**
 * The factors of diag(shift + loss) − Q with the jumps' rates times `scale`. A generator that yields the share of the work done, front by front, so that long
 * eliminations can be watched; `finish` runs it in one go.
 */
export function* eliminating(assembly: Assembly, jumps: Jumps, scale = 1, shift = 0): Generator<number, Elimination> {
  const { size, work } = assembly
  const back = reversed(jumps)
  const loss = jumps.loss.map((value) => value * scale + shift)
  const place = new Int32Array(size).fill(-1)
  const gone = new Uint8Array(size)
  const rests: (Float64Array | undefined)[] = []
  const fronts: Front[] = []
  const dead: number[] = []
  let done = 0
  for (const [g, { nodes, pivots, children }] of assembly.fronts.entries()) {
    const m = nodes.length
    const f = new Float64Array(m * m)
    for (let k = 0; k < m; k++) place[nodes[k]] = k
    for (let n = 0; n < pivots; n++) {
      const a = nodes[n]
      for (let e = jumps.starts[a]; e < jumps.starts[a + 1]; e++) if (gone[jumps.to[e]] === 0) f[n * m + place[jumps.to[e]]] += scale * jumps.rates[e]
      // Those between pivots are there already.
      for (let e = back.starts[a]; e < back.starts[a + 1]; e++) {
        const k = place[back.to[e]]
        if (gone[back.to[e]] === 0 && k >= pivots) f[k * m + n] += scale * back.rates[e]
      }
    }
    for (const child of children) {
      addRest(assembly.fronts[child], rests[child]!, place, f, m)
      rests[child] = undefined
    }
    const leaving = eliminateFront(f, m, pivots, nodes, loss)
    for (let n = 0; n < pivots; n++) if (leaving[n] === 0) dead.push(nodes[n])
    const [out, into] = [f.slice(0, pivots * m), new Float64Array(pivots * m)]
    for (let n = 0; n < pivots; n++) for (let k = n + 1; k < m; k++) into[n * m + k] = f[k * m + n]
    fronts.push({ nodes, pivots, out, into, leaving })
    const rest = new Float64Array((m - pivots) ** 2)
    for (let k = pivots; k < m; k++) rest.set(f.subarray(k * m + pivots, (k + 1) * m), (k - pivots) * (m - pivots))
    rests[g] = rest
    for (let n = 0; n < pivots; n++) {
      gone[nodes[n]] = 1
      done += (m - n - 1) ** 2
    }
    yield work > 0 ? done / work : 1
  }
  return { size, fronts, dead }
}

/** Adds what a child's elimination left among later nodes. */
function addRest({ nodes, pivots }: Assembly['fronts'][number], rest: Float64Array, place: Int32Array, f: Float64Array, m: number): void {
  const count = nodes.length - pivots
  for (let a = 0; a < count; a++) {
    const row = place[nodes[pivots + a]] * m
    for (let b = 0; b < count; b++) f[row + place[nodes[pivots + b]]] += rest[a * count + b]
  }
}

/** Eliminates the first `pivots` nodes of a dense front; changes `loss` of the nodes after them. */
function eliminateFront(f: Float64Array, m: number, pivots: number, nodes: Int32Array, loss: Float64Array): Float64Array {
  const leaving = new Float64Array(pivots)
  for (let n = 0; n < pivots; n++) {
    const row = n * m
    const lost = loss[nodes[n]]
    let d = lost
    for (let j = n + 1; j < m; j++) d += f[row + j]
    leaving[n] = d
    if (d === 0) continue
    for (let i = n + 1; i < m; i++) {
      const share = f[i * m + n] / d
      if (share === 0) continue
      const at = i * m
      loss[nodes[i]] += share * lost
      for (let j = n + 1; j < m; j++) f[at + j] += share * f[row + j]
    }
  }
  return leaving
}

export function finish<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** u = (−Q)⁻¹ b: the expected sum of b along the path from each node until it is lost. */
export function expectations({ fronts }: Elimination, b: Float64Array): Float64Array {
  const u = b.slice()
  for (const { nodes, pivots, into, leaving } of fronts) {
    const m = nodes.length
    for (let n = 0; n < pivots; n++) {
      const share = u[nodes[n]] / leaving[n]
      if (share !== 0) for (let k = n + 1; k < m; k++) u[nodes[k]] += into[n * m + k] * share
    }
  }
  for (let g = fronts.length - 1; g >= 0; g--) {
    const { nodes, pivots, out, leaving } = fronts[g]
    const m = nodes.length
    for (let n = pivots - 1; n >= 0; n--) {
      let sum = u[nodes[n]]
      for (let k = n + 1; k < m; k++) sum += out[n * m + k] * u[nodes[k]]
      u[nodes[n]] = sum / leaving[n]
    }
  }
  return u
}

/** x = (−Qᵀ)⁻¹ b: the expected time that mass put in by b spends on each node until it is lost. */
export function occupations(elimination: Elimination, b: Float64Array): Float64Array {
  const x = b.slice()
  for (const { nodes, pivots, out, leaving } of elimination.fronts) {
    const m = nodes.length
    for (let n = 0; n < pivots; n++) {
      const share = x[nodes[n]] / leaving[n]
      if (share !== 0) for (let k = n + 1; k < m; k++) x[nodes[k]] += out[n * m + k] * share
    }
  }
  return occupied(elimination, x)
}

/** The stationary masses of a chain without losses whose last node is the only dead one: its mass is 1. */
export function stationaryMasses(elimination: Elimination): Float64Array {
  const { size, dead } = elimination
  const x = new Float64Array(size)
  x[dead[0]] = 1
  return occupied(elimination, x, dead[0])
}

function occupied({ fronts }: Elimination, x: Float64Array, given = -1): Float64Array {
  for (let g = fronts.length - 1; g >= 0; g--) {
    const { nodes, pivots, into, leaving } = fronts[g]
    const m = nodes.length
    for (let n = pivots - 1; n >= 0; n--) {
      if (nodes[n] === given) continue
      let sum = x[nodes[n]]
      for (let k = n + 1; k < m; k++) sum += into[n * m + k] * x[nodes[k]]
      x[nodes[n]] = sum / leaving[n]
    }
  }
  return x
}
