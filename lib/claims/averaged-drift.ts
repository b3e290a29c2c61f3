import { averagedDrift as averaged } from '../homogenization/averaged-drift.ts'
import { field } from '../grid/field.ts'
import { gradient } from '../grid/operators.ts'
import { grid } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'
import { hamiltonJacobi } from '../pde/hamilton-jacobi/equation.ts'
import { solve } from '../pde/march.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { tilted } from '../potential/tilted.ts'
import { pathBlock } from '../sde/block.ts'
import { leimkuhlerMatthews } from '../sde/methods/leimkuhler-matthews.ts'
import { ornsteinUhlenbeck, ornsteinUhlenbeckSystem } from '../sde/ornstein-uhlenbeck.ts'
import { overdampedLangevin, overdampedSystem } from '../sde/overdamped-langevin.ts'
import { meanOfChains } from '../stats/autocorrelation.ts'
import type { Estimate } from '../stats/estimate.ts'
import type { Claim, Context } from './claim.ts'
import { evenly } from './measure.ts'
import { gaussianMean } from './smoothed-derivatives.ts'

interface Parameters {
  /** Points of each landscape. */
  points: number
  chains: number
  steps: number
  /** Seeds whose standardised errors are looked at together. */
  seeds: number
  /** Nodes of the coarse and the fine grid. */
  grids: { line: [number, number]; plane: [number, number] }
  /** Where the fast process starts, in units of √γ from x, and whether the steps before it is in equilibrium are left out. */
  start: number
  burnIn: boolean
}

interface Comparison {
  x: number[]
  /** Components of ∇u. */
  exact: number[]
  ergodic: Estimate[]
  bias: number[]
  /** Of the finer grid solution, and how far it is from the coarser. */
  grid: number[]
  gridChange: number[]
}

interface Measurement {
  line: Comparison[]
  plane: Comparison[]
  /** Standardised errors over seeds. */
  scores: number[]
  heat: { x: number; exact: number; ergodic: Estimate }[]
  curves: { x: number[]; gradient: number[]; heat: number[] }
  running: { time: number[]; near: number[]; far: number[]; exact: number }
}

const cases = {
  line: { f: () => landscapes.rippledBowl({ amplitude: 0.4 }), gamma: 0.1, beta: 4, half: 4, to: 1.4 },
  plane: { f: () => potential('(x^2 - 1)^2/4 + (y - x^2/2)^2 + 0.3 sin(3 x y)'), gamma: 0.4, beta: 3, half: 3.5, to: 1.1 },
}

type CaseName = keyof typeof cases

/** −∇u by the fast process dy = −(∇f(y) + (y − x)/γ) ds + √(2/β) dW, started at x, or away from it. */
async function ergodic(f: Potential, x: number[], given: { gamma: number; beta: number }, { chains, steps, start, burnIn }: Parameters, seed: number) {
  const from = x.map((c) => c + start * Math.sqrt(given.gamma))
  return averaged({ potential: f, at: x, gamma: given.gamma, beta: given.beta, method: 'langevin', chains, steps, start: from, seed, ...(!burnIn && { burnIn: 0 }) })
}

async function compareCase(name: CaseName, parameters: Parameters, { seed, signal }: Context): Promise<Comparison[]> {
  const { f: make, gamma, beta, half, to } = cases[name]
  const f = make()
  const gradients = []
  for (const size of parameters.grids[name]) {
    const axis: Axis = { min: -half, max: half, size }
    const initial = field(grid(name === 'line' ? axis : [axis, axis]), f)
    gradients.push(gradient((await solve(hamiltonJacobi({ initial, beta }), { time: gamma, scheme: 'weno5', ...(signal && { signal }) })).final))
  }
  const comparisons: Comparison[] = []
  for (const [i, first] of evenly(-to, to, parameters.points).entries()) {
    // On nodes of both grids, whose differences are then central.
    const h = (2 * half) / (parameters.grids[name][0] - 1)
    const x = (name === 'line' ? [first] : [first, to * Math.cos(4 * i)]).map((c) => Math.round(c / h) * h)
    const { drift } = await averaged({ potential: f, at: x, gamma, beta })
    const chains = await ergodic(f, x, { gamma, beta }, parameters, seed + i)
    const [coarse, fine] = gradients.map((fields) => fields.map((component) => component.at(...x)))
    comparisons.push({
      x, exact: Array.from(drift, (d) => -d), bias: Array.from(chains.bias, Math.abs),
      ergodic: Array.from(chains.drift, (d, k) => ({ estimate: -d, standardError: chains.standardError[k] })),
      grid: fine, gridChange: fine.map((g, k) => Math.abs(g - coarse[k])),
    })
  }
  return comparisons
}

