import { refuse } from '../core/arguments.ts'
import { breather } from '../execution/progress.ts'
import type { Breather, Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { pathBlock } from './block.ts'
import type { PathBlock } from './block.ts'
import { chooseMethod } from './choose.ts'
import { dropDiverged } from './divergence.ts'
import { systemOf } from './families.ts'
import { pointAt } from './observation.ts'
import { startOfPaths } from './simulation.ts'
import type { Paths } from './simulation.ts'

/** Paths to be marched until they are in the target. */
export interface PassagePiece extends Paths {
  target: (x: Float64Array) => boolean
  /** Where paths are given up, in units of dt. */
  limit: number
  from?: PassageState
}

/** A piece in the middle of its march: plain data with typed arrays. */
export interface PassageState {
  /** The first path of the block that marches, and its paths on the way, by their places in the piece. */
  path: number
  places: Uint32Array
  x: Float64Array
  at: number
  /** As in the result. */
  times: PassageTimes
}

/** When each path of the piece was in the target, in units of dt; Infinity if not before the limit, NaN if it diverged. */
export type PassageTimes = Float64Array

export const passageTask = defineTask('first-passage', async (piece: PassagePiece, control: Running): Promise<PassageTimes> => {
  const { count, blockSize, from } = piece
  const times = from?.times.slice() ?? new Float64Array(count).fill(Infinity)
  const breathe = breather('firstPassage', control)
  for (let path = from?.path ?? 0; path < count; path += blockSize) {
    await marchToTarget(piece, times, { path, size: Math.min(blockSize, count - path), from: from?.path === path ? from : undefined }, breathe)
  }
  return times
})

interface Block {
  path: number
  size: number
  from: PassageState | undefined
}

/** Marches a block; once half of it is in the target or has diverged, the rest go on as a smaller one. */
async function marchToTarget(piece: PassagePiece, times: PassageTimes, { path, size, from }: Block, breathe: Breather): Promise<void> {
  const { equation, target, first, count, initial, dt, limit } = piece
  const { dim } = equation
  let places = from?.places ?? Uint32Array.from({ length: size }, (_, i) => path + i)
  let block = blockOf(piece, places, from?.x ?? startOfPaths(initial, dim, places), from?.at ?? 0)
  let drop = dropDiverged(startOfPaths(initial, dim, places), dim)
  const point = new Float64Array(dim)
  const onTheWay = (): number[] => {
    const left: number[] = []
    const points = { data: block.x, count: places.length, path: 1, coordinate: places.length }
    places.forEach((place, i) => {
      if (times[place] !== Infinity) return
      const finite = pointAt(points, i, point)
      const inside = finite && target(point)
      if (typeof inside !== 'boolean') refuse('firstPassage', `target(${point.join(', ')})`, 'true or false', inside)
      if (!finite) times[place] = NaN
      else if (inside) times[place] = block.at
      else left.push(i)
    })
    return left
  }
  try {
    for (let left = onTheWay(); left.length > 0 && block.at < limit; left = onTheWay()) {
      if (2 * left.length <= places.length) {
        const x = Float64Array.from({ length: dim * left.length }, (_, j) => block.x[Math.floor(j / left.length) * places.length + left[j % left.length]])
        places = Uint32Array.from(left, (i) => places[i])
        const { at } = block
        block.release()
        block = blockOf(piece, places, x, at)
        drop = dropDiverged(startOfPaths(initial, dim, places), dim)
      }
      if (breathe.due()) {
        const arrived = 1 - left.length / size
        const activity = `${left.length} of paths ${first + path} to ${first + path + size - 1} on the way at time ${(block.at * dt).toPrecision(4)}`
        await breathe({ fraction: (path + size * Math.max(arrived, block.at / limit)) / count, activity }, (): PassageState =>
          ({ path, places, x: block.x.slice(), at: block.at, times }))
      }
      block.advance()
      drop(block)
    }
  } finally {
    block.release()
  }
}

function blockOf(piece: PassagePiece, places: Uint32Array, x: Float64Array, at: number): PathBlock {
  const { equation, seed, first, dt, limit, brownian, areaHalvings } = piece
  const system = systemOf('firstPassage', equation)
  return pathBlock(system, chooseMethod('firstPassage', system, piece.method), {
    seed, first, count: places.length, paths: places.map((place) => first + place), x, dt, at, stops: [limit], areaHalvings, ...(brownian && { brownian }),
  })
}
