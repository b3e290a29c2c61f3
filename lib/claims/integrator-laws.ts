import { landscapes } from '../potential/index.ts'
import { normals } from '../random/index.ts'
import { pathBlock } from '../sde/block.ts'
import type { Method, StepPath } from '../sde/method.ts'
import { mala } from '../sde/methods/mala.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'
import type { System } from '../sde/system.ts'
import { underdampedLangevin, underdampedSystem } from '../sde/underdamped-langevin.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import { largest } from './measure.ts'

/** f = λx²/2 */
export const quadratic = { lambda: 1.5, beta: 2, friction: 1 }

export function quadraticSystem(kinetic: boolean): System {
  const { lambda, beta, friction } = quadratic
  const potential = landscapes.quadratic({ matrix: [[lambda]] })
  return kinetic ? underdampedSystem(underdampedLangevin({ potential, beta, friction })) : overdampedSystem(overdampedLangevin({ potential, beta }))
}

/** x ← Ax + Σ_j G_j ξ_j with independent ξ_j of mean 0, all matrices row major. */
interface LinearStep {
  map: Float64Array
  gains: { matrix: Float64Array; variance: number }[]
  /** Of the gains, where the second's ξ is the first's of the next step. */
  overlaps: boolean
}

/** What a step does to unit states and to units of each thing that it sees of the Wiener process: a linear equation's step is linear in them. */
function linearStep(system: System, method: Method, dt: number): LinearStep {
  const { dim, noiseDim } = system
  const seen = (w: number[]): StepPath => {
    const part = (j: number): Float64Array => Float64Array.from({ length: noiseDim }, (_, k) => w[j * noiseDim + k] ?? 0)
    const halves = [part(0), part(1)] as const
    return {
      increment: method.path === 'halves' ? halves[0].map((value, k) => value + halves[1][k]) : part(0), timeArea: part(1), halves, next: part(1), nextDt: dt,
      areas: new Float64Array(0), uniforms: new Float64Array(0),
    }
  }
  const step = method.prepare(system, 1)
  const image = (x: Float64Array, w: number[]): Float64Array => {
    step(x, 0, dt, seen(w))
    return x
  }
  const unit = (n: number, k: number): number[] => Array.from({ length: n }, (_, i) => (i === k ? 1 : 0))
  const columns = (n: number, of: (k: number) => Float64Array): Float64Array => {
    const all = Array.from({ length: n }, (_, k) => of(k))
    return Float64Array.from({ length: dim * n }, (_, i) => all[i % n][Math.floor(i / n)])
  }
  const variances = { 'time-areas': [dt, dt / 12], 'halves': [dt / 2, dt / 2], 'next': [dt, dt], 'areas': [dt], 'uniforms': [dt], 'none': [dt] }[method.path ?? 'none']
  return {
    map: columns(dim, (k) => image(Float64Array.from(unit(dim, k)), [])),
    gains: variances.map((variance, j) => ({
      variance, matrix: columns(noiseDim, (k) => image(new Float64Array(dim), unit(2 * noiseDim, j * noiseDim + k))),
    })),
    overlaps: method.path === 'next',
  }
}

/** A B of an n × m and an m × k matrix, row major. */
function multiply(a: Float64Array, b: Float64Array, m: number): Float64Array {
  const [n, k] = [a.length / m, b.length / m]
  return Float64Array.from({ length: n * k }, (_, at) => {
    const [row, column] = [Math.floor(at / k), at % k]
    let value = 0
    for (let j = 0; j < m; j++) value += a[row * m + j] * b[j * k + column]
    return value
  })
}

function transpose(a: Float64Array, columns: number): Float64Array {
  const rows = a.length / columns
  return Float64Array.from({ length: a.length }, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)])
}

/** S = ASAᵀ + Q by doubling: Σ AᵏQAᵏᵀ. */
function steadyState(map: Float64Array, source: Float64Array, dim: number): Float64Array {
  let [power, state] = [map, source]
  // The power is squared each time: what is left after these is below rounding for the stable steps looked at, and grows beyond bounds for others.
  for (let k = 0; k < 16; k++) {
    const more = multiply(multiply(power, state, dim), transpose(power, dim), dim)
    state = state.map((value, i) => value + more[i])
    power = multiply(power, power, dim)
  }
  return state
}

/** The stationary covariance of a method on a quadratic potential, to rounding, and how much of a relative rounding of one step shows in it, Σ|Aᵏ|². */
export function stationaryCovariance(method: Method, dt: number): { covariance: number[]; amplification: number } {
  const system = quadraticSystem(method.requires === 'an underdamped Langevin equation')
  const { dim, noiseDim } = system
  const { map, gains, overlaps } = linearStep(system, method, dt)
  const source = new Float64Array(dim * dim)
  const add = (a: Float64Array, b: Float64Array, columns: number, variance: number): void => {
    multiply(a, transpose(b, columns), columns).forEach((value, i) => (source[i] += variance * value))
  }
  for (const { matrix, variance } of gains) add(matrix, matrix, noiseDim, variance)
  if (overlaps) {
    // What the state holds of the noise that its next step takes again.
    const [own, next] = gains.map(({ matrix }) => matrix)
    const carried = multiply(map, next, dim)
    add(carried, own, noiseDim, gains[0].variance)
    add(own, carried, noiseDim, gains[0].variance)
  }
  const identity = Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0))
  return { covariance: Array.from(steadyState(map, source, dim)), amplification: largest(steadyState(map, identity, dim)) }
}

/** ⟨x²⟩ of a method on the line whose step is m(x) + g·ΔW, m not linear: the law of the chain on nodes, where the trapezoidal rule converges faster than any power, until it stays. */
export function stationarySquare(method: Method, dt: number): number {
  const system = quadraticSystem(false)
  const size = 121
  const reach = 14 / Math.sqrt(quadratic.lambda * quadratic.beta)
  const nodes = Float64Array.from({ length: size }, (_, i) => -reach + (2 * reach * i) / (size - 1))
  const none = new Float64Array(0)
  const stepOf = (x: Float64Array, w: number): Float64Array => {
    const moved = x.slice()
    method.prepare(system, x.length)(moved, 0, dt, { increment: new Float64Array(x.length).fill(w), timeArea: none, halves: [none, none], areas: none, next: none, nextDt: dt, uniforms: none })
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
  return meanOfIndependent(block.x.map((x) => precision * x * x))
}
