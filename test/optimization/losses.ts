import { uniforms } from '../../lib/random/index.ts'
import type { DataLoss } from '../../lib/optimization/objective.ts'

/** Least squares, f(x) = mean_i ½ curvature (x − a_i)², in each of dim coordinates: gradients are affine, and every moment is at hand. */
export function leastSquares(targets: readonly (readonly number[])[], curvature = 1): DataLoss {
  const dim = targets[0].length
  const everything = targets.map((_, i) => i)
  return {
    dim,
    samples: targets.length,
    value(x, batch = everything) {
      let sum = 0
      for (const i of batch) for (let k = 0; k < dim; k++) sum += (curvature / 2) * (x[k] - targets[i][k]) ** 2
      return sum / batch.length
    },
    gradient(x, batch = everything, out) {
      out.fill(0)
      for (const i of batch) for (let k = 0; k < dim; k++) out[k] += (curvature * (x[k] - targets[i][k])) / batch.length
    },
  }
}

/** Scattered targets. */
export function targets(samples: number, dim: number, seed = 1): number[][] {
  return Array.from({ length: samples }, (_, i) => Array.from(uniforms(seed, i, dim)))
}

/** A loss that keeps the batches it is asked for. */
export function recording(loss: DataLoss): { loss: DataLoss; batches: (readonly number[] | undefined)[] } {
  const batches: (readonly number[] | undefined)[] = []
  return {
    batches,
    loss: {
      ...loss,
      gradient(x, batch, out) {
        batches.push(batch)
        return loss.gradient(x, batch, out)
      },
    },
  }
}

export const mean = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0) / numbers.length

export function variance(numbers: readonly number[]): number {
  const m = mean(numbers)
  return numbers.reduce((sum, x) => sum + (x - m) ** 2, 0) / (numbers.length - 1)
}
