import { callable, refuse } from '../core/arguments.ts'
import { solveDefinite } from '../core/cholesky.ts'
import { ArgumentError } from '../core/errors.ts'
import { nodeAt, nodes } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { lineMinimum } from './line-minimum.ts'

/** The potential, when it has the field's values on the nodes. */
export function checkedPotential(where: string, potential: Potential, grid: Grid, values: Float64Array): Potential {
  if (!isPotential(potential)) refuse(where, 'refine', 'a potential', potential)
  if (potential.dim !== grid.dim) refuse(where, 'refine', `a potential of dimension ${grid.dim}`, `dimension ${potential.dim}`)
  for (const name of ['values', 'hessian'] as const) callable(where, `refine.${name}`, potential[name])
  const given = potential.values(nodes(grid))
  const size = values.reduce((most, value) => (value < Infinity ? Math.max(most, Math.abs(value)) : most), 0)
  const differs = given.findIndex((value, i) => value !== values[i] && !(Math.abs(value - values[i]) <= 1e-8 * size))
  if (differs >= 0) {
    throw new ArgumentError(`${where}: refine must be the potential that initial holds, ${values[differs]} at (${nodeAt(grid, differs).join(', ')}), got ${given[differs]}`)
  }
  return potential
}

/** φ(y) = f(y) + Σ_k (x_k − y_k)²/(2γ_k) on the domain's box, f repeated on periodic axes; x may be moved. */
interface Objective {
  dim: number
  x: Float64Array
  gammas: readonly number[]
  spacing: readonly number[]
  /** The box; ∓∞ on periodic axes. */
  low: Float64Array
  high: Float64Array
  value(y: Float64Array): number
  /** ∇φ, to `out`: NaN where f has no gradient. */
  gradient(y: Float64Array, out: Float64Array): Float64Array
  /** ∇²f, row major. */
  curvature(y: Float64Array): Float64Array
}

/** Neighbouring minimisers farther apart than this many spacings may lie in different wells. */
const apart = 1.5
/** Gradients are let pass as zero up to this count of eps times the size of their terms. */
const stationary = 4

/** Local minima of φ next to the minimising nodes of each node and of its neighbours: the least value with its place. */
export function refined(
  grid: Grid, potential: Potential, gammas: readonly number[], values: Float64Array, minimizers: readonly Float64Array[],
): { values: Float64Array; minimizers: Float64Array[] } {
  const { dim, shape, spacing } = grid
  const objective = objectiveOf(grid, potential, gammas)
  const coordinates = shape.map((_, axis) => grid.coordinates(axis))
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, m) => product * m, 1))
  const result = { values: values.slice(), minimizers: minimizers.map((data) => data.slice()) }
  const y = new Float64Array(dim)
  /** Follows y down for node i and keeps what is lower. */
  const follow = (i: number): void => {
    const value = descend(objective, y)
    if (!(value < result.values[i])) return
    result.values[i] = value
    for (let k = 0; k < dim; k++) result.minimizers[k][i] = y[k]
  }
  for (let i = 0; i < grid.size; i++) {
    for (let k = 0; k < dim; k++) {
      objective.x[k] = coordinates[k][Math.floor(i / strides[k]) % shape[k]]
      y[k] = minimizers[k][i]
    }
    follow(i)
    for (let axis = 0; axis < dim; axis++) {
      const { boundary, min, max } = grid.axes[axis]
      const at = Math.floor(i / strides[axis]) % shape[axis]
      for (let step = -1; step <= 1; step += 2) {
        const inside = at + step >= 0 && at + step < shape[axis]
        if (!inside && (boundary !== 'periodic' || shape[axis] === 1)) continue
        const neighbour = i + (inside ? step : step * (1 - shape[axis])) * strides[axis]
        let far = false
        for (let k = 0; k < dim; k++) {
          // Across a periodic end the neighbour's minimisers are a period away.
          y[k] = minimizers[k][neighbour] + (k === axis && !inside ? step * (max - min) : 0)
          far ||= Math.abs(y[k] - minimizers[k][i]) > apart * spacing[k]
        }
        if (far) follow(i)
      }
    }
  }
  return result
}

function objectiveOf(grid: Grid, potential: Potential, gammas: readonly number[]): Objective {
  const { dim } = grid
  const x = new Float64Array(dim)
  const periodic = grid.axes.map(({ boundary }) => boundary === 'periodic')
  const wraps = periodic.includes(true)
  const place = new Float64Array(dim)
  /** The point of the domain that f has at y the value of. */
  const inside = (y: Float64Array): Float64Array => {
    if (!wraps) return y
    for (let k = 0; k < dim; k++) {
      const { min, max } = grid.axes[k]
      place[k] = periodic[k] && (y[k] < min || y[k] >= max) ? y[k] - (max - min) * Math.floor((y[k] - min) / (max - min)) : y[k]
    }
    return place
  }
  return {
    dim, x, gammas, spacing: grid.spacing,
    low: Float64Array.from(grid.axes, ({ min }, k) => (periodic[k] ? -Infinity : min)),
    high: Float64Array.from(grid.axes, ({ max }, k) => (periodic[k] ? Infinity : max)),
    value(y) {
      let sum = 0
      for (let k = 0; k < dim; k++) if (y[k] !== x[k]) sum += ((y[k] - x[k]) * (y[k] - x[k])) / (2 * gammas[k])
      return potential.value(inside(y)) + sum
    },
    gradient(y, out) {
      orNaN(out, () => potential.gradient(inside(y), out))
      for (let k = 0; k < dim; k++) if (y[k] !== x[k]) out[k] += (y[k] - x[k]) / gammas[k]
      return out
    },
    curvature: (y) => orNaN(new Float64Array(dim * dim), (out) => potential.hessian(inside(y), out)),
  }
}

