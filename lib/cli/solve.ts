import { extname } from 'node:path'
import ops from 'ndarray-ops'
import { oneOf } from '../core/arguments.ts'
import { smoothingTime } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import { nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { hamiltonJacobi } from '../pde/hamilton-jacobi/equation.ts'
import { hopfLax } from '../pde/hopf-lax.ts'
import { solve as march } from '../pde/march.ts'
import { npy, npz } from '../report/array-file.ts'
import type { NamedArray } from '../report/array-file.ts'
import { draw } from '../report/draw.ts'
import { equationNames } from './names.ts'
import { numeric, optionalNumber } from './numbers.ts'
import { checkOutput, printJson, writeWhole } from './output.ts'
import { initialField } from './problem.ts'
import type { ProblemFlags } from './problem.ts'

type EquationName = (typeof equationNames)[number]

export interface SolveFlags extends ProblemFlags {
  beta?: string
  viscosity?: string
  time?: string
  gamma?: string
  scope?: string
  scheme?: string
  dt?: string
  cfl?: string
  saveAt?: string
  out?: string
  plot?: string
  json?: boolean
}

/** What a run leaves: the field at the end, fields on the way, minimisers, counts. */
interface Outcome {
  final: Field
  times: number[]
  fields: Field[]
  minimizer: Field[]
  stats?: object
}

/** Options that only some equations take. */
const particular = { beta: ['cole-hopf', 'hamilton-jacobi'], viscosity: ['hamilton-jacobi'], scheme: ['hamilton-jacobi'], dt: ['hamilton-jacobi'],
  cfl: ['hamilton-jacobi'], saveAt: ['hamilton-jacobi'] } satisfies Partial<Record<keyof SolveFlags, EquationName[]>>

/** `relax solve`: one equation on a grid, with a summary, a figure and arrays. */
export async function solve(name: string, flags: SolveFlags, signal: AbortSignal): Promise<void> {
  const equation = oneOf('relax', 'equation', name, equationNames)
  for (const [option, equations] of Object.entries(particular)) {
    if (flags[option as keyof SolveFlags] !== undefined && !(equations as string[]).includes(equation)) {
      throw new ArgumentError(`relax: --${option === 'saveAt' ? 'save-at' : option} must be left out with ${equation}, got it given`)
    }
  }
  const time = smoothingTime('relax', Object.fromEntries((['time', 'gamma', 'scope'] as const)
    .flatMap((option) => (flags[option] === undefined ? [] : [[option, numeric(`--${option}`, flags[option])]]))))
  await checkOutput('--out', flags.out, ['.npy', '.npz'])
  await checkOutput('--plot', flags.plot, ['.svg', '.png'])
  const { initial, variables } = initialField(flags)
  const outcome = await run(equation, initial, time, flags, signal)
  if (flags.plot !== undefined) await writeWhole(flags.plot, await plotOf(flags.plot, equation, outcome, variables))
  if (flags.out !== undefined) await writeWhole(flags.out, arraysOf(flags.out, outcome, variables))
  summarize(equation, time, outcome, variables, flags)
}

async function run(equation: EquationName, initial: Field, time: number, flags: SolveFlags, signal: AbortSignal): Promise<Outcome> {
  const beta = optionalNumber('--beta', flags.beta)
  const alone = { times: [], fields: [], minimizer: [] }
  if (equation === 'hopf-lax') {
    const { envelope, minimizer } = hopfLax(initial, { gamma: time })
    return { ...alone, final: envelope, minimizer }
  }
  if (equation === 'cole-hopf') {
    if (beta === undefined) throw new ArgumentError('relax: --beta must be given with cole-hopf, got nothing')
    return { ...alone, final: coleHopf(initial, { gamma: time, beta }) }
  }
  const viscosity = optionalNumber('--viscosity', flags.viscosity)
  const saveAt = flags.saveAt?.split(',').map((text) => numeric('--save-at', text))
  const { scheme } = flags
  const [dt, cfl] = [optionalNumber('--dt', flags.dt), optionalNumber('--cfl', flags.cfl)]
  const problem = hamiltonJacobi({ initial, ...(beta !== undefined && { beta }), ...(viscosity !== undefined && { viscosity }) })
  const solution = await march(problem, {
    time, signal, ...(scheme !== undefined && { scheme }), ...(dt !== undefined && { dt }), ...(cfl !== undefined && { cfl }), ...(saveAt && { saveAt }),
  })
  return { ...solution, minimizer: [], times: saveAt === undefined ? [] : solution.times, fields: saveAt === undefined ? [] : solution.fields }
}

async function plotOf(path: string, equation: EquationName, { final, times, fields }: Outcome, variables: string[]): Promise<string | Uint8Array> {
  const naming = { title: equation, axes: variables, value: 'u' }
  const figure = fields.length > 0 ? draw({ final, times, fields }, naming) : draw(final, naming)
  if (extname(path) === '.png') return (await import('../figure/png.ts')).renderPng(figure)
  return (await import('../figure/svg.ts')).renderSvg(figure)
}

function arraysOf(path: string, { final, times, fields, minimizer }: Outcome, variables: string[]): Uint8Array {
  const { grid } = final
  const array = (field: Field): NamedArray => ({ shape: grid.shape, data: field.values.data })
  if (extname(path) === '.npy') return npy(array(final))
  const joined = new Float64Array(fields.length * grid.size)
  fields.forEach((field, k) => joined.set(field.values.data, k * grid.size))
  return npz({
    u: array(final),
    ...Object.fromEntries(variables.map((name, k) => [`axis_${name}`, { shape: [grid.shape[k]], data: grid.coordinates(k) }])),
    ...Object.fromEntries(minimizer.map((field, k) => [`minimizer_${variables[k]}`, array(field)])),
    ...(fields.length > 0 && {
      times: { shape: [times.length], data: Float64Array.from(times) },
      saved: { shape: [fields.length, ...grid.shape], data: joined },
    }),
  })
}

function summarize(equation: EquationName, time: number, { final, stats }: Outcome, variables: string[], flags: SolveFlags): void {
  const { data } = final.values
  const extreme = (value: number): { value: number; at: number[] } => ({ value, at: nodeAt(final.grid, data.indexOf(value)) })
  const summary = { equation, time, shape: final.grid.shape, variables, minimum: extreme(ops.inf(final.values)), maximum: extreme(ops.sup(final.values)), ...(stats && { stats }) }
  if (flags.json === true) return printJson({ ...summary, ...(flags.out && { out: flags.out }), ...(flags.plot && { plot: flags.plot }) })
  const line = (what: string, { value, at }: { value: number; at: number[] }): string =>
    `${what} ${value.toPrecision(10)} at ${variables.map((name, k) => `${name} = ${at[k].toPrecision(6)}`).join(', ')}`
  const lines = [`${equation} at t = ${time} on ${final.grid.shape.join(' × ')} nodes`, line('minimum', summary.minimum), line('maximum', summary.maximum)]
  if (stats !== undefined) lines.push(Object.entries(stats).map(([name, value]) => `${name} ${value}`).join(', '))
  for (const path of [flags.out, flags.plot]) if (path !== undefined) lines.push(`wrote ${path}`)
  process.stdout.write(`${lines.join('\n')}\n`)
}
