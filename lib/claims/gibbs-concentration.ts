import { exp, log } from '../core/elementary.ts'
import { solveDefinite } from '../core/cholesky.ts'
import { nodeAt } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { gibbs } from '../pde/gibbs.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { compensatedSum } from '../stats/sums.ts'
import type { Claim, Context } from './claim.ts'
import { observedOrder } from './measure.ts'

interface Parameters {
  betas: { line: number[]; sharp: number[]; wells: number[]; planeEdge: number[]; planeWell: number[]; splitLine: number[]; splitPlane: number[] }
  /** Cells to a unit length along rays, on the line and in the plane, and rays in the plane. */
  cells: [number, number]
  rays: number
  /** Cells of each axis of the grids that the split is read off. */
  split: [number, number]
  /** Which minimiser the ball is about. */
  about: 'global' | 'local'
}

/** A landscape with one global minimiser, a local one that lies higher, and the ball about the former. */
interface Case {
  name: string
  f: Potential
  /** Near the two minimisers. */
  global: number[]
  local: number[]
  epsilon: number
  /** How far rays go from the minimiser. */
  reach: number
  betas: number[]
}

interface Concentration {
  name: string
  dim: number
  /** inf f outside of the ball − f at its centre, and where the infimum is. */
  delta: number
  attained: 'on the edge' | 'at a minimiser'
  beta: number[]
  logMass: number[]
  /** log of √(det H/det H′), the factor in front of e^{−βΔ} where Δ is attained at a minimiser with Hessian H′. */
  logWidths: number
}

interface Split {
  name: string
  beta: number[]
  share: number[]
  limit: number
}

interface Measurement {
  masses: Concentration[]
  splits: Split[]
}

function casesOf({ betas, about }: Parameters): Case[] {
  const tilted = potential('(x^2 - 1)^2/4 + x/10')
  const plane = potential('(x^2 - 1)^2/4 + x/5 + (y - x/2)^2/2 + x^2 y^2/8')
  const sharp = landscapes.wideAndSharp()
  const line = { f: tilted, global: [-1], local: [1], reach: 4, betas: betas.line }
  const wells = { f: sharp, global: [-2], local: [2], reach: 9 }
  const flat = { f: plane, global: [-1, -0.4], local: [1, 0.4], reach: 3.5 }
  const cases: Case[] = [
    { name: 'tilted double well', ...line, epsilon: 0.3 },
    { name: 'tilted double well', ...line, epsilon: 0.8 },
    { name: 'wide and sharp', ...wells, betas: betas.sharp, epsilon: 0.1 },
    { name: 'wide and sharp', ...wells, betas: betas.wells, epsilon: 0.3 },
    { name: 'in the plane', ...flat, epsilon: 0.7, betas: betas.planeEdge },
    { name: 'in the plane', ...flat, epsilon: 1.1, betas: betas.planeWell },
  ]
  return about === 'global' ? cases : cases.map((one) => ({ ...one, global: one.local, local: one.global }))
}

/** Newton's iteration to a minimiser near the start; NaN, which no check passes, where the Hessian is not positive definite on the way. */
function minimiser(f: Potential, start: number[]): number[] {
  let x = Float64Array.from(start)
  for (let k = 0; k < 30; k++) {
    const step = solveDefinite(f.hessian(x), f.gradient(x))
    x = x.map((xk, j) => xk - (step === undefined ? NaN : step[j]))
  }
  return Array.from(x)
}

function determinant(h: Float64Array): number {
  return h.length === 1 ? h[0] : h[0] * h[3] - h[1] * h[2]
}

const along = (center: number[], angle: number, r: number): number[] =>
  center.length === 1 ? [center[0] + r * Math.cos(angle)] : [center[0] + r * Math.cos(angle), center[1] + r * Math.sin(angle)]

