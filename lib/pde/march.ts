import { finite, nonNegative, oneOf, options, positive, refuse } from '../core/arguments.ts'
import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { breather, checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { adaptiveStepper } from './adaptive-step.ts'
import type { ErrorBound } from './adaptive-step.ts'
import type { Equation, Family, Scheme, Stepper } from './equation.ts'
import { families } from './families.ts'
import { checkState } from './march-state.ts'
import type { MarchState } from './march-state.ts'

export interface SolveOptions extends Running {
  /** End time, ≥ 0; 0 returns the initial field. */
  time: number
  /** Name of a scheme of the equation's catalogue. */
  scheme?: string
  /** A fixed step; the last one before a saved time or the end is shortened. */
  dt?: number
  /** Courant number of the steps, instead of `dt`, for schemes that have one. Default: the scheme's own, at which the time error of smooth solutions is below the space error. */
  cfl?: number
  /**
   * Bound of the time error in the maximum norm, relative to the range (max − min) of the values, instead of `dt` and `cfl`: steps follow an estimate
   * by step doubling. Schemes without a Courant number do so by default, bounded by a measure of the space error.
   */
  tolerance?: number
  /** Increasing times in [0, time] at which the field is kept. Default [time]. */
  saveAt?: readonly number[]
  /** Hamilton–Jacobi only: the flow of the viscous term, 'exact' by default. The others are of order 2 in time. */
  viscous?: 'exact' | 'rkl2' | 'implicit'
  /** Hamilton–Jacobi only: the Runge–Kutta method, in place of the scheme's own. */
  integrator?: 'ssp-rk1' | 'ssp-rk2' | 'ssp-rk3' | 'lawson4'
  executor?: Executor
  /** `Cancelled.state` of the same call: it continues bit for bit. */
  resume?: unknown
}

export interface Solution {
  /** The field at `time`. */
  final: Field
  times: number[]
  fields: Field[]
  stats: {
    steps: number
    /** Right-hand sides evaluated. */
    evaluations: number
    /** The longest step. */
    dt: number
  }
}

/**
 * Marches an equation from its initial field to `time`. Steps follow the solution's largest slope (`cfl`) or an estimate of their error (`tolerance`), or
 * are fixed (`dt`).
 * @throws ArgumentError on a bad option, or a dt above the stability limit (the message says the largest stable one); DivergenceError with the
 * time reached; Cancelled with a state, plain data, that `resume` continues
 */
export async function solve(equation: Equation, given: SolveOptions): Promise<Solution> {
  const problem = check(equation, given)
  const { grid, stepper, state, advance } = problem
  const breathe = breather('solve', given)
  const stops = [...new Set([...problem.saveAt, given.time])]
  for (const stop of stops) {
    if (stop < state.time) continue
    if (stop > 0) stepper.prepare(state.values)
    while (state.time < stop) {
      await breathe(
        { fraction: state.time / given.time, activity: `marching, time ${state.time.toPrecision(4)} of ${given.time}` },
        () => snapshot(state),
      )
      advance(state, stop)
    }
    if (problem.saveAt.length > state.saved.length && problem.saveAt[state.saved.length] === stop) state.saved.push(state.values.slice())
  }
  const { steps, evaluations, longest } = state
  return {
    final: fieldOf(grid, state.values),
    times: problem.saveAt.slice(),
    fields: state.saved.map((values) => fieldOf(grid, values)),
    stats: { steps, evaluations, dt: longest },
  }
}

interface Problem {
  grid: Grid
  stepper: Stepper
  saveAt: readonly number[]
  /** Takes one step, or a pair of them, towards a stop. */
  advance(state: Progressing, stop: number): void
  state: Progressing
}

/** A march in progress. */
interface Progressing extends Omit<MarchState, 'values' | 'saved'> {
  values: Float64Array
  saved: Float64Array[]
}

function snapshot(state: Progressing): MarchState {
  return { ...state, shape: state.shape.slice(), values: Array.from(state.values), saved: state.saved.map((values) => Array.from(values)) }
}

/** How long a step is. */
type Length = (state: Progressing, stop: number) => number

function plainStep(stepper: Stepper, lengthOf: Length, advice: string): Problem['advance'] {
  return (state, stop) => {
    const length = lengthOf(state, stop)
    const reached = length >= stop - state.time ? stop : state.time + length
    if (!(reached > state.time)) {
      throw new DivergenceError(`solve: slopes at time ${state.time} are too steep for any step that a number can hold; use smoother or smaller data`)
    }
    stepper.step(state.values, length)
    if (!allFinite(state.values)) {
      throw new DivergenceError(`solve: ${state.scheme} diverged between times ${state.time} and ${reached}; use ${advice}, a monotone scheme or smaller data`)
    }
    state.time = reached
    if (reached === stop) state.step = 0
    state.steps++
    state.evaluations += stepper.evaluations(length)
    state.longest = Math.max(state.longest, length)
  }
}

function allFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]) < Infinity)) return false
  return true
}

/** The step before a stop is shortened; one within rounding of it is stretched to it. */
function fixedLength(dt: number, time: number, stop: number): number {
  return stop - time <= dt * (1 + 1e-9) ? stop - time : dt
}

/**
 * Equal steps to the next stop, kept as long as they stay within a tenth of the Courant number: a step that lasts lets the stepper keep what it has
 * prepared for it.
 */
