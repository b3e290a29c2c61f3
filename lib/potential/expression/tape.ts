import { createGraph, reachable } from './graph.ts'
import type { Graph, Node } from './graph.ts'
import { blocks } from './operations.ts'

/** Points that go through the tape together: all registers of an ordinary expression stay in the first-level cache. */
const blockSize = 128

/** Computes its roots at `count` points (component-major): root k of point i goes to out[k·count + i]. */
export type Tape = (points: ArrayLike<number>, count: number, out: Float64Array) => void

/** A flat list of instructions over a register file, registers shared by nodes that are not needed at the same time. */
export function tape(roots: readonly Node[]): Tape {
  const lowered = lower(roots)
  const nodes = reachable(lowered)
  const { registers, size } = allocate(nodes, lowered)
  const instructions = nodes.flatMap((node) => {
    if (node.kind !== 'application') return []
    const [a, b, c] = node.operands.map((operand) => registers.get(operand) as number)
    return [{ block: blocks[node.operation], out: registers.get(node) as number, a, b: b ?? 0, c: c ?? 0 }]
  })
  const inputs = nodes.flatMap((node) => (node.kind === 'variable' ? [{ index: node.index, register: registers.get(node) as number }] : []))
  const outputs = lowered.map((root) => registers.get(root) as number)
  const fileOf = (width: number) => {
    const file = new Float64Array(size * width)
    for (const node of nodes) {
      const register = registers.get(node) as number
      if (node.kind === 'constant') file.fill(node.value, register * width, (register + 1) * width)
    }
    return file
  }
  const run = (file: Float64Array, width: number, points: ArrayLike<number>, start: number, total: number, out: Float64Array) => {
    const count = Math.min(width, total - start)
    for (const { index, register } of inputs) {
      for (let i = 0; i < count; i++) file[register * width + i] = points[index * total + start + i]
    }
    for (const { block, out: to, a, b, c } of instructions) block(file, to * width, a * width, b * width, c * width, count)
    for (let k = 0; k < outputs.length; k++) {
      for (let i = 0; i < count; i++) out[k * total + start + i] = file[outputs[k] * width + i]
    }
  }
  const single = fileOf(1)
  let wide: Float64Array | undefined
  return (points, count, out) => {
    if (count === 1) return run(single, 1, points, 0, 1, out)
    wide ??= fileOf(blockSize)
    for (let start = 0; start < count; start += blockSize) run(wide, blockSize, points, start, count, out)
  }
}

/** A register for every node; that of an intermediate result is free again after its last use. */
function allocate(nodes: readonly Node[], roots: readonly Node[]): { registers: Map<Node, number>, size: number } {
  const uses = new Map<Node, number>()
  const operandsOf = (node: Node) => (node.kind === 'application' ? node.operands : [])
  for (const node of [...roots, ...nodes.flatMap(operandsOf)]) uses.set(node, (uses.get(node) ?? 0) + 1)
  const registers = new Map<Node, number>()
  const free: number[] = []
  let size = 0
  for (const node of nodes) if (node.kind !== 'application') registers.set(node, size++)
  for (const node of nodes) {
    if (node.kind !== 'application') continue
    for (const operand of node.operands) {
      const left = (uses.get(operand) as number) - 1
      uses.set(operand, left)
      // Loops go element by element, so a result may take the place of its own operand.
      if (left === 0 && operand.kind === 'application') free.push(registers.get(operand) as number)
    }
    registers.set(node, free.pop() ?? size++)
  }
  return { registers, size }
}

/** The same roots in a fresh graph with integer powers up to 64 multiplied out. */
function lower(roots: readonly Node[]): Node[] {
  const graph = createGraph()
  const image = new Map<Node, Node>()
  for (const node of reachable(roots)) {
    const [a, b, c] = node.kind === 'application' ? node.operands.map((operand) => image.get(operand) as Node) : []
    if (node.kind === 'constant') image.set(node, graph.constant(node.value))
    else if (node.kind === 'variable') image.set(node, graph.variable(node.index))
    else if (node.operation === 'pow' && b.kind === 'constant') image.set(node, power(graph, a, b.value))
    else image.set(node, graph.apply(node.operation, ...[a, b, c].slice(0, node.operands.length)))
  }
  return roots.map((root) => image.get(root) as Node)
}

function power(graph: Graph, base: Node, exponent: number): Node {
  const size = Math.abs(exponent)
  if (!Number.isInteger(exponent) || size > 64) return graph.apply('pow', base, graph.constant(exponent))
  let result: Node | undefined
  for (let rest = size, square = base; rest > 0; rest >>= 1) {
    if (rest & 1) result = result === undefined ? square : graph.apply('multiply', result, square)
    if (rest > 1) square = graph.apply('multiply', square, square)
  }
  const positive = result ?? graph.constant(1)
  return exponent < 0 ? graph.apply('divide', graph.constant(1), positive) : positive
}
