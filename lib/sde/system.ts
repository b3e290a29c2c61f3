/**
 * dx = drift dt + B dW in R^dim with a Wiener process of noiseDim components, for many paths at once. Points are component-major: coordinate k of point i of n is
 * x[k·n + i]. A path that has diverged may hold NaN, which only its own numbers may show.
 */
export interface System {
  readonly dim: number
  readonly noiseDim: number
  /** The calculus that the noise is meant in; 'both' where they agree. */
  readonly calculus: Calculus
  readonly noise: Noise
  /** Writes the drift of `count` points at time t. */
  drift(x: Float64Array, count: number, t: number, out: Float64Array): void
  /** Writes ∇f of `count` points where the drift is −∇f. */
  gradients?(x: Float64Array, count: number, out: Float64Array): void
  /** ∂drift_k/∂x_l at one point, row major, where it is known. */
  jacobian?(x: Float64Array, t: number, out: Float64Array): void
  /** Where the drift is −∇f and the noise √(2/β) in every coordinate. */
  readonly gibbs?: { readonly beta: number; values(x: Float64Array, count: number, out: Float64Array): void }
  /** Where the state is (q, p): dq = p/m dt, dp = −(∇f(q) + friction·p) dt + √(2·friction·m/β) dW. */
  readonly kinetic?: Kinetic
}

export interface Kinetic {
  readonly friction: number
  readonly beta: number
  readonly mass: Float64Array
  gradients(q: Float64Array, count: number, out: Float64Array): void
}

/** The factor B(x, t) in front of dW. */
export interface Noise {
  /** All the classes that it belongs to, the narrowest first. */
  readonly classes: readonly NoiseClass[]
  /** B is diagonal, and only its diagonal is written. */
  readonly diagonal: boolean
  /** The diagonal of a constant diagonal B, one number for each coordinate. */
  readonly amplitudes?: Float64Array
  /** B is the same everywhere and at all times. */
  readonly constant: boolean
  /** Writes the entries at `count` points, row major over (coordinate, component), each `count` long; of a diagonal B its `dim` diagonal ones. */
  evaluate(x: Float64Array, count: number, t: number, out: Float64Array): void
}

/**
 * Kinds of noise. Additive: B does not depend on x. Scalar: one component. Diagonal: coordinate k is driven by component k alone, with a factor of x_k and t.
 * Commutative: Σ_l b_lj ∂b_ki/∂x_l is symmetric in the components i, j. General: any.
 */
export type NoiseClass = 'additive' | 'scalar' | 'diagonal' | 'commutative' | 'general'

export const noiseClasses = ['additive', 'scalar', 'diagonal', 'commutative', 'general'] as const

export type Calculus = 'ito' | 'stratonovich' | 'both'

/** A stochastic differential equation as a plain record; `kind` names the family that turns it into a system. */
export interface StochasticEquation {
  readonly kind: string
  readonly dim: number
}
