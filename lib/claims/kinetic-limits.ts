import { potential } from '../potential/index.ts'
import { systemOf } from '../sde/families.ts'
import { stepPath } from '../sde/method.ts'
import { baoab } from '../sde/methods/baoab.ts'
import { sde } from '../sde/sde.ts'
import { simulate } from '../sde/simulate.ts'
import { underdampedLangevin } from '../sde/underdamped-langevin.ts'
import type { Estimate } from '../stats/estimate.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Context } from './claim.ts'
import { temperatureOf } from './kinetic-parameters.ts'
import type { Parameters } from './kinetic-parameters.ts'
import { gaussianDistance, linearLaw } from './linear-laws.ts'
import { congruent } from './matrices.ts'
import { times } from './matrices.ts'

/** Distances from the overdamped equation at a fixed overdamped time, by friction. */
export interface Limits {
  friction: number[]
  /** W₂ of the laws of x for a parabola, at each time: from p₀ in equilibrium, from a fixed one, and in equilibrium with the printed noise from the law of 2β. */
  laws: { time: number; equilibrium: number[]; fixed: number[]; printed: number[] }[]
  /** c·(mean distance from a fixed p₀)/(p₀e^{−λt}). */
  leading: number[]
  /** c√β times the r.m.s. distance of x on the same noise, for a parabola. */
  paths: number[]
  /** The same in a double well. */
  sampled: { friction: number[]; distance: Estimate[] }
}

const parabola = { lambda: 1.5, beta: 2, x: 1, p: 0.8, times: [0.3, 2] }

/** dX = cP dt, dP = −c(f′(X) + cP)dt + (noise·c)dW: x(ct), p(ct) with W(ct) = √c W(t), in overdamped time; `noise` is √(2/β). */
const kinetic = (c: number, lambda: number): number[][] => [[0, c], [-c * lambda, -c * c]]

/** The law of x for the friction c after an overdamped time, from (x, p) of the given mean and variance of p. */
function lawOf(c: number, time: number, noise: number, p: { mean: number; variance: number }): { mean: number; variance: number } {
  const { transition, covariance } = linearLaw(kinetic(c, parabola.lambda), [0, c * noise], time)
  const spread = congruent(transition, Float64Array.of(0, 0, 0, p.variance), 2)
  return { mean: times(transition, Float64Array.of(parabola.x, p.mean))[0], variance: covariance[0] + spread[0] }
}

const overdamped = (time: number, beta: number): { mean: number; variance: number } => ({
  mean: parabola.x * Math.exp(-parabola.lambda * time), variance: -Math.expm1(-2 * parabola.lambda * time) / (beta * parabola.lambda),
})

function lawsAt(time: number, frictions: number[], parameters: Parameters): Limits['laws'][number] {
  const { beta, p } = parabola
  const distance = (start: { mean: number; variance: number }, noiseBeta: number, limitBeta: number) => frictions.map((c) => {
    const [law, limit] = [lawOf(c, time, Math.sqrt(2 / noiseBeta), start), overdamped(time, limitBeta)]
    return gaussianDistance([law.mean, limit.mean], [law.variance, limit.variance])
  })
  const used = temperatureOf(parameters, beta)
  return {
    time, equilibrium: distance({ mean: 0, variance: 1 / used }, used, beta), fixed: distance({ mean: p, variance: 0 }, used, beta),
    printed: distance({ mean: 0, variance: 1 / (2 * beta) }, 2 * beta, 2 * beta),
  }
}

/** r.m.s. of x_overdamped − X from p₀ = 0, by the joint law of (x − X, X, P). */
function pathDistance(c: number, time: number, parameters: Parameters): number {
  const { lambda, beta, x } = parabola
  const used = temperatureOf(parameters, beta)
  const rates = [[-lambda, -lambda, -c], [0, 0, c], [0, -c * lambda, -c * c]]
  const { transition, covariance } = linearLaw(rates, [Math.sqrt(2 / beta), 0, c * Math.sqrt(2 / used)], time)
  return Math.hypot(times(transition, Float64Array.of(0, x, 0))[0], Math.sqrt(covariance[0]))
}

const wells = { f: '(x^2 - 1)^2/4 + x/10', beta: 1.5, start: 0.5, time: 1 }

/** The same in a double well by paths of the joint equation of (x_overdamped, X, P); its fast rate is c². */
async function sampledDistance(c: number, parameters: Parameters, { seed, signal }: Context): Promise<Estimate> {
  const { beta, start, time } = wells
  const f = potential(wells.f)
  const slope = new Float64Array(1)
  const joint = sde({
    dim: 3, noiseDim: 1, noise: [[Math.sqrt(2 / beta)], [0], [c * Math.sqrt(2 / temperatureOf(parameters, beta))]],
    drift(x, _t, out) {
      out[0] = -f.gradient([x[0]], slope)[0]
      out[1] = c * x[2]
      out[2] = -c * (f.gradient([x[1]], slope)[0] + c * x[2])
    },
  })
  const ensemble = await simulate(joint, {
    initial: [start, start, 0], dt: 1 / (4 * c * c), time, paths: parameters.paths.coupled, seed, method: 'srk-additive', ...(signal && { signal }),
  })
  const { final } = ensemble
  const squares = meanOfIndependent(Float64Array.from({ length: ensemble.paths }, (_, i) => beta * (c * (final.get(i, 0) - final.get(i, 1))) ** 2))
  const estimate = Math.sqrt(squares.estimate)
  return { estimate, standardError: squares.standardError / (2 * estimate) }
}

