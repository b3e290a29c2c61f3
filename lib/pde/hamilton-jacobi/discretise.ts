import { extend } from '../../grid/boundary.ts'
import { endsAreNodes } from '../../grid/grid.ts'
import type { Axis, Grid } from '../../grid/grid.ts'
import { steepestSlope } from '../../kernels/stencils.ts'
import { diffusion } from '../diffusion.ts'
import type { Stepper } from '../equation.ts'
import { lineSweep } from '../line-sweep.ts'
import type { HamiltonJacobi } from './equation.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'

/** u_t = −½|∇u|² + viscosity Δu on the initial field's grid: rates line by line, the viscous flow exactly, end nodes with a Dirichlet value held. */
export function discretise({ initial, viscosity }: HamiltonJacobi, scheme: HamiltonJacobiScheme): Stepper {
  const { grid } = initial
  const { integrator } = scheme
  const held = heldNodes(grid)
  const axisRates = grid.axes.map((_, k) => axisRate(grid, k, scheme))
  const rate = (u: Float64Array, out: Float64Array): void => {
    for (const [k, addRate] of axisRates.entries()) addRate(u, out, k > 0)
    for (let i = 0; i < held.nodes.length; i++) out[held.nodes[i]] = 0
  }
  const flow = diffusion(grid, viscosity, scheme.laplacian)
  const hold = (u: Float64Array): void => {
    for (let i = 0; i < held.nodes.length; i++) u[held.nodes[i]] = held.values[i]
  }
  const propagate = viscosity === 0 ? flow : (u: Float64Array, time: number, out: Float64Array): void => {
    flow(u, time, out)
    hold(out)
  }
  const work = Array.from({ length: integrator.arrays }, () => new Float64Array(grid.size))
  const speeds = grid.axes.map((_, k) => axisSpeed(grid, k))
  const crossings = (u: Float64Array): number => speeds.reduce((sum, speed) => sum + speed(u), 0)
  const viscousCrossings = grid.axes.reduce((sum, axis, k) => sum + (2 * Math.PI * viscosity) / ((axis.max - axis.min) * grid.spacing[k]), 0)
  return {
    evaluations: integrator.evaluations,
    prepare: hold,
    stableStep: (u) => scheme.cfl.largest / crossings(u),
    // The flow of long waves is resolved too, at a speed of viscosity · 2π/length: where slopes are small the rate still changes as u decays.
    courantStep: (u, cfl) => cfl / (crossings(u) + viscousCrossings),
    step: (u, dt) => integrator.step({ rate, propagate }, u, dt, work),
  }
}

/** Adds −½p² of one axis to `out`, or writes it. */
function axisRate(grid: Grid, k: number, { derivative, flux }: HamiltonJacobiScheme): (u: Float64Array, out: Float64Array, add: boolean) => void {
  const axis = grid.axes[k]
  const n = axis.size
  const h = grid.spacing[k]
  const ghosted = new Float64Array(n + 2 * derivative.ghosts)
  const left = new Float64Array(n)
  const right = new Float64Array(n)
  const differentiate = derivative.prepare(n)
  const sweep = lineSweep(grid, k)
  const work = (line: Float64Array, result: Float64Array): void => {
    extend(axis, line, derivative.ghosts, ghosted)
    differentiate(ghosted, h, left, right)
    flux(left, right, n, result)
  }
  return (u, out, add) => sweep(u, out, work, add)
}

/** max|p|/h of one axis. */
function axisSpeed(grid: Grid, k: number): (u: Float64Array) => number {
  const axis = grid.axes[k]
  const h = grid.spacing[k]
  const ghosted = new Float64Array(axis.size + 2)
  const sweep = lineSweep(grid, k)
  let most = 0
  const work = (line: Float64Array): void => {
    extend(axis, line, 1, ghosted)
    most = Math.max(most, steepestSlope(ghosted, axis.size, h))
  }
  return (u) => {
    most = 0
    sweep(u, null, work)
    return most / reachOf(axis, h)
  }
}

/** A Dirichlet value on a cell face is half a spacing away from its node. */
function reachOf(axis: Required<Axis>, h: number): number {
  return typeof axis.boundary === 'object' && !endsAreNodes(axis) ? h / 2 : h
}

/** Nodes on Dirichlet ends with the values that they hold; where two axes meet the later one rules. */
function heldNodes(grid: Grid): { nodes: Int32Array; values: Float64Array } {
  const values = new Map<number, number>()
  for (const [k, axis] of grid.axes.entries()) {
    if (typeof axis.boundary !== 'object' || !endsAreNodes(axis)) continue
    const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
    for (let i = 0; i < grid.size; i++) {
      const place = Math.floor(i / stride) % axis.size
      if (place === 0 || place === axis.size - 1) values.set(i, axis.boundary.dirichlet)
    }
  }
  return { nodes: Int32Array.from(values.keys()), values: Float64Array.from(values.values()) }
}
