import type { Chain } from './chain.ts'

/** A step of densities from one of masses; what it rounds of the whole mass is taken away in proportion. */
export function conservingStep({ jumps, shares }: Chain, advance: (masses: Float64Array, dt: number) => void): (density: Float64Array, dt: number) => void {
  const closed = !jumps.loss.some((rate) => rate > 0)
  const masses = new Float64Array(shares.length)
  return (density, dt) => {
    for (let i = 0; i < masses.length; i++) masses[i] = density[i] * shares[i]
    const before = masses.slice()
    advance(masses, dt)
    let gained = 0
    let total = 0
    for (let i = 0; i < masses.length; i++) {
      gained += masses[i] - before[i]
      total += masses[i]
    }
    const share = total > 1e-290 && (closed || gained > 0) ? gained / total : 0
    for (let i = 0; i < masses.length; i++) density[i] = (masses[i] - masses[i] * share) / shares[i]
  }
}
