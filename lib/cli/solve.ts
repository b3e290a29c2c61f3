import { extname } from 'node:path'
import type { Command } from 'commander'
import { oneOf, options, refuse } from '../core/arguments.ts'
import { checkFile, writeFiles } from './files.ts'
import { progressLine } from './progress-line.ts'
import type { SolvableEquation, Solved } from './solve-equations.ts'
import { commonFlags, declareFlags } from './solve-flags.ts'
import type { SolveFlags } from './solve-flags.ts'
import type { Problem } from './solve-summary.ts'
import type { Streams } from './streams.ts'

export function declareSolve(program: Command, streams: Streams, finish: (code: number) => void): void {
  const command = program
    .command('solve')
    .description('Smooth a potential f on a grid: local entropy (cole-hopf), Hopf–Lax envelope, or a march of u_t = −½∇u·A∇u + b·∇u + viscosity Δu '
      + '(hamilton-jacobi) or u_t = viscosity Δu (heat). Or march a density in it: ρ_t = div(ρ ∇f) + div div(D ρ)/beta (fokker-planck). '
      + 'Or find the least cost at time 0 of controlling dx = (−∇f + α) dt + beta^(−1/2) dW until --time, E[terminal + ½∫|α|² dt] (control).')
    .argument('[equation]', 'cole-hopf, hopf-lax, hamilton-jacobi, heat, fokker-planck or control')
  declareFlags(command)
  command.action(async (name: string | undefined, flags: SolveFlags) => {
    await solveEquation(name, flags, streams)
    finish(0)
  })
}

/** The solvers load only here, so that help and bad usage answer at once. */
async function solveEquation(name: string | undefined, flags: SolveFlags, { stdout, stderr }: Streams): Promise<void> {
  const { solvable, solved: solvedOf } = await import('./solve-equations.ts')
  const kind = oneOf('relax solve', 'equation', name, Object.keys(solvable))
  const where = `relax solve ${kind}`
  const equation = solvable[kind]
  const problem = { kind, ...(await checkInput(where, equation, flags)) }
  const { planLines, summaryDocument, summaryLines } = await import('./solve-summary.ts')
  const print = <T extends object>(document: T, lines: (document: T) => string[]): void =>
    void stdout.write(flags.json ? `${JSON.stringify(document)}\n` : `${lines(document).join('\n')}\n`)
  if ('march' in equation && flags.plan) {
    const { plan } = await import('../pde/plan.ts')
    const { equation: marched, options: given } = equation.march(problem.start, problem.numbers)
    return print(plan(marched, given), (planned) => planLines(problem, planned))
  }
  const line = progressLine(stderr)
  const begun = performance.now()
  const solved = await solvedOf(equation, problem.start, problem.numbers, ({ activity, fraction }) =>
    line.show(`${kind} ${((performance.now() - begun) / 1000).toFixed(1)} s: ${activity}, ${Math.round(100 * fraction)} %`)).finally(line.clear)
  const files = new Map<string, Uint8Array>()
  if (flags.out !== undefined) files.set(flags.out, await arrayFile(flags.out, problem, solved))
  if (flags.plot !== undefined) files.set(flags.plot, await plotFile(flags.plot, problem, solved))
  await writeFiles(where, files)
  print(summaryDocument(problem, solved, flags), summaryLines)
}

/** Everything that can be refused before any work is. */
async function checkInput(where: string, equation: SolvableEquation, flags: SolveFlags): Promise<Omit<Problem, 'kind'>> {
  const known = [...commonFlags, ...equation.flags, ...('march' in equation ? ['plan'] : [])].map(optionName)
  options(where, Object.fromEntries(Object.keys(flags).map((name) => [optionName(name), true])), known)
  const { gridOf, startOf } = await import('./solve-inputs.ts')
  const grid = gridOf(where, flags.grid, flags.boundary)
  const variables = flags.grid!.map((axis) => axis.name)
  const start = startOf(where, grid, variables, equation.from, flags)
  if (flags.out !== undefined) await checkFile(where, '--out', flags.out, ['.npy', '.npz'])
  if (flags.plot !== undefined) await checkFile(where, '--plot', flags.plot, ['.svg', '.png'])
  if (flags.plot !== undefined && grid.dim > 3) refuse(where, '--plot', 'left out with more than three variables', flags.plot)
  const own = ['u', 'times', 'fields']
  const taken = variables.find((name) => own.includes(name) || /^(minimizer|control)_/.test(name))
  if (taken !== undefined && flags.out?.endsWith('.npz')) refuse(where, '--grid', `of other names than ${own.join(', ')} with an .npz file`, taken)
  const numbers = Object.fromEntries(equation.flags.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]))
  return { parameters: Object.fromEntries(flags.parameter ?? []), grid, numbers, start }
}

async function arrayFile(path: string, { grid, start: { variables } }: Problem, solved: Solved): Promise<Uint8Array> {
  const { npy, npz } = await import('../report/array-file.ts')
  const { arrayOf } = await import('./solve-equations.ts')
  const u = arrayOf(solved.final)
  if (extname(path) === '.npy') return npy(u)
  const coordinates = variables.map((name, k) => [name, { shape: [grid.shape[k]], data: grid.coordinates(k) }] as const)
  return npz({ u, ...Object.fromEntries(coordinates), ...solved.arrays })
}

/** The given field beside what became of it, in the order of their times. */
async function plotFile(path: string, problem: Problem, solved: Solved): Promise<Uint8Array> {
  const [{ draw }, { renderSvg }, { renderPng }, { subjectOf }] = await Promise.all([
    import('../report/draw.ts'), import('../figure/svg.ts'), import('../figure/png.ts'), import('./solve-summary.ts'),
  ])
  const { initial, variables } = problem.start
  const { final, time, startTime, saved = { times: [time], fields: [final] } } = solved
  const made = saved.times.map((at, k) => ({ time: at, field: saved.fields[k] }))
  const all = made.some((each) => each.time === startTime) ? made : [{ time: startTime, field: initial }, ...made].toSorted((a, b) => a.time - b.time)
  const figure = draw({ final, times: all.map((each) => each.time), fields: all.map((each) => each.field) }, {
    title: `${problem.kind}: ${subjectOf(problem)}`, axes: [...variables], value: solved.mass === undefined ? 'u' : 'density',
  })
  return extname(path) === '.png' ? renderPng(figure) : Buffer.from(renderSvg(figure))
}

/** `saveAt` → `--save-at`. */
function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