/** The least value of f on the edge of the ball; in the plane by trisection about the lowest of 720 points. */
function onEdge(f: Potential, center: number[], epsilon: number): number {
  const value = (angle: number): number => f.value(along(center, angle, epsilon))
  if (f.dim === 1) return Math.min(value(0), value(Math.PI))
  const width = Math.PI / 360
  const angles = Array.from({ length: 720 }, (_, k) => k * width)
  const lowest = angles.reduce((best, angle) => (value(angle) < value(best) ? angle : best))
  let [low, high] = [lowest - width, lowest + width]
  for (let k = 0; k < 60; k++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3]
    if (value(a) < value(b)) high = b
    else low = a
  }
  return value((low + high) / 2)
}

/**
 * log of the mass of e^{−βf}/Z outside of the ball. Rays from its centre (both directions of the line; in the plane angles, by the trapezoidal rule) are cut into cells
 * at the edge, each with Gauss's rule of two nodes, so that neither a mass of e^{−βΔ} nor the edge costs digits. f is evaluated once for all β.
 */
function massesOutside(f: Potential, center: number[], { epsilon, reach, betas }: Case, { cells, rays }: Parameters): number[] {
  const angles = f.dim === 1 ? [0, Math.PI] : Array.from({ length: rays }, (_, k) => (2 * Math.PI * k) / rays)
  const radii: number[] = []
  const weights: number[] = []
  let inner = 0
  for (const [from, to] of [[0, epsilon], [epsilon, reach]]) {
    const count = Math.ceil((to - from) * cells[f.dim - 1])
    const h = (to - from) / count
    for (let k = 0; k < count; k++) {
      for (const side of [-1, 1]) {
        const r = from + (k + 0.5 + side / Math.sqrt(12)) * h
        radii.push(r)
        weights.push((h / 2) * r ** (f.dim - 1))
      }
    }
    if (from === 0) inner = radii.length
  }
  const bottom = f.value(center)
  const values = angles.map((angle) => {
    const points = new Float64Array(f.dim * radii.length)
    radii.forEach((r, i) => along(center, angle, r).forEach((xk, k) => (points[k * radii.length + i] = xk)))
    return f.values(points).map((value) => value - bottom)
  })
  const sum = (beta: number, first: number, last: number, shift: number): number => compensatedSum(values.map((ray) => {
    let total = 0
    // Farther up than this e^{−β(f − shift)} is below the last bit of any sum here.
    for (let i = first, cut = 60 / beta + shift; i < last; i++) if (ray[i] < cut) total += weights[i] * exp(-beta * (ray[i] - shift))
    return total
  }))
  const lowest = (first: number, last: number): number => Math.min(...values.map((ray) => ray.subarray(first, last).reduce((low, value) => Math.min(low, value), Infinity)))
  const [inside, outside] = [lowest(0, inner), lowest(inner, radii.length)]
  return betas.map((beta) => {
    const logOf = (first: number, last: number, shift: number): number => log(sum(beta, first, last, shift)) - beta * shift
    const out = logOf(inner, radii.length, outside)
    // Of the outer mass over the whole; the inner one may be the smaller.
    return -log(1 + exp(logOf(0, inner, inside) - out))
  })
}

function concentrationOf(one: Case, parameters: Parameters): Concentration {
  const { name, f, epsilon, betas } = one
  const [center, other] = [minimiser(f, one.global), minimiser(f, one.local)]
  const [edge, there] = [onEdge(f, center, epsilon), f.value(other)]
  return {
    name, dim: f.dim, delta: Math.min(edge, there) - f.value(center), attained: edge < there ? 'on the edge' : 'at a minimiser', beta: betas,
    logMass: massesOutside(f, center, one, parameters), logWidths: log(determinant(f.hessian(center)) / determinant(f.hessian(other))) / 2,
  }
}

