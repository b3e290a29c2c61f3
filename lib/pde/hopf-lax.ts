import { options } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { envelopeScratch, lowerEnvelope } from '../kernels/lower-envelope.ts'

export interface HopfLax {
  /** u₀ on the nodes. */
  envelope: Field
  /** A minimising y on the nodes, one field an axis; on periodic axes the image nearest to x, so that (x − y)/γ is ∇u₀. */
  minimizer: Field[]
}

/**
 * The Hopf–Lax envelope u₀(x) = min_y f(y) + |x − y|²/(2γ) over the nodes y of the grid and their periodic images: the viscosity solution
 * of u_t = −½|∇u|² at t = γ for data on the nodes, exact to round-off, with a minimiser (one of them at a tie). f is not continued outside
 * the domain; +∞ values are walls. Against the infimum over the continuum it is at most (M + 1/γ)h²/8 an axis too high, M ≥ f″.
 * O(n) an axis: separable lower envelopes of parabolas.
 * @throws ArgumentError unless exactly one of gamma, scope, time is a positive number and f is finite somewhere
 */
export function hopfLax(initial: Field, smoothing: Smoothing): HopfLax {
  let values = flat('hopfLax', 'initial', initial, true)
  options('hopfLax', smoothing, smoothingNames)
  const gamma = smoothingTime('hopfLax', smoothing)
  if (!values.some((value) => value < Infinity)) throw new ArgumentError('hopfLax: initial must be finite somewhere, got +Infinity everywhere')
  const { grid } = initial
  const minimizers: Float64Array[] = []
  for (let axis = 0; axis < grid.dim; axis++) {
    const pass = minimizeAlong(grid, values, axis, gamma)
    values = pass.values
    for (let k = 0; k < axis; k++) minimizers[k] = minimizers[k].map((_, i) => minimizers[k][pass.source[i]])
    minimizers.push(pass.minimizer)
  }
  return { envelope: fieldOf(grid, values), minimizer: minimizers.map((data) => fieldOf(grid, data)) }
}

interface Pass {
  values: Float64Array
  /** Coordinate of the minimiser on the axis, image nearest to the node. */
  minimizer: Float64Array
  /** Flat index of the node that the minimum is taken at. */
  source: Uint32Array
}

function minimizeAlong(grid: Grid, data: Float64Array, axis: number, gamma: number): Pass {
  const n = grid.shape[axis]
  const h = grid.spacing[axis]
  const stride = grid.shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  const coordinates = grid.coordinates(axis)
  // A minimiser lies within half a period of its node.
  const images = grid.axes[axis].boundary === 'periodic' ? Math.ceil(n / 2) : 0
  const length = n + 2 * images
  const line = new Float64Array(length)
  const lineValues = new Float64Array(length)
  const lineMinimizers = new Int32Array(length)
  const scratch = envelopeScratch(length)
  const pass = { values: new Float64Array(data.length), minimizer: new Float64Array(data.length), source: new Uint32Array(data.length) }
  const c = Math.min((h * h) / (2 * gamma), Number.MAX_VALUE)
  for (let lineIndex = 0; lineIndex < data.length / n; lineIndex++) {
    const start = Math.floor(lineIndex / stride) * stride * n + (lineIndex % stride)
    for (let i = 0; i < length; i++) line[i] = data[start + wrap(i - images, n) * stride]
    lowerEnvelope(line, c, lineValues, lineMinimizers, scratch)
    for (let i = 0; i < n; i++) {
      const to = start + i * stride
      const j = lineMinimizers[i + images] - images
      const node = wrap(j, n)
      pass.values[to] = lineValues[i + images]
      pass.minimizer[to] = coordinates[node] + (j - node) * h
      pass.source[to] = start + node * stride
    }
  }
  return pass
}

function wrap(i: number, n: number): number {
  return i < 0 ? i + n * Math.ceil(-i / n) : i % n
}
