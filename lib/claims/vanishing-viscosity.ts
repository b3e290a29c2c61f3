import { field, nodeAt } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Axis } from '../grid/grid.ts'
import { coleHopf } from '../pde/cole-hopf.ts'
import { hopfLax } from '../pde/hopf-lax.ts'
import { prox } from '../pde/prox.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { Claim, Context } from './claim.ts'
import { largest, observedOrder, rangeOf, within } from './measure.ts'

interface Parameters {
  betas: Record<CaseName, number[]>
  /** Nodes of the 1-D grids and of each axis of the 2-D ones; every how many of them the infimum is computed. */
  line: { size: number; stride: number }
  plane: { size: number; stride: number }
  /** What is held to the statement at finite β: the viscous solution, or the infimum itself. */
  formula: 'viscous' | 'infimum'
}

interface Gap {
  beta: number
  points: number[]
  gap: number[]
  /** The two halves of the bound; `lower` is null where 1 + tm ≤ 0. */
  upper: number
  lower: number | null
  /** Accuracy of the viscous solution: 1e−10 of the range of f. */
  accuracy: number
}

interface Measurement {
  convex: Gap[]
  plane: Gap[]
  shocked: Gap[]
  quadratic: Gap[]
  profile: { x: number[]; f: number[]; infimum: number[]; curves: { beta: number; u: number[] }[] }
}

/** A function with m I ≤ ∇²f ≤ M I, compared on |x| ≤ window at time gamma. */
interface Case {
  f: Potential
  m: number
  M: number
  gamma: number
  half: number
  window: number
}

// Made when first used: expressions load their parser.
const cases = (): Record<CaseName, Case> => ({
  convex: { f: potential('x^2/2 + 0.8 cos(x)'), m: 0.2, M: 1.8, gamma: 1, half: 10, window: 4 },
  // Curvatures 1 and 0.25 along the diagonals, ripple along (1, 1)/√2: −0.5 cos 2s bends by at most ±2 in s.
  plane: {
    f: potential('5 x^2/16 + 5 y^2/16 + 3 x y/8 + 0.2 cos((x + y)*sqrt(2))'), m: 0.2, M: 1.8, gamma: 0.8, half: 6, window: 2,
  },
  shocked: { f: landscapes.rippledBowl(), m: 2 - 6 * Math.PI ** 2, M: 2 + 6 * Math.PI ** 2, gamma: 0.1, half: 6, window: 2 },
  quadratic: { f: potential('0.7 x^2 + 0.7 y^2'), m: 1.4, M: 1.4, gamma: 0.5, half: 6, window: 2 },
})

type CaseName = 'convex' | 'plane' | 'shocked' | 'quadratic'

function gapOf({ f, m, M, gamma, half, window }: Case, beta: number, parameters: Parameters): Gap {
  const { size, stride } = f.dim === 1 ? parameters.line : parameters.plane
  const axis: Axis = { min: -half, max: half, size }
  const g = grid(f.dim === 1 ? axis : [axis, axis])
  const initial = field(g, f)
  const u = parameters.formula === 'viscous' ? coleHopf(initial, { gamma, beta }) : hopfLax(initial, { gamma }).envelope
  const inside = within(g, window).filter((i) => i % size % stride === 0 && Math.floor(i / size) % stride === 0)
  const halfOf = (curvature: number): number => (f.dim / (2 * beta)) * Math.log(1 + gamma * curvature)
  return {
    beta,
    points: inside.map((i) => nodeAt(g, i)[0]),
    gap: inside.map((i) => u.values.data[i] - prox(f, nodeAt(g, i), { gamma, convex: 1 + gamma * m > 0 }).value),
    upper: halfOf(M),
    lower: 1 + gamma * m > 0 ? halfOf(m) : null,
    accuracy: 1e-10 * rangeOf(initial),
  }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const all = cases()
  const names = Object.keys(all) as CaseName[]
  const gaps: Record<CaseName, Gap[]> = { convex: [], plane: [], shocked: [], quadratic: [] }
  for (const [index, name] of names.entries()) {
    for (const beta of parameters.betas[name]) {
      await context.step({ fraction: index / names.length, activity: `comparing with the infimum: ${name}, β = ${beta}` })
      gaps[name].push(gapOf(all[name], beta, parameters))
    }
  }
  const { f, gamma } = all.shocked
  const g = grid({ min: -2, max: 2, size: 801 })
  const x = Array.from(g.coordinates(0))
  const curves = [2, 8, 32].map((beta) => {
    const wide = grid({ min: -4, max: 4, size: 1601 })
    const u = coleHopf(field(wide, f), { gamma, beta })
    return { beta, u: x.map((point) => u.at(point)) }
  })
  return { ...gaps, profile: { x, f: x.map((point) => f.value([point])), infimum: x.map((point) => prox(f, [point], { gamma }).value), curves } }
}

