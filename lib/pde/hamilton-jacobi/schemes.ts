import { central } from './central.ts'
import { eno2, eno3 } from './eno.ts'
import { godunov } from './godunov.ts'
import { laxFriedrichs, localLaxFriedrichs } from './lax-friedrichs.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'
import { weno5 } from './weno5.ts'

/** The schemes of the Hamilton–Jacobi equation, for `solve(…, { scheme: name })`. */
export const schemes: readonly HamiltonJacobiScheme[] = [godunov, laxFriedrichs, localLaxFriedrichs, eno2, eno3, weno5, central]
