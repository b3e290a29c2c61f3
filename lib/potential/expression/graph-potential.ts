import { once } from '../../core/once.ts'
import { assemble } from '../assemble.ts'
import type { Potential } from '../potential.ts'
import { compile } from './compile.ts'
import { derivative, derivativeAlong } from './derivative.ts'
import type { Graph, Node } from './graph.ts'

/** A potential by nodes of a graph whose variables are the coordinates. */
export interface GraphFormula {
  dim: number
  name: string
  variables?: readonly string[]
  graph: Graph
  value: Node
  /** Default: the derivatives of `value`. Asked for when first needed. */
  gradient?(): readonly Node[]
  /** At one point, row major. Default: by the derivatives of the gradient. */
  hessian?(x: ArrayLike<number>, out: Float64Array): void
}

/** The potential of a graph, compiled once it is asked for more than a few points. */
export function graphPotential({ dim, name, variables, graph, value, gradient, hessian }: GraphFormula): Potential {
  const coordinates = Array.from({ length: dim }, (_, k) => k)
  const slopes = once(gradient ?? (() => coordinates.map((k) => derivative(graph, value, k))))
  // The components of the vector are variables of their own, after those of the point.
  const products = compile(() => {
    const direction = new Map(coordinates.map((k) => [k, graph.variable(dim + k)]))
    return slopes().map((slope) => derivativeAlong(graph, slope, direction))
  })
  return assemble({
    dim,
    name,
    ...(variables === undefined ? {} : { variables }),
    values: compile(() => [value]),
    gradients: compile(slopes),
    hessianVectors(points, vectors, count, out) {
      const both = new Float64Array(2 * dim * count)
      both.set(points)
      both.set(vectors, dim * count)
      products(both, count, out)
    },
    hessian: hessian ?? hessianOf(graph, slopes),
  })
}

function hessianOf(graph: Graph, slopes: () => readonly Node[]): (x: ArrayLike<number>, out: Float64Array) => void {
  const curvatures = compile(() => slopes().flatMap((slope, k) => Array.from({ length: k + 1 }, (_, l) => derivative(graph, slope, l))))
  let triangle = new Float64Array(0)
  return (x, out) => {
    const dim = x.length
    if (triangle.length === 0) triangle = new Float64Array((dim * (dim + 1)) / 2)
    curvatures(x, 1, triangle)
    for (let k = 0, at = 0; k < dim; k++) {
      for (let l = 0; l <= k; l++, at++) out[k * dim + l] = out[l * dim + k] = triangle[at]
    }
  }
}
