import { field, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Axis, Grid } from '../grid/grid.ts'
import { coleHopf as localEntropy } from '../pde/cole-hopf.ts'
import { hamiltonJacobi } from '../pde/hamilton-jacobi/equation.ts'
import { solve } from '../pde/march.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { Claim, Context } from './claim.ts'
import { digitsField, digitsSlice } from './digits-slice.ts'
import { largest, observedOrder, rangeOf, within } from './measure.ts'

type SchemeName = 'godunov' | 'weno5'

interface Parameters {
  /** Grid sizes of the ladders. */
  line: Record<SchemeName, number[]>
  plane: Record<SchemeName, number[]>
  /** Coarse and fine sizes where no closed form exists. */
  rippled: [number, number]
  digits: [number, number]
  /** The equation's viscosity in units of 1/(2β). */
  viscosityFactor: number
}

interface Ladder {
  spacing: number[]
  /** Mean absolute error over the window. */
  error: number[]
}

interface Comparison {
  /** Largest difference of the finer grid solution from Cole–Hopf, and from the coarser grid solution, on common nodes. */
  toColeHopf: number
  toCoarser: number
}

interface Measurement {
  exact: { name: string; error: number }[]
  line: Record<SchemeName, Ladder>
  plane: Record<SchemeName, Ladder>
  rippled: Comparison
  digits: Comparison & { accuracy: number; parameters: number; half: number }
  profile: { x: number[]; f: number[]; entropy: number[]; coarse: { x: number[]; u: number[] } }
  slice: { size: number; loss: number[]; entropy: number[] }
}

/** Local entropies of these data are data of the same kind, so that potentials give both. */
interface Exact {
  name: string
  grid: Grid
  beta: number
  gamma: number
  at(time: number): Potential
  window: number
}

const wave = { a: 0.9, k: 2, beta: 5, gamma: 0.5 }

/** e^{−βf} = 1 + a cos kx under the heat flow. */
const waveAt = (time: number) => (x: number): number =>
  -Math.log(1 + wave.a * Math.exp((-wave.k * wave.k * time) / (2 * wave.beta)) * Math.cos(wave.k * x)) / wave.beta

/** e^{−βf} a sum of Gaussians; the heat flow adds time/β to their variances. */
function mixture(weights: number[], means: number[][], variances: number[], beta: number): (time: number) => Potential {
  return (time) => landscapes.gaussianMixture({ weights, means, variances: variances.map((s) => s + time / beta), beta })
}

const planeMixture = { beta: 3, gamma: 0.4, at: mixture([0.4, 0.6], [[-0.8, 0.5], [0.7, -0.4]], [0.5, 0.35], 3) }
const spaceMixture = { beta: 2, gamma: 0.4, at: mixture([0.4, 0.6], [[-0.8, 0.5, 0.1], [0.7, -0.4, 0.3]], [0.5, 0.4], 2) }

function exactCases(): Exact[] {
  const line = (half: number, size: number): Grid => grid({ min: -half, max: half, size })
  const axis: Axis = { min: -7, max: 7, size: 141 }
  return [
    ...[0.5, 5, 50].map((beta) => ({
      name: `two Gaussians, β = ${beta}`, grid: line(8, 2001), beta, gamma: 0.3, window: 4, at: mixture([0.3, 0.7], [[-1], [0.5]], [0.2, 0.6], beta),
    })),
    {
      name: 'quadratic, β = 5000', grid: line(6, 2001), beta: 5000, gamma: 2, window: 2,
      at: (t: number) => potential(`(x^2/2 + 0.3 x - 0.045 t)/(1 + t) + log(1 + t)/10000`, { parameters: { t } }),
    },
    { name: 'two Gaussians in the plane', grid: grid([axis, axis]), window: 2.5, ...planeMixture },
    { name: 'two Gaussians in space', grid: grid([41, 43, 45].map((size) => ({ min: -5, max: 5, size }))), window: 1, ...spaceMixture },
  ]
}

