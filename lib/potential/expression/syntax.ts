import { createRequire } from 'node:module'
import type { MathNode } from 'mathjs'
import { nearest, show } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { functions, operators } from './functions.ts'
import type { Graph, Node } from './graph.ts'

/** The only names with a meaning of their own. */
export const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E }

// The parser is loaded with the first expression: it takes longer to load than all the rest of the toolkit.
const parser = (): ((text: string) => MathNode) => (createRequire(import.meta.url)('mathjs/number') as { parse: (text: string) => MathNode }).parse

/** The syntax tree of an expression in mathjs's grammar. */
export function parse(expression: string): MathNode {
  try {
    return parser()(expression)
  } catch (error) {
    throw new ArgumentError(`potential: expression must be well formed, got ${show(expression)}: ${(error as Error).message}`)
  }
}

/** Names of the free symbols of a syntax tree, those of functions left out. */
export function freeSymbols(tree: MathNode): string[] {
  const names = new Set<string>()
  tree.traverse((node, path) => {
    if (node.type === 'SymbolNode' && path !== 'fn') names.add((node as unknown as { name: string }).name)
  })
  return [...names].filter((name) => !(name in constants))
}

/** What a node of a syntax tree may hold. */
interface Parts {
  type: string
  name: string
  value: unknown
  fn: string & { name?: string }
  args: MathNode[]
  content: MathNode
  condition: MathNode
  trueExpr: MathNode
  falseExpr: MathNode
  conditionals: string[]
  params: MathNode[]
}

/** Builds the graph of a syntax tree; `symbol` gives the node of a variable or parameter. */
export function toGraph(graph: Graph, tree: MathNode, symbol: (name: string) => Node): Node {
  const build = (node: MathNode): Node => {
    const parts = node as unknown as Parts
    switch (parts.type) {
      case 'ParenthesisNode': return build(parts.content)
      case 'ConstantNode':
        return typeof parts.value === 'number' && Number.isFinite(parts.value) ? graph.constant(parts.value) : unsupported(node)
      case 'SymbolNode': return parts.name in constants ? graph.constant(constants[parts.name]) : symbol(parts.name)
      case 'ConditionalNode': return graph.apply('select', build(parts.condition), build(parts.trueExpr), build(parts.falseExpr))
      case 'RelationalNode': {
        const operands = parts.params.map(build)
        return parts.conditionals.map((name, i) => operators.get(name)!(graph, operands[i], operands[i + 1])).reduce((x, y) => graph.apply('and', x, y))
      }
      case 'OperatorNode': return operator(node, parts)
      case 'FunctionNode': return call(node, parts)
      default: return unsupported(node)
    }
  }
  const operator = (node: MathNode, { fn, args }: Parts): Node => (operators.get(fn) ?? (() => unsupported(node)))(graph, ...args.map(build))
  const call = (node: MathNode, { fn, args }: Parts): Node => {
    const name = fn.name ?? String(fn)
    const known = functions.get(name)
    if (known === undefined) {
      const near = nearest(name, [...functions.keys()])
      const hint = near === undefined ? '; a product with a parenthesis needs *' : ` (did you mean ${near}?)`
      throw new ArgumentError(`potential: expression must call functions such as exp, log, sin or sqrt, got ${show(name)} in ${show(node.toString())}${hint}`)
    }
    const { least, most } = known
    if (args.length < least || args.length > most) {
      const count = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`
      throw new ArgumentError(`potential: expression must call ${name} with ${count} argument${count === '1' ? '' : 's'}, got ${show(node.toString())}`)
    }
    return known.build(graph, ...args.map(build))
  }
  return build(tree)
}

function unsupported(node: MathNode): never {
  throw new ArgumentError(`potential: expression must be made of numbers, variables, operators, conditions and functions, got ${show(node.toString())}`)
}
