import { breather } from '../execution/progress.ts'
import type { Breather, Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { adaptivePath } from './adaptive.ts'
import { pathBlock } from './block.ts'
import type { Brownian, PathBlock } from './block.ts'
import { chooseMethod } from './choose.ts'
import { systemOf } from './families.ts'
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
  /** Increasing times at which the points are kept, in units of dt; the last is the end. */
  stops: readonly number[]
  /** Paths that march together; each by itself where steps adapt. */
  blockSize: number
  brownian: Brownian | undefined
  areaHalvings: number
  tolerance: number | undefined
  from?: PathState
}

/** A piece in the middle of its march: plain data with typed arrays. */
export interface PathState {
  /** Paths of the piece before this one have ended; the block that begins with it stands at `x`. */
  path: number
  x: Float64Array
  /** Where the block stands, in units of dt, how many stops it has passed, and how often the next step halves dt. */
  at: number
  passed: number
  halvings: number
  /** Points kept so far, as in the result. */
  kept: Float64Array[]
}

/** Points at each stop, component-major over the paths of the piece. */
export type PathResult = Float64Array[]

export const simulationTask = defineTask('simulate', async (piece: PathPiece, control: Running): Promise<PathResult> => {
  const { equation, count, stops, blockSize, tolerance, from } = piece
  const kept = from?.kept.map((points) => points.slice()) ?? stops.map(() => new Float64Array(equation.dim * count))
  const breathe = breather('simulate', control)
  const together = tolerance === undefined ? blockSize : 1
  for (let path = from?.path ?? 0; path < count; path += together) {
    await marchBlock(piece, { path, size: Math.min(together, count - path), kept, from: from?.path === path ? from : undefined }, breathe)
  }
  return kept
})

interface Block {
  path: number
  size: number
  kept: Float64Array[]
  from: PathState | undefined
}

/** Marches a block from stop to stop. */
async function marchBlock(piece: PathPiece, { path, size, kept, from }: Block, breathe: Breather): Promise<void> {
  const { equation, first, count, initial, dt, stops } = piece
  const block = blockOf(piece, path, size, from)
  const end = stops.at(-1)!
  for (let passed = from?.passed ?? 0; passed < stops.length; passed++) {
    while (block.at < stops[passed]) {
      if (breathe.due()) {
        const activity = `paths ${first + path} to ${first + path + size - 1} at time ${(block.at * dt).toPrecision(4)}`
        await breathe({ fraction: (path + (size * block.at) / end) / count, activity }, (): PathState =>
          ({ path, x: block.x.slice(), at: block.at, passed, halvings: block.halvings ?? 0, kept }))
      }
      block.advance()
    }
    dropDiverged(block.x, equation.dim, size, initial, path)
    for (let k = 0; k < equation.dim; k++) kept[passed].set(block.x.subarray(k * size, (k + 1) * size), k * count + path)
  }
}

function blockOf(piece: PathPiece, path: number, size: number, from: PathState | undefined): PathBlock & { readonly halvings?: number } {
  const { equation, seed, first, initial, dt, stops, brownian, areaHalvings, tolerance } = piece
  const system = systemOf('simulate', equation)
  const method = chooseMethod('simulate', system, piece.method)
  const options = {
    seed, first: first + path, count: size, x: from?.x ?? startOf(initial, equation.dim, path, size), dt, at: from?.at ?? 0, stops, areaHalvings, ...(brownian && { brownian }),
  }
  return tolerance === undefined ? pathBlock(system, method, options) : adaptivePath(system, method, { ...options, tolerance, halvings: from?.halvings ?? 0 })
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

/** The points of a block among those of its piece. */
function startOf(initial: Float64Array, dim: number, path: number, size: number): Float64Array {
  const count = initial.length / dim
  const points = new Float64Array(dim * size)
  for (let k = 0; k < dim; k++) {
    for (let i = 0; i < size; i++) points[k * size + i] = initial[k * count + (count === 1 ? 0 : path + i)]
  }
  return points
}