/** Fills `out`, with NaN where the potential refuses to have a derivative: at a kink. */
function orNaN(out: Float64Array, fill: (out: Float64Array) => unknown): Float64Array {
  try {
    fill(out)
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
    out.fill(NaN)
  }
  return out
}

/**
 * Moves y to the local minimum next to it and returns its value: on the line by the sign of φ′, on more axes by Newton's method and, where that does not end (at a
 * kink), axis by axis.
 */
function descend(objective: Objective, y: Float64Array): number {
  if (objective.dim === 1) alongAxis(objective, y, 0)
  else if (!newton(objective, y)) axisByAxis(objective, y)
  return objective.value(y)
}

/** Moves coordinate k of y to a local minimum next to it. */
function alongAxis(objective: Objective, y: Float64Array, k: number): void {
  const { x, gammas, low, high, spacing } = objective
  const h = spacing[k]
  const gradient = new Float64Array(objective.dim)
  const valueAt = (at: number): number => {
    y[k] = at
    return objective.value(y)
  }
  let middle = y[k]
  let value = valueAt(middle)
  const towards = (step: number): number => Math.max(low[k], Math.min(high[k], middle + step))
  // The minimising node of a neighbour need not be a local minimum over the nodes for x.
  for (let walked = 0; walked < 1024; walked++) {
    const [left, right] = [valueAt(towards(-h)), valueAt(towards(h))]
    if (!(Math.min(left, right) < value)) break
    middle = towards(left < right ? -h : h)
    value = Math.min(left, right)
  }
  y[k] = lineMinimum({
    value: valueAt,
    slope(at) {
      y[k] = at
      return objective.gradient(y, gradient)[k]
    },
    noise: (at, slope) => (Number.EPSILON / 2) * (Math.abs(slope - (at - x[k]) / gammas[k]) + (Math.abs(x[k]) + Math.abs(at)) / gammas[k]),
  }, towards(-h), middle, towards(h))
}

/** Line minima along the axes in turn for as long as they lower φ. */
function axisByAxis(objective: Objective, y: Float64Array): void {
  for (let round = 0, before = objective.value(y); round < 64; round++) {
    for (let k = 0; k < objective.dim; k++) alongAxis(objective, y, k)
    const value = objective.value(y)
    if (!(value < before)) break
    before = value
  }
}

/**
 * Newton steps of at most a spacing, damped where φ is not convex or would rise, with coordinates held at the box where φ falls out of it. Tells whether the
 * gradient came down to round-off.
 */
function newton(objective: Objective, y: Float64Array): boolean {
  const { dim } = objective
  const gradient = objective.gradient(y, new Float64Array(dim))
  const trial = new Float64Array(dim)
  const slope = new Float64Array(dim)
  let value = objective.value(y)
  let damping = 0
  for (let k = 0; k < 50; k++) {
    const held = heldAxes(objective, y, gradient)
    const count = residual(objective, y, gradient, held)
    if (Number.isNaN(count)) return false
    if (count <= stationary) return true
    const step = damped(objective, y, gradient, held, damping)
    if (step === undefined) {
      damping = Math.max(1, 4 * damping)
      continue
    }
    for (let c = 0; c < dim; c++) trial[c] = Math.max(objective.low[c], Math.min(objective.high[c], y[c] - step[c]))
    const next = objective.value(trial)
    objective.gradient(trial, slope)
    // Next to the minimum values say no more, and the gradient decides.
    const tie = Math.abs(next - value) <= 8 * Number.EPSILON * Math.abs(value)
    if (tie ? residual(objective, trial, slope, heldAxes(objective, trial, slope)) < count : next < value) {
      y.set(trial)
      gradient.set(slope)
      value = next
      damping = damping > 1e-3 ? damping / 8 : 0
    } else if (tie && damping === 0) return count <= 2 ** 10
    else damping = Math.max(1e-2, 8 * damping)
  }
  return false
}

function heldAxes({ low, high }: Objective, y: Float64Array, gradient: Float64Array): boolean[] {
  return Array.from(y, (at, k) => (at <= low[k] && gradient[k] > 0) || (at >= high[k] && gradient[k] < 0))
}

/** The largest free component of ∇φ, as a count of eps times the size of its terms. */
function residual({ x, gammas }: Objective, y: Float64Array, gradient: Float64Array, held: readonly boolean[]): number {
  let most = 0
  for (let k = 0; k < y.length; k++) {
    if (held[k] || gradient[k] === 0) continue
    const terms = Math.abs(gradient[k] - (y[k] - x[k]) / gammas[k]) + (Math.abs(x[k]) + Math.abs(y[k])) / gammas[k]
    const count = Math.abs(gradient[k]) / (Number.EPSILON * terms)
    if (!(count <= most)) most = count
  }
  return most
}

/** (∇²φ + damping/γ)⁻¹∇φ on the free axes, shortened to a spacing; nothing where the matrix is not positive definite. */
function damped(
  { dim, gammas, spacing, curvature }: Objective, y: Float64Array, gradient: Float64Array, held: readonly boolean[], damping: number,
): Float64Array | undefined {
  const matrix = curvature(y)
  for (let k = 0; k < dim; k++) {
    matrix[k * dim + k] += (1 + damping) / gammas[k]
    if (!held[k]) continue
    for (let l = 0; l < dim; l++) matrix[k * dim + l] = matrix[l * dim + k] = k === l ? 1 : 0
  }
  const step = solveDefinite(matrix, gradient.map((value, k) => (held[k] ? 0 : value)))
  if (step === undefined) return undefined
  const longest = step.reduce((most, value, k) => Math.max(most, Math.abs(value) / spacing[k]), 0)
  return longest > 1 ? step.map((value) => value / longest) : step
}
