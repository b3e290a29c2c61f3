import { assemble } from './assemble.ts'
import type { Potential } from './potential.ts'

/** A potential by formulas at one point; points and `out` have the right length. Points are only read. */
export interface PointFormula {
  dim: number
  name: string
  value(x: Float64Array): number
  gradient(x: Float64Array, out: Float64Array): void
  /** Of several points, component-major; by default point by point. */
  gradients?(points: ArrayLike<number>, count: number, out: Float64Array): void
  hessian(x: Float64Array, out: Float64Array): void
}

/** A potential from formulas at a point: batches go point by point, to the same bits. */
export function pointwise({ dim, name, value, gradient, gradients, hessian }: PointFormula): Potential {
  return assemble({
    dim,
    name,
    values(points, count, out) {
      if (count === 1) out[0] = value(single(points))
      else each(dim, points, count, (x, i) => (out[i] = value(x)))
    },
    gradients(points, count, out) {
      if (count === 1) return gradient(single(points), out)
      if (gradients !== undefined) return gradients(points, count, out)
      // Buffers of its own, as in `each`, and no function between the loop and the formula.
      const [x, slope] = [new Float64Array(dim), new Float64Array(dim)]
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < dim; k++) x[k] = points[k * count + i]
        gradient(x, slope)
        for (let k = 0; k < dim; k++) out[k * count + i] = slope[k]
      }
    },
    hessian: (x, out) => hessian(single(x), out),
  })
}

function single(x: ArrayLike<number>): Float64Array {
  return x instanceof Float64Array ? x : Float64Array.from(x)
}

/** Visits the points of a batch in a buffer of its own, because a formula may call its own potential. */
function each(dim: number, points: ArrayLike<number>, count: number, visit: (x: Float64Array, i: number) => void): void {
  const x = new Float64Array(dim)
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < dim; k++) x[k] = points[k * count + i]
    visit(x, i)
  }
}
