import { callable, integer, options, refuse, text } from '../core/arguments.ts'
import { assemble } from './assemble.ts'
import type { Formula } from './assemble.ts'
import type { Potential } from './potential.ts'
import { gradientByDifferences, hessianByDifferences, hessianOfGradient } from './differences.ts'

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
  return assemble(formulaOf(dim, definition, definition.name === undefined ? 'closure' : text(where, 'name', definition.name)))
}

function formulaOf(dim: number, definition: PotentialDefinition, name: string): Formula {
  const value = (x: Float64Array) => {
    const result: unknown = definition.value(x)
    return typeof result === 'number' ? result : refuse(`potential ${name}`, 'the result of value', 'a number', result)
  }
  const gradient = definition.gradient === undefined
    ? (x: Float64Array, out: Float64Array) => gradientByDifferences(value, x, out)
    : filling(name, 'gradient', definition.gradient.bind(definition))
  const hessian = definition.hessian !== undefined
    ? filling(name, 'hessian', definition.hessian.bind(definition))
    : definition.gradient !== undefined
      ? (x: Float64Array, out: Float64Array) => hessianOfGradient(gradient, x, out)
      : (x: Float64Array, out: Float64Array) => hessianByDifferences(value, x, out)
  return { dim, name, ...pointwise(dim, value, gradient), hessian: (x, out) => hessian(pointOf(x), out) }
}

/** Batches by one call a point: the same bits as one point at a time. */
function pointwise(
  dim: number, value: (x: Float64Array) => number, gradient: (x: Float64Array, out: Float64Array) => void,
): Pick<Formula, 'values' | 'gradients'> {
  return {
    values(points, count, out) {
      if (count === 1) {
        out[0] = value(pointOf(points))
        return
      }
      const x = new Float64Array(dim)
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < dim; k++) x[k] = points[k * count + i]
        out[i] = value(x)
      }
    },
    gradients(points, count, out) {
      if (count === 1) return gradient(pointOf(points), out)
      const x = new Float64Array(dim)
      const g = new Float64Array(dim)
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < dim; k++) x[k] = points[k * count + i]
        gradient(x, g)
        for (let k = 0; k < dim; k++) out[k * count + i] = g[k]
      }
    },
  }
}

function pointOf(x: ArrayLike<number>): Float64Array {
  return x instanceof Float64Array ? x : Float64Array.from(x)
}

/** Fills `out` with NaN first, so that an entry which the function leaves out cannot pass for a number. */
function filling(
  name: string, role: string, write: (x: Float64Array, out: Float64Array) => void | Float64Array,
): (x: Float64Array, out: Float64Array) => void {
  return (x, out) => {
    out.fill(NaN)
    const result: unknown = write(x, out)
    if (result !== undefined && result !== out) {
      refuse(`potential ${name}`, `the result of ${role}`, 'nothing, the numbers being written to out', result)
    }
  }
}
