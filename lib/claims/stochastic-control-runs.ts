import { exp } from '../core/elementary.ts'
import { field } from '../grid/field.ts'
import { findCorners, weightedSum } from '../grid/interpolation.ts'
import type { Corners } from '../grid/interpolation.ts'
import { gradient } from '../grid/operators.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import type { OptimalControl } from '../pde/control/optimal-control.ts'
import { feedback } from '../pde/control/feedback.ts'
import type { Feedback } from '../pde/control/feedback.ts'
import { sde } from '../sde/sde.ts'
import type { GeneralSde } from '../sde/sde.ts'
import { simulate } from '../sde/simulate.ts'
import type { Problem } from './stochastic-control-problems.ts'

/** Controls that are followed side by side, with the same noise; 'entropy-sgd' has the drift −∇u_γ of local entropy in place of −∇f. */
export const followed = ['none', 'optimal', 'twice', 'reversed', 'entropy-sgd'] as const
export type Followed = (typeof followed)[number]

export interface Sampling {
  paths: number
  /** Steps to the end. */
  steps: number
  seed: number
  /** −1 turns what is called the optimal control around. */
  sign: 1 | -1
  /** γ of 'entropy-sgd'. */
  gamma: number
}

/** One number a path for each control: V(x(T)), ½∫|α|² and ½∫|α + ∇u|². */
export interface Costs {
  /** u at the start. */
  value: number
  terminal: Record<Followed, Float64Array>
  running: Record<Followed, Float64Array>
  excess: Record<Followed, Float64Array>
  /** Numbers of mean 0 that V(x(T)) + ½∫|α|² goes with, and e^{−βV} without a control. */
  martingales: Record<Followed | 'weight', Float64Array>
}

/** For each control x, ½∫|α|² and ½∫|α + ∇u|², all driven by the same Wiener process, which comes last. */
export function sideBySide({ f, beta, time }: Problem, { policy, value }: OptimalControl, { sign, gamma }: Pick<Sampling, 'sign' | 'gamma'>): GeneralSde {
  const { dim } = f
  const width = dim + 2
  const { grid } = value(0)
  const averaged = averagedDrift(coleHopf(field(grid, f), { gamma, beta }).values.data, grid.axes, time)
  const [x, slope, best, alpha] = [0, 1, 2, 3].map(() => new Float64Array(dim))
  const controls: Record<Followed, (t: number) => void> = {
    'none': () => alpha.fill(0),
    'optimal': () => scaled(sign),
    'twice': () => scaled(2),
    'reversed': () => scaled(-1),
    'entropy-sgd'(t) {
      averaged(x, t, alpha)
      for (let k = 0; k < dim; k++) alpha[k] += slope[k]
    },
  }
  const scaled = (multiple: number): void => {
    for (let k = 0; k < dim; k++) alpha[k] = multiple * best[k]
  }
  const size = followed.length * width + dim
  const noise = new Float64Array(size * dim)
  for (let k = 0; k < dim; k++) noise[(size - dim + k) * dim + k] = 1
  for (let j = 0; j < followed.length; j++) for (let k = 0; k < dim; k++) noise[(j * width + k) * dim + k] = 1 / Math.sqrt(beta)
  return sde({
    dim: size, noiseDim: dim, noise,
    drift(state, t, out) {
      out.fill(0)
      for (let j = 0; j < followed.length; j++) {
        const at = j * width
        for (let k = 0; k < dim; k++) x[k] = state[at + k]
        f.gradient(x, slope)
        policy(x, t, best)
        controls[followed[j]](t)
        let running = 0
        let excess = 0
        for (let k = 0; k < dim; k++) {
          out[at + k] = alpha[k] - slope[k]
          running += alpha[k] ** 2 / 2
          excess += (alpha[k] - best[k]) ** 2 / 2
        }
        out[at + dim] = running
        out[at + dim + 1] = excess
      }
    },
  })
}

/** −∇u_γ, the same at all times. */
function averagedDrift(smoothed: Float64Array, axes: Parameters<typeof feedback>[0], time: number): Feedback {
  return feedback(axes, time, [smoothed, smoothed, smoothed, smoothed])
}

