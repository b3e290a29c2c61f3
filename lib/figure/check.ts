import { finite, integer, oneOf, options, positive, refuse, text } from '../core/arguments.ts'
import type { Figure, FigureAxis, Mark, Panel } from './figure.ts'

type Kind = Mark['kind']
type Numbers = ArrayLike<number>

const styled = ['label', 'color', 'dashed']
const grid = ['x', 'y', 'shape', 'values']
const names: Record<Kind, string[]> = {
  line: ['x', 'y', 'width', ...styled],
  points: ['x', 'y', 'errors', ...styled],
  band: ['x', 'low', 'high', ...styled],
  rule: ['axis', 'at', ...styled],
  text: ['x', 'y', 'text'],
  heat: [...grid, 'label', 'diverging', 'range'],
  contours: [...grid, 'levels', ...styled],
}

/**
 * Refuses a figure that cannot be shown as it is: no panels, empty panels, marks of unknown kinds, x and y of unequal lengths, numbers
 * that are not finite (NaN is a gap where figure.ts says so), values that are not positive on a logarithmic axis, unknown names.
 * @throws ArgumentError
 */
export function checkFigure(where: string, figure: Figure): void {
  options(where, figure, ['title', 'caption', 'panels', 'columns'], 'figure')
  text(where, 'figure.title', figure.title)
  if (figure.caption !== undefined) text(where, 'figure.caption', figure.caption)
  if (figure.columns !== undefined) integer(where, 'figure.columns', figure.columns, 1)
  if (!Array.isArray(figure.panels) || figure.panels.length === 0) refuse(where, 'figure.panels', 'a list of at least one panel', figure.panels)
  figure.panels.forEach((panel, k) => checkPanel(where, `panels[${k}]`, panel))
}

function checkPanel(where: string, name: string, panel: Panel): void {
  options(where, panel, ['title', 'x', 'y', 'marks'], name)
  if (panel.title !== undefined) text(where, `${name}.title`, panel.title)
  checkAxis(where, `${name}.x`, panel.x)
  checkAxis(where, `${name}.y`, panel.y)
  if (!Array.isArray(panel.marks) || panel.marks.length === 0) refuse(where, `${name}.marks`, 'a list of at least one mark', panel.marks)
  panel.marks.forEach((mark, k) => checkMark(where, `${name}.marks[${k}]`, mark, panel))
  if (panel.marks.every((mark) => mark.kind === 'rule' || mark.kind === 'text')) {
    refuse(where, `${name}.marks`, 'marks with data, not only rules and texts', panel.marks.map((mark) => mark.kind))
  }
  if (panel.marks.filter((mark) => mark.kind === 'heat').length > 1) refuse(where, `${name}.marks`, 'marks with at most one heat map', 'several')
}

function checkAxis(where: string, name: string, axis: FigureAxis): void {
  options(where, axis, ['label', 'type', 'domain'], name)
  text(where, `${name}.label`, axis.label)
  if (axis.type !== undefined) oneOf(where, `${name}.type`, axis.type, ['linear', 'log'])
  if (axis.domain !== undefined) {
    pair(where, `${name}.domain`, axis.domain)
    if (axis.type === 'log') positive(where, `${name}.domain[0]`, axis.domain[0])
  }
}

function checkMark(where: string, name: string, mark: Mark, panel: Panel): void {
  if (mark === null || typeof mark !== 'object') refuse(where, name, 'a mark', mark)
  oneOf(where, `${name}.kind`, mark.kind, Object.keys(names) as Kind[])
  options(where, mark, ['kind', ...names[mark.kind]], name)
  if ('label' in mark && mark.label !== undefined) text(where, `${name}.label`, mark.label)
  if ('color' in mark && mark.color !== undefined) integer(where, `${name}.color`, mark.color, 0)
  const { x, y } = panel
  switch (mark.kind) {
    case 'line':
      column(where, `${name}.x`, mark.x, x)
      column(where, `${name}.y`, mark.y, y, mark.x.length, true)
      if (mark.width !== undefined) positive(where, `${name}.width`, mark.width)
      return
    case 'points':
      column(where, `${name}.x`, mark.x, x)
      column(where, `${name}.y`, mark.y, y, mark.x.length)
      if (mark.errors !== undefined) checkErrors(where, `${name}.errors`, mark.errors, mark.x.length)
      return
    case 'band':
      column(where, `${name}.x`, mark.x, x)
      column(where, `${name}.low`, mark.low, y, mark.x.length, true)
      column(where, `${name}.high`, mark.high, y, mark.x.length, true)
      return
    case 'rule':
      oneOf(where, `${name}.axis`, mark.axis, ['x', 'y'])
      return coordinate(where, `${name}.at`, mark.at, mark.axis === 'x' ? x : y)
    case 'text':
      text(where, `${name}.text`, mark.text)
      coordinate(where, `${name}.x`, mark.x, x)
      return coordinate(where, `${name}.y`, mark.y, y)
    default:
      return checkGrid(where, name, mark, panel)
  }
}

