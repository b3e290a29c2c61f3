import type { Grid } from '../../grid/grid.ts'
import type { Stepper } from '../equation.ts'
import { gibbs } from '../gibbs.ts'
import { isAbsorbing } from './equation.ts'
import type { FokkerPlanck } from './equation.ts'
import { absorbingNodes, linesOf } from './lines.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/** Nodes beyond which factors of fewer step lengths are kept: three numbers a node, an axis and a length. */
const large = 2 ** 20

/**
 * ρ_t = ∇·(ρ∇f) + Δρ/β on the nodes. The axes are split symmetrically (Strang 1968): half a step along each but the last, a whole one along the
 * last, and back. Each factor keeps e^{−βf}, the mass and the sign.
 */
export function discretise(equation: FokkerPlanck, scheme: FokkerPlanckScheme): Stepper {
  const { grid } = equation
  const kept = grid.size > large ? 3 : 8
  const flows = grid.axes.map((_, k) => scheme.flow(linesOf(equation, k), kept))
  const last = flows.length - 1
  const emptied = absorbingNodes(grid)
  return {
    evaluations: scheme.solves * (2 * last + 1),
    prepare: (density) => {
      for (let i = 0; i < emptied.length; i++) density[emptied[i]] = 0
    },
    stableStep: () => Infinity,
    spaceError: spaceError(equation),
    step: (density, dt) => {
      for (let k = 0; k < last; k++) flows[k](density, dt / 2)
      flows[last](density, dt)
      for (let k = last - 1; k >= 0; k--) flows[k](density, dt / 2)
    },
  }
}

/**
 * max|δ²v|/12 over the axes, δ²v_i = v_{i−1} − 2v_i + v_{i+1}, of what the density still has to shed: v = ρ − mass·(Gibbs density), or ρ where mass leaks
 * out. The Gibbs density is exact on the grid, and h²/12 ∂⁴ over ∂² is what second order leaves elsewhere. At least what a v that bends once over the
 * domain would have.
 */
function spaceError({ grid, potential, beta }: FokkerPlanck): (density: Float64Array) => { error: number; of: number } {
  const weights = grid.weights().data
  const settled = grid.axes.some(isAbsorbing) ? undefined : gibbs(grid, potential, { beta }).values.data
  const rest = new Float64Array(grid.size)
  return (density) => {
    let mass = 0
    if (settled !== undefined) for (let i = 0; i < rest.length; i++) mass += weights[i] * density[i]
    let top = 0
    for (let i = 0; i < rest.length; i++) {
      rest[i] = settled === undefined ? density[i] : density[i] - mass * settled[i]
      top = Math.max(top, Math.abs(rest[i]))
    }
    return { error: Math.max(largestBend(grid, rest), (4 * top) / longestAxis(grid) ** 2) / 12, of: top }
  }
}

function longestAxis(grid: Grid): number {
  return grid.shape.reduce((most, n) => Math.max(most, n), 1)
}

function largestBend(grid: Grid, v: Float64Array): number {
  let most = 0
  let stride = grid.size
  for (const n of grid.shape) {
    const slab = stride
    stride /= n
    for (let start = 0; start < v.length; start += slab) {
      for (let i = start + stride; i < start + slab - stride; i++) {
        const bend = Math.abs(v[i - stride] - 2 * v[i] + v[i + stride])
        if (bend > most) most = bend
      }
    }
  }
  return most
}
