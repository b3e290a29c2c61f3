import { options, refuse, text } from '../core/arguments.ts'
import type { Verdict } from '../claims/claim.ts'
import type { Figure, Mark, Panel } from '../figure/figure.ts'
import { numberText } from '../figure/text.ts'
import { flat, isField } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Run } from '../optimization/minimize.ts'
import type { Ensemble } from '../sde/ensemble.ts'
import { drawEnsemble, isEnsemble } from './draw-ensemble.ts'
import type { DrawOptions } from './draw-options.ts'
import { drawRun, isRun } from './draw-run.ts'

/** What `draw` needs of a solution of `solve`. */
export interface SavedFields {
  final: Field
  times: ArrayLike<number>
  fields: readonly Field[]
}

interface Names {
  axes: string[]
  value: string
}

/** A field on the axes that have more than one node, walls (+∞) turned into gaps. */
interface Plain {
  names: string[]
  nodes: Float64Array[]
  values: Float64Array
}

const mostCurves = 7
const mostMaps = 6
/** Maps are thinned to about this many nodes along an axis, more than they have pixels. */
const mostNodes = 400

/**
 * The figure of an ensemble (histograms with bands of two standard errors), of a run (its loss over gradient evaluations), of a field (1-D a curve, 2-D colours with level lines, 3-D the slices through the middle node of each axis), of a solution
 * (1-D its saved fields as curves labelled by t, 2-D a map for each, with one colour scale; 3-D the final field) or of a verdict (its own).
 * Values of +∞ are drawn as gaps. Of more than 7 saved curves or 6 maps an evenly spread choice with the first and the last is drawn, and the caption says so.
 * @throws ArgumentError on anything else, an unknown option, or a field with more than three axes or without finite values
 */
export function draw(subject: Field | SavedFields | Ensemble | Run | Verdict, given: DrawOptions = {}): Figure {
  options('draw', given, ['title', 'axes', 'value'])
  for (const name of ['title', 'value'] as const) if (given[name] !== undefined) text('draw', name, given[name])
  if (isField(subject)) return drawField(subject, given)
  if (isEnsemble(subject)) return drawEnsemble(subject, checkNames(subject.dim, given))
  if (isRun(subject)) return drawRun(subject, given)
  if (isSolution(subject)) return drawSolution(subject, given)
  if (isVerdict(subject)) return given.title === undefined ? subject.figure : { ...subject.figure, title: given.title }
  return refuse('draw', 'subject', 'a field, a solution, an ensemble, a run or a verdict', subject)
}

function isSolution(value: unknown): value is SavedFields {
  const given = value as Partial<SavedFields> | null
  return given !== null && typeof given === 'object' && isField(given.final) && Array.isArray(given.fields) && given.times !== undefined
}

function isVerdict(value: unknown): value is Verdict {
  const given = value as Partial<Verdict> | null
  return given !== null && typeof given === 'object' && Array.isArray(given.checks) && given.figure !== undefined
}

function drawField(field: Field, given: DrawOptions): Figure {
  const names = namesOf(field, given)
  const plain = plainOf(field, names)
  if (plain.nodes.length === 1) {
    return figureOf(given.title ?? `${names.value} over ${plain.names[0]}`, [linePanel(plain, names.value, [curveOf(plain)])])
  }
  if (plain.nodes.length === 2) {
    return figureOf(given.title ?? `${names.value} over ${plain.names.join(', ')}`, [mapPanel(plain, names.value)])
  }
  const slices = [2, 1, 0].map((axis) => middleSlice(plain, axis))
  const range = rangeOf(slices.map(({ slice }) => slice))
  return figureOf(given.title ?? `${names.value} on the middle slices`, slices.map(({ slice, note }) => mapPanel(slice, names.value, note, range)), 3)
}

function drawSolution({ final, times, fields }: SavedFields, given: DrawOptions): Figure {
  const names = namesOf(final, given)
  const size = plainOf(final, names).nodes.length
  if (fields.length === 0 || size === 3) return drawField(final, given)
  if (fields.length !== times.length) refuse('draw', 'solution.times', `a list of ${fields.length} times, one for each field`, times.length)
  const most = size === 1 ? mostCurves : mostMaps
  const chosen = spread(fields.length, most)
  const plains = chosen.map((k) => plainOf(fields[k], names))
  const labels = chosen.map((k) => `t = ${numberText(times[k], 4)}`)
  const caption = chosen.length < fields.length ? `${chosen.length} of the ${fields.length} saved times.` : undefined
  const title = given.title ?? `${names.value} over ${plains[0].names.join(', ')}`
  if (size === 1) {
    const panel = linePanel(plains[0], names.value, plains.map((plain, k) => ({ ...curveOf(plain), label: labels[k] })))
    return { ...figureOf(title, [panel]), ...(caption && { caption }) }
  }
  const range = rangeOf(plains)
  const panels = plains.map((plain, k) => mapPanel(plain, names.value, labels[k], range))
  return { ...figureOf(title, panels, Math.min(3, panels.length)), ...(caption && { caption }) }
}

