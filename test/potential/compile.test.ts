import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lease } from '../../lib/kernels/machine.ts'
import { compile } from '../../lib/potential/expression/compile.ts'
import { derivative } from '../../lib/potential/expression/derivative.ts'
import { createGraph, reachable } from '../../lib/potential/expression/graph.ts'
import type { Graph, Node } from '../../lib/potential/expression/graph.ts'
import { potential } from '../../lib/potential/index.ts'
import { lower } from '../../lib/potential/expression/lower.ts'
import { blocks } from '../../lib/potential/expression/operations.ts'
import type { Operation } from '../../lib/potential/expression/operations.ts'
import { tape } from '../../lib/potential/expression/tape.ts'

const operations = Object.keys(blocks) as Operation[]
const binary = new Set<Operation>(['add', 'subtract', 'multiply', 'divide', 'pow', 'min', 'max', 'smaller', 'smallerEq', 'equal', 'and'])
const arity = (operation: Operation) => (operation === 'select' ? 3 : binary.has(operation) ? 2 : 1)

/** Numbers at which the elementary functions change their ways, and their neighbours. */
const corners = [
  0, 5e-324, 2.2250738585072014e-308, 1e-300, 1e-20, 1e-8, 0.25, 0.4375, 0.5, 0.6875, Math.SQRT1_2, Math.PI / 4, 1, 1.1875, Math.SQRT2, 1.5, Math.PI / 2, 2, 2.4375, 2.5, 3, Math.PI, 11, 22, 44,
  354.5, 355, 708, 709, 709.782712893384, 710, 745.1332191019412, 746, 1e6, 1647099.3, 1647100, 1e15, 2 ** 52, 2 ** 53, 2 ** 53 + 2, 1e22, 1e200, 1e300, 1.7976931348623157e308, Infinity,
].flatMap((x) => [x, x * (1 + 2 ** -52), x * (1 - 2 ** -53)]).flatMap((x) => [x, -x]).concat(NaN)

const shifts = [-3e-3, -2e-4, -1e-5, 1e-6, 1e-5, 7e-5, 2e-4, 3e-3]

const nasty = fc.oneof(
  fc.double(), fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -800, max: 800, noNaN: true }), fc.constantFrom(...corners), fc.integer({ min: -9, max: 9 }),
  fc.tuple(fc.constantFrom(...corners), fc.double({ min: -0.01, max: 0.01 })).map(([x, shift]) => x * (1 + shift)),
)

/** The bits of `compile` for batches, in the kernels' memory and out of it, are those of the tape at single points. */
function expectSameBits(roots: readonly Node[], dim: number, points: readonly number[]): void {
  const count = points.length / dim
  const lowered = lower(roots)
  const single = tape(reachable(lowered), lowered)
  const one = new Float64Array(roots.length)
  const expected = new Float64Array(roots.length * count)
  for (let i = 0; i < count; i++) {
    single(Array.from({ length: dim }, (_, k) => points[k * count + i]), 1, one)
    one.forEach((value, k) => (expected[k * count + i] = value))
  }
  const batch = compile(() => roots)
  // Code is made for whoever asks for many points.
  batch(new Float64Array(dim * 512), 512, new Float64Array(roots.length * 512))
  const alone = new Float64Array(roots.length)
  batch(Array.from({ length: dim }, (_, k) => points[k * count]), 1, alone)
  expect(alone).toEqual(expected.filter((_, j) => j % count === 0))
  const check = (out: Float64Array, what: string) => {
    const wrong = out.findIndex((value, i) => !Object.is(value, expected[i]))
    if (wrong >= 0) throw new Error(`${what}: ${out[wrong]}, not ${expected[wrong]}, at ${Array.from({ length: dim }, (_, k) => points[k * count + (wrong % count)])}`)
  }
  const carried = new Float64Array(expected.length)
  batch(points, count, carried)
  check(carried, 'from an ordinary array')
  const { take, release } = lease()
  try {
    const [held, out, guard] = [take(Float64Array, points.length), take(Float64Array, expected.length), take(Float64Array, 1)]
    guard[0] = 42
    held.set(points)
    batch(held, count, out)
    check(out, 'in the memory of the kernels')
    expect(guard[0]).toBe(42)
    if (roots.length === dim) {
      batch(held, count, held)
      check(held, 'in place')
    }
  } finally {
    release()
  }
}

