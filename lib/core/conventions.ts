import { nonNegative, positive } from './arguments.ts'
import { ArgumentError } from './errors.ts'

/** The three names of one quantity, the time of the Hamilton–Jacobi equation: exactly one must be given. */
export interface Smoothing {
  /** Smoothing time t (Deep Relaxation, Parle). */
  gamma?: number
  /** Inverse of the smoothing time (the γ of the Entropy-SGD paper). */
  scope?: number
  /** The smoothing time t by its PDE name. */
  time?: number
}

export const smoothingNames = ['gamma', 'scope', 'time'] as const

/** The smoothing time from exactly one of `gamma`, `scope` (its inverse) and `time`. */
export function smoothingTime(where: string, smoothing: Smoothing): number {
  const given = smoothingNames.filter((name) => smoothing[name] !== undefined)
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none of them' : given.join(' and ')
    throw new ArgumentError(`${where}: gamma, scope or time must be given exactly once, got ${got}`)
  }
  const value = positive(where, given[0], smoothing[given[0]])
  return given[0] === 'scope' ? positive(where, '1/scope', 1 / value) : value
}

/** The coefficient of Δu: `viscosity`, or 1/(2β) from `beta`, or 0 when neither is given. */
export function viscosityOf(where: string, given: { beta?: number; viscosity?: number }): number {
  if (given.beta !== undefined && given.viscosity !== undefined) {
    throw new ArgumentError(`${where}: beta or viscosity must be given at most once, got both`)
  }
  if (given.beta !== undefined) return 1 / (2 * positive(where, 'beta', given.beta))
  return given.viscosity === undefined ? 0 : nonNegative(where, 'viscosity', given.viscosity)
}
