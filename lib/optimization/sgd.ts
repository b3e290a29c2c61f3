import { oneOf, options } from '../core/arguments.ts'
import { portable } from '../execution/portable.ts'
import { accelerate, atRest, momentumOf } from './momentum.ts'
import type { Optimizer } from './optimizer.ts'
import { learningRateOf, scheduleSetting } from './schedules.ts'
import type { Schedule } from './schedules.ts'

export interface SgdOptions {
  /** η > 0, or a schedule: iteration ↦ η ≥ 0, iterations counted from 0. */
  learningRate: Schedule
  /** μ in [0, 1), default 0. */
  momentum?: number
  /** Default 'heavy-ball'. */
  momentumKind?: 'heavy-ball' | 'nesterov'
}

/**
 * Stochastic gradient descent: x ← x − η g, g the gradient of a fresh mini-batch at x; without batches, gradient descent. One gradient an iteration.
 * With momentum v ← μv + g and x ← x − ηv ('heavy-ball') or x ← x − η(g + μv) ('nesterov'), v = 0 at first: the η of v is that of the
 * present iteration, and the effective step is η/(1 − μ).
 * @throws ArgumentError
 */
export function sgd(given: SgdOptions): Optimizer {
  const where = 'sgd'
  options(where, given, ['learningRate', 'momentum', 'momentumKind'])
  const rateAt = learningRateOf(where, given.learningRate)
  const momentum = momentumOf(where, given.momentum)
  const momentumKind = oneOf(where, 'momentumKind', given.momentumKind ?? 'heavy-ball', ['heavy-ball', 'nesterov'])
  return portable(Object.freeze<Optimizer>({
    name: 'sgd',
    settings: Object.freeze({ learningRate: scheduleSetting(given.learningRate), momentum, momentumKind }),
    evaluations: 1,
    advice: 'a smaller learningRate: it must be below 2/L where ∇²f ≤ L',
    memory: (initial) => atRest(momentum, initial.length),
    stepper(dim) {
      const slope = new Float64Array(dim)
      return (point, memory, iteration, { gradient }) => {
        const rate = rateAt(iteration)
        gradient(point, slope)
        if (momentum > 0) accelerate(slope, memory.velocity, momentum, momentumKind === 'nesterov')
        for (let k = 0; k < dim; k++) point[k] -= rate * slope[k]
      }
    },
  }), 'optimizer', 'sgd', given)
}

/** Options that suit a problem with curvatures of order one. */
sgd.example = { learningRate: 0.1, momentum: 0.5 } as SgdOptions
