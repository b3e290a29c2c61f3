import { finite, nearest, options, refuse, show } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { defineKeepingMaker, portable } from '../../execution/portable.ts'
import type { Potential } from '../potential.ts'
import { functions } from './functions.ts'
import { graphPotential } from './graph-potential.ts'
import { createGraph } from './graph.ts'
import { constants, freeSymbols, parse, toGraph } from './syntax.ts'

export interface ExpressionOptions {
  /** Names of the coordinates in order. Default: the free symbols in natural order (x2 before x10). */
  variables?: readonly string[]
  /** Values of symbols that are not variables. */
  parameters?: Readonly<Record<string, number>>
}

/** @throws ArgumentError */
export function expressionPotential(expression: string, given: ExpressionOptions = {}): Potential {
  options('potential', given, ['variables', 'parameters'])
  if (expression.trim() === '') refuse('potential', 'expression', 'a formula such as "x^2 + y^2"', expression)
  const tree = parse(expression)
  const symbols = freeSymbols(tree)
  const parameters = checkParameters(given.parameters ?? {}, symbols)
  const variables = given.variables === undefined ? naturalOrder(symbols.filter((name) => !parameters.has(name))) : checkVariables(given.variables, parameters)
  const graph = createGraph()
  const root = toGraph(graph, tree, (name) => {
    const index = variables.indexOf(name)
    if (index >= 0) return graph.variable(index)
    const value = parameters.get(name)
    return value === undefined ? unknownSymbol(name, [...variables, ...parameters.keys()], expression) : graph.constant(value)
  })
  if (variables.length === 0) refuse('potential', 'expression', 'a function of at least one variable', expression)
  const dim = variables.length
  return portable(graphPotential({ dim, name: expression, variables, graph, value: root }), 'expression', expression, { variables, parameters: Object.fromEntries(parameters) })
}

defineKeepingMaker('expression', expressionPotential)

const natural = new Intl.Collator('en', { numeric: true })

function naturalOrder(names: string[]): string[] {
  return names.toSorted((a, b) => natural.compare(a, b))
}

const isName = (name: unknown): name is string => typeof name === 'string' && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)

function checkVariables(variables: unknown, parameters: ReadonlyMap<string, number>): string[] {
  if (!Array.isArray(variables) || variables.length === 0) return refuse('potential', 'variables', 'a non-empty list of names', variables)
  variables.forEach((name, k) => {
    if (!isName(name)) refuse('potential', `variables[${k}]`, 'a name', name)
    if (constants.has(name)) refuse('potential', `variables[${k}]`, 'a name other than the constants pi and e', name)
    if (functions.has(name)) refuse('potential', `variables[${k}]`, 'a name other than those of functions', name)
    if (variables.indexOf(name) < k) refuse('potential', 'variables', 'different names', variables)
    if (parameters.has(name)) refuse('potential', `variables[${k}]`, 'no parameter', name)
  })
  return variables.slice() as string[]
}

function checkParameters(parameters: unknown, symbols: readonly string[]): Map<string, number> {
  if (parameters === null || typeof parameters !== 'object' || Array.isArray(parameters)) {
    return refuse('potential', 'parameters', 'an object of numbers by name', parameters)
  }
  return new Map(Object.entries(parameters).map(([name, value]) => {
    if (constants.has(name)) refuse('potential', 'parameters', 'named other than the constants pi and e', name)
    if (!symbols.includes(name)) refuse('potential', 'parameters', `symbols of the expression${hint(name, symbols)}`, name)
    return [name, finite('potential', `parameters.${name}`, value)]
  }))
}

function unknownSymbol(name: string, known: readonly string[], expression: string): never {
  throw new ArgumentError(`potential: expression must use only ${known.join(', ')}${hint(name, known)}, got ${show(name)} in ${show(expression)}`)
}

function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? '' : ` (did you mean ${near}?)`
}