function checkGrid(where: string, name: string, mark: Extract<Mark, { kind: 'heat' | 'contours' }>, panel: Panel): void {
  for (const axis of ['x', 'y'] as const) {
    pair(where, `${name}.${axis}`, mark[axis])
    if (panel[axis].type === 'log') refuse(where, `the ${axis} axis under ${name}`, "of type 'linear'", 'log')
  }
  const shape: unknown = mark.shape
  if (!Array.isArray(shape) || shape.length !== 2) refuse(where, `${name}.shape`, 'a pair of sizes', shape)
  mark.shape.forEach((size, k) => integer(where, `${name}.shape[${k}]`, size, 2))
  numbers(where, `${name}.values`, mark.values, mark.shape[0] * mark.shape[1], mark.kind === 'heat')
  if (mark.kind === 'contours') {
    if (mark.levels !== undefined) integer(where, `${name}.levels`, mark.levels, 1)
    return
  }
  text(where, `${name}.label`, mark.label)
  if (mark.range !== undefined) pair(where, `${name}.range`, mark.range)
}

function checkErrors(where: string, name: string, errors: Numbers, length: number): void {
  numbers(where, name, errors, length)
  const bad = Array.from(errors).findIndex((value) => value < 0)
  if (bad >= 0) refuse(where, `${name}[${bad}]`, 'a non-negative number', errors[bad])
}

/** Numbers along an axis. */
function column(where: string, name: string, values: Numbers, axis: FigureAxis, length?: number, gaps = false): void {
  numbers(where, name, values, length, gaps)
  if (axis.type !== 'log') return
  const bad = Array.from(values).findIndex((value) => value <= 0)
  if (bad >= 0) refuse(where, `${name}[${bad}]`, 'positive on a logarithmic axis', values[bad])
}

function numbers(where: string, name: string, values: Numbers, length?: number, gaps = false): void {
  const expected = length === undefined ? 'a list of at least one number' : `a list of ${length} number${length === 1 ? '' : 's'}`
  const listed = Array.isArray(values) || ArrayBuffer.isView(values)
  if (!listed || values.length === 0 || (length !== undefined && values.length !== length)) {
    refuse(where, name, expected, listed ? `${values.length} of them` : values)
  }
  let missing = 0
  for (let i = 0; i < values.length; i++) {
    if (gaps && Number.isNaN(values[i])) missing++
    else if (!Number.isFinite(values[i])) refuse(where, `${name}[${i}]`, `a finite number${gaps ? ' or NaN, a gap' : ''}`, values[i])
  }
  if (missing === values.length) refuse(where, name, 'a list with a number that is not NaN', `${missing} gaps`)
}

function coordinate(where: string, name: string, value: number, axis: FigureAxis): void {
  finite(where, name, value)
  if (axis.type === 'log' && value <= 0) refuse(where, name, 'positive on a logarithmic axis', value)
}

function pair(where: string, name: string, value: unknown): void {
  const ends = value as [number, number]
  if (!Array.isArray(value) || value.length !== 2) refuse(where, name, 'a pair of numbers', value)
  finite(where, `${name}[0]`, ends[0])
  if (!(finite(where, `${name}[1]`, ends[1]) > ends[0])) refuse(where, `${name}[1]`, `greater than ${name}[0] = ${ends[0]}`, ends[1])
}
