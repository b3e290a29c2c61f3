import { extend } from '../../grid/boundary.ts'
import type { Grid } from '../../grid/grid.ts'
import { godunovRate, godunovRateTilted, steepestSlope, steepestTilted } from '../../kernels/stencils.ts'
import type { Workspace } from '../../kernels/workspace.ts'
import { ghostRules } from '../ghosts.ts'
import { lineKernels, putRules } from '../line-kernels.ts'
import { lineSweep } from '../line-sweep.ts'
import type { Derivative } from './derivatives.ts'
import type { SeparableHamiltonian } from './discrete-hamiltonian.ts'
import { continuedTerms, lineDerivatives } from './line-derivatives.ts'
import { reachOf } from './rates.ts'
import type { Rates } from './rates.ts'

/** −Σ_k H_k with Godunov's flux, which is exact for each axis alone: line by line. */
export function separableRates(grid: Grid, derivative: Derivative, hamiltonian: SeparableHamiltonian, workspace: Workspace): Rates {
  const axes = grid.axes.map((_, k) => kernelRates(grid, k, derivative, hamiltonian, workspace) ?? axisRates(grid, k, derivative, hamiltonian))
  return {
    rate: (u, out) => {
      for (const [k, { addRate }] of axes.entries()) addRate(u, out, k > 0)
    },
    crossings: (u) => axes.reduce((sum, { speed }) => sum + speed(u), 0),
  }
}

interface AxisRates {
  addRate(u: Float64Array, out: Float64Array, add: boolean): void
  /** max|∂H/∂p|/h */
  speed(u: Float64Array): number
}

/** By kernels. */
function kernelRates(grid: Grid, k: number, derivative: Derivative, { scales, drift }: SeparableHamiltonian, workspace: Workspace): AxisRates | undefined {
  const kernels = lineKernels(grid, k, workspace)
  if (kernels === undefined) return undefined
  const { team, groups, shape } = kernels
  const axis = grid.axes[k]
  const [h, a] = [grid.spacing[k], scales[k]]
  const tilt = drift === undefined ? 0 : kernels.put('drift', drift.subarray(k * grid.size, (k + 1) * grid.size))
  const lines = drift === undefined ? 1 : 2
  const terms = continuedTerms(axis, derivative)
  const rules = ghostRules(axis, derivative.ghosts, 'extended')
  const nearest = ghostRules(axis, 1, 'extended')
  const found = workspace.numbers(groups)
  return {
    addRate: (u, out, add) => {
      const from = kernels.within(u).byteOffset
      kernels.onto(out, ({ byteOffset }) => team.each('upwindRates', groups, [
        derivative.order, from, byteOffset, add ? 1 : 0, ...shape, h, a, tilt, terms, ...putRules(kernels, rules), ...kernels.buffers(derivative.ghosts, lines),
      ]))
    },
    speed: (u) => {
      const from = kernels.within(u).byteOffset
      team.each('steepestLines', groups, [from, found.byteOffset, ...shape, h, a, tilt, ...putRules(kernels, nearest), ...kernels.buffers(1, lines)])
      const most = found.reduce((largest, value) => Math.max(largest, value), 0)
      return (drift === undefined ? a * (most / h) : most) / reachOf(grid, k)
    },
  }
}

function axisRates(grid: Grid, k: number, derivative: Derivative, { scales, drift }: SeparableHamiltonian): AxisRates {
  const axis = grid.axes[k]
  const n = axis.size
  const h = grid.spacing[k]
  const a = scales[k]
  const left = new Float64Array(n)
  const right = new Float64Array(n)
  const tilts = drift && byLines(grid, k, drift.subarray(k * grid.size, (k + 1) * grid.size))
  const velocity = (node: number, slope: number): number => a * slope - (drift === undefined ? 0 : drift[k * grid.size + node])
  const differentiate = lineDerivatives(grid, k, derivative, velocity)
  const sweep = lineSweep(grid, k)
  const work = (line: Float64Array, result: Float64Array, index: number): void => {
    differentiate(line, index, left, right)
    if (tilts === undefined) godunovRate(left, right, n, result, a)
    else godunovRateTilted(left, right, n, a, tilts, index * n, result)
  }
  const ghosted = new Float64Array(n + 2)
  let most = 0
  const measure = (line: Float64Array, _result: Float64Array, index: number): void => {
    extend(axis, line, 1, ghosted)
    most = Math.max(most, tilts === undefined ? a * steepestSlope(ghosted, n, h) : steepestTilted(ghosted, n, h, a, tilts, index * n))
  }
  return {
    addRate: (u: Float64Array, out: Float64Array, add: boolean): void => sweep(u, out, work, add),
    speed: (u: Float64Array): number => {
      most = 0
      sweep(u, null, measure)
      return most / reachOf(grid, k)
    },
  }
}

/** Values of the nodes line by line along axis k. */
function byLines(grid: Grid, k: number, values: Float64Array): Float64Array {
  const n = grid.shape[k]
  const lines = new Float64Array(values.length)
  lineSweep(grid, k)(values, null, (line, _out, index) => lines.set(line, index * n))
  return lines
}
