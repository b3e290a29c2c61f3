import { endsAreNodes } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'
import { logGaussianTail, logWrappedGaussian } from '../kernels/lattice-gaussian.ts'

/** Contributions below e^−50 of a node's sum are not formed. */
export const negligible = 50

/**
 * The Gaussian of variance γ/β on the lattice of one axis. With κ = h²β/γ it is e^{−κd²/2}/Σ_d e^{−κd²/2}: the Gaussian to round-off when it is wide,
 * the identity when it is narrow. Periodic and even continuations wrap it; linear and constant ones add half-line sums.
 */
export interface LineKernel {
  axis: Required<Axis>
  beta: number
  kappa: number
  /** Nodes in one period of the continued line; 0 when it is not periodic. */
  period: number
  /** Length of the line that is summed: the period, or the axis. */
  length: number
  /** log Σ_d e^{−κd²/2} over all integers. */
  logMass: number
  /** Log of the weight of a node at distance d, its images included. */
  readonly logKernel: Float64Array
}

export function lineKernel(axis: Required<Axis>, spacing: number, gamma: number, beta: number): LineKernel {
  const kappa = Math.min(Math.max((spacing * spacing * beta) / gamma, 1e-290), 1e300)
  const period = periodOf(axis)
  const logMass = logWrappedGaussian(0, kappa, 1)
  let weights: Float64Array | undefined
  return {
    axis, beta, kappa, period, length: period || axis.size, logMass,
    // Long to make, and few need it.
    get logKernel() {
      return (weights ??= Float64Array.from({ length: period > 0 ? Math.floor(period / 2) + 1 : axis.size }, (_, d) =>
        (period > 0 ? logWrappedGaussian(d, kappa, period) : (-kappa * d * d) / 2) - logMass))
    },
  }
}

function periodOf(axis: Required<Axis>): number {
  if (axis.boundary === 'periodic') return axis.size
  if (axis.boundary === 'neumann') return endsAreNodes(axis) ? 2 * axis.size - 2 : 2 * axis.size
  return 0
}

/** The node whose value the continued line has at 0 ≤ j < length. */
export function nodeUnder({ axis, period }: LineKernel, j: number): number {
  return j < axis.size ? j : period - j - (endsAreNodes(axis) ? 0 : 1)
}

/** β(f − low) on the summed line. */
export function fillExponents(kernel: LineKernel, line: Float64Array, low: number, exponents: Float64Array): void {
  for (let j = 0; j < exponents.length; j++) exponents[j] = kernel.beta * (line[nodeUnder(kernel, j)] - low)
}

/** The continuation beyond one end of a line: exponents level + k·slope at k = 1, 2, … nodes outside, with no end. */
export interface HalfLine {
  level: number
  slope: number
}

/** Continuations beyond the first and the last node. */
export function halfLines({ axis, beta, period }: LineKernel, exponents: Float64Array, low: number): HalfLine[] {
  const n = exponents.length
  const { boundary } = axis
  if (period > 0) return []
  const end = (edge: number, inner: number): HalfLine => {
    if (typeof boundary === 'object') return { level: beta * (boundary.dirichlet - low), slope: 0 }
    const slope = n === 1 ? 0 : exponents[edge] - exponents[inner]
    // Beyond a wall there is nothing, and no line to continue.
    return Number.isFinite(slope) ? { level: exponents[edge], slope } : { level: Infinity, slope: 0 }
  }
  return [end(0, 1), end(n - 1, n - 2)]
}

/** The weights of a half-line seen from a node `distance` nodes inside its end are e^{base − αk − κk²/2}. */
export function tilt({ kappa }: LineKernel, { slope }: HalfLine, distance: number): number {
  return slope + kappa * distance
}

/** Log of what a half-line adds to the sum of a node `distance` nodes inside its end; −∞ where it is sure to be below e^−50 of e^least. */
export function logHalfLine(kernel: LineKernel, half: HalfLine, distance: number, least: number): number {
  const { kappa, logMass } = kernel
  const base = -half.level - (kappa * distance * distance) / 2 - logMass
  const alpha = tilt(kernel, half, distance)
  const top = alpha >= 0 ? -alpha : (alpha * alpha) / (2 * kappa)
  // A bound of the number of terms that matter.
  const spread = Math.log(1 + Math.sqrt((2 * Math.PI) / kappa))
  return base === -Infinity || base + top + spread < least - negligible ? -Infinity : base + logGaussianTail(alpha, kappa)
}
