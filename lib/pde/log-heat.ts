import { endsAreNodes } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'
import { circulant, powerOfTwoFrom } from '../kernels/circulant.ts'
import { logGaussianTail, logWrappedGaussian } from '../kernels/lattice-gaussian.ts'
import { exponentTree, logSumAt } from '../kernels/log-convolution.ts'
import type { ExponentTree, RunningSum } from '../kernels/log-convolution.ts'

/** Takes a line f of an axis to −(1/β) log of the heat flow of e^{−βf}. */
type LineSmoother = (line: Float64Array, out: Float64Array) => void

/** Contributions below e^−50 of a node's sum are not formed. */
const negligible = 50
/** Kernels this many nodes wide or wider are worth a transform. */
const wideKernel = 24

/**
 * Smoother of the lines of one axis. With κ = h²β/γ the kernel on the lattice is e^{−κd²/2}/Σ_d e^{−κd²/2}: the Gaussian to round-off when it
 * is wide, the identity when it is narrow. Periodic and even continuations wrap the kernel; linear and constant ones add half-line sums.
 */
export function logHeat(axis: Required<Axis>, spacing: number, gamma: number, beta: number): LineSmoother {
  const n = axis.size
  const kappa = Math.min(Math.max((spacing * spacing * beta) / gamma, 1e-290), 1e300)
  const period = periodOf(axis)
  const reach = period > 0 ? Math.floor(period / 2) + 1 : n
  const logMass = logWrappedGaussian(0, kappa, 1)
  const logKernel = Float64Array.from({ length: reach }, (_, d) =>
    (period > 0 ? logWrappedGaussian(d, kappa, period) : (-kappa * d * d) / 2) - logMass)
  const exponents = new Float64Array(period > 0 ? period : n)
  const wide = Math.sqrt((2 * negligible) / kappa)
  const transform = wide >= wideKernel ? transformer(n, period, Math.ceil(wide), logKernel) : undefined

  return (line, out) => {
    const low = line.reduce((least, value) => Math.min(least, value), Infinity)
    out.fill(low === Infinity ? Infinity : NaN)
    if (low === Infinity) return
    for (let j = 0; j < exponents.length; j++) exponents[j] = beta * (line[j < n ? j : period - j - (endsAreNodes(axis) ? 0 : 1)] - low)
    const tailAt = tails(axis, exponents, low, beta, kappa, logMass)
    transform?.(exponents, out, tailAt)
    sumDirectly(exponents, logKernel, period, out, tailAt)
    for (let i = 0; i < n; i++) out[i] = low - out[i] / beta
  }
}

/** Nodes in one period of the continued line; 0 when it is not periodic. */
function periodOf(axis: Required<Axis>): number {
  if (axis.boundary === 'periodic') return axis.size
  if (axis.boundary === 'neumann') return endsAreNodes(axis) ? 2 * axis.size - 2 : 2 * axis.size
  return 0
}

/** Fills the NaN entries of `out` with logs of the convolution. */
function sumDirectly(exponents: Float64Array, logKernel: Float64Array, period: number, out: Float64Array, tailAt: Tail): void {
  let tree: ExponentTree | undefined
  const sum: RunningSum = { least: 0, scaled: 0, place: 0 }
  for (let i = 0; i < out.length; i++) {
    if (!Number.isNaN(out[i])) continue
    tree ??= exponentTree(exponents)
    logSumAt(tree, logKernel, period, i, exponents[i] <= exponents[sum.place] ? i : sum.place, sum)
    const inside = sum.least === Infinity ? -Infinity : Math.log(sum.scaled) - sum.least
    out[i] = logAdd(inside, tailAt(i, inside))
  }
}

/**
 * Convolution through an FFT. A node keeps the result only where the transform's absolute error, about eps·log₂(length), leaves u accurate to
 * 1e−12 of the range of f (or to round-off); the others stay NaN.
 */
function transformer(
  n: number, period: number, wide: number, logKernel: Float64Array,
): (exponents: Float64Array, out: Float64Array, tailAt: Tail) => void {
  const span = period > 0 ? 2 * period - 1 : Math.min(2 * n - 1, n + wide)
  const length = period === powerOfTwoFrom(period) ? period : powerOfTwoFrom(span)
  const wrapped = (d: number): number => (period > 0 && 2 * d > period ? period - d : d)
  const { convolve } = circulant(length, (d) => (d < (period || n) ? Math.exp(logKernel[wrapped(d)]) : 0))
  const densities = new Float64Array(period || n)
  const error = 2 * Number.EPSILON * Math.log2(length)
  return (exponents, out, tailAt) => {
    let range = 0
    for (let j = 0; j < exponents.length; j++) {
      densities[j] = Math.exp(-exponents[j])
      if (exponents[j] < Infinity) range = Math.max(range, exponents[j])
    }
    convolve(densities, out)
    const allowed = Math.max(1e-12 * range, 1e-14)
    for (let i = 0; i < n; i++) {
      const inside = out[i] > 0 ? Math.log(out[i]) : -Infinity
      const whole = logAdd(inside, tailAt(i, inside))
      out[i] = error <= allowed * Math.exp(whole) ? whole : NaN
    }
  }
}

/** Log of what the continuation outside the line adds at node i; terms e^−50 below `least` count as nothing. */
type Tail = (i: number, least: number) => number

function tails(axis: Required<Axis>, exponents: Float64Array, low: number, beta: number, kappa: number, logMass: number): Tail {
  const n = exponents.length
  const { boundary } = axis
  if (boundary === 'periodic' || boundary === 'neumann') return () => -Infinity
  const end = (edge: number, inner: number): { level: number; slope: number } => {
    if (typeof boundary === 'object') return { level: beta * (boundary.dirichlet - low), slope: 0 }
    const slope = n === 1 ? 0 : exponents[edge] - exponents[inner]
    // Beyond a wall there is nothing, and no line to continue.
    return Number.isFinite(slope) ? { level: exponents[edge], slope } : { level: Infinity, slope: 0 }
  }
  const left = end(0, 1)
  const right = end(n - 1, n - 2)
  // A bound of the number of terms that matter, for skipping half-lines that add nothing.
  const spread = Math.log(1 + Math.sqrt((2 * Math.PI) / kappa))
  const term = ({ level, slope }: { level: number; slope: number }, i: number, least: number): number => {
    const base = -level - (kappa * i * i) / 2 - logMass
    const alpha = slope + kappa * i
    const top = alpha >= 0 ? -alpha : (alpha * alpha) / (2 * kappa)
    return base === -Infinity || base + top + spread < least - negligible ? -Infinity : base + logGaussianTail(alpha, kappa)
  }
  return (i, least) => logAdd(term(left, i, least), term(right, n - 1 - i, least))
}

function logAdd(a: number, b: number): number {
  const top = Math.max(a, b)
  return top === -Infinity ? top : top + Math.log1p(Math.exp(Math.min(a, b) - top))
}
