import { DivergenceError } from '../core/errors.ts'
import type { Scheme, Stepper } from './equation.ts'

/** Error that the states of a march may gain in time. */
export type ErrorBound =
  /** Times the range of the state. */
  | { readonly kind: 'relative'; readonly tolerance: number }
  /** A share of the error in space that the state carries. */
  | { readonly kind: 'space' }

/** What a march by step doubling reads and writes. */
export interface AdaptiveState {
  values: Float64Array
  time: number
  /** The length to try next; 0 before the first. */
  step: number
  steps: number
  evaluations: number
  longest: number
}

/** The share of the measured space error that may come from time: less than the space error itself in transients of quadratics and double wells. */
const spaceShare = 0.75
/** Errors are estimated to this many units of round-off of the largest value, at best. */
const roundOff = 32 * Number.EPSILON
/** A step changes by no more than this at a time. */
const fastestGrowth = 2
const fastestFall = 1 / 16

/**
 * A pair of equal steps whose error, by comparison with one of twice their length, is within the bound; the pair's result is kept. Let T be the whole time
 * and ν the rate at which the state moves, relative to what of it moves: a pair of length s may err by bound·s·(1/T + ν)/2. Errors die out as the state
 * settles, over times 1/ν: so the whole error stays within about the bound, also when the first states have much finer features than the later ones.
 */
export function adaptiveStepper(stepper: Stepper, scheme: Scheme, bound: ErrorBound, total: number, size: number): (state: AdaptiveState, stop: number) => void {
  const once = new Float64Array(size)
  const twice = new Float64Array(size)
  const order = scheme.order.time
  const allowed = (length: number, moved: number): number => {
    const { top, range } = extent(twice)
    const space = bound.kind === 'space' ? stepper.spaceError!(twice) : undefined
    const whole = bound.kind === 'relative' ? bound.tolerance * range : spaceShare * space!.error
    const share = (length / total + moved / Math.max(space?.of ?? range, Number.MIN_VALUE)) / 2
    return Math.max(whole * Math.min(share, 1), roundOff * top)
  }
  return (state, stop) => {
    const left = stop - state.time
    const stable = stepper.stableStep(state.values)
    let length = state.step > 0 ? state.step : ladder(left / 16)
    for (;;) {
      length = Math.min(length, stable)
      const last = left <= length * (1 + 1e-9)
      const taken = last ? left : length
      const reached = last ? stop : state.time + taken
      if (!(state.time + taken / 2 > state.time)) {
        throw new DivergenceError(`solve: no step that a number can hold is accurate enough at time ${state.time}; use a larger tolerance, smoother or smaller data`)
      }
      once.set(state.values)
      stepper.step(once, taken)
      twice.set(state.values)
      stepper.step(twice, taken / 2)
      stepper.step(twice, taken / 2)
      state.evaluations += stepper.evaluations(taken) + 2 * stepper.evaluations(taken / 2)
      const error = distance(once, twice) / (2 ** order - 1)
      const ratio = error === 0 ? 0 : error / allowed(taken, distance(state.values, twice))
      // Not finite: the step was out of all bounds.
      const factor = ratio >= 0 ? Math.min(Math.max(0.9 * ratio ** (-1 / order), fastestFall), fastestGrowth) : fastestFall
      if (ratio <= 1) {
        state.values.set(twice)
        state.time = reached
        // A step cut short by a stop says little about longer ones.
        state.step = last ? Math.max(length, ladder(taken * factor)) : ladder(length * factor)
        state.steps += 2
        state.longest = Math.max(state.longest, taken / 2)
        return
      }
      length = ladder(taken * Math.min(factor, 0.9))
    }
  }
}

/** The next length below on a ladder of four rungs an octave, halves included: what a stepper has prepared for a length serves again. */
function ladder(length: number): number {
  const octave = 2 ** Math.floor(Math.log2(length))
  return octave * Math.min(Math.max(Math.floor((4 * length) / octave) / 4, 1), 1.75)
}

function distance(a: Float64Array, b: Float64Array): number {
  let most = 0
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i])
    if (!(d <= most)) most = d
    if (most !== most) return NaN
  }
  return most
}

function extent(values: Float64Array): { top: number; range: number } {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < values.length; i++) {
    if (values[i] < low) low = values[i]
    if (values[i] > high) high = values[i]
  }
  return { top: Math.max(Math.abs(low), Math.abs(high)), range: high - low }
}
