import { field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import { asPotential } from '../network/loss.ts'
import { hopfLax } from '../pde/hopf-lax.ts'
import { prox } from '../pde/prox.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { digitsSlice } from './digits-slice.ts'
import { evenly, largest } from './measure.ts'

interface Parameters {
  /** Points of the line (an even number keeps clear of the shock at 0), of each axis of the digits slice, and nodes of the grid. */
  points: number
  slicePoints: number
  size: number
  /** Whether the double well is looked at on its shock, where two points attain the minimum. */
  onShock: boolean
}

interface AtPoint {
  x: number[]
  proximal: number[]
  gradient: number[]
  /** |(x − y*)/γ − ∇f(y*)| in units of eps·[(|x| + |y*|)(1/γ + |∇²f|) + √(f/γ)], the last for what cancels inside ∇f. */
  identity: number
  /** Largest difference from the envelope's difference quotients, in units of step/γ. */
  quotient: number
  unique: boolean
}

interface Measurement {
  doubleWell: AtPoint[]
  rippled: AtPoint[]
  digits: AtPoint[]
  full: { dim: number; identity: number }
  nodes: number
  contraction: { factor: number; limit: number; distances: number[][]; residual: number }
  profile: { x: number[]; gradient: number[]; grid: { x: number[]; gradient: number[] } }
}

const step = 1e-4
const shockTime = 1.5
const rippledTime = 0.05
const digitsTime = 3

/** ∇u₀ at x by the proximal point, by ∇f there, and by difference quotients of the Moreau envelope. */
function lookAt(f: Potential, x: number[], gamma: number, convex = false): AtPoint {
  const { point, gradient, unique } = prox(f, x, { gamma, convex })
  const there = f.gradient(point)
  const curvature = largest(f.hessian(point))
  const scale = (largest(x) + largest(point)) * (1 / gamma + curvature) + Math.sqrt(Math.abs(f.value(point)) / gamma)
  const identity = largest(x.map((xk, k) => (xk - point[k]) / gamma - there[k])) / (Number.EPSILON * scale)
  const quotient = largest(x.map((_, k) => {
    const shifted = (by: number): number => prox(f, x.map((xj, j) => xj + (j === k ? by : 0)), { gamma, convex }).value
    return (shifted(step) - shifted(-step)) / (2 * step) - gradient[k]
  })) / (step / gamma)
  return { x, proximal: Array.from(point), gradient: Array.from(gradient), identity, quotient, unique }
}

/** p ← ∇f(x − γp) from p = 0: largest ratio of successive distances to the fixed point above round-off, and where it ends. */
function contractionOf(): Measurement['contraction'] {
  const f = potential('x^2/2 + 0.8 cos(x)')
  const [gamma, lipschitz] = [0.4, 1.8]
  const runs = evenly(-3, 3, 7).filter((x) => x !== 0).map((x) => {
    const [exact] = prox(f, [x], { gamma }).gradient
    const distances = [Math.abs(exact)]
    for (let k = 0, p = 0; k < 150; k++) {
      p = f.gradient([x - gamma * p])[0]
      distances.push(Math.abs(p - exact))
    }
    return distances
  })
  const ratios = runs.flatMap((distances) => distances.slice(1).map((d, k) => (distances[k] > 1e-9 ? d / distances[k] : 0)))
  return { factor: Math.max(...ratios), limit: gamma * lipschitz, distances: runs, residual: Math.max(...runs.map((d) => d[d.length - 1])) }
}

/** Largest |(x − y)/γ − ∇u₀| over the nodes, y the envelope's minimising node, in units of h/γ; nodes beside a jump of the minimiser are left out. */
function onNodes(f: Potential, gamma: number, size: number): { worst: number; x: number[]; gradient: number[] } {
  const g = grid({ min: -3, max: 3, size })
  const y = hopfLax(field(g, f), { gamma }).minimizer[0].values.data
  const [h] = g.spacing
  const x = Array.from(g.coordinates(0))
  const jump = (i: number): boolean => Math.abs(y[i + 1] - y[i]) > 10 * h
  const chosen = x.map((_, i) => i).filter((i) => Math.abs(x[i]) < 2 && i % 16 === 0 && ![-2, -1, 0, 1].some((by) => jump(i + by)))
  const off = chosen.map((i) => (x[i] - y[i]) / gamma - prox(f, [x[i]], { gamma }).gradient[0])
  return { worst: largest(off) / (h / gamma), x: chosen.map((i) => x[i]), gradient: chosen.map((i) => (x[i] - y[i]) / gamma) }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const doubleWell = landscapes.doubleWell()
  const rippled = landscapes.rippledBowl()
  await context.step({ fraction: 0, activity: 'double well past its shock' })
  const line = evenly(-2, 2, parameters.points)
  const onWell = (parameters.onShock ? [0] : line).map((x) => lookAt(doubleWell, [x], shockTime))
  await context.step({ fraction: 0.2, activity: 'rippled bowl' })
  const onBowl = line.map((x) => lookAt(rippled, [x], rippledTime))
  await context.step({ fraction: 0.4, activity: 'slice through softmax regression trained on the digits' })
  const slice = digitsSlice()
  const ticks = evenly(-0.8 * slice.half, 0.8 * slice.half, parameters.slicePoints)
  const onSlice: AtPoint[] = []
  for (const a of ticks) {
    for (const b of ticks) onSlice.push(lookAt(slice.potential, [a, b], digitsTime, true))
    await context.step({ fraction: 0.6, activity: 'slice through softmax regression trained on the digits' })
  }
  const whole = asPotential(slice.loss)
  const away = normals(context.seed, 0, whole.dim)
  const { point } = prox(whole, away, { gamma: 1, convex: true })
  const there = whole.gradient(point)
  const nodes = onNodes(rippled, rippledTime, parameters.size)
  const fine = evenly(-2, 2, 400)
  const atShock = onNodes(doubleWell, shockTime, 401)
  return {
    doubleWell: onWell, rippled: onBowl, digits: onSlice,
    full: { dim: whole.dim, identity: largest(Array.from(point, (y, k) => away[k] - y - there[k])) / largest(away) },
    nodes: nodes.worst,
    contraction: contractionOf(),
    profile: { x: fine, gradient: fine.map((x) => prox(doubleWell, [x], { gamma: shockTime }).gradient[0]), grid: atShock },
  }
}

const all = ({ doubleWell, rippled, digits }: Measurement): AtPoint[] => [...doubleWell, ...rippled, ...digits]

export const proxGradient: Claim<Parameters, Measurement> = {
  id: 'prox-gradient',
  paper: 'deep-relaxation',
  title: 'The gradient of the inviscid solution is the proximal step: ∇u₀ = (x − y*)/t = ∇f(y*)',
  statement: String.raw`\mathrm{prox}_{tf}(x)=\{y^*\}\;\Rightarrow\;\nabla u_0(x,t)=\frac{x-y^*}{t}=\nabla f(y^*),\qquad p^*=\nabla u_0\ \text{solves}\ p=\nabla f(x-tp)`,
  hypotheses: String.raw`The infimum of $f(y)+|x-y|^2/2t$ is attained at one point only (almost every $x$); the plain iteration $p\leftarrow\nabla f(x-tp)$ contracts where $t\,\mathrm{Lip}(\nabla f)<1$.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, Hopf–Lax lemma and the HJ algorithm; Moreau (1965)',
  parameters: {
    quick: { points: 60, slicePoints: 3, size: 2001, onShock: false },
    full: { points: 400, slicePoints: 8, size: 20001, onShock: false },
  },
  seed: 11,
  experiment,
  checks: [
    {
      name: 'single-valued prox',
      observe: (measurement) => all(measurement).filter(({ unique }) => !unique).length,
      relation: 'at most',
      bound: () => 0,
      reason: 'the hypothesis: every point looked at has one proximal point',
    },
    {
      name: '(x − y*)/t = ∇f(y*)',
      observe: (measurement) => Math.max(...all(measurement).map(({ identity }) => identity)),
      relation: 'at most',
      bound: () => 64,
      reason: 'round-off of x, y* and of ∇f: tens of roundings, in units of eps·[(|x| + |y*|)(1/t + |∇²f|) + √(f/t)]',
    },
    {
      name: 'difference quotients of the envelope',
      observe: (measurement) => Math.max(...all(measurement).map(({ quotient }) => quotient)),
      relation: 'at most',
      bound: () => 1,
      reason: `∇u₀ changes by about step/t over a step of ${step} where the prox is single-valued; in units of step/t`,
    },
    {
      name: 'minimising nodes of the envelope on a grid',
      observe: ({ nodes }) => nodes,
      relation: 'at most',
      bound: () => 1,
      reason: 'the minimising node lies within a spacing of y*; in units of h/t',
    },
    {
      name: 'all 650 weights of softmax regression on the digits',
      observe: ({ full }) => full.identity,
      relation: 'at most',
      bound: () => 1e-9,
      reason: 'x − y* = t∇f(y*) in full dimension, relative to |x|, to the gradient tolerance of the descent (1e−10 of the scale, times ten)',
    },
    {
      name: 'contraction of p ← ∇f(x − tp)',
      observe: ({ contraction }) => contraction.factor,
      relation: 'at most',
      bound: ({ contraction }) => contraction.limit,
      reason: 't·Lip(∇f) = 0.4 · 1.8 on x²/2 + 0.8 cos x',
    },
    {
      name: 'fixed point of p ← ∇f(x − tp)',
      observe: ({ contraction }) => contraction.residual,
      relation: 'at most',
      bound: ({ contraction }) => (64 * Number.EPSILON * 3) / (1 - contraction.limit),
      reason: 'round-off of one step (|x| ≤ 3) over 1 − t·Lip(∇f)',
    },
  ],
  control: {
    broken: String.raw`a point on the shock: the double well at $x=0$, $t=1.5$, where $\pm y^*$ attain the minimum and $u_0$ has a kink`,
    change: (parameters) => ({ ...parameters, onShock: true }),
    mustFail: ['single-valued prox', 'difference quotients of the envelope'],
  },
  figure: ({ doubleWell, digits, contraction, profile }) => ({
    title: 'The proximal step is the gradient',
    caption: `Left: the double well at t = ${shockTime}; ∇u₀ jumps at the shock x = 0. Middle: proximal steps, t = ${digitsTime}, on a plane through softmax regression trained on digits. `
      + 'Right: the fixed-point iteration on x²/2 + 0.8 cos x at t = 0.4.',
    panels: [
      {
        title: '∇u₀ of the double well',
        x: { label: 'x' },
        y: { label: '∇u₀' },
        marks: [
          { kind: 'line', x: profile.x.filter((x) => x < 0), y: profile.gradient.filter((_, i) => profile.x[i] < 0), label: '(x − y*)/t', color: 0 },
          { kind: 'line', x: profile.x.filter((x) => x > 0), y: profile.gradient.filter((_, i) => profile.x[i] > 0), color: 0 },
          { kind: 'points', x: doubleWell.map(({ x }) => x[0]), y: doubleWell.map(({ gradient }) => gradient[0]), color: 1 },
        ],
      },
      {
        title: 'Proximal steps on the digits slice',
        x: { label: 'from start to minimiser' },
        y: { label: 'steepest across' },
        marks: [
          ...digits.map(({ x, proximal }) => ({ kind: 'line' as const, x: [x[0], proximal[0]], y: [x[1], proximal[1]], color: 0 })),
          { kind: 'points', x: digits.map(({ proximal }) => proximal[0]), y: digits.map(({ proximal }) => proximal[1]), color: 1, label: 'y*' },
        ],
      },
      {
        title: 'Distance to the fixed point',
        x: { label: 'iteration' },
        y: { label: '|p − p*|', type: 'log' },
        marks: [
          ...contraction.distances.map((distances) => {
            const shown = distances.map((d, k) => ({ d, k })).filter(({ d, k }) => d > 1e-15 && k <= 60)
            return { kind: 'line' as const, x: shown.map(({ k }) => k), y: shown.map(({ d }) => d), color: 0 }
          }),
          {
            kind: 'line', x: evenly(0, 60, 61), y: evenly(0, 60, 61).map((k) => 3 * contraction.limit ** k), label: '(t Lip ∇f)ᵏ', dashed: true, color: 1,
          },
        ],
      },
    ],
    columns: 3,
  }),
}
