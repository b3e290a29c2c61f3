import { brownianWalk } from './brownian-walk.ts'
import type { BrownianOptions, BrownianWalk } from './brownian-walk.ts'

/** Walks in antithetic pairs: paths 2i and 2i + 1 see W and −W, W the process of path i in `brownianWalk`. `paths` increase. Time areas, linear in W, change their sign as well. */
export function antitheticWalk({ paths, dim, ...rest }: BrownianOptions): BrownianWalk {
  const count = paths.length
  /** Number of the pair, and its place in the walk, of each path. */
  const pairs: number[] = []
  const places = Uint32Array.from(paths, (path) => {
    if (pairs.at(-1) !== path >>> 1) pairs.push(path >>> 1)
    return pairs.length - 1
  })
  const walk = brownianWalk({ ...rest, paths: Uint32Array.from(pairs), dim })
  const [increments, timeAreas] = [new Float64Array(dim * pairs.length), new Float64Array(dim * pairs.length)]
  const spread = (from: Float64Array, to: Float64Array): void => {
    for (let c = 0; c < dim; c++) {
      for (let i = 0; i < count; i++) {
        const value = from[c * pairs.length + places[i]]
        to[c * count + i] = (paths[i] & 1) === 0 ? value : -value
      }
    }
  }
  return {
    place: walk.place,
    release: walk.release,
    advance(to, increment, timeArea) {
      walk.advance(to, increments, timeArea && timeAreas)
      spread(increments, increment)
      if (timeArea !== undefined) spread(timeAreas, timeArea)
      return increment
    },
  }
}
