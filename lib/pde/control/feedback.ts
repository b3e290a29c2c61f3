import { finite, refuse } from '../../core/arguments.ts'
import { defineMaker, portable } from '../../execution/portable.ts'
import { fieldOf } from '../../grid/field.ts'
import { grid as gridOf } from '../../grid/grid.ts'
import type { Axis } from '../../grid/grid.ts'
import { findCorners, weightedSum } from '../../grid/interpolation.ts'
import type { Corners } from '../../grid/interpolation.ts'
import { gradient } from '../../grid/operators.ts'
import type { Potential } from '../../potential/potential.ts'

/** Writes the control of the point x at time t, or a drift that holds it, to `out`. */
export type Feedback = (x: ArrayLike<number>, t: number, out: Float64Array) => void

/** The four nearest of `count` equally spaced places, and their weights in the cubic through them, at place s in units of the distance. */
export function cubicWeights(count: number, s: number): { first: number; weights: number[] } {
  const first = Math.min(Math.max(Math.floor(s) - 1, 0), count - 4)
  const z = s - first
  return { first, weights: [0, 1, 2, 3].map((i) => [0, 1, 2, 3].reduce((product, j) => (j === i ? product : (product * (z - j)) / (i - j)), 1)) }
}

/**
 * α = −∇u from values of u at equally spaced times, from the last, t = time, to the first, t = 0: central differences, multilinear in x and cubic in t. Made of
 * plain data, so that other threads can make it too; the differences are taken when first asked for.
 */
export function feedback(axes: readonly Required<Axis>[], time: number, values: readonly Float64Array[]): Feedback {
  const grid = gridOf(axes)
  const known = new Map<number, Float64Array[]>()
  const slopesOf = (k: number): Float64Array[] => {
    if (!known.has(k)) known.set(k, gradient(fieldOf(grid, values[k])).map((slope) => slope.values.data))
    return known.get(k)!
  }
  const at = (t: number): { t: number; weights: number[]; slopes: Float64Array[][] } => {
    const { first, weights } = cubicWeights(values.length, ((values.length - 1) * (time - within(t, time))) / time)
    return { t, weights, slopes: weights.map((_, k) => slopesOf(first + k)) }
  }
  const held = new Float64Array(grid.dim)
  const corners: Corners = { index: [], weight: [] }
  // All paths of a step ask for the same time.
  let present = at(time)
  return portable((x, t, out) => {
    if (x.length !== grid.dim) refuse('policy', 'x', `a point of ${grid.dim} coordinate${grid.dim === 1 ? '' : 's'}`, x)
    if (present.t !== t) present = at(t)
    for (let k = 0; k < grid.dim; k++) held[k] = heldOn(grid.axes[k], x[k])
    findCorners('policy', grid, held, corners)
    const { weights, slopes } = present
    for (let k = 0; k < grid.dim; k++) {
      out[k] = 0
      for (let j = 0; j < 4; j++) if (weights[j] !== 0) out[k] -= weights[j] * weightedSum(corners, slopes[j][k])
    }
  }, 'feedback', axes, time, values)
}

/** The last steps of a march may end a rounding error away from the end. */
function within(t: number, time: number): number {
  finite('policy', 't', t)
  if (t < -1e-9 * time || t > (1 + 1e-9) * time) refuse('policy', 't', `a time from 0 to ${time}`, t)
  return Math.min(Math.max(t, 0), time)
}

/** Where u is held or reflected its slope does not continue as u does. */
function heldOn({ min, max, boundary }: Required<Axis>, x: number): number {
  return boundary === 'periodic' || boundary === 'extrapolate' || !Number.isFinite(x) ? x : Math.min(Math.max(x, min), max)
}

/** −∇f + α. */
export function controlledDrift(potential: Potential, policy: Feedback): Feedback {
  const slope = new Float64Array(potential.dim)
  return portable((x, t, out) => {
    policy(x, t, out)
    potential.gradient(x, slope)
    for (let k = 0; k < slope.length; k++) out[k] -= slope[k]
  }, 'controlled-drift', potential, policy)
}

defineMaker('feedback', feedback)
defineMaker('controlled-drift', controlledDrift)
