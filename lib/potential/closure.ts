import { callable, integer, options, refuse, text } from '../core/arguments.ts'
import { gradientLoop } from '../core/point-loop.ts'
import { defineMaker, isPortable, portable } from '../execution/portable.ts'
import type { Potential } from './potential.ts'
import { gradientByDifferences, hessianByDifferences, hessianOfGradient } from './differences.ts'
import { pointwise } from './pointwise.ts'
import type { PointFormula } from './pointwise.ts'

/** A potential given by functions of a point. The point is only lent: keep a copy, not the array. */
export interface PotentialDefinition {
  dim: number
  value(x: Float64Array): number
  /** Writes ∇f to `out`. By default central differences of fourth order. */
  gradient?(x: Float64Array, out: Float64Array): void | Float64Array
  /** Writes ∇²f to `out`, row major. By default central differences of fourth order, of the gradient where it is given. */
  hessian?(x: Float64Array, out: Float64Array): void | Float64Array
  name?: string
}

/** @throws ArgumentError */
export function closurePotential(definition: PotentialDefinition): Potential {
  const where = 'potential'
  options(where, definition, ['dim', 'value', 'gradient', 'hessian', 'name'], 'definition')
  const dim = integer(where, 'dim', definition.dim, 1)
  callable(where, 'value', definition.value)
  if (definition.gradient !== undefined) callable(where, 'gradient', definition.gradient)
  if (definition.hessian !== undefined) callable(where, 'hessian', definition.hessian)
  const made = pointwise(formulaOf(dim, definition, definition.name === undefined ? 'closure' : text(where, 'name', definition.name)))
  return isPortable(definition) ? portable(made, 'definition', definition) : made
}

defineMaker('definition', closurePotential)

/** The definition with differences in place of what it leaves out, and with its results checked. */
function formulaOf(dim: number, definition: PotentialDefinition, name: string): PointFormula {
  const value = (x: Float64Array) => {
    const result: unknown = definition.value(x)
    return typeof result === 'number' ? result : refuse(`potential ${name}`, 'the result of value', 'a number', result)
  }
  const gradient: Writer = definition.gradient === undefined
    ? (x, out) => gradientByDifferences(value, x, out)
    : filling(name, 'gradient', definition.gradient.bind(definition))
  const hessian: Writer = definition.hessian !== undefined
    ? filling(name, 'hessian', definition.hessian.bind(definition))
    : definition.gradient !== undefined
      ? (x, out) => hessianOfGradient(gradient, x, out)
      : (x, out) => hessianByDifferences(value, x, out)
  const gradients = definition.gradient === undefined ? undefined : gradientLoop(definition.gradient, definition, dim, returnedOf(name, 'gradient'))
  return { dim, name, value, gradient, hessian, ...(gradients && { gradients: (points, count, out) => gradients(points, count, 0, out) }) }
}

type Writer = (x: Float64Array, out: Float64Array) => void

/** Fills `out` with NaN first, so that an entry which the function leaves out cannot pass for a number. */
function filling(name: string, role: string, write: (x: Float64Array, out: Float64Array) => void | Float64Array): Writer {
  const check = returnedOf(name, role)
  return (x, out) => {
    for (let k = 0; k < out.length; k++) out[k] = NaN
    check(write(x, out), out)
  }
}

/** Writers return nothing, or what they wrote to. */
function returnedOf(name: string, role: string): (returned: unknown, out: Float64Array) => void {
  return (returned, out) => {
    if (returned !== undefined && returned !== out) {
      refuse(`potential ${name}`, `the result of ${role}`, 'nothing, the numbers being written to out', returned)
    }
  }
}
