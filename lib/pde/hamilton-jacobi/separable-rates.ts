import { extend } from '../../grid/boundary.ts'
import type { Grid } from '../../grid/grid.ts'
import { godunovRate, godunovRateTilted, steepestSlope, steepestTilted } from '../../kernels/stencils.ts'
import { lineSweep } from '../line-sweep.ts'
import type { Derivative } from './derivatives.ts'
import type { SeparableHamiltonian } from './discrete-hamiltonian.ts'
import { lineDerivatives } from './line-derivatives.ts'
import { reachOf } from './rates.ts'
import type { Rates } from './rates.ts'

/** −Σ_k H_k with Godunov's flux, which is exact for each axis alone: line by line. */
export function separableRates(grid: Grid, derivative: Derivative, hamiltonian: SeparableHamiltonian): Rates {
  const axes = grid.axes.map((_, k) => axisRates(grid, k, derivative, hamiltonian))
  return {
    rate: (u, out) => {
      for (const [k, { addRate }] of axes.entries()) addRate(u, out, k > 0)
    },
    crossings: (u) => axes.reduce((sum, { speed }) => sum + speed(u), 0),
  }
}

function axisRates(grid: Grid, k: number, derivative: Derivative, { scales, drift }: SeparableHamiltonian) {
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
    /** max|∂H/∂p|/h */
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
