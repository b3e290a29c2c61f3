import { oneOf, refuse, text } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Boundary, Grid } from '../grid/grid.ts'
import { landscapeNamed, landscapeNames, potential } from '../potential/index.ts'
import type { Potential } from '../potential/index.ts'
import type { NamedAxis } from './readers.ts'

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

/** A landscape by its name, or an expression in the parameters and the given variables (by default its other symbols). */
export function potentialOf(where: string, given: string | undefined, variables?: string[], pairs: readonly [string, number][] = [], dim = variables?.length): Potential {
  const source = text(where, '--potential', given)
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, k) => names.indexOf(name) < k)
  if (twice !== undefined) throw new ArgumentError(`${where}: --parameter must be given once for each name, got ${twice} twice`)
  if (landscapeNames.includes(source)) {
    if (pairs.length > 0) refuse(where, '--parameter', `left out with the landscape ${source}`, pairs[0].join('='))
    return landscapeNamed(source, dim)
  }
  const words = source.split('-')
  const known = [...(variables ?? []), ...names, 'pi', 'e']
  const meantAsName = words.length > 1 && words.every((word) => /^[a-z]{2,}$/.test(word) && !known.includes(word))
  if (meantAsName) return landscapeNamed(oneOf(where, '--potential', source, landscapeNames), dim)
  return potential(source, { ...(variables && { variables }), parameters: Object.fromEntries(pairs) })
}

/** A density from an expression in the grid's variables; uniform with mass 1 without one. */
export function densityOf(where: string, grid: Grid, given: string | undefined, variables: string[]): Field {
  if (given !== undefined) return field(grid, potential(text(where, '--initial', given), { variables }))
  const volume = grid.axes.reduce((product, { min, max }) => product * (max - min), 1)
  return field(grid, () => 1 / volume)
}
