import { refuse } from '../../core/arguments.ts'
import { log } from '../../core/elementary.ts'
import { DivergenceError } from '../../core/errors.ts'
import type { Potential } from '../../potential/potential.ts'

/** The local Gibbs law e^{−βH(y)}/Z, H(y) = f(y) + |x − y|²/(2γ), in the offsets o = y − x. */
export interface LocalGibbs {
  /** Whose errors these are. */
  readonly where: string
  readonly f: Potential
  readonly dim: number
  readonly x: Float64Array
  readonly gamma: number
  readonly beta: number
}

/** Normalising constant and first two moments of a local Gibbs law. */
export interface Moments {
  /** A level of H near its minimum; */
  base: number
  /** log ∫ e^{−β(H − base)} dy. Kept apart from β·base, which may be many times larger. */
  logMass: number
  /** ⟨y⟩ − x */
  offset: Float64Array
  /** Row major. */
  covariance: Float64Array
}

/** Contributions below e^−50 of the largest are not formed. */
export const negligible = 50

/** f at offsets, component-major, to `out`. +∞ is a wall. */
export function potentialValues({ where, f, dim, x }: LocalGibbs, offsets: Float64Array, out: Float64Array): Float64Array {
  f.values(pointsAt(x, dim, offsets), out)
  for (let i = 0; i < out.length; i++) if (!(out[i] > -Infinity)) refuse(where, 'potential.values', 'numbers above −Infinity', out[i])
  return out
}

/** x + offsets, component-major. */
export function pointsAt(x: Float64Array, dim: number, offsets: Float64Array): Float64Array {
  const count = offsets.length / dim
  const points = new Float64Array(offsets.length)
  for (let k = 0; k < dim; k++) for (let i = 0; i < count; i++) points[k * count + i] = x[k] + offsets[k * count + i]
  return points
}

/** Tilted values H at offsets, component-major, to `out`. +∞ is a wall. */
export function heights(measure: LocalGibbs, offsets: Float64Array, out: Float64Array): Float64Array {
  const { dim, gamma } = measure
  const count = out.length
  potentialValues(measure, offsets, out)
  for (let i = 0; i < count; i++) {
    let square = 0
    for (let k = 0; k < dim; k++) square += offsets[k * count + i] * offsets[k * count + i]
    out[i] += square / (2 * gamma)
  }
  return out
}

/** H at one offset. */
export function height(measure: LocalGibbs, offset: Float64Array): number {
  return heights(measure, offset, new Float64Array(1))[0]
}

/** H far out, where overflow (∞ − ∞) says nothing about f. */
export function farHeight(measure: LocalGibbs, offset: Float64Array): number {
  try {
    return height(measure, offset)
  } catch {
    return Infinity
  }
}

/** What rounding of H does to e^{−βH} where H matters, relative: a count of eps times the size of the exponent's terms. */
export function roundingOf({ beta, gamma }: LocalGibbs, base: number, center: Float64Array): number {
  const parabola = center.reduce((sum, o) => sum + o * o, 0) / (2 * gamma)
  return Number.EPSILON * (4 + negligible + beta * (Math.abs(base - parabola) + parabola))
}

/** What u and its derivatives are made of, from the moments: u = −(1/β) log(Z/(2πγ/β)^{d/2}), ∇u = (x − ⟨y⟩)/γ, ∇²u = (I − (β/γ) Cov)/γ. */
export function derivativesOf({ dim, gamma, beta }: LocalGibbs, { base, logMass, offset, covariance }: Moments): LocalEntropyValues {
  return {
    value: base - (logMass - (dim / 2) * log((2 * Math.PI * gamma) / beta)) / beta,
    gradient: offset.map((o) => (o === 0 ? 0 : -o / gamma)),
    hessian: covariance.map((c, i) => ((i % (dim + 1) === 0 ? 1 : 0) - (beta / gamma) * c) / gamma),
  }
}

export interface LocalEntropyValues {
  value: number
  gradient: Float64Array
  /** Row major. */
  hessian: Float64Array
}

export function outOfReach({ where, gamma }: LocalGibbs): DivergenceError {
  return new DivergenceError(
    `${where}: f(y) + |x − y|²/(2γ) is unbounded below at γ = ${gamma}, or +Infinity wherever it was looked at; use a smaller gamma or a potential bounded below`,
  )
}

export function unsettled({ where }: LocalGibbs, nodes: number, error: number, tolerance: number): DivergenceError {
  return new DivergenceError(
    `${where}: the integral did not settle within ${nodes} nodes (relative error ${error.toExponential(1)}, wanted ${tolerance.toExponential(1)}); `
    + 'f is not smooth enough or too narrow for quadrature here: use a larger tolerance or method \'importance\'',
  )
}
