import { createRequire } from 'node:module'
import type { MathNode } from 'mathjs'
import { nearest, show } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { functions, operators } from './functions.ts'
import type { Graph, Node } from './graph.ts'

/** The only names with a meaning of their own. */
export const constants: ReadonlyMap<string, number> = new Map([['pi', Math.PI], ['e', Math.E]])

// The parser is loaded with the first expression, and from mathjs's one-file bundle: its thousand modules take six times as long.
const parser = (): ((text: string) => MathNode) =>
  (createRequire(import.meta.url)('mathjs/lib/browser/math.js') as { parse: (text: string) => MathNode }).parse

/** The syntax tree of an expression in mathjs's grammar. */
export function parse(expression: string): MathNode {
  try {
    return parser()(expression)
  } catch (error) {
    throw new ArgumentError(`potential: expression must be well formed, got ${show(expression)}: ${(error as Error).message}`)
  }
}

/** Names of the free symbols of a syntax tree. A function without its parentheses is refused: 'sin x' would be a product. */
export function freeSymbols(tree: MathNode): string[] {
  const names = new Set<string>()
  // A list of what is left rather than recursion: the tree of a long sum is as deep as the sum has terms.
  for (const left = [tree]; left.length > 0;) {
    const node = left.pop() as MathNode
    if (node.type === 'SymbolNode') names.add((node as unknown as Parts).name)
    node.forEach((child, path) => {
      if (path !== 'fn') left.push(child)
    })
  }
  const bare = [...names].find((name) => functions.has(name))
  if (bare !== undefined) throw new ArgumentError(`potential: expression must call ${bare} with parentheses, got ${show(tree.toString())}`)
  return [...names].filter((name) => !constants.has(name))
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
      case 'ConstantNode': return constant(node, parts.value)
      case 'SymbolNode': return constants.has(parts.name) ? graph.constant(constants.get(parts.name) as number) : symbol(parts.name)
      case 'ConditionalNode': return graph.apply('select', build(parts.condition), build(parts.trueExpr), build(parts.falseExpr))
      case 'RelationalNode': {
        const operands = parts.params.map(build)
        return parts.conditionals.map((name, i) => operators.get(name)!(graph, operands[i], operands[i + 1])).reduce((x, y) => graph.apply('and', x, y))
      }
      case 'OperatorNode': return operator(node)
      case 'FunctionNode': return call(node, parts)
      default: return unsupported(node)
    }
  }
  // Infinity stays: it is the height of a wall.
  const constant = (node: MathNode, value: unknown): Node =>
    typeof value === 'boolean' ? graph.constant(value ? 1 : 0)
      : typeof value === 'number' && value === value ? graph.constant(value) : unsupported(node)
  // Down the left operands in a loop, because a sum of thousands of terms is as deep a tree.
  const operator = (outermost: MathNode): Node => {
    const chain: MathNode[] = []
    let node = outermost
    for (; node.type === 'OperatorNode'; [node] = (node as unknown as Parts).args) chain.push(node)
    return chain.reduceRight((first, link) => {
      const { fn, args } = link as unknown as Parts
      return (operators.get(fn) ?? (() => unsupported(link)))(graph, first, ...args.slice(1).map(build))
    }, build(node))
  }
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
