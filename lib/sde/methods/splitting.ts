import type { Method } from '../method.ts'
import type { Kinetic } from '../system.ts'

/** A state's halves, both views of it. */
interface Parts {
  q: Float64Array
  p: Float64Array
}

/**
 * A splitting of the underdamped Langevin equation, letter by letter: A drifts, q ← q + (p/m)·dt; B kicks, p ← p + force·dt; O is the exact law of
 * dp = −friction·p dt + √(2·friction·m/β) dW. A letter that stands twice takes half of dt each time; two O see the increments of the step's halves.
 */
export function splitting(letters: string): Method['prepare'] {
  const stages = Array.from(letters, (letter) => ({ letter, uses: letters.split(letter).length - 1 }))
  return (system, count) => {
    const kinetic = system.kinetic!
    const force = new Float64Array((system.dim / 2) * count)
    return (x, _t, dt, { increment, halves }) => {
      const parts: Parts = { q: x.subarray(0, x.length / 2), p: x.subarray(x.length / 2) }
      let half = 0
      for (const { letter, uses } of stages) {
        const length = dt / uses
        if (letter === 'A') drift(parts, kinetic, count, length)
        else if (letter === 'O') thermalise(parts, kinetic, count, length, uses === 1 ? increment : halves[half++])
        else {
          kinetic.force(parts.q, count, force)
          kick(parts, force, length)
        }
      }
    }
  }
}

function kick({ p }: Parts, force: Float64Array, dt: number): void {
  for (let i = 0; i < p.length; i++) p[i] += dt * force[i]
}

function drift({ q, p }: Parts, { mass }: Kinetic, count: number, dt: number): void {
  for (let i = 0; i < q.length; i++) q[i] += (dt * p[i]) / mass[Math.floor(i / count)]
}

/** With the normals of the path's increment over dt. */
function thermalise({ p }: Parts, { friction, mass, beta }: Kinetic, count: number, dt: number, increment: Float64Array): void {
  const decay = Math.exp(-friction * dt)
  const spread = -Math.expm1(-2 * friction * dt)
  for (let i = 0; i < p.length; i++) p[i] = decay * p[i] + Math.sqrt((spread * mass[Math.floor(i / count)]) / (beta * dt)) * increment[i]
}
