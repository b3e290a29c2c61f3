import type { Figure } from '../figure/figure.ts'
import type { Claim, Context } from './claim.ts'
import { depthsOf, exactCrossover, gridCrossover, overlapOf, separated, variances, weights } from './crossover.ts'
import type { Crossover, Smoothing } from './crossover.ts'
import { spaceCrossover } from './crossover-in-space.ts'
import type { SpaceCrossover, SpaceWells } from './crossover-in-space.ts'
import { evenly, largest } from './measure.ts'
import { argmin, libraryEntropy, meanLandscape, normalTail, paperEntropy, predict, roughLandscape, sweepOf, wellOf } from './rough-landscape.ts'
import type { Sweep } from './rough-landscape.ts'

interface Parameters {
  /** Landscapes of Figure 1, on how many of them the paper's sum is formed as well, and at how many scopes minimisers are found. */
  landscapes: number
  direct: number
  scopes: number
  /** The two wells: half their distance, the β at which crossovers are found and the spacing of the nodes. */
  centers: number[]
  betas: number[]
  spacing: number
  spaces: SpaceWells[]
  /** What smooths the two wells. */
  smoothing: Smoothing
}

interface Measurement {
  /** How many minimisers of f and −F are not in the well where they should be, and how many are expected. */
  astray: { count: number; expected: number }
  sweeps: Sweep[]
  /** The jump of the mean landscape, and the standard deviation of log(jump) to first order. */
  jump: { mean: number; deviation: number }
  /** Largest difference of the paper's −F from the library's. */
  difference: number
  crossovers: (Crossover & { exact: number })[]
  spaces: SpaceCrossover[]
  heat: { center: number; tau: number }[]
  profile: { f: number[]; smoothed: { scope: number; values: number[]; at: number }[]; at: number }
  depths: { tau: number[]; sharp: number[]; wide: number[] }
}

/** γ of Figure 1, and one at which −F still resembles f. */
const paperScopes = [1e-3, 5e-5] as const
const sharpScope = 1e-2

function minimisersAstray(fs: Float64Array[], sweeps: Sweep[], mean: Float64Array): Measurement['astray'] {
  const found = fs.map((f, k) => {
    const { minimisers } = sweeps[k]
    const [first, last] = [minimisers[0], minimisers[minimisers.length - 1]]
    return [wellOf(argmin(f)) === 'sharp', wellOf(first) === 'sharp', wellOf(argmin(libraryEntropy(f, paperScopes[0]))) === 'wide', wellOf(last) === 'wide']
  })
  const probability = [sharpScope, ...paperScopes].reduce((sum, scope) => {
    const { gap, deviation } = predict(mean, scope)
    return sum + normalTail(Math.abs(gap) / deviation)
  }, 0)
  return { count: found.flat().filter((right) => !right).length, expected: probability * fs.length }
}

function paperAgainstLibrary(fs: Float64Array[]): number {
  return largest(fs.flatMap((f) => paperScopes.flatMap((scope) => {
    const library = libraryEntropy(f, scope)
    return Array.from(paperEntropy(f, scope), (value, i) => value - library[i])
  })))
}

function profileOf(f: Float64Array): Measurement['profile'] {
  const smoothed = paperScopes.map((scope) => {
    const values = libraryEntropy(f, scope)
    return { scope, at: argmin(values), values: Array.from(values, (value) => value + Math.log((2 * Math.PI) / scope) / 2) }
  })
  return { f: Array.from(f), smoothed, at: argmin(f) }
}

