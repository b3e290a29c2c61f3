import { options } from '../../core/arguments.ts'
import { viscosityOf } from '../../core/conventions.ts'
import { fieldOf, flat } from '../../grid/field.ts'
import type { Field } from '../../grid/field.ts'
import type { Equation } from '../equation.ts'

/** u_t = −½|∇u|² + viscosity Δu, u(·, 0) = initial. */
export interface HamiltonJacobi extends Equation {
  readonly kind: 'hamilton-jacobi'
  readonly initial: Field
  readonly viscosity: number
}

/**
 * The Hamilton–Jacobi equation u_t = −½|∇u|² + viscosity Δu from a field of finite values, in any dimension. `beta` stands for
 * viscosity = 1/(2β); with neither the equation is inviscid. The initial field is copied.
 * @throws ArgumentError on beta and viscosity together, a value that is not finite (walls included), or an unknown option
 */
export function hamiltonJacobi(given: { initial: Field; beta?: number; viscosity?: number }): HamiltonJacobi {
  options('hamiltonJacobi', given, ['initial', 'beta', 'viscosity'])
  const viscosity = viscosityOf('hamiltonJacobi', given)
  const values = flat('hamiltonJacobi', 'initial', given.initial)
  return Object.freeze({ kind: 'hamilton-jacobi', initial: fieldOf(given.initial.grid, values), viscosity })
}
