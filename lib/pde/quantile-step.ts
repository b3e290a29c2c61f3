import { log } from '../core/elementary.ts'
import type { Potential } from '../potential/potential.ts'

/** Quantiles X_0 < … < X_n with mass m_i between X_i and X_{i+1}. */
export interface QuantileProblem {
  readonly masses: Float64Array
  readonly tau: number
  /** D/β. */
  readonly temperature: number
  readonly potential: Potential
  readonly min: number
  readonly max: number
}

/** Shares of a cell at which f is taken: Gauss's two points. */
const points = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)]
/** Newton's steps until it is given up. */
const most = 2000

export interface QuantileStep {
  energyOf(x: Float64Array): number
  /** Σ m_i (d_i² + d_i d_{i+1} + d_{i+1}²)/3 to the power ½: W₂ of the two piecewise linear quantile functions. */
  distance(x: Float64Array, y: Float64Array): number
  /** The minimiser of distance²/(2τ) + energy, found by descending from x; nothing when that fails. */
  step(x: Float64Array): Float64Array | undefined
}

export function quantileStep({ masses, tau, temperature, potential, min, max }: QuantileProblem): QuantileStep {
  const n = masses.length
  const at = new Float64Array(1)
  const energyOf = (x: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < n; i++) {
      const width = x[i + 1] - x[i]
      if (!(width > 0)) return Infinity
      let f = 0
      for (const s of points) {
        at[0] = x[i] + s * width
        f += potential.value(at) / 2
      }
      sum += masses[i] * (f + temperature * log(masses[i] / width))
    }
    return sum
  }
  const square = (x: Float64Array, y: Float64Array): number => {
    let sum = 0
    for (let i = 0; i < n; i++) {
      const [a, b] = [x[i] - y[i], x[i + 1] - y[i + 1]]
      sum += (masses[i] * (a * a + a * b + b * b)) / 3
    }
    return sum
  }
  const value = (x: Float64Array, from: Float64Array): number => energyOf(x) + square(x, from) / (2 * tau)
  const [slope, diagonal, beside] = [new Float64Array(n + 1), new Float64Array(n + 1), new Float64Array(n)]
  /** First and second derivatives at x; `curved` takes f″ as it is, else where it is positive only. */
  const derivatives = (x: Float64Array, from: Float64Array, curved: boolean): void => {
    slope.fill(0)
    diagonal.fill(0)
    beside.fill(0)
    const [gradient, hessian] = [new Float64Array(1), new Float64Array(1)]
    for (let i = 0; i < n; i++) {
      const m = masses[i]
      const width = x[i + 1] - x[i]
      const [a, b] = [x[i] - from[i], x[i + 1] - from[i + 1]]
      slope[i] += (m * (2 * a + b)) / (6 * tau) + (m * temperature) / width
      slope[i + 1] += (m * (a + 2 * b)) / (6 * tau) - (m * temperature) / width
      const stiff = (m * temperature) / width ** 2
      diagonal[i] += m / (3 * tau) + stiff
      diagonal[i + 1] += m / (3 * tau) + stiff
      beside[i] += m / (6 * tau) - stiff
      for (const s of points) {
        at[0] = x[i] + s * width
        const g = (potential.gradient(at, gradient)[0] * m) / 2
        const h = (potential.hessian(at, hessian)[0] * m) / 2
        const used = curved ? h : Math.max(h, 0)
        slope[i] += (1 - s) * g
        slope[i + 1] += s * g
        diagonal[i] += (1 - s) ** 2 * used
        diagonal[i + 1] += s * s * used
        beside[i] += s * (1 - s) * used
      }
    }
  }
  const step = (from: Float64Array): Float64Array | undefined => {
    let x: Float64Array = from.slice()
    let now = value(x, from)
    for (let turn = 0; turn < most; turn++) {
      const room: Room = [min - x[0], max - x[n]]
      derivatives(x, from, true)
      let move = newton(slope, diagonal, beside, room)
      if (move === undefined) {
        derivatives(x, from, false)
        move = newton(slope, diagonal, beside, room)
        if (move === undefined) return undefined
      }
      const fall = -product(slope, move)
      // Half of it is what a step gains at best.
      if (!(fall > 8 * Number.EPSILON * Math.max(Math.abs(now), temperature))) return x
      const next = search(x, move, now, fall, (trial) => value(trial, from), min, max)
      if (next === undefined) return fall <= 1e-10 * Math.max(Math.abs(now), temperature) ? x : undefined
      x = next.x
      now = next.value
    }
    return undefined
  }
  return { energyOf, distance: (x, y) => Math.sqrt(square(x, y)), step }
}

