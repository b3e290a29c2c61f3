import type { Grid } from '../grid/grid.ts'
import type { LatticeLaplacian } from '../kernels/heat-kernel.ts'
import { continuation } from './diffusion.ts'
import type { Propagator } from './diffusion.ts'
import { lineSweep } from './line-sweep.ts'

/** A flow by stages: how many right-hand sides a flow of this length evaluates. */
export interface StagedFlow {
  readonly propagate: Propagator
  stages(time: number): number
}

/**
 * The flow of u_t = viscosity·Δu by RKL2 of Meyer, Balsara & Aslam (2014): a Runge–Kutta–Legendre method of order 2 whose s stages are stable up to
 * (s² + s − 2)/4 explicit steps 2/|λ|, λ the largest eigenvalue. As many stages as the length asks for, an odd number. Continuation at the ends as `diffusion`.
 */
export function superTimeStepping(grid: Grid, viscosity: number, laplacian: LatticeLaplacian): StagedFlow {
  const largest = grid.spacing.reduce((sum, h) => sum - (viscosity * laplacian.symbol(1)) / (h * h), 0)
  const stages = (time: number): number => {
    const s = Math.ceil((Math.sqrt(9 + 8 * time * largest) - 1) / 2)
    return Math.max(3, s % 2 === 0 ? s + 1 : s)
  }
  const rate = diffusionRate(grid, viscosity, laplacian)
  const first = new Float64Array(grid.size)
  const rates = new Float64Array(grid.size)
  let [before, last, next] = Array.from({ length: 3 }, () => new Float64Array(grid.size))
  const propagate: Propagator = (u, time, out) => {
    rate(u, first)
    before.set(u)
    const { opening, later } = legendreStages(stages(time), time)
    for (let i = 0; i < u.length; i++) last[i] = u[i] + opening * first[i]
    for (const stage of later) {
      rate(last, rates)
      combineStages(stage, u, last, before, rates, first, next)
      ;[before, last, next] = [last, next, before]
    }
    out.set(last)
  }
  return { propagate, stages }
}

/** The weights of a stage: u + mu (last − u) + nu (before − u) + step rate(last) + back rate(u). */
export interface LegendreStage {
  mu: number
  nu: number
  step: number
  back: number
}

/** RKL2 over `time` in s stages: the first is u + opening·rate(u). */
export function legendreStages(s: number, time: number): { opening: number; later: LegendreStage[] } {
  const unit = 4 / (s * s + s - 2)
  const later: LegendreStage[] = []
  for (let j = 2; j <= s; j++) {
    const mu = ((2 * j - 1) / j) * (share(j) / share(j - 1))
    const step = mu * unit * time
    later.push({ mu, nu: -((j - 1) / j) * (share(j) / share(j - 2)), step, back: (share(j - 1) - 1) * step })
  }
  return { opening: (unit / 3) * time, later }
}

/** The weights of last, before and u sum to 1: written as differences from u, constants stay. */
export function combineStages(
  { mu, nu, step, back }: LegendreStage, u: Float64Array, last: Float64Array, before: Float64Array, rates: Float64Array, first: Float64Array, next: Float64Array,
): void {
  for (let i = 0; i < u.length; i++) next[i] = u[i] + mu * (last[i] - u[i]) + nu * (before[i] - u[i]) + step * rates[i] + back * first[i]
}

/** b_j of the paper. */
function share(j: number): number {
  return j < 2 ? 1 / 3 : (j * j + j - 2) / (2 * j * (j + 1))
}

/** viscosity·Δu, axis by axis. */
export function diffusionRate(grid: Grid, viscosity: number, { weights }: LatticeLaplacian): (u: Float64Array, out: Float64Array) => void {
  const reach = weights.length - 1
  const axes = grid.axes.map((axis, k) => {
    const ghosted = new Float64Array(axis.size + 2 * reach)
    const fill = continuation(axis)
    const scaled = weights.map((weight) => (weight * viscosity) / grid.spacing[k] ** 2)
    const work = (line: Float64Array, out: Float64Array): void => {
      fill(line, reach, ghosted)
      // Differences from the node itself, distance by distance: weights sum to 0, and constants stay.
      out.fill(0)
      for (let d = 1; d <= reach; d++) addDifferences(ghosted, reach, d, scaled[d], out)
    }
    return { sweep: lineSweep(grid, k), work }
  })
  return (u, out) => {
    for (const [k, { sweep, work }] of axes.entries()) sweep(u, out, work, k > 0)
  }
}

function addDifferences(ghosted: Float64Array, reach: number, d: number, weight: number, out: Float64Array): void {
  for (let i = 0, c = reach; i < out.length; i++, c++) out[i] += weight * (ghosted[c - d] - ghosted[c] + (ghosted[c + d] - ghosted[c]))
}
