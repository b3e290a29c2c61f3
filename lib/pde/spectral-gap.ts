import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { fieldOf } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { expectations } from '../kernels/elimination.ts'
import { slowestEigenvalue } from '../kernels/krylov.ts'
import { uniforms } from '../random/index.ts'
import { chainOf } from './fokker-planck/chain.ts'
import type { Chain } from './fokker-planck/chain.ts'
import { checkEquation } from './fokker-planck/equation.ts'
import type { FokkerPlanck } from './fokker-planck/equation.ts'
import { endsOf, marksOf } from './fokker-planck/null-vector.ts'
import { eliminateOn } from './fokker-planck/restricted.ts'
import { checkWatched, watch } from './fokker-planck/watched.ts'
import type { Watch, Watched } from './fokker-planck/watched.ts'
import { settledDensity } from './stationary.ts'

/** How the last trace of a start is forgotten: as e^{−gap t}, turning at `frequency`. */
export interface SlowestMode {
  readonly gap: number
  /** Imaginary part of the eigenvalue, 0 in detailed balance. */
  readonly frequency: number
  /**
   * The real part u of the eigenfunction of the backward generator, b·∇u + D:∇²u/β = −(gap + i frequency)u: mean 0 and variance 1 under the stationary law
   * (with absorbing ends: largest value 1). Times the stationary density it is the mode of the density.
   */
  readonly eigenfunction: Field
}

/**
 * The slowest rate at which densities approach the stationary one: the least real part among the eigenvalues other than 0 of minus the discrete generator.
 * With absorbing ends the rate at which the last of the mass is lost. Krylov's method on the inverse, which comes from an elimination without
 * subtractions: rates far below rounding of the fastest one are found to ten digits. Second order in the spacings. Where a current runs it is the least one
 * among the eigenvalues nearest to 0, those that the method meets first.
 * @throws ArgumentError on another equation or parts of the grid between which mass does not pass; Cancelled
 */
export async function spectralGap(equation: FokkerPlanck, running: Watched = {}): Promise<number> {
  return (await findMode('spectralGap', equation, running)).gap
}

/** `spectralGap` with its eigenfunction. */
export async function slowestMode(equation: FokkerPlanck, running: Watched = {}): Promise<SlowestMode> {
  return findMode('slowestMode', equation, running)
}

async function findMode(where: string, equation: FokkerPlanck, running: Watched): Promise<SlowestMode> {
  checkEquation(where, equation)
  checkWatched(where, running)
  const run = watch(where, running)
  const chain = chainOf(equation)
  const problem = chain.jumps.loss.some((rate) => rate > 0) ? await leaking(where, equation, chain, run) : await closed(where, equation, chain, run)
  const { nodes, weights, inverse, symmetric } = problem
  if (nodes.length < 2) throw new ArgumentError(`${where}: equation must be one with at least two nodes between which mass passes, got ${nodes.length}`)
  const start = inverse(uniforms(1, 0, nodes.length))
  const found = await run('finding the slowest mode', 0.8, 1, settling(slowestEigenvalue(inverse, weights, start, symmetric)))
  if (found === undefined) throw new DivergenceError(`${where}: the slowest mode has not settled: too many others are as slow; use a finer grid or a smaller drift`)
  const values = new Float64Array(equation.grid.size)
  const scale = problem.scaleOf(found.re)
  nodes.forEach((i, a) => (values[i] = found.re[a] / scale))
  problem.complete(values)
  return { gap: found.rate, frequency: found.frequency < 1e-9 * found.rate ? 0 : found.frequency, eigenfunction: fieldOf(equation.grid, values) }
}

/** Residuals fall to 1e-11 from 1: the share of the work done, for show. */
function* settling<T>(steps: Generator<number, T>): Generator<number, T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
    yield Math.log10(Math.max(value, 1e-11)) / -11
  }
}

interface Problem {
  readonly nodes: Int32Array
  readonly weights: Float64Array
  readonly inverse: (v: Float64Array) => Float64Array
  readonly symmetric: boolean
  scaleOf(values: Float64Array): number
  /** Fills nodes on the side. */
  complete(values: Float64Array): void
}

/**
 * −Q on the functions with mean 0 under the stationary masses π. −Qu = v is solved with u = 0 on the likeliest node, where the missing equation follows from the
 * others, and then u is moved to mean 0: from a rare node what rounds in v would be multiplied by the time to get there.
 */
