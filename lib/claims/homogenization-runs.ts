import { averagedDrift } from '../homogenization/averaged-drift.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { tilted } from '../potential/tilted.ts'
import { pathBlock } from '../sde/block.ts'
import { leimkuhlerMatthews } from '../sde/methods/leimkuhler-matthews.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'
import { sde } from '../sde/sde.ts'
import type { StochasticEquation } from '../sde/system.ts'
import { twoScale } from '../sde/two-scale.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Context } from './claim.ts'
import { afterSteps, averagedEnd, jackknife, meanAt, meanOf, rungOf, strongError } from './two-scale-runs.ts'
import type { LinearTwoScale, Rung } from './two-scale-runs.ts'

export interface Parameters {
  /** Halves from one to the next, so that their paths are the same. */
  epsilons: number[]
  ratio: number
  pairs: { line: number; plane: number }
  /** The system as corrected, or with the sign (linear f) and the noise (others) that are printed. */
  form: 'corrected' | 'printed'
}

export interface Ladder {
  name: string
  /** X(T), and X(T) at twice β. */
  end: number[]
  doubled: number[]
  rungs: Rung[]
}

export interface Measurement {
  linear: {
    /** E x(T) as simulated, by the closed form, and by the step's recursion. */
    mean: number[]
    closed: number[]
    recursion: number[]
    /** E(x(T) − X(T))² over what the recursion says, and its standard error. */
    square: { estimate: number; standardError: number }[]
    rms: number[]
    /** Change of E x(T) by a start of y one unit higher, over ε. */
    layer: number[]
    layerRecursion: number[]
    end: number
    printedEnd: number
  }
  ladders: Ladder[]
  /** The double well with the printed noise, from its distance to X(T) at 2β; and the linear system with the printed sign. */
  printed: { noise: Ladder; sign: number[] }
  /** Error of the fast integrator in the drift. */
  fastError: { estimate: number; standardError: number }
}

export const time = 1

export const linear = { lambda: 1.5, gamma: 0.4, beta: 3, start: 1 }

const well = { f: landscapes.doubleWell(), gamma: 0.5, beta: 4, start: [0.4] }

interface Case {
  name: string
  f: Potential
  gamma: number
  beta: number
  start: number[]
  /** Where y starts: at the mean of its law, or off it by one in each coordinate. */
  fast: 'at its mean' | 'far off'
  size: 'line' | 'plane'
}

const cases = (): Case[] => [
  { name: 'double well', ...well, fast: 'at its mean', size: 'line' },
  { name: 'double well, y far off', ...well, fast: 'far off', size: 'line' },
  { name: 'in the plane', f: potential('(x^2 - 1)^2/4 + 3 y^2/4 + x y/2 + cos(3 y)/5'), gamma: 0.5, beta: 4, start: [0.8, 0.6], fast: 'at its mean', size: 'plane' },
]

const kept = new Map<string, Promise<unknown>>()

/** The same for a run and its control where they ask the same. */
function once<T>(key: unknown, make: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key)
  if (!kept.has(name)) kept.set(name, make())
  return kept.get(name) as Promise<T>
}

async function rungOfCase({ f, gamma, beta, start, fast, size }: Case, noiseBeta: number, epsilon: number, ratio: number, parameters: Parameters, seed: number): Promise<Rung> {
  const { drift } = await averagedDrift({ potential: f, at: start, gamma, beta })
  const y = start.map((c, k) => (fast === 'far off' ? c - 1 : c + gamma * drift[k]))
  const end = await endOf(f, gamma, beta, start)
  const equation = twoScale({ potential: f, gamma, beta: noiseBeta, epsilon })
  return rungOf({ equation, start: [...start, ...y], end, epsilon, ratio, time, pairs: parameters.pairs[size], seed })
}

const endOf = (f: Potential, gamma: number, beta: number, start: number[]): Promise<number[]> =>
  once(['end', f.name, beta], async () => averagedEnd(f, { gamma, beta }, start, time, start.length === 1 ? 16 : 8))

async function ladderOf(one: Case, form: Parameters['form'], parameters: Parameters, { seed }: Context): Promise<Ladder> {
  const { name, f, gamma, beta, start, size } = one
  const { epsilons, ratio, pairs } = parameters
  const noiseBeta = form === 'printed' ? 2 * beta : beta
  const rungs: Rung[] = []
  for (const epsilon of epsilons) {
    rungs.push(await once(['rung', name, noiseBeta, epsilon, ratio, pairs[size], seed], () => rungOfCase(one, noiseBeta, epsilon, ratio, parameters, seed)))
  }
  return { name, end: await endOf(f, gamma, beta, start), doubled: size === 'plane' ? [] : await endOf(f, gamma, 2 * beta, start), rungs }
}

/** dx = −∇f(x − y) dt with the displacement y of the fast variable: dy = (±∇f(x − y) − y/γ)/ε dt + noise, as corrected with +, as printed with −. */
function displaced(epsilon: number, sign: 1 | -1): StochasticEquation {
  const { lambda, gamma, beta } = linear
  return sde({
    dim: 2, noiseDim: 1, noise: [[0], [Math.sqrt(2 / (beta * epsilon))]],
    drift([x, y], _t, out) {
      out[0] = -lambda * (x - y)
      out[1] = (sign * lambda * (x - y) - y / gamma) / epsilon
    },
  })
}

