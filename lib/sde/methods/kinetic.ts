import type { Kinetic, System } from '../system.ts'

/** The parts of splittings of the underdamped Langevin equation, on the halves q and p of a state. */
export interface Parts {
  /** Both are views of x. */
  q: Float64Array
  p: Float64Array
}

export function partsOf(x: Float64Array): Parts {
  return { q: x.subarray(0, x.length / 2), p: x.subarray(x.length / 2) }
}

export function kineticOf({ kinetic }: System): Kinetic {
  return kinetic!
}

/** B: p ← p + force·dt. */
export function kick({ p }: Parts, force: Float64Array, dt: number): void {
  for (let i = 0; i < p.length; i++) p[i] += dt * force[i]
}

/** A: q ← q + (p/m)·dt. */
export function drift({ q, p }: Parts, { mass }: Kinetic, count: number, dt: number): void {
  for (let i = 0; i < q.length; i++) q[i] += (dt * p[i]) / mass[Math.floor(i / count)]
}

/** O: the exact law of dp = −friction·p dt + √(2·friction·m/β) dW over dt, with the normals of the path's increment. */
export function thermalise({ p }: Parts, { friction, mass, beta }: Kinetic, count: number, dt: number, increment: Float64Array): void {
  const decay = Math.exp(-friction * dt)
  const spread = -Math.expm1(-2 * friction * dt)
  for (let i = 0; i < p.length; i++) p[i] = decay * p[i] + Math.sqrt((spread * mass[Math.floor(i / count)]) / (beta * dt)) * increment[i]
}