async function closed(where: string, equation: FokkerPlanck, chain: Chain, run: Watch): Promise<Problem> {
  const { grid, shares } = chain
  const ends = endsOf(equation, chain)
  if (ends.length !== 1) {
    throw new ArgumentError(`${where}: equation must be one whose mass ends up in one part of the grid, got ${ends.length} parts between which none passes (or no more than e^−700 of it)`)
  }
  const density = await settledDensity(where, equation, run, 0, 0.4, chain)
  const kept = marksOf(grid.size, ends[0])
  const likeliest = ends[0].reduce((best, i) => (density[i] * shares[i] > density[best] * shares[best] ? i : best))
  kept[likeliest] = 0
  const { nodes: others, elimination } = await run('eliminating nodes', 0.4, 0.8, eliminateOn(where, chain, kept))
  const nodes = Int32Array.of(likeliest, ...others)
  const weights = Float64Array.from(nodes, (i) => density[i] * shares[i])
  const total = weights.reduce((sum, w) => sum + w, 0)
  const centre = (v: Float64Array): Float64Array => {
    let mean = 0
    for (let i = 0; i < v.length; i++) mean += weights[i] * v[i]
    mean /= total
    return v.map((value) => value - mean)
  }
  return {
    nodes, weights,
    symmetric: isReversible(chain, density),
    inverse: (v) => {
      const u = new Float64Array(nodes.length)
      u.set(others.length === 0 ? [] : expectations(elimination, centre(v).subarray(1)), 1)
      return centre(u)
    },
    scaleOf: (u) => Math.sqrt(u.reduce((sum, value, i) => sum + weights[i] * value * value, 0) / total) * sign(u),
    complete: () => {},
  }
}

async function leaking(where: string, equation: FokkerPlanck, chain: Chain, run: Watch): Promise<Problem> {
  const { grid, jumps, shares } = chain
  const f = equation.energy?.values.data
  const outside = (i: number): boolean => f?.[i] === Infinity || (jumps.loss[i] === 0 && jumps.starts[i] === jumps.starts[i + 1])
  const stuck = endsOf(equation, chain).find((nodes) => !(nodes.length === 1 && outside(nodes[0])))
  if (stuck !== undefined) throw new ArgumentError(`${where}: equation must be one whose mass all stays or all leaves in the end, got absorbing ends that a part of the grid does not reach`)
  const kept = Uint8Array.from({ length: grid.size }, (_, i) => (outside(i) ? 0 : 1))
  const { nodes, elimination } = await run('eliminating nodes', 0, 0.8, eliminateOn(where, chain, kept))
  const least = f?.reduce((low, value) => Math.min(low, value), Infinity) ?? 0
  const scalar = equation.diffusion.scalar
  const symmetric = f !== undefined && scalar !== undefined
  // Far up the hills weights would vanish, and what they weigh with them.
  const weights = Float64Array.from(nodes, (i) => shares[i] * (symmetric ? Math.exp(-Math.min((equation.beta / scalar) * (f[i] - least), 600)) : 1))
  return {
    nodes, weights, symmetric, inverse: (v) => expectations(elimination, v),
    scaleOf: (u) => u.reduce((top, value) => (Math.abs(value) > Math.abs(top) ? value : top), 0),
    complete: () => {},
  }
}

/** So that the sign does not hang on rounding: the first value that is not small is positive. */
function sign(u: Float64Array): number {
  const top = u.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return u.find((value) => Math.abs(value) > top / 2)! > 0 ? 1 : -1
}

/** Whether no flux runs in the stationary law, to a share that is rounding. */
function isReversible({ jumps: { starts, to, rates }, shares }: Chain, density: Float64Array): boolean {
  const flux = new Map<number, number>()
  const size = density.length
  let gross = 0
  for (let i = 0; i < size; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const moved = rates[e] * density[i] * shares[i]
      const j = to[e]
      const [key, signed] = i < j ? [i * size + j, moved] : [j * size + i, -moved]
      flux.set(key, (flux.get(key) ?? 0) + signed)
      gross += moved
    }
  }
  let net = 0
  for (const value of flux.values()) net += Math.abs(value)
  return net <= 1e-12 * gross
}
