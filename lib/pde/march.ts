import { callable, finite, nonNegative, oneOf, options, positive, refuse } from '../core/arguments.ts'
import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { breather, checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { allFinite } from '../kernels/finite.ts'
import { leasedWorkspace } from '../kernels/workspace.ts'
import type { Workspace } from '../kernels/workspace.ts'
import { adaptiveStepper } from './adaptive-step.ts'
import type { ErrorBound } from './adaptive-step.ts'
import type { Equation, Family, Scheme, Stepper } from './equation.ts'
import { families } from './families.ts'
import { checkState } from './march-state.ts'
import { marchTeam } from './march-team.ts'
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
  /** Statistics of the field, wanted at the start and after every step: numbers are kept, no fields. */
  observe?: Readonly<Record<string, (u: Field, time: number) => number>>
  /** Hamilton–Jacobi only: the flow of the viscous term, 'exact' by default. The others are of order 2 in time. */
  viscous?: 'exact' | 'rkl2' | 'implicit'
  /** Hamilton–Jacobi only: the Runge–Kutta method, in place of the scheme's own. */
  integrator?: 'ssp-rk1' | 'ssp-rk2' | 'ssp-rk3' | 'lawson4'
  /** Where the sweeps over large grids run; default as many threads as the machine runs side by side, `inline()` for one. The numbers do not depend on it. */
  executor?: Executor
  /** `Cancelled.state` of the same call: it continues bit for bit. */
  resume?: unknown
}

export interface Solution {
  /** The field at `time`. */
  final: Field
  times: number[]
  fields: Field[]
  /** What was observed, by name, at `times`. */
  observed: { times: number[]; values: Record<string, number[]> }
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
  const { workspace, release } = leasedWorkspace(await marchTeam(given?.executor, equation?.initial?.grid?.size ?? 0))
  try {
    return await march(given, check(given, setUp('solve', equation, given, workspace), workspace))
  } finally {
    release()
  }
}

async function march(given: SolveOptions, { grid, stepper, state, advance, saveAt }: Problem): Promise<Solution> {
  const breathe = breather('solve', given)
  const look = observation(given.observe, grid, state)
  const stops = [...new Set([...saveAt, given.time])]
  let begun = false
  for (const stop of stops) {
    if (stop < state.time) continue
    if (stop > 0) stepper.prepare(state.values)
    if (state.observed.times.length === 0) look()
    while (state.time < stop) {
      // The first breath is where the time left is told from.
      if (!begun || breathe.due()) {
        begun = true
        await breathe(
          { fraction: state.time / given.time, activity: `marching, time ${state.time.toPrecision(4)} of ${given.time}` },
          () => snapshot(state),
        )
      }
      advance(state, stop)
      look()
    }
    if (saveAt.length > state.saved.length && saveAt[state.saved.length] === stop) state.saved.push(Float64Array.from(state.values))
  }
  const { steps, evaluations, longest } = state
  return {
    final: fieldOf(grid, Float64Array.from(state.values)),
    times: saveAt.slice(),
    fields: state.saved.map((values) => fieldOf(grid, values)),
    observed: state.observed,
    stats: { steps, evaluations, dt: longest },
  }
}

