import { fillStreamUniforms } from '../kernels/philox.ts'
import { stepSpace } from '../kernels/step-space.ts'
import type { StepSpace } from '../kernels/step-space.ts'
import { antitheticWalk } from '../random/antithetic-walk.ts'
import { brownianWalk } from '../random/brownian-walk.ts'
import type { BrownianWalk } from '../random/brownian-walk.ts'
import type { Method, StepPath } from './method.ts'
import type { System } from './system.ts'

/** Paths that march together, as a rule neighbours. */
export interface PathBlock {
  /** The current points, component-major; live. A path that has diverged holds NaN or ±∞ from then on. */
  readonly x: Float64Array
  /** Where the block stands, in units of dt. */
  readonly at: number
  /** Whose numbers the points are. */
  readonly space: StepSpace
  /** Takes one step, to the next multiple of dt or a stop before it. */
  advance(): void
  /** Gives its memory back: the block and its points must not be looked at after that. */
  release(): void
}

export interface BlockOptions {
  seed: number
  /** Paths first … first + count − 1 of the seed. */
  first: number
  count: number
  /** Numbers of the `count` paths where they are not neighbours, increasing; `first` is then not looked at. */
  paths?: Uint32Array
  /** Paths 2i and 2i + 1 see the Wiener process of path i, the second with the opposite sign, and the same uniforms. */
  antithetic?: boolean
  /** Points, component-major; copied. */
  x: Float64Array
  dt: number
  /** Where the points are, in units of dt; default 0. */
  at?: number
  /** Where steps end besides the multiples of dt, in units of dt, increasing. */
  stops?: readonly number[]
  /** Which paths: see `brownianWalk`. By default with time areas if the method looks at them. */
  brownian?: Brownian
  /** Lévy areas are summed over 2^areaHalvings parts of a step; default 6. */
  areaHalvings?: number
}

export type Brownian = 'increments' | 'time-areas'

/** Tells the uniforms of acceptance from all other streams of a seed. */
const uniformTag = 3

/** Paths of a seed from given points. Path i is the same in every block that holds it. */
export function pathBlock(system: System, method: Method, given: BlockOptions): PathBlock {
  const { seed, count, dt, stops = [], antithetic = false } = given
  const { noiseDim, noise } = system
  // Noise that commutes does not show its Lévy areas.
  const path = method.path === 'areas' && (noise.classes.includes('commutative') || noiseDim === 1) ? undefined : method.path
  const space = stepSpace()
  const state = space.numbers(given.x.length)
  state.set(given.x)
  const paths = given.paths ?? Uint32Array.from({ length: count }, (_, i) => given.first + i)
  const walk = (antithetic ? antitheticWalk : brownianWalk)({ seed, paths, dim: noiseDim, dt, timeAreas: (given.brownian ?? path) === 'time-areas' })
  const step = method.prepare(system, count, space)
  const look = observerOf(path, walk, space, { noiseDim, count, dt, parts: 2 ** (given.areaHalvings ?? 6), seed, streams: antithetic ? paths.map((one) => one >>> 1) : paths })
  let at = given.at ?? 0
  let passed = 0
  const endAfter = (from: number): number => {
    while (passed > 0 && stops[passed - 1] > from) passed--
    while (passed < stops.length && stops[passed] <= from) passed++
    return Math.min(Math.floor(from) + 1, stops[passed] ?? Infinity)
  }
  walk.place(at)
  return {
    x: state,
    get at() {
      return at
    },
    advance() {
      const end = endAfter(at)
      step(state, at * dt, (end - at) * dt, look(at, end, endAfter))
      at = end
    },
    space,
    release() {
      walk.release()
      space.release()
    },
  }
}

interface View {
  noiseDim: number
  count: number
  dt: number
  parts: number
  seed: number
  /** Whose uniforms each path sees. */
  streams: Uint32Array
}

type Look = (from: number, to: number, endAfter: (at: number) => number) => StepPath

/** What the method's step sees of the path, stretch by stretch. */
function observerOf(path: Method['path'], walk: BrownianWalk, space: StepSpace, view: View): Look {
  const { noiseDim, count, dt } = view
  const numbers = (wanted: boolean, rows: number): Float64Array => space.numbers(wanted ? rows * count : 0)
  const seen = {
    increment: numbers(true, noiseDim), timeArea: numbers(path === 'time-areas', noiseDim), areas: numbers(path === 'areas', (noiseDim * (noiseDim - 1)) / 2),
    halves: [numbers(path === 'halves', noiseDim), numbers(path === 'halves', noiseDim)] as [Float64Array, Float64Array],
    next: numbers(path === 'next', noiseDim), nextDt: dt, uniforms: numbers(path === 'uniforms', 1),
  }
  if (path === 'halves') {
    return (from, to) => {
      seen.halves[0] = walk.advance((from + to) / 2, seen.halves[0])
      seen.halves[1] = walk.advance(to, seen.halves[1])
      space.add(seen.increment, seen.halves[0], 1, seen.halves[1])
      return seen
    }
  }
  if (path === 'next') {
    let held: number | undefined
    return (from, to, endAfter) => {
      if (held === from) [seen.increment, seen.next] = [seen.next, seen.increment]
      else seen.increment = walk.advance(to, seen.increment)
      const after = endAfter(to)
      seen.next = walk.advance(after, seen.next)
      seen.nextDt = (after - to) * dt
      held = to
      return seen
    }
  }
  if (path === 'areas') return (from, to) => sumAreas(seen, walk, from, to, view)
  return (from, to) => {
    seen.increment = walk.advance(to, seen.increment, path === 'time-areas' ? seen.timeArea : undefined)
    if (path === 'uniforms') {
      // Steps of the same block begin at least 2^−16 dt apart, or else share a number.
      const number = Math.floor(from * 65536)
      fillStreamUniforms(view.seed, uniformTag, number, view.streams, Math.floor(number / 4294967296), 0, seen.uniforms)
    }
    return seen
  }
}

/** Lévy areas by sums over parts of the step, whose own areas are left out: r.m.s. error h/(2√parts). The parts of half the step are parts of the same path. */
function sumAreas(seen: StepPath, walk: BrownianWalk, from: number, to: number, { noiseDim, count, parts }: View): StepPath {
  const { increment, areas } = seen
  const part = new Float64Array(increment.length)
  increment.fill(0)
  areas.fill(0)
  for (let p = 1; p <= parts; p++) {
    walk.advance(p === parts ? to : from + ((to - from) * p) / parts, part)
    for (let j = 0, row = 0; j < noiseDim; j++) {
      for (let k = j + 1; k < noiseDim; k++, row += count) {
        for (let i = 0; i < count; i++) {
          areas[row + i] += 0.5 * (increment[j * count + i] * part[k * count + i] - increment[k * count + i] * part[j * count + i])
        }
      }
    }
    for (let i = 0; i < part.length; i++) increment[i] += part[i]
  }
  return seen
}
