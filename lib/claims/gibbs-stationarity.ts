import { field, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { integrate } from '../grid/operators.ts'
import { fokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { gibbs } from '../pde/gibbs.ts'
import { solve } from '../pde/march.ts'
import { potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { overdampedLangevin } from '../sde/overdamped-langevin.ts'
import { simulate } from '../sde/simulate.ts'
import { totalVariation } from '../stats/distances.ts'
import type { Claim, Context } from './claim.ts'
import { binGrid, massesOf, samplingVariation, sharesOf } from './masses.ts'
import type { Bins } from './masses.ts'

interface Parameters {
  paths: number
  dt: number
  time: number
  betas: { line: number[]; plane: number[] }
  /** Cells of the Fokker–Planck grids to a bin, on each axis. */
  refine: { line: number; plane: number }
  /** Noise of the Langevin equation: √(2/β) dW, or β^{−1/2} dW as printed. */
  noise: 'square-root-of-two-over-beta' | 'printed'
}

interface Case {
  name: string
  beta: number
  /** Total variation distances on the bins. */
  histogramToGibbs: number
  stationaryToGibbs: number
  histogramToStationary: number
  /** The printed noise against e^{−2βf}. */
  printedToDoubled: number
  /** What the distances may be: sampling, the integrator's bias, the rest of the transient, the grid's h². */
  sampling: { correct: number; doubled: number }
  bias: { correct: number; doubled: number }
  transient: { correct: number; doubled: number }
  grid: number
  masses: { gibbs: number[]; stationary: number[]; histogram: number[]; doubled: number[]; printed: number[] }
}

interface Measurement {
  cases: Case[]
  bins: { line: Bins; plane: Bins }
}

const bins: { line: Bins; plane: Bins } = {
  line: { axes: [{ min: -3, max: 3 }], size: 40 },
  plane: { axes: [{ min: -3, max: 3 }, { min: -4, max: 4 }], size: 16 },
}
/** Wells of different depths; in the plane not a product of one-dimensional laws. */
const formulas = { line: '(x^2 - 1)^2/4 + x/10', plane: '(x^2 - 1)^2/4 + x y/3 + y^2/2' }
/** The integrals of e^{−βf} are taken on cells so much finer than those of the Fokker–Planck grid. */
const finer = 4

/**
 * Total variation between e^{−βf} and the stationary law of Euler–Maruyama to first order in dt: the latter is e^{−βf}(1 + dt g), g = (β/4)|∇f|² − ½Δf + c,
 * from ∫(Lφ)gρ + ∫ρA₂φ = 0 for all φ, where the generator of one step is dt L + dt² A₂ + …
 */
function eulerBias(f: Potential, density: Field, beta: number, dt: number): number {
  const { grid: fine, values } = density
  const cell = fine.spacing.reduce((product, h) => product * h, 1)
  const change = Array.from({ length: fine.size }, (_, i) => {
    const x = nodeAt(fine, i)
    const slope = f.gradient(x).reduce((sum, p) => sum + p * p, 0)
    const hessian = f.hessian(x)
    let trace = 0
    for (let k = 0; k < f.dim; k++) trace += hessian[k * f.dim + k]
    return (beta / 4) * slope - trace / 2
  })
  const mean = change.reduce((sum, g, i) => sum + g * values.data[i] * cell, 0)
  return (dt / 2) * change.reduce((sum, g, i) => sum + Math.abs(g - mean) * values.data[i] * cell, 0)
}

/** The density at `time` and long after, from a narrow one at the paths' start, as masses of the bins. */
async function evolved(f: Potential, beta: number, where: Bins, refine: number, time: number, start: number[]): Promise<{ at: number[]; stationary: number[] }> {
  const fine = binGrid(where, refine)
  const narrow = field(fine, (...x) => Math.exp(-x.reduce((sum, xk, k) => sum + (xk - start[k]) ** 2, 0) / 0.05))
  const mass = integrate(narrow)
  const initial = field(fine, (...x) => narrow.at(...x) / mass)
  const { fields } = await solve(fokkerPlanck({ initial, potential: f, beta }), { time: 8 * time, saveAt: [time, 8 * time] })
  return { at: massesOf(fields[0], where), stationary: massesOf(fields[1], where) }
}

async function caseOf(kind: 'line' | 'plane', beta: number, parameters: Parameters, { seed, signal }: Context): Promise<Case> {
  const f = potential(formulas[kind])
  const where = bins[kind]
  const { paths, dt, time } = parameters
  const start = kind === 'line' ? [0.5] : [0.5, 0]
  const sample = async (at: number): Promise<number[]> => sharesOf(await simulate(overdampedLangevin({ potential: f, beta: at }), {
    initial: start, dt, time, paths, seed, ...(signal && { signal }),
  }), where)
  const law = async (at: number) => {
    const onGrid = (cells: number): Field => gibbs(binGrid(where, cells * parameters.refine[kind]), f, { beta: at })
    const [fine, coarse] = [await evolved(f, at, where, parameters.refine[kind], time, start), await evolved(f, at, where, parameters.refine[kind] / 2, time, start)]
    return {
      masses: massesOf(onGrid(finer), where), stationary: fine.stationary, bias: eulerBias(f, onGrid(1), at, dt),
      transient: totalVariation(fine.at, fine.stationary), grid: totalVariation(fine.stationary, coarse.stationary),
    }
  }
  const [correct, doubled] = [await law(beta), await law(2 * beta)]
  // dx = −∇f dt + β^{−1/2} dW is the Langevin equation at inverse temperature 2β.
  const [histogram, printed] = [await sample(parameters.noise === 'printed' ? 2 * beta : beta), await sample(2 * beta)]
  return {
    name: kind, beta,
    histogramToGibbs: totalVariation(histogram, correct.masses),
    stationaryToGibbs: totalVariation(correct.stationary, correct.masses),
    histogramToStationary: totalVariation(histogram, correct.stationary),
    printedToDoubled: totalVariation(printed, doubled.masses),
    sampling: { correct: samplingVariation(correct.masses, paths), doubled: samplingVariation(doubled.masses, paths) },
    bias: { correct: correct.bias, doubled: doubled.bias },
    transient: { correct: correct.transient, doubled: doubled.transient },
    grid: correct.grid,
    masses: { gibbs: correct.masses, stationary: correct.stationary, histogram, doubled: doubled.masses, printed },
  }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { line, plane } = parameters.betas
  const all = [...line.map((beta) => ['line', beta] as const), ...plane.map((beta) => ['plane', beta] as const)]
  const cases: Case[] = []
  for (const [k, [kind, beta]] of all.entries()) {
    await context.step({ fraction: k / all.length, activity: `sampling ${kind === 'line' ? 'on the line' : 'in the plane'}, β = ${beta}` })
    cases.push(await caseOf(kind, beta, parameters, context))
  }
  return { cases, bins }
}

/** The largest share of what a distance may be that it is, over the cases. */
const worst = (cases: Case[], ratio: (one: Case) => number): number => Math.max(...cases.map(ratio))
const allowed = 'its own law by n independent paths: mean deviation and four standard deviations of it'
const integratorPart = 'the first-order term of Euler–Maruyama’s bias, (dt/2)E|(β/4)|∇f|² − ½Δf + c|, and half as much for the higher ones'

export const gibbsStationarity: Claim<Parameters, Measurement> = {
  id: 'gibbs-stationarity',
  paper: 'sgd',
  title: 'The Langevin equation with noise √(2/β) dW has the Gibbs law e^{−βf}',
  statement: String.raw`dx=-\nabla f(x)\,dt+\sqrt{2/\beta}\,dW\;\Rightarrow\;x(t)\to\rho_\infty=\tfrac1Z e^{-\beta f},\qquad \rho_\infty\;\text{the stationary state of}\;\rho_t=\nabla\cdot(\rho\nabla f)+\tfrac1\beta\Delta\rho`,
  hypotheses: String.raw`$f$ grows fast enough for $Z=\int e^{-\beta f}$ to be finite. Zero flux: $\rho\nabla f+\tfrac1\beta\nabla\rho=0$.`,
  corrected: {
    printed: String.raw`dx=-\nabla f(x)\,dt+\beta^{-1/2}\,dW\;\Rightarrow\;\rho_\infty=\tfrac1Z e^{-\beta f}`,
    wrong: String.raw`With noise $\sigma\,dW$ the zero-flux law is $e^{-2f/\sigma^2}$: the printed noise samples $e^{-2\beta f}$, half the temperature. The check on the printed noise holds it to that law.`,
  },
  source: 'Chaudhari et al. (2018), Deep Relaxation, the Langevin equation and its Fokker–Planck equation; Pavliotis (2014), Stochastic Processes and Applications, §4.5',
  parameters: {
    quick: { paths: 12_000, dt: 0.0625, time: 16, betas: { line: [0.8, 2], plane: [1.5] }, refine: { line: 4, plane: 4 }, noise: 'square-root-of-two-over-beta' },
    full: { paths: 60_000, dt: 0.05, time: 24, betas: { line: [0.5, 1, 2], plane: [1, 1.5] }, refine: { line: 8, plane: 8 }, noise: 'square-root-of-two-over-beta' },
  },
  seed: 3,
  experiment,
  checks: [
    {
      name: 'Langevin histogram against e^{−βf}/Z',
      observe: ({ cases }) => worst(cases, (one) => one.histogramToGibbs / (one.sampling.correct + 1.5 * one.bias.correct + one.transient.correct)),
      relation: 'at most',
      bound: () => 1,
      reason: `total variation on the bins, in units of ${allowed}; ${integratorPart}; what the Fokker–Planck solution says is left of the transient`,
    },
    {
      name: 'Fokker–Planck stationary state against e^{−βf}/Z',
      observe: ({ cases }) => worst(cases, (one) => one.stationaryToGibbs / one.grid),
      relation: 'at most',
      bound: () => 1,
      reason: 'in units of the distance between the grid and one of twice its spacing, of which a second-order solver is within a third',
    },
    {
      name: 'Langevin histogram against the Fokker–Planck stationary state',
      observe: ({ cases }) => worst(cases, (one) =>
        one.histogramToStationary / (one.sampling.correct + 1.5 * one.bias.correct + one.transient.correct + one.grid)),
      relation: 'at most',
      bound: () => 1,
      reason: 'the two bounds above together',
    },
    {
      name: 'the printed noise samples e^{−2βf}',
      observe: ({ cases }) => worst(cases, (one) => one.printedToDoubled / (one.sampling.doubled + 1.5 * one.bias.doubled + one.transient.doubled)),
      relation: 'at most',
      bound: () => 1,
      reason: 'as for the first check, at 2β',
    },
  ],
  control: {
    broken: String.raw`the printed noise $\beta^{-1/2}dW$ is held to $e^{-\beta f}$`,
    change: (parameters) => ({ ...parameters, noise: 'printed' }),
    mustFail: ['Langevin histogram against e^{−βf}/Z', 'Langevin histogram against the Fokker–Planck stationary state'],
  },
  figure: ({ cases, bins: { line, plane } }, { paths }) => {
    const shown = cases.filter(({ name }) => name === 'line').at(-1)!
    const flat = cases.filter(({ name }) => name === 'plane').at(-1)!
    const [{ min, max }] = line.axes
    const width = (max - min) / line.size
    const x = Array.from({ length: line.size }, (_, i) => min + (i + 0.5) * width)
    const densities = (masses: number[]): number[] => x.map((_, i) => masses[i] / width)
    const errors = (masses: number[]): number[] => x.map((_, i) => (2 * Math.sqrt((masses[i] * (1 - masses[i])) / paths)) / width)
    const map = (title: string, masses: number[]) => {
      const area = plane.axes.reduce((product, axis) => product * ((axis.max - axis.min) / plane.size), 1)
      const ends = (k: number): [number, number] => {
        const half = (plane.axes[k].max - plane.axes[k].min) / plane.size / 2
        return [plane.axes[k].min + half, plane.axes[k].max - half]
      }
      return {
        title, x: { label: 'x' }, y: { label: 'y' },
        marks: [{
          kind: 'heat' as const, x: ends(0), y: ends(1), shape: [plane.size, plane.size] as [number, number],
          values: masses.slice(0, plane.size ** 2).map((mass) => mass / area), label: 'density', range: [0, Math.max(...flat.masses.gibbs) / area] as [number, number],
        }],
      }
    }
    return {
      title: 'Stationary laws of the Langevin equation',
      caption: `Left: (x² − 1)²/4 + x/10, dots from ${paths} paths with bars of two standard errors. Right: (x² − 1)²/4 + xy/3 + y²/2 at β = ${flat.beta}.`,
      panels: [
        {
          title: `both noises at β = ${shown.beta}`,
          x: { label: 'x' },
          y: { label: 'density' },
          marks: [
            { kind: 'line', x, y: densities(shown.masses.gibbs), label: '√(2/β) dW, e^(−βf)' },
            { kind: 'points', x, y: densities(shown.masses.histogram), errors: errors(shown.masses.histogram), color: 0 },
            { kind: 'line', x, y: densities(shown.masses.doubled), label: 'β^(−1/2) dW, e^(−2βf)', dashed: true },
            { kind: 'points', x, y: densities(shown.masses.printed), errors: errors(shown.masses.printed), color: 1 },
          ],
        },
        map('Langevin histogram', flat.masses.histogram),
        map('Fokker–Planck stationary state', flat.masses.stationary),
      ],
      columns: 3,
    }
  },
}
