import { breather } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import type { Potential } from '../potential/potential.ts'
import { tilted } from '../potential/tilted.ts'
import { pathBlock } from '../sde/block.ts'
import type { PathBlock } from '../sde/block.ts'
import type { Method } from '../sde/method.ts'
import { leimkuhlerMatthews } from '../sde/methods/leimkuhler-matthews.ts'
import { mala } from '../sde/methods/mala.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'

/** What the chains run by: with an error of second order in the step, and with none. */
export const chainMethods: Readonly<Record<'langevin' | 'mala', Method>> = { langevin: leimkuhlerMatthews, mala }

/** Neighbouring chains of the fast dynamics dy = −(∇f(y) + (y − x)/γ) ds + √(2/β) dW, in plain or portable data. */
export interface ChainPiece {
  method: keyof typeof chainMethods
  potential: Potential
  x: Float64Array
  gamma: number
  beta: number
  /** Where each chain starts, component-major, or one point for all. */
  start: Float64Array
  seed: number
  /** Number of the first chain, as the random numbers know it. */
  first: number
  count: number
  dt: number
  /** Steps before anything is recorded. */
  burnIn: number
  /** Each record is the mean over `stride` steps. */
  stride: number
  records: number
  from?: ChainState
}

/** Chains in the middle of their march: plain data with typed arrays. */
export interface ChainState {
  y: Float64Array
  steps: number
  /** Records written so far, and the sum of points since the last of them. */
  written: number
  series: Float64Array
  sum: Float64Array
}

/** Mean offsets y − x over the strides: number (k·count + i)·records + r for component k of chain i. A chain that diverged has numbers that are not finite. */
export type ChainSeries = Float64Array

export const chainTask = defineTask('averaged-drift', async (piece: ChainPiece, control: Running): Promise<ChainSeries> => {
  const { method, potential, x, gamma, beta, start, seed, first, count, dt, from } = piece
  const numbers = x.length * count
  const block = pathBlock(overdampedSystem(overdampedLangevin({ potential: tilted(potential, x, gamma), beta })), chainMethods[method], {
    seed, first, count, dt, at: from?.steps ?? 0, x: from?.y ?? (start.length === numbers ? start : Float64Array.from({ length: numbers }, (_, j) => start[Math.floor(j / count)])),
  })
  try {
    return await record(block, piece, control)
  } finally {
    block.release()
  }
})

async function record(block: PathBlock, { x, count, burnIn, stride, records, from }: ChainPiece, control: Running): Promise<ChainSeries> {
  const dim = x.length
  const numbers = dim * count
  const series = from?.series.slice() ?? new Float64Array(numbers * records)
  const sum = block.space.numbers(numbers)
  if (from === undefined) sum.fill(0)
  else sum.set(from.sum)
  let written = from?.written ?? 0
  const breathe = breather('averagedDrift', control)
  const total = burnIn + stride * records
  while (block.at < total) {
    if (breathe.due()) {
      const progress = { fraction: block.at / total, activity: `averaging, step ${block.at} of ${total}` }
      await breathe(progress, (): ChainState => ({ y: block.x.slice(), steps: block.at, written, series: series.slice(), sum: sum.slice() }))
    }
    block.advance()
    if (block.at <= burnIn) continue
    block.space.add(sum, sum, 1, block.x)
    if ((block.at - burnIn) % stride !== 0) continue
    for (let k = 0; k < dim; k++) for (let j = k * count; j < (k + 1) * count; j++) series[j * records + written] = sum[j] / stride - x[k]
    sum.fill(0)
    written++
  }
  return series
}
