import type { Axis, Grid } from '../grid/grid.ts'
import { factoriseBand, solveBand } from '../kernels/band.ts'
import type { BandFactor } from '../kernels/band.ts'
import type { LatticeLaplacian } from '../kernels/heat-kernel.ts'
import { continuation } from './diffusion.ts'
import type { Propagator } from './diffusion.ts'
import { lineSweep } from './line-sweep.ts'

/** The implicit part g/dt of a stage of TR-BDF2: 1 − 1/√2. */
const implicit = 1 - Math.SQRT1_2
/** Lengths whose factors are kept: a step asks for few. */
const kept = 8
/** Lines up to this many nodes are solved as full matrices: their continuations fold more than once. */
const short = 16

/**
 * The flow of u_t = viscosity·Δu by TR-BDF2 (Bank et al. 1985; γ = 2 − √2), order 2 and L-stable, one axis after the other: they commute. For u′ = Lu it is
 * r = (I − gL)⁻¹u, q = (I − gL)⁻¹r, u⁺ = q + √2(q − r), g = (1 − 1/√2)·time. Continuation at the ends as `diffusion`.
 */
export function implicitDiffusion(grid: Grid, viscosity: number, laplacian: LatticeLaplacian): Propagator {
  const passes = grid.axes.map((axis, k) => axisFlow(grid, axis, k, viscosity, laplacian))
  return (u, time, out) => {
    let source = u
    for (const pass of passes) {
      pass(source, time, out)
      source = out
    }
  }
}

function axisFlow(grid: Grid, axis: Required<Axis>, k: number, viscosity: number, { weights }: LatticeLaplacian): Propagator {
  const n = axis.size
  const rows = stencilRows(axis, weights)
  const reach = weights.length - 1
  const half = n < short ? n - 1 : reach
  const border = n >= short && axis.boundary === 'periodic' ? reach : 0
  const scale = viscosity / grid.spacing[k] ** 2
  const factors = new Map<number, BandFactor>()
  const factorAt = (time: number): BandFactor => {
    let found = factors.get(time)
    if (found === undefined) {
      if (factors.size === kept) factors.clear()
      const g = implicit * time * scale
      found = factoriseBand(n, half, border, (i, j) => (i === j ? 1 : 0) - g * (rows[i].get(j) ?? 0))
      factors.set(time, found)
    }
    return found
  }
  // What is left is linear: L vanishes on constants.
  const level = typeof axis.boundary === 'object' ? axis.boundary.dirichlet : 0
  const first = new Float64Array(n)
  const sweep = lineSweep(grid, k)
  return (u, time, out) => {
    const factor = factorAt(time)
    sweep(u, out, (line, result) => {
      for (let i = 0; i < n; i++) first[i] = line[i] - level
      solveBand(factor, first)
      result.set(first)
      solveBand(factor, result)
      for (let i = 0; i < n; i++) result[i] += Math.SQRT2 * (result[i] - first[i]) + level
    })
  }
}

/** The rows of the lattice Laplacian on a line with the continuation of its ends (about the level 0 of a Dirichlet end). */
function stencilRows(axis: Required<Axis>, weights: readonly number[]): Map<number, number>[] {
  const n = axis.size
  const reach = weights.length - 1
  const rows = Array.from({ length: n }, () => new Map<number, number>())
  const fill = continuation(typeof axis.boundary === 'object' ? { ...axis, boundary: { dirichlet: 0 } } : axis)
  const unit = new Float64Array(n)
  const ghosted = new Float64Array(n + 2 * reach)
  for (let j = 0; j < n; j++) {
    unit[j] = 1
    fill(unit, reach, ghosted)
    unit[j] = 0
    for (let i = 0; i < n; i++) {
      // Other rows see neither node j nor a ghost.
      if (n >= short && Math.abs(i - j) > reach && i >= reach && i < n - reach) continue
      let sum = 0
      for (let d = -reach; d <= reach; d++) sum += weights[Math.abs(d)] * ghosted[i + reach + d]
      if (sum !== 0) rows[i].set(j, sum)
    }
  }
  return rows
}
