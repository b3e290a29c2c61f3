import { field, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { sevenPointLaplacian, threePointLaplacian } from '../kernels/heat-kernel.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { diffusion } from '../pde/diffusion.ts'
import { prox } from '../pde/prox.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { Claim, Context } from './claim.ts'
import { digitsField, digitsSlice } from './digits-slice.ts'
import { largest, observedOrder, rangeOf, within } from './measure.ts'

type Kind = 'convex' | 'concave' | 'neither'

interface Parameters {
  betas: number[]
  /** Nodes an axis; 0 leaves the 3-D case out. */
  line: number
  plane: number
  space: number
  digits: number
  /** About how many nodes of the window the infimum is computed at, on the line and in more dimensions. */
  points: [number, number]
  smallBetas: number[]
  /** The kinds of f that u₀ ≤ u is asserted of. */
  below: Kind[]
}

/** m I ≤ ∇²f ≤ M I (null: no such number is used), compared on |x_k| ≤ window at time t. */
interface Case {
  name: string
  kind: Kind
  f: Potential
  t: number
  m: number | null
  M: number | null
  half: number
  window: number
}

interface Ordering {
  name: string
  kind: Kind
  beta: number
  /** Largest excess over the window of what must be the smaller one, less what the numbers may be off. */
  overHeat: number
  belowInfimum: number | null
  aboveInfimum: number | null
  overUpper: number | null
  underLower: number | null
  /** For m = M: the largest distance from equality, over the same. */
  equality: number | null
}

interface Measurement {
  orderings: Ordering[]
  small: { beta: number[]; deviation: number[] }
  profile: { name: string; x: number[]; f: number[]; infimum: number[]; u: number[]; heat: number[] }[]
}

function casesOf({ space }: Parameters): Case[] {
  const slice = digitsSlice()
  return [
    { name: 'x²/2 + 0.8 cos x', kind: 'convex', f: potential('x^2/2 + 0.8 cos(x)'), t: 1, m: 0.2, M: 1.8, half: 12, window: 3 },
    { name: '|x|', kind: 'convex', f: potential('abs(x)'), t: 1, m: 0, M: null, half: 12, window: 3 },
    { name: '0.7 |x|²', kind: 'convex', f: potential('0.7 x^2 + 0.7 y^2'), t: 0.5, m: 1.4, M: 1.4, half: 7, window: 1.5 },
    // Curvatures 1 and 0.25 along the diagonals; the ripple along (1, 1)/√2 bends by at most ±0.8.
    {
      name: 'rippled quadratic', kind: 'convex', f: potential('5 x^2/16 + 5 y^2/16 + 3 x y/8 + 0.2 cos((x + y)*sqrt(2))'),
      t: 0.8, m: 0.2, M: 1.8, half: 8, window: 1.5,
    },
    { name: 'digits slice', kind: 'convex', f: slice.potential, t: 4, m: 0, M: null, half: slice.half, window: slice.half / 3 },
    { name: '−0.4 x²', kind: 'concave', f: potential('-0.4 x^2'), t: 0.5, m: -0.8, M: -0.8, half: 16, window: 2 },
    // Written so that it does not overflow far out, where prox looks for lower values.
    { name: '−log 2 cosh x', kind: 'concave', f: potential('-abs(x) - log1p(exp(-2 abs(x)))'), t: 0.5, m: -1, M: 0, half: 12, window: 3 },
    // −sech²(x + y/2) (1, ½)(1, ½)ᵀ − 0.4 e₂e₂ᵀ: eigenvalues between −1.25 − 0.4 and 0.
    { name: 'concave, 2-D', kind: 'concave', f: potential('-abs(x + y/2) - log1p(exp(-2 abs(x + y/2))) - 0.2 y^2'), t: 0.5, m: -1.65, M: 0, half: 8, window: 1.5 },
    { name: 'rippled bowl', kind: 'neither', f: landscapes.rippledBowl(), t: 0.01, m: 2 - 6 * Math.PI ** 2, M: 2 + 6 * Math.PI ** 2, half: 4, window: 2 },
    { name: 'double well', kind: 'neither', f: landscapes.doubleWell(), t: 1, m: null, M: null, half: 6, window: 1.5 },
    ...(space === 0 ? [] : [{
      // diag(2, ½, 1) and 0.3 (1, 1, 1)(1, 1, 1)ᵀ times what lies between −1 and 1.
      name: '3-D', kind: 'neither' as const, f: potential('x^2 + 0.25 y^2 + 0.5 z^2 + 0.3 sin(x + y + z)'), t: 0.5, m: -0.4, M: 2.9, half: 5, window: 1,
    }]),
  ]
}

/** The heat flow h(·, t) of f and what it may be off: the second-order Laplacian's distance from that of order 6 is far more than the latter's error. */
function heatFlow(initial: Field, beta: number, t: number, inside: number[]): { heat: Float64Array; off: number } {
  const [heat, coarse] = [sevenPointLaplacian, threePointLaplacian].map((laplacian) => {
    const out = new Float64Array(initial.grid.size)
    diffusion(initial.grid, 1 / (2 * beta), laplacian)(Float64Array.from(initial.values.data), t, out)
    return out
  })
  return { heat, off: largest(inside.map((i) => heat[i] - coarse[i])) }
}

function orderingOf(given: Case, initial: Field, beta: number, { points, below }: Parameters): Ordering {
  const { name, kind, f, t, m, M, window } = given
  const inside = within(initial.grid, window)
  const u = coleHopf(initial, { gamma: t, beta }).values.data
  const { heat, off } = heatFlow(initial, beta, t, inside)
  const accuracy = 1e-10 * rangeOf(initial)
  const stride = Math.max(1, Math.floor(inside.length / points[f.dim === 1 ? 0 : 1]))
  const convex = m !== null && 1 + t * m > 0
  const gaps = m === null ? null : inside.filter((_, j) => j % stride === 0).map((i) => u[i] - prox(f, nodeAt(initial.grid, i), { gamma: t, convex }).value)
  const half = (curvature: number): number => (f.dim / (2 * beta)) * Math.log(1 + t * curvature)
  const most = (excess: (gap: number) => number): number => Math.max(...gaps!.map(excess)) - accuracy
  return {
    name, kind, beta,
    overHeat: Math.max(...inside.map((i) => u[i] - heat[i])) - off - accuracy,
    belowInfimum: gaps !== null && below.includes(kind) ? most((gap) => -gap) : null,
    aboveInfimum: kind === 'concave' ? most((gap) => gap) : null,
    overUpper: M === null ? null : most((gap) => gap - half(M)),
    underLower: convex ? most((gap) => half(m) - gap) : null,
    equality: m !== null && m === M ? largest(gaps!.map((gap) => gap - half(m))) / accuracy : null,
  }
}

/** At fixed s = t/β: the largest distance over a window of (h − u)/(½β Var f(x + √s Z)) from 1. */
function smallOf(smallBetas: number[]): Measurement['small'] {
  const s = 0.25
  const initial = field(grid({ min: -8, max: 8, size: 801 }), potential('x^2/2 + 0.8 cos(x)'))
  const inside = within(initial.grid, 2)
  // Far out the squares, which are not linear there, must not be felt: the window is twelve widths from the ends.
  const flow = diffusion(initial.grid, 0.5, sevenPointLaplacian)
  const [mean, squares] = [1, 2].map((power) => {
    const out = new Float64Array(initial.grid.size)
    flow(Float64Array.from(initial.values.data, (value) => value ** power), s, out)
    return out
  })
  const deviation = smallBetas.map((beta) => {
    const u = coleHopf(initial, { gamma: s * beta, beta }).values.data
    return largest(inside.map((i) => (mean[i] - u[i]) / ((beta / 2) * (squares[i] - mean[i] ** 2)) - 1))
  })
  return { beta: smallBetas, deviation }
}

function profileOf(cases: Case[]): Measurement['profile'] {
  return ['x²/2 + 0.8 cos x', '−log 2 cosh x'].map((name) => {
    const { f, t } = cases.find((given) => given.name === name)!
    const beta = 1
    const initial = field(grid({ min: -12, max: 12, size: 1201 }), f)
    const inside = within(initial.grid, 2.5).filter((i) => i % 4 === 0)
    const u = coleHopf(initial, { gamma: t, beta }).values.data
    const { heat } = heatFlow(initial, beta, t, inside)
    const x = inside.map((i) => nodeAt(initial.grid, i)[0])
    const pick = (values: Float64Array): number[] => inside.map((i) => values[i])
    return { name: `f = ${name}`, x, f: x.map((at) => f.value([at])), infimum: x.map((at) => prox(f, [at], { gamma: t }).value), u: pick(u), heat: pick(heat) }
  })
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const cases = casesOf(parameters)
  const orderings: Ordering[] = []
  for (const [index, given] of cases.entries()) {
    const { name, f, half } = given
    const size = [parameters.line, parameters.plane, parameters.space][f.dim - 1]
    const initial = name === 'digits slice' ? digitsField(parameters.digits)
      : field(grid(Array.from({ length: f.dim }, () => ({ min: -half, max: half, size }))), f)
    // The slice's grid resolves wide measures only.
    for (const beta of name === 'digits slice' ? [1] : parameters.betas) {
      await context.step({ fraction: index / cases.length, activity: `comparing smoothings: ${name}, β = ${beta}` })
      orderings.push(orderingOf(given, initial, beta, parameters))
    }
  }
  return { orderings, small: smallOf(parameters.smallBetas), profile: profileOf(cases) }
}

type Excess = 'overHeat' | 'belowInfimum' | 'aboveInfimum' | 'overUpper' | 'underLower' | 'equality'

/** Largest of a kind of excess over the cases that have it. */
const worst = ({ orderings }: Measurement, kind: Excess): number =>
  Math.max(...orderings.map((ordering) => ordering[kind]).filter((excess) => excess !== null))
const offReason = 'at nodes of the window, beyond the 1e−10 of the range of f to which u is computed'

export const smoothingOrder: Claim<Parameters, Measurement> = {
  id: 'smoothing-order',
  paper: 'deep-relaxation',
  title: 'Local entropy lies below the heat flow; convexity decides on which side of the inviscid solution',
  statement: String.raw`u\le h=G_{t/\beta}*f;\qquad \frac{n}{2\beta}\log(1+mt)\le u-u_0\le\frac{n}{2\beta}\log(1+Mt);\qquad f\ \text{convex}\Rightarrow u_0\le u\le h,\quad f\ \text{concave}\Rightarrow u\le u_0`,
  hypotheses: String.raw`$u\le h$ always (Jensen). $mI\preceq\nabla^2f\preceq MI$; the upper half needs $M$ only, the lower half $1+tm>0$. $u$ and $u_0$ are not ordered in general.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, on the smoothings; Jensen’s inequality, and comparison with Δu between nm/(1+mt) and nM/(1+Mt)',
  parameters: {
    quick: {
      betas: [1, 5], line: 801, plane: 89, space: 0, digits: 49, points: [30, 8], smallBetas: [0.08, 0.04, 0.02, 0.01], below: ['convex'],
    },
    full: {
      betas: [0.5, 1, 5, 20], line: 4801, plane: 321, space: 73, digits: 121, points: [400, 80],
      smallBetas: [0.16, 0.08, 0.04, 0.02, 0.01, 0.005], below: ['convex'],
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'u ≤ h, every f',
      observe: (measurement) => worst(measurement, 'overHeat'),
      relation: 'at most',
      bound: () => 0,
      reason: `${offReason}, and the distance between heat flows with Laplacians of orders 2 and 6; convex, concave and neither, 1-D and 2-D, digits`,
    },
    {
      name: 'convex f: u₀ ≤ u',
      observe: (measurement) => worst(measurement, 'belowInfimum'),
      relation: 'at most',
      bound: () => 0,
      reason: `m ≥ 0; ${offReason}`,
    },
    {
      name: 'concave f: u ≤ u₀',
      observe: (measurement) => worst(measurement, 'aboveInfimum'),
      relation: 'at most',
      bound: () => 0,
      reason: `M ≤ 0; ${offReason}`,
    },
    {
      name: 'upper half',
      observe: (measurement) => worst(measurement, 'overUpper'),
      relation: 'at most',
      bound: () => 0,
      reason: `u − u₀ ≤ (n/2β) log(1+Mt) ${offReason}`,
    },
    {
      name: 'lower half',
      observe: (measurement) => worst(measurement, 'underLower'),
      relation: 'at most',
      bound: () => 0,
      reason: `u − u₀ ≥ (n/2β) log(1+mt), where 1 + mt > 0, ${offReason}`,
    },
    {
      name: 'equality for isotropic quadratics, convex and concave',
      observe: (measurement) => worst(measurement, 'equality'),
      relation: 'at most',
      bound: () => 1,
      reason: 'm = M makes both halves equal; in units of the 1e−10 of the range of f to which u is computed',
    },
    {
      name: 'h − u = ½β Var f(x + √s Z) + O(β²), order in β, distance from 1',
      observe: ({ small }) => Math.abs(observedOrder(small.beta, small.deviation) - 1),
      relation: 'at most',
      bound: () => 0.1,
      reason: 'at fixed s = t/β the gap over its leading term is 1 − βκ₃/(3 Var) + O(β²): slope 1; the next term bends the fit by a few hundredths from β = 0.1 down',
    },
  ],
  control: {
    broken: String.raw`the false order $u_0\le u$ is asserted of concave $f$ too, where $1+tm>0$: there $u<u_0$ strictly`,
    change: (parameters) => ({ ...parameters, below: ['convex', 'concave'] }),
    mustFail: ['convex f: u₀ ≤ u'],
  },
  figure: ({ small, profile }) => ({
    title: 'Order of the smoothings',
    caption: 'Left, middle: the inviscid solution u₀, local entropy u and heat flow h at β = 1, t = 1 (convex) and t = 0.5 (concave). '
      + 'Right: at fixed t/β = 0.25 the gap h − u tends to half of β times the variance of f.',
    panels: [
      ...profile.map(({ name, x, f, infimum, u, heat }) => ({
        title: name,
        x: { label: 'x' },
        y: { label: 'value' },
        marks: [
          { kind: 'line' as const, x, y: f, label: 'f', dashed: true, color: 6 },
          { kind: 'line' as const, x, y: infimum, label: 'u₀', color: 0 },
          { kind: 'line' as const, x, y: u, label: 'u', color: 1 },
          { kind: 'line' as const, x, y: heat, label: 'h', color: 2 },
        ],
      })),
      {
        title: '(h − u)/(½β Var f)',
        x: { label: 'β', type: 'log' as const },
        y: { label: 'distance from 1', type: 'log' as const },
        marks: [
          { kind: 'points' as const, x: small.beta, y: small.deviation, label: 'measured' },
          { kind: 'line' as const, x: small.beta, y: small.beta.map((beta) => (small.deviation[0] * beta) / small.beta[0]), label: 'order 1', dashed: true },
        ],
      },
    ],
    columns: 3,
  }),
}
