import { extname } from 'node:path'
import type { Command } from 'commander'
import { oneOf, options, refuse } from '../core/arguments.ts'
import type { Field } from '../grid/field.ts'
import type { Boundary, Grid } from '../grid/grid.ts'
import type { Potential } from '../potential/potential.ts'
import { checkFile, writeFiles } from './files.ts'
import { progressLine } from './progress-line.ts'
import { readAxis, readBoundary, readNumber, readNumbers, readParameter } from './readers.ts'
import type { NamedAxis } from './readers.ts'
import type { EquationFlags, SolvableEquation, Solved } from './solve-equations.ts'
import type { Problem } from './solve-summary.ts'
import type { Streams } from './streams.ts'
import { declareOption, declareRepeated } from './usage.ts'

interface SolveFlags extends EquationFlags {
  potential?: string
  grid?: NamedAxis[]
  boundary?: Boundary
  parameter?: [string, number][]
  out?: string
  plot?: string
  json?: true
}

const commonFlags = ['potential', 'grid', 'boundary', 'parameter', 'out', 'plot', 'json']

export function declareSolve(program: Command, streams: Streams, finish: (code: number) => void): void {
  const command = program
    .command('solve')
    .description('Smooth a potential f on a grid: local entropy, Hopf–Lax envelope or a march of u_t = −½|∇u|² + viscosity Δu. '
      + 'Or march a density in it: u_t = div(u ∇f) + Δu/beta.')
    .argument('[equation]', 'cole-hopf, hopf-lax, hamilton-jacobi or fokker-planck')
  declareOption(command, '--potential <expression>', "f as an expression such as 'x^4/4 - a x^2', or a landscape such as double-well")
  declareRepeated(command, '--grid <name=min:max:nodes>', 'an axis, such as x=-3:3:2001; once for each variable, in their order', readAxis)
  declareOption(command, '--boundary <kind>', 'periodic, neumann, extrapolate (default) or dirichlet=VALUE; for a density no flux is the default', readBoundary)
  declareRepeated(command, '--parameter <name=value>', 'value of a symbol of the expression', readParameter)
  declareOption(command, '--time <t>', 'time of the equation, the smoothing time', readNumber)
  declareOption(command, '--gamma <t>', 'the same', readNumber)
  declareOption(command, '--scope <s>', 'its inverse', readNumber)
  declareOption(command, '--beta <b>', 'inverse temperature; the viscosity is 1/(2 beta), the diffusion of a density 1/beta', readNumber)
  declareOption(command, '--viscosity <v>', 'coefficient of the Laplacian, in place of beta (hamilton-jacobi)', readNumber)
  declareOption(command, '--initial <expression>', 'the density at time 0, not normalised; uniform of mass 1 without it (fokker-planck)')
  declareOption(command, '--scheme <name>', 'godunov or weno5 (hamilton-jacobi)')
  declareOption(command, '--dt <step>', 'fixed time step (hamilton-jacobi, fokker-planck)', readNumber)
  declareOption(command, '--cfl <number>', 'Courant number, in place of dt (hamilton-jacobi)', readNumber)
  declareOption(command, '--tolerance <bound>', 'of the time error, relative to the range of u, in place of dt (hamilton-jacobi, fokker-planck)', readNumber)
  declareOption(command, '--save-at <t,...>', 'times at which the field is kept (hamilton-jacobi, fokker-planck)', readNumbers)
  declareOption(command, '--out <file>', 'u as .npy, or u with coordinates and more as .npz')
  declareOption(command, '--plot <file>', 'a figure as .svg or .png')
  command.option('--json', 'print the summary as one JSON document')
  command.action(async (name: string | undefined, flags: SolveFlags) => {
    await solveEquation(name, flags, streams)
    finish(0)
  })
}

