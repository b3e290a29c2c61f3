import { grid } from '../grid/grid.ts'
import { fokkerPlanck } from '../pde/fokker-planck/equation.ts'
import { meanFirstPassageTime } from '../pde/passage.ts'
import { spectralGap } from '../pde/spectral-gap.ts'
import { landscapes, potential } from '../potential/index.ts'
import { firstPassage } from '../sde/first-passage.ts'
import { overdampedLangevin } from '../sde/overdamped-langevin.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Context } from './claim.ts'
import { evenly } from './measure.ts'
import { chainTime, laplaceTerm, passageMoments, prefactor, stationaryPoint, watchedLate } from './passage-integrals.ts'
import type { Passage } from './passage-integrals.ts'

export interface Parameters {
  betas: { integral: number[]; line: number[]; plane: number[] }
  /** Intervals of the rule for the integrals on either side of the well. */
  steps: number
  /** Cells of the Fokker–Planck grids, and cells of the plane's from the saddle to a well; each twice the last. */
  cells: { line: number[]; plane: [number, number] }
  sampled: { beta: number; dt: number; paths: number }[]
  /** Steps of the ladder of exact times of the walk. */
  walks: number[]
  /** The factor in front of e^{βΔV}: with the Hessians of well and saddle, or the well's in the saddle's place too. */
  prefactor: 'eyring-kramers' | 'well-for-saddle'
}

/** Mean passage times over those of Eyring and Kramers. */
export interface Ratios {
  name: string
  beta: number[]
  ratio: number[]
  /** a of the ratio 1 + a/β, where it is known. */
  laplace: number | null
}

/** The Fokker–Planck equation of the double well. */
export interface OnGrids {
  beta: number
  spacing: number[]
  /** By the integral. */
  exact: number
  /** By the equation, on each grid. */
  times: number[]
  /** 2/gap on the finest. */
  twoOverGap: number
  /** Standard deviation over mean of the passage time, by the integrals. */
  shape: number
}

/** An ensemble's times of passage, sorted. */
export interface Passages {
  beta: number
  times: number[]
  mean: number
  standardError: number
  /** Standard deviation over mean, with its standard error. */
  shape: number
  shapeError: number
  /** Mean, and standard deviation over mean, by the integrals. */
  exact: number
  exactShape: number
  /** The exact mean for the walk with steps dt that is watched at the level moved. */
  walk: number
}

export interface Measurement {
  ratios: Ratios[]
  /** Eyring's and Kramers's time of the double well, without e^{β/4}. */
  factor: number
  /** The integral over that, from the least to the largest β of `grids`. */
  curve: { beta: number[]; ratio: number[] }
  plane: Ratios & { change: number[] }
  grids: OnGrids[]
  /** 1/|f″| at saddle and well together: the time scale of a passage between them. */
  relaxation: number
  walks: { beta: number; dt: number[]; moved: number[]; plain: number[] }
  passages: Passages[]
}

/** From the left well of a double well over its saddle to the bottom of the right one. */
function passageOf(f: Passage['f']): Passage {
  const [well, saddle, to] = [-1, 0, 1].map((start) => stationaryPoint(f, [start])[0])
  return { f, well, saddle, to }
}

const factorOf = ({ prefactor: which }: Parameters, f: Passage['f'], well: number[], saddle: number[]): number => prefactor(f, well, which === 'eyring-kramers' ? saddle : well)

function ratiosOf(name: string, f: Passage['f'], parameters: Parameters): Ratios {
  const passage = passageOf(f)
  const factor = factorOf(parameters, passage.f, [passage.well], [passage.saddle])
  const { integral: betas } = parameters.betas
  return { name, beta: betas, ratio: betas.map((beta) => passageMoments(passage, beta, parameters.steps).mean / factor), laplace: laplaceTerm(passage) }
}

/** Times over a saddle that lies askew, by the equation on two grids, extrapolated. */
async function planeOf(parameters: Parameters, { signal }: Context): Promise<Measurement['plane']> {
  const f = potential('(x^2 - 1)^2/4 + x y/3 + y^2/2')
  const [well, saddle, other] = [-1, 0, 1].map((x) => stationaryPoint(f, [x, -x / 3]))
  const factor = factorOf(parameters, f, well, saddle)
  const { plane: betas } = parameters.betas
  const [ratio, change]: [number[], number[]] = [[], []]
  for (const beta of betas) {
    const found: number[] = []
    for (const cells of parameters.cells.plane) {
      // From twice as far as the well to the other well, at which the passage ends.
      const on = grid([{ min: 2 * well[0], max: other[0], size: 3 * cells + 1 }, { min: -2.1, max: 2.1, size: 3 * cells + 1 }])
      const times = await meanFirstPassageTime(fokkerPlanck({ grid: on, potential: f, beta }), { target: (x) => x >= other[0] - 1e-9, ...(signal && { signal }) })
      found.push(times.at(...well) / (factor * Math.exp(beta * (f.value(saddle) - f.value(well)))))
    }
    change.push(found[1] - found[0])
    ratio.push(found[1] + (found[1] - found[0]) / 3)
  }
  return { name: 'in the plane', beta: betas, ratio, laplace: null, change }
}

