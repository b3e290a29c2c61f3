import { exp, log } from '../../core/elementary.ts'
import { log2 } from '../../core/power.ts'
import { factorDefinite, inverseForm, logRootDeterminant, solveTransposed, squaredForm } from './definite.ts'
import type { LocalGibbs } from './measure.ts'
import { modesOf } from './modes.ts'
import type { Mode } from './modes.ts'
import { precision } from './whitening.ts'

/** A normal law of offsets, one of a mixture. */
export interface Proposal {
  /** Its share of the samples. */
  share: number
  /** An offset from standard normals, which it may use up. */
  place(z: Float64Array): Float64Array
  logDensity(offset: Float64Array): number
}

/** Share of the kernel in the mixture, which bounds the weights by e^{−βf} over it. */
const kernelShare = 0.2
/** Share of the widened Gaussians. */
const widenedShare = 0.25
/** Share of the Gaussian fitted to a first round of samples. */
const fittedShare = 0.25
/** Every mode gets at least this part of what is left, in case its Gaussian is a poor picture of its mass. */
const leastShare = 0.02
const mostModes = 8
const mostWidenings = 16
/** Beyond this dimension n² numbers and n³ work for the curvature cost more than they save. */
const largestCurved = 512

/**
 * The kernel; at each of the lowest modes that were found the Gaussian that touches e^{−βH} there, of precision β(∇²f + I/γ), or the kernel's where that is
 * not positive definite, with shares by their masses; and each of them widened to 2, 4, 8, … times its covariance, up to the size of the kernel. The wider ones cover
 * what lies between wells; and in many dimensions the mass may lie in a wide shallow well around a narrow deep one, without a minimum of its own, and
 * then shows in the weights.
 */
export function laplaceProposals(measure: LocalGibbs): Proposal[] {
  const { dim, beta } = measure
  const modes: Mode[] = []
  const factors: Float64Array[] = []
  for (const mode of modesOf(measure)) {
    // Descents to the same minimum end some way apart.
    const known = modes.some(({ offset }, j) => squaredForm(factors[j], offset.map((o, k) => o - mode.offset[k])) < 0.1)
    if (known || modes.length === mostModes) continue
    modes.push(mode)
    factors.push(factorAt(measure, mode.offset))
  }
  const logMasses = modes.map(({ value }, j) => -beta * (value - modes[0].value) - logRootDeterminant(factors[j], dim))
  const top = Math.max(...logMasses)
  const masses = logMasses.map((logMass) => exp(logMass - top))
  const total = masses.reduce((sum, mass) => sum + mass, 0)
  const touching = modes.flatMap(({ offset }, j) => {
    const share = (1 - kernelShare) * ((1 - leastShare * modes.length) * (masses[j] / total) + leastShare)
    const widenings = wideningsOf(measure, factors[j])
    const widened = widenings.length > 0 ? widenedShare / (1 - kernelShare) : 0
    return gaussians(offset, factors[j], [
      { width: 1, share: share * (1 - widened) }, ...widenings.map((width) => ({ width, share: (share * widened) / widenings.length })),
    ])
  })
  return [{ ...kernelProposal(measure), share: kernelShare }, ...touching]
}

function factorAt(measure: LocalGibbs, offset: Float64Array): Float64Array {
  const { dim, beta, gamma } = measure
  const matrix = dim <= largestCurved ? precision(measure, offset) : undefined
  const lower = matrix === undefined ? undefined : factorDefinite(matrix, dim)
  return lower ?? Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? Math.sqrt(beta / gamma) : 0))
}

/**
 * Powers of two up to the mean ratio of the kernel's variance to that of a Gaussian of precision LLᵀ; in few dimensions, where it costs little, 2
 * and 4 at least.
 */
function wideningsOf({ dim, beta, gamma }: LocalGibbs, lower: Float64Array): number[] {
  const ratio = Math.max(dim <= 16 ? 4 : 1, lower.reduce((sum, entry) => sum + entry * entry, 0) * (gamma / beta / dim))
  return Array.from({ length: Math.min(mostWidenings, Math.max(0, Math.floor(log2(ratio)))) }, (_, j) => 2 ** (j + 1))
}

/** The kernel N(x, γ/β I). */
export function kernelProposal({ dim, gamma, beta }: LocalGibbs): Proposal {
  const size = Math.sqrt(gamma / beta)
  const logScale = -(dim / 2) * log((2 * Math.PI * gamma) / beta)
  return {
    share: 1,
    place: (z) => z.map((value) => size * value),
    logDensity(offset) {
      let square = 0
      for (let k = 0; k < dim; k++) square += offset[k] * offset[k]
      return logScale - (square * beta) / (2 * gamma)
    },
  }
}

/** N(center, width (LLᵀ)⁻¹) for several widths, which share the quadratic form of the last offset asked for. */
function gaussians(center: Float64Array, lower: Float64Array, members: readonly { width: number; share: number }[]): Proposal[] {
  const dim = center.length
  const away = new Float64Array(dim)
  const logRoot = logRootDeterminant(lower, dim) - (dim / 2) * log(2 * Math.PI)
  let last: Float64Array | undefined
  let form = 0
  const formOf = (offset: Float64Array): number => {
    if (offset === last) return form
    for (let k = 0; k < dim; k++) away[k] = offset[k] - center[k]
    last = offset
    form = squaredForm(lower, away)
    return form
  }
  return members.map(({ width, share }) => ({
    share,
    place: (z) => solveTransposed(lower, z).map((value, k) => center[k] + Math.sqrt(width) * value),
    logDensity: (offset) => logRoot - (dim / 2) * log(width) - formOf(offset) / (2 * width),
  }))
}

/** The proposals with a normal law of given mean and covariance, half as wide again in variance, that takes its share from all. Nothing if it is not definite. */
export function withFitted(proposals: readonly Proposal[], center: Float64Array, covariance: Float64Array): Proposal[] | undefined {
  const dim = center.length
  const lower = factorDefinite(covariance.map((entry) => 1.5 * entry), dim)
  if (lower === undefined) return undefined
  const logScale = -logRootDeterminant(lower, dim) - (dim / 2) * log(2 * Math.PI)
  const fitted: Proposal = {
    share: fittedShare,
    place: (z) => Float64Array.from(center, (c, i) => {
      let sum = c
      for (let k = 0; k <= i; k++) sum += lower[i * dim + k] * z[k]
      return sum
    }),
    logDensity: (offset) => logScale - inverseForm(lower, offset.map((o, k) => o - center[k])) / 2,
  }
  return [...proposals.map((proposal) => ({ ...proposal, share: proposal.share * (1 - fittedShare) })), fitted]
}
