import { pathNoise } from '../random/path-noise.ts'
import type { Method } from './method.ts'
import type { System } from './system.ts'

/** Neighbouring paths that march together. */
export interface PathBlock {
  /** The current points, component-major; live. A path that has diverged holds NaN or ±∞ from then on. */
  readonly x: Float64Array
  readonly steps: number
  readonly time: number
  advance(dt: number): void
}

/**
 * Paths first … first + count − 1 of a seed, from the points `x` (component-major, copied) after `steps` steps at `time`. Path i is the same in every
 * block that holds it.
 */
export function pathBlock(
  system: System, method: Method,
  { seed, first, count, x, steps = 0, time = 0 }: { seed: number; first: number; count: number; x: Float64Array; steps?: number; time?: number },
): PathBlock {
  const state = x.slice()
  const step = method.prepare(system, pathNoise(seed, first, count, system.noiseDim), count)
  let taken = steps
  let now = time
  return {
    x: state,
    get steps() {
      return taken
    },
    get time() {
      return now
    },
    advance(dt) {
      step(state, now, taken, dt)
      taken++
      now += dt
    },
  }
}
