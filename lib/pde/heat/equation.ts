import { options } from '../../core/arguments.ts'
import { viscosityOf } from '../../core/conventions.ts'
import { fieldOf, flat } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import type { Equation } from '../equation.ts'

/** u_t = viscosity Δu, u(·, 0) = initial. */
export interface Heat extends Equation {
  readonly kind: 'heat'
  readonly initial: Field
  readonly viscosity: number
}

/**
 * The heat equation u_t = viscosity Δu from a field of finite values, in any dimension: at time t the expectation of the initial field under N(x, 2·viscosity·t),
 * continued as its boundaries say. `beta` stands for viscosity = 1/(2β); with neither nothing moves. The initial field is copied.
 * @throws ArgumentError on beta and viscosity together, a value that is not finite (walls included), or an unknown option
 */
export function heat(given: { initial: Field; beta?: number; viscosity?: number }): Heat {
  options('heat', given, ['initial', 'beta', 'viscosity'])
  const viscosity = viscosityOf('heat', given)
  const values = flat('heat', 'initial', given.initial)
  return Object.freeze({ kind: 'heat', initial: fieldOf(given.initial.grid, values), viscosity })
}
