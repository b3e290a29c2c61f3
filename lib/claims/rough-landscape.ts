import { exp } from '../core/elementary.ts'
import { erfcx } from '../core/erfcx.ts'
import { fieldOf } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { uniforms } from '../random/index.ts'
import { logSumExp } from '../stats/sums.ts'
import { evenly } from './measure.ts'

/*
 * The landscape of Figure 1 of Entropy-SGD on the integers 0 … 999: raw values −10U, −80 on 200 … 399 (wide), −200 on 800 … 819 (sharp), 100 added on a tenth
 * of the points; then f = 5e−4 Σ_k w_k raw(i + 49 − k) with a Gaussian window of 100 taps and width 10, nothing beyond the ends. The window is even, so that f
 * lies half a node to the left.
 */
const count = 1000
const scale = 5e-4
const taps = 100
const window = Array.from({ length: taps }, (_, k) => exp(-((k - (taps - 1) / 2) ** 2) / 200))
const isWide = (i: number): boolean => i >= 200 && i < 400
const isSharp = (i: number): boolean => i >= 800 && i < 820
const raised = 100
const height = 100

/** f with numbers of its own for each seed and index. */
export function roughLandscape(seed: number, index: number): Float64Array {
  const raw = uniforms(seed, [index, 0], count).map((u, i) => (isWide(i) ? -80 : isSharp(i) ? -200 : -10 * u))
  const draw = uniforms(seed, [index, 1], count)
  const order = Array.from(draw.keys()).sort((i, j) => draw[i] - draw[j])
  for (const i of order.slice(0, raised)) raw[i] += height
  return smoothed(raw)
}

/** Mean and variance of the raw values. */
const rawMean = (i: number): number => (isWide(i) ? -80 : isSharp(i) ? -200 : -5) + (height * raised) / count
const rawVariance = (i: number): number => (isWide(i) || isSharp(i) ? 0 : 100 / 12) + height ** 2 * (raised / count) * (1 - raised / count)

/** The expected f. */
export function meanLandscape(): Float64Array {
  return smoothed(Float64Array.from({ length: count }, (_, i) => rawMean(i)))
}

function smoothed(raw: Float64Array): Float64Array {
  return raw.map((_, i) => {
    let sum = 0
    for (let k = 0; k < taps; k++) sum += window[k] * (raw[i + taps / 2 - 1 - k] ?? 0)
    return scale * sum
  })
}

/** −F(i, γ) = −log Σ_j e^{−f_j − γ(i − j)²/2}, as the paper sums it. */
export function paperEntropy(f: Float64Array, scope: number): Float64Array {
  const terms = new Float64Array(count)
  return f.map((_, i) => {
    for (let j = 0; j < count; j++) terms[j] = -f[j] - (scope / 2) * (i - j) ** 2
    return -logSumExp(terms)
  })
}

/** −F by the library: local entropy at β = 1 with walls beyond the ends, whose kernel is normalised (the lattice sum of e^{−γd²/2} is √(2π/γ) to round-off). */
export function libraryEntropy(f: Float64Array, scope: number): Float64Array {
  const walled = fieldOf(grid({ min: -1, max: count, size: count + 2 }), Float64Array.of(Infinity, ...f, Infinity))
  const constant = Math.log((2 * Math.PI) / scope) / 2
  return coleHopf(walled, { scope, beta: 1 }).values.data.slice(1, -1).map((u) => u - constant)
}

/** Index of the least value. */
export const argmin = (values: ArrayLike<number>): number => Array.from(values).reduce((best, value, i) => (value < values[best] ? i : best), 0)

type Well = 'sharp' | 'wide' | 'neither'
export const wellOf = (i: number): Well => (isWide(i) ? 'wide' : isSharp(i) ? 'sharp' : 'neither')

/** The minimiser of −F at falling scopes, and the scope at which it leaves the sharp well for the wide one. */
export interface Sweep {
  scopes: number[]
  minimisers: number[]
  /** How often it changes the well. */
  changes: number
  jump: number
}

/** At `steps` scopes from the largest to the least; the jump by bisection of log γ, `halvings` times. */
export function sweepOf(f: Float64Array, range: readonly [number, number], steps: number, halvings: number): Sweep {
  const scopes = evenly(Math.log(range[1]), Math.log(range[0]), steps).map(exp)
  const minimisers = scopes.map((scope) => argmin(libraryEntropy(f, scope)))
  const wells = minimisers.map(wellOf)
  const first = wells.findIndex((well) => well === 'wide')
  let [sharp, wide] = first > 0 ? [scopes[first - 1], scopes[first]] : [NaN, NaN]
  for (let k = 0; k < halvings; k++) {
    const middle = Math.sqrt(sharp * wide)
    if (wellOf(argmin(libraryEntropy(f, middle))) === 'sharp') sharp = middle
    else wide = middle
  }
  return { scopes, minimisers, changes: wells.filter((well, k) => k > 0 && well !== wells[k - 1]).length, jump: Math.sqrt(sharp * wide) }
}

/** To first order in f less its mean. */
export interface Prediction {
  /** Least −F of the mean landscape on the sharp side less that on the wide one. */
  gap: number
  /** Standard deviation of the gap: of ⟨f⟩ under the local Gibbs law of one minimiser less that of the other. */
  deviation: number
  /** Derivative of the gap in log γ: of (γ/2)⟨|x − y|²⟩ likewise. */
  slope: number
}

export function predict(mean: Float64Array, scope: number): Prediction {
  const values = libraryEntropy(mean, scope)
  const middle = 600
  const [wide, sharp] = [argmin(values.subarray(0, middle)), middle + argmin(values.subarray(middle))]
  const law = (x: number): number[] => Array.from(mean, (f, j) => exp(values[x] - f - (scope / 2) * (x - j) ** 2))
  const onSharp = law(sharp)
  const difference = law(wide).map((p, j) => onSharp[j] - p)
  let [variance, slope] = [0, 0]
  for (let j = 0; j < count; j++) {
    // What one raw value weighs in the difference.
    let weight = 0
    for (let k = 0; k < taps; k++) weight += scale * window[k] * (difference[j + k - taps / 2 + 1] ?? 0)
    variance += rawVariance(j) * weight * weight
    slope += (scope / 2) * (onSharp[j] * (j - sharp) ** 2 - (onSharp[j] - difference[j]) * (j - wide) ** 2)
  }
  return { gap: values[sharp] - values[wide], deviation: Math.sqrt(variance), slope }
}

/** Probability that a normal number is below −z, z ≥ 0. */
export const normalTail = (z: number): number => (exp((-z * z) / 2) * erfcx(z / Math.SQRT2)) / 2
