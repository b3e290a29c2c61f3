import { options, positive, refuse } from '../../core/arguments.ts'
import type { Potential } from '../potential.ts'
import { gaussianMixture } from './gaussian-mixture.ts'

export interface WideAndSharpOptions {
  /** Weights of the sharp and the wide well, default [0.35, 0.65]. */
  weights?: readonly [number, number]
  /** Variances of the sharp and the wide well, default [0.01, 0.5]. */
  variances?: readonly [number, number]
  /** The sharp well is at −center, the wide one at +center; default 2. */
  center?: number
  /** Inverse temperature, default 1. */
  beta?: number
}

/**
 * A deep sharp well and a shallow wide one in 1-D, −(1/β) log(w₁N(−c, s₁) + w₂N(c, s₂)). The minimum of its local entropy moves to the wide well at
 * γ/β = (w₁²s₂ − w₂²s₁)/(w₂² − w₁²) when the wells are well separated: 0.1900833 by default.
 * @throws ArgumentError
 */
export function wideAndSharp(given: WideAndSharpOptions = {}): Potential {
  options('wideAndSharp', given, ['weights', 'variances', 'center', 'beta'])
  const { weights = [0.35, 0.65], variances = [0.01, 0.5] } = given
  for (const [name, list] of [['weights', weights], ['variances', variances]] as const) {
    if (!Array.isArray(list) || list.length !== 2) refuse('wideAndSharp', name, 'two positive numbers', list)
    list.forEach((value, i) => positive('wideAndSharp', `${name}[${i}]`, value))
  }
  const center = positive('wideAndSharp', 'center', given.center ?? 2)
  const beta = positive('wideAndSharp', 'beta', given.beta ?? 1)
  return { ...gaussianMixture({ weights, means: [[-center], [center]], variances, beta }), name: 'wide-and-sharp' }
}
