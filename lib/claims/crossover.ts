import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { sevenPointLaplacian } from '../kernels/heat-kernel.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { diffusion } from '../pde/diffusion.ts'
import { landscapes } from '../potential/index.ts'
import { newtonMinimum } from './smoothed-derivatives.ts'

export type Smoothing = 'local entropy' | 'heat'

/** Weights and variances of the sharp well at −center and the wide well at +center. */
export const weights = [0.35, 0.65] as const
export const variances = [0.01, 0.5] as const

/** Where the depths of well-separated wells cross: w₁/√(s₁ + τ) = w₂/√(s₂ + τ). */
export const separated = (weights[0] ** 2 * variances[1] - weights[1] ** 2 * variances[0]) / (weights[1] ** 2 - weights[0] ** 2)

const [sharp, wide] = variances.map((s) => s + separated)
/** At which the difference of β·depths changes at τ*. */
const rate = (1 / sharp - 1 / wide) / 2

/** What the overlap of wells at ∓center does to the crossover: τ = τ* + lead·(1 + relative + O(relative²)). */
interface Overlap {
  lead: number
  relative: number
}

/**
 * r = e^{−d²/2(s₂ + τ*)}, d = 2 center, is the share of the wide Gaussian in the sharp minimum; it lowers that depth by log(1 + r)/β, and τ* moves by
 * r/rate. To the next order r changes with τ, the minimum moves towards the wide well, the logarithm bends and so does the difference of the depths.
 * The wide minimum's share e^{−d²/2(s₁ + τ*)} is less than r³.
 */
export function overlapOf(center: number): Overlap {
  const square = 4 * center * center
  const share = Math.exp(-square / (2 * wide))
  const growth = rate + square / (2 * wide * wide)
  const motion = ((square * sharp) / (wide * wide) - 1) / 2
  const bend = (1 / sharp ** 2 - 1 / wide ** 2) / 2
  return { lead: share / rate, relative: share * (growth / rate + motion + bend / (2 * rate * rate)) }
}

/** The zero of a function that rises through 0 between low and high, by the Illinois form of false position, to round-off. NaN where it does not. */
export function crossing(gap: (tau: number) => number, low: number, high: number): number {
  let [a, b] = [low, high]
  let [below, above] = [gap(a), gap(b)]
  if (!(below < 0 && above > 0)) return NaN
  let tau = NaN
  for (let k = 0; k < 60; k++) {
    const before = tau
    tau = (a * above - b * below) / (above - below)
    if (Math.abs(tau - before) <= 2 * Number.EPSILON * high) break
    const value = gap(tau)
    if (value === 0 || Number.isNaN(value)) return value === 0 ? tau : NaN
    // The end that stays counts half, lest it stay for ever.
    if (value < 0) {
      if (before < tau) above /= 2
      ;[a, below] = [tau, value]
    } else {
      if (before > tau) below /= 2
      ;[b, above] = [tau, value]
    }
  }
  return tau
}

/** Where crossovers are looked for; the heat flow's are near its lower end. */
export const bracket = [0.01, 0.4] as const

/** The crossover of local entropy in closed form: a mixture stays one with s + τ for s, and Newton's iteration finds its minima. */
export function exactCrossover(center: number): number {
  return crossing((tau) => {
    const u = landscapes.wideAndSharp({ center, variances: [variances[0] + tau, variances[1] + tau] })
    const [first, second] = [-center, center].map((start) => u.value(newtonMinimum(u, [start])))
    return first - second
  }, ...bracket)
}

/** u(·, βτ) or h(·, βτ) of data on a grid. */
export function smooth(initial: Field, tau: number, beta: number, smoothing: Smoothing): Float64Array {
  if (smoothing === 'local entropy') return coleHopf(initial, { gamma: beta * tau, beta }).values.data
  const out = new Float64Array(initial.grid.size)
  diffusion(initial.grid, 1 / (2 * beta), sevenPointLaplacian)(Float64Array.from(initial.values.data), beta * tau, out)
  return out
}

interface Depth {
  value: number
  /** What the interpolation may be off. */
  off: number
}

/**
 * The minimum of nodal values from..to by a quartic through the least and two nodes on either side, off by s(1 − s²)(4 − s²)/120 of a fifth
 * difference at s spacings from the least; twice that is allowed, as the difference varies. The least value, off by NaN, where it is not a minimum.
 */
function depthOf(u: Float64Array, from: number, to: number): Depth {
  let j = from
  for (let i = from; i < to; i++) if (u[i] < u[j]) j = i
  const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((k) => u[j + k])
  if (b < c || d < c) return { value: c, off: NaN }
  // Newton's polynomial about the middle node, in powers of s.
  const third = (e - 2 * d + 2 * b - a) / 12
  const fourth = (e - 4 * d + 6 * c - 4 * b + a) / 24
  const first = (d - b) / 2 - third
  const second = (d - 2 * c + b) / 2 - fourth
  let s = 0
  for (let k = 0; k < 6; k++) s -= (first + s * (2 * second + s * (3 * third + s * 4 * fourth))) / (2 * second + s * (6 * third + s * 12 * fourth))
  const fifth = u[j + 3] - 5 * e + 10 * d - 10 * c + 5 * b - a
  return { value: c + s * (first + s * (second + s * (third + s * fourth))), off: Math.abs((s * (1 - s * s) * (4 - s * s) * fifth) / 60) }
}

/** A crossover found on a grid. */
export interface Crossover {
  center: number
  beta: number
  tau: number
  /** What interpolation and round-off may move it. */
  accuracy: number
}

/** What round-off may add to a difference of two β·depths, of size 1 to 3: eight units each for the sum, its logarithm and what scales them. */
export const rounding = 16 * Number.EPSILON

/** β times the depths of both wells, as functions of τ, from nodes `spacing` apart that reach 8 widths of the local Gibbs laws of both minima beyond them. */
export function depthsOf(center: number, beta: number, spacing: number, smoothing: Smoothing): (tau: number) => [Depth, Depth] {
  const [left, right] = [center + 1.5, center + 3.5].map((reach) => Math.round(reach / spacing))
  const axis = grid({ min: -left * spacing, max: right * spacing, size: left + right + 1 })
  const initial = field(axis, landscapes.wideAndSharp({ center, beta }))
  return (tau) => {
    const u = smooth(initial, tau, beta, smoothing).map((value) => beta * value)
    return [depthOf(u, 3, left), depthOf(u, left, left + right - 2)]
  }
}

export function gridCrossover(center: number, beta: number, spacing: number, smoothing: Smoothing): Crossover {
  const depths = depthsOf(center, beta, spacing, smoothing)
  const gap = ([first, second]: [Depth, Depth]): number => first.value - second.value
  const tau = crossing((at) => gap(depths(at)), ...bracket)
  if (Number.isNaN(tau)) return { center, beta, tau, accuracy: NaN }
  const [found, later] = [depths(tau), depths(1.02 * tau)]
  const slope = (gap(later) - gap(found)) / (0.02 * tau)
  return { center, beta, tau, accuracy: (found[0].off + found[1].off + rounding) / slope }
}
