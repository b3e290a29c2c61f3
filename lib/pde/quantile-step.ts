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
const most = 400

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
      derivatives(x, from, true)
      // Ends held by a wall that pushes back.
      const held = [x[0] <= min && slope[0] > 0, x[n] >= max && slope[n] < 0]
      let move = newton(slope, diagonal, beside, held)
      if (move === undefined) {
        derivatives(x, from, false)
        move = newton(slope, diagonal, beside, held)
        if (move === undefined) return undefined
      }
      let fall = 0
      for (let i = 0; i <= n; i++) fall -= slope[i] * move[i]
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

/** −H⁻¹g for a tridiagonal H; nothing where H is not positive definite. Held ends do not move. */
function newton(slope: Float64Array, diagonal: Float64Array, beside: Float64Array, [low, high]: readonly boolean[]): Float64Array | undefined {
  const last = slope.length - 1
  const pivots = new Float64Array(last + 1)
  const move = new Float64Array(last + 1)
  for (let i = 0; i <= last; i++) {
    const fixed = (i === 0 && low) || (i === last && high)
    const coupling = fixed || i === 0 || (i === 1 && low) ? 0 : beside[i - 1]
    const own = fixed ? 1 : diagonal[i]
    pivots[i] = own - (coupling === 0 ? 0 : (coupling * coupling) / pivots[i - 1])
    if (!(pivots[i] > 0)) return undefined
    move[i] = (fixed ? 0 : -slope[i]) - (coupling === 0 ? 0 : (coupling / pivots[i - 1]) * move[i - 1])
  }
  for (let i = last; i >= 0; i--) {
    const coupled = i < last && !(i === last - 1 && high) && !(i === 0 && low)
    move[i] = move[i] / pivots[i] - (coupled ? (beside[i] / pivots[i]) * move[i + 1] : 0)
  }
  return move
}

/** A share of the move that keeps the order and lowers the value; ends stop at the walls. */
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
    trial[0] = Math.max(trial[0], min)
    trial[n] = Math.min(trial[n], max)
    const found = value(trial)
    if (found <= now - 1e-4 * share * fall) return { x: trial, value: found }
  }
  return undefined
}