/** Two global minimisers of value 0 with different Hessians: the share of x < 0 by the Gibbs density on a grid that has 0 between two cells. */
function splitOf(name: string, f: Potential, minimisers: number[][], size: number, betas: number[]): Split {
  const g = grid(Array.from({ length: f.dim }, () => ({ min: -2, max: 2, size, nodes: 'centers' as const })))
  const cell = g.spacing.reduce((product, h) => product * h, 1)
  const roots = minimisers.map((x) => 1 / Math.sqrt(determinant(f.hessian(x))))
  return {
    name, beta: betas, limit: roots[0] / (roots[0] + roots[1]),
    share: betas.map((beta) => compensatedSum(gibbs(g, f, { beta }).values.data.map((density: number, i: number) => (nodeAt(g, i)[0] < 0 ? density * cell : 0)))),
  }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const cases = casesOf(parameters)
  const masses: Concentration[] = []
  for (const [k, one] of cases.entries()) {
    await context.step({ fraction: k / (cases.length + 1), activity: `masses outside of a ball: ${one.name}, ε = ${one.epsilon}` })
    masses.push(concentrationOf(one, parameters))
  }
  await context.step({ fraction: 0.9, activity: 'the split between two global minimisers' })
  const { betas, split } = parameters
  return {
    masses,
    splits: [
      // f″ = 2 at −1 and 6 at 1.
      splitOf('on the line', potential('(x^2 - 1)^2 (x^2 + x + 1)/4'), [[-1], [1]], split[0], betas.splitLine),
      // Minimisers (∓1, ∓½), det H = 2 and 18.
      splitOf('in the plane', potential('(x^2 - 1)^2 (x^2 + x + 1)/4 + (x^2 + x + 1) (y - x/2)^2/2'), [[-1, -0.5], [1, 0.5]], split[1], betas.splitPlane),
    ],
  }
}

/** Slopes of log(mass) between neighbouring β, what they are above −Δ, and above −Δ − 1/(2β) averaged over the interval. */
function slopesOf({ beta, logMass, delta }: Concentration): { beta: number[]; above: number[]; corrected: number[] } {
  const steps = beta.slice(1).map((high, k) => ({ low: beta[k], high, rise: logMass[k + 1] - logMass[k] }))
  const above = steps.map(({ low, high, rise }) => rise / (high - low) + delta)
  return {
    beta: steps.map(({ low, high }) => Math.sqrt(low * high)), above,
    corrected: steps.map(({ low, high }, k) => above[k] + Math.log(high / low) / (2 * (high - low))),
  }
}

const edges = ({ masses }: Measurement): Concentration[] => masses.filter(({ attained }) => attained === 'on the edge')
const competitors = ({ masses }: Measurement): Concentration[] => masses.filter(({ attained }) => attained === 'at a minimiser')
const isMixture = ({ name }: Concentration): boolean => name === 'wide and sharp'

/** The least order in 1/β at which numbers vanish; NaN without any. */
const leastOrder = (list: { beta: number[]; rest: number[] }[]): number =>
  list.length === 0 ? NaN : Math.min(...list.map(({ beta, rest }) => observedOrder(beta.map((b) => 1 / b), rest.map(Math.abs))))