export async function limitsOf(parameters: Parameters, context: Context): Promise<Limits> {
  const { laws: frictions, paths } = parameters.frictions
  const { lambda, p, beta } = parabola
  const [time] = parabola.times
  const used = temperatureOf(parameters, beta)
  const sampled: Limits['sampled'] = { friction: paths, distance: [] }
  for (const c of paths) sampled.distance.push(await sampledDistance(c, parameters, context))
  return {
    friction: frictions,
    laws: parabola.times.map((at) => lawsAt(at, frictions, parameters)),
    leading: frictions.map((c) => (c * (lawOf(c, time, Math.sqrt(2 / used), { mean: p, variance: 0 }).mean - overdamped(time, beta).mean)) / (p * Math.exp(-lambda * time))),
    paths: frictions.map((c) => c * Math.sqrt(beta) * pathDistance(c, parabola.times[1], parameters)),
    sampled,
  }
}

/** Without friction, in a double well, over starts in and across the wells. */
export interface Energies {
  dt: number[]
  /** Largest change of H = f + p²/2 in a run, and of H + dt²G, G = p²f″/12 − f′²/24. */
  change: number[]
  modified: number[]
  /** Largest change of H in the whole of a long run over that in its first 1/64, at the longest dt. */
  growth: number
  /** The change of H of one start at the longest dt. */
  trace: { time: number[]; change: number[] }
}

const starts = [0.3, 0.8, 1.2, 1.6]

export function energyOf({ steps }: Parameters): Energies {
  const ladder = [0.1, 0.05, 0.025]
  const runs = ladder.map((dt) => conserve(dt, Math.round(25.6 / dt)))
  const long = conserve(ladder[0], steps)
  const short = conserve(ladder[0], steps / 64)
  return {
    dt: ladder, change: runs.map(({ change }) => change), modified: runs.map(({ modified }) => modified), growth: long.change / short.change,
    trace: runs[0].trace,
  }
}

function conserve(dt: number, steps: number): { change: number; modified: number; trace: Energies['trace'] } {
  const f = potential('(x^2 - 1)^2/4')
  const count = starts.length
  const state = Float64Array.from([...starts, ...starts.map((_, i) => 0.2 * i)])
  const step = baoab.prepare(systemOf('simulate', underdampedLangevin({ potential: f, beta: 1, friction: 0 })), count)
  const path = stepPath(new Float64Array(count))
  const energies = (i: number): [number, number] => {
    const [x, p] = [state[i], state[count + i]]
    const [slope, curvature] = [x ** 3 - x, 3 * x * x - 1]
    const energy = (x * x - 1) ** 2 / 4 + (p * p) / 2
    return [energy, energy + dt * dt * ((p * p * curvature) / 12 - (slope * slope) / 24)]
  }
  const begin = starts.map((_, i) => energies(i))
  const trace: Energies['trace'] = { time: [0], change: [0] }
  let [change, modified] = [0, 0]
  for (let k = 1; k <= steps; k++) {
    step(state, 0, dt, path)
    for (let i = 0; i < count; i++) {
      const [energy, shadow] = energies(i)
      change = Math.max(change, Math.abs(energy - begin[i][0]))
      modified = Math.max(modified, Math.abs(shadow - begin[i][1]))
      if (i === 0 && trace.time.length <= 256) {
        trace.time.push(k * dt)
        trace.change.push(energy - begin[0][0])
      }
    }
  }
  return { change, modified, trace }
}

/** A little friction, on a parabola: the mean change of energy over c, less its limit T/β − ∫p²dt along the orbit without friction. */
export interface Damping {
  friction: number[]
  rest: number[]
}

export function dampingOf(parameters: Parameters): Damping {
  const { lambda, beta, x } = parabola
  const time = 5
  const friction = [0.04, 0.02, 0.01, 0.005]
  const omega = Math.sqrt(lambda)
  const limit = time / beta - lambda * x * x * (time / 2 - Math.sin(2 * omega * time) / (4 * omega))
  const rest = friction.map((c) => {
    const { transition, covariance } = linearLaw([[0, 1], [-lambda, -c]], [0, Math.sqrt((2 * c) / temperatureOf(parameters, beta))], time)
    const [mean, momentum] = times(transition, Float64Array.of(x, 0))
    const change = (lambda * (mean * mean + covariance[0]) + momentum * momentum + covariance[3] - lambda * x * x) / 2
    return Math.abs(change / c - limit)
  })
  return { friction, rest }
}
