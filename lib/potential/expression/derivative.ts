import { reachable } from './graph.ts'
import type { Graph, Node } from './graph.ts'
import type { Operation } from './operations.ts'

/** ∂root/∂x_index as a node of the same graph. */
export function derivative(graph: Graph, root: Node, index: number): Node {
  return derivativeAlong(graph, root, new Map([[index, graph.constant(1)]]))
}

/**
 * Σ_k v_k ∂root/∂x_k, v by the variables' indices, as a node of the same graph. Forward through the graph, so that a selected branch is differentiated for
 * itself and the other one cannot reach it. Where f has a corner: |x|' = 0 at 0, min and max average at a tie, steps have slope 0.
 */
export function derivativeAlong(graph: Graph, root: Node, direction: ReadonlyMap<number, Node>): Node {
  const zero = graph.constant(0)
  const slopes = new Map<Node, Node>()
  const slope = (node: Node) => slopes.get(node) ?? zero
  for (const node of reachable([root])) {
    if (node.kind === 'variable' && direction.has(node.index)) slopes.set(node, direction.get(node.index)!)
    // What stands on no variable of the direction has no slope.
    else if (node.kind === 'application' && node.operands.some((operand) => slopes.has(operand))) slopes.set(node, rule(graph, node, slope))
  }
  return slope(root)
}

function rule(g: Graph, node: Node & { kind: 'application' }, slope: (node: Node) => Node): Node {
  const [a, b, c] = node.operands
  switch (node.operation) {
    case 'add': return g.apply('add', slope(a), slope(b))
    case 'subtract': return g.apply('subtract', slope(a), slope(b))
    case 'negate': return g.apply('negate', slope(a))
    case 'multiply': return g.apply('add', g.apply('multiply', slope(a), b), g.apply('multiply', a, slope(b)))
    case 'divide': return g.apply('divide', g.apply('subtract', slope(a), g.apply('multiply', node, slope(b))), b)
    case 'pow': return powRule(g, node, a, b, slope)
    case 'select': return g.apply('select', a, slope(b), slope(c))
    case 'min': return extremeRule(g, g.apply('smaller', a, b), g.apply('smaller', b, a), slope(a), slope(b))
    case 'max': return extremeRule(g, g.apply('smaller', b, a), g.apply('smaller', a, b), slope(a), slope(b))
    case 'smaller': case 'smallerEq': case 'equal': case 'and': case 'not':
    case 'sign': case 'floor': case 'ceil': case 'round': return g.constant(0)
    default: return chainRule(g, node, node.operation, a, slope(a))
  }
}

type Composed = Exclude<Operation, 'add' | 'subtract' | 'negate' | 'multiply' | 'divide' | 'pow' | 'select' | 'min' | 'max'
  | 'smaller' | 'smallerEq' | 'equal' | 'and' | 'not' | 'sign' | 'floor' | 'ceil' | 'round'>

/** (h(a))' for the elementary functions h; `node` is h(a) and `da` is a'. */
function chainRule(g: Graph, node: Node, operation: Composed, a: Node, da: Node): Node {
  const one = g.constant(1)
  const times = (factor: Node) => g.apply('multiply', factor, da)
  const over = (divisor: Node) => g.apply('divide', da, divisor)
  const arc = () => g.apply('sqrt', g.apply('multiply', g.apply('subtract', one, a), g.apply('add', one, a)))
  switch (operation) {
    case 'exp': return times(node)
    case 'expm1': return times(g.apply('exp', a))
    case 'log': return over(a)
    case 'log2': return over(g.apply('multiply', g.constant(Math.LN2), a))
    case 'log10': return over(g.apply('multiply', g.constant(Math.LN10), a))
    case 'log1p': return over(g.apply('add', one, a))
    case 'sqrt': return over(g.apply('multiply', g.constant(2), node))
    case 'cbrt': return over(g.apply('multiply', g.constant(3), square(g, node)))
    case 'sin': return times(g.apply('cos', a))
    case 'cos': return times(g.apply('negate', g.apply('sin', a)))
    case 'tan': return times(g.apply('add', one, square(g, node)))
    case 'asin': return over(arc())
    case 'acos': return over(g.apply('negate', arc()))
    case 'atan': return over(g.apply('add', one, square(g, a)))
    case 'sinh': return times(g.apply('cosh', a))
    case 'cosh': return times(g.apply('sinh', a))
    case 'tanh': return over(square(g, g.apply('cosh', a)))
    case 'abs': return times(g.apply('sign', a))
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

/** The slope of the one that is taken, the mean of both at a tie. */
function extremeRule(g: Graph, first: Node, second: Node, da: Node, db: Node): Node {
  const mean = g.apply('multiply', g.constant(0.5), g.apply('add', da, db))
  return g.apply('select', first, da, g.apply('select', second, db, mean))
}

function square(g: Graph, a: Node): Node {
  return g.apply('multiply', a, a)
}