function depthProfile(spacing: number): Measurement['depths'] {
  const tau = evenly(0.02, 0.4, 20)
  const depths = tau.map(depthsOf(2, 1, spacing, 'local entropy'))
  return { tau, sharp: depths.map(([{ value }]) => value), wide: depths.map(([, { value }]) => value) }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { centers, betas, spacing, smoothing } = parameters
  const range = [paperScopes[1], sharpScope] as const
  const fs = Array.from({ length: parameters.landscapes }, (_, k) => roughLandscape(context.seed, k))
  const sweeps: Sweep[] = []
  for (const [k, f] of fs.entries()) {
    await context.step({ fraction: (0.5 * k) / fs.length, activity: `minimisers of landscape ${k + 1}` })
    sweeps.push(sweepOf(f, range, parameters.scopes, 8))
  }
  const mean = meanLandscape()
  const { jump } = sweepOf(mean, range, parameters.scopes, 16)
  const { deviation, slope } = predict(mean, jump)
  const crossovers: Measurement['crossovers'] = []
  for (const center of centers) {
    await context.step({ fraction: 0.6, activity: `crossover of wells at ∓${center}` })
    const exact = exactCrossover(center)
    crossovers.push(...betas.map((beta) => ({ ...gridCrossover(center, beta, spacing, smoothing), exact })))
  }
  const spaces: SpaceCrossover[] = []
  for (const wells of parameters.spaces) {
    await context.step({ fraction: 0.8, activity: `crossover in ${wells.along.length} dimensions` })
    spaces.push(spaceCrossover(wells, smoothing))
  }
  return {
    astray: minimisersAstray(fs, sweeps, mean),
    sweeps,
    jump: { mean: jump, deviation: deviation / Math.abs(slope) },
    difference: paperAgainstLibrary(fs.slice(0, parameters.direct)),
    crossovers,
    spaces,
    heat: centers.map((center) => ({ center, tau: gridCrossover(center, 1, spacing, 'heat').tau })),
    profile: profileOf(fs[0]),
    depths: depthProfile(spacing),
  }
}

/** Expansion in the overlap holds from here on; nearer, its third term is no longer small. */
const apart = 1.5

/** Root mean square of log(jump/that of the mean landscape), in standard deviations. */
function jumpScatter({ sweeps, jump: { mean, deviation } }: Measurement): number {
  return Math.sqrt(sweeps.reduce((sum, { jump }) => sum + Math.log(jump / mean) ** 2, 0) / sweeps.length) / deviation
}

/** Distance of a crossover from τ* and its expansion in the overlap, over the size of the next term. */
function fromExpansion({ center, tau, accuracy }: Crossover): number {
  const { lead, relative } = overlapOf(center)
  return Math.abs(tau - separated - lead * (1 + relative)) / (2 * lead * relative ** 2 + accuracy)
}

