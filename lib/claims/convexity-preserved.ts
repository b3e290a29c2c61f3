import { exp, log } from '../core/elementary.ts'
import { erfcx } from '../core/erfcx.ts'
import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { asPotential } from '../network/loss.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { prox } from '../pde/prox.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals, uniforms } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { digitsField, digitsSlice } from './digits-slice.ts'
import { evenly, largest, rangeOf, within } from './measure.ts'

interface Parameters {
  /** Random lines a function. */
  lines: number
  /** Of the digits slice and, where not 0, of all weights of softmax regression. */
  sliceLines: number
  weightLines: number
  /** Nodes an axis of the grids; 0 leaves them out. */
  line: number
  plane: number
  space: number
  digits: number
  /** With a soft minimum of planes (viscous) and a double well (inviscid) among the functions, or not. */
  data: 'convex' | 'not convex'
}

interface Least {
  name: string
  t: number
  beta: number | 'inviscid'
  dim: number
  lines: number
  /** Smallest u(x+v) − 2u(x) + u(x−v) over the lines, in units of what one value of u may be off. */
  least: number
}

interface Measurement {
  grids: Least[]
  exact: Least[]
  inviscid: Least[]
  profile: {
    kink: { x: number[]; curves: { name: string; u: number[] }[] }
    planes: { half: number; size: number; u: number[] }
    wells: { x: number[]; curves: { t: number; u: number[] }[] }
  }
}

const convexLines: [string, (x: number) => number][] = [
  ['|x|', Math.abs],
  ['max(−x, x/2, 3x − 2)', (x) => Math.max(-x, x / 2, 3 * x - 2)],
  ['x⁴/4', (x) => x ** 4 / 4],
  ['eˣ − x', (x) => exp(x) - x],
]
const softMaximum = 'log(exp(x + y) + exp(y/2 - x) + exp(-2 y) + 1)'
const quartic = '(x + y/2)^4/4 + (y - x)^2/2'

/** Smallest second difference of a field over random nodes of the window and random steps in nodes, short ones more often. */
function leastOnNodes(u: Field, window: number, lines: number, seed: number, stream: number): number {
  const { shape, spacing, dim } = u.grid
  const inside = within(u.grid, window)
  const random = uniforms(seed, [1, stream], lines * (dim + 2))
  const values = u.values.data
  let least = Infinity
  for (let j = 0, next = 0; j < lines; j++) {
    const at = inside[Math.floor(random[next++] * inside.length)]
    const reach = random[next++] ** 2
    let offset = 0
    for (let k = 0; k < dim; k++) offset = offset * shape[k] + Math.round((2 * random[next++] - 1) * Math.max(1, reach * (window / spacing[k])))
    if (offset !== 0) least = Math.min(least, values[at + offset] - 2 * values[at] + values[at - offset])
  }
  return least
}

/** The same along random lines of R^dim, and the unit at the largest value met. */
function leastOnLines(u: (x: Float64Array) => { value: number; unit: number }, dim: number, half: number, lines: number, seed: number, stream: number): number {
  const points = uniforms(seed, [2, stream], lines * (dim + 1))
  const directions = normals(seed, [3, stream], lines * dim)
  let least = Infinity
  for (let j = 0; j < lines; j++) {
    const x = points.subarray(j * dim, (j + 1) * dim).map((c) => half * (2 * c - 1))
    const v = directions.subarray(j * dim, (j + 1) * dim).map((c) => half * points[lines * dim + j] ** 2 * c)
    const [ahead, middle, behind] = [1, 0, -1].map((sign) => u(x.map((c, k) => c + sign * v[k])))
    least = Math.min(least, (ahead.value - 2 * middle.value + behind.value) / Math.max(ahead.unit, middle.unit, behind.unit))
  }
  return least
}