/** ∇h(x) = ⟨∇f(x − y)⟩ along dy = −(y/γ) ds + √(2/β) dW, whose law N(0, γ/β) the integrator keeps exactly. */
function heatDrift(f: Potential, x: number, { gamma, beta }: { gamma: number; beta: number }, { chains, steps, start, burnIn }: Parameters, seed: number): Estimate {
  const system = ornsteinUhlenbeckSystem(ornsteinUhlenbeck({ relaxation: 1 / gamma, diffusion: 1, beta }))
  const block = pathBlock(system, leimkuhlerMatthews, { seed, first: 0, count: chains, x: new Float64Array(chains).fill(start * Math.sqrt(gamma)), dt: 0.25 * gamma })
  const series = Array.from({ length: chains }, () => new Float64Array(steps))
  const points = new Float64Array(chains)
  const slopes = new Float64Array(chains)
  for (let k = burnIn ? -steps / 4 : 0; k < steps; k++) {
    block.advance()
    if (k < 0) continue
    for (let i = 0; i < chains; i++) points[i] = x - block.x[i]
    f.gradients(points, slopes)
    for (let i = 0; i < chains; i++) series[i][k] = slopes[i]
  }
  block.release()
  return meanOfChains(series)
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  await context.step({ fraction: 0, activity: 'averages on the line' })
  const line = await compareCase('line', parameters, context)
  await context.step({ fraction: 0.3, activity: 'averages in the plane' })
  const plane = await compareCase('plane', parameters, context)
  await context.step({ fraction: 0.6, activity: 'standardised errors over seeds' })
  const { gamma, beta } = cases.line
  const f = cases.line.f()
  const at = [0.3]
  const exact = -(await averaged({ potential: f, at, gamma, beta })).drift[0]
  const scores: number[] = []
  for (let seed = 0; seed < parameters.seeds; seed++) {
    const { drift, standardError } = await ergodic(f, at, cases.line, { ...parameters, chains: 32 }, context.seed + 1000 + seed)
    scores.push((-drift[0] - exact) / standardError[0])
  }
  await context.step({ fraction: 0.9, activity: 'the heat flow’s average' })
  const heat = evenly(-1.4, 1.4, parameters.points).map((x, i) => ({
    x, exact: gaussianMean((y) => f.gradient([y])[0], x, gamma / beta), ergodic: heatDrift(f, x, cases.line, parameters, context.seed + i),
  }))
  const x = evenly(-1.5, 1.5, 91)
  const smooth: number[] = []
  for (const c of x) smooth.push(-(await averaged({ potential: f, at: [c], gamma, beta })).drift[0])
  const curves = { x, gradient: smooth, heat: x.map((c) => gaussianMean((y) => f.gradient([y])[0], c, gamma / beta)) }
  return { line, plane, scores, heat, curves, running: runningAverages(f, at[0], exact, context.seed) }
}

/** Averages so far of (x − y)/γ over chains that start at x and far from it. */
function runningAverages(f: Potential, x: number, exact: number, seed: number): Measurement['running'] {
  const { gamma, beta } = cases.line
  const system = overdampedSystem(overdampedLangevin({ potential: tilted(f, [x], gamma), beta }))
  const dt = 0.05 * gamma
  const [near, far] = [0, 8].map((away) => {
    const block = pathBlock(system, leimkuhlerMatthews, { seed, first: 0, count: 64, x: new Float64Array(64).fill(x + away * Math.sqrt(gamma)), dt })
    let sum = 0
    const averages = Array.from({ length: 100 }, (_, k) => {
      for (let step = 0; step < 20; step++) {
        block.advance()
        sum += block.x.reduce((total, y) => total + (x - y) / gamma, 0) / 64
      }
      return sum / (20 * (k + 1))
    })
    block.release()
    return averages
  })
  return { time: evenly(20 * dt, 2000 * dt, 100), near, far, exact }
}

/** With some thirty comparisons a right method passes this many standard errors once in 5000 seeds. */
const allowedErrors = 4.5

const ratio = (comparisons: Comparison[]): number => Math.max(...comparisons.flatMap(({ exact, ergodic, bias }) =>
  ergodic.map(({ estimate, standardError }, k) => (Math.abs(estimate - exact[k]) - bias[k]) / standardError)))

