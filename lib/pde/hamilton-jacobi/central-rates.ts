import { ArgumentError } from '../../core/errors.ts'
import type { Grid } from '../../grid/grid.ts'
import { continuation } from '../diffusion.ts'
import { lineSweep } from '../line-sweep.ts'
import type { DiscreteHamiltonian } from './discrete-hamiltonian.ts'
import type { Rates } from './rates.ts'

/** The largest cell Péclet number h|∂H/∂p_k|/(2·viscosity) for which the discrete layers die out without alternating: see `central`. */
const largestPeclet = 1

/** The right-hand side by central differences. */
export interface CentralOperator {
  /** |∂H/∂p| √(Σ_k 1/h_k²), the largest over the nodes. */
  crossings(u: Float64Array): number
  /** Advances a state by RKL2 of `stages` stages over a time. */
  advance(u: Float64Array, stages: number, time: number): void
}

/** Over all nodes the largest |∂H/∂p|², and the largest |∂H/∂p_k| of each axis. */
export interface Speeds {
  square: number
  each: readonly number[]
}

/**
 * Crossings of central differences: |∂H/∂p| √(Σ_k 1/h_k²), at least Σ_k |∂H/∂p_k|/h_k at each node.
 * @throws ArgumentError where the grid is too coarse for the viscosity
 */
export function crossingsOf({ spacing }: Grid, viscosity: number, { square, each }: Speeds): number {
  const peclet = spacing.reduce((most, h, k) => Math.max(most, (h * each[k]) / (2 * viscosity)), 0)
  if (!(peclet <= largestPeclet)) {
    throw new ArgumentError(`solve: scheme must be one for steep slopes, such as 'weno5', or the grid finer, where the cell Péclet number max h|∂H/∂p|/(2·viscosity) is above ${largestPeclet}, got "central" at ${peclet}`)
  }
  return Math.sqrt(square * spacing.reduce((sum, h) => sum + 1 / (h * h), 0))
}

/** −H(x, ∇u) with slopes by central differences of order 4, for any H. Lines continue as the flow of heat sees them, so that open ends keep the slope from inside. */
export function centralRates(grid: Grid, hamiltonian: DiscreteHamiltonian, viscosity: number): Rates {
  const { dim, size } = grid
  const readers = grid.axes.map((_, k) => centralSlopes(grid, k))
  const slopes = grid.axes.map(() => new Float64Array(size))
  const p = new Float64Array(dim)
  const velocity = new Float64Array(dim)
  const read = (u: Float64Array): void => {
    for (const [k, reader] of readers.entries()) reader(u, slopes[k])
  }
  const slopesAt = (node: number): void => {
    for (let k = 0; k < dim; k++) p[k] = slopes[k][node]
  }
  return {
    rate(u, out) {
      read(u)
      for (let i = 0; i < size; i++) {
        slopesAt(i)
        out[i] = -hamiltonian.value(i, p)
      }
    },
    crossings(u) {
      read(u)
      const found = { square: 0, each: new Array<number>(dim).fill(0) }
      for (let i = 0; i < size; i++) {
        slopesAt(i)
        hamiltonian.gradient(i, p, velocity)
        let square = 0
        for (let k = 0; k < dim; k++) {
          square += velocity[k] * velocity[k]
          found.each[k] = Math.max(found.each[k], Math.abs(velocity[k]))
        }
        found.square = Math.max(found.square, square)
      }
      return crossingsOf(grid, viscosity, found)
    },
  }
}

/** ∂u/∂x_k = (8(u_{i+1} − u_{i−1}) − (u_{i+2} − u_{i−2}))/12h. */
function centralSlopes(grid: Grid, k: number): (u: Float64Array, out: Float64Array) => void {
  const n = grid.shape[k]
  const inverse = 1 / (12 * grid.spacing[k])
  const sweep = lineSweep(grid, k)
  const fill = continuation(grid.axes[k])
  const ghosted = new Float64Array(n + 4)
  return (u, out) => sweep(u, out, (line, result) => {
    fill(line, 2, ghosted)
    for (let i = 0; i < n; i++) result[i] = inverse * (8 * (ghosted[i + 3] - ghosted[i + 1]) - (ghosted[i + 4] - ghosted[i]))
  })
}
