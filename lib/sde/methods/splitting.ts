import { plainSpace } from '../../kernels/step-space.ts'
import type { StepSpace } from '../../kernels/step-space.ts'
import type { Method } from '../method.ts'
import type { Kinetic } from '../system.ts'

/** A state's halves, both views of it. */
interface Parts {
  q: Float64Array
  p: Float64Array
}

/**
 * A splitting of the underdamped Langevin equation, letter by letter: A drifts, q ← q + (p/m)·dt; B kicks, p ← p − ∇f·dt; O is the exact law of
 * dp = −friction·p dt + √(2·friction·m/β) dW. A letter that stands twice takes half of dt each time; two O see the increments of the step's halves.
 */
export function splitting(letters: string): Method['prepare'] {
  const stages = Array.from(letters, (letter) => ({ letter, uses: letters.split(letter).length - 1 }))
  return (system, count, space = plainSpace) => {
    const kinetic = system.kinetic!
    const gradient = space.numbers((system.dim / 2) * count)
    return (x, _t, dt, { increment, halves }) => {
      const parts: Parts = { q: x.subarray(0, x.length / 2), p: x.subarray(x.length / 2) }
      let half = 0
      for (const { letter, uses } of stages) {
        const length = dt / uses
        if (letter === 'A') drift(space, parts, kinetic, length)
        else if (letter === 'O') thermalise(space, parts, kinetic, length, uses === 1 ? increment : halves[half++])
        else {
          kinetic.gradients(parts.q, count, gradient)
          space.add(parts.p, parts.p, -length, gradient)
        }
      }
    }
  }
}

/** Visits each coordinate's numbers of some rows, all coordinates at once where the masses are equal. */
function eachMass(mass: Float64Array, rows: readonly Float64Array[], visit: (mass: number, parts: readonly Float64Array[]) => void): void {
  if (mass.every((m) => m === mass[0])) return visit(mass[0], rows)
  const count = rows[0].length / mass.length
  mass.forEach((m, k) => visit(m, rows.map((row) => row.subarray(k * count, (k + 1) * count))))
}

function drift(space: StepSpace, { q, p }: Parts, { mass }: Kinetic, dt: number): void {
  eachMass(mass, [q, p], (m, [position, momentum]) => space.add(position, position, dt / m, momentum))
}

/** With the normals of the path's increment over dt. */
function thermalise(space: StepSpace, { p }: Parts, { friction, mass, beta }: Kinetic, dt: number, increment: Float64Array): void {
  const decay = Math.exp(-friction * dt)
  const spread = -Math.expm1(-2 * friction * dt)
  eachMass(mass, [p, increment], (m, [momentum, w]) => space.mix(momentum, decay, Math.sqrt((spread * m) / (beta * dt)), w))
}
