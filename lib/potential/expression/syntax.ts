import { createRequire } from 'node:module'
import type { MathNode } from 'mathjs'
import { nearest, show } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { functionNames, functions } from './functions.ts'
import type { Graph, Node } from './graph.ts'
import type { Operation } from './operations.ts'

/** The only names with a meaning of their own. */
export const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E }

// The parser is loaded with the first expression: it takes longer to load than all the rest of the toolkit.
const parser = (): ((text: string) => MathNode) => (createRequire(import.meta.url)('mathjs/number') as { parse: (text: string) => MathNode }).parse

const operators: Record<string, Operation> = {
  add: 'add', subtract: 'subtract', multiply: 'multiply', divide: 'divide', pow: 'pow',
  smaller: 'smaller', smallerEq: 'smallerEq', equal: 'equal', and: 'and',
}

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
        return parts.conditionals.map((name, i) => relation(name, operands[i], operands[i + 1]) ?? unsupported(node)).reduce((a, b) => graph.apply('and', a, b))
      }
      case 'OperatorNode': return operator(node, parts)
      case 'FunctionNode': return call(node, parts)
      default: return unsupported(node)
    }
  }
  const relation = (name: string, a: Node, b: Node): Node | undefined => {
    switch (name) {
      case 'larger': return graph.apply('smaller', b, a)
      case 'largerEq': return graph.apply('smallerEq', b, a)
      case 'unequal': return graph.apply('not', graph.apply('equal', a, b))
      case 'smaller': case 'smallerEq': case 'equal': return graph.apply(name, a, b)
      default: return undefined
    }
  }
  const operator = (node: MathNode, { fn, args }: Parts): Node => {
    const operands = args.map(build)
    const [a, b] = operands
    if (fn === 'unaryMinus') return graph.apply('negate', a)
    if (fn === 'unaryPlus') return a
    if (fn === 'not') return graph.apply('not', a)
    if (fn === 'or') return graph.apply('not', graph.apply('and', graph.apply('not', a), graph.apply('not', b)))
    if (operands.length === 2 && fn in operators) return graph.apply(operators[fn], a, b)
    return (operands.length === 2 ? relation(fn, a, b) : undefined) ?? unsupported(node)
  }
  const call = (node: MathNode, { fn, args }: Parts): Node => {
    const name = fn.name ?? String(fn)
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined
    if (known === undefined) {
      const near = nearest(name, functionNames)
      const hint = near === undefined ? '; a product with a parenthesis needs *' : ` (did you mean ${near}?)`
      throw new ArgumentError(`potential: expression must call functions such as exp, log, sin or sqrt, got ${show(name)} in ${show(node.toString())}${hint}`)
    }
    const [least, most] = known.arity
    if (args.length < least || args.length > most) {
      const count = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`
      throw new ArgumentError(`potential: expression must call ${name} with ${count} argument${count === '1' ? '' : 's'}, got ${show(node.toString())}`)
    }
    return known.build(graph, args.map(build))
  }
  return build(tree)
}

function unsupported(node: MathNode): never {
  throw new ArgumentError(`potential: expression must be made of numbers, variables, operators, conditions and functions, got ${show(node.toString())}`)
}