/** log of the normal distribution function. */
function logNormal(z: number): number {
  const tail = exp(Math.max(-(z * z) / 2, -700)) * erfcx(Math.abs(z) / Math.SQRT2) / 2
  return z < 0 ? log(erfcx(-z / Math.SQRT2) / 2) - (z * z) / 2 : log(1 - tail)
}

/** Local entropy of a|x| in closed form, and its unit: a few roundings of the terms of its exponents. */
function kinkEntropy(a: number, x: number, t: number, beta: number): { value: number; unit: number } {
  const width = Math.sqrt(t / beta)
  const [right, left] = [1, -1].map((side) => -beta * a * side * x + logNormal((side * x - a * t) / width))
  const top = Math.max(right, left)
  const value = (-a * a * t) / 2 - (top + log(exp(right - top) + exp(left - top))) / beta
  return { value, unit: 2 * Number.EPSILON * ((a * a * t) / 2 + a * Math.abs(x) + (Math.abs(x) + a * t) ** 2 / (2 * t) + 1 / beta) }
}

/** Orthonormal directions: Gram and Schmidt's on random ones. */
function rotation(dim: number, seed: number): number[][] {
  const rows: number[][] = []
  for (let k = 0; k < dim; k++) {
    let row = Array.from(normals(seed, [4, dim, k], dim))
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows) {
        const share = row.reduce((sum, c, i) => sum + c * other[i], 0)
        row = row.map((c, i) => c - share * other[i])
      }
    }
    const norm = Math.hypot(...row)
    rows.push(row.map((c) => c / norm))
  }
  return rows
}

/** Local entropy of Σ_k a_k|e_k·x|, which is a sum as the heat kernel is rotation invariant: a maximum of 2^dim planes. */
const facets = (rows: number[][], slopes: number[], t: number, beta: number) => (x: ArrayLike<number>): { value: number; unit: number } =>
  rows.map((row, k) => kinkEntropy(slopes[k], row.reduce((sum, c, i) => sum + c * x[i], 0), t, beta))
    .reduce((total, part) => ({ value: total.value + part.value, unit: total.unit + part.unit }))

function onGrids(parameters: Parameters, seed: number): Least[] {
  const { lines, line, plane, space, digits } = parameters
  const look = (name: string, initial: Field, window: number, times: number[], betas: number[], stream: number): Least[] =>
    times.flatMap((t) => betas.map((beta) => {
      const u = coleHopf(initial, { gamma: t, beta })
      const { dim } = initial.grid
      const unit = dim * (Math.max(1e-12 * rangeOf(initial), 1e-14 / beta) + 8 * Number.EPSILON * (largest(initial.values.data) + 1 / beta))
      return { name, t, beta, dim, lines, least: leastOnNodes(u, window, lines, seed, stream) / unit }
    }))
  const on = (dim: number, size: number, half: number, f: Potential | ((...x: number[]) => number)): Field =>
    field(grid(Array.from({ length: dim }, () => ({ min: -half, max: half, size }))), f)
  const softMinimum = parameters.data === 'convex' ? [] : [['−log cosh', (x: number) => -Math.log(Math.cosh(x))] as [string, (x: number) => number]]
  return [
    ...[...convexLines, ...softMinimum].flatMap(([name, f], stream) => look(name, on(1, line, 6, f), 3, [0.1, 1], [0.5, 5, 500], stream)),
    ...look('soft maximum', on(2, plane, 8, potential(softMaximum)), 2.5, [0.3, 1], [1, 5], 10),
    ...look('quartic', on(2, plane, 8, potential(quartic)), 2.5, [0.3], [1, 5], 11),
    ...look('digits slice', digitsField(digits), 4, [2], [2], 12),
    ...(space > 0 ? look('3-D', on(3, space, 5, potential('log(exp(x + y) + exp(z - x) + exp(-2 y) + exp(-z)) + (x - z)^4/8')), 1.5, [0.5, 1], [2], 13) : []),
  ]
}

