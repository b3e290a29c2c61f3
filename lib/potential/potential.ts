/**
 * A function f: R^dim → R with its first two derivatives; all quantities dimensionless.
 * Points are array-likes of length dim. Batches are component-major: coordinate k of point i is points[k·n + i].
 */
export interface Potential {
  readonly dim: number
  readonly name: string
  /** Names of the coordinates, in order, when the potential has them (expressions do). */
  readonly variables?: readonly string[]
  value(x: ArrayLike<number>): number
  /** ∇f, length dim, written to `out` when given. */
  gradient(x: ArrayLike<number>, out?: Float64Array): Float64Array
  /** ∇²f, dim × dim, row major, written to `out` when given. */
  hessian(x: ArrayLike<number>, out?: Float64Array): Float64Array
  /** f at n points (dim·n numbers, component-major), n values. */
  values(points: Float64Array, out?: Float64Array): Float64Array
  /** ∇f at n points, component-major like the points. */
  gradients(points: Float64Array, out?: Float64Array): Float64Array
  /** ∇²f(x_i) v_i at n points for n vectors, all component-major, at about the cost of two gradients, for potentials that can do without the matrix (expressions can). */
  hessianVectors?(points: Float64Array, vectors: Float64Array, out?: Float64Array): Float64Array
}

export function isPotential(value: unknown): value is Potential {
  const given = value as Partial<Potential> | null
  return given !== null && typeof given === 'object' && typeof given.value === 'function'
    && typeof given.gradient === 'function' && typeof given.dim === 'number'
}