export const gibbsConcentration: Claim<Parameters, Measurement> = {
  id: 'gibbs-concentration',
  paper: 'sgd',
  title: 'As β → ∞ the Gibbs law concentrates on the global minimisers, however wide a higher competitor is',
  statement: String.raw`\rho_\beta=\tfrac1Ze^{-\beta f}:\quad \frac{d}{d\beta}\log\rho_\beta\big(|x-x^*|>\varepsilon\big)=-\Delta+O(1/\beta),\quad \Delta=\inf_{|x-x^*|>\varepsilon}f-f(x^*);\qquad \rho_\beta\;\text{near}\;x_i^*\;\to\;\frac{(\det H_i)^{-1/2}}{\sum_j(\det H_j)^{-1/2}}`,
  hypotheses: String.raw`$f$ grows fast enough for $Z$ to be finite; $x^*$ the one global minimiser (the first part) or $x_i^*$ all of them (the second), with Hessians $H_i\succ0$. By Laplace’s method the $O(1/\beta)$ is $-\frac1{2\beta}$ where $\Delta$ is attained at single points of the ball’s edge that $f$ rises through outwards, at which it grows quadratically along the edge; and $0$ where it is attained at another minimiser with Hessian $H'\succ0$, the mass being $\sqrt{\det H/\det H'}\,e^{-\beta\Delta}$.`,
  source: 'Laplace’s method; Hwang (1980), Laplace’s method revisited; Chaudhari et al. (2018), Deep Relaxation, the Gibbs law at large β',
  parameters: {
    quick: {
      betas: {
        line: [100, 200, 400, 800], sharp: [25, 50, 100, 200], wells: [1, 2, 4, 8, 16, 32], planeEdge: [200, 400, 800], planeWell: [50, 100, 200],
        splitLine: [50, 100, 200, 400], splitPlane: [40, 80, 160],
      },
      cells: [4000, 800], rays: 192, split: [2000, 160], about: 'global',
    },
    full: {
      betas: {
        line: [100, 200, 400, 800, 1600], sharp: [25, 50, 100, 200, 400], wells: [1, 2, 4, 8, 16, 32, 64, 128],
        planeEdge: [200, 400, 800, 1600], planeWell: [50, 100, 200, 400, 800], splitLine: [50, 100, 200, 400, 800, 1600], splitPlane: [40, 80, 160, 320, 640],
      },
      cells: [20_000, 2000], rays: 512, split: [8000, 400], about: 'global',
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'slope −Δ − 1/(2β), Δ on the ball’s edge',
      observe: (measurement) => leastOrder(edges(measurement).map((one) => ({ beta: slopesOf(one).beta, rest: slopesOf(one).corrected }))),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'order in 1/β of what is left, 2, less half the gap to the order 1 of a wrong correction; double well and sharp well on the line, a double well in the plane',
    },
    {
      name: 'the correction is 1/(2β)',
      observe: (measurement) => Math.max(...edges(measurement).map((one) => {
        const { beta, above, corrected } = slopesOf(one)
        return Math.abs(corrected.at(-1)! / (above.at(-1)! - corrected.at(-1)!)) * beta.at(-1)! * one.delta
      }), edges(measurement).length === 0 ? NaN : 0),
      relation: 'at most',
      bound: () => 4,
      reason: 'at the largest β, what is left as a share of 1/(2β), in units of 1/(βΔ): one for a parabola, whose tail is erfc, as much again for each derivative of third order',
    },
    {
      name: 'slope −Δ, Δ at a competitor',
      observe: (measurement) => leastOrder(competitors(measurement).filter((one) => !isMixture(one)).map((one) => ({ beta: slopesOf(one).beta, rest: slopesOf(one).above }))),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'order in 1/β of slope + Δ, 2, less half the gap to 1: no correction of first order; double wells on the line and in the plane',
    },
    {
      name: 'a competitor’s mass is √(det H/det H′) e^{−βΔ}',
      observe: (measurement) => leastOrder(competitors(measurement).filter((one) => !isMixture(one)).map(({ beta, logMass, delta, logWidths }) =>
        ({ beta, rest: logMass.map((m, k) => m + beta[k] * delta - logWidths) }))),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'log(mass) + βΔ comes to the logarithm of the ratio of widths at order 1 in 1/β, less half the gap to 0',
    },
    {
      name: 'a wider competitor loses: at β = 1 it has most of the mass',
      observe: (measurement) => Math.min(...competitors(measurement).filter(isMixture).map(({ logMass }) => Math.exp(logMass[0]))),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'the wide Gaussian has weight 0.65 of 1',
    },
    {
      name: 'a wider competitor loses: its odds are √(s′/s) e^{−βΔ}',
      observe: (measurement) => Math.max(...competitors(measurement).filter(isMixture).flatMap(({ beta, logMass, delta, logWidths }) =>
        logMass.map((m, k) => Math.abs(m - log(1 - exp(m)) + beta[k] * delta - logWidths) / (beta[k] * exp(-16) + exp(-3 * beta[k])))),
      competitors(measurement).filter(isMixture).length === 0 ? NaN : 0),
      relation: 'at most',
      bound: () => 1,
      reason: 'between wells that are Gaussian, log odds are straight in β but for the overlap of the Gaussians, below e^{−16} at the minimisers, and the tail of the sharp one outside of its ball, e^{−4.5β} against e^{−1.34β}',
    },
    {
      name: 'split between two global minimisers',
      observe: ({ splits }) => leastOrder(splits.map(({ beta, share, limit }) => ({ beta, rest: share.map((s) => s - limit) }))),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'the share comes to (det H₁)^{−1/2}/Σ(det H_i)^{−1/2} at order 1 in 1/β, less half the gap to 0; on the line and in the plane',
    },
    {
      name: 'split, extrapolated',
      observe: ({ splits }) => Math.max(...splits.map(({ beta, share, limit }) => Math.abs(2 * share.at(-1)! - share.at(-2)! - limit) * beta.at(-1)! ** 2)),
      relation: 'at most',
      bound: () => 16,
      reason: 'β doubles: without the term in 1/β the share is off by O(1/β²); in units of 1/β²',
    },
  ],
  control: {
    broken: String.raw`the ball is about a local minimiser that is not global: the mass outside comes to 1, its slope to 0`,
    change: (parameters) => ({ ...parameters, about: 'local' }),
    mustFail: ['slope −Δ, Δ at a competitor', 'a competitor’s mass is √(det H/det H′) e^{−βΔ}', 'a wider competitor loses: its odds are √(s′/s) e^{−βΔ}'],
  },
  figure: (measurement) => {
    const { masses, splits } = measurement
    const shown = [masses[0], masses[1], masses[3]]
    return {
      title: 'The Gibbs law concentrates on global minimisers',
      caption: 'Left: mass outside of a ball about the global minimiser; lines have slope −Δ. Middle: how far the slope is above or below −Δ. Right: the share of the wider of two global minimisers.',
      panels: [
        {
          title: 'mass outside of the ball',
          x: { label: 'β' },
          y: { label: 'mass', type: 'log' as const },
          marks: shown.flatMap((one, k) => {
            const kept = one.beta.map((b, i) => ({ b, m: one.logMass[i] })).filter(({ b }) => b <= 400)
            const x = kept.map(({ b }) => b)
            const last = kept.at(-1)!
            return [
              { kind: 'points' as const, x, y: kept.map(({ m }) => Math.exp(m)), label: one.attained === 'on the edge' ? `${one.name}, edge` : one.name, color: k },
              { kind: 'line' as const, x, y: x.map((b) => Math.exp(last.m - one.delta * (b - last.b))), dashed: true, color: k },
            ]
          }),
        },
        {
          title: 'slope of log(mass) and −Δ',
          x: { label: 'β', type: 'log' as const },
          y: { label: 'distance', type: 'log' as const },
          marks: (['above', 'corrected'] as const).map((which, k) => {
            const slopes = slopesOf(masses.find(({ attained }) => attained === 'on the edge') ?? masses[0])
            return { kind: 'points' as const, x: slopes.beta, y: slopes[which].map(Math.abs), label: which === 'above' ? 'slope + Δ' : 'slope + Δ + 1/(2β)', color: k }
          }),
        },
        {
          title: 'split',
          x: { label: 'β', type: 'log' as const },
          y: { label: 'share' },
          marks: splits.flatMap(({ name, beta, share, limit }, k) => [
            { kind: 'points' as const, x: beta, y: share, label: name, color: k },
            { kind: 'rule' as const, axis: 'y' as const, at: limit, dashed: true, color: k },
          ]),
        },
      ],
      columns: 3,
    }
  },
}