function inExactForms(parameters: Parameters, seed: number): Least[] {
  return [1, 2, 5].flatMap((dim) => [0.05, 1].flatMap((t) => [0.5, 20, 1e4].map((beta) => {
    const slopes = Array.from({ length: dim }, (_, k) => 1 + k / 3)
    const u = facets(rotation(dim, seed), slopes, t, beta)
    return { name: 'facets', t, beta, dim, lines: parameters.lines, least: leastOnLines(u, dim, 2, parameters.lines, seed, 20 + dim) }
  })))
}

async function withoutViscosity(parameters: Parameters, context: Context): Promise<Least[]> {
  const slice = digitsSlice()
  const cases: { name: string; f: Potential; half: number; times: number[]; lines: number }[] = [
    ...['abs(x)', 'max(-x, x/2, 3 x - 2)', 'x^4/4', 'exp(x) - x', softMaximum, quartic].map((expression) =>
      ({ name: expression, f: potential(expression), half: 3, times: [0.1, 2], lines: parameters.lines / 16 })),
    { name: 'digits slice', f: slice.potential, half: slice.half, times: [3], lines: parameters.sliceLines },
  ]
  if (parameters.weightLines > 0) cases.push({ name: 'all weights', f: asPotential(slice.loss), half: 1, times: [3], lines: parameters.weightLines })
  if (parameters.data !== 'convex') cases.push({ name: 'double well', f: landscapes.doubleWell(), half: 2, times: [0.3, 3], lines: parameters.lines / 16 })
  const all: Least[] = []
  for (const [stream, { name, f, half, times, lines }] of cases.entries()) {
    for (const t of times) {
      await context.step({ fraction: 0.4 + (0.5 * stream) / cases.length, activity: `second differences of the inviscid solution: ${name}` })
      const envelope = (x: Float64Array): { value: number; unit: number } => {
        const { point, value } = prox(f, x, { gamma: t, convex: name !== 'double well' })
        const apart = point.reduce((sum, p, k) => sum + (x[k] - p) ** 2, 0) / (2 * t)
        // f is a sum of terms that may cancel, of the size of x where f is of order 1.
        return { value, unit: 8 * Number.EPSILON * (Math.abs(f.value(point)) + apart + largest(Array.from(x))) }
      }
      all.push({ name, t, beta: 'inviscid', dim: f.dim, lines, least: leastOnLines(envelope, f.dim, half, lines, context.seed, 30 + stream) })
    }
  }
  return all
}

function profileOf(): Measurement['profile'] {
  const x = evenly(-1.5, 1.5, 151)
  const [half, size] = [2, 61]
  const ticks = evenly(-half, half, size)
  const u = facets([[Math.SQRT1_2, Math.SQRT1_2], [Math.SQRT1_2, -Math.SQRT1_2]], [Math.SQRT1_2, Math.SQRT1_2], 0.5, 4)
  const wide = evenly(-1.8, 1.8, 181)
  return {
    kink: {
      x,
      curves: [
        { name: 'f = |x|', u: x.map(Math.abs) },
        ...[1, 4].map((beta) => ({ name: `β = ${beta}`, u: x.map((at) => kinkEntropy(1, at, 0.5, beta).value) })),
        { name: 'inviscid', u: x.map((at) => prox(potential('abs(x)'), [at], { gamma: 0.5 }).value) },
      ],
    },
    planes: { half, size, u: ticks.flatMap((a) => ticks.map((b) => u([a, b]).value)) },
    wells: { x: wide, curves: [0.3, 1.5, 6].map((t) => ({ t, u: wide.map((at) => prox(landscapes.doubleWell(), [at], { gamma: t }).value) })) },
  }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  await context.step({ fraction: 0, activity: 'second differences on grids' })
  const grids = onGrids(parameters, context.seed)
  await context.step({ fraction: 0.3, activity: 'second differences of closed forms' })
  const exact = inExactForms(parameters, context.seed)
  return { grids, exact, inviscid: await withoutViscosity(parameters, context), profile: profileOf() }
}

const smallest = (all: Least[]): number => Math.min(...all.map(({ least }) => least))