export const averagedDrift: Claim<Parameters, Measurement> = {
  id: 'averaged-drift',
  paper: 'deep-relaxation',
  title: 'Averaging the slow drift over the fast process’s invariant law gives −∇u',
  statement: String.raw`\lim_{T\to\infty}\frac1T\int_0^T-\frac{x-y(s)}{\gamma}\,ds=-\nabla u(x,\gamma)\quad\text{along}\quad dy=-\Big(\nabla f(y)+\frac{y-x}{\gamma}\Big)ds+\sqrt{\tfrac2\beta}\,dW`,
  hypotheses: String.raw`The fast process is ergodic ($\nabla^2f+I/\gamma\succ0$ or confinement suffice), and its start is forgotten before the average begins. Without $\nabla f$ in the fast process, $dy=-\tfrac y\gamma ds+\sqrt{2/\beta}\,dW$, the average of $\nabla f(x-y)$ is the gradient of the heat flow $G_{\gamma/\beta}*f$.`,
  source: 'Chaudhari et al. (2018), Deep Relaxation, §3 (homogenization of SDEs); Pavliotis & Stuart (2008), Multiscale Methods, ch. 10',
  parameters: {
    quick: { points: 5, chains: 80, steps: 500, seeds: 50, grids: { line: [401, 801], plane: [43, 85] }, start: 0, burnIn: true },
    full: { points: 15, chains: 400, steps: 2000, seeds: 200, grids: { line: [801, 1601], plane: [113, 225] }, start: 0, burnIn: true },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'ergodic averages against quadrature, 1-D and 2-D',
      observe: ({ line, plane }) => ratio([...line, ...plane]),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors from the autocorrelation time, beyond the bias that the step’s doubling shows',
    },
    {
      name: 'gradient of the grid solution against quadrature',
      observe: ({ line, plane }) => Math.max(...[...line, ...plane].flatMap(({ exact, grid: on, gridChange }) => on.map((g, k) => Math.abs(g - exact[k]) / gridChange[k]))),
      relation: 'at most',
      bound: () => 1,
      reason: 'in units of the change from a grid of twice the spacing, of which a method of second order (the central differences are) is within a third',
    },
    {
      name: 'variance of the standardised errors over seeds',
      observe: ({ scores }) => scores.reduce((sum, z) => sum + z * z, 0) / scores.length,
      relation: 'at most',
      bound: (_, { seeds }) => 1.1 + 4 * Math.sqrt(2 / seeds),
      reason: 'standard errors are honest: 1, a tenth for what is not known of each, and four standard errors of a variance from that many seeds',
    },
    {
      name: 'averages of the heat flow’s process against ∇(G∗f)',
      observe: ({ heat }) => Math.max(...heat.map(({ exact, ergodic: { estimate, standardError } }) => Math.abs(estimate - exact) / standardError)),
      relation: 'at most',
      bound: () => allowedErrors,
      reason: 'standard errors; the integrator has the exact stationary law here',
    },
  ],
  control: {
    broken: String.raw`the burn-in is left out, and the fast process starts $8\sqrt\gamma$ away from $x$`,
    change: (parameters) => ({ ...parameters, start: 8, burnIn: false }),
    mustFail: ['ergodic averages against quadrature, 1-D and 2-D', 'variance of the standardised errors over seeds'],
  },
  figure: ({ line, heat, curves, running }) => ({
    title: 'Averages over the fast process',
    caption: 'f = x² + 0.4 sin 2πx, γ = 0.1, β = 4. Bars: two standard errors. Right: the average so far, from x = 0.3 and from 8√γ away.',
    panels: [
      {
        title: 'averaged drift',
        x: { label: 'x' },
        y: { label: 'slope' },
        marks: [
          { kind: 'line', x: curves.x, y: curves.gradient, label: '∇u by quadrature' },
          { kind: 'points', x: line.map(({ x }) => x[0]), y: line.map(({ ergodic: [own] }) => own.estimate), errors: line.map(({ ergodic: [own] }) => 2 * own.standardError), label: 'chains' },
        ],
      },
      {
        title: 'without ∇f: the heat flow',
        x: { label: 'x' },
        y: { label: 'slope' },
        marks: [
          { kind: 'line', x: curves.x, y: curves.heat, label: '∇(G∗f)' },
          { kind: 'points', x: heat.map(({ x }) => x), y: heat.map(({ ergodic: own }) => own.estimate), errors: heat.map(({ ergodic: own }) => 2 * own.standardError), label: 'chains' },
        ],
      },
      {
        title: 'averages so far',
        x: { label: 'fast time' },
        y: { label: 'average of (x − y)/γ' },
        marks: [
          { kind: 'line', x: running.time, y: running.near, label: 'from x' },
          { kind: 'line', x: running.time, y: running.far, label: 'from far' },
          { kind: 'rule', axis: 'y', at: running.exact, label: '∇u', dashed: true, color: 6 },
        ],
      },
    ],
    columns: 3,
  }),
}
