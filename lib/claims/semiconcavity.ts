import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { hopfLax } from '../pde/hopf-lax.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { Claim, Context } from './claim.ts'
import { digitsField, digitsSlice, digitsSuprema } from './digits-slice.ts'
import { evenly, rangeOf, within } from './measure.ts'

interface Case {
  f: Potential
  /** Grid on |x_k| ≤ half; looked at on |x_k| ≤ window, over differences of `step` nodes. */
  half: number
  window: number
  size: number
  step: number
  /** sup of the second derivative along each direction (steps in nodes), and of the Laplacian. */
  directions: { nodes: number[]; supremum: number }[]
  laplacian: number
  times: number[]
  /** Infinity is the inviscid equation. */
  betas: number[]
}

interface Parameters {
  rippled: Pick<Case, 'size' | 'step' | 'times' | 'betas'>
  plane: Pick<Case, 'size' | 'step' | 'times' | 'betas'>
  quadratic: Pick<Case, 'size' | 'step' | 'times' | 'betas'>
  space: Pick<Case, 'size' | 'step' | 'times' | 'betas'>
  digits: Pick<Case, 'size' | 'step' | 'times' | 'betas'>
  /** The bound is taken at timeFactor·t. */
  timeFactor: number
}

interface Curvature {
  name: string
  beta: number | 'inviscid'
  time: number
  /** 'Laplacian' or the direction, as steps in nodes. */
  along: string
  /** Largest second difference over the window. */
  measured: number
  /** What values on the nodes may add to it. */
  slack: number
  bound: number
}

interface Measurement {
  curvatures: Curvature[]
  profile: { x: number[]; initial: number[]; smoothed: { time: number; beta: number | 'inviscid'; curvature: number[] }[] }
}

const rippledSupremum = 2 + 6 * Math.PI ** 2

function casesOf(parameters: Parameters): Record<string, Case> {
  const slice = digitsSlice()
  return {
    rippled: {
      f: landscapes.rippledBowl(), half: 4, window: 2, ...parameters.rippled,
      directions: [{ nodes: [1], supremum: rippledSupremum }], laplacian: rippledSupremum,
    },
    // The two waves have independent phases, so their largest curvatures add.
    plane: {
      f: potential('(x^2 + y^2)/4 + 0.3 sin(2 x + y) + 0.2 cos(x - 2 y)'), half: 4, window: 1.5, ...parameters.plane,
      directions: [{ nodes: [1, 0], supremum: 1.9 }, { nodes: [0, 1], supremum: 1.6 }, { nodes: [1, 1], supremum: 0.5 + 0.3 * 4.5 + 0.2 * 0.5 }],
      laplacian: 1 + 0.3 * 5 + 0.2 * 5,
    },
    quadratic: {
      f: potential('x^2 + y^2'), half: 4, window: 1, ...parameters.quadratic,
      directions: [{ nodes: [1, 0], supremum: 2 }, { nodes: [1, -1], supremum: 2 }], laplacian: 4,
    },
    space: {
      f: potential('x^2 + 0.25 y^2 + 0.5 z^2 + 0.3 sin(x + y + z)'), half: 4, window: 1, ...parameters.space,
      directions: [{ nodes: [1, 0, 0], supremum: 2.3 }, { nodes: [0, 1, 0], supremum: 0.8 }, { nodes: [0, 0, 1], supremum: 1.3 }],
      laplacian: 3.5 + 0.9,
    },
    digits: {
      f: slice.potential, half: slice.half, window: slice.half / 2, ...parameters.digits,
      ...digitsSuprema(),
    },
  }
}

/** Largest second difference of u over the window along a step in nodes, over its squared length. */
function largestSecondDifference(u: Field, inside: number[], nodes: number[], step: number): number {
  const { shape, spacing } = u.grid
  const offset = step * nodes.reduce((index, count, k) => index * shape[k] + count, 0)
  const length = nodes.reduce((sum, count, k) => sum + (count * step * spacing[k]) ** 2, 0)
  const data = u.values.data
  return inside.reduce((most, i) => Math.max(most, (data[i + offset] - 2 * data[i] + data[i - offset]) / length), -Infinity)
}

/** Largest discrete Laplacian over the window. */
function largestLaplacian(u: Field, inside: number[], step: number): number {
  const { shape, spacing } = u.grid
  const data = u.values.data
  const offsets = shape.map((_, k) => step * shape.slice(k + 1).reduce((product, n) => product * n, 1))
  return inside.reduce((most, i) => Math.max(most, offsets.reduce((sum, offset, k) =>
    sum + (data[i + offset] - 2 * data[i] + data[i - offset]) / (step * spacing[k]) ** 2, 0)), -Infinity)
}

