import { positive, refuse } from '../core/arguments.ts'
import { leasedWorkspace } from '../kernels/workspace.ts'
import { adaptiveStepper } from './adaptive-step.ts'
import type { AdaptiveState } from './adaptive-step.ts'
import type { Equation } from './equation.ts'
import { setUp } from './march.ts'
import type { SetUp, SolveOptions } from './march.ts'

/** What `solve` would do, told before it does. */
export interface Plan {
  /** Steps from the initial field: an upper estimate where they follow slopes that decay, a guess from the first ones where they follow the error. */
  steps: number
  /** The first step, or the one asked for. */
  dt: number
  /** What keeps the step from being longer: the call's own `dt`, the solution's slopes, the time error, or only the end or a saved time. */
  limitedBy: 'dt' | 'slopes' | 'accuracy' | 'end'
  /** Whether the step is within the scheme's stability limit at the start; `solve` refuses it otherwise. */
  stable: boolean
  /** The largest stable step at the start; Infinity when nothing limits it. */
  largestStableStep: number
  /** Whether u ≤ v stays so, exactly: the scheme is monotone and the step stable. */
  monotone: boolean
  /** Memory for states, work and saved fields, about. */
  bytes: number
  /** Time in this thread, from the time that a step takes now. */
  seconds: number
}

/** Arrays of the state's size that a march keeps besides the saved ones: the state, its trial copies, and the integrator's stages. */
const workArrays = 10

/**
 * Steps, stability, memory and time of `solve(equation, options)`, by discretising the equation and trying a few steps on a copy. Nothing is marched
 * for longer.
 * @throws ArgumentError as `solve`, but a step above the stability limit is told, not refused
 */
export function plan(equation: Equation, given: SolveOptions): Plan {
  const { workspace, release } = leasedWorkspace()
  try {
    return planOf(setUp('plan', equation, given, workspace), given)
  } finally {
    release()
  }
}

function planOf(problem: SetUp, given: SolveOptions): Plan {
  const { stepper, scheme, grid, values, time, saveAt } = problem
  const start = values.slice()
  if (time > 0) stepper.prepare(start)
  const largestStableStep = stepper.stableStep(start)
  const { dt, steps, limitedBy, tried } = time === 0 ? { dt: 0, steps: 0, limitedBy: 'end' as const, tried: 0 } : stepsOf(problem, given, start, largestStableStep)
  // A dt computed from the limit itself may differ from it in its last digits.
  const stable = dt <= largestStableStep * (1 + 1e-12)
  return {
    steps, dt, limitedBy, stable, largestStableStep, monotone: scheme.monotone && stable,
    bytes: 8 * grid.size * (workArrays + saveAt.length),
    seconds: steps * (stable ? tried : 0),
  }
}

interface Steps {
  dt: number
  steps: number
  limitedBy: Plan['limitedBy']
  /** Seconds that a step takes. */
  tried: number
}

function stepsOf(problem: SetUp, given: SolveOptions, start: Float64Array, stable: number): Steps {
  const { stepper, scheme, time, saveAt } = problem
  const stops = [...new Set([...saveAt, time])].filter((stop) => stop > 0)
  const equal = (limit: number): number => stops.reduce((sum, stop, k) => sum + Math.ceil(((stop - (stops[k - 1] ?? 0)) / limit) * (1 - 1e-9)), 0)
  if (given.dt !== undefined) {
    const dt = Math.min(positive('plan', 'dt', given.dt), stops[0])
    return { dt, steps: equal(given.dt), limitedBy: dt < given.dt ? 'end' : 'dt', tried: dt <= stable ? secondsOf(problem, start, dt) : 0 }
  }
  const followsError = given.tolerance !== undefined || (scheme.cfl === undefined && scheme.order.time < Infinity)
  if (followsError) return adaptiveSteps(problem, given, start, stops[0])
  if (scheme.cfl === undefined) return { dt: stops[0], steps: stops.length, limitedBy: 'end', tried: secondsOf(problem, start, stops[0]) }
  const cfl = given.cfl === undefined ? scheme.cfl.standard : positive('plan', 'cfl', given.cfl)
  if (cfl > scheme.cfl.largest) refuse('plan', 'cfl', `at most ${scheme.cfl.largest}, the stability limit of ${scheme.name}`, cfl)
  const limit = stepper.courantStep!(start, cfl)
  const dt = stops[0] / Math.ceil(stops[0] / limit)
  return { dt, steps: equal(limit), limitedBy: limit < stops[0] ? 'slopes' : 'end', tried: secondsOf(problem, start, dt) }
}

/** Seconds of the quickest of up to 64 steps on a copy, or of those that a twentieth of a second holds: the first ones prepare what the stepper keeps, and are run unoptimised. */
function secondsOf({ stepper }: SetUp, start: Float64Array, dt: number): number {
  const copy = start.slice()
  let least = Infinity
  const begun = performance.now()
  for (let k = 0; k < 64 && (k < 2 || performance.now() - begun < 50); k++) {
    const before = performance.now()
    stepper.step(copy, dt)
    least = Math.min(least, performance.now() - before)
  }
  return least / 1000
}

/** A few pairs of the adaptive march itself; the rest at the length that it has come to. */
function adaptiveSteps({ stepper, scheme, time }: SetUp, given: SolveOptions, start: Float64Array, stop: number): Steps {
  const bound = given.tolerance === undefined
    ? { kind: 'space' as const } : { kind: 'relative' as const, tolerance: positive('plan', 'tolerance', given.tolerance) }
  const advance = adaptiveStepper(stepper, scheme, bound, time, start.length)
  const state: AdaptiveState = { values: start.slice(), time: 0, step: 0, steps: 0, evaluations: 0, longest: 0 }
  const begun = performance.now()
  let first = 0
  for (let pair = 0; pair < 6 && state.time < stop; pair++) {
    advance(state, stop)
    if (pair === 0) first = state.time / state.steps
  }
  const tried = (performance.now() - begun) / 1000 / state.steps
  const length = Math.max(state.step / 2, state.longest)
  return { dt: first, steps: state.steps + Math.ceil((time - state.time) / length), limitedBy: state.steps <= 2 && state.time >= stop ? 'end' : 'accuracy', tried }
}
