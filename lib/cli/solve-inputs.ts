import { oneOf, refuse, text } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Boundary, Grid } from '../grid/grid.ts'
import { landscapeNamed, landscapeNames, potential } from '../potential/index.ts'
import type { Potential } from '../potential/index.ts'
import { freeSymbols, parse } from '../potential/expression/syntax.ts'
import type { PointMap } from '../pde/fokker-planck/diffusion.ts'
import type { NamedAxis } from './readers.ts'
import type { SolveFlags } from './solve-flags.ts'

/** A gigabyte a field: beyond this a slip of the keyboard is likelier than a wish. */
const mostNodes = 2 ** 27

export function gridOf(where: string, axes: readonly NamedAxis[] | undefined, boundary: Boundary | undefined): Grid {
  if (axes === undefined) return refuse(where, '--grid', 'given for each variable, such as --grid x=-3:3:2001', undefined)
  const names = axes.map((axis) => axis.name)
  const twice = names.find((name, k) => names.indexOf(name) < k)
  if (twice !== undefined) throw new ArgumentError(`${where}: --grid must be given once for each variable, got ${twice} twice`)
  const size = axes.reduce((product, axis) => product * axis.size, 1)
  if (size > mostNodes) refuse(where, '--grid', `at most ${mostNodes} nodes in all`, size)
  return grid(axes.map(({ min, max, size }) => ({ min, max, size, ...(boundary !== undefined && { boundary }) })))
}

/** What an equation starts from, and what moves it. */
export interface Start {
  initial: Field
  potential?: Potential
  /** b(x), written to `out`. */
  drift?: PointMap
  variables: readonly string[]
}

/** The field that the equation starts `from`, f and b; expressions are in the grid's variables and the parameters. */
export function startOf(where: string, grid: Grid, variables: string[], from: 'potential' | 'initial' | 'terminal', flags: SolveFlags): Start {
  const parameters = parametersOf(where, flags.parameter)
  const landscapeOr = (argument: string, given: string | undefined): Potential =>
    potentialOf(where, given, { argument, variables, parameters: usedIn([given], parameters), dim: grid.dim })
  const expression = (source: string): Potential => potential(source, { variables, parameters: usedIn([source], parameters) })
  const noPotential = from === 'initial' && flags.potential === undefined
  if (noPotential && flags.drift === undefined) throw new ArgumentError(`${where}: --potential or --drift must be given exactly once, got neither`)
  const f = noPotential ? undefined : landscapeOr('--potential', flags.potential)
  const drift = flags.drift && driftOf(where, grid.dim, flags.drift, expression)
  const initial = from === 'initial' ? densityOf(grid, flags.initial === undefined ? undefined : expression(flags.initial))
    : field(grid, from === 'terminal' && flags.terminal !== undefined ? landscapeOr('--terminal', flags.terminal) : f!)
  const used = usedIn([flags.potential, flags.initial, flags.terminal, ...(flags.drift ?? [])], parameters)
  const unused = Object.keys(parameters).find((name) => !(name in used))
  if (unused !== undefined) refuse(where, '--parameter', 'given for a symbol of an expression', unused)
  return { initial, ...(f && { potential: f }), ...(drift && { drift }), variables }
}

/** Values of parameters by name. */
export function parametersOf(where: string, pairs: readonly [string, number][] = []): Record<string, number> {
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, k) => names.indexOf(name) < k)
  if (twice !== undefined) throw new ArgumentError(`${where}: --parameter must be given once for each name, got ${twice} twice`)
  return Object.fromEntries(pairs)
}

/** Those of the parameters that one of the expressions has. */
function usedIn(sources: readonly (string | undefined)[], parameters: Record<string, number>): Record<string, number> {
  const symbols = sources.flatMap((source) => (source === undefined || landscapeNames.includes(source) ? [] : freeSymbols(parse(source))))
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => symbols.includes(name)))
}

interface Reading {
  argument?: string
  /** Default: the expression's symbols that are no parameters. */
  variables?: string[]
  parameters?: Record<string, number>
  /** Of a landscape. */
  dim?: number
}

/** A landscape by its name, or an expression in the parameters and the variables. */
export function potentialOf(where: string, given: string | undefined, { argument = '--potential', variables, parameters = {}, dim }: Reading): Potential {
  const source = text(where, argument, given)
  if (landscapeNames.includes(source)) {
    const [pair] = Object.entries(parameters)
    if (pair !== undefined) refuse(where, '--parameter', `left out with the landscape ${source}`, pair.join('='))
    return landscapeNamed(source, dim)
  }
  const words = source.split('-')
  const known = [...(variables ?? []), ...Object.keys(parameters), 'pi', 'e']
  const meantAsName = words.length > 1 && words.every((word) => /^[a-z]{2,}$/.test(word) && !known.includes(word))
  if (meantAsName) return landscapeNamed(oneOf(where, argument, source, landscapeNames), dim)
  return potential(source, { ...(variables && { variables }), parameters })
}

function driftOf(where: string, dim: number, sources: readonly string[], expression: (source: string) => Potential): PointMap {
  if (sources.length !== dim) refuse(where, '--drift', `${dim} expression${dim === 1 ? '' : 's between commas'}, one an axis`, sources.join(','))
  const components = sources.map(expression)
  return (x, out) => components.forEach((component, k) => (out[k] = component.value(x)))
}

/** Uniform with mass 1 without an expression. */
function densityOf(grid: Grid, given: Potential | undefined): Field {
  if (given !== undefined) return field(grid, given)
  const volume = grid.axes.reduce((product, { min, max }) => product * (max - min), 1)
  return field(grid, () => 1 / volume)
}