function curvaturesOf(name: string, given: Case, initial: Field, inside: number[], time: number, beta: number, factor: number): Curvature[] {
  const u = beta === Infinity ? hopfLax(initial, { gamma: time }).envelope : coleHopf(initial, { gamma: time, beta })
  const { dim, spacing } = initial.grid
  const [h] = spacing
  const steepest = Math.max(...given.directions.map(({ supremum }) => supremum))
  const lengthOf = (nodes: number[]): number => nodes.reduce((sum, count) => sum + (count * given.step * h) ** 2, 0)
  // The envelope over the nodes is up to n(M + 1/t)h²/8 above the infimum, which counts twice in a second difference; Cole–Hopf is off by 1e−10.
  const off = beta === Infinity ? (dim * (steepest + 1 / time) * h * h) / 4 : 4e-10 * rangeOf(initial)
  const common = { name, beta: beta === Infinity ? ('inviscid' as const) : beta, time }
  return [
    ...given.directions.map(({ nodes, supremum }) => ({
      ...common, along: nodes.join(','), measured: largestSecondDifference(u, inside, nodes, given.step),
      slack: off / lengthOf(nodes), bound: 1 / (1 / supremum + factor * time),
    })),
    {
      ...common, along: 'Laplacian', measured: largestLaplacian(u, inside, given.step),
      slack: (dim * off) / (given.step * h) ** 2, bound: 1 / (1 / given.laplacian + (factor * time) / dim),
    },
  ]
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const curvatures: Curvature[] = []
  const all = Object.entries(casesOf(parameters))
  for (const [index, [name, given]] of all.entries()) {
    if (given.times.length === 0) continue
    const axis = { min: -given.half, max: given.half, size: given.size }
    const initial = name === 'digits' ? digitsField(given.size)
      : field(grid(given.f.dim === 1 ? axis : Array.from({ length: given.f.dim }, () => axis)), given.f)
    const inside = within(initial.grid, given.window)
    for (const time of given.times) {
      for (const beta of given.betas) {
        await context.step({ fraction: index / all.length, activity: `second differences: ${name}, t = ${time}, β = ${beta}` })
        curvatures.push(...curvaturesOf(name, given, initial, inside, time, beta, parameters.timeFactor))
      }
    }
  }
  return { curvatures, profile: profileOf() }
}

function profileOf(): Measurement['profile'] {
  const f = landscapes.rippledBowl()
  const initial = field(grid({ min: -4, max: 4, size: 4001 }), f)
  const x = evenly(-1.5, 1.5, 301)
  const step = 0.032
  const second = (u: Field): number[] => x.map((point) => (u.at(point + step) - 2 * u.at(point) + u.at(point - step)) / (step * step))
  const smoothed = [0.02, 0.1].flatMap((time) => [
    { time, beta: 20, curvature: second(coleHopf(initial, { gamma: time, beta: 20 })) },
    { time, beta: 'inviscid' as const, curvature: second(hopfLax(initial, { gamma: time }).envelope) },
  ])
  return { x, initial: second(initial), smoothed }
}

/** Largest of (second difference − slack)/bound over the chosen curvatures. */
const share = (curvatures: Curvature[], chosen: (curvature: Curvature) => boolean): number =>
  Math.max(...curvatures.filter(chosen).map(({ measured, slack, bound }) => (measured - slack) / bound))

const onDigits = (curvature: Curvature): boolean => curvature.name === 'digits'
const isotropic = (curvature: Curvature): boolean => curvature.name === 'quadratic' && curvature.beta !== 'inviscid'
const slackReason = 'a second difference averages u_ee, so it cannot exceed sup u_ee; what the values on nodes may add is taken off first'

