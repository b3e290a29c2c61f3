import { createGraph, reachable } from './graph.ts'
import type { Graph, Node } from './graph.ts'

/** The same roots in a fresh graph with integer powers up to 64 multiplied out and divisions by powers of two as products, which have the same bits. */
export function lower(roots: readonly Node[]): Node[] {
  const graph = createGraph()
  const image = new Map<Node, Node>()
  for (const node of reachable(roots)) {
    const [a, b, c] = node.kind === 'application' ? node.operands.map((operand) => image.get(operand) as Node) : []
    if (node.kind === 'constant') image.set(node, graph.constant(node.value))
    else if (node.kind === 'variable') image.set(node, graph.variable(node.index))
    else if (node.operation === 'pow' && b.kind === 'constant') image.set(node, power(graph, a, b.value))
    else if (node.operation === 'divide' && b.kind === 'constant' && hasReciprocal(b.value)) image.set(node, graph.apply('multiply', a, graph.constant(1 / b.value)))
    else image.set(node, graph.apply(node.operation, ...[a, b, c].slice(0, node.operands.length)))
  }
  return roots.map((root) => image.get(root) as Node)
}

function power(graph: Graph, base: Node, exponent: number): Node {
  const size = Math.abs(exponent)
  if (!Number.isInteger(exponent) || size > 64) return graph.apply('pow', base, graph.constant(exponent))
  let result: Node | undefined
  for (let rest = size, square = base; rest > 0; rest >>= 1) {
    if (rest & 1) result = result === undefined ? square : graph.apply('multiply', result, square)
    if (rest > 1) square = graph.apply('multiply', square, square)
  }
  const positive = result ?? graph.constant(1)
  return exponent < 0 ? graph.apply('divide', graph.constant(1), positive) : positive
}

/** Whether 1/x is a double: for powers of two, but the extreme ones. */
function hasReciprocal(x: number): boolean {
  const size = Math.abs(x)
  if (!(size > 1e-300 && size < 1e300)) return false
  let power = 1
  while (power < size) power *= 2
  while (power > size) power /= 2
  return power === size
}
