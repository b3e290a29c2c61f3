import { landscapes } from '../potential/index.ts'
import { normals } from '../random/index.ts'
import { pathBlock } from '../sde/block.ts'
import { stepPath } from '../sde/method.ts'
import type { Method } from '../sde/method.ts'
import { mala } from '../sde/methods/mala.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'
import type { System } from '../sde/system.ts'
import { underdampedLangevin, underdampedSystem } from '../sde/underdamped-langevin.ts'
import { meanOfIndependent } from '../stats/samples.ts'

/** f = λx²/2 */
export const quadratic = { lambda: 1.5, beta: 2, friction: 1 }

export function quadraticSystem(kinetic: boolean): System {
  const { lambda, beta, friction } = quadratic
  const potential = landscapes.quadratic({ matrix: [[lambda]] })
  return kinetic ? underdampedSystem(underdampedLangevin({ potential, beta, friction })) : overdampedSystem(overdampedLangevin({ potential, beta }))
}

/** ⟨x²⟩ of a method on the line whose step is m(x) + g·ΔW, m not linear: the law of the chain on nodes, where the trapezoidal rule converges faster than any power, until it stays. */
export function stationarySquare(method: Method, dt: number): number {
  const system = quadraticSystem(false)
  const size = 121
  const reach = 14 / Math.sqrt(quadratic.lambda * quadratic.beta)
  const nodes = Float64Array.from({ length: size }, (_, i) => -reach + (2 * reach * i) / (size - 1))
  const stepOf = (x: Float64Array, w: number): Float64Array => {
    const moved = x.slice()
    method.prepare(system, x.length)(moved, 0, dt, stepPath(new Float64Array(x.length).fill(w)))
    return moved
  }
  const means = stepOf(nodes, 0)
  const variance = stepOf(Float64Array.of(0), 1)[0] ** 2 * dt
  const kernel = Array.from(nodes, (to) => means.map((mean) => Math.exp(-((to - mean) ** 2) / (2 * variance))))
  let law = nodes.map((x) => Math.exp((-quadratic.beta * quadratic.lambda * x * x) / 2))
  let [square, before] = [0, Infinity]
  for (let k = 0; k < 1000 && Math.abs(square - before) > 1e-14; k++) {
    const moved = Float64Array.from(kernel, (row) => {
      let density = 0
      for (let i = 0; i < size; i++) density += row[i] * law[i]
      return density
    })
    const mass = moved.reduce((sum, p) => sum + p, 0)
    law = moved.map((p) => p / mass)
    before = square
    square = law.reduce((sum, p, i) => sum + p * nodes[i] ** 2, 0)
  }
  return square
}

/** ⟨x²⟩·βλ of MALA from points of the Gibbs law after some steps, which are to leave it as it is: the estimate and its standard error. */
export function malaSquare(dt: number, steps: number, paths: number, seed: number): { estimate: number; standardError: number } {
  const precision = quadratic.beta * quadratic.lambda
  const start = normals(seed, 0, paths).map((z) => z / Math.sqrt(precision))
  const block = pathBlock(quadraticSystem(false), mala, { seed, first: 0, count: paths, x: start, dt })
  for (let k = 0; k < steps; k++) block.advance()
  const squares = block.x.map((x) => precision * x * x)
  block.release()
  return meanOfIndependent(squares)
}
