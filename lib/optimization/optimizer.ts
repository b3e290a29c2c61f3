/** What an optimiser remembers between iterations besides the point, by name. */
export type Memory = Record<string, Float64Array>

/** Where an iteration gets its gradients and its randomness. Both are addressed by the iteration, so that it can be repeated alone. */
export interface Sources {
  /** ∇f at x, of a fresh mini-batch when there are batches, written to `out`. Each call counts as one gradient evaluation. */
  gradient(x: Float64Array, out: Float64Array): void
  /** Standard normals, written to `out`. Different draws of one iteration, numbered by the caller, are independent. */
  normals(draw: number, out: Float64Array): void
}

/** One iteration, in place on `point` and `memory`; iterations count from 0. */
export type Step = (point: Float64Array, memory: Memory, iteration: number, sources: Sources) => void

/**
 * A rule for iterations as a plain record. It asks for as many gradients in an iteration as it likes, wherever it likes: `evaluations` says how many.
 * All that it remembers is in `memory`, arrays of finite numbers, so that a run can be stopped and resumed.
 */
export interface Optimizer {
  readonly name: string
  /** The options in force, defaults included, as plain data; a schedule is the string 'schedule' with a fingerprint of its source. */
  readonly settings: Readonly<Record<string, number | string | boolean>>
  /** Gradient evaluations of every iteration. */
  readonly evaluations: number
  /** What to use when a run diverges, to follow the word "use". */
  readonly advice: string
  /** The memory before the first iteration. */
  memory(initial: Float64Array): Memory
  /** Makes the step of a run in R^dim, with the scratch arrays that it needs. */
  stepper(dim: number): Step
}
