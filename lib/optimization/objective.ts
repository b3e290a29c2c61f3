import { callable, integer, refuse } from '../core/arguments.ts'
import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { allFinite } from '../kernels/finite.ts'
import type { Potential } from '../potential/potential.ts'
import { normals } from '../random/index.ts'
import { batchDrawer } from './batches.ts'
import type { Batching } from './batches.ts'
import type { Optimizer, Sources } from './optimizer.ts'

/**
 * A mean over samples, such as the losses of `softmaxRegression`. Without a batch the mean is over all samples; `gradient` writes to `out`. The point
 * is only lent; a batch is an array of sample numbers, repetition possible with replacement, that may be kept.
 */
export interface DataLoss {
  readonly dim: number
  readonly samples: number
  value(x: Float64Array, batch?: readonly number[]): number
  gradient(x: Float64Array, batch: readonly number[] | undefined, out: Float64Array): void | Float64Array
}

/** A potential, as far as `minimize` needs it. */
export type PotentialLoss = Pick<Potential, 'dim' | 'value' | 'gradient'>

/** A loss as the iteration sees it. */
export interface Objective {
  dim: number
  /** undefined for a potential. */
  samples: number | undefined
  value(x: Float64Array): number
  gradient(x: Float64Array, batch: readonly number[] | undefined, out: Float64Array): void | Float64Array
}

export function objectiveOf(where: string, loss: unknown): Objective {
  const given = loss as Partial<DataLoss> | null | undefined
  if (given === null || typeof given !== 'object') {
    return refuse(where, 'loss', 'a potential, or a data loss with dim, samples, value and gradient', loss)
  }
  const dim = integer(where, 'loss.dim', given.dim, 1)
  callable(where, 'loss.value', given.value)
  callable(where, 'loss.gradient', given.gradient)
  if (!('samples' in given)) {
    const potential = loss as PotentialLoss
    return { dim, samples: undefined, value: (x) => potential.value(x), gradient: (x, _batch, out) => potential.gradient(x, out) }
  }
  const data = loss as DataLoss
  return {
    dim,
    samples: integer(where, 'loss.samples', given.samples, 1),
    value: (x) => data.value(x),
    gradient: (x, batch, out) => data.gradient(x, batch, out),
  }
}

/** First words of the streams of a seed that runs use. Unlikely ones, so that a caller's own draws with the same seed differ. */
const batchStream = 0x42617463
const noiseStream = 0x4e6f6973

/** The gradients and normals of a run, one iteration at a time. */
export interface Oracle {
  /** Runs a step as iteration `iteration`, and counts its gradients. */
  during(iteration: number, step: (sources: Sources) => void): void
}

export function oracle(where: string, objective: Objective, optimizer: Optimizer, seed: number, batching: Batching | undefined): Oracle {
  const draw = batching === undefined ? undefined : batchDrawer(batching)
  let iteration = 0
  let evaluation = 0
  const sources: Sources = {
    gradient(x, out) {
      if (!allFinite(x)) throw divergence(where, optimizer, iteration + 1)
      const batch = draw?.(seed, [batchStream, iteration, evaluation])
      // An entry that the loss leaves out must not pass for a number.
      out.fill(NaN)
      const first = iteration === 0 && evaluation === 0
      const result: unknown = guarded(where, optimizer, iteration + 1, first, () => objective.gradient(x, batch, out))
      if (result !== undefined && result !== out) refuse(where, 'the result of loss.gradient', 'nothing or out, which the numbers are written to', result)
      if (!allFinite(out)) {
        if (first) refuse(where, 'loss.gradient at the initial point', 'finite numbers', out)
        throw divergence(where, optimizer, iteration + 1)
      }
      evaluation++
    },
    normals(number, out) {
      normals(seed, [noiseStream, iteration, number], out.length, out)
    },
  }
  return {
    during(now, step) {
      iteration = now
      evaluation = 0
      step(sources)
      if (evaluation !== optimizer.evaluations) {
        refuse(where, 'optimizer.evaluations', `the number of gradients of an iteration, ${evaluation}`, optimizer.evaluations)
      }
    },
  }
}

/** f at an iterate: a finite number, or the run has diverged. */
export function valueAt(where: string, objective: Objective, optimizer: Optimizer, x: Float64Array, iteration: number): number {
  const value: unknown = guarded(where, optimizer, iteration, iteration === 0, () => objective.value(x))
  if (typeof value !== 'number') return refuse(where, 'the result of loss.value', 'a number', value)
  if (Number.isFinite(value)) return value
  if (iteration === 0) return refuse(where, 'loss.value at the initial point', 'a finite number', value)
  throw divergence(where, optimizer, iteration)
}

/** A loss that worked at first and refuses a later point has been led there by the iteration. */
function guarded<R>(where: string, optimizer: Optimizer, iteration: number, first: boolean, call: () => R): R {
  try {
    return call()
  } catch (error) {
    if (first || !(error instanceof ArgumentError)) throw error
    throw divergence(where, optimizer, iteration, error)
  }
}

export function divergence(where: string, { name, advice }: Optimizer, iteration: number, cause?: Error): DivergenceError {
  const because = cause === undefined ? '' : ` (${cause.message})`
  return new DivergenceError(`${where}: ${name} diverged in iteration ${iteration}${because}; use ${advice}`, { cause })
}
