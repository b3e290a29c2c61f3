import type { Workspace } from '../../kernels/workspace.ts'
import { diffusion } from '../diffusion.ts'
import type { Family, Stepper } from '../equation.ts'
import { heldNodes } from '../held-nodes.ts'
import type { Heat } from './equation.ts'
import { schemes } from './schemes.ts'
import type { HeatScheme } from './schemes.ts'

export const heatFamily: Family<Heat, HeatScheme> = { kind: 'heat', schemes, standardScheme: 'lattice-exact-6', discretise }

/** One convolution an axis takes the field from one saved time to the next. */
export function discretise({ initial: { grid }, viscosity }: Heat, { laplacian }: HeatScheme, workspace: Workspace): Stepper {
  const { hold } = heldNodes(grid)
  const flow = diffusion(grid, viscosity, laplacian, workspace)
  return {
    evaluations: () => 1,
    prepare: hold,
    stableStep: () => Infinity,
    step: (u, dt) => {
      flow(u, dt, u)
      hold(u)
    },
  }
}