/** The solvers load only here, so that help and bad usage answer at once. */
async function solveEquation(name: string | undefined, flags: SolveFlags, { stdout, stderr }: Streams): Promise<void> {
  const { solvable } = await import('./solve-equations.ts')
  const kind = oneOf('relax solve', 'equation', name, Object.keys(solvable))
  const where = `relax solve ${kind}`
  const problem = { kind, ...(await checkInput(where, solvable[kind], flags)) }
  const line = progressLine(stderr)
  const start = performance.now()
  const solved = await solvable[kind].run(problem, problem.numbers, ({ activity, fraction }) =>
    line.show(`${kind} ${((performance.now() - start) / 1000).toFixed(1)} s: ${activity}, ${Math.round(100 * fraction)} %`)).finally(line.clear)
  const files = new Map<string, Uint8Array>()
  if (flags.out !== undefined) files.set(flags.out, await arrayFile(flags.out, problem, solved))
  if (flags.plot !== undefined) files.set(flags.plot, await plotFile(flags.plot, problem, solved))
  await writeFiles(where, files)
  const { summaryDocument, summaryLines } = await import('./solve-summary.ts')
  const document = summaryDocument(problem, solved, flags)
  stdout.write(flags.json ? `${JSON.stringify(document)}\n` : `${summaryLines(document).join('\n')}\n`)
}

/** Everything that can be refused before any work is. */
async function checkInput(where: string, equation: SolvableEquation, flags: SolveFlags): Promise<Omit<Problem, 'kind'>> {
  const known = [...commonFlags, ...equation.flags].map(optionName)
  options(where, Object.fromEntries(Object.keys(flags).map((name) => [optionName(name), true])), known)
  const { densityOf, gridOf, potentialOf } = await import('./solve-inputs.ts')
  const { field } = await import('../grid/field.ts')
  const grid = gridOf(where, flags.grid, flags.boundary)
  const variables = flags.grid!.map((axis) => axis.name)
  const potential = potentialOf(where, flags.potential, variables, flags.parameter)
  if (flags.out !== undefined) await checkFile(where, '--out', flags.out, ['.npy', '.npz'])
  if (flags.plot !== undefined) await checkFile(where, '--plot', flags.plot, ['.svg', '.png'])
  if (flags.plot !== undefined && grid.dim > 3) refuse(where, '--plot', 'left out with more than three variables', flags.plot)
  const own = ['u', 'times', 'fields']
  const taken = variables.find((name) => own.includes(name) || name.startsWith('minimizer_'))
  if (taken !== undefined && flags.out?.endsWith('.npz')) refuse(where, '--grid', `of other names than ${own.join(', ')} with an .npz file`, taken)
  const numbers = Object.fromEntries(equation.flags.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]))
  const initial = equation.field === 'density' ? densityOf(where, grid, flags.initial, variables) : field(grid, potential)
  return { potential, parameters: Object.fromEntries(flags.parameter ?? []), grid, variables, numbers, initial }
}

async function arrayFile(path: string, { grid, variables }: { grid: Grid; variables: string[] }, solved: Solved): Promise<Uint8Array> {
  const { npy, npz } = await import('../report/array-file.ts')
  const { arrayOf } = await import('./solve-equations.ts')
  const u = arrayOf(solved.final)
  if (extname(path) === '.npy') return npy(u)
  const coordinates = variables.map((name, k) => [name, { shape: [grid.shape[k]], data: grid.coordinates(k) }] as const)
  return npz({ u, ...Object.fromEntries(coordinates), ...solved.arrays })
}

/** The initial field beside what became of it. */
async function plotFile(path: string, problem: { kind: string; potential: Potential; variables: string[]; initial: Field }, solved: Solved): Promise<Uint8Array> {
  const [{ draw }, { renderSvg }, { renderPng }] = await Promise.all([
    import('../report/draw.ts'), import('../figure/svg.ts'), import('../figure/png.ts'),
  ])
  const { times, fields } = solved.saved ?? { times: [solved.time], fields: [solved.final] }
  const fromStart = times[0] === 0 ? { times, fields } : { times: [0, ...times], fields: [problem.initial, ...fields] }
  const figure = draw({ final: solved.final, ...fromStart }, { title: `${problem.kind}: ${problem.potential.name}`, axes: problem.variables, value: solved.mass === undefined ? 'u' : 'density' })
  return extname(path) === '.png' ? renderPng(figure) : Buffer.from(renderSvg(figure))
}

/** `saveAt` → `--save-at`. */
function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
