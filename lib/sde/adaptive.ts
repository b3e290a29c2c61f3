import { DivergenceError } from '../core/errors.ts'
import { stepSpace } from '../kernels/step-space.ts'
import { antitheticWalk } from '../random/antithetic-walk.ts'
import { brownianWalk } from '../random/brownian-walk.ts'
import type { BlockOptions, PathBlock } from './block.ts'
import { ordersOn } from './choose.ts'
import { stepPath } from './method.ts'
import type { Method, StepPath } from './method.ts'
import type { System } from './system.ts'

/** Steps below dt/2^24 mean that the tolerance cannot be met. */
const mostHalvings = 24

export interface AdaptivePath extends PathBlock {
  /** The step now tried is dt/2^halvings. */
  readonly halvings: number
}

/**
 * One path with steps dt/2^j that fit the path's own dyadic intervals: each is compared with its two halves on the same Wiener process, refused until they agree, and the
 * halves' result is kept. A refused step looks at no other path when it is halved, so that the law is not biased (Gaines & Lyons 1997). They agree when the difference is
 * below tolerance·(1 + |x|)·√(h/T), T the end: independent errors of these sizes add up to about the tolerance.
 */
export function adaptivePath(system: System, method: Method, given: BlockOptions & { tolerance: number; halvings: number }): AdaptivePath {
  const { dt, tolerance, stops = [] } = given
  const { dim, noiseDim } = system
  const timeAreas = (given.brownian ?? method.path) === 'time-areas'
  const walk = (given.antithetic ? antitheticWalk : brownianWalk)({ seed: given.seed, paths: Uint32Array.of(given.first), dim: noiseDim, dt, timeAreas })
  const space = stepSpace()
  const step = method.prepare(system, 1, space)
  const [x, once, twice] = [0, 1, 2].map(() => space.numbers(dim))
  x.set(given.x)
  const [whole, first, second] = [0, 1, 2].map(() => stepPath(space.numbers(noiseDim), { timeArea: space.numbers(timeAreas ? noiseDim : 0) }))
  const { strongOrder } = ordersOn(method, system)
  const end = stops.at(-1) ?? Infinity
  let at = given.at ?? 0
  let halvings = given.halvings
  walk.place(at)
  const look = (to: number, seen: StepPath): void => void walk.advance(to, seen.increment, timeAreas ? seen.timeArea : undefined)
  return {
    x,
    get at() {
      return at
    },
    get halvings() {
      return halvings
    },
    advance() {
      if (!x.every(Number.isFinite)) {
        // No step is small enough for a path that has diverged.
        at = stops.find((stop) => stop > at) ?? Math.floor(at) + 1
        return
      }
      for (;;) {
        const size = 2 ** -halvings
        const to = Math.min((Math.floor(at / size) + 1) * size, stops.find((stop) => stop > at) ?? Infinity)
        const middle = (at + to) / 2
        look(middle, first)
        look(to, second)
        joinHalves(whole, first, second)
        const h = (to - at) * dt
        once.set(x)
        step(once, at * dt, h, whole)
        twice.set(x)
        step(twice, at * dt, h / 2, first)
        step(twice, middle * dt, h / 2, second)
        const error = distance(once, twice, x) / (tolerance * Math.sqrt((to - at) / end))
        if (error <= 1 || !(Number.isFinite(error) || halvings < mostHalvings)) {
          x.set(twice)
          at = to
          // Twice as long a step would have an error 2^(p + ½) times as large, of which the bound grows by √2.
          if (error < 2 ** -(strongOrder + 1) && halvings > 0 && at % (2 * size) === 0) halvings--
          return
        }
        if (halvings >= mostHalvings) throw new DivergenceError(`simulate: steps fell below dt/2^${mostHalvings} at time ${at * dt}; use a larger tolerance (now ${tolerance})`)
        halvings++
        walk.place(at)
      }
    },
    space,
    release() {
      walk.release()
      space.release()
    },
  }
}

/** The increment and time area of two halves. */
function joinHalves(whole: StepPath, first: StepPath, second: StepPath): void {
  for (let c = 0; c < whole.increment.length; c++) whole.increment[c] = first.increment[c] + second.increment[c]
  for (let c = 0; c < whole.timeArea.length; c++) {
    whole.timeArea[c] = 0.5 * (first.timeArea[c] + second.timeArea[c]) + 0.25 * (first.increment[c] - second.increment[c])
  }
}

/** The largest difference, relative to 1 + |x|. */
function distance(a: Float64Array, b: Float64Array, x: Float64Array): number {
  let most = 0
  for (let k = 0; k < a.length; k++) {
    const difference = Math.abs(a[k] - b[k]) / (1 + Math.abs(x[k]))
    if (!(difference <= most)) most = difference
  }
  return most
}