const fastMean = 1 / (1 + linear.lambda * linear.gamma)

/** E x(T) with the displacement's equation, from y at its mean, less X(T). */
async function displacedMeans(sign: 1 | -1, { epsilons, ratio }: Parameters, end: number, seed: number): Promise<number[]> {
  const means: number[] = []
  for (const epsilon of epsilons) {
    // Pairs of a linear system have its mean, whatever the noise.
    const rung = await rungOf({ equation: displaced(epsilon, sign), start: [1, 1 - fastMean], end: [end], epsilon, ratio, time, pairs: 20, seed })
    means.push(meanOf(rung, [0], 0))
  }
  return means
}

async function linearRuns(parameters: Parameters, { seed }: Context): Promise<Measurement['linear']> {
  const { lambda, gamma, beta, start } = linear
  const { epsilons, ratio, pairs, form } = parameters
  const f = landscapes.quadratic({ curvatures: [lambda] })
  const end = start * Math.exp((-lambda * time) / (1 + lambda * gamma))
  const result: Measurement['linear'] = {
    mean: [], closed: [], recursion: [], square: [], rms: [], layer: [], layerRecursion: [], end, printedEnd: start * Math.exp((-lambda * time) / (1 - lambda * gamma)),
  }
  const printed = form === 'printed' ? await displacedMeans(-1, parameters, end, seed) : undefined
  for (const [j, epsilon] of epsilons.entries()) {
    const system: LinearTwoScale = { lambda, gamma, beta, epsilon, replicas: 1 }
    const dt = ratio * epsilon
    const job = { equation: twoScale({ potential: f, gamma, beta, epsilon }), end: [end], epsilon, ratio, time, seed }
    const rungFrom = (y: number, count: number): Promise<Rung> =>
      once(['linear', epsilon, y, ratio, count, seed], () => rungOf({ ...job, start: [start, y], pairs: count }))
    const [rung, lifted] = [await rungFrom(fastMean, pairs.line), await rungFrom(fastMean + 1, 20)]
    const known = afterSteps(system, [start, fastMean], dt, Math.round(time / dt))
    const expected = known.variance + (known.mean - end) ** 2
    const mean = meanOf(rung, Array.from(rung.means.keys()), 0)
    result.mean.push(end + (printed?.[j] ?? mean))
    result.closed.push(meanAt(system, [start, fastMean], time))
    result.recursion.push(known.mean)
    result.square.push(jackknife((groups) => strongError(rung, groups) ** 2 / expected))
    result.rms.push(strongError(rung, Array.from(rung.squares.keys())))
    result.layerRecursion.push((afterSteps(system, [start, fastMean + 1], dt, Math.round(time / dt)).mean - known.mean) / epsilon)
    result.layer.push((meanOf(lifted, [0], 0) - mean) / epsilon)
  }
  return result
}

/**
 * Error of the fast integrator in the drift of the double well at the start, at dt/ε = ratio: a third of what twice the step changes in averages over a long time, on the same Wiener
 * paths. The rest is of the next order in the step.
 */
function fastError({ ratio, pairs }: Parameters, seed: number): { estimate: number; standardError: number } {
  const { f, gamma, beta, start } = well
  const count = pairs.line
  const system = overdampedSystem(overdampedLangevin({ potential: tilted(f, start, gamma), beta }))
  const [fine, coarse] = [ratio, 2 * ratio].map((dt) => {
    const block = pathBlock(system, leimkuhlerMatthews, { seed, first: 0, count, x: new Float64Array(count).fill(start[0]), dt })
    const sums = new Float64Array(count)
    const steps = Math.round(fastSpan / dt)
    for (let n = -Math.round(2 / dt); n < steps; n++) {
      block.advance()
      if (n >= 0) block.x.forEach((y, i) => (sums[i] += (y - start[0]) / (gamma * steps)))
    }
    block.release()
    return sums
  })
  return meanOfIndependent(coarse.map((mean, i) => (mean - fine[i]) / 3))
}

/** Fast time that is averaged over. */
const fastSpan = 60

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  await context.step({ fraction: 0, activity: 'the linear system' })
  const own = await linearRuns(parameters, context)
  const ladders: Ladder[] = []
  for (const [k, one] of cases().entries()) {
    await context.step({ fraction: 0.2 * (k + 1), activity: `ensembles over ε, ${one.name}` })
    ladders.push(await ladderOf(one, parameters.form, parameters, context))
  }
  await context.step({ fraction: 0.8, activity: 'the printed forms' })
  const noise = await ladderOf(cases()[0], 'printed', parameters, context)
  return { linear: own, ladders, printed: { noise, sign: await displacedMeans(-1, parameters, own.printedEnd, context.seed) }, fastError: await once(['fast', parameters.ratio, parameters.pairs.line, context.seed], async () => fastError(parameters, context.seed)) }
}
