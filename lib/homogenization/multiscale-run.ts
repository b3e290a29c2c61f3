import { DivergenceError } from '../core/errors.ts'
import { inline } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import type { Running } from '../execution/progress.ts'
import type { LocalGibbs } from '../pde/local-entropy/measure.ts'
import { averagedDrift } from './averaged-drift.ts'
import type { AveragedDrift } from './averaged-drift.ts'
import { predictErrors } from './multiscale-errors.ts'
import type { Audit, MeanRun, PredictedErrors } from './multiscale-errors.ts'
import { largestFull, multiscaleTask } from './multiscale-task.ts'
import type { MultiscalePiece, MultiscaleSeries } from './multiscale-task.ts'

/** How the fast variable is to run in a macro step. */
export interface Inner {
  steps: number
  stepSize: number
}

export interface Problem {
  measure: LocalGibbs
  method: 'euler' | 'heun'
  time: number
  macroSteps: number
  paths: number
  seed: number
  tolerance: number | undefined
  running: Running & { executor?: Executor }
}

/** Paths that march together: a fixed number, so that it does not depend on the executor. */
const together = 128
const auditChains = 64
/** Chains at a frozen point; their complaints under the name of the caller. */
export async function frozen({ measure: { f, gamma, beta }, seed, running }: Problem, at: Float64Array, dt: number | undefined): Promise<AveragedDrift> {
  try {
    return await averagedDrift({ potential: f, at, gamma, beta, method: 'langevin', chains: auditChains, seed, ...(dt !== undefined && { dt }), ...running })
  } catch (error) {
    if (error instanceof DivergenceError) throw new DivergenceError(error.message.replace(/^averagedDrift:/, 'multiscale:'))
    throw error
  }
}

export const gradientsOf = ({ chains, steps, burnIn }: AveragedDrift): number => 1.5 * chains! * (steps! + burnIn!)

export const longVarianceOf = ({ standardError, chains, steps, dt }: AveragedDrift): Float64Array => standardError.map((e) => e * e * chains! * steps! * dt!)

export const stagesOf = ({ method }: Problem): number => (method === 'heun' ? 2 : 1)

export const fastTime = (problem: Problem, inner: Inner): number => stagesOf(problem) * inner.steps * inner.stepSize

/** Inner steps until the fast variable has forgotten its start: ten relaxation times, as the chains at the start showed them. */
const burnInOf = (inner: Inner, pilot: AveragedDrift): number => Math.ceil((5 * pilot.autocorrelationTime!) / inner.stepSize)

export const innerTotal = (problem: Problem, inner: Inner, macroSteps: number, pilot: AveragedDrift): number =>
  burnInOf(inner, pilot) + macroSteps * stagesOf(problem) * inner.steps

/** Averages over the paths of a run. */
export interface Ran {
  points: Float64Array[]
  /** Standard deviations over the paths. */
  spreads: Float64Array[]
  covariances: Float64Array[]
}

/** The errors to be expected at its end, from chains at the start, half-way and at the end. */
export function predicted(problem: Problem, { points, covariances }: Ran, inner: Inner, audits: readonly AveragedDrift[]): PredictedErrors {
  const { measure: { gamma, beta }, method, time, macroSteps } = problem
  const run: MeanRun = { points, covariances, dt: time / macroSteps, fastTime: fastTime(problem, inner), method, gamma, beta }
  return predictErrors(run, audits.map((audit, k): Audit => ({
    // The step of the chains at the start may be another; the bias goes like its square.
    at: k / (audits.length - 1), longVariance: longVarianceOf(audit), bias: audit.bias.map((b) => b * (inner.stepSize / audit.dt!) ** 2),
  })))
}

/** All paths with their averages. */
export async function march(problem: Problem, inner: Inner, macroSteps: number, paths: number, seed: number, pilot: AveragedDrift): Promise<Ran> {
  const { measure: { f, x, gamma, beta }, method, time, running: { executor, ...control } } = problem
  const pieces = Array.from({ length: Math.ceil(paths / together) }, (_, b): MultiscalePiece => ({
    potential: f, initial: x, gamma, beta, method, dt: time / macroSteps, macroSteps, innerSteps: inner.steps, innerStepSize: inner.stepSize, burnIn: burnInOf(inner, pilot),
    seed, first: b * together, count: Math.min(together, paths - b * together),
  }))
  const parts: MultiscaleSeries[] = []
  await (executor ?? inline()).run('multiscale', multiscaleTask, pieces, { ...control, onResult: (series, index) => void (parts[index] = series) })
  return summed(parts, x.length, macroSteps, paths)
}

function summed(parts: readonly MultiscaleSeries[], dim: number, macroSteps: number, paths: number): Ran {
  const each = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
  const total = (n: number, term: (value: number, k: number) => number): Float64Array => {
    const sums = new Float64Array(dim)
    for (const { points } of parts) {
      const count = points.length / dim / (macroSteps + 1)
      for (let k = 0; k < dim; k++) for (let i = 0; i < count; i++) sums[k] += term(points[(n * dim + k) * count + i], k)
    }
    return sums
  }
  const points = each(macroSteps + 1).map((n) => total(n, (value) => value).map((sum) => sum / paths))
  const spreads = points.map((mean, n) => total(n, (value, k) => (value - mean[k]) ** 2).map((sum) => Math.sqrt(sum / (paths - 1))))
  const looks = parts.reduce((sum, part) => sum + part.looks, 0)
  const width = dim <= largestFull ? dim : 1
  const sumOf = (name: 'first' | 'second', at: number): number => parts.reduce((sum, part) => sum + part[name][at], 0) / looks
  const covariances = each(macroSteps).map((n) => Float64Array.from({ length: dim * width }, (_, j) => {
    const k = Math.floor(j / width)
    return sumOf('second', n * dim * width + j) - sumOf('first', n * dim + k) * sumOf('first', n * dim + (width === 1 ? k : j % width))
  }))
  return { points, spreads, covariances }
}
