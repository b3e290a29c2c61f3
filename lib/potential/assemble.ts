import { refuse, show } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import type { Potential } from './potential.ts'

/** What a potential is made of, without checks: functions of n points at once, component-major, that fill `out`. */
export interface Formula {
  dim: number
  name: string
  variables?: readonly string[]
  values(points: ArrayLike<number>, count: number, out: Float64Array): void
  gradients(points: ArrayLike<number>, count: number, out: Float64Array): void
  /** At one point, row major. */
  hessian(x: ArrayLike<number>, out: Float64Array): void
  /** Hessians times vectors, one vector for each point. */
  hessianVectors?(points: Float64Array, vectors: Float64Array, count: number, out: Float64Array): void
}

/** Gradients of `count` points, component-major, without the checks: a NaN stays where it arose. */
export type Gradients = (points: Float64Array, count: number, out: Float64Array) => void

const formulas = new WeakMap<Potential, Formula>()

/**
 * For whoever looks after NaN itself, as a march of many paths of which some may diverge. Potentials made elsewhere keep their own checks.
 */
export function uncheckedGradients(potential: Potential): Gradients {
  const formula = formulas.get(potential)
  if (formula === undefined) return (points, _count, out) => void potential.gradients(points, out)
  return (points, count, out) => formula.gradients(points, count, out)
}

/** Values of `count` points, likewise without the checks. */
export function uncheckedValues(potential: Potential): Gradients {
  const formula = formulas.get(potential)
  if (formula === undefined) return (points, _count, out) => void potential.values(points, out)
  return (points, count, out) => formula.values(points, count, out)
}

/** The checks that every potential shares: lengths of points and `out`; no NaN leaves it, nor a value of −∞. */
export function assemble(formula: Formula): Potential {
  const { dim, name } = formula
  const one = new Float64Array(1)
  const products = formula.hessianVectors?.bind(formula)
  const potential: Potential = Object.freeze({
    dim,
    name,
    ...(formula.variables === undefined ? {} : { variables: Object.freeze([...formula.variables]) }),
    value(x: ArrayLike<number>) {
      checkPoint(formula, x)
      formula.values(x, 1, one)
      return one[0] > -Infinity ? one[0] : refuseValue(formula, x, 1, 0, one[0])
    },
    gradient(x: ArrayLike<number>, out?: Float64Array) {
      checkPoint(formula, x)
      const result = target(name, out, dim)
      formula.gradients(x, 1, result)
      checkDerivative(formula, 'gradient', x, 1, result)
      return result
    },
    hessian(x: ArrayLike<number>, out?: Float64Array) {
      checkPoint(formula, x)
      const result = target(name, out, dim * dim)
      formula.hessian(x, result)
      checkDerivative(formula, 'Hessian', x, 1, result)
      return result
    },
    values(points: Float64Array, out?: Float64Array) {
      const count = countOf(formula, points)
      const result = target(name, out, count)
      formula.values(points, count, result)
      for (let i = 0; i < count; i++) if (!(result[i] > -Infinity)) refuseValue(formula, points, count, i, result[i])
      return result
    },
    gradients(points: Float64Array, out?: Float64Array) {
      const count = countOf(formula, points)
      const result = target(name, out, dim * count)
      formula.gradients(points, count, result)
      checkDerivative(formula, 'gradient', points, count, result)
      return result
    },
    ...(products === undefined ? {} : {
      hessianVectors(points: Float64Array, vectors: Float64Array, out?: Float64Array) {
        const count = countOf(formula, points)
        if (!(vectors instanceof Float64Array && vectors.length === points.length)) refuse(`potential ${name}`, 'vectors', `a Float64Array of ${points.length} numbers`, vectors)
        const result = target(name, out, dim * count)
        products(points, vectors, count, result)
        checkDerivative(formula, 'product of Hessian and vector', points, count, result)
        return result
      },
    }),
  })
  formulas.set(potential, formula)
  return potential
}

function checkPoint({ dim, name }: Formula, x: ArrayLike<number>): void {
  if (x === null || typeof x !== 'object' || x.length !== dim) {
    refuse(`potential ${name}`, 'x', `a point of ${dim} coordinate${dim === 1 ? '' : 's'}`, x)
  }
}

function countOf({ dim, name }: Formula, points: Float64Array): number {
  if (!(points instanceof Float64Array) || points.length % dim !== 0) {
    const got = points instanceof Float64Array ? `${points.length} numbers` : show(points)
    throw new ArgumentError(`potential ${name}: points must be a Float64Array of ${dim} × n numbers, got ${got}`)
  }
  return points.length / dim
}

function target(name: string, out: Float64Array | undefined, length: number): Float64Array {
  if (out === undefined) return new Float64Array(length)
  return out instanceof Float64Array && out.length === length
    ? out
    : refuse(`potential ${name}`, 'out', `a Float64Array of ${length} numbers`, out)
}

function checkDerivative(formula: Formula, what: string, points: ArrayLike<number>, count: number, numbers: Float64Array): void {
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] !== numbers[i]) refuse(`potential ${formula.name}`, `the ${what} at ${place(formula, points, count, i % count)}`, 'a number', NaN)
  }
}

function refuseValue(formula: Formula, points: ArrayLike<number>, count: number, i: number, value: number): never {
  return refuse(`potential ${formula.name}`, `the value at ${place(formula, points, count, i)}`, 'a number above −Infinity', value)
}

function place({ dim }: Formula, points: ArrayLike<number>, count: number, i: number): string {
  const x = Array.from({ length: Math.min(dim, 6) }, (_, k) => points[k * count + i])
  return `(${x.join(', ')}${dim > 6 ? ', …' : ''})`
}