/** Costs of all paths, of every control from the same noise; the same noise for every number of steps that is a power of two apart. */
export async function sampled(problem: Problem, solution: OptimalControl, sampling: Sampling, signal?: AbortSignal): Promise<Costs> {
  const { f: { dim }, time, start, terminal } = problem
  const { paths, steps, seed } = sampling
  const times = Array.from({ length: steps + 1 }, (_, k) => (k * time) / steps)
  const ensemble = await simulate(sideBySide(problem, solution, sampling), {
    initial: startOf(problem), dt: time / steps, time: times[steps], paths, seed, method: 'heun', saveAt: times, ...(signal && { signal }),
  })
  const points = times.map((t) => ensemble.at(t).data)
  const perPath = (of: (state: Float64Array) => number) => Object.fromEntries(followed.map((name, j) => [name, Float64Array.from({ length: paths }, (_, i) => {
    const at = i * ensemble.dim + j * (dim + 2)
    return of(points[steps].subarray(at, at + dim + 2))
  })])) as Record<Followed, Float64Array>
  return {
    value: solution.value(0).at(...start),
    terminal: perPath((state) => terminal.value(state.subarray(0, dim))),
    running: perPath((state) => state[dim]),
    excess: perPath((state) => state[dim + 1]),
    martingales: martingalesOf(problem, solution, times, points),
  }
}

export function startOf({ f, start }: Problem): number[] {
  return [...followed.flatMap(() => [...start, 0, 0]), ...new Array<number>(f.dim).fill(0)]
}

/**
 * Itô sums of ∫∇u·dW/√β on each control's paths and of ∫∇e^{−βu}·dW/√β on those without one, each with its term of second order. With fields at the beginning
 * of each step they have mean 0 whatever these are; with the true u the first are V(x(T)) + ½∫|α|² − ½∫|α + ∇u|² − u up to the step, the last e^{−βV} − e^{−βu}.
 */
function martingalesOf({ f: { dim }, beta }: Problem, { value, control }: OptimalControl, times: number[], points: Float64Array[]): Costs['martingales'] {
  const size = followed.length * (dim + 2) + dim
  const paths = points[0].length / size
  const sums = Object.fromEntries([...followed, 'weight' as const].map((name) => [name, new Float64Array(paths)])) as Costs['martingales']
  const { grid } = value(0)
  const corners: Corners = { index: [], weight: [] }
  const [x, jump] = [new Float64Array(dim), new Float64Array(dim)]
  for (let s = 0; s + 1 < times.length; s++) {
    const dt = times[s + 1] - times[s]
    const u = value(times[s]).values.data
    const fields = control(times[s])
    const [alpha, bend] = [fields.map(({ values }) => values.data), fields.map((component) => gradient(component).map(({ values }) => values.data))]
    for (let i = 0; i < paths; i++) {
      for (let k = 0; k < dim; k++) jump[k] = points[s + 1][(i + 1) * size - dim + k] - points[s][(i + 1) * size - dim + k]
      for (let j = 0; j < followed.length; j++) {
        for (let k = 0; k < dim; k++) x[k] = points[s][i * size + j * (dim + 2) + k]
        findCorners('martingales', grid, x, corners)
        let first = 0
        let second = 0
        let steepness = 0
        for (let k = 0; k < dim; k++) {
          const slope = -weightedSum(corners, alpha[k])
          first += slope * jump[k]
          steepness += slope * slope
          for (let l = 0; l < dim; l++) second -= (weightedSum(corners, bend[k][l]) * (jump[k] * jump[l] - (k === l ? dt : 0))) / 2
        }
        sums[followed[j]][i] += first / Math.sqrt(beta) + second / beta
        if (followed[j] === 'none') {
          sums.weight[i] += exp(-beta * weightedSum(corners, u)) * (-Math.sqrt(beta) * first - second + (beta * (first * first - steepness * dt)) / 2)
        }
      }
    }
  }
  return sums
}
