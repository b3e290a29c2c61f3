import { endsAreNodes } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import { circulant, powerOfTwoFrom } from '../kernels/circulant.ts'
import { gaussianSum, sumLines } from '../kernels/gaussian-sum.ts'
import { logSums } from '../kernels/log-convolution.ts'
import { alone } from '../kernels/team.ts'
import { fillExponents, halfLines, lineKernel, logHalfLine } from './line-kernel.ts'
import type { LineKernel } from './line-kernel.ts'

/** Takes f to −(1/β) log of the heat flow of e^{−βf} along axis k. Both arrays in memory of the kernels where there is one. */
export function logHeat(grid: Grid, k: number, gamma: number, beta: number, values: Float64Array, out: Float64Array): void {
  const axis = grid.axes[k]
  const n = axis.size
  const inner = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
  const kernel = lineKernel(axis, grid.spacing[k], gamma, beta)
  const { boundary } = axis
  const beyond = typeof boundary === 'object' ? boundary.dirichlet : 'linear'
  const { rise, fall } = differences(values, n, inner, beyond)
  const sum = gaussianSum(n, { period: kernel.period, overlap: endsAreNodes(axis) ? 0 : 1, beyond }, kernel, beta * rise, kernel.period > 0 ? 0 : beta * fall)
  const summed = sum !== undefined && (kernel.period > 0 || sum.beyond !== 'nothing')
  if (sum !== undefined) {
    sumLines(sum, beta, values, out, inner, alone)
    if (summed && isComplete(out)) return
  }
  const finish = finisher(kernel, sum === undefined, summed)
  const [line, result] = [new Float64Array(n), new Float64Array(n)]
  for (let l = 0; l < values.length / n; l++) {
    const start = Math.floor(l / inner) * inner * n + (l % inner)
    for (let i = 0; i < n; i++) {
      line[i] = values[start + i * inner]
      result[i] = sum === undefined ? NaN : out[start + i * inner]
    }
    finish(line, result)
    for (let i = 0; i < n; i++) out[start + i * inner] = result[i]
  }
}

function isComplete(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return false
  return true
}

/** The largest difference of finite values on one line, a constant beyond its ends included, and the most by which one falls outwards over its last node. */
function differences(values: Float64Array, n: number, inner: number, beyond: 'linear' | number): { rise: number; fall: number } {
  let rise = 0
  let fall = 0
  const start = beyond === 'linear' ? Infinity : beyond
  const [low, high] = [new Float64Array(inner), new Float64Array(inner)]
  for (let from = 0; from < values.length; from += n * inner) {
    low.fill(start)
    high.fill(-Infinity)
    for (let i = 0, place = from; i < n; i++) {
      for (let l = 0; l < inner; l++, place++) {
        const value = values[place]
        if (value < low[l]) low[l] = value
        if (value > high[l] && value < Infinity) high[l] = value
      }
    }
    const last = from + (n - 1) * inner
    for (let l = 0; l < inner; l++) {
      if (high[l] - low[l] > rise) rise = high[l] - low[l]
      if (n === 1 || beyond !== 'linear') continue
      for (const drop of [values[from + inner + l] - values[from + l], values[last - inner + l] - values[last + l]]) if (drop > fall && drop < Infinity) fall = drop
    }
  }
  return { rise, fall }
}

/**
 * Completes lines: forms the sums that are missing (NaN), by a transform or as sums of logarithms, and adds the continuation outside to these, or to all where none has it
 * yet.
 */
function finisher(kernel: LineKernel, transform: boolean, summed: boolean): (line: Float64Array, out: Float64Array) => void {
  const { beta } = kernel
  const exponents = new Float64Array(kernel.length)
  const logs = new Float64Array(kernel.axis.size)
  const convolve = transform ? transformer(kernel) : undefined
  return (line, out) => {
    const low = line.reduce((least, value) => Math.min(least, value), Infinity)
    if (low === Infinity) {
      out.fill(Infinity)
      return
    }
    fillExponents(kernel, line, low, exponents)
    // Beside what is complete, +∞ here, nothing counts.
    for (let i = 0; i < out.length; i++) logs[i] = summed && !Number.isNaN(out[i]) ? Infinity : beta * (low - out[i])
    convolve?.(exponents, logs)
    logSums(exponents, kernel.logKernel, kernel.period, logs)
    addTails(kernel, exponents, low, logs)
    for (let i = 0; i < out.length; i++) if (logs[i] < Infinity) out[i] = low - logs[i] / beta
  }
}

/**
 * Convolution of periodic lines through an FFT. A node keeps the result only where the transform's absolute error, about eps·log₂(length), leaves u accurate to
 * 1e−12 of the range of f (or to round-off); the others stay NaN.
 */
function transformer({ axis, period, logKernel }: LineKernel): (exponents: Float64Array, out: Float64Array) => void {
  const n = axis.size
  const length = period === powerOfTwoFrom(period) ? period : powerOfTwoFrom(2 * period - 1)
  const { convolve } = circulant(length, (d) => (d < period ? Math.exp(logKernel[2 * d > period ? period - d : d]) : 0))
  const densities = new Float64Array(period)
  const error = 2 * Number.EPSILON * Math.log2(length)
  return (exponents, out) => {
    let range = 0
    for (let j = 0; j < exponents.length; j++) {
      densities[j] = Math.exp(-exponents[j])
      if (exponents[j] < Infinity) range = Math.max(range, exponents[j])
    }
    convolve(densities, out)
    const least = error / Math.max(1e-12 * range, 1e-14)
    for (let i = 0; i < n; i++) out[i] = out[i] >= least ? Math.log(out[i]) : NaN
  }
}

/** Adds what the continuation outside the line weighs. */
function addTails(kernel: LineKernel, exponents: Float64Array, low: number, out: Float64Array): void {
  const ends = halfLines(kernel, exponents, low)
  if (ends.length === 0) return
  const [left, right] = ends
  const last = out.length - 1
  for (let i = 0; i <= last; i++) {
    out[i] = logAdd(out[i], logAdd(logHalfLine(kernel, left, i, out[i]), logHalfLine(kernel, right, last - i, out[i])))
  }
}

function logAdd(a: number, b: number): number {
  const top = Math.max(a, b)
  return top === -Infinity ? top : top + Math.log1p(Math.exp(Math.min(a, b) - top))
}