/** Adds the statistics of the present state to what has been observed. */
function observation(observe: SolveOptions['observe'] = {}, grid: Grid, state: Progressing): () => void {
  const names = Object.keys(observe)
  if (names.length === 0) return () => {}
  return () => {
    const u = fieldOf(grid, Float64Array.from(state.values))
    state.observed.times.push(state.time)
    for (const name of names) {
      const value = observe[name](u, state.time)
      if (!Number.isFinite(value)) refuse('solve', `observe.${name} at time ${state.time}`, 'a finite number', value)
      ;(state.observed.values[name] ??= []).push(value)
    }
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
  const { times, values } = state.observed
  return {
    ...state, shape: state.shape.slice(), values: Array.from(state.values), saved: state.saved.map((saved) => Array.from(saved)),
    observed: { times: times.slice(), values: Object.fromEntries(Object.entries(values).map(([name, list]) => [name, list.slice()])) },
  }
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

const optionNames = ['time', 'scheme', 'dt', 'cfl', 'tolerance', 'saveAt', 'observe', 'executor', 'resume', ...runningNames]

/** What a call asks for, checked; nothing has been marched, and the step has not been held to its limits. */
export interface SetUp {
  family: Family
  scheme: Scheme
  stepper: Stepper
  grid: Grid
  /** The initial values. */
  values: Float64Array
  time: number
  saveAt: readonly number[]
}

export function setUp(where: string, equation: Equation, given: SolveOptions, workspace: Workspace): SetUp {
  const family = familyOf(where, equation)
  if (equation.initial === undefined) refuse(where, 'equation.initial', 'a field to start from', undefined)
  const values = flat(where, 'equation.initial', equation.initial)
  options(where, given, [...optionNames, ...(family.choices ?? [])])
  const time = nonNegative(where, 'time', given.time)
  const named = schemeOf(where, family, given.scheme)
  const scheme = family.choose?.(named, given, equation) ?? named
  const saveAt = given.saveAt === undefined ? [time] : checkTimes(where, given.saveAt, time)
  checkObserve(where, given.observe)
  checkExecutor(where, given.executor)
  checkRunning(where, given)
  const ways = (['dt', 'cfl', 'tolerance'] as const).filter((name) => given[name] !== undefined)
  if (ways.length > 1) {
    const list = ways.length === 2 ? ways.join(' or ') : 'dt, cfl or tolerance'
    throw new ArgumentError(`${where}: ${list} must be given at most once, got ${ways.length === 2 ? 'both' : 'all'}`)
  }
  return { family, scheme, stepper: family.discretise(equation, scheme, workspace), grid: equation.initial.grid, values, time, saveAt }
}

function check(given: SolveOptions, { family, scheme, stepper, grid, values: initial, time, saveAt }: SetUp, workspace: Workspace): Problem {
  const advance = steppingOf(given, scheme, stepper, initial)
  const start = { kind: family.kind, scheme: scheme.name, shape: grid.shape.slice(), time: 0, step: 0, steps: 0, evaluations: 0, longest: 0 }
  const watched = Object.keys(given.observe ?? {})
  const resumed = given.resume === undefined ? undefined : checkState('solve', given.resume, start, grid.size, time, saveAt, watched)
  const values = workspace.numbers(grid.size)
  values.set(resumed?.values ?? initial)
  const state = resumed === undefined ? { ...start, values, saved: [], observed: { times: [], values: {} } } : {
    ...resumed, values, saved: resumed.saved.map((saved) => Float64Array.from(saved)),
    observed: structuredClone(resumed.observed),
  }
  return { grid, stepper, saveAt, advance, state }
}

function checkObserve(where: string, observe: unknown): void {
  if (observe === undefined) return
  if (observe === null || typeof observe !== 'object' || Array.isArray(observe)) refuse(where, 'observe', 'an object of functions by name', observe)
  for (const [name, f] of Object.entries(observe as object)) callable(where, `observe.${name}`, f)
}

function familyOf(where: string, equation: Equation): Family {
  const kinds = families.map((family) => family.kind)
  if (equation === null || typeof equation !== 'object' || !kinds.includes(equation.kind)) {
    refuse(where, 'equation', `an equation of kind ${kinds.join(', ')}, such as hamiltonJacobi({ initial })`, equation?.kind ?? equation)
  }
  return families.find((family) => family.kind === equation.kind)!
}

function schemeOf(where: string, family: Family, name: unknown): Scheme {
  const chosen = oneOf(where, 'scheme', name ?? family.standardScheme, family.schemes.map((scheme) => scheme.name))
  return family.schemes.find((scheme) => scheme.name === chosen)!
}

/** Increasing times in [0, time], copied. */
export function checkTimes(where: string, times: unknown, time: number): readonly number[] {
  if (!Array.isArray(times)) refuse(where, 'saveAt', 'a list of increasing times', times)
  for (const [i, at] of (times as unknown[]).entries()) {
    const value = finite(where, `saveAt[${i}]`, at)
    if (value < 0 || value > time) refuse(where, `saveAt[${i}]`, `a time from 0 to ${time}`, value)
    if (i > 0 && !(value > times[i - 1])) refuse(where, 'saveAt', 'increasing times', times)
  }
  return (times as number[]).slice()
}

function steppingOf(given: SolveOptions, scheme: Scheme, stepper: Stepper, initial: Float64Array): Problem['advance'] {
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
