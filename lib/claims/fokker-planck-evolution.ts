import ndarray from 'ndarray'
import { field, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { fokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { solve } from '../pde/march.ts'
import { potential } from '../potential/index.ts'
import { normals } from '../random/index.ts'
import { overdampedLangevin } from '../sde/overdamped-langevin.ts'
import { simulate } from '../sde/simulate.ts'
import type { Ensemble } from '../sde/ensemble.ts'
import type { Estimate } from '../stats/estimate.ts'
import { totalVariation } from '../stats/distances.ts'
import type { Claim, Context } from './claim.ts'
import { binGrid, massesOf, samplingVariation, sharesOf } from './masses.ts'
import type { Bins } from './masses.ts'
import { evenly, observedOrder } from './measure.ts'

interface Parameters {
  paths: number
  dt: number
  /** Cells of the grids to a bin, on each axis. */
  refine: { line: number; plane: number }
  /** Cells of the ladder against the exact Gaussian. */
  ladder: number[]
  /** Diffusion of the Fokker–Planck equation in units of 1/β. */
  diffusion: number
}

/** An average at a time: from paths, extrapolated to dt = 0, and from the grid with the change from a grid of twice the spacing. */
interface Comparison extends Estimate {
  case: string
  observable: string
  time: number
  grid: number
  gridError: number
}

interface Measurement {
  comparisons: Comparison[]
  gaussian: { spacing: number[]; error: number[]; variation: number; sampling: number }
  densities: { time: number; x: number[]; density: number[]; shares: number[] }[]
  moments: { time: number[]; curves: { name: string; values: number[] }[] }
}

interface Case {
  formula: string
  beta: number
  bins: Bins
  /** Mean of the Gaussian start; its variance in every coordinate. */
  mean: number[]
  variance: number
  times: number[]
  observables: Record<string, (x: ArrayLike<number>) => number>
}

const cases: Record<'line' | 'plane', Case> = {
  line: {
    formula: '(x^2 - 1)^2/4', beta: 3, bins: { axes: [{ min: -3, max: 3 }], size: 40 }, mean: [0.3], variance: 0.04, times: [0.25, 1, 4],
    observables: { 'E x': (x) => x[0], 'E x²': (x) => x[0] ** 2, 'E x⁴': (x) => x[0] ** 4, 'P(x > 0)': (x) => (x[0] > 0 ? 1 : 0) },
  },
  plane: {
    formula: '(x^2 - 1)^2/4 + x y/3 + y^2/2', beta: 2, bins: { axes: [{ min: -3, max: 3 }, { min: -3.6, max: 3.6 }], size: 12 },
    mean: [0.3, 0.5], variance: 0.09, times: [0.5, 2],
    observables: { 'E x²': (x) => x[0] ** 2, 'E xy': (x) => x[0] * x[1], 'E y²': (x) => x[1] ** 2 },
  },
}

/** The Ornstein–Uhlenbeck process, whose densities are Gaussian. */
const linear = { lambda: 1.5, beta: 2, mean: 1, variance: 0.05, time: 0.5, half: 4, bins: { axes: [{ min: -2.5, max: 2.5 }], size: 40 } }

const gaussian = (mean: number, variance: number) => (x: number): number => Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)

/** Standard errors allowed: with some twenty comparisons a right solver misses them once in 6000 seeds. */
const allowedErrors = 4.5

const initialStream = 0x696e6974

function startOf(mean: readonly number[], variance: number, paths: number, seed: number) {
  const z = normals(seed, initialStream, paths * mean.length)
  return ndarray(z.map((value, i) => mean[i % mean.length] + Math.sqrt(variance) * value), [paths, mean.length])
}

function average(density: Field, observable: (x: ArrayLike<number>) => number): number {
  const cell = density.grid.spacing.reduce((product, h) => product * h, 1)
  let sum = 0
  for (let i = 0; i < density.grid.size; i++) sum += density.values.data[i] * cell * observable(nodeAt(density.grid, i))
  return sum
}

async function densitiesOf({ formula, beta, bins, mean, variance }: Case, refine: number, saveAt: number[], diffusion: number): Promise<Field[]> {
  const initial = field(binGrid(bins, refine), (...x) => x.reduce((product, xk, k) => product * gaussian(mean[k], variance)(xk), 1))
  const equation = fokkerPlanck({ initial, potential: potential(formula), beta: beta / diffusion })
  return (await solve(equation, { time: saveAt.at(-1)!, saveAt })).fields
}

async function compareCase(name: 'line' | 'plane', parameters: Parameters, { seed, signal }: Context): Promise<{ comparisons: Comparison[]; fine: Ensemble }> {
  const given = cases[name]
  const { formula, beta, times, mean, variance, observables } = given
  const { paths, dt, refine, diffusion } = parameters
  const equation = overdampedLangevin({ potential: potential(formula), beta })
  const ensembleAt = (step: number, stream: number) => simulate(equation, {
    initial: startOf(mean, variance, paths, seed + stream), dt: step, time: times.at(-1)!, saveAt: times, paths, seed: seed + stream, ...(signal && { signal }),
  })
  // Independent seeds, so that the errors of the two add up as said.
  const [fine, coarse] = [await ensembleAt(dt, 0), await ensembleAt(2 * dt, 1)]
  const [onFine, onCoarse] = [await densitiesOf(given, refine[name], times, diffusion), await densitiesOf(given, refine[name] / 2, times, diffusion)]
  const comparisons = times.flatMap((time, k) => Object.entries(observables).map(([observable, f]): Comparison => {
    const [a, b] = [fine.mean(f, time), coarse.mean(f, time)]
    const grid = average(onFine[k], f)
    return {
      case: name, observable, time, grid, gridError: Math.abs(grid - average(onCoarse[k], f)),
      estimate: 2 * a.estimate - b.estimate, standardError: Math.hypot(2 * a.standardError, b.standardError),
    }
  }))
  return { comparisons, fine }
}

/** The Ornstein–Uhlenbeck density on grids against the Gaussian, and an ensemble against the Gaussian law of the Euler–Maruyama chain itself. */
async function againstGaussian({ paths, dt, ladder, diffusion }: Parameters, { seed, signal }: Context): Promise<Measurement['gaussian']> {
  const { lambda, beta, mean, variance, time, half, bins } = linear
  const f = potential('a x^2/2', { parameters: { a: lambda } })
  const decay = Math.exp(-lambda * time)
  const exact = gaussian(mean * decay, variance * decay * decay + (1 - decay * decay) / (beta * lambda))
  const errors: number[] = []
  for (const size of ladder) {
    const initial = field(binGrid({ axes: [{ min: -half, max: half }], size }, 1), gaussian(mean, variance))
    const { final } = await solve(fokkerPlanck({ initial, potential: f, beta: beta / diffusion }), { time })
    errors.push(Math.max(...Array.from(final.values.data, (value, i) => Math.abs(value - exact(nodeAt(final.grid, i)[0])))))
  }
  const ensemble = await simulate(overdampedLangevin({ potential: f, beta }), {
    initial: startOf([mean], variance, paths, seed), dt, time, paths, seed, ...(signal && { signal }),
  })
  let [chainMean, chainVariance] = [mean, variance]
  for (let k = 0; k < Math.round(time / dt); k++) [chainMean, chainVariance] = [chainMean * (1 - lambda * dt), chainVariance * (1 - lambda * dt) ** 2 + (2 * dt) / beta]
  const law = massesOf(field(binGrid(bins, 32), gaussian(chainMean, chainVariance)), bins)
  return {
    spacing: ladder.map((size) => (2 * half) / size), error: errors,
    variation: totalVariation(sharesOf(ensemble, bins), law), sampling: samplingVariation(law, paths),
  }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  await context.step({ fraction: 0, activity: 'Ornstein–Uhlenbeck against its Gaussian' })
  const gaussianCase = await againstGaussian(parameters, context)
  await context.step({ fraction: 0.2, activity: 'ensembles and densities, double well' })
  const line = await compareCase('line', parameters, context)
  await context.step({ fraction: 0.6, activity: 'ensembles and densities, in the plane' })
  const plane = await compareCase('plane', parameters, context)
  const { bins, times } = cases.line
  const shown = [0, ...times]
  const densities = await densitiesOf(cases.line, parameters.refine.line, shown, parameters.diffusion)
  const centers = Array.from(binGrid(bins, 1).coordinates(0))
  const width = centers[1] - centers[0]
  const time = evenly(0, cases.plane.times.at(-1)!, 21)
  const path = await densitiesOf(cases.plane, parameters.refine.plane, time, parameters.diffusion)
  return {
    comparisons: [...line.comparisons, ...plane.comparisons],
    gaussian: gaussianCase,
    densities: times.map((at, k) => ({
      time: at, x: centers, density: massesOf(densities[k + 1], bins).slice(0, -1).map((mass) => mass / width),
      shares: sharesOf(line.fine, bins, at).slice(0, -1).map((share) => share / width),
    })),
    moments: { time, curves: Object.entries(cases.plane.observables).map(([name, f]) => ({ name, values: path.map((density) => average(density, f)) })) },
  }
}

export const fokkerPlanckEvolution: Claim<Parameters, Measurement> = {
  id: 'fokker-planck-evolution',
  paper: 'deep-relaxation',
  title: 'The density of x(t) solves the Fokker–Planck equation',
  statement: String.raw`dx=-\nabla f(x)\,dt+\sqrt{2/\beta}\,dW\;\Rightarrow\;\rho_t=\nabla\cdot(\rho\nabla f)+\tfrac1\beta\Delta\rho\quad\text{for the density}\;\rho(\cdot,t)\;\text{of}\;x(t)`,
  hypotheses: String.raw`$\nabla f$ locally Lipschitz and $f$ confining, so that paths do not explode.`,
  source: 'Chaudhari et al. (2018), Deep Relaxation, §2 (Fokker–Planck equation); Risken (1989), The Fokker–Planck Equation',
  parameters: {
    quick: { paths: 20_000, dt: 0.05, refine: { line: 4, plane: 4 }, ladder: [40, 80, 160], diffusion: 1 },
    full: { paths: 200_000, dt: 0.02, refine: { line: 8, plane: 8 }, ladder: [40, 80, 160, 320, 640], diffusion: 1 },
  },
  seed: 1,
  experiment,
  checks: [
    {
      name: 'averages of ensembles against the grid',
      observe: ({ comparisons }) => Math.max(...comparisons.map(({ estimate, standardError, grid, gridError }) =>
        Math.abs(estimate - grid) / (allowedErrors * standardError + gridError))),
      relation: 'at most',
      bound: () => 1,
      reason: `in units of ${allowedErrors} standard errors of the paths (extrapolated from dt and 2dt to dt = 0, a method of weak order 1) and the change from a grid of twice the spacing`,
    },
    {
      name: 'order of the density against the exact Gaussian',
      observe: ({ gaussian: { spacing, error } }) => observedOrder(spacing, error),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'declared order 2 in h, less half the gap to 1; the time steps are chosen so that their error is smaller',
    },
    {
      name: 'Ornstein–Uhlenbeck paths against the exact law of their steps',
      observe: ({ gaussian: { variation, sampling } }) => variation / sampling,
      relation: 'at most',
      bound: () => 1,
      reason: 'total variation on the bins, in units of the mean sampling deviation and four standard deviations of it: the Euler–Maruyama chain itself is Gaussian here',
    },
  ],
  control: {
    broken: String.raw`the Fokker–Planck equation is solved with twice the diffusion, $2/\beta$`,
    change: (parameters) => ({ ...parameters, diffusion: 2 }),
    mustFail: ['averages of ensembles against the grid', 'order of the density against the exact Gaussian'],
  },
  figure: ({ comparisons, densities, gaussian: { spacing, error }, moments }) => ({
    title: 'Paths and densities',
    caption: 'Lines: the Fokker–Planck equation on a grid. Dots: Langevin paths, with bars of two standard errors.',
    panels: [
      {
        title: 'double well, β = 3',
        x: { label: 'x' },
        y: { label: 'density' },
        marks: densities.flatMap(({ time, x, density, shares }, k) => [
          { kind: 'line' as const, x, y: density, label: `t = ${time}`, color: k },
          { kind: 'points' as const, x, y: shares, color: k },
        ]),
      },
      {
        title: 'averages in the plane, β = 2',
        x: { label: 't' },
        y: { label: 'average' },
        marks: moments.curves.flatMap(({ name, values }, k) => {
          const own = comparisons.filter((one) => one.case === 'plane' && one.observable === name)
          return [
            { kind: 'line' as const, x: moments.time, y: values, label: name, color: k },
            { kind: 'points' as const, x: own.map(({ time }) => time), y: own.map(({ estimate }) => estimate), errors: own.map(({ standardError }) => 2 * standardError), color: k },
          ]
        }),
      },
      {
        title: 'Ornstein–Uhlenbeck at t = 0.5',
        x: { label: 'h', type: 'log' },
        y: { label: 'largest error of the density', type: 'log' },
        marks: [
          { kind: 'points', x: spacing, y: error, label: 'measured' },
          { kind: 'line', x: spacing, y: spacing.map((h) => error.at(-1)! * (h / spacing.at(-1)!) ** 2), label: 'h²', dashed: true },
        ],
      },
    ],
    columns: 3,
  }),
}
