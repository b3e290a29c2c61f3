import { evaluate } from './operations.ts'
import type { Operation } from './operations.ts'

/** A node of an expression graph; equal subexpressions are one node. Operands have smaller ids. */
export type Node = Constant | Variable | Application

interface Constant { readonly kind: 'constant', readonly id: number, readonly value: number }
interface Variable { readonly kind: 'variable', readonly id: number, readonly index: number }
interface Application {
  readonly kind: 'application'
  readonly id: number
  readonly operation: Operation
  readonly operands: readonly Node[]
}

export interface Graph {
  constant(value: number): Node
  variable(index: number): Node
  /** The node of an operation, after constant folding and the rules for 0 and 1. */
  apply(operation: Operation, ...operands: Node[]): Node
}

const commutative: ReadonlySet<Operation> = new Set(['add', 'multiply', 'equal', 'and'])

/** An empty graph with hash-consing (Ershov 1958). */
export function createGraph(): Graph {
  const nodes = new Map<string, Node>()
  const node = <T extends Node>(key: string, make: (id: number) => T): Node => {
    const known = nodes.get(key)
    if (known !== undefined) return known
    const made = make(nodes.size)
    nodes.set(key, made)
    return made
  }
  const graph: Graph = {
    constant: (value) => node(`constant ${Object.is(value, -0) ? '-0' : value}`, (id) => ({ kind: 'constant', id, value })),
    variable: (index) => node(`variable ${index}`, (id) => ({ kind: 'variable', id, index })),
    apply(operation, ...given) {
      if (given.every((operand) => operand.kind === 'constant')) return graph.constant(evaluate(operation, given.map((operand) => operand.value)))
      const simple = simplified(graph, operation, given)
      if (simple !== undefined) return simple
      const operands = commutative.has(operation) ? given.toSorted((a, b) => a.id - b.id) : given
      const key = `${operation} ${operands.map((operand) => operand.id).join(' ')}`
      return node(key, (id) => ({ kind: 'application', id, operation, operands }))
    },
  }
  return graph
}

export const isConstant = (node: Node, value: number) => node.kind === 'constant' && node.value === value

function simplified(graph: Graph, operation: Operation, [a, b, c]: Node[]): Node | undefined {
  switch (operation) {
    case 'add': return isConstant(a, 0) ? b : isConstant(b, 0) ? a : undefined
    case 'subtract': return isConstant(b, 0) ? a : isConstant(a, 0) ? graph.apply('negate', b) : undefined
    case 'multiply':
      if (isConstant(a, 0) || isConstant(b, 0)) return graph.constant(0)
      if (isConstant(a, 1)) return b
      if (isConstant(b, 1)) return a
      return isConstant(a, -1) ? graph.apply('negate', b) : isConstant(b, -1) ? graph.apply('negate', a) : undefined
    case 'divide': return isConstant(b, 1) ? a : isConstant(a, 0) ? a : undefined
    case 'negate': return a.kind === 'application' && a.operation === 'negate' ? a.operands[0] : undefined
    case 'pow': return isConstant(b, 1) ? a : isConstant(b, 0) ? graph.constant(1) : undefined
    case 'select':
      if (a.kind === 'constant' && a.value === a.value) return a.value !== 0 ? b : c
      return b === c ? b : undefined
    default: return undefined
  }
}

/** The nodes that `roots` stand on, themselves included, operands first. */
export function reachable(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>(roots)
  for (const node of seen) {
    if (node.kind === 'application') for (const operand of node.operands) seen.add(operand)
  }
  return [...seen].sort((a, b) => a.id - b.id)
}
