import { log } from '../core/elementary.ts'
import { once } from '../core/once.ts'
import { field, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { gibbs, logPartition } from '../pde/gibbs.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { largest, observedOrder, within } from './measure.ts'
import { sum } from './matrices.ts'

interface Parameters {
  betas: number[]
  /** Nodes an axis on the line and in the plane, for large scopes and for small ones. */
  near: [number, number]
  far: [number, number]
  /** Scopes of a ladder; each is twice or half the one before. */
  rungs: number
  /** Dimensions of the Gaussian mixtures, and points that they are looked at. */
  dimensions: number[]
  points: number
  /** u with the Gaussian normalised, or the paper's −F/β without. */
  normalised: boolean
}

/** A grid on |x_k| ≤ half, looked at on |x_k| ≤ window. */
interface Box {
  half: number
  window: number
}

interface Case {
  name: string
  f: Potential
  near: Box & { time: number }
  far: Box & { variance: number }
}

/** What is expected as the scope grows, at points of the window: f, and the rate at which u leaves it. */
interface Near {
  value: number[]
  rate: number[]
  u(scope: number): number[]
}

/** What is expected as the scope shrinks: log ∫e^{−βf}, and ⟨|x − y|²⟩/2 over the Gibbs law at points of the window. */
interface Far {
  logPartition: number
  halfSquare: number[]
  u(scope: number): number[]
}

interface Ladder {
  name: string
  dim: number
  beta: number
  scope: number[]
  /** sup over the window of the distance from the limit. */
  distance: number[]
  /** The same, less the term of first order. */
  remainder: number[]
}

interface Flattening extends Ladder {
  /** Most that u less its limit is below 0 or above the term of first order, beyond round-off, as a share of that term. */
  outside: number
}

interface Measurement {
  recoveries: Ladder[]
  /** sup |−F − f| at β = 1, of the first case. */
  unnormalised: number[]
  flattenings: Flattening[]
  profile: { x: number[]; curves: { scope: number; beta: number; rest: number[] }[] }
}

const cases = once((): Case[] => [
  { name: 'tilted double well', f: potential('(x^2 - 1)^2/4 + 0.2 x'), near: { half: 3, window: 1.5, time: 0.02 }, far: { half: 5, window: 1.5, variance: 64 } },
  { name: 'rippled bowl', f: landscapes.rippledBowl(), near: { half: 2.5, window: 1.5, time: 0.002 }, far: { half: 7, window: 1.5, variance: 64 } },
  { name: '√(1 + x²)', f: potential('sqrt(1 + x^2)'), near: { half: 4, window: 2, time: 0.04 }, far: { half: 40, window: 2, variance: 256 } },
  {
    name: 'wells in the plane', f: potential('(x^2 - 1)^2/4 + x/5 + (y - x/2)^2/2 + x^2 y^2/8'),
    near: { half: 1.8, window: 1, time: 0.02 }, far: { half: 8, window: 1, variance: 64 },
  },
])

/** Units of eps·(1/β + |u|) that u may be off. */
const roundings = 64

/** log of (2πt/β)^{n/2}, the normalisation of the Gaussian. */
const logNormalisation = (dim: number, t: number, beta: number): number => (dim / 2) * log((2 * Math.PI * t) / beta)

/** −½|∇f|² + Δf/2β, which is u_t at t = 0. */
function rateOf(f: Potential, x: ArrayLike<number>, beta: number): number {
  const hessian = f.hessian(x)
  const trace = sum(Array.from({ length: f.dim }, (_, k) => hessian[k * (f.dim + 1)]))
  return trace / (2 * beta) - sum(f.gradient(x).map((slope) => slope * slope)) / 2
}

function initialOf({ f }: Case, { half }: Box, sizes: [number, number]): Field {
  return field(grid(Array.from({ length: f.dim }, () => ({ min: -half, max: half, size: sizes[f.dim - 1] }))), f)
}

const smoothed = (initial: Field, inside: number[], beta: number) => (scope: number): number[] => {
  const u = coleHopf(initial, { scope, beta }).values.data
  return inside.map((i) => u[i])
}

function nearOf({ f, near }: Case, initial: Field, beta: number): Near {
  const inside = within(initial.grid, near.window)
  const points = inside.map((i) => nodeAt(initial.grid, i))
  return { value: points.map((x) => f.value(x)), rate: points.map((x) => rateOf(f, x, beta)), u: smoothed(initial, inside, beta) }
}

function farOf({ f, far }: Case, initial: Field, beta: number): Far {
  const inside = within(initial.grid, far.window)
  const density = gibbs(initial.grid, f, { beta }).values.data
  const weights = initial.grid.weights().data
  const moments = new Float64Array(f.dim + 1)
  for (let i = 0; i < density.length; i++) {
    nodeAt(initial.grid, i).forEach((y, k) => {
      moments[k] += weights[i] * density[i] * y
      moments[f.dim] += weights[i] * density[i] * y * y
    })
  }
  const halfSquare = inside.map((i) => (moments[f.dim] + sum(nodeAt(initial.grid, i).map((x, k) => x * (x - 2 * moments[k])))) / 2)
  return { logPartition: logPartition(initial.grid, f, { beta }), halfSquare, u: smoothed(initial, inside, beta) }
}

/** A Gaussian mixture that integrates to 1, at points about its components: all of it in closed form. */
function mixtureOf(dim: number, beta: number, count: number, seed: number): Near & Far {
  const weights = [0.4, 0.6]
  const variances = [0.5, 0.8]
  // Means that stay as far apart in every dimension.
  const [means, points] = [2, count].map((n, stream) => Array.from({ length: n }, (_, i) => Array.from(normals(seed, [31, stream, i], dim), (z) => z / Math.sqrt(dim))))
  const at = (t: number): Potential => landscapes.gaussianMixture({ weights, means, variances: variances.map((s) => s + t / beta), beta })
  const f = at(0)
  return {
    value: points.map((x) => f.value(x)), rate: points.map((x) => rateOf(f, x, beta)), logPartition: 0,
    halfSquare: points.map((x) => sum(weights.map((w, j) => (w * (sum(x.map((c, k) => (c - means[j][k]) ** 2)) + dim * variances[j])) / 2))),
    u: (scope) => points.map((x) => at(1 / scope).value(x)),
  }
}

type Setting = Pick<Ladder, 'name' | 'dim' | 'beta'>

function recoveryOf(setting: Setting, { value, rate, u }: Near, scope: number[], normalised: boolean): Ladder {
  const { dim, beta } = setting
  const away = scope.map((g) => u(g).map((at, i) => at - value[i] - (normalised ? 0 : logNormalisation(dim, 1 / g, beta) / beta)))
  return { ...setting, scope, distance: away.map(largest), remainder: away.map((d, k) => largest(d.map((a, i) => a - rate[i] / scope[k]))) }
}

function flatteningOf(setting: Setting, { logPartition: logZ, halfSquare, u }: Far, scope: number[], normalised: boolean): Flattening {
  const { dim, beta } = setting
  let outside = -Infinity
  const away = scope.map((g) => {
    const shift = logNormalisation(dim, 1 / g, beta) / beta
    return u(g).map((at, i) => {
      const limit = -logZ / beta + (normalised ? shift : 0)
      const rest = (normalised ? at : at - shift) - limit
      const next = halfSquare[i] * g
      outside = Math.max(outside, (Math.max(-rest, rest - next) - roundings * Number.EPSILON * (1 / beta + Math.abs(at))) / next)
      return rest
    })
  })
  return { ...setting, scope, distance: away.map(largest), remainder: away.map((d, k) => largest(d.map((a, i) => a - halfSquare[i] * scope[k]))), outside }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { betas, rungs, normalised } = parameters
  const large = (time: number): number[] => Array.from({ length: rungs }, (_, k) => 2 ** k / time)
  // The kernel's variance t/β decides how flat u is.
  const small = (variance: number, beta: number): number[] => Array.from({ length: rungs }, (_, k) => 1 / (variance * beta * 2 ** k))
  const recoveries: Ladder[] = []
  const flattenings: Flattening[] = []
  let unnormalised: number[] = []
  for (const [index, one] of cases().entries()) {
    const { name, f: { dim } } = one
    const [nearby, distant] = [initialOf(one, one.near, parameters.near), initialOf(one, one.far, parameters.far)]
    for (const beta of betas) {
      await context.step({ fraction: index / (cases().length + 1), activity: `ladders of scopes: ${name}, β = ${beta}` })
      const near = nearOf(one, nearby, beta)
      recoveries.push(recoveryOf({ name, dim, beta }, near, large(one.near.time), normalised))
      if (index === 0 && beta === 1) unnormalised = recoveryOf({ name, dim, beta }, near, large(one.near.time), false).distance
      flattenings.push(flatteningOf({ name, dim, beta }, farOf(one, distant, beta), small(one.far.variance, beta), normalised))
    }
  }
  for (const dim of parameters.dimensions) {
    for (const beta of betas) {
      await context.step({ fraction: cases().length / (cases().length + 1), activity: `Gaussian mixtures in ${dim} dimension${dim === 1 ? '' : 's'}` })
      const mixture = mixtureOf(dim, beta, parameters.points, context.seed)
      const setting = { name: 'mixture', dim, beta }
      recoveries.push(recoveryOf(setting, mixture, large(0.02 * beta), normalised))
      flattenings.push(flatteningOf(setting, mixture, small(64, beta), normalised))
    }
  }
  return { recoveries, unnormalised, flattenings, profile: profileOf() }
}

/** u less its growth and its limit, on a wider window than the ladders'. */
function profileOf(): Measurement['profile'] {
  const [one, beta] = [cases()[0], 4]
  const initial = initialOf(one, one.far, [1001, 0])
  const inside = within(initial.grid, 2.2).filter((i) => i % 4 === 0)
  const limit = -logPartition(initial.grid, one.f, { beta }) / beta
  return {
    x: inside.map((i) => nodeAt(initial.grid, i)[0]),
    curves: [4, 1, 1 / 4, 1 / 16, 1 / 64].map((scope) => ({
      scope, beta, rest: smoothed(initial, inside, beta)(scope).map((u) => u - logNormalisation(1, 1 / scope, beta) / beta - limit),
    })),
  }
}

/** Over the ladders: the order in 1/scope (sign −1) or in scope (sign 1) of numbers that shrink along them. */
const orders = (ladders: Ladder[], which: 'distance' | 'remainder', sign: 1 | -1): number[] =>
  ladders.map((ladder) => observedOrder(ladder.scope.map((g) => g ** sign), ladder[which]))
const kinds = 'double well, rippled bowl and √(1 + x²) on the line, wells in the plane, Gaussian mixtures; every β'

export const localEntropyLimits: Claim<Parameters, Measurement> = {
  id: 'local-entropy-limits',
  paper: 'entropy-sgd',
  title: 'A large scope recovers f, a small one flattens local entropy: both at first order, with known coefficients',
  statement: String.raw`t=\tfrac1{\text{scope}}\to0:\ u=f+t\Big(\frac{\Delta f}{2\beta}-\frac{|\nabla f|^2}2\Big)+O(t^2);\qquad t\to\infty:\ u-\frac n{2\beta}\log t=-\frac1\beta\log\Big[\Big(\frac\beta{2\pi}\Big)^{n/2}\!\!\int\! e^{-\beta f}\Big]+\frac{\langle|x-y|^2\rangle}{2t}-O(t^{-2})`,
  hypotheses: String.raw`Uniformly on bounded sets, not on $\mathbb R^n$; $f$ smooth (first part), $e^{-\beta f}|y|^4$ integrable (second part), $\langle\cdot\rangle$ over the Gibbs law $\propto e^{-\beta f(y)}dy$. Left of the last sign is at least the constant, and by Jensen’s inequality at most the constant and the next term, at every $t$. The paper’s $F=\log\int e^{-f-\frac\gamma2|x-x'|^2}dx'$ ($\beta=1$, scope $\gamma$) is $-u+\frac n2\log\frac{2\pi}\gamma$: it settles as $\gamma\to0$, and diverges as $\gamma\to\infty$.`,
  source: 'Chaudhari et al. (2017), Entropy-SGD, local entropy and the scoping of γ; coefficients from u_t = −½|∇u|² + Δu/2β at t = 0, and by expanding e^{−β|x−y|²/2t}',
  parameters: {
    quick: { betas: [1, 4], near: [1201, 161], far: [601, 97], rungs: 4, dimensions: [1, 10], points: 20, normalised: true },
    full: { betas: [1, 4, 16], near: [4801, 541], far: [2401, 201], rungs: 5, dimensions: [1, 2, 3, 10, 100], points: 200, normalised: true },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'large scope: order of sup |u − f| in 1/scope, distance from 1',
      observe: ({ recoveries }) => largest(orders(recoveries, 'distance', -1).map((order) => order - 1)),
      relation: 'at most',
      bound: () => 0.1,
      reason: `the term of second order, up to a tenth of the first at the end of the ladder, bends the fit by up to half of that; ${kinds}`,
    },
    {
      name: 'large scope: order of what is left after t(Δf/2β − ½|∇f|²)',
      observe: ({ recoveries }) => Math.min(...orders(recoveries, 'remainder', -1)),
      relation: 'at least',
      bound: () => 1.5,
      reason: `2, less half the gap to the order 1 of a wrong coefficient; ${kinds}`,
    },
    {
      name: 'small scope: order in scope of sup |u − (n/2β) log t − constant|, distance from 1',
      observe: ({ flattenings }) => largest(orders(flattenings, 'distance', 1).map((order) => order - 1)),
      relation: 'at most',
      bound: () => 0.1,
      reason: `as above; a wrong constant has order 0; ${kinds}`,
    },
    {
      name: 'small scope: order of what is left after ⟨|x − y|²⟩/2t',
      observe: ({ flattenings }) => Math.min(...orders(flattenings, 'remainder', 1)),
      relation: 'at least',
      bound: () => 1.5,
      reason: `2, less half the gap to the order 1 of a wrong coefficient; ${kinds}`,
    },
    {
      name: 'small scope: between the constant and the next term',
      observe: ({ flattenings }) => Math.max(...flattenings.map(({ outside }) => outside)),
      relation: 'at most',
      bound: () => 0,
      reason: `at every point and scope, as e^{−β|x−y|²/2t} ≤ 1 and by Jensen’s inequality, beyond ${roundings} units of eps·(1/β + |u|); the largest excess as a share of the next term`,
    },
  ],
  control: {
    broken: String.raw`the paper’s $-F/\beta$, in which the Gaussian is not normalised: as the scope grows it is off by $\frac n{2\beta}\log\frac{\beta\,\text{scope}}{2\pi}$ (as the scope shrinks it does settle)`,
    change: (parameters) => ({ ...parameters, normalised: false }),
    mustFail: ['large scope: order of sup |u − f| in 1/scope, distance from 1', 'large scope: order of what is left after t(Δf/2β − ½|∇f|²)'],
  },
  figure: ({ recoveries, unnormalised, flattenings, profile }) => {
    const ladders = (list: Ladder[], order: 1 | -1) => list.filter(({ beta, dim, name }) => beta === 1 && (name !== 'mixture' || dim === 10)).flatMap(({ name, dim, scope, distance }, k) => [
      { kind: 'points' as const, x: scope, y: distance, label: name === 'mixture' ? `mixture, ${dim}-D` : name, color: k },
      { kind: 'line' as const, x: scope, y: scope.map((g) => distance.at(-1)! * (g / scope.at(-1)!) ** order), dashed: true, color: k },
    ])
    return {
      title: 'Limits of local entropy',
      caption: 'Left, middle: largest distance from the limit on a window at β = 1; dashed lines have slope −1 and 1; black: the paper’s −F, not normalised. Right: the tilted double well at β = 4 as the scope shrinks.',
      panels: [
        {
          title: 'large scope',
          x: { label: 'scope', type: 'log' as const, domain: [10, 20_000] as [number, number] },
          y: { label: 'sup |u − f|', type: 'log' as const },
          marks: [...ladders(recoveries, -1), { kind: 'line' as const, x: recoveries[0].scope, y: unnormalised, label: '−F, double well', color: 6 }],
        },
        {
          title: 'small scope',
          x: { label: 'scope', type: 'log' as const, domain: [1e-4, 0.03] as [number, number] },
          y: { label: 'sup |u − (n/2β) log t − constant|', type: 'log' as const },
          marks: ladders(flattenings, 1),
        },
        {
          title: 'u − (n/2β) log t − constant',
          x: { label: 'x' },
          y: { label: 'value' },
          marks: profile.curves.map(({ scope, rest }, k) => ({ kind: 'line' as const, x: profile.x, y: rest, label: scope >= 1 ? `scope ${scope}` : `scope 1/${1 / scope}`, color: k })),
        },
      ],
      columns: 3,
    }
  },
}

