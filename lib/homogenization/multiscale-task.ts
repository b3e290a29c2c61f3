import { DivergenceError } from '../core/errors.ts'
import { breather } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { uncheckedGradients } from '../potential/assemble.ts'
import type { Potential } from '../potential/potential.ts'
import { pathBlock } from '../sde/block.ts'
import type { PathBlock } from '../sde/block.ts'
import { leimkuhlerMatthews } from '../sde/methods/leimkuhler-matthews.ts'
import { uniformNoise } from '../sde/noise.ts'
import type { System } from '../sde/system.ts'

/** Neighbouring paths of the multiscale method, in plain or portable data. */
export interface MultiscalePiece {
  potential: Potential
  initial: Float64Array
  gamma: number
  beta: number
  method: 'euler' | 'heun'
  dt: number
  macroSteps: number
  innerSteps: number
  innerStepSize: number
  /** Inner steps before the first macro step. */
  burnIn: number
  seed: number
  first: number
  count: number
}

export interface MultiscaleSeries {
  /** Points at the macro steps: (n·dim + k)·count + i. */
  points: Float64Array
  /** Sums over paths and looks of y − x, number n·dim + k, and of its products, number (n·dim + k)·dim + l, or of its squares only. */
  first: Float64Array
  second: Float64Array
  /** Terms of each sum. */
  looks: number
}

/** In more dimensions only the diagonal of the covariance is kept. */
export const largestFull = 32
/** Looks at the fast variable in a macro step. */
const mostLooks = 4

export const multiscaleTask = defineTask('multiscale', async (piece: MultiscalePiece, control: Running): Promise<MultiscaleSeries> => {
  const { potential, initial, gamma, beta, innerStepSize, seed, first, count } = piece
  const x = Float64Array.from({ length: initial.length * count }, (_, j) => initial[Math.floor(j / count)])
  const block = pathBlock(fastSystem(potential, x, gamma, beta), leimkuhlerMatthews, { seed, first, count, x, dt: innerStepSize })
  try {
    return await macroMarch(block, x, piece, control)
  } finally {
    block.release()
  }
})

/** Moves the slow points x, which the block's drift looks at. */
async function macroMarch(block: PathBlock, x: Float64Array, piece: MultiscalePiece, control: Running): Promise<MultiscaleSeries> {
  const { initial, gamma, method, dt, macroSteps, innerSteps, innerStepSize, burnIn, count } = piece
  const dim = initial.length
  const size = dim * count
  const full = dim <= largestFull
  const looks = Math.min(mostLooks, innerSteps)
  const stride = Math.floor(innerSteps / looks)
  const points = new Float64Array((macroSteps + 1) * size)
  const [sums, products] = [new Float64Array(macroSteps * dim), new Float64Array(macroSteps * dim * (full ? dim : 1))]

  const look = (n: number): void => {
    for (let k = 0; k < dim; k++) {
      for (let i = 0; i < count; i++) sums[n * dim + k] += block.x[k * count + i] - x[k * count + i]
      for (let l = full ? 0 : k; l <= k; l++) {
        let sum = 0
        for (let i = 0; i < count; i++) sum += (block.x[k * count + i] - x[k * count + i]) * (block.x[l * count + i] - x[l * count + i])
        if (!full) products[n * dim + k] += sum
        else [[k, l], ...(k === l ? [] : [[l, k]])].forEach(([r, c]) => (products[(n * dim + r) * dim + c] += sum))
      }
    }
  }
  /** ⟨y⟩ − x over the inner steps, over γ. */
  const drift = (n: number | undefined): Float64Array => {
    const sum = new Float64Array(size)
    for (let step = 1; step <= innerSteps; step++) {
      block.advance()
      for (let j = 0; j < size; j++) sum[j] += block.x[j] - x[j]
      if (n !== undefined && step % stride === 0 && step <= looks * stride) look(n)
    }
    return sum.map((offset) => offset / (gamma * innerSteps))
  }

  const breathe = breather('multiscale', control)
  for (let step = 0; step < burnIn; step++) block.advance()
  points.set(x)
  for (let n = 0; n < macroSteps; n++) {
    if (breathe.due()) await breathe({ fraction: n / macroSteps, activity: `macro step ${n} of ${macroSteps}` }, () => undefined)
    const here = x.slice()
    const slope = drift(n)
    for (let j = 0; j < size; j++) x[j] = here[j] + dt * slope[j]
    if (method === 'heun') {
      const ahead = drift(undefined)
      for (let j = 0; j < size; j++) x[j] = here[j] + (dt / 2) * (slope[j] + ahead[j])
    }
    if (!x.every(Number.isFinite)) {
      throw new DivergenceError(`multiscale: a path left the finite numbers at time ${(n + 1) * dt}; use a smaller innerStepSize (now ${innerStepSize}), dt or gamma`)
    }
    points.set(x, (n + 1) * size)
  }
  return { points, first: sums, second: products, looks: looks * count }
}

/** dy = −(∇f(y) + (y − x)/γ) ds + √(2/β) dW with a point x of its own for each path, which may move between steps. */
function fastSystem(potential: Potential, x: Float64Array, gamma: number, beta: number): System {
  const { dim } = potential
  const gradients = uncheckedGradients(potential)
  return {
    dim, noiseDim: dim, calculus: 'both', noise: uniformNoise(dim, Math.sqrt(2 / beta)),
    drift(y, count, _t, out) {
      gradients(y, count, out)
      for (let j = 0; j < out.length; j++) out[j] = -(out[j] + (y[j] - x[j]) / gamma)
    },
  }
}
