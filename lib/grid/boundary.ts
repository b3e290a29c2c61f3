import { endsAreNodes } from './grid.ts'
import type { Axis } from './grid.ts'

/**
 * Writes a line of `n` values continued by `ghosts` nodes on each side, as its axis says, to `out` (n + 2·ghosts numbers): periodic;
 * Neumann, even about the end (a node or a cell face); linear extrapolation; Dirichlet, odd about the end's value, so that the end holds c.
 */
export function extend(axis: Required<Axis>, line: Float64Array, ghosts: number, out: Float64Array): void {
  const n = line.length
  out.set(line, ghosts)
  const { boundary } = axis
  const onNode = endsAreNodes(axis)
  for (let k = 1; k <= ghosts; k++) {
    let left: number
    let right: number
    if (boundary === 'periodic') {
      left = line[(n - (k % n)) % n]
      right = line[(k - 1) % n]
    } else if (boundary === 'extrapolate') {
      left = n === 1 ? line[0] : line[0] + k * (line[0] - line[1])
      right = n === 1 ? line[0] : line[n - 1] + k * (line[n - 1] - line[n - 2])
    } else {
      const place = onNode ? k : k - 1
      const inside = mirrored(place, n, onNode)
      left = line[inside]
      right = line[n - 1 - inside]
      // Reflected at both ends a value is what it was.
      if (boundary !== 'neumann' && inside === place % reflectionPeriod(n, onNode)) {
        left = 2 * boundary.dirichlet - left
        right = 2 * boundary.dirichlet - right
      }
    }
    out[ghosts - k] = left
    out[ghosts + n - 1 + k] = right
  }
}

/** Index of the node that mirrors the k-th one beyond the left end of a line of n nodes (a line may be shorter than its ghosts). */
export function mirrored(k: number, n: number, onNode: boolean): number {
  const period = reflectionPeriod(n, onNode)
  const i = k % period
  return i < n ? i : period - i - (onNode ? 0 : 1)
}

export function reflectionPeriod(n: number, onNode: boolean): number {
  return onNode ? 2 * n - 2 : 2 * n
}

/** Whether a flow of heat leaves the end nodes where they are. */
export function holdsEnds(axis: Required<Axis>): boolean {
  return axis.boundary === 'extrapolate' || (typeof axis.boundary === 'object' && endsAreNodes(axis))
}