function againstExact(): Measurement['exact'] {
  const open = exactCases().map(({ name, grid: g, beta, gamma, at, window }) => {
    const initial = field(g, at(0))
    const u = localEntropy(initial, { gamma, beta })
    const exact = at(gamma)
    return { name, error: largest(within(g, window).map((i) => u.values.data[i] - exact.value(nodeAt(g, i)))) / rangeOf(initial) }
  })
  const circle = grid({ min: 0, max: 2 * Math.PI, size: 2000, boundary: 'periodic' })
  const initial = field(circle, waveAt(0))
  const u = localEntropy(initial, { gamma: wave.gamma, beta: wave.beta })
  const error = largest(Array.from(circle.coordinates(0), (x, i) => u.values.data[i] - waveAt(wave.gamma)(x))) / rangeOf(initial)
  return [...open, { name: 'periodic wave', error }]
}

async function ladderOf(
  sizes: number[], initialOn: (size: number) => Field, scheme: SchemeName, beta: number, time: number, factor: number,
  meanError: (u: Field) => number, context: Context,
): Promise<Ladder> {
  const ladder: Ladder = { spacing: [], error: [] }
  for (const size of sizes) {
    const initial = initialOn(size)
    await context.step({ fraction: 0.3, activity: `${scheme}, ${initial.grid.shape.join(' × ')} nodes` })
    const { final } = await solve(hamiltonJacobi({ initial, viscosity: factor / (2 * beta) }), { time, scheme, signal: context.signal })
    ladder.spacing.push(initial.grid.spacing[0])
    ladder.error.push(meanError(final))
  }
  return ladder
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function lineLadder(parameters: Parameters, scheme: SchemeName, context: Context): Promise<Ladder> {
  const on = (size: number): Field => field(grid({ min: 0, max: 2 * Math.PI, size, boundary: 'periodic' }), waveAt(0))
  return ladderOf(parameters.line[scheme], on, scheme, wave.beta, wave.gamma, parameters.viscosityFactor, (u) =>
    mean(Array.from(u.grid.coordinates(0), (x, i) => Math.abs(u.values.data[i] - waveAt(wave.gamma)(x)))), context)
}

function planeLadder(parameters: Parameters, scheme: SchemeName, context: Context): Promise<Ladder> {
  const { beta, gamma, at } = planeMixture
  const exact = at(gamma)
  const on = (size: number): Field => field(grid([{ min: -6, max: 6, size }, { min: -6, max: 6, size }]), at(0))
  return ladderOf(parameters.plane[scheme], on, scheme, beta, gamma, parameters.viscosityFactor, (u) =>
    mean(within(u.grid, 2).map((i) => Math.abs(u.values.data[i] - exact.value(nodeAt(u.grid, i))))), context)
}

interface Compared extends Comparison {
  fine: Field
  coarse: Field
  entropy: Field
}

/** Grid solutions at two resolutions and Cole–Hopf, on the nodes of the coarse grid within the window. */
async function compare(
  initials: [Field, Field], window: number, beta: number, gamma: number, factor: number, context: Context,
): Promise<Compared> {
  const march = async (initial: Field): Promise<Field> =>
    (await solve(hamiltonJacobi({ initial, viscosity: factor / (2 * beta) }), { time: gamma, scheme: 'weno5', signal: context.signal })).final
  const [coarse, fine] = [await march(initials[0]), await march(initials[1])]
  const entropy = localEntropy(initials[1], { gamma, beta })
  const nodes = within(coarse.grid, window).map((i) => nodeAt(coarse.grid, i))
  return {
    toColeHopf: largest(nodes.map((x) => fine.at(...x) - entropy.at(...x))),
    toCoarser: largest(nodes.map((x) => fine.at(...x) - coarse.at(...x))),
    fine, coarse, entropy,
  }
}

/** The 1-D figure of the paper: viscosity ½, t = 0.2. */
const rippled = { beta: 1, gamma: 0.2, half: 4, window: 2 }
const onDigits = { beta: 20, gamma: 3 }

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  await context.step({ fraction: 0, activity: 'Cole–Hopf against exact solutions' })
  const exact = againstExact()
  const line = { godunov: await lineLadder(parameters, 'godunov', context), weno5: await lineLadder(parameters, 'weno5', context) }
  const plane = { godunov: await planeLadder(parameters, 'godunov', context), weno5: await planeLadder(parameters, 'weno5', context) }
  const bowl = landscapes.rippledBowl({ roughness: 5 })
  const factor = parameters.viscosityFactor
  await context.step({ fraction: 0.7, activity: 'the 1-D landscape of the paper' })
  const bowlOn = (size: number): Field => field(grid({ min: -rippled.half, max: rippled.half, size }), bowl)
  const [coarseBowl, fineBowl] = parameters.rippled.map(bowlOn)
  const onBowl = await compare([coarseBowl, fineBowl], rippled.window, rippled.beta, rippled.gamma, factor, context)
  await context.step({ fraction: 0.8, activity: 'slice through softmax regression trained on the digits' })
  const { half, accuracy, dim } = digitsSlice()
  const [coarseLoss, fineLoss] = parameters.digits.map(digitsField)
  const onSlice = await compare([coarseLoss, fineLoss], half / 2, onDigits.beta, onDigits.gamma, factor, context)
  const x = Array.from(onBowl.fine.grid.coordinates(0)).filter((point) => Math.abs(point) <= 2.5)
  const coarseX = Array.from(onBowl.coarse.grid.coordinates(0)).filter((point, i) => Math.abs(point) <= 2.5 && i % 5 === 0)
  return {
    exact, line, plane,
    rippled: { toColeHopf: onBowl.toColeHopf, toCoarser: onBowl.toCoarser },
    digits: { toColeHopf: onSlice.toColeHopf, toCoarser: onSlice.toCoarser, accuracy, parameters: dim, half },
    profile: {
      x, f: x.map((point) => bowl.value([point])), entropy: x.map((point) => onBowl.entropy.at(point)),
      coarse: { x: coarseX, u: coarseX.map((point) => onBowl.coarse.at(point)) },
    },
    slice: {
      size: parameters.digits[1],
      loss: Array.from(fineLoss.values.data),
      entropy: Array.from(onSlice.entropy.values.data),
    },
  }
}

