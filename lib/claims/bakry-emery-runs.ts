import { fokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { gibbs } from '../pde/gibbs.ts'
import { solve } from '../pde/march.ts'
import { spectralGap } from '../pde/spectral-gap.ts'
import { normals } from '../random/index.ts'
import { pathBlock } from '../sde/block.ts'
import { eulerMaruyama } from '../sde/methods/euler-maruyama.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'
import { kullbackLeibler } from '../stats/distances.ts'
import { compensatedSum } from '../stats/sums.ts'
import { gaussianAt, gaussianDistances, gridOf, problemsOf, startOf } from './bakry-emery-problems.ts'
import type { Curvature, Distance, Problem } from './bakry-emery-problems.ts'
import type { Context } from './claim.ts'
import { largest } from './measure.ts'

export interface Parameters {
  betas: { flows: number[]; gaps: number[]; planes: number[] }
  /** Cells of the finer grid on each axis. */
  cells: { line: number; plane: number }
  /** Cells of the grids for a quadratic against its Gaussian formula. */
  ladder: number[]
  pairs: number
  curvature: Curvature
}

/** The problem and the β that something was measured at. */
interface AtProblem {
  name: string
  dim: number
  quadratic: boolean
  beta: number
  kappa: number
}

/** A distance to the Gibbs law along a flow, on a grid and on one of twice the spacing. */
export interface Decay extends AtProblem {
  spacing: number
  distance: Distance
  time: number[]
  /** W₂ in units of 1/√(βκ). */
  value: number[]
  coarse: number[]
}

export interface Gap extends AtProblem {
  spacing: number
  gap: number
  coarse: number
}

/** Pairs of Euler–Maruyama paths that share their noise. */
export interface Coupling extends AtProblem {
  dt: number
  /** Largest distance after a step over 1 − κ dt times the one before it, less what rounds; and r.m.s. distances over the one at the start. */
  worstStep: number
  time: number[]
  distance: number[]
}

/** ∫(ρ − π)²/π over cells of equal size. */
function chiSquared(density: Float64Array, law: Float64Array, cell: number): number {
  return compensatedSum(density.map((value, i) => ((value - law[i]) ** 2 / law[i]) * cell))
}

/** W₂ between densities that are constant on cells of one length: their quantile functions are straight between the levels where either leaves a cell. */
function quantileDistance(length: number, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const parts: number[] = []
  let [i, j] = [0, 0]
  let [left, right] = [p[0], q[0]]
  while (i < p.length && j < q.length) {
    const moved = Math.min(left, right)
    if (moved > 0) {
      const before = i - j + (1 - left / p[i]) - (1 - right / q[j])
      const after = before + moved / p[i] - moved / q[j]
      parts.push((moved * (before * before + before * after + after * after)) / 3)
    }
    left -= moved
    right -= moved
    if (left <= 0) left = p[++i]
    if (right <= 0) right = q[++j]
  }
  return length * Math.sqrt(compensatedSum(parts) * length)
}

/** Distances at the times to the exact stationary state of the grid's scheme, by flows that are exact in time. */
async function distancesOn(problem: Problem, beta: number, cells: number, time: number[]): Promise<Record<Distance, number[]>> {
  const on = gridOf(problem, beta, cells)
  const unit = 1 / Math.sqrt(beta * problem.kappa)
  const law = gibbs(on, problem.H, { beta }).values.data as Float64Array
  const cell = on.spacing.reduce((product, h) => product * h, 1)
  const equation = fokkerPlanck({ initial: startOf(problem, beta, on), potential: problem.H, beta })
  const { fields } = await solve(equation, { time: time.at(-1)!, saveAt: time, scheme: 'exponential' })
  const densities = fields.map(({ values }) => values.data as Float64Array)
  return {
    'KL': densities.map((density) => kullbackLeibler(density, law)),
    'χ²': densities.map((density) => chiSquared(density, law, cell)),
    'W₂': on.dim === 1 ? densities.map((density) => quantileDistance(cell, density, law) / unit) : [],
  }
}

/** Times until κs = 5, multiples of a binary fraction: they are apart by the same number to the last bit, and what a flow prepares for one serves for all. */
function timesOf(kappa: number): number[] {
  const apart = Math.round(2 ** 19 / kappa) / 2 ** 20
  return Array.from({ length: 11 }, (_, k) => k * apart)
}

async function decaysOf(problem: Problem, beta: number, cells: number): Promise<Decay[]> {
  const { name, kappa, quadratic, H: { dim } } = problem
  const time = timesOf(kappa)
  const [fine, coarse] = [await distancesOn(problem, beta, cells, time), await distancesOn(problem, beta, cells / 2, time)]
  const spacing = gridOf(problem, beta, cells).spacing[0]
  return (['KL', 'χ²', 'W₂'] as const).filter((distance) => fine[distance].length > 0).map((distance) => (
    { name, dim, quadratic, beta, kappa, spacing, distance, time, value: fine[distance], coarse: coarse[distance] }))
}

async function gapOf(problem: Problem, beta: number, cells: number): Promise<Gap> {
  const { name, kappa, quadratic, H } = problem
  const on = gridOf(problem, beta, cells)
  const [gap, coarse] = [
    await spectralGap(fokkerPlanck({ grid: on, potential: H, beta })),
    await spectralGap(fokkerPlanck({ grid: gridOf(problem, beta, cells / 2), potential: H, beta })),
  ]
  return { name, dim: H.dim, quadratic, beta, kappa, spacing: on.spacing[0], gap, coarse }
}

/** Pairs of paths from points to both sides of the bottom, driven by the same numbers. */
function coupled({ name, H, kappa, greatest, quadratic, bottom }: Problem, beta: number, pairs: number, seed: number): Coupling {
  const { dim } = H
  const system = overdampedSystem(overdampedLangevin({ potential: H, beta }))
  const dt = 0.2 / (kappa + greatest)
  const aside = normals(seed, 0x70616972, dim * pairs)
  const [one, other] = [-1, 1].map((side) => pathBlock(system, eulerMaruyama, {
    seed, first: 0, count: pairs, dt, x: aside.map((z, i) => bottom[Math.floor(i / pairs)] + (side * (z + Math.sign(z))) / 4),
  }))
  const lengths = (): Float64Array => Float64Array.from({ length: pairs }, (_, i) =>
    Math.hypot(...bottom.map((_c, k) => one.x[k * pairs + i] - other.x[k * pairs + i])))
  const meanSquare = (d: Float64Array): number => Math.sqrt(d.reduce((sum, c) => sum + c * c, 0) / pairs)
  let before = lengths()
  const [first, time, distance] = [meanSquare(before), [0], [1]]
  let worstStep = 0
  while (kappa * time.at(-1)! < 5) {
    const size = [one, other].reduce((most, { x }) => x.reduce((top, c) => Math.max(top, Math.abs(c)), most), 0)
    one.advance()
    other.advance()
    const after = lengths()
    // Each of the two sums of three terms rounds by a few eps of the largest coordinate.
    const rounding = 32 * Number.EPSILON * (1 + size)
    for (let i = 0; i < pairs; i++) worstStep = Math.max(worstStep, (after[i] - rounding) / ((1 - kappa * dt) * before[i]))
    before = after
    time.push(time.at(-1)! + dt)
    distance.push(meanSquare(after) / first)
  }
  one.release()
  other.release()
  return { name, dim, quadratic, beta, kappa, dt, worstStep, time, distance }
}

export interface Measurement {
  decays: Decay[]
  /** Distances of a quadratic's flow on ever finer grids, and the largest relative error against the formulas. */
  formula: { spacing: number[]; error: Record<Distance, number[]> }
  gaps: Gap[]
  couplings: Coupling[]
}

const noErrors = (): Record<Distance, number[]> => ({ 'KL': [], 'χ²': [], 'W₂': [] })

async function againstGaussian(problem: Problem, beta: number, ladder: number[]): Promise<Measurement['formula']> {
  const { kappa } = problem
  const time = timesOf(kappa)
  const formula = { spacing: ladder.map((cells) => gridOf(problem, beta, cells).spacing[0]), error: noErrors() }
  for (const cells of ladder) {
    const measured = await distancesOn(problem, beta, cells, time)
    for (const distance of ['KL', 'χ²', 'W₂'] as const) {
      formula.error[distance].push(largest(time.map((s, i) => {
        const { mu, w } = gaussianAt(kappa, s)
        return measured[distance][i] / gaussianDistances(mu, w)[distance] - 1
      })))
    }
  }
  return formula
}

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { betas, cells, ladder, pairs } = parameters
  const problems = problemsOf(parameters.curvature)
  const measurement: Measurement = { decays: [], formula: { spacing: [], error: noErrors() }, gaps: [], couplings: [] }
  for (const [k, problem] of problems.entries()) {
    const at = (part: number, activity: string): Promise<void> => context.step({ fraction: (k + part) / (problems.length + 1), activity: `${activity}: ${problem.name}` })
    const line = problem.H.dim === 1
    await at(0, 'distances to the Gibbs law')
    for (const beta of line ? betas.flows : betas.planes) measurement.decays.push(...await decaysOf(problem, beta, line ? cells.line : cells.plane))
    await at(0.4, 'spectral gaps')
    for (const beta of line ? betas.gaps : betas.planes) measurement.gaps.push(await gapOf(problem, beta, line ? cells.line : cells.plane))
    await at(0.8, 'paths with the same noise')
    if (problem.greatest < Infinity) for (const beta of betas.flows) measurement.couplings.push(coupled(problem, beta, pairs, context.seed))
  }
  await context.step({ fraction: problems.length / (problems.length + 1), activity: 'a quadratic against its Gaussian' })
  measurement.formula = await againstGaussian(problems.find(({ quadratic }) => quadratic)!, betas.flows[0], ladder)
  return measurement
}
