import { exp } from '../core/elementary.ts'
import { localEntropy } from '../pde/local-entropy/index.ts'
import { tilted } from '../potential/tilted.ts'
import { pathBlock } from '../sde/block.ts'
import type { PathBlock } from '../sde/block.ts'
import { eulerMaruyama } from '../sde/methods/euler-maruyama.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Estimate } from '../stats/estimate.ts'
import type { Context } from './claim.ts'
import { seeds } from './gradient-flow.ts'
import { casesOf, digitsCase, systemOf } from './local-gibbs-cases.ts'
import type { Case, Landscape } from './local-gibbs-cases.ts'
import { sum } from './matrices.ts'

/** Numbers of replicas n, times κT, and independent averages of each. */
export interface Ladder {
  replicas: number[]
  times: number[]
  repetitions: number
}

export interface Parameters {
  landscape: Landscape
  ladder: Ladder
  /** Pairs of paths with the same noise. */
  pairs: number
  /** Softmax regression on so many digits, on a plane through its parameters. */
  digits: (Ladder & { samples: number }) | null
}

/** Averages of n replicas, or over a time T, about quadrature: mean squares over repetitions and components. */
export interface Rung {
  /** n, or κT. */
  size: number
  meanSquare: number
}

export interface Averages {
  name: string
  dim: number
  beta: number
  kappa: number
  /** ⟨y⟩ by quadrature. */
  exact: number[]
  /** Of all replicas, and of all chains of the longest time. */
  space: Estimate[]
  time: Estimate[]
  inSpace: Rung[]
  inTime: Rung[]
  repetitions: number
}

/** Replicas from x and as many in equilibrium, with the same noise in pairs. */
export interface Relaxation {
  name: string
  kappa: number
  /** In units of 1/κ. */
  time: number[]
  /** Mean distance within pairs, and the distance of the two averages, over the former at the start. */
  apart: number[]
  averages: number[]
  /** Least −(d/ds) log of the mean distance over a step, in units of κ. */
  slowest: number
}

export interface Measurement {
  averages: Averages[]
  relaxations: Relaxation[]
  /** The local Gibbs density on the line, and the density of the replicas. */
  line: { y: number[]; density: number[]; places: number[]; replicas: number[] }
}

/** Relaxation times 1/κ before averages begin, and that pairs are followed. */
const [burnIn, span] = [6, 4]
const purposes = { space: 21, time: 22, pairs: 23 }

function blockOf(given: Case, count: number, seed: number): PathBlock {
  const x = Float64Array.from({ length: given.x.length * count }, (_, j) => given.x[Math.floor(j / count)])
  const block = pathBlock(systemOf(given), given.method, { seed, first: 0, count, x, dt: given.dt })
  for (let k = 0; k < burnIn / (given.kappa * given.dt); k++) block.advance()
  return block
}

const split = (values: Float64Array, dim: number): Float64Array[] =>
  Array.from({ length: dim }, (_, k) => values.subarray((k * values.length) / dim, ((k + 1) * values.length) / dim))

/** Mean square about the exact mean, of averages given by component. */
const meanSquare = (averages: Float64Array[], exact: number[]): number =>
  sum(averages.map((values, k) => sum(values.map((value) => (value - exact[k]) ** 2)) / values.length)) / averages.length

/** All replicas that the ladder asks for, started at x; each rung has replicas of its own. */
function spaceAverages(given: Case, { replicas, repetitions }: Ladder, exact: number[], seed: number) {
  const dim = given.x.length
  const { x } = blockOf(given, repetitions * sum(replicas), seed)
  const components = split(x, dim)
  let first = 0
  const inSpace = replicas.map((n): Rung => {
    const averages = components.map((values) => Float64Array.from({ length: repetitions }, (_, r) =>
      sum(values.subarray(first + r * n, first + (r + 1) * n)) / n))
    first += repetitions * n
    return { size: n, meanSquare: meanSquare(averages, exact) }
  })
  return { points: x, inSpace, space: components.map((values) => meanOfIndependent(values)) }
}

async function timeAverages(given: Case, { times, repetitions }: Ladder, exact: number[], own: number[], context: Context) {
  const { kappa, dt, name, x: { length: dim } } = given
  const inTime: Rung[] = []
  let time: Estimate[] = []
  for (const [i, size] of times.entries()) {
    await context.step({ fraction: i / times.length, activity: `averages over time, ${name}, κT = ${size}` })
    const block = blockOf(given, repetitions, own[i])
    const steps = Math.round(size / (kappa * dt))
    const totals = new Float64Array(dim * repetitions)
    for (let k = 0; k < steps; k++) {
      block.advance()
      for (let j = 0; j < totals.length; j++) totals[j] += block.x[j]
    }
    block.release()
    const averages = split(totals.map((total) => total / steps), dim)
    inTime.push({ size, meanSquare: meanSquare(averages, exact) })
    time = averages.map((values) => meanOfIndependent(values))
  }
  return { inTime, time }
}

