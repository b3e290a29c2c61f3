import type { StepSpace } from '../kernels/step-space.ts'
import type { Calculus, NoiseClass, System } from './system.ts'

/** What a step sees of the Wiener process. Arrays are component-major and only lent. */
export interface StepPath {
  /** W(t + dt) − W(t). */
  readonly increment: Float64Array
  /** H = (1/dt)∫(W − W(t)) ds − increment/2, for methods that look at 'time-areas'. */
  readonly timeArea: Float64Array
  /** Increments of the step's halves, for 'halves'. */
  readonly halves: readonly [Float64Array, Float64Array]
  /** A_jk = ½∫(W_j dW_k − W_k dW_j), j < k, row after row, for 'areas'. */
  readonly areas: Float64Array
  /** The increment of the step after this, and how long that is, for 'next'. */
  readonly next: Float64Array
  readonly nextDt: number
  /** One uniform number in (0, 1) a path, for 'uniforms'. */
  readonly uniforms: Float64Array
}

const none = new Float64Array(0)

/** An increment and what else a step is to see, for steps that are taken by themselves. */
export function stepPath(increment: Float64Array, more: Partial<StepPath> = {}): StepPath {
  return { increment, timeArea: none, halves: [none, none], areas: none, next: none, nextDt: 0, uniforms: none, ...more }
}

/** One step of all paths of a block, in place: from time t by dt. */
export type Step = (x: Float64Array, t: number, dt: number, path: StepPath) => void

export interface Orders {
  /** Order of the root mean square of the pathwise error at a fixed time. */
  readonly strongOrder: number
  /** Order of the error of averages of smooth functions at a fixed time. */
  readonly weakOrder: number
}

/** The drift as steps add it: `sign` times what `evaluate` writes, so that gradients need not be turned round. */
export interface Slope {
  readonly sign: 1 | -1
  evaluate(x: Float64Array, count: number, t: number, out: Float64Array): void
}

export function slopeOf(system: System): Slope {
  const { gradients, drift } = system
  return gradients === undefined ? { sign: 1, evaluate: drift } : { sign: -1, evaluate: (x, count, _t, out) => gradients(x, count, out) }
}

/** An integrator of stochastic differential equations with its declared orders. */
export interface Method extends Orders {
  readonly name: string
  /** Order of the error of averages under the stationary law of a Langevin equation. */
  readonly stationaryOrder: number
  /** The widest class of noise that it takes, for which the orders are declared. */
  readonly noise: NoiseClass
  /** Orders that are higher for narrower noise. */
  readonly sharper?: Partial<Record<NoiseClass, Partial<Orders>>>
  readonly calculus: Calculus
  /** What it needs of an equation besides. */
  readonly requires?: 'constant noise' | 'an overdamped Langevin equation' | 'an underdamped Langevin equation'
  /** What its steps look at besides the increment. */
  readonly path?: 'time-areas' | 'halves' | 'areas' | 'next' | 'uniforms'
  /**
   * A step for blocks of `count` paths. It owns its work space and remembers nothing that is not a function of the state. With a space of kernels, points and what the step sees of the
   * path must be numbers of it; without one they may be any.
   */
  prepare(system: System, count: number, space?: StepSpace): Step
}
