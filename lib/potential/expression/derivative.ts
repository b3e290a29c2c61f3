import { reachable } from './graph.ts'
import type { Graph, Node } from './graph.ts'

/**
 * ∂root/∂x_index as a node of the same graph. Forward through the graph, so that a selected branch is differentiated for itself
 * and the other one cannot reach it. Where f has a corner: |x|' = 0 at 0, min and max average at a tie, steps have slope 0.
 */
export function derivative(graph: Graph, root: Node, index: number): Node {
  const zero = graph.constant(0)
  const bit = 1n << BigInt(index)
  const slopes = new Map<Node, Node>()
  const slope = (node: Node) => slopes.get(node) ?? zero
  for (const node of reachable([root])) {
    if ((node.depends & bit) === 0n) continue
    slopes.set(node, node.kind === 'variable' ? graph.constant(1) : rule(graph, node, slope))
  }
  return slope(root)
}

function rule(g: Graph, node: Node, slope: (node: Node) => Node): Node {
  if (node.kind !== 'application') return g.constant(0)
  const [a, b, c] = node.operands
  switch (node.operation) {
    case 'add': return g.apply('add', slope(a), slope(b))
    case 'subtract': return g.apply('subtract', slope(a), slope(b))
    case 'negate': return g.apply('negate', slope(a))
    case 'multiply': return g.apply('add', g.apply('multiply', slope(a), b), g.apply('multiply', a, slope(b)))
    case 'divide': return g.apply('divide', g.apply('subtract', slope(a), g.apply('multiply', node, slope(b))), b)
    case 'pow': return powRule(g, node, a, b, slope)
    case 'select': return g.apply('select', a, slope(b), slope(c))
    case 'min': return extremeRule(g, a, b, slope)
    case 'max': return extremeRule(g, b, a, slope)
    case 'smaller': case 'smallerEq': case 'equal': case 'and': case 'not':
    case 'sign': case 'floor': case 'ceil': case 'round': return g.constant(0)
    default: return quotientRule(g, node, a) ?? g.apply('multiply', factor(g, node, a), slope(a))
  }

  function quotientRule(graph: Graph, { operation }: { operation: string }, x: Node): Node | undefined {
    const below = denominator(graph, operation, node, x)
    return below === undefined ? undefined : graph.apply('divide', slope(x), below)
  }
}

/** h in f' = a' h. */
function factor(g: Graph, node: Node & { kind: 'application' }, a: Node): Node {
  switch (node.operation) {
    case 'exp': return node
    case 'expm1': return g.apply('exp', a)
    case 'sin': return g.apply('cos', a)
    case 'cos': return g.apply('negate', g.apply('sin', a))
    case 'tan': return g.apply('add', g.constant(1), square(g, node))
    case 'sinh': return g.apply('cosh', a)
    case 'cosh': return g.apply('sinh', a)
    case 'abs': return g.apply('sign', a)
    default: throw new Error(`no derivative of ${node.operation}`)
  }
}

/** h in f' = a' / h, for the functions whose derivative is a quotient. */
function denominator(g: Graph, operation: string, node: Node, a: Node): Node | undefined {
  const one = g.constant(1)
  const root = () => g.apply('sqrt', g.apply('multiply', g.apply('subtract', one, a), g.apply('add', one, a)))
  switch (operation) {
    case 'log': return a
    case 'log2': return g.apply('multiply', g.constant(Math.LN2), a)
    case 'log10': return g.apply('multiply', g.constant(Math.LN10), a)
    case 'log1p': return g.apply('add', one, a)
    case 'sqrt': return g.apply('multiply', g.constant(2), node)
    case 'cbrt': return g.apply('multiply', g.constant(3), square(g, node))
    case 'asin': return root()
    case 'acos': return g.apply('negate', root())
    case 'atan': return g.apply('add', one, square(g, a))
    case 'tanh': return square(g, g.apply('cosh', a))
    default: return undefined
  }
}

function powRule(g: Graph, node: Node, a: Node, b: Node, slope: (node: Node) => Node): Node {
  const lower = g.apply('pow', a, g.apply('subtract', b, g.constant(1)))
  const byBase = g.apply('multiply', g.apply('multiply', b, lower), slope(a))
  if (b.kind === 'constant') return byBase
  // 0^b stays 0 as b > 0 varies, although ln 0 is infinite.
  const zero = g.constant(0)
  const vanishes = g.apply('and', g.apply('equal', a, zero), g.apply('smaller', zero, b))
  const growth = g.apply('select', vanishes, zero, g.apply('multiply', node, g.apply('log', a)))
  const byExponent = g.apply('multiply', growth, slope(b))
  return slope(a) === zero ? byExponent : g.apply('add', byBase, byExponent)
}

/** The slope of the smaller of a and b. */
function extremeRule(g: Graph, a: Node, b: Node, slope: (node: Node) => Node): Node {
  const mean = g.apply('multiply', g.constant(0.5), g.apply('add', slope(a), slope(b)))
  return g.apply('select', g.apply('smaller', a, b), slope(a), g.apply('select', g.apply('smaller', b, a), slope(b), mean))
}

function square(g: Graph, a: Node): Node {
  return g.apply('multiply', a, a)
}
