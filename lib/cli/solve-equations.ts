import { positive } from '../core/arguments.ts'
import { smoothingTime } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import type { Progress } from '../execution/progress.ts'
import { flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { integrate } from '../grid/operators.ts'
import type { NamedArray } from '../report/array-file.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { optimalControl } from '../pde/control/optimal-control.ts'
import type { Equation } from '../pde/equation.ts'
import { fokkerPlanck, isFokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { hamiltonJacobi } from '../pde/hamilton-jacobi/equation.ts'
import { heat } from '../pde/heat/equation.ts'
import { hopfLax } from '../pde/hopf-lax.ts'
import { checkTimes, solve } from '../pde/march.ts'
import type { Solution, SolveOptions } from '../pde/march.ts'
import { spectralGap } from '../pde/spectral-gap.ts'
import { interruptible } from './interruption.ts'
import type { EquationFlags } from './solve-flags.ts'
import type { Start } from './solve-inputs.ts'

/** What a solver made of the field that was given. */
export interface Solved {
  final: Field
  /** The time of `final`: 0 for the control, which comes back from the end. */
  time: number
  /** The time of the field that was given. */
  startTime: number
  /** Fields kept on the way, with their times. */
  saved?: { times: number[]; fields: Field[] }
  /** Arrays of its own for an .npz file. */
  arrays: Record<string, NamedArray>
  stats?: Solution['stats']
  /** ∫ final, of a density. */
  mass?: number
  gap?: number
}

type OnProgress = (progress: Progress) => void

interface Common {
  /** Names of the flags that it takes beside the common ones. */
  flags: readonly (keyof EquationFlags)[]
  /** The flag of the field that it starts from. */
  from: 'potential' | 'initial' | 'terminal'
}

/** An equation that `solve` marches, and `plan` plans. */
interface Marched extends Common {
  march(start: Start, flags: EquationFlags): { equation: Equation; options: SolveOptions }
}

interface Direct extends Common {
  run(start: Start, flags: EquationFlags, onProgress: OnProgress): Promise<Solved>
}

export type SolvableEquation = Marched | Direct

const smoothing = ['time', 'gamma', 'scope'] as const
const stepping = ['scheme', 'dt', 'tolerance', 'saveAt'] as const
const hamiltonJacobiStepping = [...stepping, 'cfl', 'viscous', 'integrator'] as const

export const solvable: Readonly<Record<string, SolvableEquation>> = {
  'cole-hopf': {
    flags: [...smoothing, 'beta'],
    from: 'potential',
    run: async ({ initial }, flags) => {
      const final = coleHopf(initial, { ...picked(flags, smoothing), beta: flags.beta! })
      return { final, time: smoothingTime('coleHopf', flags), startTime: 0, arrays: {} }
    },
  },
  'hopf-lax': {
    flags: smoothing,
    from: 'potential',
    run: async ({ initial, variables }, flags) => {
      const { envelope, minimizer } = hopfLax(initial, picked(flags, smoothing))
      return { final: envelope, time: smoothingTime('hopfLax', flags), startTime: 0, arrays: byVariable('minimizer', minimizer, variables) }
    },
  },
  'hamilton-jacobi': {
    flags: [...smoothing, 'beta', 'viscosity', 'drift', 'metric', ...hamiltonJacobiStepping],
    from: 'potential',
    march: ({ initial, drift }, flags) => ({
      equation: hamiltonJacobi({ initial, ...picked(flags, ['beta', 'viscosity', 'metric']), ...(drift && { drift }) }),
      options: { time: timeOf(flags), ...picked(flags, hamiltonJacobiStepping) },
    }),
  },
  heat: {
    flags: [...smoothing, 'beta', 'viscosity', ...stepping],
    from: 'potential',
    march: ({ initial }, flags) => {
      if (flags.beta === undefined && flags.viscosity === undefined) {
        throw new ArgumentError('relax solve heat: --beta or --viscosity must be given exactly once, got neither')
      }
      return { equation: heat({ initial, ...picked(flags, ['beta', 'viscosity']) }), options: { time: timeOf(flags), ...picked(flags, stepping) } }
    },
  },
  'fokker-planck': {
    flags: ['time', 'beta', 'drift', 'diffusion', 'initial', ...stepping, 'gap'],
    from: 'initial',
    march: ({ initial, potential, drift }, flags) => {
      const { beta, time, diffusion } = flags
      // One number is c I in any dimension.
      const matrix = diffusion?.length === 1 ? diffusion[0] : diffusion
      const motion = { ...(potential && { potential }), ...(drift && { drift }), ...(matrix !== undefined && { diffusion: matrix }) }
      return { equation: fokkerPlanck({ initial, beta: beta!, ...motion }), options: { time: time!, ...picked(flags, stepping) } }
    },
  },
  control: { flags: ['time', 'beta', 'terminal', 'scheme', 'saveAt'], from: 'terminal', run: runControl },
}

/** Solves, and stops at Ctrl-C. */
export async function solved(kind: SolvableEquation, start: Start, flags: EquationFlags, onProgress: OnProgress): Promise<Solved> {
  if ('run' in kind) return kind.run(start, flags, onProgress)
  const { equation, options } = kind.march(start, flags)
  return interruptible(async (signal) => {
    const gap = flags.gap && isFokkerPlanck(equation) ? await spectralGap(equation, { signal, onProgress }) : undefined
    const { final, times, fields, stats } = await solve(equation, { ...options, signal, onProgress })
    const kept = flags.saveAt === undefined ? { arrays: {} } : keptOf(times, fields)
    return {
      final, time: options.time, startTime: 0, stats, ...kept, ...(kind.from === 'initial' && { mass: integrate(final) }), ...(gap !== undefined && { gap }),
    }
  })
}

export function arrayOf(field: Field): NamedArray {
  return { shape: field.grid.shape, data: flat('relax solve', 'u', field, true) }
}

async function runControl({ initial, potential, variables }: Start, flags: EquationFlags, onProgress: OnProgress): Promise<Solved> {
  const time = positive('optimalControl', 'time', flags.time)
  const times = flags.saveAt === undefined ? undefined : checkTimes('optimalControl', flags.saveAt, time)
  const { value, control } = await interruptible((signal) => optimalControl({
    potential: potential!, terminal: initial, grid: initial.grid, beta: flags.beta!, time, ...picked(flags, ['scheme']), signal, onProgress,
  }))
  const kept = times === undefined ? { arrays: {} } : keptOf([...times], times.map(value))
  return { final: value(0), time: 0, startTime: time, ...kept, arrays: { ...byVariable('control', control(0), variables), ...kept.arrays } }
}

/** Time 0 is the initial field here, and no smoothing time. */
function timeOf(flags: EquationFlags): number {
  const { time, gamma, scope } = flags
  return time !== undefined && gamma === undefined && scope === undefined ? time : smoothingTime('solve', flags)
}

function picked<K extends keyof EquationFlags>(flags: EquationFlags, names: readonly K[]): Pick<EquationFlags, K> {
  return Object.fromEntries(names.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]])) as Pick<EquationFlags, K>
}

function byVariable(name: string, fields: readonly Field[], variables: readonly string[]): Record<string, NamedArray> {
  return Object.fromEntries(fields.map((field, k) => [`${name}_${variables[k]}`, arrayOf(field)]))
}

function keptOf(times: number[], fields: Field[]): Pick<Solved, 'saved' | 'arrays'> {
  const arrays = fields.map(arrayOf)
  const size = arrays[0]?.data.length ?? 0
  const data = new Float64Array(times.length * size)
  arrays.forEach((array, k) => data.set(array.data, k * size))
  return {
    saved: { times, fields },
    arrays: {
      times: { shape: [times.length], data: Float64Array.from(times) },
      fields: { shape: [times.length, ...(arrays[0]?.shape ?? [])], data },
    },
  }
}
