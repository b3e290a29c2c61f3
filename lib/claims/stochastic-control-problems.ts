import { log } from '../core/elementary.ts'
import { once } from '../core/once.ts'
import { field, nodeAt } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { optimalControl } from '../pde/control/optimal-control.ts'
import type { OptimalControl } from '../pde/control/optimal-control.ts'
import { fokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { solve } from '../pde/march.ts'
import { potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { within } from './measure.ts'

/** What is controlled: dx = (−∇f + α) dt + β^{−1/2} dW from `start`, at the cost V(x(T)) + ½∫|α|². */
export interface Problem {
  name: string
  f: Potential
  terminal: Potential
  beta: number
  time: number
  start: number[]
  /** The grid covers |x_k| ≤ half; the start is one of its nodes, so that u there is not interpolated. */
  half: number
}

/** f = ax²/2 and V = qx²/2 on the line. */
export interface Riccati { a: number; q: number; beta: number; time: number; start: number }

const tilted = once(() => potential('(x^2 - 1)^2/2 + x/5'))
const coupled = once(() => potential('(x^2 - 1)^2/2 + x y/3 + y^2/2'))

/** Losses that are their own terminal cost, as in the theorem. */
export const wells = {
  line: (beta: number): Problem => ({ name: `double well, β = ${beta}`, f: tilted(), terminal: tilted(), beta, time: 0.6, start: [-0.4], half: 2.4 }),
  plane: (beta: number): Problem => ({ name: `wells in the plane, β = ${beta}`, f: coupled(), terminal: coupled(), beta, time: 0.4, start: [0.6, 0.6], half: 2.4 }),
}

export function quadratic(riccati: Riccati): Problem {
  const { a, q, beta, time, start } = riccati
  const parabola = (c: number): Potential => potential('c x^2/2', { variables: ['x'], parameters: { c } })
  // Paths that climb go farther where f does not hold them back.
  return { name: `quadratic, a = ${a}`, f: parabola(a), terminal: parabola(q), beta, time, start: [start], half: a > 0 ? 4.2 : 8.4 }
}

/** The value and the control on a grid with `size` nodes an axis. */
export function solved({ f, terminal, beta, time, half }: Problem, size: number, intervals?: number): Promise<OptimalControl> {
  const nodes = grid(Array.from({ length: f.dim }, () => ({ min: -half, max: half, size })))
  return optimalControl({ potential: f, terminal, grid: nodes, beta, time, ...(intervals !== undefined && { intervals }) })
}

/** P and r of u(x, t) = Px²/2 + r, s = T − t, with (1 − e^{−2as})/2a → s as a → 0. */
export function riccatiValue({ a, q, beta }: Riccati, s: number): { curvature: number; offset: number } {
  const elapsed = a === 0 ? s : -Math.expm1(-2 * a * s) / (2 * a)
  return { curvature: (q * Math.exp(-2 * a * s)) / (1 + q * elapsed), offset: Math.log1p(q * elapsed) / (2 * beta) }
}

/**
 * E V(x(T)) and ½E∫|α|² under α = −multiple·Px: the mean and the variance of the Gaussian law by the classical Runge–Kutta method, whose error is below
 * 1e−10 at this step.
 */
export function riccatiCosts(riccati: Riccati, multiple: number): { terminal: number; running: number } {
  const { a, q, beta, time, start } = riccati
  const slope = ([mean, variance]: number[], t: number): number[] => {
    const gain = multiple * riccatiValue(riccati, time - t).curvature
    return [-(a + gain) * mean, -2 * (a + gain) * variance + 1 / beta, (gain * gain * (mean * mean + variance)) / 2]
  }
  const steps = 400
  const dt = time / steps
  const moved = (state: number[], change: number[], by: number): number[] => state.map((value, k) => value + by * change[k])
  let state = [start, 0, 0]
  for (let k = 0; k < steps; k++) {
    const t = k * dt
    const first = slope(state, t)
    const second = slope(moved(state, first, dt / 2), t + dt / 2)
    const third = slope(moved(state, second, dt / 2), t + dt / 2)
    const fourth = slope(moved(state, third, dt), t + dt)
    state = state.map((value, i) => value + (dt / 6) * (first[i] + 2 * second[i] + 2 * third[i] + fourth[i]))
  }
  return { terminal: (q / 2) * (state[0] ** 2 + state[1]), running: state[2] }
}

/**
 * u(·, 0) = −(1/β) log E[e^{−βV(x(T))} | x(0)] without a control, by the linear equation: the uncontrolled law is reversible with respect to e^{−2βf}, so that
 * the Fokker–Planck equation takes e^{−βV}e^{−2βf} to E[e^{−βV}]e^{−2βf}. On the nodes with |x_k| ≤ window.
 */
export async function linearValue({ f, terminal, beta, time, half }: Problem, size: number, window: number): Promise<{ x: number[]; u: number }[]> {
  const nodes = grid(Array.from({ length: f.dim }, () => ({ min: -half, max: half, size })))
  const density = field(nodes, (...x) => Math.exp(-beta * terminal.value(x) - 2 * beta * f.value(x)))
  const { final } = await solve(fokkerPlanck({ initial: density, potential: f, beta: 2 * beta }), { time, scheme: 'exponential' })
  return within(nodes, window).map((i) => {
    const x = nodeAt(nodes, i)
    return { x, u: -log(final.values.data[i]) / beta - 2 * f.value(x) }
  })
}
