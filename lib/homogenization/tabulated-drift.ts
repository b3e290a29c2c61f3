import { ArgumentError } from '../core/errors.ts'
import { refuse } from '../core/arguments.ts'
import { field } from '../grid/field.ts'
import { grid as gridOf } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import type { LocalGibbs } from '../pde/local-entropy/measure.ts'
import { localGibbs as localGibbsFields } from '../pde/local-gibbs-fields.ts'
import { reachOf } from './grid-drift.ts'

/** ∇u on the nodes of a box: plain numbers. */
export interface GradientTable {
  axes: readonly { min: number; spacing: number; size: number }[]
  /** One component after the other, each in C order. */
  gradient: Float64Array
  /** Largest error of a component of the interpolated gradient that was seen. */
  error: number
}

/** Nodes that a sum may run over. */
const mostNodes = 2 ** 21

/**
 * ∇u = (x − ⟨y⟩)/γ on the nodes of a grid, from sums over a finer one that also holds the mass of the local Gibbs laws at its edges. The spacing of the sums halves until they
 * change by less than the error of the cubic interpolation between the nodes, which is read off at the midpoints, or by 1e−12 of the gradient's size. The stated error is what both leave.
 * @throws ArgumentError when the sums do not settle within 2^21 nodes
 */
export function tabulatedGradient(measure: Omit<LocalGibbs, 'x'>, grid: Grid): GradientTable {
  const { where } = measure
  const axes = grid.axes.map(({ min, size, boundary, nodes }, k) => {
    if (boundary !== 'extrapolate' || nodes !== 'vertices' || size < 4) refuse(where, 'grid', 'of vertices, at least 4 along each axis, without a boundary', grid.axes[k])
    return { min, spacing: grid.spacing[k], size }
  })
  const pad = paddingOf(measure, grid)
  let coarse = gradientOn(measure, axes, pad, 1, 1)
  for (let parts = 2; ; parts *= 2) {
    const fine = gradientOn(measure, axes, pad, parts, 2)
    const table = { axes, gradient: everySecond(fine, axes), error: 0 }
    const change = largestDifference(parts === 2 ? table.gradient : fine, coarse)
    const interpolated = interpolationError(table, fine)
    const size = table.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0)
    if (change <= Math.max(interpolated, 1e-12 * size)) return { ...table, error: interpolated + change }
    coarse = fine
  }
}

/** Nodes to be added on each side of each axis. */
function paddingOf(measure: Omit<LocalGibbs, 'x'>, grid: Grid): number[] {
  const reach = grid.axes.map(() => 0)
  for (let corner = 0; corner < 3 ** grid.dim; corner++) {
    const x = Float64Array.from(grid.axes, ({ min, max }, k) => min + ((max - min) * (Math.floor(corner / 3 ** k) % 3)) / 2)
    reachOf({ ...measure, x }).forEach((far, k) => (reach[k] = Math.max(reach[k], far)))
  }
  return reach.map((far, k) => Math.ceil(far / grid.spacing[k]))
}

/** The gradient from sums at 1/parts of the spacing, on the points of the box at 1/kept of it. */
function gradientOn(measure: Omit<LocalGibbs, 'x'>, axes: GradientTable['axes'], pad: readonly number[], parts: number, kept: number): Float64Array {
  const { where, f, gamma, beta } = measure
  const wide = gridOf(axes.map(({ min, spacing, size }, k) => ({
    min: min - pad[k] * spacing, max: min + (size - 1 + pad[k]) * spacing, size: (size - 1 + 2 * pad[k]) * parts + 1,
  })))
  if (wide.size > mostNodes) {
    throw new ArgumentError(`${where}: grid must be small enough for sums over at most ${mostNodes} nodes, got ${wide.size}, which hold the mass of the fast laws; use a smaller one, or method 'quadrature'`)
  }
  const { gradient } = localGibbsFields(field(wide, f), { gamma, beta })
  const shape = axes.map(({ size }) => kept * (size - 1) + 1)
  const count = shape.reduce((product, n) => product * n, 1)
  const places = Int32Array.from({ length: count }, (_, i) => {
    let [place, rest, stride] = [0, i, 1]
    for (let k = axes.length - 1; k >= 0; k--) {
      place += stride * (pad[k] * parts + (parts / kept) * (rest % shape[k]))
      rest = Math.floor(rest / shape[k])
      stride *= wide.shape[k]
    }
    return place
  })
  const out = new Float64Array(axes.length * count)
  gradient.forEach(({ values }, k) => places.forEach((place, i) => (out[k * count + i] = values.data[place])))
  return out
}

/** The numbers on the nodes, of those on the nodes and the midpoints. */
function everySecond(fine: Float64Array, axes: GradientTable['axes']): Float64Array {
  const count = axes.reduce((product, { size }) => product * (2 * size - 1), 1)
  return fine.filter((_, j) => {
    let rest = j % count
    return axes.toReversed().every(({ size }) => {
      const digit = rest % (2 * size - 1)
      rest = Math.floor(rest / (2 * size - 1))
      return digit % 2 === 0
    })
  })
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0)
}

function interpolationError(table: GradientTable, fine: Float64Array): number {
  const { axes } = table
  const dim = axes.length
  const count = fine.length / dim
  const x = new Float64Array(dim)
  const gradient = new Float64Array(dim)
  let worst = 0
  for (let i = 0; i < count; i++) {
    for (let k = dim - 1, rest = i; k >= 0; k--) {
      const side = 2 * axes[k].size - 1
      x[k] = axes[k].min + (axes[k].spacing * (rest % side)) / 2
      rest = Math.floor(rest / side)
    }
    lookUp(table, x, gradient)
    for (let k = 0; k < dim; k++) worst = Math.max(worst, Math.abs(gradient[k] - fine[k * count + i]))
  }
  return worst
}

/** ∇u at a point by cubic interpolation along each axis (Lagrange, four nodes; of fourth order); false outside the box, where nothing is written. */
export function lookUp({ axes, gradient }: GradientTable, x: ArrayLike<number>, out: Float64Array): boolean {
  const dim = axes.length
  let terms: { place: number; weight: number }[] = [{ place: 0, weight: 1 }]
  let count = 1
  for (let k = 0; k < dim; k++) {
    const { min, spacing, size } = axes[k]
    const at = (x[k] - min) / spacing
    // Rounding of the last node's place is no reason to leave the box.
    if (!(at >= -1e-9 && at <= size - 1 + 1e-9)) return false
    const cell = Math.min(Math.max(Math.floor(at), 1), size - 3)
    const t = at - cell
    const weights = [(-t * (t - 1) * (t - 2)) / 6, ((t + 1) * (t - 1) * (t - 2)) / 2, (-(t + 1) * t * (t - 2)) / 2, ((t + 1) * t * (t - 1)) / 6]
    terms = terms.flatMap(({ place, weight }) => weights.map((w, j) => ({ place: place * size + cell - 1 + j, weight: weight * w })))
    count *= size
  }
  for (let k = 0; k < dim; k++) {
    let sum = 0
    for (const { place, weight } of terms) sum += weight * gradient[k * count + place]
    out[k] = sum
  }
  return true
}
