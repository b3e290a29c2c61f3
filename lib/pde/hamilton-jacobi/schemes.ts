import { godunov } from './godunov.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'
import { weno5 } from './weno5.ts'

/** The schemes of the Hamilton–Jacobi equation, for `solve(…, { scheme: name })`. */
export const schemes: readonly HamiltonJacobiScheme[] = [godunov, weno5]
