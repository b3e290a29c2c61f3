import { assemble } from '../assemble.ts'
import type { Potential } from '../potential.ts'

/** What a landscape in closed form is made of; points and `out` have the right length. */
export interface PointFormula {
  dim: number
  name: string
  value(x: Float64Array): number
  gradient(x: Float64Array, out: Float64Array): void
  hessian(x: Float64Array, out: Float64Array): void
}

/** A potential from formulas at a point: batches go point by point, to the same bits. */
export function pointwise({ dim, name, value, gradient, hessian }: PointFormula): Potential {
  const x = new Float64Array(dim)
  const g = new Float64Array(dim)
  const load = (points: ArrayLike<number>, count: number, i: number): Float64Array => {
    for (let k = 0; k < dim; k++) x[k] = points[k * count + i]
    return x
  }
  return assemble({
    dim,
    name,
    values(points, count, out) {
      for (let i = 0; i < count; i++) out[i] = value(load(points, count, i))
    },
    gradients(points, count, out) {
      for (let i = 0; i < count; i++) {
        gradient(load(points, count, i), g)
        for (let k = 0; k < dim; k++) out[k * count + i] = g[k]
      }
    },
    hessian: (point, out) => hessian(load(point, 1, 0), out),
  })
}
