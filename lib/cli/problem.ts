import { oneOf, refuse, show } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Axis, Boundary } from '../grid/grid.ts'
import { landscapeNames, landscapeNamed, potential } from '../potential/index.ts'
import { numeric } from './numbers.ts'

export interface ProblemFlags {
  potential?: string
  parameter: string[]
  grid: string[]
  boundary: string
}

/** The initial field that the options of a command describe, and the names of its axes. */
export function initialField(flags: ProblemFlags): { initial: Field; variables: string[] } {
  if (flags.potential === undefined) throw new ArgumentError('relax: --potential must be an expression or the name of a landscape, got nothing')
  if (flags.grid.length === 0) throw new ArgumentError('relax: --grid must be name=min:max:size, once for each variable, got nothing')
  const boundary = boundaryOf(flags.boundary)
  const axes = flags.grid.map((text) => axisOf(text, boundary))
  const variables = axes.map(({ name }) => name)
  if (new Set(variables).size < variables.length) refuse('relax', '--grid', 'given once for each variable', flags.grid)
  const nodes = grid(axes.map(({ axis }) => axis))
  return { initial: field(nodes, potentialOf(flags.potential, variables, flags.parameter)), variables }
}

function potentialOf(text: string, variables: string[], given: string[]): ReturnType<typeof potential> {
  if (landscapeNames.includes(text)) {
    if (given.length > 0) refuse('relax', '--parameter', 'left out with a landscape', given)
    return landscapeNamed(text, variables.length)
  }
  const parameters = Object.fromEntries(given.map((pair) => {
    const [name, value, ...rest] = pair.split('=')
    if (value === undefined || rest.length > 0) refuse('relax', '--parameter', 'name=value', pair)
    return [name, numeric(`--parameter ${name}`, value)]
  }))
  return potential(text, { variables, ...(given.length > 0 && { parameters }) })
}

function axisOf(text: string, boundary: Boundary): { name: string; axis: Axis } {
  const match = /^([A-Za-z_]\w*)=([^:]+):([^:]+):([^:]+)$/.exec(text)
  if (match === null) return refuse('relax', '--grid', 'name=min:max:size such as x=-3:3:2001', text)
  const [, name, min, max, size] = match
  return { name, axis: { min: numeric('--grid', min), max: numeric('--grid', max), size: numeric('--grid', size), boundary } }
}

function boundaryOf(text: string): Boundary {
  const [kind, value, ...rest] = text.split('=')
  if (kind === 'dirichlet') {
    if (value === undefined || rest.length > 0) throw new ArgumentError(`relax: --boundary must be dirichlet=c with a number c, got ${show(text)}`)
    return { dirichlet: numeric('--boundary dirichlet', value) }
  }
  return oneOf('relax', '--boundary', text, ['periodic', 'neumann', 'extrapolate'])
}