describe('every operation', () => {
  it.each(operations)('%s has the bits of the tape on the whole range', (operation) => {
    const graph = createGraph()
    const variables = Array.from({ length: arity(operation) }, (_, k) => graph.variable(k))
    const root = graph.apply(operation, ...variables)
    const dim = variables.length
    const others = operation === 'pow' ? corners : [0, -0, 1, -1, 5e-324, Infinity, -Infinity, NaN]
    const pairs = dim === 1 ? corners.map((x) => [x]) : corners.flatMap((x) => others.flatMap((y) => (dim === 2 ? [[x, y], [y, x]] : [[x, y, -x], [y, x, -x]])))
    expectSameBits([root], dim, variables.flatMap((_, k) => pairs.map((pair) => pair[k])))
    // A single argument that is too large for sin would send them all to the tape.
    const sizable = pairs.filter((pair) => pair.every((x) => !(Math.abs(x) > 1e6 && Math.abs(x) < Infinity)))
    expectSameBits([root], dim, variables.flatMap((_, k) => sizable.map((pair) => pair[k])))
    if (dim === 1) expectSameBits([root], dim, variables.flatMap((_, k) => sizable.flatMap((pair) => shifts.map((shift) => pair[k] * (1 + shift)))))
    fc.assert(fc.property(fc.array(fc.tuple(nasty, nasty, nasty), { minLength: 1, maxLength: 300 }), (points) => {
      expectSameBits([root], dim, variables.flatMap((_, k) => points.map((point) => point[k])))
    }), { numRuns: 40 })
  })

  it('of ordinary numbers, many', () => {
    const x = Array.from({ length: 20_000 }, (_, i) => (i - 10_000) * 0.0123456789)
    for (const operation of operations) {
      if (arity(operation) !== 1) continue
      const graph = createGraph()
      expectSameBits([graph.apply(operation, graph.variable(0))], 1, x)
    }
    const graph = createGraph()
    expectSameBits([graph.apply('pow', graph.variable(0), graph.variable(1))], 2, [...x, ...x.map((value) => value * value * 1e-3 - 2)])
  })
})

/** A recipe of a random graph: each step applies an operation to nodes that exist already. */
const recipe = fc.array(fc.tuple(fc.constantFrom(...operations), fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 12 })
const constants = [0, -0, 1, -1, 2, 3, -2, 4, 0.5, 0.3, 64, 65, 1e10]

function build(graph: Graph, dim: number, steps: readonly (readonly [Operation, number, number, number])[]): Node {
  const nodes = [...Array.from({ length: dim }, (_, k) => graph.variable(k)), ...constants.map((value) => graph.constant(value))]
  for (const [operation, ...choices] of steps) {
    const recent = (choice: number) => nodes[choice % 3 === 0 ? nodes.length - 1 : choice % nodes.length]
    nodes.push(graph.apply(operation, ...choices.slice(0, arity(operation)).map(recent)))
  }
  return nodes.at(-1)!
}

it('random expressions, their gradients and Hessians have the bits of the tape', () => {
  fc.assert(fc.property(recipe, fc.integer({ min: 1, max: 3 }), fc.array(nasty, { minLength: 1, maxLength: 60 }), (steps, dim, numbers) => {
    const graph = createGraph()
    const root = build(graph, dim, steps)
    const slopes = Array.from({ length: dim }, (_, k) => derivative(graph, root, k))
    const curvatures = slopes.flatMap((slope, k) => slopes.slice(0, k + 1).map((_, l) => derivative(graph, slope, l)))
    const count = Math.ceil(numbers.length / dim)
    const points = Array.from({ length: count * dim }, (_, i) => numbers[i % numbers.length])
    expectSameBits([root], dim, points)
    expectSameBits(slopes, dim, points)
    expectSameBits([root, ...slopes, ...curvatures], dim, points)
  }), { numRuns: 300 })
})

it('arguments of sin beyond 2^20 π/2 in one chunk of several', () => {
  const graph = createGraph()
  const root = graph.apply('sin', graph.variable(0))
  for (const size of [3000, 3001]) expectSameBits([root], 1, Array.from({ length: size }, (_, i) => (i === 1500 ? 1e20 : i * 0.01)))
})

describe('products of Hessian and vector', () => {
  it('are those of the matrix', () => {
    const f = potential('0.3 cos(3 x + y z) + (x^2 - 1)^2/4 + exp(-y^2) z^3')
    fc.assert(fc.property(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 6, maxLength: 60 }), (numbers) => {
      const count = Math.floor(numbers.length / 6)
      const [points, vectors] = [Float64Array.from(numbers.slice(0, 3 * count)), Float64Array.from(numbers.slice(3 * count, 6 * count))]
      const products = f.hessianVectors!(points, vectors)
      for (let i = 0; i < count; i++) {
        const hessian = f.hessian([points[i], points[count + i], points[2 * count + i]])
        for (let k = 0; k < 3; k++) {
          const terms = [0, 1, 2].map((l) => hessian[3 * k + l] * vectors[l * count + i])
          // Entries are up to a few tens, made of a dozen roundings.
          expect(Math.abs(products[k * count + i] - (terms[0] + terms[1] + terms[2]))).toBeLessThan(1e-12)
        }
      }
    }))
  })

  it('refuse what is no vector, and NaN', () => {
    expect(() => potential('x^2').hessianVectors!(Float64Array.of(1, 2), Float64Array.of(1))).toThrow(/vectors must be a Float64Array of 2 numbers/)
    expect(() => potential('log(x)').hessianVectors!(Float64Array.of(-1, 0), Float64Array.of(1, 0))).toThrow(/the product of Hessian and vector at \(0\) must be a number, got NaN/)
  })
})