/** Largest excess of the gap over its upper (lower) bound, less what Cole–Hopf itself may be off. */
const excess = (gaps: Gap[], half: 'upper' | 'lower'): number => Math.max(...gaps.map((gap) => {
  const bound = gap[half]
  return bound === null ? -Infinity : Math.max(...gap.gap.map((value) => (half === 'upper' ? value - bound : bound - value))) - gap.accuracy
}))

export const vanishingViscosity: Claim<Parameters, Measurement> = {
  id: 'vanishing-viscosity',
  paper: 'deep-relaxation',
  title: 'The viscous solution tends to the infimum formula as β → ∞, at the rate 1/β',
  statement: String.raw`m I\preceq\nabla^2 f\preceq M I\;\Rightarrow\;\frac{n}{2\beta}\log(1+mt)\;\le\;u(x,t)-\inf_y\Big\{f(y)+\frac{|x-y|^2}{2t}\Big\}\;\le\;\frac{n}{2\beta}\log(1+Mt)`,
  hypotheses: String.raw`$u_t=-\tfrac12|\nabla u|^2+\tfrac1{2\beta}\Delta u$, $u(\cdot,0)=f\in C^2(\mathbb R^n)$. The upper half needs only $\nabla^2 f\preceq M I$; the lower half needs $1+tm>0$: past a shock $u$ may lie below the infimum by $O(\log\beta/\beta)$.`,
  corrected: {
    printed: String.raw`u(x,t)=\inf_y\Big\{f(y)+\frac{|x-y|^2}{2t}\Big\}\quad\text{for}\quad u_t=-\tfrac12|\nabla u|^2+\tfrac1{2\beta}\Delta u`,
    wrong: String.raw`The infimum formula solves the inviscid equation ($\beta=\infty$). At finite $\beta$ and $m>0$ the viscous solution lies strictly above it; the two are not ordered in general.`,
  },
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, Hopf–Lax lemma; the bound by comparison, Δu between nm/(1+mt) and nM/(1+Mt)',
  parameters: {
    quick: {
      betas: { convex: [8, 32, 128, 512, 2048], plane: [2, 8, 32], shocked: [8, 32, 128, 512], quadratic: [2, 8, 32] },
      line: { size: 3001, stride: 12 },
      plane: { size: 161, stride: 6 },
      formula: 'viscous',
    },
    full: {
      betas: { convex: [8, 32, 128, 512, 2048, 8192], plane: [2, 8, 32, 64], shocked: [8, 32, 128, 512, 1024], quadratic: [2, 8, 32, 64] },
      line: { size: 8001, stride: 8 },
      plane: { size: 321, stride: 4 },
      formula: 'viscous',
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'upper half, convex, 1-D and 2-D',
      observe: ({ convex, plane }) => excess([...convex, ...plane], 'upper'),
      relation: 'at most',
      bound: () => 0,
      reason: 'u − u₀ ≤ (n/2β) log(1+Mt) at every node of the window, beyond the 1e−10 of the range of f to which u is computed',
    },
    {
      name: 'lower half, convex, 1-D and 2-D',
      observe: ({ convex, plane }) => excess([...convex, ...plane], 'lower'),
      relation: 'at most',
      bound: () => 0,
      reason: 'u − u₀ ≥ (n/2β) log(1+mt) at every node of the window, as 1 + mt > 0',
    },
    {
      name: 'upper half past the shocks of the rippled bowl',
      observe: ({ shocked }) => excess(shocked, 'upper'),
      relation: 'at most',
      bound: () => 0,
      reason: 'the upper half holds for every t; the lower one is not claimed here (1 + mt < 0)',
    },
    {
      name: 'equality for an isotropic quadratic',
      observe: ({ quadratic }) => Math.max(...quadratic.map(({ gap, upper, accuracy }) => largest(gap.map((value) => value - upper)) / accuracy)),
      relation: 'at most',
      bound: () => 1,
      reason: 'm = M makes both halves equal; in units of the 1e−10 of the range of f to which u is computed',
    },
    {
      name: 'order of the gap in 1/β, distance from 1',
      observe: ({ convex }) => Math.abs(observedOrder(convex.map(({ beta }) => 1 / beta), convex.map(({ gap }) => largest(gap))) - 1),
      relation: 'at most',
      bound: () => 0.1,
      reason: 'the gap is (1/2β) log(1 + t f″(y*)) + O(1/β²): slope 1; the second term bends the fit by a few hundredths from β = 8 on',
    },
  ],
  control: {
    broken: String.raw`the printed form: the infimum, over the nodes, is taken for the viscous solution at finite $\beta$, with $m>0$`,
    change: (parameters) => ({ ...parameters, formula: 'infimum' }),
    mustFail: ['lower half, convex, 1-D and 2-D', 'equality for an isotropic quadratic'],
  },
  figure: ({ convex, profile }) => {
    const last = convex[convex.length - 1]
    return {
      title: 'Vanishing viscosity',
      caption: 'Left: viscous solutions of the rippled bowl x² + 1.5 sin 2πx at t = 0.1 near the infimum. Right: the gap on x²/2 + 0.8 cos x at t = 1.',
      panels: [
        {
          title: 'u(x, 0.1) as β grows',
          x: { label: 'x' },
          y: { label: 'u' },
          marks: [
            { kind: 'line', x: profile.x, y: profile.f, label: 'f', dashed: true },
            ...profile.curves.map(({ beta, u }) => ({ kind: 'line' as const, x: profile.x, y: u, label: `β = ${beta}` })),
            { kind: 'line', x: profile.x, y: profile.infimum, label: 'infimum', width: 2.5 },
          ],
        },
        {
          title: 'β (u − u₀) stays between its bounds',
          x: { label: 'x' },
          y: { label: 'β (u − u₀)' },
          marks: [
            { kind: 'rule', axis: 'y', at: last.upper * last.beta, label: '½ log(1+Mt)', dashed: true, color: 6 },
            { kind: 'rule', axis: 'y', at: (last.lower ?? 0) * last.beta, label: '½ log(1+mt)', dashed: true, color: 6 },
            ...convex.slice(0, 3).map(({ beta, points, gap }) => ({
              kind: 'line' as const, x: points, y: gap.map((value) => value * beta), label: `β = ${beta}`,
            })),
          ],
        },
        {
          title: 'Largest gap',
          x: { label: 'β', type: 'log' },
          y: { label: 'max (u − u₀)', type: 'log' },
          marks: [
            { kind: 'points', x: convex.map(({ beta }) => beta), y: convex.map(({ gap }) => largest(gap)), label: 'measured' },
            { kind: 'line', x: convex.map(({ beta }) => beta), y: convex.map(({ upper }) => upper), label: 'upper bound', dashed: true },
          ],
        },
      ],
      columns: 3,
    }
  },
}