export const localEntropyLandscape: Claim<Parameters, Measurement> = {
  id: 'local-entropy-landscape',
  paper: 'entropy-sgd',
  title: 'As the scope γ falls, the minimum of −F moves from the sharp deep well to the wide shallow one',
  statement: String.raw`-F(x,\gamma)=-\log\sum_{x'}e^{-f(x')-\frac\gamma2|x-x'|^2};\qquad e^{-\beta f}=w_1N(-a,s_1)+w_2N(a,s_2):\quad \tfrac t\beta=\tau^*=\frac{w_1^2s_2-w_2^2s_1}{w_2^2-w_1^2}`,
  hypotheses: String.raw`First formula: the landscape of Figure 1 on 1000 integers, $\beta=1$, with random numbers of this project. At both scopes of the figure, $10^{-3}$ and $5\cdot10^{-5}$, the minimum is in the wide well already; it leaves the sharp one near $2\cdot10^{-3}$. Second: where the minima of $u(\cdot,t)$ are equally deep, $w_1/\sqrt{s_1+\tau}=w_2/\sqrt{s_2+\tau}$, for well-separated wells ($w_1<w_2$, $s_1/s_2<w_1^2/w_2^2$); in $n$ dimensions $w_i/\sqrt{\det(S_i+\tau I)}$. What the wells add to each other moves it by $O(e^{-2a^2/(s_2+\tau^*)})$.`,
  source: 'Chaudhari et al. (2017), Entropy-SGD, Figure 1 and the script that draws it; the crossover by Gaussian integrals',
  parameters: {
    quick: {
      landscapes: 12, direct: 2, scopes: 16, centers: [1, 1.5, 2, 3], betas: [1, 7], spacing: 0.04,
      spaces: [{ center: 1.8, sharp: [0.06, 0.1], level: 0.25, along: [0.2, 0.4], beta: 2, spacing: 0.15 }], smoothing: 'local entropy',
    },
    full: {
      landscapes: 200, direct: 20, scopes: 31, centers: [1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3], betas: [0.3, 1, 7, 50], spacing: 0.02,
      spaces: [
        { center: 1.8, sharp: [0.06, 0.1], level: 0.25, along: [0.2, 0.4], beta: 2, spacing: 0.1 },
        { center: 2.4, sharp: [0.12, 0.14, 0.16], level: 0.3, along: [0.2, 0.1, 0.3], beta: 1, spacing: 0.2 },
      ],
      smoothing: 'local entropy',
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'Figure 1: minimisers not in their well',
      observe: ({ astray: { count } }) => count,
      relation: 'at most',
      bound: ({ astray: { expected } }) => expected + 5 * Math.sqrt(expected),
      reason: 'sharp for f and γ = 0.01, wide for γ = 10⁻³ and 5·10⁻⁵; expected of a normal gap between the depths, whose mean is that of the mean landscape and whose deviation is that of ⟨f⟩ under both local Gibbs laws, and five Poisson deviations',
    },
    {
      name: 'Figure 1: changes of the well as γ falls, less one',
      observe: ({ sweeps }) => largest(sweeps.map(({ changes }) => changes - 1)),
      relation: 'at most',
      bound: () => 0,
      reason: 'the gap between the depths of the mean landscape grows as γ falls, by 0.26 an e-fold where it is 0, up to more than nine of its deviations at γ = 2·10⁻⁴ and below: no landscape returns to the sharp well',
    },
    {
      name: 'Figure 1: γ of the jump, scatter about that of the mean landscape',
      observe: jumpScatter,
      relation: 'at most',
      bound: (_, { landscapes }) => Math.sqrt(1.25) * (1 + 4 / Math.sqrt(2 * landscapes)),
      reason: 'root mean square of log γ in first-order deviations (those of the gap over its slope), where 1 is expected; the wide well has several places to choose from, which may shift the mean by half a deviation; and four standard errors',
    },
    {
      name: 'Figure 1: the paper’s sum against Cole–Hopf with walls',
      observe: ({ difference }) => difference / Number.EPSILON,
      relation: 'at most',
      bound: () => 32,
      reason: 'at all nodes, in eps: −F is up to 6, with a last digit of 4 eps; eight of these for the exponentials, the sum or FFT and the logarithm',
    },
    {
      name: 'crossover on the line, against the closed form of u',
      observe: ({ crossovers }) => largest(crossovers.map(({ tau, exact, accuracy }) => (tau - exact) / accuracy)),
      relation: 'at most',
      bound: () => 1,
      reason: 'τ at which minima of Cole–Hopf on a grid are equally deep, every distance and β, against Newton’s minima of the mixture with s + τ; in units of what interpolation between nodes and 16 eps of round-off may move it',
    },
    {
      name: 'crossover on the line, against τ* and the overlap',
      observe: ({ crossovers }) => largest(crossovers.filter(({ center }) => center >= apart).map(fromExpansion)),
      relation: 'at most',
      bound: () => 1,
      reason: 'distance from τ* + lead·(1 + relative), the expansion in the share of the wide Gaussian in the sharp minimum (5.2·10⁻⁶ at ∓2); the next term is near 3/2 relative² of lead, as where δe^{−kδ} is inverted, and two of it is allowed; and the accuracy on the grid',
    },
    {
      name: 'crossover of wells with covariances, against the closed form of u',
      observe: ({ spaces }) => largest(spaces.map(({ tau, exact, accuracy }) => (tau - exact) / accuracy)),
      relation: 'at most',
      bound: () => 1,
      reason: 'the wide well is oblique to the axes; at both centers, which are nodes, u is known, and the least nodes are these: round-off only',
    },
    {
      name: 'crossover of wells with covariances, against √det',
      observe: ({ spaces }) => largest(spaces.map(({ tau, separated: alone, lead, share, accuracy }) => (tau - alone) / (lead * (1 + Math.sqrt(share)) + accuracy))),
      relation: 'at most',
      bound: () => 1,
      reason: 'the overlap moves τ* by share/rate to first order; the next is tens of shares of that, less than √share as the share is below 10⁻⁵',
    },
  ],
  control: {
    broken: String.raw`the wells are smoothed by the heat flow of $f$ in place of local entropy: the depths cross at $\tau=0.0273$, not $0.1901$`,
    change: (parameters) => ({ ...parameters, smoothing: 'heat' }),
    mustFail: [
      'crossover on the line, against the closed form of u', 'crossover on the line, against τ* and the overlap',
      'crossover of wells with covariances, against the closed form of u', 'crossover of wells with covariances, against √det',
    ],
  },
  figure,
}