async function averagesOf(given: Case, ladder: Ladder, place: number, context: Context): Promise<{ averages: Averages; points: Float64Array }> {
  const { name, f, x, gamma, beta, kappa } = given
  await context.step({ fraction: 0, activity: `averages over replicas, ${name}` })
  const { gradient } = await localEntropy(f, x, { gamma, beta })
  const exact = x.map((c, k) => c - gamma * gradient[k])
  const { points, ...space } = spaceAverages(given, ladder, exact, seeds(context.seed, purposes.space, place + 1)[place])
  const own = seeds(context.seed, purposes.time + 10 * place, ladder.times.length)
  const time = await timeAverages(given, ladder, exact, own, context)
  return { averages: { name, dim: x.length, beta, kappa, exact, ...space, ...time, repetitions: ladder.repetitions }, points }
}

/** By Euler–Maruyama, which brings paths with the same noise together by 1 − κ dt a step at least. */
function relax(given: Case, count: number, points: Float64Array, seed: number): Relaxation {
  const { name, x, kappa } = given
  const dim = x.length
  const dt = given.dt / 4
  const settled = Float64Array.from(split(points, dim).flatMap((values) => Array.from(values.subarray(0, count))))
  const started = settled.map((_, j) => x[Math.floor(j / count)])
  const [one, other] = [started, settled].map((from) => pathBlock(systemOf(given), eulerMaruyama, { seed, first: 0, count, x: from, dt }))
  const look = (): { apart: number; averages: number } => {
    const differences = split(one.x.map((y, j) => y - other.x[j]), dim)
    const lengths = Array.from({ length: count }, (_, i) => Math.hypot(...differences.map((values) => values[i])))
    return { apart: sum(lengths) / count, averages: Math.hypot(...differences.map((values) => sum(values) / count)) }
  }
  const seen = [look()]
  for (let k = 0; k < span / (kappa * dt); k++) {
    one.advance()
    other.advance()
    seen.push(look())
  }
  one.release()
  other.release()
  return {
    name, kappa, time: seen.map((_, k) => k * kappa * dt),
    apart: seen.map(({ apart }) => apart / seen[0].apart), averages: seen.map(({ averages }) => averages / seen[0].apart),
    slowest: Math.min(...seen.slice(1).map(({ apart }, k) => Math.log(seen[k].apart / apart) / (kappa * dt))),
  }
}

let keptDigits: { key: string; averages: Averages } | undefined

/** The same for a run and its control, hence kept. */
async function digitsAverages(digits: NonNullable<Parameters['digits']>, context: Context): Promise<Averages> {
  const key = JSON.stringify([digits, context.seed])
  if (keptDigits?.key === key) return keptDigits.averages
  const { averages } = await averagesOf(digitsCase(digits.samples), digits, 2, context)
  keptDigits = { key, averages }
  return averages
}

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const averages: Averages[] = []
  const relaxations: Relaxation[] = []
  const lines: Measurement['line'][] = []
  for (const [place, given] of casesOf(parameters.landscape).entries()) {
    const part: Context = { ...context, step: ({ fraction, activity }) => context.step({ fraction: 0.4 * (place + fraction), activity }) }
    const found = await averagesOf(given, parameters.ladder, place, part)
    averages.push(found.averages)
    await part.step({ fraction: 0.9, activity: `replicas with the same noise, ${given.name}` })
    relaxations.push(relax(given, parameters.pairs, found.points, seeds(context.seed, purposes.pairs, place + 1)[place]))
    if (given.x.length === 1) lines.push(lineOf(given, found.points))
  }
  const { digits } = parameters
  if (digits !== null) averages.push(await digitsAverages(digits, { ...context, step: ({ activity }) => context.step({ fraction: 0.9, activity }) }))
  return { averages, relaxations, line: lines[0] }
}

/** Spacing of the density's nodes, and of its replicas' bins. */
const [spacing, bin] = [0.02, 0.1]

/** The local Gibbs density and the replicas' histogram. */
function lineOf({ f, x, gamma, beta }: Case, points: Float64Array): Measurement['line'] {
  const y = Array.from({ length: 201 }, (_, i) => x[0] - 2 + i * spacing)
  const masses = tilted(f, x, gamma).values(Float64Array.from(y)).map((height) => exp(-beta * height))
  const total = sum(masses) * spacing
  const places = Array.from({ length: 40 }, (_, i) => x[0] - 2 + (i + 0.5) * bin)
  return {
    y, density: Array.from(masses, (mass) => mass / total),
    places, replicas: places.map((place) => points.filter((point) => Math.abs(point - place) < bin / 2).length / (points.length * bin)),
  }
}
