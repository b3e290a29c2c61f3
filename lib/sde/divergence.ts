import type { PathBlock } from './block.ts'

/** Farther out, in units of the starting point's size and 1, a path has diverged: an explosion is not to be averaged while its numbers are still finite. */
const farthest = 1e10

/** Turns paths that have diverged into NaN. Called after every step, so that a path's divergence does not depend on when it is looked at. */
export type DropDiverged = (block: Pick<PathBlock, 'x' | 'space'>) => void

/** For a block of paths from these points, component-major. */
export function dropDiverged(start: Float64Array, dim: number): DropDiverged {
  const count = start.length / dim
  const bounds = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    let size = 1
    for (let k = 0; k < dim; k++) size = Math.max(size, Math.abs(start[k * count + i]))
    bounds[i] = farthest * size
  }
  const nearest = bounds.reduce((least, bound) => Math.min(least, bound))
  return ({ x, space }) => {
    if (space.within(x, nearest)) return
    for (let k = 0; k < dim; k++) {
      for (let i = 0; i < count; i++) {
        if (Math.abs(x[k * count + i]) <= bounds[i]) continue
        for (let l = 0; l < dim; l++) x[l * count + i] = NaN
      }
    }
  }
}
