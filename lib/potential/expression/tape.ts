import type { Node } from './graph.ts'
import { blocks } from './operations.ts'

/** Points that go through the tape together: all registers of an ordinary expression stay in the first-level cache. */
const blockSize = 128

/** Computes its roots at `count` points (component-major): root k of point i goes to out[k·count + i]. */
export type Tape = (points: ArrayLike<number>, count: number, out: Float64Array) => void

/**
 * A flat list of instructions over a register file, registers shared by nodes that are not needed at the same time; `nodes` are those that the roots
 * stand on, operands first.
 */
export function tape(nodes: readonly Node[], roots: readonly Node[]): Tape {
  const { registers, size } = allocate(nodes, roots)
  const instructions = nodes.flatMap((node) => {
    if (node.kind !== 'application') return []
    const [a, b, c] = node.operands.map((operand) => registers.get(operand) as number)
    return [{ block: blocks[node.operation], out: registers.get(node) as number, a, b: b ?? 0, c: c ?? 0 }]
  })
  const inputs = nodes.flatMap((node) => (node.kind === 'variable' ? [{ index: node.index, register: registers.get(node) as number }] : []))
  const outputs = roots.map((root) => registers.get(root) as number)
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
