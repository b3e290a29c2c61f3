import { refuse } from '../core/arguments.ts'
import { DivergenceError } from '../core/errors.ts'
import { euclideanNorm } from '../core/lbfgs.ts'
import type { Potential } from '../potential/potential.ts'

/** φ(y) = f(y) + |y − x|²/(2γ), whose minimisers are the proximal points of x. */
export interface ProximalObjective {
  readonly dim: number
  readonly x: Float64Array
  readonly gamma: number
  /** f(y); +∞ is a wall. */
  potential(y: Float64Array): number
  /** |y − x|²/(2γ) */
  parabola(y: Float64Array): number
  value(y: Float64Array): number
  /** ∇φ(y), to `out`. */
  gradient(y: Float64Array, out: Float64Array): Float64Array
  /** ∇²φ(y), or nothing when f has none. */
  hessian?(y: Float64Array): Float64Array
  /**
   * What the terms of ∇φ(y) are made of, in size: ‖∇f‖ + (‖x‖ + ‖y‖)/γ + √(|f|/γ). Round-off in ∇φ is a count of eps times this; the last term stands for what
   * cancels inside ∇f where it vanishes.
   */
  gradientScale(y: Float64Array): number
  /** What the terms of φ(y) are made of, in size. */
  valueScale(y: Float64Array): number
}

/** A local minimiser of φ. */
export interface Minimizer {
  point: Float64Array
  /** φ(point) */
  value: number
}

/** Beyond this dimension curvature is not used: n³ work and n² numbers cost more than they save. */
const largestNewton = 64

export function proximalObjective(f: Potential, x: Float64Array, gamma: number): ProximalObjective {
  const { dim } = f
  const potential = (y: Float64Array): number => {
    const value = f.value(y)
    if (typeof value !== 'number' || Number.isNaN(value)) refuse('prox', `potential.value at [${shown(y)}]`, 'a number (+Infinity where f is not defined)', value)
    if (value === -Infinity) throw unbounded(gamma)
    return value
  }
  const parabola = (y: Float64Array): number => {
    let sum = 0
    for (let k = 0; k < dim; k++) sum += (y[k] - x[k]) * (y[k] - x[k])
    return sum / (2 * gamma)
  }
  const value = (y: Float64Array): number => potential(y) + parabola(y)
  const slope = new Float64Array(dim)
  const sloped = (y: Float64Array): number => euclideanNorm(f.gradient(y, slope))
  return {
    dim, x, gamma, potential, parabola, value,
    gradient(y, out) {
      f.gradient(y, out)
      for (let k = 0; k < dim; k++) out[k] += (y[k] - x[k]) / gamma
      return out
    },
    hessian: dim > largestNewton || typeof f.hessian !== 'function' ? undefined : (y) => {
      const matrix = Float64Array.from(f.hessian(y))
      for (let k = 0; k < dim; k++) matrix[k * dim + k] += 1 / gamma
      return matrix
    },
    gradientScale(y) {
      const height = Math.abs(potential(y))
      return sloped(y) + (euclideanNorm(x) + euclideanNorm(y)) / gamma + (height < Infinity ? Math.sqrt(height / gamma) : 0)
    },
    valueScale(y) {
      const slide = sloped(y) * euclideanNorm(y)
      return Math.abs(potential(y)) + parabola(y) + (Number.isFinite(slide) ? slide : 0)
    },
  }
}

export function unbounded(gamma: number): DivergenceError {
  return new DivergenceError(
    `prox: f(y) + |x − y|²/(2γ) is unbounded below at γ = ${gamma}, or its minimiser is out of reach; use a smaller gamma or a potential bounded below`,
  )
}

function shown(y: Float64Array): string {
  return `${Array.from(y.slice(0, 4)).join(', ')}${y.length > 4 ? ', …' : ''}`
}
