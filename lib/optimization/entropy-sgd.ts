import { integer, nonNegative, oneOf, options, positive, refuse } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { portable } from '../execution/portable.ts'
import { elasticLangevin } from '../kernels/elastic-langevin.ts'
import { scratch } from '../kernels/machine.ts'
import { accelerate, atRest, momentumOf } from './momentum.ts'
import type { Optimizer } from './optimizer.ts'
import { learningRateOf, scheduleSetting, scopeAt } from './schedules.ts'
import type { Schedule } from './schedules.ts'

/** Exactly one of `gamma`, `scope` and `time` gives the smoothing; `scope: 0` is no coupling at all. */
export interface EntropySgdOptions extends Smoothing {
  /** η > 0 of the outer step, or a schedule: iteration ↦ η ≥ 0, iterations counted from 0. */
  learningRate: Schedule
  /** L ≥ 1 inner steps, one gradient each. Default 20, as in the paper. */
  langevinSteps?: number
  /** η′ > 0 of the inner steps. Default 0.1. */
  langevinStepSize?: number
  /** ε ≥ 0. Default 1e−4. */
  thermalNoise?: number
  /** What ε means: steps of noise √(2η′) ε, so that β = 1/ε² ('langevin', default, and the published code), or √η′ ε, so that β = 2/ε² ('paper'). */
  noiseConvention?: 'langevin' | 'paper'
  /** Weight a in (0, 1] of the newest sample in the running average, or 'uniform' for the mean of all L samples. Default 0.75, as printed. */
  averaging?: number | 'uniform'
  /** Growth g₁ ≥ 0 of the scope, scope_k = scope_0 (1 + g₁)^k in outer iteration k = 0, 1, …; default 0, fixed. */
  scoping?: number
  /** Nesterov momentum μ in [0, 1) of both loops. Default 0. */
  momentum?: number
}

/**
 * Entropy-SGD (Chaudhari et al. 2017, Algorithm 1, corrected). One iteration: y, m ← x; L times
 *   y ← y − η′ (∇f_b(y) + (y − x)/γ) + √(2η′) ε N(0, I),   m ← (1 − a) m + a y   (a = 1/l at the l-th step for 'uniform');
 * then x ← x − η (x − m). L gradients an iteration, each of a fresh mini-batch.
 *
 * m estimates the mean of the local Gibbs law, so that x − m ≈ γ∇u(x, γ), u the local entropy. The last line of the algorithm as printed carries a factor
 * 1/γ, which its authors drop in practice, as is done here: a step of learning rate η is a step ηγ of the gradient flow of u. The bias of m is O(η′) plus
 * what remains of the start, (1−a)^L and r^L with r = 1 − η′(λ + 1/γ) along curvature λ; an average of constant weight keeps a variance however large L is,
 * v (a/(2−a)) (1+(1−a)r)/(1−(1−a)r) with v = 2η′ε²/(1−r²), where 'uniform' has O(1/L).
 *
 * Momentum is that of the published code: in the inner loop it acts on ∇f_b alone, from rest in every iteration, and the coupling and the noise are added
 * after it; in the outer loop it acts on x − m. That code differs from the paper in weighing the newest sample by a = 0.25 and in never counting
 * iterations in its Python version, so that scoping is without effect there; here it acts.
 * @throws ArgumentError
 */
export function entropySgd(given: EntropySgdOptions): Optimizer {
  const where = 'entropySgd'
  options(where, given, optionNames)
  const rateAt = learningRateOf(where, given.learningRate)
  const scope = scopeOf(where, given)
  const langevinSteps = integer(where, 'langevinSteps', given.langevinSteps ?? 20, 1)
  const langevinStepSize = positive(where, 'langevinStepSize', given.langevinStepSize ?? 0.1)
  const thermalNoise = nonNegative(where, 'thermalNoise', given.thermalNoise ?? 1e-4)
  const noiseConvention = oneOf(where, 'noiseConvention', given.noiseConvention ?? 'langevin', ['langevin', 'paper'])
  const averaging = averagingOf(where, given.averaging ?? 0.75)
  const scoping = nonNegative(where, 'scoping', given.scoping ?? 0)
  const momentum = momentumOf(where, given.momentum)
  const amplitude = Math.sqrt((noiseConvention === 'paper' ? 1 : 2) * langevinStepSize) * thermalNoise
  return portable(Object.freeze<Optimizer>({
    name: 'entropy-sgd',
    settings: Object.freeze({
      learningRate: scheduleSetting(given.learningRate), scope, langevinSteps, langevinStepSize, thermalNoise, noiseConvention, averaging, scoping, momentum,
    }),
    evaluations: langevinSteps,
    advice: 'a smaller langevinStepSize, which must be below 2/(L + 1/gamma) where ∇²f ≤ L (scoping raises 1/gamma), or a smaller learningRate',
    memory: (initial) => atRest(momentum, initial.length),
    stepper: (dim) => (point, memory, iteration, { gradient, normals }) => scratch((take) => {
      const [y, mean, slope, x] = Array.from({ length: 4 }, () => take(Float64Array, dim))
      const velocity = momentum > 0 ? take(Float64Array, dim).fill(0) : undefined
      const noise = amplitude > 0 ? take(Float64Array, dim) : undefined
      const coupling = scopeAt(scope, scoping, iteration)
      for (const copy of [y, mean, x]) copy.set(point)
      for (let l = 1; l <= langevinSteps; l++) {
        gradient(y, slope)
        if (noise !== undefined) normals(l, noise)
        const weight = averaging === 'uniform' ? 1 / l : averaging
        elasticLangevin({ y, mean, slope, x, velocity, noise }, { momentum, step: langevinStepSize, coupling, amplitude, weight })
      }
      for (let k = 0; k < dim; k++) slope[k] = point[k] - mean[k]
      if (momentum > 0) accelerate(slope, memory.velocity, momentum, true)
      const rate = rateAt(iteration)
      for (let k = 0; k < dim; k++) point[k] -= rate * slope[k]
    }),
  }), 'optimizer', 'entropySgd', given)
}

/** Options that suit a problem with curvatures of order one. */
entropySgd.example = { learningRate: 0.5, gamma: 1, langevinSteps: 5, thermalNoise: 1e-2, scoping: 1e-2, momentum: 0.3 } as EntropySgdOptions

const optionNames = [
  'learningRate', ...smoothingNames, 'langevinSteps', 'langevinStepSize', 'thermalNoise', 'noiseConvention', 'averaging', 'scoping', 'momentum',
]

/** The coupling 1/γ. A scope is taken as it is, not by way of its inverse, so that no rounding comes between. */
function scopeOf(where: string, given: Smoothing): number {
  const alone = given.gamma === undefined && given.time === undefined
  if (given.scope === 0 && alone) return 0
  const gamma = smoothingTime(where, given)
  return given.scope ?? positive(where, given.gamma === undefined ? '1/time' : '1/gamma', 1 / gamma)
}

function averagingOf(where: string, given: unknown): number | 'uniform' {
  if (given === 'uniform' || (typeof given === 'number' && given > 0 && given <= 1)) return given
  return refuse(where, 'averaging', "a number above 0 and at most 1, or 'uniform'", given)
}