/** How far the first and the last quantile are from their walls: ≤ 0 and ≥ 0. */
type Room = readonly [number, number]

const activeSets = [[false, false], [true, false], [false, true], [true, true]] as const

/**
 * The minimiser of g·d + d·Hd/2, H tridiagonal, among moves d that keep the ends within their walls: the one active set at which ends stay inside and walls push
 * back. Nothing where H is not positive definite on the quantiles that are free, or d goes up.
 */
function newton(slope: Float64Array, diagonal: Float64Array, beside: Float64Array, [low, high]: Room): Float64Array | undefined {
  const last = slope.length - 1
  for (const [atLow, atHigh] of activeSets) {
    const move = solved(slope, diagonal, beside, atLow ? low : undefined, atHigh ? high : undefined)
    if (move === undefined) continue
    const lowHolds = atLow ? slope[0] + diagonal[0] * low + beside[0] * move[1] >= 0 : move[0] >= low
    const highHolds = atHigh ? slope[last] + diagonal[last] * high + beside[last - 1] * move[last - 1] <= 0 : move[last] <= high
    if (lowHolds && highHolds) return product(slope, move) <= 0 ? move : undefined
  }
  return undefined
}

/** The stationary point of g·d + d·Hd/2 with the ends' moves as given, or free; nothing where H is not positive definite on what is free. */
function solved(
  slope: Float64Array, diagonal: Float64Array, beside: Float64Array, low: number | undefined, high: number | undefined,
): Float64Array | undefined {
  const last = slope.length - 1
  const [first, end] = [low === undefined ? 0 : 1, high === undefined ? last : last - 1]
  const pivots = new Float64Array(last + 1)
  const move = new Float64Array(last + 1)
  for (let i = first; i <= end; i++) {
    const share = i === first ? 0 : beside[i - 1] / pivots[i - 1]
    pivots[i] = diagonal[i] - (i === first ? 0 : share * beside[i - 1])
    if (!(pivots[i] > 0)) return undefined
    move[i] = -slope[i] - (i === first ? 0 : share * move[i - 1])
    if (i === 1 && low !== undefined) move[i] -= beside[0] * low
    if (i === last - 1 && high !== undefined) move[i] -= beside[last - 1] * high
  }
  if (high !== undefined) move[last] = high
  for (let i = end; i >= first; i--) move[i] = move[i] / pivots[i] - (i === end ? 0 : (beside[i] / pivots[i]) * move[i + 1])
  if (low !== undefined) move[0] = low
  return move
}

function product(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0)
}

/** A share of the move that keeps the order and lowers the value. */
function search(
  x: Float64Array, move: Float64Array, now: number, fall: number, value: (x: Float64Array) => number, min: number, max: number,
): { x: Float64Array; value: number } | undefined {
  const n = x.length - 1
  let share = 1
  // Cells shrink by a factor of ten at most: −log(width) is nowhere near quadratic beyond.
  for (let i = 0; i < n; i++) {
    const change = move[i + 1] - move[i]
    if (change < 0) share = Math.min(share, (0.9 * (x[i + 1] - x[i])) / -change)
  }
  const trial = new Float64Array(n + 1)
  for (let turn = 0; turn < 60; turn++, share /= 2) {
    for (let i = 0; i <= n; i++) trial[i] = x[i] + share * move[i]
    // Rounding neither passes a wall nor stops short of it.
    trial[0] = share === 1 && move[0] === min - x[0] ? min : Math.max(trial[0], min)
    trial[n] = share === 1 && move[n] === max - x[n] ? max : Math.min(trial[n], max)
    const found = value(trial)
    // Less than before, also where rounding swallows the share: else it would go on for ever.
    if (found < now && found <= now - 1e-4 * share * fall) return { x: trial, value: found }
  }
  return undefined
}