const orderCheck = (name: string, scheme: SchemeName, where: 'line' | 'plane', bound: number, reason: string): Claim<Parameters, Measurement>['checks'][0] => ({
  name,
  observe: (measurement) => observedOrder(measurement[where][scheme].spacing, measurement[where][scheme].error),
  relation: 'at least',
  bound: () => bound,
  reason,
})

const gridReason = 'a converging solver of the same equation is nearer to the solution on the finer grid than its two grids are to each other'
const firstOrder = 'declared order 1, less half the gap to no convergence'
const highOrder = 'declared order 5 in space and 4 in time, with steps in proportion to h: 4, less half the gap to 3'

export const coleHopf: Claim<Parameters, Measurement> = {
  id: 'cole-hopf',
  paper: 'deep-relaxation',
  title: 'Local entropy is the solution of the viscous Hamilton–Jacobi equation at time γ',
  statement: String.raw`u(x,\gamma)=-\tfrac1\beta\log\big(G_{\gamma/\beta}*e^{-\beta f}\big)(x),\qquad u_t=-\tfrac12|\nabla u|^2+\tfrac1{2\beta}\Delta u,\quad u(\cdot,0)=f`,
  hypotheses: String.raw`$G_s$ is the density of $N(0,sI)$ and $G_{\gamma/\beta}*e^{-\beta f}$ is finite. $v=e^{-\beta u}$ solves $v_t=\tfrac1{2\beta}\Delta v$.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, Cole–Hopf lemma; Hopf (1950); Cole (1951)',
  parameters: {
    quick: {
      line: { godunov: [50, 100, 200, 400], weno5: [40, 80, 160] },
      plane: { godunov: [31, 61], weno5: [31, 61] },
      rippled: [301, 601],
      digits: [25, 49],
      viscosityFactor: 1,
    },
    full: {
      line: { godunov: [50, 100, 200, 400, 800, 1600], weno5: [40, 80, 160, 320] },
      plane: { godunov: [31, 61, 121, 241], weno5: [31, 61, 121] },
      rippled: [801, 1601],
      digits: [61, 121],
      viscosityFactor: 1,
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'Cole–Hopf against exact solutions',
      observe: ({ exact }) => Math.max(...exact.map(({ error }) => error)),
      relation: 'at most',
      bound: () => 1e-10,
      reason: 'relative to the range of f: sums over the nodes converge faster than any power of h once the kernel is two spacings wide; 1e−10 is promised for β ≤ 5000',
    },
    orderCheck('order of godunov, 1-D', 'godunov', 'line', 0.5, firstOrder),
    orderCheck('order of weno5, 1-D', 'weno5', 'line', 3.5, highOrder),
    orderCheck('order of godunov, 2-D', 'godunov', 'plane', 0.5, firstOrder),
    orderCheck('order of weno5, 2-D', 'weno5', 'plane', 3.5, highOrder),
    {
      name: '1-D landscape of the paper, grid against Cole–Hopf',
      observe: ({ rippled: bowl }) => bowl.toColeHopf / bowl.toCoarser,
      relation: 'at most',
      bound: () => 1,
      reason: gridReason,
    },
    {
      name: 'digits slice, grid against Cole–Hopf',
      observe: ({ digits }) => digits.toColeHopf / digits.toCoarser,
      relation: 'at most',
      bound: () => 1,
      reason: `${gridReason}; the loss of softmax regression on hand-written digits, on a plane through the trained weights`,
    },
  ],
  control: {
    broken: String.raw`the grid solver runs with viscosity $1/\beta$ in place of $1/(2\beta)$: it converges, but not to the local entropy`,
    change: (parameters) => ({ ...parameters, viscosityFactor: 2 * parameters.viscosityFactor }),
    mustFail: [
      'order of godunov, 1-D', 'order of weno5, 1-D', 'order of weno5, 2-D', '1-D landscape of the paper, grid against Cole–Hopf', 'digits slice, grid against Cole–Hopf',
    ],
  },
  figure: ({ line, plane, profile, digits, slice }) => {
    const range: [number, number] = [-digits.half, digits.half]
    const shape: [number, number] = [slice.size, slice.size]
    return {
      title: 'Local entropy by Cole–Hopf and by the grid solver',
      caption: `Top: the paper’s landscape x² + 1.5 sin 2πx + noise at β = ${rippled.beta}, γ = ${rippled.gamma}, and errors against exact solutions. Bottom: softmax regression on 1797 digits `
        + `(${digits.parameters} weights, ${(100 * digits.accuracy).toFixed(1)} % right) on a plane through its minimiser, and its local entropy at β = ${onDigits.beta}, γ = ${onDigits.gamma}.`,
      panels: [
        {
          title: 'The paper’s 1-D landscape',
          x: { label: 'x' },
          y: { label: 'value' },
          marks: [
            { kind: 'line', x: profile.x, y: profile.f, label: 'f', dashed: true, color: 6 },
            { kind: 'line', x: profile.x, y: profile.entropy, label: 'Cole–Hopf' },
            { kind: 'points', x: profile.coarse.x, y: profile.coarse.u, label: 'grid' },
          ],
        },
        {
          title: 'Mean error of the grid solver',
          x: { label: 'h', type: 'log' },
          y: { label: 'error', type: 'log' },
          marks: (['godunov', 'weno5'] as const).flatMap((scheme, k) => [
            { kind: 'line' as const, x: line[scheme].spacing, y: line[scheme].error, label: `${scheme}, 1-D`, color: 2 * k },
            { kind: 'points' as const, x: line[scheme].spacing, y: line[scheme].error, color: 2 * k },
            { kind: 'line' as const, x: plane[scheme].spacing, y: plane[scheme].error, label: `${scheme}, 2-D`, color: 2 * k + 1 },
            { kind: 'points' as const, x: plane[scheme].spacing, y: plane[scheme].error, color: 2 * k + 1 },
          ]),
        },
        {
          title: 'Loss on the slice',
          x: { label: 'from start to minimiser' },
          y: { label: 'steepest across' },
          marks: [
            { kind: 'heat', x: range, y: range, shape, values: slice.loss.map(Math.log10), label: 'log₁₀ f' },
            { kind: 'contours', x: range, y: range, shape, values: slice.loss.map(Math.log10), levels: 12 },
          ],
        },
        {
          title: 'Local entropy on the slice',
          x: { label: 'from start to minimiser' },
          y: { label: 'steepest across' },
          marks: [
            { kind: 'heat', x: range, y: range, shape, values: slice.entropy.map(Math.log10), label: 'log₁₀ u' },
            { kind: 'contours', x: range, y: range, shape, values: slice.entropy.map(Math.log10), levels: 12 },
          ],
        },
      ],
    }
  },
}
