import { nonNegative, positive, refuse } from '../core/arguments.ts'
import { pow } from '../core/power.ts'
import { fingerprint } from '../execution/fingerprint.ts'

/** A number for all iterations, or one for each, which count from 0. */
export type Schedule = number | ((iteration: number) => number)

/** The learning rate as a function of the iteration: a positive number, or a function whose values are checked as they are used. */
export function learningRateOf(where: string, given: unknown): (iteration: number) => number {
  if (typeof given === 'function') {
    return (iteration) => nonNegative(where, `learningRate(${iteration})`, (given as (iteration: number) => unknown)(iteration))
  }
  if (typeof given !== 'number') refuse(where, 'learningRate', 'a positive finite number or a function of the iteration', given)
  const rate = positive(where, 'learningRate', given)
  return () => rate
}

/** A schedule as plain data: a function by its source, so that a run is not resumed with another. */
export function scheduleSetting(given: Schedule): number | string {
  return typeof given === 'function' ? `schedule ${fingerprint(given)}` : given
}

/** Exponential scoping, scope_k = scope_0 (1 + rate)^k after k outer iterations (Chaudhari et al. 2017, section 4.3). */
export function scopeAt(scope: number, rate: number, iteration: number): number {
  return rate === 0 ? scope : scope * pow(1 + rate, iteration)
}
