import { refuse } from '../core/arguments.ts'
import type { Memory } from './optimizer.ts'

/** A coefficient of momentum, in [0, 1). */
export function momentumOf(where: string, given: unknown): number {
  if (given === undefined) return 0
  return typeof given === 'number' && given >= 0 && given < 1 ? given : refuse(where, 'momentum', 'a number from 0 to below 1', given)
}

/**
 * velocity ← momentum·velocity + gradient, then gradient ← velocity (heavy ball, Polyak 1964) or gradient + momentum·velocity (Nesterov's,
 * in the form of Sutskever et al. 2013 that training codes use).
 */
export function accelerate(gradient: Float64Array, velocity: Float64Array, momentum: number, nesterov: boolean): void {
  for (let k = 0; k < gradient.length; k++) {
    velocity[k] = momentum * velocity[k] + gradient[k]
    gradient[k] = nesterov ? gradient[k] + momentum * velocity[k] : velocity[k]
  }
}

/** The memory of an optimiser whose momentum, if it has any, starts from rest. */
export function atRest(momentum: number, dim: number): Memory {
  return momentum > 0 ? { velocity: new Float64Array(dim) } : {}
}
