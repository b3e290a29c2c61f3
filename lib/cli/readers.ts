import { finite, refuse } from '../core/arguments.ts'
import type { Axis, Boundary } from '../grid/grid.ts'

/** Reads the text of an option; throws the one grammar, with the command and the option. */
export type Reader<T> = (where: string, argument: string, given: string) => T

export interface NamedAxis extends Axis {
  name: string
}

/** A decimal number, as people write it: no hexadecimal, no empty text. */
export function readNumber(where: string, argument: string, given: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given.trim())
    ? finite(where, argument, Number(given))
    : refuse(where, argument, 'a finite number', given)
}

/** Numbers between commas. */
export function readNumbers(where: string, argument: string, given: string): number[] {
  return given.split(',').map((part) => readNumber(where, argument, part))
}

/** A number, a list `1,2` or a matrix `2,0.5;0.5,1`, its rows between semicolons. */
export function readMatrix(where: string, argument: string, given: string): number[] | number[][] {
  const rows = given.split(';').map((row) => readNumbers(where, argument, row))
  return rows.length === 1 ? rows[0] : rows
}

/** Expressions between commas; those within parentheses belong to functions. */
export function readExpressions(where: string, argument: string, given: string): string[] {
  const parts = ['']
  let depth = 0
  for (const letter of given) {
    if (letter === '(') depth++
    if (letter === ')') depth--
    if (letter === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts.map((part) => part.trim() || refuse(where, argument, 'expressions between commas, one an axis', given))
}

/** `x=-3:3:2001`. */
export function readAxis(where: string, argument: string, given: string): NamedAxis {
  const match = /^([A-Za-z]\w*)=([^:]+):([^:]+):([^:]+)$/.exec(given)
  if (match === null) return refuse(where, argument, 'name=min:max:nodes, such as x=-3:3:2001', given)
  const [min, max, size] = match.slice(2).map((part) => readNumber(where, argument, part))
  return { name: match[1], min, max, size }
}

/** `periodic`, `neumann`, `extrapolate` or `dirichlet=c`. */
export function readBoundary(where: string, argument: string, given: string): Boundary {
  if (given.startsWith('dirichlet=')) return { dirichlet: readNumber(where, argument, given.slice('dirichlet='.length)) }
  const names = ['periodic', 'neumann', 'extrapolate'] as const
  return (names as readonly string[]).includes(given)
    ? (given as (typeof names)[number])
    : refuse(where, argument, `one of ${names.map((name) => `'${name}'`).join(', ')}, 'dirichlet=VALUE'`, given)
}

/** `a=2`. */
export function readParameter(where: string, argument: string, given: string): [string, number] {
  const match = /^([A-Za-z]\w*)=(.+)$/.exec(given)
  if (match === null) return refuse(where, argument, 'name=value, such as a=2', given)
  return [match[1], readNumber(where, argument, match[2])]
}
