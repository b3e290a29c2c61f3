import type { Method } from '../method.ts'
import { drift, kick, kineticOf, partsOf, thermalise } from './kinetic.ts'

/**
 * The splitting B A O A B of the underdamped Langevin equation (Leimkuhler & Matthews 2013): half a kick, half a drift, the exact thermostat, half a drift, half a kick; one
 * gradient a step. On quadratic potentials λx²/2 of unit mass ⟨x²⟩ = 1/(βλ) exactly and ⟨p²⟩ = (1 − λdt²/4)/β.
 */
export const baoab: Method = {
  name: 'baoab',
  strongOrder: 1,
  weakOrder: 2,
  stationaryOrder: 2,
  noise: 'additive',
  calculus: 'both',
  requires: 'an underdamped Langevin equation',
  prepare(system, count) {
    const kinetic = kineticOf(system)
    const force = new Float64Array((system.dim / 2) * count)
    return (x, _t, dt, { increment }) => {
      const parts = partsOf(x)
      kinetic.force(parts.q, count, force)
      kick(parts, force, dt / 2)
      drift(parts, kinetic, count, dt / 2)
      thermalise(parts, kinetic, count, dt, increment)
      drift(parts, kinetic, count, dt / 2)
      kinetic.force(parts.q, count, force)
      kick(parts, force, dt / 2)
    }
  },
}
