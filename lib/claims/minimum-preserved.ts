import { field, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'
import { asPotential } from '../network/loss.ts'
import { train } from '../network/training.ts'
import { hopfLax } from '../pde/hopf-lax.ts'
import { prox } from '../pde/prox.ts'
import { landscapes } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { Claim, Context } from './claim.ts'
import { digitsField, digitsSlice } from './digits-slice.ts'
import { evenly, largest } from './measure.ts'
import { newtonMinimum } from './smoothed-derivatives.ts'

interface Parameters {
  line: number
  plane: number
  digits: number
  /** Nodes an axis of the 3-D grids; 0 leaves them out. */
  space: number
  /** Whether all weights of the trained network are looked at, besides a plane through them. */
  weights: boolean
  /** What the times of persistence are multiplied by. */
  timeFactor: number
}

interface Global {
  name: string
  t: number
  /** inf u₀ − inf f in units of eps times the size of f. */
  infimum: number
  /** Nodes in one of the two sets of minimisers but not in the other. */
  mismatched: number
  minimizers: number
}

interface Local {
  name: string
  radius: number
  /** f(x*) − inf f. */
  depth: number
  /** Largest f(x*) − u₀ on the ball of radius r − √(2tΔ), t/(r²/2Δ) as in `shares`, and |f(x*) − u₀(x*)|; units of eps times the size of f. */
  lost: number[]
  /** Largest f(x*) − u₀ on the ball of radius r/2 at t = r²/(8Δ), in the same units. */
  lostOnHalf: number
}

interface Measurement {
  global: Global[]
  local: Local[]
  /** Time at which a step well loses its minimum, over r²/(2Δ). */
  losing: { name: string; ratio: number }[]
  /** u₀(x*) − f(x*) on the continuum in units of eps·size, and what moves x*. */
  continuum: { name: string; value: number; moved: number }[]
  profile: {
    step: { x: number[]; curves: { share: number; u: number[] }[] }
    bowl: { x: number[]; f: number[]; curves: { t: number; u: number[] }[]; minima: { x: number[]; value: number[] } }
    heights: { name: string; share: number[]; height: number[] }[]
  }
}

const shares = [0.25, 0.5, 0.8, 0.98]

const sizeOf = (f: Field): number => largest(f.values.data)
const unitOf = (f: Field): number => Number.EPSILON * sizeOf(f)
const envelope = (f: Field, t: number): Float64Array => hopfLax(f, { gamma: t }).envelope.values.data
const least = (values: Float64Array): number => values.reduce((low, value) => Math.min(low, value), Infinity)

function globalOf(name: string, f: Field, times: number[]): Global[] {
  const values = f.values.data
  const infimum = least(values)
  // Values of f that are equal on paper differ by roundings.
  const unit = unitOf(f)
  const attains = (value: number): boolean => value <= infimum + 16 * unit
  return times.map((t) => {
    const u = envelope(f, t)
    return {
      name, t,
      infimum: Math.abs(least(u) - infimum) / unit,
      mismatched: values.reduce((count, value, i) => count + (attains(value) === attains(u[i]) ? 0 : 1), 0),
      minimizers: values.reduce((count, value) => count + (attains(value) ? 1 : 0), 0),
    }
  })
}

/** A minimum at a node: r, the distance to the nearest node that is lower; Δ, its height above the lowest. */
interface Well {
  name: string
  f: Field
  at: number
  distance: Float64Array
  radius: number
  depth: number
}

function wellAt(name: string, f: Field, at: number): Well {
  const center = nodeAt(f.grid, at)
  const distance = Float64Array.from({ length: f.grid.size }, (_, i) => Math.hypot(...nodeAt(f.grid, i).map((x, k) => x - center[k])))
  const values = f.values.data
  const radius = distance.reduce((nearest, d, i) => (values[i] < values[at] && d < nearest ? d : nearest), Infinity)
  return { name, f, at, distance, radius, depth: values[at] - least(values) }
}

const sharpTime = ({ radius, depth }: Well): number => radius ** 2 / (2 * depth)

/** On the nodes the statement holds as on the continuum: f is +∞ between them. */
function localOf(well: Well, timeFactor: number): Local {
  const { name, f, at, distance, radius, depth } = well
  const height = f.values.data[at]
  const lostWithin = (u: Float64Array, ball: number): number =>
    u.reduce((most, value, i) => (distance[i] <= ball ? Math.max(most, height - value) : most), Math.abs(height - u[at])) / unitOf(f)
  return {
    name, radius, depth,
    lost: shares.map((share) => lostWithin(envelope(f, timeFactor * share * sharpTime(well)), Math.max(0, radius * (1 - Math.sqrt(timeFactor * share))))),
    // The half ball less what rounds at its rim.
    lostOnHalf: lostWithin(envelope(f, (timeFactor * sharpTime(well)) / 4), (radius / 2) * (1 - 1e-12)),
  }
}

/** The well of depth Δ = ½ and radius 1 with a small curvature, 0 outside; a node lies at distance 1 from its centre. */
const stepWell = (...x: number[]): number => {
  const squares = x.reduce((sum, c) => sum + c * c, 0)
  return squares < 1 - 1e-12 ? 0.5 + 0.01 * squares : 0
}

function losingTime(well: Well): number {
  let [low, high] = [0.5 * sharpTime(well), 2 * sharpTime(well)]
  const height = well.f.values.data[well.at]
  while (high - low > 4 * Number.EPSILON * high) {
    const middle = (low + high) / 2
    if (envelope(well.f, middle)[well.at] < height) high = middle
    else low = middle
  }
  return low / sharpTime(well)
}

/** Nodes lower than both neighbours along every axis, the lowest node left out; in the inner half of the grid. */
function localMinima(f: Field): number[] {
  const { shape, size, axes } = f.grid
  const values = f.values.data
  const strides = shape.map((_, k) => shape.slice(k + 1).reduce((product, n) => product * n, 1))
  const lowest = least(values)
  return Array.from({ length: size }, (_, i) => i).filter((i) => values[i] > lowest && nodeAt(f.grid, i).every((x, k) => Math.abs(x) < axes[k].max / 2)
    && strides.every((stride) => values[i] < values[i - stride] && values[i] < values[i + stride]))
}

function onContinuum(weights: boolean): Measurement['continuum'] {
  const bowl = landscapes.rippledBowl()
  const at = (name: string, f: Potential, x: ArrayLike<number>, gamma: number, convex = false): Measurement['continuum'][number] => {
    const { point, value } = prox(f, x, { gamma, convex })
    const scale = Math.max(Math.abs(f.value(x)), largest(Array.from(x)))
    return { name, value: Math.abs(value - f.value(x)) / (Number.EPSILON * scale), moved: largest(point.map((p, k) => p - x[k])) / scale }
  }
  const [lowest] = newtonMinimum(bowl, [-0.25])
  const persisting = [0.75, -1.2, 1.7].map((start) => {
    const [x] = newtonMinimum(bowl, [start])
    const lower = evenly(-3, 3, 60001).filter((y) => bowl.value([y]) < bowl.value([x])).map((y) => Math.abs(y - x))
    const radius = Math.min(...lower) - 1e-4
    return at('rippled bowl, local', bowl, [x], (0.98 * radius ** 2) / (2 * (bowl.value([x]) - bowl.value([lowest]))))
  })
  const { loss, potential: slice } = digitsSlice()
  return [
    ...[0.05, 1, 20].map((t) => at('rippled bowl, global', bowl, [lowest], t)),
    ...persisting,
    at('digits slice', slice, newtonMinimum(slice, [0, 0]), 10, true),
    ...(weights ? [at('softmax regression on the digits', asPotential(loss), train(loss).point, 10, true)] : []),
  ]
}

/** u₀(x*, t) over the nodes, by a plain loop. */
function infimumAt({ f, distance }: Well, t: number): number {
  return f.values.data.reduce((low, value, i) => Math.min(low, value + distance[i] ** 2 / (2 * t)), Infinity)
}

function profileOf(wells: Well[]): Measurement['profile'] {
  const step = field(grid({ min: -2, max: 2, size: 801 }), stepWell)
  const x = Array.from(step.grid.coordinates(0))
  const bowl = field(grid({ min: -4, max: 4, size: 1601 }), landscapes.rippledBowl())
  const shown = localMinima(bowl)
  const window = Array.from({ length: bowl.grid.size }, (_, i) => i).filter((i) => Math.abs(nodeAt(bowl.grid, i)[0]) < 2)
  const pick = (values: Float64Array): number[] => window.map((i) => values[i])
  const ladder = evenly(0.1, 2.5, 49)
  return {
    step: { x, curves: [0.25, 0.98, 1.1, 2].map((share) => ({ share, u: Array.from(envelope(step, share)) })) },
    bowl: {
      x: pick(bowl.grid.coordinates(0)), f: pick(bowl.values.data),
      curves: [0.05, 0.2].map((t) => ({ t, u: pick(envelope(bowl, t)) })),
      minima: { x: shown.map((i) => nodeAt(bowl.grid, i)[0]), value: shown.map((i) => bowl.values.data[i]) },
    },
    heights: wells.map((well) => ({
      name: well.name, share: ladder,
      height: ladder.map((share) => (infimumAt(well, share * sharpTime(well)) - least(well.f.values.data)) / well.depth),
    })),
  }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { line, plane, space, timeFactor } = parameters
  const on = (dim: number, size: number, half: number, source: Potential | ((...x: number[]) => number)): Field =>
    field(grid(Array.from({ length: dim }, (): Axis => ({ min: -half, max: half, size }))), source)
  await context.step({ fraction: 0, activity: 'global minimisers on grids' })
  const bowl = on(1, line, 4, landscapes.rippledBowl())
  const wave = field(grid({ min: 0, max: 2 * Math.PI, size: 1200, boundary: 'periodic' }), (x) => Math.cos(3 * x))
  const egg = on(2, plane, 3, landscapes.rastrigin())
  const global = [
    ...globalOf('rippled bowl', bowl, [0.01, 0.3, 10]),
    ...globalOf('two wells', on(1, line, 4, landscapes.doubleWell()), [0.1, 1.5, 30]),
    ...globalOf('a flat bottom', on(1, line, 4, (x) => Math.max(Math.abs(x) - 0.5, 0)), [0.1, 10]),
    ...globalOf('periodic wave', wave, [0.1, 10]),
    ...globalOf('Rastrigin, 2-D', egg, [0.01, 1]),
    ...globalOf('digits slice', digitsField(parameters.digits), [0.5, 5]),
    ...(space > 0 ? globalOf('Rastrigin, 3-D', on(3, space, 3, landscapes.rastrigin({ dim: 3 })), [0.01, 1]) : []),
  ]
  await context.step({ fraction: 0.4, activity: 'local minima on grids' })
  const stepOn = (dim: number, size: number): Well => {
    const f = on(dim, size, 2, stepWell)
    return wellAt(`step well, ${dim}-D`, f, (f.grid.size - 1) / 2)
  }
  const steps = [1, 2, ...(space > 0 ? [3] : [])].map((dim) => stepOn(dim, [line, plane, space][dim - 1]))
  const ripples = localMinima(bowl).map((at) => wellAt('rippled bowl', bowl, at))
  // One of each eight that are mirror images.
  const eggs = localMinima(egg).filter((at) => nodeAt(egg.grid, at).every((x, k, all) => x >= -1e-9 && (k === 0 || x <= all[0] + 1e-9)))
    .map((at) => wellAt('Rastrigin, 2-D', egg, at))
  await context.step({ fraction: 0.7, activity: 'when step wells lose their minimum' })
  return {
    global,
    local: [...steps, ...ripples, ...eggs].map((well) => localOf(well, timeFactor)),
    losing: [[1, line], [2, 41]].map(([dim, size]) => ({ name: `step well, ${dim}-D`, ratio: losingTime(stepOn(dim, size)) })),
    continuum: onContinuum(parameters.weights),
    profile: profileOf([steps[0], ripples[0], eggs[0]]),
  }
}

const steps = ({ local }: Measurement): Local[] => local.filter(({ name }) => name.startsWith('step'))
const smooth = ({ local }: Measurement): Local[] => local.filter(({ name }) => !name.startsWith('step'))
const mostLost = (local: Local[]): number => Math.max(...local.flatMap(({ lost }) => lost))
const lostReason = 'on the nodes the statement holds as it stands (f is +∞ between them), r the distance to the nearest lower node; in units of eps times the size of f'

export const minimumPreserved: Claim<Parameters, Measurement> = {
  id: 'minimum-preserved',
  paper: 'deep-relaxation',
  title: 'The inviscid smoothing keeps the infimum and its minimisers, and every local minimum until t = r²/2Δ',
  statement: String.raw`\inf u_0=\inf f,\quad\arg\min u_0=\arg\min f;\qquad f\ge f(x^*)\ \text{on}\ B_r(x^*)\ \Rightarrow\ u_0(\cdot,t)\ge u_0(x^*,t)=f(x^*)\ \text{on}\ B_{r-\sqrt{2t\Delta}}(x^*),\quad t<\tfrac{r^2}{2\Delta}`,
  hypotheses: String.raw`$u_0$ the inviscid solution of $f$ (lower semicontinuous, bounded below), $\Delta=f(x^*)-\inf f>0$. At $t=r^2/8\Delta$ the ball has radius $r/2$. Sharp: a well of constant depth loses its minimum at $r^2/2\Delta$; other wells may keep theirs longer.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation; proof: y outside of the ball costs more than Δ in |x − y|²/2t',
  parameters: {
    quick: { line: 1601, plane: 121, digits: 49, space: 0, weights: false, timeFactor: 1 },
    full: { line: 16001, plane: 481, digits: 121, space: 49, weights: true, timeFactor: 1 },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'infimum',
      observe: ({ global }) => Math.max(...global.map(({ infimum }) => infimum)),
      relation: 'at most',
      bound: () => 4,
      reason: 'inf u₀ = inf f on the nodes: a few roundings, in units of eps times the size of f',
    },
    {
      name: 'minimisers',
      observe: ({ global }) => Math.max(...global.map(({ mismatched }) => mismatched)),
      relation: 'at most',
      bound: () => 0,
      reason: 'nodes that minimise one of f and u₀ but not the other: unique minimisers, pairs, a flat bottom, periodic and real data',
    },
    {
      name: 'local minima of smooth functions up to r²/2Δ',
      observe: (measurement) => mostLost(smooth(measurement)),
      relation: 'at most',
      bound: () => 4,
      reason: `the largest f(x*) − u₀ on the ball of radius r − √(2tΔ), and |f(x*) − u₀(x*)|, at t up to 0.98 r²/2Δ; ${lostReason}`,
    },
    {
      name: 'step wells up to r²/2Δ',
      observe: (measurement) => mostLost(steps(measurement)),
      relation: 'at most',
      bound: () => 4,
      reason: `the same for wells of nearly constant depth, which are sharp; ${lostReason}`,
    },
    {
      name: 'half the ball at r²/8Δ',
      observe: ({ local }) => Math.max(...local.map(({ lostOnHalf }) => lostOnHalf)),
      relation: 'at most',
      bound: () => 4,
      reason: lostReason,
    },
    {
      name: 'when step wells lose their minimum, distance of t/(r²/2Δ) from 1',
      observe: ({ losing }) => largest(losing.map(({ ratio }) => ratio - 1)),
      relation: 'at most',
      bound: () => 64 * Number.EPSILON,
      reason: 'a node lies at distance r, so that u₀(x*) = min(Δ, r²/2t): round-off of the bisection',
    },
    {
      name: 'minima under prox on the continuum: value',
      observe: ({ continuum }) => Math.max(...continuum.map(({ value }) => value)),
      relation: 'at most',
      bound: () => 64,
      reason: 'u₀(x*) = f(x*) at global and local minima (t = 0.98 r²/2Δ), on the digits slice too; round-off of f, in units of eps·max(|f|, |x|)',
    },
    {
      name: 'minima under prox on the continuum: place',
      observe: ({ continuum }) => Math.max(...continuum.map(({ moved }) => moved)),
      relation: 'at most',
      bound: () => Math.sqrt(Number.EPSILON),
      reason: 'prox(x*) = x*, relative to x*, to the square root of eps: as well as values of f near a minimum tell its place',
    },
  ],
  control: {
    broken: String.raw`persistence is held to times 5 % later: at $1.03\,r^2/2\Delta$ a step well has lost its minimum, at $1.05\,r^2/8\Delta$ the rim of half its ball`,
    change: (parameters) => ({ ...parameters, timeFactor: 1.05 * parameters.timeFactor }),
    mustFail: ['step wells up to r²/2Δ', 'half the ball at r²/8Δ'],
  },
  figure: ({ profile: { step, bowl, heights } }) => ({
    title: 'Minima are kept',
    caption: 'Left: the inviscid solution of a step well of radius 1 and depth ½ at shares of r²/2Δ. Middle: the rippled bowl x² + 1.5 sin 2πx; dots, its local minima. '
      + 'Right: height of a local minimum above the lowest.',
    panels: [
      {
        title: 'Step well',
        x: { label: 'x' },
        y: { label: 'u₀', domain: [0, 0.55] },
        marks: step.curves.map(({ share, u }) => ({ kind: 'line' as const, x: step.x, y: u, label: `${share} r²/2Δ` })),
      },
      {
        title: 'Rippled bowl',
        x: { label: 'x' },
        y: { label: 'u₀' },
        marks: [
          { kind: 'line', x: bowl.x, y: bowl.f, label: 'f', dashed: true, color: 6 },
          ...bowl.curves.map(({ t, u }, color) => ({ kind: 'line' as const, x: bowl.x, y: u, label: `t = ${t}`, color })),
          { kind: 'points', x: bowl.minima.x, y: bowl.minima.value, color: 2 },
        ],
      },
      {
        title: 'Height of the minimum',
        x: { label: 't / (r²/2Δ)' },
        y: { label: '(u₀(x*) − inf f)/Δ', domain: [0, 1.15] },
        marks: [
          ...heights.map(({ name, share, height }, color) => ({ kind: 'line' as const, x: share, y: height, label: name, color })),
          { kind: 'rule', axis: 'x', at: 1, dashed: true, color: 6 },
        ],
      },
    ],
    columns: 3,
  }),
}
