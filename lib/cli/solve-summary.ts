import { flat, nodeAt } from '../grid/field.ts'
import type { Boundary, Grid } from '../grid/grid.ts'
import type { Plan } from '../pde/plan.ts'
import type { Solved } from './solve-equations.ts'
import type { EquationFlags } from './solve-flags.ts'
import type { Start } from './solve-inputs.ts'

/** What was asked for. */
export interface Problem {
  kind: string
  grid: Grid
  start: Start
  /** Values of the expressions' parameters. */
  parameters: Record<string, number>
  /** The equation's own numbers and names. */
  numbers: EquationFlags
}

interface Extreme {
  value: number
  /** A node where it is taken. */
  at: Record<string, number>
}

export interface SummaryDocument {
  equation: string
  /** Missing where a drift stands in its place. */
  potential?: string
  parameters?: Record<string, number>
  grid: { name: string; min: number; max: number; size: number; boundary: Boundary }[]
  options: EquationFlags
  time: number
  min: Extreme
  max: Extreme
  /** Of a density. */
  mass?: number
  gap?: number
  times?: number[]
  stats?: Solved['stats']
  out?: string
  plot?: string
}

/** The summary as plain data, as `--json` prints it. */
export function summaryDocument(problem: Problem, solved: Solved, files: { out?: string; plot?: string }): SummaryDocument {
  const { kind, parameters, grid, numbers, start: { potential, variables } } = problem
  const values = flat('relax solve', 'u', solved.final, true)
  const extreme = (better: (a: number, b: number) => boolean): Extreme => {
    const index = values.reduce((best, value, i) => (better(value, values[best]) ? i : best), 0)
    return { value: values[index], at: Object.fromEntries(nodeAt(grid, index).map((x, k) => [variables[k], x])) }
  }
  return {
    equation: kind,
    ...(potential && { potential: potential.name }),
    ...(Object.keys(parameters).length > 0 && { parameters }),
    grid: grid.axes.map(({ min, max, size, boundary }, k) => ({ name: variables[k], min, max, size, boundary })),
    options: numbers,
    time: solved.time,
    min: extreme((a, b) => a < b),
    max: extreme((a, b) => a > b),
    ...(solved.mass !== undefined && { mass: solved.mass }),
    ...(solved.gap !== undefined && { gap: solved.gap }),
    ...(solved.saved && { times: solved.saved.times }),
    ...(solved.stats && { stats: solved.stats }),
    ...(files.out !== undefined && { out: files.out }),
    ...(files.plot !== undefined && { plot: files.plot }),
  }
}

/** The summary for people. */
export function summaryLines(document: SummaryDocument): string[] {
  const { equation, potential, parameters, grid, options, time, min, max, mass, gap, stats, out, plot } = document
  const axes = grid.map(({ name, min, max, size, boundary }) => `${name} in [${min}, ${max}], ${size} nodes, ${boundaryText(boundary)}`)
  const numbers = Object.entries({ ...parameters, ...options }).map(([name, value]) => `${name} ${valueText(value)}`)
  return [
    `${equation} of ${potential ?? 'a drift'} at time ${digits(time)}`,
    ...axes.map((axis) => `grid   ${axis}`),
    `with   ${numbers.join(', ')}`,
    `min    ${extremeText(min)}`,
    `max    ${extremeText(max)}`,
    ...(mass === undefined ? [] : [`mass   ${digits(mass)}`]),
    ...(gap === undefined ? [] : [`gap    ${digits(gap)}`]),
    ...(stats ? [`steps  ${stats.steps}, the longest ${digits(stats.dt)}; right-hand sides ${stats.evaluations}`] : []),
    ...(out === undefined ? [] : [`out    ${out}`]),
    ...(plot === undefined ? [] : [`plot   ${plot}`]),
  ]
}

/** A plan for people. */
export function planLines(problem: Problem, { steps, dt, limitedBy, stable, largestStableStep, monotone, bytes, seconds }: Plan): string[] {
  const limits = { dt: 'as asked for', slopes: 'limited by slopes', accuracy: 'limited by accuracy', end: 'limited by the end or a saved time' }
  const bound = largestStableStep < Infinity ? `largest stable step ${digits(largestStableStep)}` : 'steps of any length are'
  return [
    `plan of ${problem.kind} of ${subjectOf(problem)}`,
    `steps     ${steps}, the first ${digits(dt)}, ${limits[limitedBy]}`,
    `stable    ${stable ? 'yes' : 'no, solve refuses it'}; ${bound}`,
    `monotone  ${monotone ? 'yes' : 'no'}`,
    `memory    about ${digits(bytes, 2)} bytes`,
    ...(stable ? [`time      about ${digits(seconds, 2)} s`] : []),
  ]
}

/** What moves the equation. */
export function subjectOf({ start: { potential }, numbers: { drift } }: Problem): string {
  return potential?.name ?? `drift (${drift!.join(', ')})`
}

function valueText(value: unknown): string {
  if (!Array.isArray(value)) return String(value)
  const list = value as unknown[]
  return list.join(Array.isArray(list[0]) ? ';' : ',')
}

function extremeText({ value, at }: Extreme): string {
  return `${digits(value)} at ${Object.entries(at).map(([name, x]) => `${name} = ${digits(x)}`).join(', ')}`
}

function boundaryText(boundary: Boundary): string {
  return typeof boundary === 'object' ? `dirichlet ${boundary.dirichlet}` : boundary
}

function digits(value: number, count = 10): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(count))) : String(value)
}
