import { options, refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid as makeGrid, isGrid } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import { envelopeScratch, lowerHull, upperLines } from '../kernels/lower-envelope.ts'

export interface Legendre {
  /** f* on the grid of slopes. */
  conjugate: Field
  /** A maximising x, one field an axis, on the grid of slopes: a subgradient of f* there. */
  maximizer: Field[]
}

/**
 * The Legendre–Fenchel transform f*(p) = max_x p·x − f(x) over the nodes x of f's grid, at the nodes p of the grid `slopes`, with a maximiser (one of them at a
 * tie). Exact for the data on the nodes up to round-off, eps·(|p||x| + |f|); +∞ values are walls. Against the supremum over the continuum it is at most Mh²/8
 * an axis too low, M ≥ f″, where the supremum is taken inside the grid. O(n + m) a line, axis by axis: the maximum over x is one over x₁ of one over x₂, ….
 * @throws ArgumentError when f is +∞ everywhere or has a periodic axis (f* is then +∞ but at p = 0), and for slopes of another dimension
 */
export function legendre(field: Field, given: { slopes: Grid }): Legendre {
  const values = checkedValues('legendre', field)
  options('legendre', given, ['slopes'])
  const { data, sources } = conjugated(values, field.grid, checkedSlopes('legendre', given.slopes, field.grid))
  const { slopes } = given
  let stride = 1
  const maximizer = new Array<Field>(slopes.dim)
  for (let axis = slopes.dim - 1; axis >= 0; axis--) {
    const [n, x, apart] = [field.grid.shape[axis], field.grid.coordinates(axis), stride]
    const places = new Float64Array(sources.length)
    for (let i = 0; i < places.length; i++) places[i] = x[Math.floor(sources[i] / apart) % n]
    maximizer[axis] = fieldOf(slopes, places)
    stride *= n
  }
  return { conjugate: fieldOf(slopes, data), maximizer }
}

/**
 * The biconjugate f** on the nodes of f's grid: the largest convex function below f, its convex envelope.
 *
 * Without `slopes`, in 1-D: the exact lower convex hull of the nodes, up to round-off; +∞ outside the outermost finite nodes.
 * With `slopes`, and in more dimensions: the largest function below f among the maxima of planes with these slopes, max_p p·x − f*(p), which is convex and at most
 * the convex envelope of the nodes, and lower than it by at most Σ_k δ_k d_k/2, δ the spacing of the slopes and d the extent of the grid, where they span the
 * envelope's slopes; its transform on these slopes is that of f. Finite also where f has walls. The slopes are by default, on each axis, 2n + 1 from the
 * least to the largest difference quotient of neighbours, which span those of the envelope when f is finite everywhere.
 * @throws ArgumentError as `legendre`, and in more than one dimension for walls without slopes
 */
export function biconjugate(field: Field, given: { slopes?: Grid } = {}): Field {
  const where = 'biconjugate'
  const values = checkedValues(where, field)
  options(where, given, ['slopes'])
  const { grid } = field
  if (given.slopes === undefined && grid.dim === 1) return fieldOf(grid, convexHull(grid.coordinates(0), values))
  const slopes = given.slopes === undefined ? spanningSlopes(where, values, grid) : checkedSlopes(where, given.slopes, grid)
  const { data } = conjugated(conjugated(values, grid, slopes).data, slopes, grid)
  // max_p p·x − f*(p) ≤ f(x) holds but for round-off.
  return fieldOf(grid, data.map((value, i) => Math.min(value, values[i])))
}

function checkedValues(where: string, field: Field): Float64Array {
  const values = flat(where, 'field', field, true)
  const periodic = field.grid.axes.findIndex(({ boundary }) => boundary === 'periodic')
  if (periodic >= 0) {
    throw new ArgumentError(`${where}: field must be without periodic axes (a transform is then Infinity but at slope 0), got axis ${periodic} periodic`)
  }
  if (!values.some((value) => value < Infinity)) throw new ArgumentError(`${where}: field must be finite somewhere, got +Infinity everywhere`)
  return values
}

function checkedSlopes(where: string, slopes: unknown, grid: Grid): Grid {
  if (!isGrid(slopes)) return refuse(where, 'slopes', 'a grid made by grid()', slopes)
  return slopes.dim === grid.dim ? slopes : refuse(where, 'slopes', `a grid of dimension ${grid.dim}`, `dimension ${slopes.dim}`)
}

