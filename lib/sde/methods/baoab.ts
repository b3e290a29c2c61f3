import type { Method } from '../method.ts'
import { splitting } from './splitting.ts'

/**
 * The splitting B A O A B of the underdamped Langevin equation (Leimkuhler & Matthews 2013): half a kick, half a drift, the exact thermostat, half a drift, half a kick. On
 * quadratic potentials λx²/2 of unit mass ⟨x²⟩ = 1/(βλ) exactly and ⟨p²⟩ = (1 − λdt²/4)/β.
 */
export const baoab: Method = {
  name: 'baoab',
  strongOrder: 1,
  weakOrder: 2,
  stationaryOrder: 2,
  noise: 'additive',
  calculus: 'both',
  requires: 'an underdamped Langevin equation',
  prepare: splitting('BAOAB'),
}
