import { callable, integer, point, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { defineMaker, portable } from '../execution/portable.ts'
import type { Potential } from '../potential/potential.ts'

/** Indices of samples, repetition allowed. */
export type Batch = ArrayLike<number>

/** A mean over samples of a loss of the parameters x ∈ R^dim. Without a batch the mean is over all samples. */
export interface Loss {
  readonly dim: number
  readonly samples: number
  value(x: ArrayLike<number>, batch?: Batch): number
  /** ∇ of the batch's loss, written to `out` when given. */
  gradient(x: ArrayLike<number>, batch?: Batch, out?: Float64Array): Float64Array
}

/** A loss whose derivatives a trainer or a slice can use: value and gradient in one pass, and second derivatives along a direction. */
export interface SmoothLoss extends Loss {
  readonly name: string
  /** The value, with the gradient written to `out`. */
  valueAndGradient(x: ArrayLike<number>, batch: Batch | undefined, out: Float64Array): number
  /** ∇²f(x)·direction over all samples. */
  hessianProduct(x: ArrayLike<number>, direction: ArrayLike<number>, out?: Float64Array): Float64Array
}

/** A loss that can be restricted to planes through its parameters. Anything that offers `slice` serves; see `slice`. */
export interface SliceableLoss extends Loss {
  slice(origin: ArrayLike<number>, directions: readonly ArrayLike<number>[]): Potential
}

/**
 * The loss over all samples on the plane through `origin`: s ↦ f(origin + Σ_k s_k directions_k), a potential in as many coordinates as
 * directions, with exact gradient and Hessian. The directions need not be orthonormal.
 * @throws ArgumentError for a loss that cannot be sliced, and points of the wrong length
 */
export function slice(loss: SliceableLoss, origin: ArrayLike<number>, directions: readonly ArrayLike<number>[]): Potential {
  callable('slice', 'loss.slice', (loss as Partial<SliceableLoss> | null)?.slice)
  return loss.slice(origin, directions)
}

defineMaker('slice', slice)

/**
 * A loss over all samples as a potential of its full dimension, for `prox` and whatever else takes potentials. The Hessian is assembled from dim
 * products.
 * @throws ArgumentError for anything but a loss with `valueAndGradient` and `hessianProduct`
 */
export function asPotential(loss: SmoothLoss): Potential {
  for (const method of ['value', 'gradient', 'hessianProduct'] as const) {
    callable('asPotential', `loss.${method}`, (loss as Partial<SmoothLoss> | null)?.[method])
  }
  const { dim, name } = loss
  const value = (x: ArrayLike<number>): number => loss.value(x)
  const gradient = (x: ArrayLike<number>, out?: Float64Array): Float64Array => loss.gradient(x, undefined, out)
  return portable({
    dim,
    name,
    value,
    gradient,
    hessian(x, out: Float64Array = new Float64Array(dim * dim)) {
      const direction = new Float64Array(dim)
      for (let k = 0; k < dim; k++) {
        direction[k] = 1
        loss.hessianProduct(x, direction, out.subarray(k * dim, (k + 1) * dim))
        direction[k] = 0
      }
      return out
    },
    ...batched('asPotential', dim, value, gradient),
  }, 'loss-potential', loss)
}

defineMaker('loss-potential', asPotential)

/** `values` and `gradients` over component-major batches, point by point. */
export function batched(
  where: string,
  dim: number,
  value: (x: Float64Array) => number,
  gradient: (x: Float64Array, out: Float64Array) => unknown,
): Pick<Potential, 'values' | 'gradients'> {
  const count = (points: Float64Array): number =>
    points instanceof Float64Array && points.length % dim === 0
      ? points.length / dim
      : refuse(where, 'points', `a Float64Array whose length is a multiple of ${dim}`, points)
  return {
    values(points, out = new Float64Array(count(points))) {
      const n = count(points)
      const x = new Float64Array(dim)
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < dim; k++) x[k] = points[k * n + i]
        out[i] = value(x)
      }
      return out
    },
    gradients(points, out = new Float64Array(count(points) * dim)) {
      const n = count(points)
      const x = new Float64Array(dim)
      const g = new Float64Array(dim)
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < dim; k++) x[k] = points[k * n + i]
        gradient(x, g)
        for (let k = 0; k < dim; k++) out[k * n + i] = g[k]
      }
      return out
    },
  }
}

/** The sample numbers of a batch, all of them without one. */
export function batchOf(where: string, batch: Batch | undefined, samples: number): Batch | undefined {
  if (batch === undefined) return undefined
  if (!(Array.isArray(batch) || ArrayBuffer.isView(batch)) || batch.length === 0) {
    return refuse(where, 'batch', 'a non-empty array of sample numbers', batch)
  }
  for (let i = 0; i < batch.length; i++) {
    const sample = batch[i]
    // Once for each sample of each gradient: the names for a message are made for the one that is wrong.
    if (Number.isSafeInteger(sample) && sample >= 0 && sample < samples) continue
    integer(where, `batch[${i}]`, sample, 0)
    refuse(where, `batch[${i}]`, `below the number of samples ${samples}`, sample)
  }
  return batch
}

/** Directions of a plane, each of length dim and none zero. */
export function planeOf(where: string, directions: unknown, dim: number): readonly ArrayLike<number>[] {
  if (!Array.isArray(directions) || directions.length === 0) return refuse(where, 'directions', 'a non-empty array of points', directions)
  return directions.map((direction: unknown, k) => {
    const checked = point(where, `directions[${k}]`, direction, dim)
    if (Array.from(checked).every((c) => c === 0)) throw new ArgumentError(`${where}: directions[${k}] must be other than zero, got a zero vector`)
    return Float64Array.from(checked)
  })
}
