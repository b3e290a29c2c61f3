import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { integrate } from '../grid/operators.ts'
import { fokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { jko as minimisingMovement } from '../pde/jko.ts'
import { solve } from '../pde/march.ts'
import { landscapes } from '../potential/index.ts'
import { wasserstein } from '../stats/distances.ts'
import type { Claim, Context } from './claim.ts'
import { largest, observedOrder } from './measure.ts'

interface Parameters {
  /** Steps to the fixed time, for each of which the distance is measured. */
  steps: number[]
  /** Steps so long that few suffice, at which the energy must fall too. */
  longSteps: number[]
  nodes: number
  cells: number
  /** Weight of the entropy in the steps, in units of 1/β. */
  entropy: number
}

interface Measurement {
  ladder: { tau: number[]; distance: number[] }
  /** Largest rise of the energy in a step, relative to its range, for every τ. */
  rises: { tau: number; rise: number }[]
  energies: { name: string; time: number[]; energy: number[] }[]
  densities: { x: number[]; start: number[]; equation: number[]; steps: number[]; tau: number }
}

const problem = { beta: 4, time: 0.8, half: 4 }

function start(nodes: number): Field {
  const line = grid({ min: -problem.half, max: problem.half, size: nodes, nodes: 'centers' })
  const bell = field(line, (x) => Math.exp(-((x - 0.3) ** 2) / 0.08))
  const mass = integrate(bell)
  return field(line, (x) => bell.at(x) / mass)
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { beta, time } = problem
  const potential = landscapes.doubleWell()
  const initial = start(parameters.nodes)
  const { final } = await solve(fokkerPlanck({ initial, potential, beta }), { time })
  const equation = fokkerPlanck({ initial, potential, beta: beta / parameters.entropy })
  const running = context.signal ? { signal: context.signal } : {}
  const points = initial.grid.coordinates(0)
  const ladder: Measurement['ladder'] = { tau: [], distance: [] }
  const rises: Measurement['rises'] = []
  const energies: Measurement['energies'] = []
  let last = initial
  for (const [k, steps] of [...parameters.steps, ...parameters.longSteps].entries()) {
    const long = k >= parameters.steps.length
    const tau = long ? time : time / steps
    await context.step({ fraction: k / (parameters.steps.length + parameters.longSteps.length), activity: `minimising movements of length ${tau}` })
    const moved = await minimisingMovement(equation, { tau: long ? steps : tau, steps: long ? 4 : steps, cells: parameters.cells, ...running })
    const range = moved.energies[0] - Math.min(...moved.energies)
    rises.push({ tau: long ? steps : tau, rise: Math.max(...moved.energies.slice(1).map((energy, i) => energy - moved.energies[i])) / range })
    if (long) continue
    last = moved.fields.at(-1)!
    ladder.tau.push(tau)
    ladder.distance.push(wasserstein(2, points, last.values.data, final.values.data))
    energies.push({ name: `τ = ${Number(tau.toPrecision(2))}`, time: moved.times, energy: moved.energies })
  }
  return {
    ladder, rises, energies: [energies[0], energies.at(-1)!],
    densities: {
      x: Array.from(points), start: Array.from(initial.values.data), equation: Array.from(final.values.data), steps: Array.from(last.values.data),
      tau: ladder.tau.at(-1)!,
    },
  }
}

export const jko: Claim<Parameters, Measurement> = {
  id: 'jko',
  paper: 'deep-relaxation',
  title: 'The Fokker–Planck equation is the Wasserstein gradient flow of energy plus entropy',
  statement: String.raw`\rho_{k+1}=\operatorname*{argmin}_\rho\Big\{\tfrac{1}{2\tau}W_2(\rho,\rho_k)^2+\int f\rho+\tfrac1\beta\int\rho\log\rho\Big\}\;\xrightarrow{\tau\to0}\;\rho_t=\nabla\cdot(\rho\nabla f)+\tfrac1\beta\Delta\rho`,
  hypotheses: String.raw`$f$ smooth, bounded below and of at most quadratic decrease; in one dimension $W_2$ is the distance of the quantile functions, so that each step is a smooth problem for them.`,
  source: 'Jordan, Kinderlehrer, Otto (1998), The variational formulation of the Fokker–Planck equation; Chaudhari et al. (2018), Deep Relaxation, gradient flow',
  parameters: {
    quick: { steps: [4, 8, 16, 32], longSteps: [1, 100], nodes: 1280, cells: 1600, entropy: 1 },
    full: { steps: [4, 8, 16, 32, 64], longSteps: [1, 10, 100, 1e4], nodes: 5120, cells: 6400, entropy: 1 },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'order of W₂ at a fixed time, in τ',
      observe: ({ ladder: { tau, distance } }) => observedOrder(tau, distance),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'first order in τ, less half the gap to no convergence',
    },
    {
      name: 'W₂ at a fixed time, extrapolated in τ',
      observe: ({ ladder: { tau, distance } }) => (2 * distance.at(-1)! - distance.at(-2)!) / tau.at(-1)!,
      relation: 'at most',
      bound: () => 0.5,
      reason: 'distances proportional to τ leave nothing but a part of second order; in units of τ, where the distance itself is a multiple of it',
    },
    {
      name: 'the energy rises in no step, whatever τ',
      observe: ({ rises }) => Math.max(0, largest(rises.map(({ rise }) => Math.max(0, rise)))),
      relation: 'at most',
      bound: () => 1e-12,
      reason: 'ρ_k itself competes in the minimum; round-off of some thousand terms, relative to the range of the energy',
    },
  ],
  control: {
    broken: String.raw`the entropy is weighted with $2/\beta$ in the steps: they are the gradient flow of another energy`,
    change: (parameters) => ({ ...parameters, entropy: 2 }),
    mustFail: ['order of W₂ at a fixed time, in τ'],
  },
  figure: ({ ladder: { tau, distance }, energies, densities: { x, start: begin, equation, steps, tau: shortest } }) => ({
    title: 'Minimising movements',
    caption: 'f = (x² − 1)²/4, β = 4, t = 0.8.',
    panels: [
      {
        title: 'densities',
        x: { label: 'x' },
        y: { label: 'density' },
        marks: [
          { kind: 'line', x, y: begin, label: 'start', dashed: true, color: 6 },
          { kind: 'line', x, y: equation, label: 'equation', color: 0 },
          { kind: 'line', x, y: steps, label: `steps of ${Number(shortest.toPrecision(2))}`, dashed: true, color: 1 },
        ],
      },
      {
        title: 'energy',
        x: { label: 't' },
        y: { label: 'E f + (1/β)∫ρ log ρ' },
        marks: energies.map(({ name, time, energy }) => ({ kind: 'line' as const, x: time, y: energy, label: name })),
      },
      {
        title: 'distance from the equation',
        x: { label: 'τ', type: 'log' },
        y: { label: 'W₂', type: 'log' },
        marks: [
          { kind: 'points', x: tau, y: distance, label: 'measured' },
          { kind: 'line', x: tau, y: tau.map((t) => (distance.at(-1)! * t) / tau.at(-1)!), label: 'τ', dashed: true },
        ],
      },
    ],
    columns: 3,
  }),
}