/** f* on the nodes of `slopes`, and the flat indices of the maximising nodes. */
function conjugated(values: Float64Array, grid: Grid, slopes: Grid): { data: Float64Array; sources: Uint32Array } {
  let data = values
  let sources: Uint32Array = new Uint32Array(values.length).map((_, i) => i)
  const shape = grid.shape.slice()
  for (let axis = grid.dim - 1; axis >= 0; axis--) {
    const pass = maximizeAlong(data, sources, shape, axis, grid.coordinates(axis), slopes.coordinates(axis))
    shape[axis] = slopes.shape[axis]
    sources = pass.sources
    // The axes that follow maximise p·x + value, that is, p·x less the negative.
    data = axis === 0 ? pass.data : pass.data.map((value) => -value)
  }
  return { data, sources }
}

/** Lines handled together on a slow axis: as many numbers as a cache line holds. */
const together = 8

function maximizeAlong(
  data: Float64Array, from: Uint32Array, shape: readonly number[], axis: number, x: Float64Array, p: Float64Array,
): { data: Float64Array; sources: Uint32Array } {
  const [n, m] = [x.length, p.length]
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1)
  const width = Math.min(together, stride)
  const lines = Array.from({ length: width }, () => ({ f: new Float64Array(n), values: new Float64Array(m), maximizers: new Int32Array(m) }))
  const scratch = envelopeScratch(n)
  const result = { data: new Float64Array((data.length / n) * m), sources: new Uint32Array((data.length / n) * m) }
  for (let slab = 0; slab < data.length / (n * stride); slab++) {
    for (let first = 0; first < stride; first += width) {
      const count = Math.min(width, stride - first)
      const start = slab * stride * n + first
      for (let j = 0; j < n; j++) for (let b = 0; b < count; b++) lines[b].f[j] = data[start + j * stride + b]
      for (let b = 0; b < count; b++) upperLines(x, lines[b].f, p, lines[b].values, lines[b].maximizers, scratch)
      const to = slab * stride * m + first
      for (let i = 0; i < m; i++) {
        for (let b = 0; b < count; b++) {
          result.data[to + i * stride + b] = lines[b].values[i]
          result.sources[to + i * stride + b] = from[start + lines[b].maximizers[i] * stride + b]
        }
      }
    }
  }
  return result
}

/** The lower convex hull of the points (x_j, f_j) at the x_j. */
function convexHull(x: Float64Array, f: Float64Array): Float64Array {
  const scratch = envelopeScratch(f.length)
  const { vertices } = scratch
  const count = lowerHull(x, f, scratch)
  const hull = new Float64Array(f.length).fill(Infinity)
  hull[vertices[0]] = f[vertices[0]]
  for (let k = 1; k < count; k++) {
    const [p, q] = [vertices[k - 1], vertices[k]]
    for (let j = p + 1; j < q; j++) {
      const share = (x[j] - x[p]) / (x[q] - x[p])
      hull[j] = Math.min(f[j], (1 - share) * f[p] + share * f[q])
    }
    hull[q] = f[q]
  }
  return hull
}

/** Slopes from the least to the largest difference quotient of neighbours on each axis. */
function spanningSlopes(where: string, values: Float64Array, grid: Grid): Grid {
  if (values.includes(Infinity)) throw new ArgumentError(`${where}: slopes must be given when the field has walls in more than one dimension, got none`)
  return makeGrid(grid.shape.map((n, axis) => {
    const stride = grid.shape.slice(axis + 1).reduce((product, size) => product * size, 1)
    let [least, most] = [Infinity, -Infinity]
    for (let i = 0; i < values.length; i++) {
      if (Math.floor(i / stride) % n === n - 1) continue
      const slope = (values[i + stride] - values[i]) / grid.spacing[axis]
      least = Math.min(least, slope)
      most = Math.max(most, slope)
    }
    if (least > most) return { min: -1, max: 1, size: 3 }
    // A field that is linear along the axis has one slope, which is the middle one here.
    const widened = Math.max(1, Math.abs(least))
    return most > least ? { min: least, max: most, size: 2 * n + 1 } : { min: least - widened, max: least + widened, size: 3 }
  }))
}
