import { field, fieldOf, nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { integrate } from '../grid/operators.ts'
import { hamiltonJacobi } from '../pde/hamilton-jacobi/equation.ts'
import { hopfLax as envelopeOf } from '../pde/hopf-lax.ts'
import { solve } from '../pde/march.ts'
import { landscapes } from '../potential/index.ts'
import { uniforms } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { largest, observedOrder, within } from './measure.ts'

interface Parameters {
  /** Sizes of the 1-D and 2-D ladders of the grid solver. */
  line: number[]
  plane: number[]
  /** Nodes of the grids that the envelope is compared on. */
  envelope: number
  /** Godunov's monotone scheme, or central differences with a Runge–Kutta step. */
  scheme: 'godunov' | 'central'
}

interface Ladder {
  spacing: number[]
  /** L¹ error over the window. */
  error: number[]
}

interface Measurement {
  bruteForce: number
  closedForms: { name: string; below: number; above: number; slack: number }[]
  line: Ladder
  plane: Ladder
  shock: { error: number; roundings: number }
  profile: { x: number[]; f: number[]; curves: { time: number; exact: number[]; grid: number[] | null }[]; minimizer: number[] }
}

const shockTime = 1.5
/** Of values up to 4. */
const roundOff = 16 * Number.EPSILON * 4

/** Infimum of (y²−1)²/4 + (x−y)²/2t: y³ + (1/t − 1)y = x/t on the side of x, by Newton from above, where the cubic is convex. */
function doubleWellInfimum(x: number, t: number): number {
  const target = Math.abs(x) / t
  let y = Math.max(1, Math.abs(x)) + 1
  for (let k = 0; k < 60; k++) y -= (y * y * y + (1 / t - 1) * y - target) / (3 * y * y + 1 / t - 1)
  return (y * y - 1) ** 2 / 4 + (Math.abs(x) - y) ** 2 / (2 * t)
}

const well = landscapes.doubleWell()
const doubleWell = (x: number): number => well.value([x])

/** Central differences in place of the monotone flux; third-order Runge–Kutta in time. Stops when the numbers leave any sensible range, and gives 1000 for what has. */
function central(initial: Field, time: number): Field {
  const { grid: g } = initial
  const [h] = g.spacing
  const n = g.size
  const rate = (u: Float64Array): Float64Array => u.map((_, i) => {
    const slope = i === 0 ? (u[1] - u[0]) / h : i === n - 1 ? (u[n - 1] - u[n - 2]) / h : (u[i + 1] - u[i - 1]) / (2 * h)
    return -0.5 * slope * slope
  })
  const mix = (a: number, u: Float64Array, b: number, v: Float64Array, dt: number): Float64Array => {
    const slope = rate(v)
    return u.map((value, i) => a * value + b * (v[i] + dt * slope[i]))
  }
  let u: Float64Array = Float64Array.from(initial.values.data)
  const steps = Math.ceil(time / (0.05 * h))
  const dt = time / steps
  for (let k = 0; k < steps && largest(u) < 1e3; k++) {
    const first = mix(0, u, 1, u, dt)
    u = mix(1 / 3, u, 2 / 3, mix(3 / 4, u, 1 / 4, first, dt), dt)
  }
  return fieldOf(g, u.map((value) => (Math.abs(value) < 1e3 ? value : 1e3)))
}

async function march(initial: Field, time: number, scheme: Parameters['scheme'], context: Context): Promise<Field> {
  if (scheme === 'central') return central(initial, time)
  return (await solve(hamiltonJacobi({ initial }), { time, scheme, signal: context.signal })).final
}

function windowError(u: Field, exact: (...x: number[]) => number, window: number): number {
  return integrate(field(u.grid, (...x) => (x.every((xk) => Math.abs(xk) <= window) ? Math.abs(u.at(...x) - exact(...x)) : 0)))
}

/** Largest difference of the envelope from plain loops over all nodes and images, on random data, in units of eps·scale. */
function bruteForce(seed: number): number {
  const differences = (['extrapolate', 'periodic'] as const).flatMap((boundary, kind) => [0.01, 0.3].flatMap((gamma, which) => {
    const g = grid([{ min: -1, max: 1, size: 17, boundary }, { min: 0, max: 3, size: 13, boundary }])
    const random = uniforms(seed, 2 * kind + which, g.size)
    let next = 0
    const f = field(g, () => random[next++])
    const shifts = boundary === 'periodic' ? [-1, 0, 1] : [0]
    const { envelope } = envelopeOf(f, { gamma })
    return Array.from(envelope.values.data, (value, i) => {
      const x = nodeAt(g, i)
      let least = Infinity
      for (let j = 0; j < g.size; j++) {
        const y = nodeAt(g, j)
        for (const a of shifts) {
          for (const b of shifts) {
            least = Math.min(least, f.values.data[j] + ((x[0] - y[0] - 2 * a) ** 2 + (x[1] - y[1] - 3 * b) ** 2) / (2 * gamma))
          }
        }
      }
      return (value - least) / (Number.EPSILON * (1 + 13 / (2 * gamma)))
    })
  }))
  return largest(differences)
}

/** The envelope over the nodes may lie above the infimum by at most its node slack, never below. */
function closedForms(size: number): Measurement['closedForms'] {
  const t = 0.5
  const forms = [
    { name: 'quadratic x² + x', f: (x: number) => x * x + x, exact: (x: number) => (x * x + x - t / 2) / (1 + 2 * t), M: 2, time: t },
    { name: '|x|', f: Math.abs, exact: (x: number) => (Math.abs(x) <= t ? (x * x) / (2 * t) : Math.abs(x) - t / 2), M: 0, time: t },
    { name: '−|x|', f: (x: number) => -Math.abs(x), exact: (x: number) => -Math.abs(x) - t / 2, M: 0, time: t },
    { name: 'double well past its shock', f: doubleWell, exact: (x: number) => doubleWellInfimum(x, shockTime), M: 11, time: shockTime },
  ]
  return forms.map(({ name, f, exact, M, time }) => {
    const g = grid({ min: -2, max: 2, size })
    const { envelope } = envelopeOf(field(g, f), { gamma: time })
    const gaps = within(g, 1).map((i) => envelope.values.data[i] - exact(nodeAt(g, i)[0]))
    return { name, below: -Math.min(...gaps), above: Math.max(...gaps), slack: ((M + 1 / time) * g.spacing[0] ** 2) / 8 }
  })
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { scheme } = parameters
  const line: Ladder = { spacing: [], error: [] }
  for (const size of parameters.line) {
    await context.step({ fraction: 0.1, activity: `double well past its shock, ${size} nodes` })
    const g = grid({ min: -2, max: 2, size })
    line.spacing.push(g.spacing[0])
    line.error.push(windowError(await march(field(g, doubleWell), shockTime, scheme, context), (x) => doubleWellInfimum(x, shockTime), 1.5))
  }
  const plane: Ladder = { spacing: [], error: [] }
  for (const size of parameters.plane) {
    await context.step({ fraction: 0.5, activity: `four wells in the plane, ${size}² nodes` })
    const axis = { min: -2, max: 2, size }
    const initial = field(grid([axis, axis]), (x, y) => doubleWell(x) + doubleWell(y))
    const final = (await solve(hamiltonJacobi({ initial }), { time: shockTime, scheme: 'godunov', signal: context.signal })).final
    plane.spacing.push(initial.grid.spacing[0])
    plane.error.push(windowError(final, (x, y) => doubleWellInfimum(x, shockTime) + doubleWellInfimum(y, shockTime), 1.5))
  }
  await context.step({ fraction: 0.9, activity: 'standing shock, closed forms and brute force' })
  const kink = grid({ min: -1, max: 1, size: 201 })
  const standing = await march(field(kink, (x) => -Math.abs(x)), 1, scheme, context)
  const shockErrors = within(kink, 1).map((i) => standing.values.data[i] + Math.abs(nodeAt(kink, i)[0]) + 0.5)
  return {
    bruteForce: bruteForce(context.seed),
    closedForms: closedForms(parameters.envelope),
    line,
    plane,
    shock: { error: largest(shockErrors), roundings: 4 * Number.EPSILON * Math.ceil(1 / (0.1 * kink.spacing[0])) },
    profile: await profileOf(scheme, context),
  }
}

async function profileOf(scheme: Parameters['scheme'], context: Context): Promise<Measurement['profile']> {
  const g = grid({ min: -2, max: 2, size: 401 })
  const initial = field(g, doubleWell)
  const x = Array.from(g.coordinates(0))
  const curves = []
  for (const time of [0.5, shockTime, 4]) {
    const coarse = grid({ min: -2, max: 2, size: 61 })
    const solved = time === shockTime ? await march(field(coarse, doubleWell), time, scheme, context) : null
    curves.push({ time, exact: x.map((point) => doubleWellInfimum(point, time)), grid: solved && Array.from(solved.values.data) })
  }
  const { minimizer } = envelopeOf(initial, { gamma: shockTime })
  return { x, f: x.map(doubleWell), curves, minimizer: Array.from(minimizer[0].values.data) }
}

export const hopfLax: Claim<Parameters, Measurement> = {
  id: 'hopf-lax',
  paper: 'deep-relaxation',
  title: 'The inf-convolution is the viscosity solution of the inviscid equation, also past shocks',
  statement: String.raw`u_t=-\tfrac12|\nabla u|^2,\;u(\cdot,0)=f\quad\Longrightarrow\quad u(x,t)=\inf_y\Big\{f(y)+\frac{|x-y|^2}{2t}\Big\}`,
  hypotheses: String.raw`$f$ bounded below by a quadratic flatter than $-|x|^2/2t$; $u$ is the viscosity solution, Lipschitz but not $C^1$ past the first shock.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, Hopf–Lax lemma; Evans, Partial Differential Equations, section 3.3',
  parameters: {
    quick: { line: [101, 201, 401, 801], plane: [51, 101], envelope: 2001, scheme: 'godunov' },
    full: { line: [101, 201, 401, 801, 1601, 3201], plane: [51, 101, 201, 401], envelope: 20001, scheme: 'godunov' },
  },
  seed: 7,
  experiment,
  checks: [
    {
      name: 'envelope against plain loops, 2-D, periodic too',
      observe: ({ bruteForce: worst }) => worst,
      relation: 'at most',
      bound: () => 8,
      reason: 'the same minimum of the same sums, on random data: a few roundings, in units of eps·(max f + |x−y|²/2γ)',
    },
    {
      name: 'envelope not below the closed forms',
      observe: ({ closedForms: forms }) => Math.max(...forms.map(({ below }) => below)),
      relation: 'at most',
      bound: () => roundOff,
      reason: 'an infimum over fewer points cannot be lower: round-off only (16 eps, values up to 4)',
    },
    {
      name: 'envelope above the closed forms by no more than its node slack',
      observe: ({ closedForms: forms }) => Math.max(...forms.map(({ above, slack }) => (above - roundOff) / slack)),
      relation: 'at most',
      bound: () => 1,
      reason: 'the minimiser is within h/2 of a node, where f + |x−y|²/2t is higher by at most (M + 1/t)h²/8; 16 eps of values up to 4 are taken off first',
    },
    {
      name: 'order in L¹ of the monotone solver past the shock, 1-D',
      observe: ({ line }) => observedOrder(line.spacing, line.error),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'declared order 1, less half the gap to no convergence',
    },
    {
      name: 'order in L¹ of the monotone solver past the shock, 2-D',
      observe: ({ plane }) => observedOrder(plane.spacing, plane.error),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'declared order 1, less half the gap to no convergence',
    },
    {
      name: 'standing shock of −|x|',
      observe: ({ shock }) => shock.error,
      relation: 'at most',
      bound: ({ shock }) => shock.roundings,
      reason: 'the monotone flux is exact on −|x| − t/2: 4 eps for each of at most 10/h steps',
    },
  ],
  control: {
    broken: String.raw`the monotone flux is replaced by central differences (1-D): consistent, but not monotone, so it need not find the viscosity solution; on $-|x|$ it sees slope $0$ at the kink and leaves $u(0,t)=0$`,
    change: (parameters) => ({ ...parameters, scheme: 'central' }),
    mustFail: ['standing shock of −|x|'],
  },
  figure: ({ line, plane, profile }) => ({
    title: 'Hopf–Lax',
    caption: `Double well (x²−1)²/4: the shock stands at 0 from t = 1 on. Dots: the monotone grid solver at t = ${shockTime} on 61 nodes.`,
    panels: [
      {
        title: 'u(x, t)',
        x: { label: 'x' },
        y: { label: 'u', domain: [0, 0.8] },
        marks: [
          { kind: 'line', x: profile.x.filter((x) => Math.abs(x) < 1.6), y: profile.f.filter((_, i) => Math.abs(profile.x[i]) < 1.6), label: 'f', dashed: true, color: 6 },
          ...profile.curves.map(({ time, exact }, k) => ({ kind: 'line' as const, x: profile.x, y: exact, label: `t = ${time}`, color: k })),
          ...profile.curves.flatMap(({ grid: solved }) => (solved === null ? [] : [{
            kind: 'points' as const, x: solved.map((_, i) => -2 + (4 * i) / (solved.length - 1)), y: solved, color: 1,
          }])),
        ],
      },
      {
        title: `Minimiser y*(x), t = ${shockTime}`,
        x: { label: 'x' },
        y: { label: 'y*' },
        marks: [{ kind: 'line', x: profile.x, y: profile.minimizer }],
      },
      {
        title: 'L¹ error, monotone solver',
        x: { label: 'h', type: 'log' },
        y: { label: 'error', type: 'log' },
        marks: [
          { kind: 'points', x: line.spacing, y: line.error, label: '1-D' },
          { kind: 'points', x: plane.spacing, y: plane.error, label: '2-D' },
          { kind: 'line', x: line.spacing, y: line.spacing.map((h) => (line.error[0] * h) / line.spacing[0]), label: 'order 1', dashed: true },
        ],
      },
    ],
    columns: 3,
  }),
}
