import { breather } from '../execution/progress.ts'
import type { Breather, Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { pathBlock } from './block.ts'
import { systemOf } from './families.ts'
import { methods } from './methods/index.ts'
import type { StochasticEquation } from './system.ts'

/** Neighbouring paths to be marched, in plain or portable data. */
export interface PathPiece {
  equation: StochasticEquation
  method: string
  seed: number
  first: number
  count: number
  /** Starting points of these paths, component-major, or one point for all of them. */
  initial: Float64Array
  dt: number
  /** Increasing times at which the points are kept; the last is the end. */
  stops: readonly number[]
  /** Paths that march together. */
  blockSize: number
  from?: PathState
}

/** A piece in the middle of its march: plain data with typed arrays. */
export interface PathState {
  /** Paths of the piece before this one have ended; the block that begins with it stands at `x`. */
  path: number
  x: Float64Array
  steps: number
  time: number
  /** How many stops the block has passed, and steps since the last of them. */
  passed: number
  since: number
  /** Points kept so far, as in the result. */
  kept: Float64Array[]
}

/** Points at each stop, component-major over the paths of the piece. */
export type PathResult = Float64Array[]

export const simulationTask = defineTask('simulate', async (piece: PathPiece, control: Running): Promise<PathResult> => {
  const { equation, count, stops, blockSize, from } = piece
  const kept = from?.kept.map((points) => points.slice()) ?? stops.map(() => new Float64Array(equation.dim * count))
  const breathe = breather('simulate', control)
  for (let path = from?.path ?? 0; path < count; path += blockSize) {
    await marchBlock(piece, { path, size: Math.min(blockSize, count - path), kept, from: from?.path === path ? from : undefined }, breathe)
  }
  return kept
})

interface Block {
  path: number
  size: number
  kept: Float64Array[]
  from: PathState | undefined
}

/** Marches a block from stop to stop. The steps are dt long, the last one before a stop is shortened to it. */
async function marchBlock(piece: PathPiece, { path, size, kept, from }: Block, breathe: Breather): Promise<void> {
  const { equation, method, seed, first, count, initial, dt, stops } = piece
  const { dim } = equation
  const block = pathBlock(systemOf('simulate', equation), methods.find(({ name }) => name === method)!, {
    seed, first: first + path, count: size, x: from?.x ?? startOf(initial, dim, path, size), steps: from?.steps ?? 0, time: from?.time ?? 0,
  })
  let since = from?.since ?? 0
  for (let passed = from?.passed ?? 0; passed < stops.length; passed++) {
    const length = stops[passed] - (passed > 0 ? stops[passed - 1] : 0)
    const steps = stepsTo(length, dt)
    for (; since < steps; since++) {
      if (breathe.due()) {
        const share = stops.at(-1) === 0 ? 1 : block.time / stops.at(-1)!
        const activity = `paths ${first + path} to ${first + path + size - 1} at time ${block.time.toPrecision(4)}`
        const at = { passed, since }
        await breathe({ fraction: (path + size * share) / count, activity }, (): PathState =>
          ({ path, x: block.x.slice(), steps: block.steps, time: block.time, ...at, kept }))
      }
      block.advance(since < steps - 1 ? dt : length - (steps - 1) * dt)
    }
    since = 0
    dropDiverged(block.x, dim, size, initial, path)
    for (let k = 0; k < dim; k++) kept[passed].set(block.x.subarray(k * size, (k + 1) * size), k * count + path)
  }
}

/** Farther out, in units of the starting point's size and 1, a path has diverged: an explosion is not to be averaged while its numbers are still finite. */
const farthest = 1e10

/** Paths that have diverged become NaN, and stay so. */
function dropDiverged(x: Float64Array, dim: number, size: number, initial: Float64Array, path: number): void {
  const count = initial.length / dim
  for (let i = 0; i < size; i++) {
    let reach = 0
    let start = 1
    for (let k = 0; k < dim; k++) {
      // NaN compares false with everything: it must not get lost in a maximum.
      reach = Math.abs(x[k * size + i]) <= reach ? reach : Math.abs(x[k * size + i])
      start = Math.max(start, Math.abs(initial[k * count + (count === 1 ? 0 : path + i)]))
      if (Number.isNaN(reach)) break
    }
    if (reach <= farthest * start) continue
    for (let k = 0; k < dim; k++) x[k * size + i] = NaN
  }
}

/** Steps of dt that a length takes, one more for a remainder beyond rounding. */
export function stepsTo(length: number, dt: number): number {
  return length > 0 ? Math.max(1, Math.ceil(length / dt - 1e-9)) : 0
}

/** The points of a block among those of its piece. */
function startOf(initial: Float64Array, dim: number, path: number, size: number): Float64Array {
  const count = initial.length / dim
  const points = new Float64Array(dim * size)
  for (let k = 0; k < dim; k++) {
    for (let i = 0; i < size; i++) points[k * size + i] = initial[k * count + (count === 1 ? 0 : path + i)]
  }
  return points
}
