import { call, constant, encodeModule, getLocal, i32Constant, instructions, load, openLoop, repeatIf, setLocal, store, teeLocal } from '../../kernels/emit/encode.ts'
import type { Bytes } from '../../kernels/emit/encode.ts'
import type { Node } from './graph.ts'
import type { Operation } from './operations.ts'

/** Code of an operation: its operands by letter, as often as they are needed, and instructions. */
type Template = readonly ('a' | 'b' | 'c' | Bytes)[]

const { add, subtract, multiply, divide, negate, sqrt, abs, floor, ceil, truncate, and, or, bitselect, pmin, pmax } = instructions
const { equal, unequal, less, lessOrEqual, greaterOrEqual, i32Add, i32Less, i32Multiply, i32ShiftLeft } = instructions
const one = constant(1)
const zero = constant(0)
/** All bits where an operand is NaN, or-ed to the result: comparisons with NaN are NaN. */
const orNaN = (...operands: ('a' | 'b')[]): Template => operands.flatMap((operand) => [operand, operand, unequal, or])

/** ±1 by the sign bit. */
const signOne: Template = ['a', constant(-0), and, one, or]

/** The operations that are instructions, as operations.ts has them. */
const templates: Partial<Record<Operation, Template>> = {
  add: ['a', 'b', add],
  subtract: ['a', 'b', subtract],
  multiply: ['a', 'b', multiply],
  divide: ['a', 'b', divide],
  negate: ['a', negate],
  sqrt: ['a', sqrt],
  abs: ['a', abs],
  floor: ['a', floor],
  ceil: ['a', ceil],
  select: ['b', 'c', 'a', zero, unequal, bitselect, ...orNaN('a')],
  min: ['a', 'b', pmin, ...orNaN('b')],
  max: ['a', 'b', pmax, ...orNaN('b')],
  smaller: ['a', 'b', less, one, and, ...orNaN('a', 'b')],
  smallerEq: ['a', 'b', lessOrEqual, one, and, ...orNaN('a', 'b')],
  equal: ['a', 'b', equal, one, and, ...orNaN('a', 'b')],
  and: ['a', zero, unequal, 'b', zero, unequal, and, one, and, ...orNaN('a', 'b')],
  not: ['a', zero, equal, one, and, ...orNaN('a')],
  // a itself where it is 0 or NaN.
  sign: [...signOne, 'a', 'a', 'a', equal, 'a', zero, unequal, and, bitselect],
  // The truncated a, and one more away from 0 when the rest is a half or more.
  round: ['a', truncate, ...signOne, add, 'a', truncate, 'a', 'a', truncate, subtract, abs, constant(0.5), greaterOrEqual, bitselect],
}

/** Parameters of the emitted function, by number. */
const parameter = { points: 0, stride: 1, count: 2, out: 3, outStride: 4 }
const parameters = Object.keys(parameter).length
const at = parameters
const end = parameters + 1

type Application = Node & { kind: 'application' }

/**
 * The module of a function run(points, stride, count, out, outStride) that computes the roots at an even number of points, two at a time: variable k of
 * point i at points + k stride + 8 i, root k at out + k outStride + 8 i. It returns whether an argument was too large for sin, cos or tan.
 * Elementary functions are imported by the operation's name and 'Lanes'.
 */
export function emit(nodes: readonly Node[], roots: readonly Node[]): Uint8Array<ArrayBuffer> {
  const names = importsOf(nodes)
  const templateOf = ({ operation, operands }: Application): Template =>
    templates[operation] ?? [...(['a', 'b'] as const).slice(0, operands.length), call(names.indexOf(operation + 'Lanes'))]
  const uses = usesOf(nodes, roots, templateOf)
  const variables = nodes.filter((node) => node.kind === 'variable')
  // Locals: where each variable and each root begins, then the nodes that are needed more than once.
  const rows = end + 1
  const firstPair = rows + variables.length + roots.length
  const held = new Map<Node, number>()
  const body: number[] = []
  // A loop, because spreading the code of a large expression would be a call with too many arguments.
  const write = (...parts: Bytes[]) => { for (const part of parts) for (let i = 0; i < part.length; i++) body.push(part[i]) }
  const row = (start: number, stride: number, k: number, local: number) =>
    write(getLocal(start), getLocal(stride), i32Constant(k), i32Multiply, i32Add, setLocal(local))
  const apply = (node: Application): void => {
    for (const part of templateOf(node)) {
      if (typeof part === 'string') push(operand(node, part))
      else write(part)
    }
  }
  /** Code that leaves the node's value on the stack. */
  const push = (node: Node): void => {
    const local = held.get(node)
    if (local !== undefined) return write(getLocal(local))
    if (node.kind === 'constant') return write(constant(node.value))
    if (node.kind === 'application') apply(node)
    else write(getLocal(rows + variables.indexOf(node)), getLocal(at), i32Add, load)
    if (uses.get(node)! > 1) {
      held.set(node, firstPair + held.size)
      write(teeLocal(firstPair + held.size - 1))
    }
  }

  write(getLocal(parameter.count), i32Constant(3), i32ShiftLeft, setLocal(end))
  variables.forEach((node, k) => row(parameter.points, parameter.stride, node.index, rows + k))
  roots.forEach((_, k) => row(parameter.out, parameter.outStride, k, rows + variables.length + k))
  write(openLoop)
  roots.forEach((root, k) => {
    write(getLocal(rows + variables.length + k), getLocal(at), i32Add)
    push(root)
    write(store)
  })
  write(getLocal(at), i32Constant(16), i32Add, teeLocal(at), getLocal(end), i32Less, repeatIf, instructions.end)
  write(names[0] === mark ? call(0) : i32Constant(0))
  const imports = names.map((name) => ({ name, parameters: name === mark ? 0 : name === 'powLanes' ? 2 : 1 }))
  return encodeModule({ imports, parameters, integers: firstPair - parameters, pairs: held.size, body })
}

/** The kernel that tells whether sin, cos or tan had an argument that is too large for them. */
const mark = 'tookBeyond'
const periodic: ReadonlySet<Operation> = new Set(['sin', 'cos', 'tan'])

/** Kernels that the nodes need, the mark first. */
function importsOf(nodes: readonly Node[]): string[] {
  const operations = nodes.flatMap((node) => (node.kind === 'application' ? [node.operation] : []))
  const functions = operations.filter((operation) => templates[operation] === undefined).map((operation) => operation + 'Lanes')
  return [...new Set(operations.some((operation) => periodic.has(operation)) ? [mark, ...functions] : functions)]
}

/** How often each node is pushed. */
function usesOf(nodes: readonly Node[], roots: readonly Node[], templateOf: (node: Application) => Template): Map<Node, number> {
  const uses = new Map<Node, number>()
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1)
  roots.forEach(use)
  for (const node of nodes) {
    if (node.kind !== 'application') continue
    for (const part of templateOf(node)) if (typeof part === 'string') use(operand(node, part))
  }
  return uses
}

function operand(node: Application, letter: 'a' | 'b' | 'c'): Node {
  return node.operands[letter.charCodeAt(0) - 97]
}