export const convexityPreserved: Claim<Parameters, Measurement> = {
  id: 'convexity-preserved',
  paper: 'deep-relaxation',
  title: 'Both smoothings of a convex function are convex',
  statement: String.raw`f\ \text{convex}\;\Longrightarrow\;u(\cdot,t)\ \text{and}\ u_0(\cdot,t)\ \text{convex for every}\ t>0`,
  hypotheses: String.raw`$f$ convex, smooth or not; every $\beta$. The converse is false: a non-convex $f$ may have a convex $u$ at large $t$; but $u_0$ of a function whose minimisers are not a convex set never is.`,
  source: 'Prékopa (1973) for u: marginals of log-concave functions are log-concave; an infimum over y of a function convex in (x, y) for u₀',
  parameters: {
    quick: { lines: 240, sliceLines: 3, weightLines: 0, line: 1201, plane: 105, space: 0, digits: 49, data: 'convex' },
    full: { lines: 8000, sliceLines: 200, weightLines: 6, line: 4801, plane: 257, space: 61, digits: 121, data: 'convex' },
  },
  seed: 17,
  experiment,
  checks: [
    {
      name: 'viscous, on grids',
      observe: ({ grids }) => smallest(grids),
      relation: 'at least',
      bound: () => -4,
      reason: 'the smallest second difference along random lines, which adds four values of u; in units of what one may be off: 1e−12 of the range of f and 8 roundings, an axis',
    },
    {
      name: 'viscous, closed forms with kinks, 1-D to 5-D',
      observe: ({ exact }) => smallest(exact),
      relation: 'at least',
      bound: () => -4,
      reason: 'Σ aₖ|eₖ·x| along random orthonormal directions; four values of u, in units of 2 roundings of the terms of its exponents',
    },
    {
      name: 'inviscid',
      observe: ({ inviscid }) => smallest(inviscid),
      relation: 'at least',
      bound: () => -4,
      reason: 'Moreau envelopes of the continuum; four values, in units of 8 roundings of f, |x − y|²/2t and x',
    },
  ],
  control: {
    broken: String.raw`data that are not convex: $-\log\cosh x$, a soft minimum of planes, whose local entropy at $\beta=1$ is $f-t/2$ (not convex at any $t$), and for $u_0$ the double well, whose two minimisers it keeps`,
    change: (parameters) => ({ ...parameters, data: 'not convex', sliceLines: 1, weightLines: 0 }),
    mustFail: ['viscous, on grids', 'inviscid'],
  },
  figure: ({ profile: { kink, planes, wells } }) => ({
    title: 'Convexity is preserved',
    caption: 'Left: |x| and its smoothings at t = 0.5. Middle: local entropy of max(|x|, |y|), t = 0.5, β = 4. '
      + 'Right: not convex at any t, the inviscid solution of the double well, which keeps both minima.',
    panels: [
      {
        title: 'Smoothings of |x|',
        x: { label: 'x' },
        y: { label: 'u' },
        marks: kink.curves.map(({ name, u }, k) => ({ kind: 'line' as const, x: kink.x, y: u, label: name, color: k === 0 ? 6 : k - 1, dashed: k === 0 })),
      },
      {
        title: 'A maximum of planes',
        x: { label: 'x' },
        y: { label: 'y' },
        marks: [
          {
            kind: 'heat', x: [-planes.half, planes.half], y: [-planes.half, planes.half], shape: [planes.size, planes.size], values: planes.u, label: 'u',
          },
          { kind: 'contours', x: [-planes.half, planes.half], y: [-planes.half, planes.half], shape: [planes.size, planes.size], values: planes.u },
        ],
      },
      {
        title: 'Double well (not convex)',
        x: { label: 'x' },
        y: { label: 'u₀' },
        marks: wells.curves.map(({ t, u }) => ({ kind: 'line' as const, x: wells.x, y: u, label: `t = ${t}` })),
      },
    ],
    columns: 3,
  }),
}
