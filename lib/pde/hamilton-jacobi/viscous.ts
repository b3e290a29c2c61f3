import type { Grid } from '../../grid/grid.ts'
import type { LatticeLaplacian } from '../../kernels/heat-kernel.ts'
import type { Workspace } from '../../kernels/workspace.ts'
import { diffusion } from '../diffusion.ts'
import { implicitDiffusion } from '../implicit-diffusion.ts'
import { superTimeStepping } from '../super-time-stepping.ts'
import type { StagedFlow } from '../super-time-stepping.ts'

/**
 * How the viscous term flows between the stages of an integrator: 'exact' in time; 'rkl2', explicit super-time-stepping; 'implicit', TR-BDF2 line by line. The
 * last two are of order 2, whatever the integrator, and do not keep u ≤ v exactly.
 */
export type Viscous = 'exact' | 'rkl2' | 'implicit'

export const viscousMethods: readonly Viscous[] = ['exact', 'rkl2', 'implicit']

/** `stages` counts right-hand sides, or linear systems that are solved on every line. */
export function viscousFlow(grid: Grid, viscosity: number, laplacian: LatticeLaplacian, method: Viscous, workspace: Workspace): StagedFlow {
  if (method === 'exact' || viscosity === 0) return { propagate: diffusion(grid, viscosity, laplacian, workspace), stages: () => 0 }
  if (method === 'rkl2') return superTimeStepping(grid, viscosity, laplacian)
  return { propagate: implicitDiffusion(grid, viscosity, laplacian), stages: () => 2 * grid.dim }
}

/**
 * The step at which a flow of order 2 errs as much as the space discretisation of order `space` does, for waves of the wave number κ that the largest second
 * difference shows: (viscosity κ²)³dt²/12 and speed·κ(κh)^space/60 a unit of time.
 */
export function flowStep(grid: Grid, viscosity: number, space: number): (u: Float64Array, crossings: number) => number {
  return (u, crossings) => phasesOf(grid, u).reduce((shortest, phase, k) => {
    const decay = (viscosity * phase * phase) / grid.spacing[k] ** 2
    const loss = (Math.max(crossings, decay) * phase * phase ** space) / 60
    return decay > 0 ? Math.min(shortest, Math.sqrt((12 * loss) / decay ** 3)) : shortest
  }, Infinity)
}

/** κh along each axis for waves of the wave number κ that the largest second difference shows; 0 where u is constant. */
export function phasesOf(grid: Grid, u: Float64Array): number[] {
  let low = Infinity
  let high = -Infinity
  for (let i = 0; i < u.length; i++) {
    if (u[i] < low) low = u[i]
    if (u[i] > high) high = u[i]
  }
  let stride = grid.size
  return grid.shape.map((n) => {
    const slab = stride
    stride /= n
    let bend = 0
    for (let start = 0; start < u.length; start += slab) {
      for (let i = start + stride; i < start + slab - stride; i++) {
        const second = u[i - stride] - 2 * u[i] + u[i + stride]
        if (second > bend) bend = second
        else if (-second > bend) bend = -second
      }
    }
    return high > low ? Math.sqrt((2 * bend) / (high - low)) : 0
  })
}
