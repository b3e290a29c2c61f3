import { exp, log } from '../core/elementary.ts'
import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { logSumExp } from '../stats/sums.ts'
import { bracket, crossing, rounding, smooth, weights } from './crossover.ts'
import type { Smoothing } from './crossover.ts'

/** A sharp Gaussian well at −center e₁ with a diagonal covariance and a wide one at +center e₁ with covariance level·I + along alongᵀ. */
export interface SpaceWells {
  center: number
  sharp: number[]
  level: number
  along: number[]
  beta: number
  spacing: number
}

export interface SpaceCrossover {
  dim: number
  tau: number
  /** By the closed form of u at both centers, which are nodes. */
  exact: number
  /** Of well-separated wells, and what the overlap adds to first order. */
  separated: number
  lead: number
  /** Of the sharp Gaussian at its center, the share of the wide one there. */
  share: number
  /** What round-off may move τ. */
  accuracy: number
}

const square = (v: readonly number[]): number => v.reduce((sum, c) => sum + c * c, 0)

/** log w N(y; 0, S) of the sharp and of the wide well. */
function logSharp({ sharp }: SpaceWells, y: readonly number[]): number {
  return log(weights[0]) - sharp.reduce((sum, s, k) => sum + (y[k] * y[k]) / s + log(2 * Math.PI * s), 0) / 2
}

function logWide({ level, along }: SpaceWells, y: readonly number[]): number {
  const stretched = level + square(along)
  const inner = along.reduce((sum, c, k) => sum + c * y[k], 0)
  const logDeterminant = (y.length - 1) * log(level) + log(stretched) + y.length * log(2 * Math.PI)
  return log(weights[1]) - ((square(y) - (inner * inner) / stretched) / level + logDeterminant) / 2
}

/** The wells after the heat flow of e^{−βf}: τ is added to every variance. */
const later = (wells: SpaceWells, tau: number): SpaceWells => ({ ...wells, sharp: wells.sharp.map((s) => s + tau), level: wells.level + tau })

/** The field of f on nodes that reach eight widths of the local Gibbs laws beyond either minimum, and where x = 0 is on the first axis. */
function sampledWells(wells: SpaceWells, tau: number): { initial: Field; middle: number } {
  const { center, level, along, beta, spacing, sharp } = wells
  const reach = (s: number): number => 8 * Math.sqrt((s * tau) / (s + tau))
  const [wide, narrow] = [reach(level + square(along)), reach(Math.max(...sharp))]
  const nodes = (length: number): number => Math.ceil(length / spacing)
  const axes = along.map((_, k) => {
    // The minima are nodes: center is a multiple of the spacing.
    const [left, right] = k === 0 ? [nodes(center + narrow), nodes(center + wide)] : [nodes(wide), nodes(wide)]
    return { min: -left * spacing, max: right * spacing, size: left + right + 1 }
  })
  const f = (x: number, ...rest: number[]): number => -logSumExp([logSharp(wells, [x + center, ...rest]), logWide(wells, [x - center, ...rest])]) / beta
  return { initial: field(grid(axes), f), middle: nodes(center + narrow) }
}

/** The crossover of the depths of nodes, and those of w₁/√det(S₁ + τI) and w₂/√det(S₂ + τI), alone and with what each adds to the other. */
export function spaceCrossover(wells: SpaceWells, smoothing: Smoothing): SpaceCrossover {
  const { center, beta, along } = wells
  const dim = along.length
  const [zero, apart] = [0, 2 * center].map((first) => along.map((_, k) => (k === 0 ? first : 0)))
  const logs = (tau: number): { own: number[]; other: number[] } => {
    const at = later(wells, tau)
    return { own: [logSharp(at, zero), logWide(at, zero)], other: [logWide(at, apart), logSharp(at, apart)] }
  }
  const separated = crossing((tau) => logs(tau).own[1] - logs(tau).own[0], ...bracket)
  const exact = crossing((tau) => {
    const { own, other } = logs(tau)
    return logSumExp([own[1], other[1]]) - logSumExp([own[0], other[0]])
  }, ...bracket)
  const { initial, middle } = sampledWells(wells, separated)
  const first = middle * (initial.grid.size / initial.grid.shape[0])
  const least = (values: Float64Array): number => values.reduce((low, value) => Math.min(low, value), Infinity)
  const tau = crossing((s) => {
    const u = smooth(initial, s, beta, smoothing)
    return beta * (least(u.subarray(0, first)) - least(u.subarray(first)))
  }, ...bracket)
  const { own, other } = logs(separated)
  const share = exp(other[0] - own[0])
  const { sharp, level } = later(wells, separated)
  const rate = (sharp.reduce((sum, s) => sum + 1 / s, 0) - (dim - 1) / level - 1 / (level + square(along))) / 2
  return { dim, tau, exact, separated, lead: share / rate, share, accuracy: rounding / rate }
}
