import type { Graph, Node } from './graph.ts'
import type { Operation } from './operations.ts'

/** A function of the expression language: how many arguments it takes and the node it makes of them. */
interface NamedFunction {
  least: number
  most: number
  build(graph: Graph, ...args: Node[]): Node
}

const direct = (operation: Operation): NamedFunction => ({ least: 1, most: 1, build: (graph, a) => graph.apply(operation, a) })
const whole = (exponent: number): NamedFunction => ({ least: 1, most: 1, build: (graph, a) => graph.apply('pow', a, graph.constant(exponent)) })
const folded = (operation: Operation): NamedFunction => ({
  least: 1, most: Infinity, build: (graph, ...args) => args.reduce((a, b) => graph.apply(operation, a, b)),
})

const directNames = [
  'exp', 'expm1', 'log2', 'log10', 'log1p', 'sqrt', 'cbrt', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh',
  'abs', 'sign', 'floor', 'ceil', 'round',
] as const

/** The functions that an expression may call. */
export const functions: ReadonlyMap<string, NamedFunction> = new Map<string, NamedFunction>([
  ...directNames.map((name): [string, NamedFunction] => [name, direct(name)]),
  ['square', whole(2)],
  ['cube', whole(3)],
  ['min', folded('min')],
  ['max', folded('max')],
  ['pow', { least: 2, most: 2, build: (graph, a, b) => graph.apply('pow', a, b) }],
  ['log', {
    least: 1, most: 2,
    build: (graph, a, base) => (base === undefined ? graph.apply('log', a) : graph.apply('divide', graph.apply('log', a), graph.apply('log', base))),
  }],
  ['hypot', {
    least: 1, most: Infinity,
    build: (graph, ...args) => graph.apply('sqrt', args.map((a) => graph.apply('multiply', a, a)).reduce((a, b) => graph.apply('add', a, b))),
  }],
])

const swapped = (operation: Operation) => (graph: Graph, a: Node, b: Node) => graph.apply(operation, b, a)
const plain = (operation: Operation) => (graph: Graph, ...args: Node[]) => graph.apply(operation, ...args)

/** The operators of an expression by the names that mathjs gives them. */
export const operators: ReadonlyMap<string, (graph: Graph, ...args: Node[]) => Node> = new Map<string, (graph: Graph, ...args: Node[]) => Node>([
  ['add', plain('add')],
  ['subtract', plain('subtract')],
  ['multiply', plain('multiply')],
  ['divide', plain('divide')],
  ['pow', plain('pow')],
  ['unaryMinus', plain('negate')],
  ['unaryPlus', (_, a) => a],
  ['smaller', plain('smaller')],
  ['smallerEq', plain('smallerEq')],
  ['larger', swapped('smaller')],
  ['largerEq', swapped('smallerEq')],
  ['equal', plain('equal')],
  ['unequal', (graph, a, b) => graph.apply('not', graph.apply('equal', a, b))],
  ['and', plain('and')],
  ['or', (graph, a, b) => graph.apply('not', graph.apply('and', graph.apply('not', a), graph.apply('not', b)))],
  ['not', plain('not')],
])
