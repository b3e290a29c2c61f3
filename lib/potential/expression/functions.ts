import type { Graph, Node } from './graph.ts'
import type { Operation } from './operations.ts'

interface Callable {
  /** Least and largest number of arguments. */
  arity: readonly [number, number]
  build(graph: Graph, operands: Node[]): Node
}

const plain: Operation[] = [
  'exp', 'expm1', 'log2', 'log10', 'log1p', 'sqrt', 'cbrt', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh',
  'abs', 'sign', 'floor', 'ceil', 'round',
]

const extreme = (operation: 'min' | 'max'): Callable => ({
  arity: [1, Infinity],
  build: (graph, operands) => operands.reduce((a, b) => graph.apply(operation, a, b)),
})

/** The functions of expressions by their names. */
export const functions: Readonly<Record<string, Callable>> = {
  ...Object.fromEntries(plain.map((operation): [string, Callable] => [operation, { arity: [1, 1], build: (graph, [a]) => graph.apply(operation, a) }])),
  log: {
    arity: [1, 2],
    build: (graph, [a, base]) => (base === undefined ? graph.apply('log', a) : graph.apply('divide', graph.apply('log', a), graph.apply('log', base))),
  },
  pow: { arity: [2, 2], build: (graph, [a, b]) => graph.apply('pow', a, b) },
  square: { arity: [1, 1], build: (graph, [a]) => graph.apply('pow', a, graph.constant(2)) },
  cube: { arity: [1, 1], build: (graph, [a]) => graph.apply('pow', a, graph.constant(3)) },
  min: extreme('min'),
  max: extreme('max'),
}

export const functionNames = Object.keys(functions)
