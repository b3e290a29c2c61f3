import { extend } from '../../grid/boundary.ts'
import type { Axis, Grid } from '../../grid/grid.ts'
import type { Derivative } from './derivatives.ts'

/** Fills the one-sided derivatives of the line with this number. */
export type LineDerivatives = (line: Float64Array, index: number, left: Float64Array, right: Float64Array) => void

/** ∂H/∂p_k on an end node where the line leaves it with this slope. */
export type EndVelocity = (node: number, slope: number) => number

/**
 * Derivatives along one axis with its boundary. At an 'extrapolate' end lines continue linearly where waves enter: the slope there then stays what it is. Where
 * they leave the line continues by a polynomial through its last nodes, of as many terms as the derivative asks for and the data are smooth for, so that the
 * order is kept; the end node itself has the derivative from inside only. Affine lines stay affine.
 */
export function lineDerivatives(grid: Grid, k: number, derivative: Derivative, velocity: EndVelocity): LineDerivatives {
  const axis = grid.axes[k]
  const n = axis.size
  const h = grid.spacing[k]
  const { ghosts } = derivative
  const terms = continuedTerms(axis, derivative)
  const ghosted = new Float64Array(n + 2 * ghosts)
  const differentiate = derivative.prepare(n)
  if (terms === 0) {
    return (line, _index, left, right) => {
      extend(axis, line, ghosts, ghosted)
      differentiate(ghosted, h, left, right)
    }
  }
  const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
  return (line, index, left, right) => {
    const first = (index - (index % stride)) * n + (index % stride)
    const leavesLow = velocity(first, (line[1] - line[0]) / h) < 0
    const leavesHigh = velocity(first + (n - 1) * stride, (line[n - 1] - line[n - 2]) / h) > 0
    ghosted.set(line, ghosts)
    continueLine(ghosted, ghosts, -1, leavesLow ? terms : 0, n, ghosts)
    continueLine(ghosted, ghosts + n - 1, 1, leavesHigh ? terms : 0, n, ghosts)
    differentiate(ghosted, h, left, right)
    if (leavesLow) left[0] = right[0]
    if (leavesHigh) right[n - 1] = left[n - 1]
  }
}

/** Differences of slopes by which lines continue through ends from which waves leave; 0 where they are extended as the boundary says. */
export function continuedTerms(axis: Required<Axis>, { terms }: Derivative): number {
  return axis.boundary === 'extrapolate' && axis.size >= 5 ? terms : 0
}

/**
 * Writes ghosts beyond `end`, outwards by `step`: each slope is extrapolated from the last ones by Newton's backward differences. A difference counts in full when
 * it is at most half the largest of the three last of one order less, as in smooth data that the grid resolves, and not at all when it is as large: no kink is
 * continued into the ghosts.
 */
function continueLine(ghosted: Float64Array, end: number, step: 1 | -1, terms: number, n: number, ghosts: number): void {
  const at = (i: number): number => ghosted[end - step * i]
  const slope = at(0) - at(1)
  let [first, second, third] = [0, 0, 0]
  if (terms > 0) {
    const e0 = slope - (at(1) - at(2))
    const e1 = at(1) - at(2) - (at(2) - at(3))
    const e2 = at(2) - at(3) - (at(3) - at(4))
    const c0 = e0 - e1
    const c1 = e1 - e2
    const trust = shareOf(c0, Math.max(Math.abs(e0), Math.abs(e1), Math.abs(e2)))
    first = trust * e0
    if (terms > 1) second = trust * c0
    if (terms > 2 && n > 5) {
      const c2 = e2 - (at(3) - at(4) - (at(4) - at(5)))
      third = trust * shareOf(c0 - c1, Math.max(Math.abs(c0), Math.abs(c1), Math.abs(c2))) * (c0 - c1)
    }
  }
  let value = at(0)
  for (let j = 1; j <= ghosts; j++) {
    value += slope + j * (first + ((j + 1) / 2) * (second + ((j + 2) / 3) * third))
    ghosted[end + step * j] = value
  }
}

function shareOf(difference: number, largest: number): number {
  const size = Math.abs(difference)
  return size <= 0.5 * largest ? 1 : size < largest ? 2 - (2 * size) / largest : 0
}
