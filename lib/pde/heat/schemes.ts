import { sevenPointLaplacian, threePointLaplacian } from '../../kernels/heat-kernel.ts'
import type { LatticeLaplacian } from '../../kernels/heat-kernel.ts'
import type { Scheme } from '../equation.ts'

/** A discrete Laplacian, whose flow is exact in time. */
export interface HeatScheme extends Scheme {
  readonly laplacian: LatticeLaplacian
}

/** The three-point Laplacian: its heat kernel is positive, so that u ≤ v and the maximum principle hold. */
const latticeExact: HeatScheme = { name: 'lattice-exact', order: { space: 2, time: Infinity }, monotone: true, laplacian: threePointLaplacian }

/** The seven-point Laplacian of order 6; beside kinks of the data it may overshoot by a share of them. */
const latticeExact6: HeatScheme = { name: 'lattice-exact-6', order: { space: 6, time: Infinity }, monotone: false, laplacian: sevenPointLaplacian }

/** The schemes of the heat equation, for `solve(…, { scheme: name })`. */
export const schemes: readonly HeatScheme[] = [latticeExact, latticeExact6]