function figureOf(title: string, panels: Panel[], columns?: number): Figure {
  return { title, panels, ...(columns !== undefined && { columns }) }
}

function namesOf({ grid }: Field, { axes, value = 'value' }: DrawOptions): Names {
  if (axes === undefined) return { axes: grid.dim <= 3 ? ['x', 'y', 'z'].slice(0, grid.dim) : grid.axes.map((_, k) => `x${k + 1}`), value }
  checkNames(grid.dim, { axes })
  return { axes, value }
}

function checkNames(dim: number, given: DrawOptions): DrawOptions {
  const { axes } = given
  if (axes === undefined) return given
  if (!Array.isArray(axes) || axes.length !== dim) refuse('draw', 'axes', `a list of ${dim} name${dim === 1 ? '' : 's'}`, axes)
  axes.forEach((axis, k) => text('draw', `axes[${k}]`, axis))
  return given
}

function plainOf(field: Field, { axes }: Names): Plain {
  const values = flat('draw', 'field', field, true).map((value) => (value === Infinity ? NaN : value))
  if (values.every(Number.isNaN)) refuse('draw', 'field', 'a field with a finite value', 'walls everywhere')
  const used = field.grid.shape.map((_, k) => k).filter((k) => field.grid.shape[k] > 1)
  if (used.length > 3) refuse('draw', 'field', 'a field with at most 3 axes of more than one node', `${used.length} of them`)
  return { names: used.map((k) => axes[k]), nodes: used.map((k) => field.grid.coordinates(k)), values }
}

function linePanel(plain: Plain, value: string, marks: Mark[]): Panel {
  return { x: { label: plain.names[0] }, y: { label: value }, marks }
}

function curveOf({ nodes, values }: Plain): Extract<Mark, { kind: 'line' }> {
  return { kind: 'line', x: Array.from(nodes[0]), y: Array.from(values) }
}

/** Colours with level lines; without lines where values are missing, since a level line cannot end at a wall. */
function mapPanel(plain: Plain, value: string, title?: string, range?: [number, number]): Panel {
  const { nodes: [x, y], values } = thinned(plain)
  const ends = (nodes: Float64Array): [number, number] => [nodes[0], nodes[nodes.length - 1]]
  const onGrid = { x: ends(x), y: ends(y), shape: [x.length, y.length] as [number, number], values: Array.from(values) }
  const heat: Mark = { kind: 'heat', ...onGrid, label: value, ...(range && { range }) }
  const marks: Mark[] = values.some(Number.isNaN) ? [heat] : [heat, { kind: 'contours', ...onGrid }]
  return { ...(title !== undefined && { title }), x: { label: plain.names[0] }, y: { label: plain.names[1] }, marks }
}

/** Every k-th node of each axis. */
function thinned({ names, nodes: [x, y], values }: Plain): Plain {
  const [rows, columns] = [stride(x.length), stride(y.length)]
  const kept = rows.flatMap((i) => columns.map((j) => values[i * y.length + j]))
  return { names, nodes: [Float64Array.from(rows, (i) => x[i]), Float64Array.from(columns, (j) => y[j])], values: Float64Array.from(kept) }
}

/** Equidistant indices, so that the thinned grid is uniform too; a remainder at the end is left out. */
function stride(size: number): number[] {
  const step = Math.ceil((size - 1) / mostNodes)
  return Array.from({ length: Math.floor((size - 1) / step) + 1 }, (_, k) => k * step)
}

function middleSlice({ names, nodes, values }: Plain, axis: number): { slice: Plain; note: string } {
  const shape = nodes.map((list) => list.length)
  const middle = Math.floor(shape[axis] / 2)
  const [a, b] = [0, 1, 2].filter((k) => k !== axis)
  const strides = [shape[1] * shape[2], shape[2], 1]
  const slice = new Float64Array(shape[a] * shape[b])
  for (let i = 0; i < shape[a]; i++) {
    for (let j = 0; j < shape[b]; j++) slice[i * shape[b] + j] = values[i * strides[a] + j * strides[b] + middle * strides[axis]]
  }
  const note = `${names[axis]} = ${numberText(nodes[axis][middle], 4)}`
  if (slice.every(Number.isNaN)) refuse('draw', 'field', `a field with a finite value on its slice ${note}`, 'walls everywhere')
  return { slice: { names: [names[a], names[b]], nodes: [nodes[a], nodes[b]], values: slice }, note }
}

/** The common range of several maps; nothing for constant ones, which the renderer widens. */
function rangeOf(plains: readonly Plain[]): [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity]
  for (const { values } of plains) {
    for (const value of values) {
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return high > low ? [low, high] : undefined
}

/** At most `most` indices below `size`, evenly spread, the first and the last among them. */
function spread(size: number, most: number): number[] {
  return size <= most ? Array.from({ length: size }, (_, k) => k) : Array.from({ length: most }, (_, k) => Math.round((k * (size - 1)) / (most - 1)))
}
