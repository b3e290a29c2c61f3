import { options, positive } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { scratch } from '../kernels/machine.ts'
import { logHeat } from './log-heat.ts'

/**
 * Local entropy u(x) = −(1/β) log (G_{γ/β} ∗ e^{−βf})(x), G_s = N(0, s): the solution of u_t = −½|∇u|² + (1/2β)Δu, u(·, 0) = f, at t = γ
 * (Cole 1951, Hopf 1950). Summed over the nodes, axis by axis, to round-off at every node and every β: in doubles where e^{−βf} stays within their range, in the log
 * domain elsewhere; where a periodic kernel is several periods wide, and u nearly constant, through an FFT to 1e−12 of the range of f. Outside the domain f continues as the
 * boundary says (linear and constant continuations without end, axis by axis).
 *
 * Spectrally accurate for smooth f once √(γ/β) and the integrand's width 1/√(β(max f″ + 1/γ)) exceed about 1.2 spacings; second order at
 * kinks; round-off is about eps·max(1/β, |f|). A kernel narrower than the spacing gives the envelope over the nodes, `hopfLax(f, γ)`. +∞ values are walls.
 * `localGibbs` gives the gradient and the Hessian as well.
 * @throws ArgumentError unless beta is a positive number, exactly one of gamma, scope, time is, and f is finite somewhere
 */
export function coleHopf(initial: Field, given: Smoothing & { beta: number }): Field {
  const initialValues = flat('coleHopf', 'initial', initial, true)
  options('coleHopf', given, [...smoothingNames, 'beta'])
  const gamma = smoothingTime('coleHopf', given)
  const beta = positive('coleHopf', 'beta', given.beta)
  if (!someFinite(initialValues)) throw new ArgumentError('coleHopf: initial must be finite somewhere, got +Infinity everywhere')
  const { grid } = initial
  const solution = scratch((take) => {
    let [values, out] = [take(Float64Array, grid.size), take(Float64Array, grid.size)]
    values.set(initialValues)
    for (let k = 0; k < grid.dim; k++) {
      logHeat(grid, k, gamma, beta, values, out)
      ;[values, out] = [out, values]
    }
    return values.slice()
  })
  return fieldOf(grid, solution)
}

function someFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] < Infinity) return true
  return false
}
