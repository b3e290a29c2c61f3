import { flat, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Boundary, Grid } from '../grid/grid.ts'
import type { Potential } from '../potential/potential.ts'
import type { EquationFlags, Solved } from './solve-equations.ts'

/** What was asked for. */
export interface Problem {
  kind: string
  potential: Potential
  grid: Grid
  variables: string[]
  /** Values of the expression's parameters. */
  parameters: Record<string, number>
  /** The equation's own numbers and names. */
  numbers: EquationFlags
  initial: Field
}

interface Extreme {
  value: number
  /** A node where it is taken. */
  at: Record<string, number>
}

export interface SummaryDocument {
  equation: string
  potential: string
  parameters?: Record<string, number>
  grid: { name: string; min: number; max: number; size: number; boundary: Boundary }[]
  options: EquationFlags
  time: number
  min: Extreme
  max: Extreme
  /** Of a density. */
  mass?: number
  times?: number[]
  stats?: Solved['stats']
  out?: string
  plot?: string
}

/** The summary as plain data, as `--json` prints it. */
export function summaryDocument(problem: Problem, solved: Solved, files: { out?: string; plot?: string }): SummaryDocument {
  const { kind, potential, parameters, grid, variables, numbers } = problem
  const values = flat('relax solve', 'u', solved.final, true)
  const extreme = (better: (a: number, b: number) => boolean): Extreme => {
    const index = values.reduce((best, value, i) => (better(value, values[best]) ? i : best), 0)
    return { value: values[index], at: Object.fromEntries(nodeAt(grid, index).map((x, k) => [variables[k], x])) }
  }
  return {
    equation: kind,
    potential: potential.name,
    ...(Object.keys(parameters).length > 0 && { parameters }),
    grid: grid.axes.map(({ min, max, size, boundary }, k) => ({ name: variables[k], min, max, size, boundary })),
    options: numbers,
    time: solved.time,
    min: extreme((a, b) => a < b),
    max: extreme((a, b) => a > b),
    ...(solved.mass !== undefined && { mass: solved.mass }),
    ...(solved.saved && { times: solved.saved.times }),
    ...(solved.stats && { stats: solved.stats }),
    ...(files.out !== undefined && { out: files.out }),
    ...(files.plot !== undefined && { plot: files.plot }),
  }
}

/** The summary for people. */
export function summaryLines({ equation, potential, parameters, grid, options, min, max, mass, stats, out, plot }: SummaryDocument): string[] {
  const axes = grid.map(({ name, min, max, size, boundary }) => `${name} in [${min}, ${max}], ${size} nodes, ${boundaryText(boundary)}`)
  const numbers = Object.entries({ ...parameters, ...options }).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(',') : value}`)
  return [
    `${equation} of ${potential}`,
    ...axes.map((axis) => `grid   ${axis}`),
    `with   ${numbers.join(', ')}`,
    `min    ${extremeText(min)}`,
    `max    ${extremeText(max)}`,
    ...(mass === undefined ? [] : [`mass   ${digits(mass)}`]),
    ...(stats ? [`steps  ${stats.steps}, the longest ${digits(stats.dt)}; right-hand sides ${stats.evaluations}`] : []),
    ...(out === undefined ? [] : [`out    ${out}`]),
    ...(plot === undefined ? [] : [`plot   ${plot}`]),
  ]
}

function extremeText({ value, at }: Extreme): string {
  return `${digits(value)} at ${Object.entries(at).map(([name, x]) => `${name} = ${digits(x)}`).join(', ')}`
}

function boundaryText(boundary: Boundary): string {
  return typeof boundary === 'object' ? `dirichlet ${boundary.dirichlet}` : boundary
}

function digits(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(10))) : String(value)
}