function figure({ profile, sweeps, jump, depths, crossovers, heat }: Measurement): Figure {
  const x = profile.f.map((_, i) => i)
  const centers = heat.map(({ center }) => center)
  const fine = evenly(Math.min(...centers), Math.max(...centers), 61)
  const alone = (well: 0 | 1, tau: number): number => -Math.log(weights[well] / Math.sqrt(2 * Math.PI * (variances[well] + tau)))
  const heatAtTwo = heat.find(({ center }) => center === 2)
  return {
    title: 'Sharp and wide wells under local entropy',
    caption: 'Top: Figure 1 of Entropy-SGD on random numbers of our own (left, −F up to a constant), and the minimisers of many such landscapes. '
      + `Bottom: two Gaussian wells, τ = t/β. Local entropy makes them equally deep at τ* = ${separated.toFixed(4)} but for their overlap, the heat flow elsewhere.`,
    panels: [
      {
        title: 'f and −F',
        x: { label: 'x' },
        y: { label: 'value' },
        marks: [
          { kind: 'line', x, y: profile.f, label: 'f', color: 6 },
          ...profile.smoothed.map(({ scope, values }, k) => ({ kind: 'line' as const, x, y: values, label: `−F, γ = ${scope}`, color: k })),
          { kind: 'points', x: [profile.at], y: [profile.f[profile.at]], color: 6 },
          ...profile.smoothed.map(({ values, at }, k) => ({ kind: 'points' as const, x: [at], y: [values[at]], color: k })),
        ],
      },
      {
        title: `argmin −F of ${sweeps.length} landscapes`,
        x: { label: 'γ', type: 'log' },
        y: { label: 'x', domain: [0, 1000] },
        marks: [
          { kind: 'band', x: [paperScopes[1], sharpScope], low: [200, 200], high: [399, 399], label: 'wide well', color: 0 },
          { kind: 'band', x: [paperScopes[1], sharpScope], low: [800, 800], high: [819, 819], label: 'sharp well', color: 1 },
          { kind: 'points', x: sweeps.flatMap(({ scopes }) => scopes), y: sweeps.flatMap(({ minimisers }) => minimisers), color: 6 },
          { kind: 'rule', axis: 'x', at: jump.mean, label: 'jump, mean landscape', dashed: true, color: 5 },
        ],
      },
      {
        title: 'β · depth of two wells at ∓2',
        x: { label: 'τ' },
        y: { label: 'β · least value' },
        marks: [
          ...([0, 1] as const).flatMap((well) => [
            { kind: 'line' as const, x: depths.tau, y: depths.tau.map((tau) => alone(well, tau)), label: ['sharp', 'wide'][well], color: 1 - well },
            { kind: 'points' as const, x: depths.tau, y: well === 0 ? depths.sharp : depths.wide, color: 1 - well },
          ]),
          { kind: 'rule', axis: 'x', at: separated, label: 'τ*', dashed: true, color: 6 },
          ...(heatAtTwo ? [{ kind: 'rule' as const, axis: 'x' as const, at: heatAtTwo.tau, label: 'heat flow', dashed: true, color: 3 }] : []),
        ],
      },
      {
        title: 'Distance of the crossover from τ*',
        x: { label: 'distance of the wells' },
        y: { label: '|τ − τ*|', type: 'log' },
        marks: [
          { kind: 'line', x: fine.map((a) => 2 * a), y: fine.map((a) => overlapOf(a).lead), label: 'overlap, first order', dashed: true, color: 6 },
          { kind: 'points', x: crossovers.map(({ center }) => 2 * center), y: crossovers.map(({ tau }) => Math.abs(tau - separated)), label: 'local entropy', color: 0 },
          { kind: 'points', x: centers.map((a) => 2 * a), y: heat.map(({ tau }) => Math.abs(tau - separated)), label: 'heat flow', color: 3 },
        ],
      },
    ],
  }
}
