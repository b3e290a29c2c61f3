import { callable, integer, options, refuse, text } from '../../core/arguments.ts'
import { ArgumentError } from '../../core/errors.ts'

/** One side of a conjugate pair: a closed convex function of R^d by its values and its proximal map. Arguments are only read. */
export interface ConvexSide {
  /** +∞ outside of the domain. */
  value(x: Float64Array): number
  /** argmin_y f(y) + |x − y|²/(2 step) */
  prox(x: Float64Array, step: number): Float64Array
}

/** A closed proper convex function f with its Legendre–Fenchel conjugate f*(p) = sup_x p·x − f(x). */
export interface ConvexFunction extends ConvexSide {
  readonly name: string
  /** Not given when the function is one of any dimension. */
  readonly dim?: number
  readonly conjugate: ConvexSide
}

export interface ConvexFunctionDefinition {
  /** Left out: any dimension. */
  dim?: number
  name?: string
  value(x: Float64Array): number
  /** Writes argmin_y f(y) + |x − y|²/(2 step) to `out`. */
  prox?(x: Float64Array, step: number, out: Float64Array): void
  conjugate: {
    value(p: Float64Array): number
    prox?(p: Float64Array, step: number, out: Float64Array): void
  }
}

/**
 * A convex function from the values of f and f* and one of their proximal maps, or both; the other is Moreau's prox_{s f*}(p) = p − s prox_{f/s}(p/s). Give both
 * where one of them is a projection: its points are then inside the domain to the last bit. Convexity and conjugacy are not checked here; a wrong pair shows as a
 * duality gap that does not close, or as a lower bound above an upper one.
 * @throws ArgumentError
 */
export function convexFunction(definition: ConvexFunctionDefinition): ConvexFunction {
  const where = 'convexFunction'
  options(where, definition, ['dim', 'name', 'value', 'prox', 'conjugate'], 'definition')
  options(where, definition.conjugate, ['value', 'prox'], 'conjugate')
  callable(where, 'value', definition.value)
  callable(where, 'conjugate.value', definition.conjugate.value)
  if (definition.prox !== undefined) callable(where, 'prox', definition.prox)
  if (definition.conjugate.prox !== undefined) callable(where, 'conjugate.prox', definition.conjugate.prox)
  const name = definition.name === undefined ? 'convex function' : text(where, 'name', definition.name)
  const own = definition.prox === undefined ? undefined : filled(name, 'prox', definition.prox.bind(definition))
  const others = definition.conjugate.prox === undefined ? undefined : filled(name, 'conjugate.prox', definition.conjugate.prox.bind(definition.conjugate))
  const prox = own ?? (others === undefined ? undefined : moreau(others))
  if (prox === undefined) throw new ArgumentError(`${where}: prox or conjugate.prox must be given at least once, got neither`)
  return Object.freeze({
    name,
    ...(definition.dim === undefined ? {} : { dim: integer(where, 'dim', definition.dim, 1) }),
    value: valued(name, 'value', definition.value.bind(definition)),
    prox,
    conjugate: Object.freeze({
      value: valued(name, 'conjugate.value', definition.conjugate.value.bind(definition.conjugate)),
      prox: others ?? moreau(prox),
    }),
  })
}

/** The conjugate f* as a function of its own, whose conjugate is f. */
export function conjugateOf(f: ConvexFunction): ConvexFunction {
  return Object.freeze({
    name: `conjugate of ${f.name}`, ...(f.dim === undefined ? {} : { dim: f.dim }),
    value: f.conjugate.value, prox: f.conjugate.prox, conjugate: Object.freeze({ value: f.value, prox: f.prox }),
  })
}

export function isConvexFunction(given: unknown): given is ConvexFunction {
  const f = given as Partial<ConvexFunction> | null
  return f !== null && typeof f === 'object' && [f.value, f.prox, f.conjugate?.value, f.conjugate?.prox].every((part) => typeof part === 'function')
}

type Prox = ConvexSide['prox']

function moreau(prox: Prox): Prox {
  return (p, step) => prox(p.map((value) => value / step), 1 / step).map((y, k) => p[k] - step * y)
}

function filled(name: string, role: string, write: (x: Float64Array, step: number, out: Float64Array) => void): Prox {
  return (x, step) => {
    const out = new Float64Array(x.length).fill(NaN)
    write(x, step, out)
    const bad = out.findIndex((value) => !Number.isFinite(value))
    return bad < 0 ? out : refuse(name, `${role}, coordinate ${bad},`, 'a finite number', out[bad])
  }
}

function valued(name: string, role: string, value: (x: Float64Array) => number): (x: Float64Array) => number {
  return (x) => {
    const result: unknown = value(x)
    return typeof result === 'number' && result > -Infinity ? result : refuse(name, role, 'a number above −Infinity', result)
  }
}
