import type { Axis } from '../grid/grid.ts'
import { circulant, powerOfTwoFrom } from '../kernels/circulant.ts'
import { exponentTree, logSumAt, runningSum } from '../kernels/log-convolution.ts'
import type { ExponentTree } from '../kernels/log-convolution.ts'
import { fillExponents, halfLines, lineKernel, logHalfLine, negligible } from './line-kernel.ts'
import type { LineKernel } from './line-kernel.ts'

/** Takes a line f of an axis to −(1/β) log of the heat flow of e^{−βf}. */
type LineSmoother = (line: Float64Array, out: Float64Array) => void

/** Kernels this many nodes wide or wider are worth a transform. */
const wideKernel = 24

/** Smoother of the lines of one axis. */
export function logHeat(axis: Required<Axis>, spacing: number, gamma: number, beta: number): LineSmoother {
  const n = axis.size
  const kernel = lineKernel(axis, spacing, gamma, beta)
  const exponents = new Float64Array(kernel.length)
  const wide = Math.sqrt((2 * negligible) / kernel.kappa)
  const transform = wide >= wideKernel ? transformer(kernel, Math.ceil(wide)) : undefined

  return (line, out) => {
    const low = line.reduce((least, value) => Math.min(least, value), Infinity)
    out.fill(low === Infinity ? Infinity : NaN)
    if (low === Infinity) return
    fillExponents(kernel, line, low, exponents)
    const tailAt = tails(kernel, exponents, low)
    transform?.(exponents, out, tailAt)
    sumDirectly(kernel, exponents, out, tailAt)
    for (let i = 0; i < n; i++) out[i] = low - out[i] / beta
  }
}

/** Fills the NaN entries of `out` with logs of the convolution. */
function sumDirectly({ logKernel, period }: LineKernel, exponents: Float64Array, out: Float64Array, tailAt: Tail): void {
  let tree: ExponentTree | undefined
  const sum = runningSum()
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
  { axis, period, logKernel }: LineKernel, wide: number,
): (exponents: Float64Array, out: Float64Array, tailAt: Tail) => void {
  const n = axis.size
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

function tails(kernel: LineKernel, exponents: Float64Array, low: number): Tail {
  const ends = halfLines(kernel, exponents, low)
  if (ends.length === 0) return () => -Infinity
  const [left, right] = ends
  const last = exponents.length - 1
  return (i, least) => logAdd(logHalfLine(kernel, left, i, least), logHalfLine(kernel, right, last - i, least))
}

function logAdd(a: number, b: number): number {
  const top = Math.max(a, b)
  return top === -Infinity ? top : top + Math.log1p(Math.exp(Math.min(a, b) - top))
}
