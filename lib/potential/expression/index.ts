import { finite, nearest, options, refuse, show } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'
import { once } from '../../core/once.ts'
import { defineMaker, portable } from '../../execution/portable.ts'
import { assemble } from '../assemble.ts'
import type { Potential } from '../potential.ts'
import { compile } from './compile.ts'
import { derivative, derivativeAlong } from './derivative.ts'
import { functions } from './functions.ts'
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
  const slopes = once(() => variables.map((_, k) => derivative(graph, root, k)))
  const values = compile([root])
  const gradients = once(() => compile(slopes()))
  const curvatures = once(() => compile(slopes().flatMap((slope, k) => variables.slice(0, k + 1).map((_, l) => derivative(graph, slope, l)))))
  // The components of the direction are variables of their own, after those of the point.
  const products = once(() => {
    const direction = new Map(variables.map((_, k) => [k, graph.variable(dim + k)]))
    return compile(slopes().map((slope) => derivativeAlong(graph, slope, direction)))
  })
  const triangle = new Float64Array((dim * (dim + 1)) / 2)
  return portable(assemble({
    dim,
    name: expression,
    variables,
    values,
    gradients: (points, count, out) => gradients()(points, count, out),
    hessianVectors(points, vectors, count, out) {
      const both = new Float64Array(2 * dim * count)
      both.set(points)
      both.set(vectors, dim * count)
      products()(both, count, out)
    },
    hessian(x, out) {
      curvatures()(x, 1, triangle)
      for (let k = 0, at = 0; k < dim; k++) {
        for (let l = 0; l <= k; l++, at++) out[k * dim + l] = out[l * dim + k] = triangle[at]
      }
    },
  }), 'expression', expression, { variables, parameters: Object.fromEntries(parameters) })
}

defineMaker('expression', expressionPotential)

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