function courantLength(stepper: Stepper, cfl: number, state: Progressing, stop: number): number {
  const limit = stepper.courantStep!(state.values, cfl)
  const left = stop - state.time
  if (!(state.step <= limit && state.step >= 0.9 * limit && state.step <= left * (1 + 1e-9))) {
    state.step = Math.min(left / Math.ceil(left / limit), limit)
  }
  return left <= state.step * (1 + 1e-9) ? left : state.step
}

const optionNames = ['time', 'scheme', 'dt', 'cfl', 'tolerance', 'saveAt', 'executor', 'resume', ...runningNames]

function check(equation: Equation, given: SolveOptions): Problem {
  const family = familyOf(equation)
  if (equation.initial === undefined) refuse('solve', 'equation.initial', 'a field to start from', undefined)
  const { grid } = equation.initial
  const values = flat('solve', 'equation.initial', equation.initial)
  options('solve', given, [...optionNames, ...(family.choices ?? [])])
  const time = nonNegative('solve', 'time', given.time)
  const named = schemeOf(family, given.scheme)
  const scheme = family.choose?.(named, given, equation) ?? named
  const saveAt = given.saveAt === undefined ? [time] : checkTimes(given.saveAt, time)
  checkExecutor('solve', given.executor)
  checkRunning('solve', given)
  const stepper = family.discretise(equation, scheme)
  const advance = steppingOf(given, scheme, stepper, values)
  const start = { kind: family.kind, scheme: scheme.name, shape: grid.shape.slice(), time: 0, step: 0, steps: 0, evaluations: 0, longest: 0 }
  const resumed = given.resume === undefined ? undefined : checkState('solve', given.resume, start, grid.size, time, saveAt)
  const state = resumed === undefined ? { ...start, values, saved: [] } : {
    ...resumed, values: Float64Array.from(resumed.values), saved: resumed.saved.map((saved) => Float64Array.from(saved)),
  }
  return { grid, stepper, saveAt, advance, state }
}

function familyOf(equation: Equation): Family {
  const kinds = families.map((family) => family.kind)
  if (equation === null || typeof equation !== 'object' || !kinds.includes(equation.kind)) {
    refuse('solve', 'equation', `an equation of kind ${kinds.join(', ')}, such as hamiltonJacobi({ initial })`, equation?.kind ?? equation)
  }
  return families.find((family) => family.kind === equation.kind)!
}

function schemeOf(family: Family, name: unknown): Scheme {
  const chosen = oneOf('solve', 'scheme', name ?? family.standardScheme, family.schemes.map((scheme) => scheme.name))
  return family.schemes.find((scheme) => scheme.name === chosen)!
}

function checkTimes(times: unknown, time: number): readonly number[] {
  if (!Array.isArray(times)) refuse('solve', 'saveAt', 'a list of increasing times', times)
  for (const [i, at] of (times as unknown[]).entries()) {
    const value = finite('solve', `saveAt[${i}]`, at)
    if (value < 0 || value > time) refuse('solve', `saveAt[${i}]`, `a time from 0 to ${time}`, value)
    if (i > 0 && !(value > times[i - 1])) refuse('solve', 'saveAt', 'increasing times', times)
  }
  return (times as number[]).slice()
}

function steppingOf(given: SolveOptions, scheme: Scheme, stepper: Stepper, initial: Float64Array): Problem['advance'] {
  const named = (['dt', 'cfl', 'tolerance'] as const).filter((name) => given[name] !== undefined)
  if (named.length > 1) {
    const list = named.length === 2 ? named.join(' or ') : 'dt, cfl or tolerance'
    throw new ArgumentError(`solve: ${list} must be given at most once, got ${named.length === 2 ? 'both' : 'all'}`)
  }
  if (given.dt !== undefined) {
    const dt = checkStep(positive('solve', 'dt', given.dt), scheme, stepper, initial)
    return plainStep(stepper, (state, stop) => fixedLength(dt, state.time, stop), 'a smaller dt')
  }
  const adaptive = (bound: ErrorBound): Problem['advance'] => adaptiveStepper(stepper, scheme, bound, given.time, initial.length)
  if (given.tolerance !== undefined) return adaptive({ kind: 'relative', tolerance: positive('solve', 'tolerance', given.tolerance) })
  if (scheme.cfl === undefined && scheme.order.time === Infinity && given.cfl === undefined) {
    return plainStep(stepper, (state, stop) => stop - state.time, 'smaller data')
  }
  if (scheme.cfl === undefined) {
    return given.cfl === undefined ? adaptive({ kind: 'space' }) : refuse('solve', 'cfl', `left out: no Courant number bounds the steps of ${scheme.name}`, given.cfl)
  }
  const cfl = given.cfl === undefined ? scheme.cfl.standard : positive('solve', 'cfl', given.cfl)
  if (cfl > scheme.cfl.largest) refuse('solve', 'cfl', `at most ${scheme.cfl.largest}, the stability limit of ${scheme.name}`, cfl)
  return plainStep(stepper, (state, stop) => courantLength(stepper, cfl, state, stop), 'a smaller cfl')
}

function checkStep(dt: number, scheme: Scheme, stepper: Stepper, initial: Float64Array): number {
  const prepared = initial.slice()
  stepper.prepare(prepared)
  const stable = stepper.stableStep(prepared)
  // A dt computed from the limit itself may differ from it in its last digits.
  return dt > stable * (1 + 1e-12) ? refuse('solve', 'dt', `at most ${stable}, the largest stable step of ${scheme.name} here`, dt) : dt
}
