import { createGraph } from './graph.ts'
import type { Graph, Node } from './graph.ts'
import type { Operation } from './operations.ts'

type Term = Node | number

/** For formulas as graphs: x_k, and operations on nodes and numbers. Sums and products go from left to right. */
export interface Algebra {
  graph: Graph
  x(k: number): Node
  add(...terms: Term[]): Node
  subtract(a: Term, b: Term): Node
  multiply(...terms: Term[]): Node
  divide(a: Term, b: Term): Node
  exp(a: Term): Node
  sin(a: Term): Node
  cos(a: Term): Node
}

export function algebra(): Algebra {
  const graph = createGraph()
  const node = (term: Term): Node => (typeof term === 'number' ? graph.constant(term) : term)
  const of = (operation: Operation) => (...terms: Term[]): Node => graph.apply(operation, ...terms.map(node))
  const folded = (operation: Operation) => (...terms: Term[]): Node => terms.map(node).reduce((a, b) => graph.apply(operation, a, b))
  return {
    graph,
    x: (k) => graph.variable(k),
    add: folded('add'),
    subtract: of('subtract'),
    multiply: folded('multiply'),
    divide: of('divide'),
    exp: of('exp'),
    sin: of('sin'),
    cos: of('cos'),
  }
}
