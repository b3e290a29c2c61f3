import { finite, nearest, options, refuse } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { assemble } from '../assemble.ts'
import type { Formula } from '../assemble.ts'
import type { Potential } from '../potential.ts'
import { derivative } from './derivative.ts'
import { functions } from './functions.ts'
import { createGraph } from './graph.ts'
import type { Graph, Node } from './graph.ts'
import { constants, enter, parse, refuseExpression, symbolsOf } from './parse.ts'
import { tape } from './tape.ts'
import type { Tape } from './tape.ts'

export interface ExpressionOptions {
  /** Names of the coordinates, in order. By default the free symbols in natural order (x2 before x10). */
  variables?: readonly string[]
  /** Numbers for the other symbols. */
  parameters?: Readonly<Record<string, number>>
}

/** @throws ArgumentError */
export function expressionPotential(expression: string, given: ExpressionOptions): Potential {
  const where = 'potential'
  options(where, given, ['variables', 'parameters'])
  const parameters = checkedParameters(where, given.parameters)
  const listed = given.variables === undefined ? undefined : checkedVariables(where, given.variables, parameters)
  const tree = parse(where, expression)
  const symbols = symbolsOf(where, tree)
  const unused = [...parameters.keys()].find((name) => !symbols.includes(name))
  if (unused !== undefined) throw new ArgumentError(`${where}: parameters must be in the expression, got ${unused}${hint(unused, symbols)}`)
  const free = symbols.filter((name) => !parameters.has(name))
  const variables = listed ?? free.sort(naturalOrder)
  const unknown = free.find((name) => !variables.includes(name))
  if (unknown !== undefined) {
    refuseExpression(where, `a formula of the variables ${variables.join(', ')}${hint(unknown, [...variables, ...parameters.keys()])}`, unknown)
  }
  const graph = createGraph()
  const root = enter(where, graph, tree, (name) => {
    const value = parameters.get(name) ?? constants.get(name)
    return value === undefined ? graph.variable(variables.indexOf(name)) : graph.constant(value)
  })
  if (variables.length === 0) refuseExpression(where, 'a formula with a variable (or with the option variables)', expression)
  return assemble(formulaOf(expression, variables, graph, root))
}

/** Derivatives are taken and compiled when they are first asked for. */
function formulaOf(name: string, variables: readonly string[], graph: Graph, root: Node): Formula {
  const dim = variables.length
  const values = tape([root])
  let slopes: Node[] | undefined
  let gradients: Tape | undefined
  let hessian: Tape | undefined
  const gradient = () => slopes ??= variables.map((_, k) => derivative(graph, root, k))
  return {
    dim,
    name,
    variables,
    values,
    gradients: (points, count, out) => (gradients ??= tape(gradient()))(points, count, out),
    hessian: (x, out) => (hessian ??= tape(secondDerivatives(graph, gradient())))(x, 1, out),
  }
}

/** Row major; the lower triangle repeats the upper one. */
function secondDerivatives(graph: Graph, slopes: readonly Node[]): Node[] {
  const rows = slopes.map((slope, k) => slopes.map((_, j) => (j < k ? undefined : derivative(graph, slope, j))))
  return slopes.flatMap((_, k) => slopes.map((__, j) => (j < k ? rows[j][k] : rows[k][j]) as Node))
}

function checkedVariables(where: string, variables: unknown, parameters: ReadonlyMap<string, number>): string[] {
  if (!Array.isArray(variables) || variables.length === 0) return refuse(where, 'variables', 'a list of names', variables)
  for (const [i, name] of variables.entries()) {
    checkName(where, `variables[${i}]`, name)
    if (variables.indexOf(name) < i) refuse(where, `variables[${i}]`, 'listed once', name)
    if (parameters.has(name)) refuse(where, `variables[${i}]`, 'no parameter as well', name)
  }
  return [...variables]
}

function checkedParameters(where: string, parameters: Readonly<Record<string, number>> = {}): ReadonlyMap<string, number> {
  if (parameters === null || typeof parameters !== 'object' || Array.isArray(parameters)) {
    return refuse(where, 'parameters', 'an object of names and numbers', parameters)
  }
  for (const [name, value] of Object.entries(parameters)) {
    checkName(where, 'parameters', name)
    finite(where, `parameters.${name}`, value)
  }
  return new Map(Object.entries(parameters))
}

function checkName(where: string, argument: string, name: unknown): void {
  if (typeof name !== 'string' || !/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) refuse(where, argument, 'a name of letters, digits and _', name)
  if (constants.has(name)) refuse(where, argument, 'no constant', name)
  if (functions.has(name)) refuse(where, argument, 'no function', name)
}

function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? '' : ` (did you mean ${near}?)`
}

const collator = new Intl.Collator('en', { numeric: true })

function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1)
}
