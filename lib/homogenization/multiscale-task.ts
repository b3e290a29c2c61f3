import { DivergenceError } from '../core/errors.ts'
import { breather } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { defineTask } from '../execution/task.ts'
import { stepSpace } from '../kernels/step-space.ts'
import type { Potential } from '../potential/potential.ts'
import { elasticChains } from './elastic-chains.ts'
import type { ElasticChains } from './elastic-chains.ts'

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
  const { potential, initial, gamma, beta, innerStepSize: dt, seed, first, count } = piece
  const space = stepSpace()
  const x = space.numbers(initial.length * count)
  initial.forEach((c, k) => x.fill(c, k * count, (k + 1) * count))
  const chains = elasticChains(potential, { x, gamma, beta, dt, seed, first, count }, space)
  try {
    return await macroMarch(chains, x, piece, control)
  } finally {
    chains.release()
    space.release()
  }
})

/** Moves the slow points x, which the springs of the chains are fixed at. */
async function macroMarch({ y, sum, advance }: ElasticChains, x: Float64Array, piece: MultiscalePiece, control: Running): Promise<MultiscaleSeries> {
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
      for (let i = 0; i < count; i++) sums[n * dim + k] += y[k * count + i] - x[k * count + i]
      for (let l = full ? 0 : k; l <= k; l++) {
        let sum = 0
        for (let i = 0; i < count; i++) sum += (y[k * count + i] - x[k * count + i]) * (y[l * count + i] - x[l * count + i])
        if (!full) products[n * dim + k] += sum
        else [[k, l], ...(k === l ? [] : [[l, k]])].forEach(([r, c]) => (products[(n * dim + r) * dim + c] += sum))
      }
    }
  }
  /** ⟨y⟩ − x over the inner steps, over γ. */
  const drift = (n: number | undefined): Float64Array => {
    sum.fill(0)
    for (let step = 1; step <= innerSteps; step++) {
      advance()
      if (n !== undefined && step % stride === 0 && step <= looks * stride) look(n)
    }
    return sum.map((total, j) => (total / innerSteps - x[j]) / gamma)
  }

  const breathe = breather('multiscale', control)
  for (let step = 0; step < burnIn; step++) advance()
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
