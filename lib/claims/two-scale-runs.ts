import { effectiveDynamics } from '../homogenization/effective-dynamics.ts'
import type { Potential } from '../potential/potential.ts'
import { simulate } from '../sde/simulate.ts'
import type { StochasticEquation } from '../sde/system.ts'
import { descend } from './gradient-flow.ts'
import { congruent, times } from './matrices.ts'

/** What an ensemble at one ε says of x(T), in antithetic pairs: paths driven by W and by −W. */
export interface Rung {
  epsilon: number
  /** Over each group of pairs the mean of x(T) − X(T), component after component, and that of its square. */
  means: number[][]
  squares: number[]
}

/** Groups that standard errors are told from. */
const groups = 20

/** X(T) of dX = −∇u(X, γ) dt: Runge and Kutta's method on the gradient by quadrature. */
export function averagedEnd(potential: Potential, { gamma, beta }: { gamma: number; beta: number }, start: readonly number[], time: number, steps: number): number[] {
  const { drift } = effectiveDynamics({ potential, gamma, beta })
  const slope = (x: ArrayLike<number>): Float64Array => {
    const out = new Float64Array(x.length)
    drift(Float64Array.from(x), 0, out)
    return out.map((d) => -d)
  }
  return Array.from(descend(slope, start, time / steps, steps).at(-1)!)
}

export interface PairsJob {
  /** Of a potential that is even, so that −x driven by −W is a path as well. */
  equation: StochasticEquation
  /** The state (x, …), x of as many components as `end`. */
  start: readonly number[]
  end: readonly number[]
  epsilon: number
  /** dt/ε */
  ratio: number
  time: number
  pairs: number
  seed: number
}

/** Pairs by Leimkuhler and Matthews' method. The same seed gives the same Wiener paths at every ε of a ladder that halves it. */
export async function rungOf({ equation, start, end, epsilon, ratio, time, pairs, seed }: PairsJob): Promise<Rung> {
  const { dim } = equation
  const given = { dt: ratio * epsilon, time, paths: pairs, seed, method: 'leimkuhler-matthews' }
  const [plus, minus] = await Promise.all([1, -1].map(async (sign) => (await simulate(equation, { ...given, initial: start.map((c) => sign * c) })).final.data))
  const means: number[][] = []
  const squares: number[] = []
  for (let g = 0; g < groups; g++) {
    const [first, last] = [g, g + 1].map((h) => Math.floor((h * pairs) / groups))
    const mean = end.map(() => 0)
    let square = 0
    for (let i = first; i < last; i++) {
      end.forEach((c, k) => {
        const [one, other] = [plus[i * dim + k] - c, -minus[i * dim + k] - c]
        mean[k] += (one + other) / (2 * (last - first))
        square += (one * one + other * other) / (2 * (last - first))
      })
    }
    means.push(mean)
    squares.push(square)
  }
  return { epsilon, means, squares }
}

/** A statistic of the groups that are kept, with its jackknife standard error. */
export function jackknife(statistic: (kept: readonly number[]) => number): { estimate: number; standardError: number } {
  const all = Array.from({ length: groups }, (_, g) => g)
  const without = all.map((g) => statistic(all.filter((h) => h !== g)))
  const center = without.reduce((sum, value) => sum + value, 0) / groups
  const squares = without.reduce((sum, value) => sum + (value - center) ** 2, 0)
  return { estimate: statistic(all), standardError: Math.sqrt(((groups - 1) / groups) * squares) }
}

/** Mean error of a component over the groups. */
export function meanOf({ means }: Rung, kept: readonly number[], k: number): number {
  return kept.reduce((sum, g) => sum + means[g][k], 0) / kept.length
}

/** Size of the mean error. */
export function weakError(rung: Rung, kept: readonly number[]): number {
  return Math.hypot(...rung.means[0].map((_, k) => meanOf(rung, kept, k)))
}

export function strongError({ squares }: Rung, kept: readonly number[]): number {
  return Math.sqrt(kept.reduce((sum, g) => sum + squares[g], 0) / kept.length)
}