export const semiconcavity: Claim<Parameters, Measurement> = {
  id: 'semiconcavity',
  paper: 'deep-relaxation',
  title: 'Smoothing bounds curvature from above: sup u_ee ≤ 1/(1/C + t)',
  statement: String.raw`\sup_x u_{x_kx_k}(x,t)\le\frac{1}{C_k^{-1}+t},\qquad \sup_x\Delta u(x,t)\le\frac{1}{C_{\mathrm{Lap}}^{-1}+t/n}`,
  hypotheses: String.raw`$f\in C^2$ with bounded second derivatives, $C_k=\sup f_{x_kx_k}>0$, $C_{\mathrm{Lap}}=\sup\Delta f>0$; viscous ($\beta<\infty$) and inviscid; the first bound in any direction.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, semiconcavity lemma',
  parameters: {
    quick: {
      rippled: { size: 4001, step: 32, times: [0.02, 0.1, 0.5], betas: [5, 100, Infinity] },
      plane: { size: 257, step: 8, times: [0.3, 1], betas: [4, Infinity] },
      quadratic: { size: 129, step: 4, times: [0.25, 1], betas: [4, Infinity] },
      space: { size: 33, step: 2, times: [], betas: [] },
      digits: { size: 49, step: 6, times: [0.5, 2], betas: [20, Infinity] },
      timeFactor: 1,
    },
    full: {
      rippled: { size: 16001, step: 64, times: [0.02, 0.05, 0.1, 0.5, 2], betas: [1, 5, 100, Infinity] },
      plane: { size: 513, step: 16, times: [0.1, 0.3, 1, 3], betas: [1, 4, Infinity] },
      quadratic: { size: 257, step: 8, times: [0.25, 1], betas: [1, 4, Infinity] },
      space: { size: 65, step: 4, times: [0.3, 1], betas: [2, Infinity] },
      digits: { size: 121, step: 12, times: [0.5, 2, 8], betas: [20, 200, Infinity] },
      timeFactor: 1,
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'second differences, viscous',
      observe: ({ curvatures }) => share(curvatures, (c) => !onDigits(c) && c.beta !== 'inviscid' && c.along !== 'Laplacian'),
      relation: 'at most',
      bound: () => 1,
      reason: `${slackReason}; as a share of the bound, over all functions, directions, t and β`,
    },
    {
      name: 'second differences, inviscid',
      observe: ({ curvatures }) => share(curvatures, (c) => !onDigits(c) && c.beta === 'inviscid' && c.along !== 'Laplacian'),
      relation: 'at most',
      bound: () => 1,
      reason: slackReason,
    },
    {
      name: 'Laplacian, viscous and inviscid',
      observe: ({ curvatures }) => share(curvatures, (c) => !onDigits(c) && c.along === 'Laplacian'),
      relation: 'at most',
      bound: () => 1,
      reason: slackReason,
    },
    {
      name: 'equality for an isotropic quadratic',
      observe: ({ curvatures }) => Math.max(...curvatures.filter(isotropic).map(({ measured, bound, slack }) => Math.abs(measured - bound) / slack)),
      relation: 'at most',
      bound: () => 1,
      reason: 'every bound is an equality there; in units of what an error of 1e−10 of the range of f in u can do to a second difference',
    },
    {
      name: 'digits slice',
      observe: ({ curvatures }) => share(curvatures, onDigits),
      relation: 'at most',
      bound: () => 1,
      reason: `on the loss of softmax regression on hand-written digits, along two directions through the trained weights; ${slackReason}`,
    },
  ],
  control: {
    broken: String.raw`the bound is taken at $2t$: a quadratic attains the bound at $t$, so it must exceed this one`,
    change: (parameters) => ({ ...parameters, timeFactor: 2 * parameters.timeFactor }),
    mustFail: ['second differences, viscous', 'equality for an isotropic quadratic'],
  },
  figure: ({ curvatures, profile }) => ({
    title: 'Semiconcavity',
    caption: 'Left: second differences of the rippled bowl and of its viscous (β = 20) and inviscid smoothings, under the bound 1/(1/C + t). '
      + 'Right: every measured curvature, less what values on nodes may add, as a share of its bound; equality is reached by quadratics.',
    panels: [
      ...[0.02, 0.1].map((time) => ({
        title: `Rippled bowl, t = ${time}`,
        x: { label: 'x' },
        y: { label: 'second difference of u', domain: [-120, 70] as [number, number] },
        marks: [
          { kind: 'line' as const, x: profile.x, y: profile.initial, label: 'f', dashed: true, color: 6 },
          ...profile.smoothed.filter((curve) => curve.time === time).map(({ beta, curvature }) => ({
            kind: 'line' as const, x: profile.x, y: curvature.map((value) => Math.max(value, -119)), label: beta === 'inviscid' ? 'inviscid' : `β = ${beta}`,
          })),
          { kind: 'rule' as const, axis: 'y' as const, at: 1 / (1 / rippledSupremum + time), label: 'bound', color: 5 },
        ],
      })),
      {
        title: 'All cases',
        x: { label: 't', type: 'log' as const },
        y: { label: 'curvature / bound' },
        marks: [
          ...['rippled', 'plane', 'quadratic', 'space', 'digits'].filter((name) => curvatures.some((c) => c.name === name)).map((name) => ({
            kind: 'points' as const,
            x: curvatures.filter((c) => c.name === name).map((c) => c.time),
            y: curvatures.filter((c) => c.name === name).map((c) => (c.measured - c.slack) / c.bound),
            label: name,
          })),
          { kind: 'rule' as const, axis: 'y' as const, at: 1, dashed: true, color: 6 },
        ],
      },
    ],
    columns: 3,
  }),
}
