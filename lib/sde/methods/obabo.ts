import type { Method } from '../method.ts'
import { splitting } from './splitting.ts'

/**
 * The splitting O B A B O of the underdamped Langevin equation (Bussi & Parrinello 2007): velocity Verlet between two half steps of the exact thermostat. On quadratic potentials
 * λx²/2 of unit mass ⟨x²⟩ = 1/(βλ(1 − λdt²/4)) and ⟨p²⟩ = 1/β exactly; stable for dt < 2/√λ.
 */
export const obabo: Method = {
  name: 'obabo',
  strongOrder: 1,
  weakOrder: 2,
  stationaryOrder: 2,
  noise: 'additive',
  calculus: 'both',
  requires: 'an underdamped Langevin equation',
  path: 'halves',
  prepare: splitting('OBABO'),
}