/** The value at ε = 0 of the polynomial through values at some ε. */
export function extrapolated(epsilons: readonly number[], values: readonly number[]): number {
  return values.reduce((sum, value, j) => sum + value * epsilons.reduce((w, e, m) => (m === j ? w : (w * e) / (e - epsilons[j])), 1), 0)
}

/** Slopes of the logarithm of errors over the factors between neighbouring ε, and where they are: they approach the order p with an error of first order in that. */
function slopesOf(epsilons: readonly number[], errors: readonly number[]): { at: number[]; slopes: number[] } {
  return { at: epsilons.slice(1), slopes: epsilons.slice(1).map((e, j) => Math.log(errors[j] / errors[j + 1]) / Math.log(epsilons[j] / e)) }
}

/** The power of ε that an error goes like as ε → 0; with `fewer` without the largest ε. */
export function powerAtZero(epsilons: readonly number[], errors: readonly number[], fewer = 0): number {
  const { at, slopes } = slopesOf(epsilons, errors)
  return extrapolated(at.slice(fewer), slopes.slice(fewer))
}

/**
 * How far what a ladder says at ε = 0 is from a number, beyond what leaving out the largest ε changes (which is what the polynomial may leave), in standard errors.
 * `value` is what it says of some groups, with `fewer` of the ε.
 */
export function distanceFrom(target: number, value: (kept: readonly number[], fewer: 0 | 1) => number): number {
  const { estimate, standardError } = jackknife((kept) => value(kept, 0))
  const left = Math.abs(estimate - jackknife((kept) => value(kept, 1)).estimate)
  return Math.max(0, Math.abs(estimate - target) - left) / standardError
}

/** f = λx²/2 with replicas of y: the state (x, ȳ), ȳ the mean of the replicas, is a linear system. */
export interface LinearTwoScale {
  lambda: number
  gamma: number
  beta: number
  epsilon: number
  replicas: number
}

/** d(x, ȳ) = −M(x, ȳ) dt + noise in ȳ. */
function rates({ lambda, gamma, epsilon }: LinearTwoScale): Float64Array {
  return Float64Array.of(1 / gamma, -1 / gamma, -1 / (gamma * epsilon), (lambda + 1 / gamma) / epsilon)
}

/** Roots of μ² − μ(1/γ + (λ + 1/γ)/ε) + λ/(εγ), the slow one first. */
export function ratesOf(system: LinearTwoScale): [number, number] {
  const [a, b, c, d] = rates(system)
  const fast = (a + d + Math.sqrt((a - d) ** 2 + 4 * b * c)) / 2
  return [(a * d - b * c) / fast, fast]
}

/** E x(t) from (x, ȳ): e^{−Mt} by its two rates. */
export function meanAt(system: LinearTwoScale, [x, y]: readonly number[], t: number): number {
  const [slow, fast] = ratesOf(system)
  const [a, b] = rates(system)
  const along = ((fast - a) * x - b * y) / (fast - slow)
  return along * Math.exp(-slow * t) + (x - along) * Math.exp(-fast * t)
}

/** Mean and variance of x after steps of Leimkuhler and Matthews' method, and the variance that it keeps in the end. */
export function afterSteps(system: LinearTwoScale, [x, y]: readonly number[], dt: number, steps: number): { mean: number; variance: number } {
  const { beta, epsilon, replicas } = system
  const growth = rates(system).map((m, i) => (i % 3 === 0 ? 1 : 0) - dt * m)
  const quarter = dt / (2 * beta * epsilon * replicas)
  // s − Bξ/2 is a Markov chain: z′ = Az + (A + I)Bξ/2.
  const [p, q] = [growth[1], growth[3] + 1]
  let mean: Float64Array = Float64Array.of(x, y)
  let covariance = new Float64Array(4)
  for (let n = 0; n < steps; n++) {
    mean = times(growth, mean)
    const more = n === 0 ? [0, 0, 0, quarter] : [quarter * p * p, quarter * p * q, quarter * p * q, quarter * q * q]
    covariance = congruent(growth, covariance, 2).map((entry, i) => entry + more[i])
  }
  return { mean: mean[0], variance: covariance[0] }
}
