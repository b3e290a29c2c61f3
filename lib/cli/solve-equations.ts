import { smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import type { Progress } from '../execution/progress.ts'
import { flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { integrate } from '../grid/operators.ts'
import type { Potential } from '../potential/potential.ts'
import type { NamedArray } from '../report/array-file.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import type { Equation } from '../pde/equation.ts'
import { fokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { hamiltonJacobi } from '../pde/hamilton-jacobi/equation.ts'
import { hopfLax } from '../pde/hopf-lax.ts'
import { solve } from '../pde/march.ts'
import type { Solution } from '../pde/march.ts'
import { interruptible } from './interruption.ts'

/** The numbers and names that an equation may take from the command line. */
export interface EquationFlags extends Smoothing {
  beta?: number
  viscosity?: number
  scheme?: string
  dt?: number
  cfl?: number
  tolerance?: number
  /** A density, as an expression. */
  initial?: string
  saveAt?: number[]
}

/** What a solver made of an initial field. */
export interface Solved {
  final: Field
  /** The time of `final`. */
  time: number
  /** Fields kept on the way, with their times. */
  saved?: { times: number[]; fields: Field[] }
  /** Arrays of its own for an .npz file. */
  arrays: Record<string, NamedArray>
  stats?: Solution['stats']
  /** ∫ final, of a density. */
  mass?: number
}

/** What an equation starts from. */
export interface Start {
  /** The potential's values, or a density. */
  initial: Field
  potential: Potential
  variables: readonly string[]
}

export interface SolvableEquation {
  /** Names of the flags that it takes. */
  flags: readonly (keyof EquationFlags)[]
  /** What the field is: values on the way from the potential's own, or a density that starts apart from it. */
  field: 'value' | 'density'
  run(start: Start, flags: EquationFlags, onProgress: (progress: Progress) => void): Promise<Solved>
}

const smoothing = ['time', 'gamma', 'scope'] as const

export const solvable: Readonly<Record<string, SolvableEquation>> = {
  'cole-hopf': {
    flags: [...smoothing, 'beta'],
    field: 'value',
    run: async ({ initial }, flags) => {
      const final = coleHopf(initial, flags as Smoothing & { beta: number })
      return { final, time: smoothingTime('coleHopf', flags), arrays: {} }
    },
  },
  'hopf-lax': {
    flags: smoothing,
    field: 'value',
    run: async ({ initial, variables }, flags) => {
      const { envelope, minimizer } = hopfLax(initial, flags)
      const arrays = Object.fromEntries(minimizer.map((field, k) => [`minimizer_${variables[k]}`, arrayOf(field)]))
      return { final: envelope, time: smoothingTime('hopfLax', flags), arrays }
    },
  },
  'hamilton-jacobi': { flags: [...smoothing, 'beta', 'viscosity', 'scheme', 'dt', 'cfl', 'tolerance', 'saveAt'], field: 'value', run: marchHamiltonJacobi },
  'fokker-planck': { flags: ['time', 'beta', 'initial', 'scheme', 'dt', 'tolerance', 'saveAt'], field: 'density', run: marchFokkerPlanck },
}

export function arrayOf(field: Field): NamedArray {
  return { shape: field.grid.shape, data: flat('relax solve', 'u', field, true) }
}

async function marchHamiltonJacobi({ initial }: Start, flags: EquationFlags, onProgress: (progress: Progress) => void): Promise<Solved> {
  const { time: given, gamma, scope, beta, viscosity, ...stepping } = flags
  // Time 0 is the initial field here, and no smoothing time.
  const only = given !== undefined && gamma === undefined && scope === undefined
  const time = only ? given : smoothingTime('solve', flags)
  const equation = hamiltonJacobi({ initial, ...(beta !== undefined && { beta }), ...(viscosity !== undefined && { viscosity }) })
  return march(equation, initial, time, stepping, onProgress)
}

async function marchFokkerPlanck({ initial, potential }: Start, flags: EquationFlags, onProgress: (progress: Progress) => void): Promise<Solved> {
  const { time, beta, initial: _, ...stepping } = flags
  const solved = await march(fokkerPlanck({ initial, potential, beta: beta! }), initial, time!, stepping, onProgress)
  return { ...solved, mass: integrate(solved.final) }
}

async function march(
  equation: Equation, initial: Field, time: number, stepping: Pick<EquationFlags, 'scheme' | 'dt' | 'cfl' | 'tolerance' | 'saveAt'>,
  onProgress: (progress: Progress) => void,
): Promise<Solved> {
  const solution = await interruptible((signal) => solve(equation, { time, signal, onProgress, ...stepping }))
  if (stepping.saveAt === undefined) return { final: solution.final, time, arrays: {}, stats: solution.stats }
  const { times, fields } = solution
  const data = new Float64Array(times.length * initial.grid.size)
  fields.forEach((field, k) => data.set(arrayOf(field).data, k * initial.grid.size))
  const arrays = {
    times: { shape: [times.length], data: Float64Array.from(times) },
    fields: { shape: [times.length, ...initial.grid.shape], data },
  }
  return { final: solution.final, time, saved: { times, fields }, arrays, stats: solution.stats }
}
