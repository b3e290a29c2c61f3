import math from 'mathjs/lib/browser/math.js'
import type {
  ConditionalNode, ConstantNode, FunctionNode, MathNode, OperatorNode, ParenthesisNode, RelationalNode, SymbolNode,
} from 'mathjs'
import { nearest, show } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { functions, operators } from './functions.ts'
import type { Graph, Node } from './graph.ts'

/** The only names with a value of their own. */
export const constants: ReadonlyMap<string, number> = new Map([['pi', Math.PI], ['e', Math.E]])

/** The syntax tree of a formula in mathjs syntax. Parsed only: nothing in the text is ever run. */
export function parse(where: string, expression: string): MathNode {
  let tree: MathNode
  try {
    tree = math.parse(expression)
  } catch (error) {
    return refuseExpression(where, `a formula in mathjs syntax (${(error as Error).message})`, expression)
  }
  const empty = tree.type === 'ConstantNode' && (tree as ConstantNode).value === undefined
  return empty ? refuseExpression(where, 'a formula', expression) : tree
}

/** The names in a tree that are neither constants nor called as functions, in order of appearance. */
export function symbolsOf(where: string, tree: MathNode): string[] {
  const names = new Set<string>()
  tree.traverse((node, path) => {
    if (node.type !== 'SymbolNode' || path === 'fn') return
    const { name } = node as SymbolNode
    if (functions.has(name)) refuseExpression(where, `a formula with ${name}(…) in parentheses`, name)
    if (!constants.has(name)) names.add(name)
  })
  return [...names]
}

/** Enters a tree into a graph; `symbol` gives the nodes of names. */
export function enter(where: string, graph: Graph, tree: MathNode, symbol: (name: string) => Node): Node {
  const node = (given: MathNode): Node => {
    switch (given.type) {
      case 'ConstantNode': return graph.constant(numberOf(where, given as ConstantNode))
      case 'SymbolNode': return symbol((given as SymbolNode).name)
      case 'ParenthesisNode': return node((given as ParenthesisNode).content)
      case 'OperatorNode': return operation(given as OperatorNode)
      case 'FunctionNode': return call(given as FunctionNode)
      case 'RelationalNode': return relation(given as RelationalNode)
      case 'ConditionalNode': {
        const { condition, trueExpr, falseExpr } = given as ConditionalNode
        return graph.apply('select', node(condition), node(trueExpr), node(falseExpr))
      }
      default: return refuseExpression(where, `one formula, without ${foreign.get(given.type) ?? given.type}`, given.toString())
    }
  }
  const operation = (given: OperatorNode): Node => {
    const build = operators.get(given.fn)
    if (build === undefined) return refuseExpression(where, 'a formula of + - * / ^ and comparisons', `the operator ${given.op}`)
    return build(graph, ...given.args.map(node))
  }
  const call = (given: FunctionNode): Node => {
    const name = given.fn.type === 'SymbolNode' ? (given.fn as SymbolNode).name : given.fn.toString()
    const known = functions.get(name)
    if (known === undefined) return refuseFunction(where, name)
    const count = given.args.length
    if (count < known.least || count > known.most) {
      return refuseExpression(where, `a formula with ${arity(known)} for ${name}`, given.toString())
    }
    return known.build(graph, ...given.args.map(node))
  }
  const relation = (given: RelationalNode): Node => {
    const terms = given.params.map(node)
    const links = given.conditionals.map((name, i) => (operators.get(name) as typeof operators extends ReadonlyMap<string, infer F> ? F : never)(
      graph, terms[i], terms[i + 1],
    ))
    return links.reduce((a, b) => graph.apply('and', a, b))
  }
  return node(tree)
}

const foreign = new Map([
  ['AssignmentNode', 'assignments (a comparison is ==)'],
  ['FunctionAssignmentNode', 'function definitions'],
  ['ArrayNode', 'matrices'],
  ['BlockNode', 'several statements'],
  ['ObjectNode', 'objects'],
  ['AccessorNode', 'properties'],
  ['IndexNode', 'indices'],
  ['RangeNode', 'ranges'],
])

function arity({ least, most }: { least: number, most: number }): string {
  const count = most === Infinity ? `at least ${least}` : least === most ? `${least}` : `${least} or ${most}`
  return `${count} argument${count === '1' || count === 'at least 1' ? '' : 's'}`
}

function numberOf(where: string, { value }: ConstantNode): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' && value === value ? value : refuseExpression(where, 'a formula of numbers', value)
}

function refuseFunction(where: string, name: string): never {
  const near = nearest(name, [...functions.keys()])
  const hint = near === undefined ? ` (a product is ${name} * (…))` : ` (did you mean ${near}?)`
  return refuseExpression(where, `a formula of known functions${hint}`, `${name}(…)`)
}

export function refuseExpression(where: string, expected: string, got: unknown): never {
  throw new ArgumentError(`${where}: expression must be ${expected}, got ${show(got)}`)
}
