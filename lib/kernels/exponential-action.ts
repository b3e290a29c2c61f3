import { exp } from '../core/elementary.ts'
import type { Jumps } from './jumps.ts'

/**
 * x ← e^{tA}x for the masses of a Markov chain, A = Qᵀ, by uniformisation (Jensen 1953): Σ_k Poisson(k; qt) Pᵏx with P = I + A/q ≥ 0. Sums of positive
 * terms: x stays ≥ 0, whatever the rates; exact to rounding. Few nodes take a dense e^{tA}, squared up from a short time; it serves again for the same t.
 */
export interface ExponentialAction {
  /** Multiplications by P that a time t takes, or the squarings. */
  products(t: number): number
  apply(x: Float64Array, t: number): void
}

/** Jumps expected in a segment: e^{−segment} is far from underflow. */
const segment = 200
/** Nodes up to which dense matrices are worth a thought. */
const fewNodes = 600

export function exponentialAction(jumps: Jumps): ExponentialAction {
  const { size, starts, to, rates, loss } = jumps
  const out = loss.slice()
  for (let i = 0; i < size; i++) for (let e = starts[i]; e < starts[i + 1]; e++) out[i] += rates[e]
  // So that no share that stays is lost in a difference.
  const q = 1.125 * out.reduce((most, rate) => Math.max(most, rate), 0)
  const stays = out.map((rate) => 1 - rate / q)
  const moves = rates.map((rate) => rate / q)
  const multiply = (x: Float64Array, result: Float64Array): void => {
    for (let i = 0; i < size; i++) result[i] = stays[i] * x[i]
    for (let i = 0; i < size; i++) {
      const own = x[i]
      if (own !== 0) for (let e = starts[i]; e < starts[i + 1]; e++) result[to[e]] += moves[e] * own
    }
  }
  const halvings = (t: number): number => Math.max(0, Math.ceil(Math.log2(q * t)))
  const isDense = (t: number): boolean => size <= fewNodes && halvings(t) * size ** 3 < q * t * (to.length + size) * 8
  const terms = (mean: number): number => Math.ceil(mean + 9 * Math.sqrt(mean) + 24)
  let known: { t: number; matrix: Float64Array } | undefined
  const [power, next, sum] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)]
  const advance = (x: Float64Array, mean: number): void => {
    let weight = exp(-mean)
    let total = weight
    power.set(x)
    for (let i = 0; i < size; i++) sum[i] = weight * x[i]
    for (let k = 1, last = terms(mean); k <= last; k++) {
      multiply(power, next)
      power.set(next)
      weight *= mean / k
      total += weight
      for (let i = 0; i < size; i++) sum[i] += weight * power[i]
    }
    for (let i = 0; i < size; i++) x[i] = sum[i] / total
  }
  return {
    products: (t) => {
      if (q === 0 || t === 0) return 0
      if (isDense(t)) return halvings(t) * size
      const parts = Math.ceil((q * t) / segment)
      return parts * terms((q * t) / parts)
    },
    apply: (x, t) => {
      if (q === 0 || t === 0) return
      if (isDense(t)) {
        if (known?.t !== t) known = { t, matrix: denseExponential(size, halvings(t), (row) => advance(row, (q * t) / 2 ** halvings(t))) }
        applyDense(known.matrix, x, next)
        return
      }
      const parts = Math.ceil((q * t) / segment)
      for (let part = 0; part < parts; part++) advance(x, (q * t) / parts)
    },
  }
}

/** Row i holds where a unit of mass on node i goes. */
function denseExponential(size: number, halvings: number, advance: (row: Float64Array) => void): Float64Array {
  let matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    const row = matrix.subarray(i * size, (i + 1) * size)
    row[i] = 1
    advance(row)
  }
  for (let turn = 0; turn < halvings; turn++) {
    const squared = new Float64Array(size * size)
    for (let i = 0; i < size; i++) {
      const row = i * size
      for (let k = 0; k < size; k++) {
        const share = matrix[row + k]
        // Below this what it adds is lost beside the rest, and subnormal numbers are slow.
        if (share < 1e-290) continue
        const from = k * size
        for (let j = 0; j < size; j++) squared[row + j] += share * matrix[from + j]
      }
    }
    matrix = squared
  }
  return matrix
}

function applyDense(matrix: Float64Array, x: Float64Array, result: Float64Array): void {
  const size = x.length
  result.fill(0)
  for (let i = 0; i < size; i++) {
    const own = x[i]
    if (own !== 0) for (let j = 0; j < size; j++) result[j] += own * matrix[i * size + j]
  }
  x.set(result)
}
