import type { Family } from '../equation.ts'
import { discretise } from './discretise.ts'
import type { HamiltonJacobi } from './equation.ts'
import type { HamiltonJacobiScheme } from './scheme.ts'
import { schemes } from './schemes.ts'

/**
 * 'weno5' is the standard scheme: far more accurate than 'godunov' for the same work wherever u is smooth, which viscous solutions are
 * everywhere, and as good at kinks. 'godunov' is for proofs: comparison and maximum principles hold exactly.
 */
export const hamiltonJacobiFamily: Family<HamiltonJacobi, HamiltonJacobiScheme> = {
  kind: 'hamilton-jacobi',
  schemes,
  standardScheme: 'weno5',
  discretise,
}
