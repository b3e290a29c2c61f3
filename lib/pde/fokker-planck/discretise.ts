import type { Grid } from '../../grid/grid.ts'
import { finish } from '../../kernels/elimination.ts'
import type { Workspace } from '../../kernels/workspace.ts'
import type { Stepper } from '../equation.ts'
import { gibbs } from '../gibbs.ts'
import { gibbsOf, isAbsorbing } from './equation.ts'
import type { FokkerPlanck } from './equation.ts'
import { stationaryDensity } from './null-vector.ts'
import { absorbingNodes } from './neighbours.ts'
import type { FokkerPlanckScheme } from './scheme.ts'

/** ρ_t = −∇·(bρ) + ∇·∇·(Dρ)/β on the nodes. */
export function discretise(equation: FokkerPlanck, scheme: FokkerPlanckScheme, workspace: Workspace): Stepper {
  const { step, evaluations } = scheme.flow(equation, workspace)
  const emptied = absorbingNodes(equation.grid)
  return {
    evaluations,
    prepare: (density) => {
      for (let i = 0; i < emptied.length; i++) density[emptied[i]] = 0
    },
    stableStep: () => Infinity,
    spaceError: spaceError(equation),
    step,
  }
}

/**
 * max|δ²v|/12 over the axes, δ²v_i = v_{i−1} − 2v_i + v_{i+1}, of what the density still has to shed: v = ρ − mass·(stationary density), or ρ where
 * mass leaks out or the stationary density is not at hand. h²/12 ∂⁴ over ∂² is what second order leaves. At least what a v that bends once over the domain
 * would have.
 */
function spaceError(equation: FokkerPlanck): (density: Float64Array) => { error: number; of: number } {
  const { grid } = equation
  const rest = new Float64Array(grid.size)
  let known: { weights: Float64Array; settled: Float64Array | undefined } | undefined
  return (density) => {
    const { weights, settled } = (known ??= { weights: grid.weights().data, settled: settledDensity(equation) })
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

/** Where densities settle, when that costs little to know: the Gibbs density, and any on a line. */
function settledDensity(equation: FokkerPlanck): Float64Array | undefined {
  if (equation.grid.axes.some(isAbsorbing)) return undefined
  const law = gibbsOf(equation)
  if (law !== undefined) return gibbs(equation.grid, law.potential, { beta: law.beta }).values.data
  return equation.grid.dim === 1 ? finish(stationaryDensity('solve', equation)) : undefined
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
