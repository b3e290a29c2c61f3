import { addressOf, kernels } from './machine.ts'

interface Kernels {
  elasticLangevin(
    from: number, to: number, y: number, mean: number, slope: number, x: number, velocity: number, noise: number,
    momentum: number, step: number, coupling: number, amplitude: number, keep: number, weight: number,
  ): void
}

/** A walker y on a spring to x and what moves it, all of one length. */
export interface Walker {
  readonly y: Float64Array
  /** Running average of y. */
  readonly mean: Float64Array
  readonly slope: Float64Array
  readonly x: Float64Array
  /** None without momentum. */
  readonly velocity: Float64Array | undefined
  /** Normals; none without noise. */
  readonly noise: Float64Array | undefined
}

export interface Motion {
  readonly momentum: number
  readonly step: number
  readonly coupling: number
  readonly amplitude: number
  /** Of the newest y in the average. */
  readonly weight: number
}

/** Fewer numbers are moved sooner by the twin. */
const least = 8

/**
 * One step in one pass: v ← momentum v + slope, d = slope + momentum v (Nesterov's); y ← y − step (d + coupling (y − x)) + amplitude noise;
 * mean ← (1 − weight) mean + weight y. On the kernels if all arrays are in their memory, with the bits of the twin.
 */
export function elasticLangevin(walker: Walker, motion: Motion): void {
  const { y, mean, slope, x, velocity, noise } = walker
  if (y.length < least) return stepPlainly(walker, motion)
  const addresses = [y, mean, slope, x, velocity, noise].map((array) => (array === undefined ? 0 : addressOf(array)))
  if (addresses.includes(undefined)) return stepPlainly(walker, motion)
  const [atY, atMean, atSlope, atX, atVelocity, atNoise] = addresses as number[]
  const { momentum, step, coupling, amplitude, weight } = motion
  kernels<Kernels>().elasticLangevin(
    0, y.length, atY, atMean, atSlope, atX, atVelocity, atNoise, momentum, step, coupling, amplitude, 1 - weight, weight,
  )
}

export function stepPlainly({ y, mean, slope, x, velocity, noise }: Walker, { momentum, step, coupling, amplitude, weight }: Motion): void {
  const keep = 1 - weight
  for (let k = 0; k < y.length; k++) {
    let drift = slope[k]
    if (velocity !== undefined) {
      velocity[k] = momentum * velocity[k] + drift
      drift += momentum * velocity[k]
    }
    let moved = y[k] - step * (drift + coupling * (y[k] - x[k]))
    if (noise !== undefined) moved += amplitude * noise[k]
    y[k] = moved
    mean[k] = keep * mean[k] + weight * moved
  }
}
