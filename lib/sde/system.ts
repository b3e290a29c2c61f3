/**
 * dx = drift dt + amplitude dW in R^dim, for many paths at once. Points are component-major: coordinate k of point i of n is x[k·n + i].
 */
export interface System {
  readonly dim: number
  /** Components of the Wiener process; with one amplitude for all of them it is `dim`. */
  readonly noiseDim: number
  /** Factor in front of dW, the same in every component. */
  readonly amplitude: number
  /** Writes the drift of `count` points at time t. A path that has diverged may hold NaN, which only its own drift may show. */
  drift(x: Float64Array, count: number, t: number, out: Float64Array): void
}

/** Kinds of noise, each a case of the next: constant; one component; one a coordinate; commuting columns; any matrix. */
export type NoiseClass = 'additive' | 'scalar' | 'diagonal' | 'commutative' | 'general'

/** A stochastic differential equation as a plain record; `kind` names the family that turns it into a system. */
export interface StochasticEquation {
  readonly kind: string
  readonly dim: number
}
