import { breather } from '../execution/progress.ts'
import type { Breather, Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { adaptivePath } from './adaptive.ts'
import { pathBlock } from './block.ts'
import type { Brownian, PathBlock } from './block.ts'
import { chooseMethod } from './choose.ts'
import { dropDiverged } from './divergence.ts'
import { systemOf } from './families.ts'
import type { StochasticEquation } from './system.ts'

/** Neighbouring paths of a seed, in plain or portable data. */
export interface Paths {
  equation: StochasticEquation
  method: string
  seed: number
  first: number
  count: number
  /** Starting points of these paths, component-major, or one point for all of them. */
  initial: Float64Array
  dt: number
  /** Paths that march together; each by itself where steps adapt. */
  blockSize: number
  brownian: Brownian | undefined
  areaHalvings: number
}

/** Paths to be marched to given times. */
export interface PathPiece extends Paths {
  /** Increasing times at which the points are kept, in units of dt; the last is the end. */
  stops: readonly number[]
  /** Paths 2i and 2i + 1 see opposite Wiener processes; one that diverges takes the other along. */
  antithetic: boolean
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
  if (piece.antithetic) for (const points of kept) dropTorn(points, equation.dim)
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
  const start = startOfPaths(initial, equation.dim, Uint32Array.from({ length: size }, (_, i) => path + i))
  const block = blockOf(piece, path, size, from?.x ?? start, from)
  const drop = dropDiverged(start, equation.dim)
  const end = stops.at(-1)!
  try {
    for (let passed = from?.passed ?? 0; passed < stops.length; passed++) {
      while (block.at < stops[passed]) {
        if (breathe.due()) {
          const activity = `paths ${first + path} to ${first + path + size - 1} at time ${(block.at * dt).toPrecision(4)}`
          await breathe({ fraction: (path + (size * block.at) / end) / count, activity }, (): PathState =>
            ({ path, x: block.x.slice(), at: block.at, passed, halvings: block.halvings ?? 0, kept }))
        }
        block.advance()
        drop(block)
      }
      for (let k = 0; k < equation.dim; k++) kept[passed].set(block.x.subarray(k * size, (k + 1) * size), k * count + path)
    }
  } finally {
    block.release()
  }
}

function blockOf(piece: PathPiece, path: number, size: number, x: Float64Array, from: PathState | undefined): PathBlock & { readonly halvings?: number } {
  const { equation, seed, first, dt, stops, brownian, areaHalvings, antithetic, tolerance } = piece
  const system = systemOf('simulate', equation)
  const method = chooseMethod('simulate', system, piece.method)
  const options = {
    seed, first: first + path, count: size, x, dt, at: from?.at ?? 0, stops, areaHalvings, antithetic, ...(brownian && { brownian }),
  }
  return tolerance === undefined ? pathBlock(system, method, options) : adaptivePath(system, method, { ...options, tolerance, halvings: from?.halvings ?? 0 })
}

/** Of a pair with one point that is not finite both become NaN. */
function dropTorn(points: Float64Array, dim: number): void {
  const count = points.length / dim
  for (let i = 0; i < count; i += 2) {
    const pairs = Array.from({ length: dim }, (_, k) => points.subarray(k * count + i, k * count + i + 2))
    if (!pairs.every((pair) => pair.every(Number.isFinite))) for (const pair of pairs) pair.fill(NaN)
  }
}

/** The starting points of some paths of a piece, by their places in it. */
export function startOfPaths(initial: Float64Array, dim: number, places: Uint32Array): Float64Array {
  const [size, count] = [places.length, initial.length / dim]
  const points = new Float64Array(dim * size)
  for (let k = 0; k < dim; k++) {
    for (let i = 0; i < size; i++) points[k * size + i] = initial[k * count + (count === 1 ? 0 : places[i])]
  }
  return points
}
