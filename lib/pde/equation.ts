import type { Field } from '../grid/field.ts'
import type { Workspace } from '../kernels/workspace.ts'

/** An evolution equation as a plain record; `kind` names the family that can discretise it. */
export interface Equation {
  readonly kind: string
  /** Missing where an equation stands for its stationary state only. */
  readonly initial?: Field
}

/** What every scheme says about itself. */
export interface Scheme {
  readonly name: string
  /** Of the global error in smooth solutions; infinite where it is exact. */
  readonly order: { readonly space: number; readonly time: number }
  /** Whether u ≤ v stays so, exactly, under the stability limit. */
  readonly monotone: boolean
  /** Courant numbers: the one taken by default and the stability limit. Without them steps follow an estimate of the time error. */
  readonly cfl?: { readonly standard: number; readonly largest: number }
}

/** An equation discretised in space by a scheme. States are its values at the nodes, C order. */
export interface Stepper {
  /** Right-hand sides that a step of this length evaluates. */
  evaluations(dt: number): number
  /** Makes an initial state admissible (nodes that a boundary holds take their value). */
  prepare(state: Float64Array): void
  /** Largest stable step from this state; Infinity when nothing limits it. */
  stableStep(state: Float64Array): number
  /** The step at Courant number `cfl`; never above `stableStep` for the scheme's own limit. Schemes with Courant numbers have it. */
  courantStep?(state: Float64Array, cfl: number): number
  /**
   * A measure of the error in space that the state carries, and the size of the part of the state that it is an error of, what has not settled yet.
   * Schemes without Courant numbers have it.
   */
  spaceError?(state: Float64Array): { error: number; of: number }
  /** Replaces the state by the one dt later. */
  step(state: Float64Array, dt: number): void
}

/** A kind of equation with its schemes. */
export interface Family<E extends Equation = Equation, S extends Scheme = Scheme> {
  readonly kind: string
  readonly schemes: readonly S[]
  /** Name of the scheme taken by default. */
  readonly standardScheme: string
  /** Options of `solve` that this family alone has, and the scheme with what they choose. */
  readonly choices?: readonly string[]
  choose?(scheme: S, given: object, equation: E): S
  /** The stepper's arrays are in the workspace. */
  discretise(equation: E, scheme: S, workspace: Workspace): Stepper
}
