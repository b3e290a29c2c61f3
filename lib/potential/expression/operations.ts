import { cos, exp, log, sin } from '../../core/elementary.ts'
import { cosh, expm1, log1p, sinh, tanh } from '../../core/hyperbolic.ts'
import { cbrt, log10, log2, pow } from '../../core/power.ts'
import { acos, asin, atan, tan } from '../../core/trigonometric.ts'

/** Applies an operation to `count` numbers in place: r[out + i] from r[a + i], r[b + i], r[c + i]. */
type Block = (r: Float64Array, out: number, a: number, b: number, c: number, count: number) => void

// The frequent operations have loops of their own, because a call through a shared loop is not inlined.
const frequent = {
  add: (r, out, a, b, _, count) => { for (let i = 0; i < count; i++) r[out + i] = r[a + i] + r[b + i] },
  subtract: (r, out, a, b, _, count) => { for (let i = 0; i < count; i++) r[out + i] = r[a + i] - r[b + i] },
  multiply: (r, out, a, b, _, count) => { for (let i = 0; i < count; i++) r[out + i] = r[a + i] * r[b + i] },
  divide: (r, out, a, b, _, count) => { for (let i = 0; i < count; i++) r[out + i] = r[a + i] / r[b + i] },
  negate: (r, out, a, _, __, count) => { for (let i = 0; i < count; i++) r[out + i] = -r[a + i] },
  sqrt: (r, out, a, _, __, count) => { for (let i = 0; i < count; i++) r[out + i] = Math.sqrt(r[a + i]) },
  exp: (r, out, a, _, __, count) => { for (let i = 0; i < count; i++) r[out + i] = exp(r[a + i]) },
  log: (r, out, a, _, __, count) => { for (let i = 0; i < count; i++) r[out + i] = log(r[a + i]) },
  sin: (r, out, a, _, __, count) => { for (let i = 0; i < count; i++) r[out + i] = sin(r[a + i]) },
  cos: (r, out, a, _, __, count) => { for (let i = 0; i < count; i++) r[out + i] = cos(r[a + i]) },
  // A condition that is no number selects none of the two.
  select: (r, out, a, b, c, count) => {
    for (let i = 0; i < count; i++) r[out + i] = r[a + i] !== r[a + i] ? NaN : r[a + i] !== 0 ? r[b + i] : r[c + i]
  },
} satisfies Record<string, Block>

const unaryOperations = {
  log2, log10, log1p, expm1, cbrt, tan, asin, acos, atan, sinh, cosh, tanh,
  abs: Math.abs, sign: Math.sign, floor: Math.floor, ceil: Math.ceil,
  // Halves away from zero, as the syntax has it.
  round: (a: number) => (Math.abs(a - Math.trunc(a)) >= 0.5 ? Math.trunc(a) + Math.sign(a) : Math.trunc(a)),
  not: (a: number) => (a !== a ? NaN : a === 0 ? 1 : 0),
} satisfies Record<string, (a: number) => number>

const isNaN = (a: number, b: number) => a !== a || b !== b

// Comparisons with NaN are NaN: a false one would hide it.
const binaryOperations = {
  pow,
  min: (a: number, b: number) => (isNaN(a, b) ? NaN : b < a ? b : a),
  max: (a: number, b: number) => (isNaN(a, b) ? NaN : b > a ? b : a),
  smaller: (a: number, b: number) => (isNaN(a, b) ? NaN : a < b ? 1 : 0),
  smallerEq: (a: number, b: number) => (isNaN(a, b) ? NaN : a <= b ? 1 : 0),
  equal: (a: number, b: number) => (isNaN(a, b) ? NaN : a === b ? 1 : 0),
  and: (a: number, b: number) => (isNaN(a, b) ? NaN : a !== 0 && b !== 0 ? 1 : 0),
} satisfies Record<string, (a: number, b: number) => number>

export type Operation = keyof typeof frequent | keyof typeof unaryOperations | keyof typeof binaryOperations

function unary(f: (a: number) => number): Block {
  return (r, out, a, _, __, count) => { for (let i = 0; i < count; i++) r[out + i] = f(r[a + i]) }
}

function binary(f: (a: number, b: number) => number): Block {
  return (r, out, a, b, _, count) => { for (let i = 0; i < count; i++) r[out + i] = f(r[a + i], r[b + i]) }
}

const each = <T>(table: Record<string, T>, block: (entry: T) => Block) =>
  Object.fromEntries(Object.entries(table).map(([name, entry]) => [name, block(entry)]))

export const blocks = {
  ...frequent, ...each(unaryOperations, unary), ...each(binaryOperations, binary),
} as Record<Operation, Block>

const scratch = new Float64Array(4)

/** One operation on numbers, by the same code as on blocks. */
export function evaluate(operation: Operation, operands: readonly number[]): number {
  scratch.set(operands)
  blocks[operation](scratch, 3, 0, 1, 2, 1)
  return scratch[3]
}