/** Mean passage time of the double well and standard deviation over mean, by the integrals. */
function exactOf(beta: number, { steps }: Parameters): { exact: number; shape: number } {
  const { mean, square } = passageMoments(passageOf(wells), beta, steps)
  return { exact: mean * Math.exp(beta * height), shape: Math.sqrt(square / mean ** 2 - 1) }
}

const wells = landscapes.doubleWell()
const height = 0.25

async function gridsOf(beta: number, parameters: Parameters, { signal }: Context): Promise<OnGrids> {
  const running = signal ? { signal } : {}
  const spacing: number[] = []
  const times: number[] = []
  let twoOverGap = NaN
  for (const cells of parameters.cells.line) {
    const on = grid({ min: -2.5, max: 2.5, size: cells + 1 })
    const equation = fokkerPlanck({ grid: on, potential: wells, beta })
    spacing.push(on.spacing[0])
    times.push((await meanFirstPassageTime(equation, { target: (x) => x >= 1 - 1e-9, ...running })).at(-1))
    twoOverGap = 2 / await spectralGap(equation, running)
  }
  return { beta, spacing, ...exactOf(beta, parameters), times, twoOverGap }
}

const shiftOf = (beta: number, dt: number): number => watchedLate * Math.sqrt((2 * dt) / beta)
const leftEnd = -2.5

/** Passages from −1 to the level by Euler–Maruyama; e^{−50} of them would outlast the limit. */
async function passagesOf({ beta, dt, paths }: Parameters['sampled'][number], parameters: Parameters, { seed, signal, step }: Context): Promise<Passages> {
  await step({ fraction: 0.5, activity: `passages at β = ${beta}` })
  const level = 1 - shiftOf(beta, dt)
  const { exact, shape } = exactOf(beta, parameters)
  const { times } = await firstPassage(overdampedLangevin({ potential: wells, beta }), {
    initial: [-1], target: ([x]) => x >= level, dt, paths, seed, timeLimit: 50 * exact, ...(signal && { signal }),
  })
  return { beta, times: Array.from(times).sort((a, b) => a - b), ...momentsOf(times), exact, exactShape: shape, walk: chainTime(wells, beta, dt, -1, level, leftEnd) }
}

/** Mean and standard deviation over mean; the latter's error from its influence function, r((t − m)²/2s² − 1/2 − (t − m)/m). */
function momentsOf(times: Float64Array): Pick<Passages, 'mean' | 'standardError' | 'shape' | 'shapeError'> {
  const { estimate: mean, standardError } = meanOfIndependent(times)
  const deviation = standardError * Math.sqrt(times.length)
  const shape = deviation / mean
  const influence = times.map((t) => shape * (((t - mean) / deviation) ** 2 / 2 - 0.5 - (t - mean) / mean))
  return { mean, standardError, shape, shapeError: meanOfIndependent(influence).standardError }
}

/** Exact times of the walk watched at the level, moved or not, over those of the equation. */
function walksOf(beta: number, parameters: Parameters): Measurement['walks'] {
  const { exact } = exactOf(beta, parameters)
  const dt = parameters.walks
  const off = (level: (h: number) => number): number[] => dt.map((h) => chainTime(wells, beta, h, -1, level(h), leftEnd) / exact - 1)
  return { beta, dt, moved: off((h) => 1 - shiftOf(beta, h)), plain: off(() => 1) }
}

export async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  await context.step({ fraction: 0, activity: 'integrals' })
  const ratios = [
    ratiosOf('double well', wells, parameters),
    ratiosOf('tilted, from the lower well', potential('(x^2 - 1)^2/4 + x/10'), parameters),
    ratiosOf('tilted, from the higher well', potential('(x^2 - 1)^2/4 - x/10'), parameters),
  ]
  const grids: OnGrids[] = []
  for (const [k, beta] of parameters.betas.line.entries()) {
    await context.step({ fraction: 0.05 + (0.15 * k) / parameters.betas.line.length, activity: `Fokker–Planck equation, β = ${beta}` })
    grids.push(await gridsOf(beta, parameters, context))
  }
  await context.step({ fraction: 0.2, activity: 'in the plane' })
  const plane = await planeOf(parameters, context)
  await context.step({ fraction: 0.4, activity: 'walks' })
  const walks = walksOf(5, parameters)
  const passages: Passages[] = []
  for (const one of parameters.sampled) passages.push(await passagesOf(one, parameters, context))
  const { f, well, saddle } = passageOf(wells)
  const factor = factorOf(parameters, f, [well], [saddle])
  const { line } = parameters.betas
  const beta = evenly(Math.log(line[0]), Math.log(line.at(-1)!), 24).map(Math.exp)
  const curve = { beta, ratio: beta.map((b) => passageMoments(passageOf(f), b, parameters.steps).mean / factor) }
  const relaxation = 1 / Math.abs(f.hessian([saddle])[0]) + 1 / f.hessian([well])[0]
  return { ratios, factor, curve, plane, grids, relaxation, walks, passages }
}
