import type { PathNoise } from '../random/path-noise.ts'
import type { NoiseClass, System } from './system.ts'

/** One step of all paths of a block, in place: from time t, step number `step`, by dt. */
export type Step = (x: Float64Array, t: number, step: number, dt: number) => void

/** An integrator of stochastic differential equations with its declared orders. */
export interface Method {
  readonly name: string
  /** Order of the root mean square of the pathwise error at a fixed time. */
  readonly strongOrder: number
  /** Order of the error of averages of smooth functions at a fixed time. */
  readonly weakOrder: number
  /** Order of the error of averages under the stationary law. */
  readonly stationaryOrder: number
  /** The widest class of noise that the orders are declared for. */
  readonly noise: NoiseClass
  readonly calculus: 'ito' | 'stratonovich' | 'both'
  /** A step for blocks of `count` paths. It owns its work space, and what it carries from step to step is a function of (noise, step). */
  prepare(system: System, noise: PathNoise, count: number): Step
}
