import { convexFunctions } from '../pde/convex/index.ts'
import type { ConvexFunction } from '../pde/convex/index.ts'
import { hopfFormula as hopf } from '../pde/hopf-formula.ts'
import { prox } from '../pde/prox.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals, uniforms } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { evenly, largest } from './measure.ts'

interface Parameters {
  dimensions: number[]
  points: number
  times: number[]
  /** The data of the test in which f need not be convex: convex, or the double well. */
  data: 'convex' | 'double well'
}

interface Measurement {
  /** Largest errors over the points, relative to the value's size. */
  huber: Errors[]
  quadratic: Errors[]
  /** Hopf formula and inf-convolution by a global search. */
  global: { time: number; x: number; hopf: number; infimum: number }[]
  gaps: number
  profile: { x: number[]; f: number[]; hopf: number[]; infimum: number[] }
}

const stream = { points: 0x686f7066, curvatures: 0x63757276 }

/** Componentwise Huber: x²/2t inside of t, |x| − t/2 outside. */
function huber(x: Float64Array, t: number): { value: number; gradient: Float64Array } {
  const gradient = x.map((c) => Math.max(-1, Math.min(1, c / t)))
  return { value: x.reduce((sum, c) => sum + (Math.abs(c) <= t ? (c * c) / (2 * t) : Math.abs(c) - t / 2), 0), gradient }
}

interface Errors {
  dim: number
  value: number
  gradient: number
}

/** Errors of the formula against a closed form at random points, relative to the size of what is compared, and the largest certified gap. */
function against(
  f: ConvexFunction, dim: number, exact: (x: Float64Array, t: number) => { value: number; gradient: Float64Array }, { points, times }: Parameters, seed: number,
): Errors & { gap: number } {
  const [values, gradients, gaps]: number[][] = [[], [], []]
  for (let i = 0; i < points; i++) {
    const x = normals(seed, [stream.points, dim, i], dim)
    for (const time of times) {
      const found = hopf({ initial: f }, x, { time })
      const { value, gradient } = exact(x, time)
      values.push(Math.abs(found.value - value) / Math.abs(value))
      gradients.push(largest(found.gradient.map((p, k) => p - gradient[k])) / largest(gradient))
      gaps.push(found.gap / Math.abs(value))
    }
  }
  return { dim, value: largest(values), gradient: largest(gradients), gap: largest(gaps) }
}

/** f = Σ a_k x_k²/2: u = Σ a_k x_k²/(2(1 + t a_k)). */
const quadraticAt = (curvatures: Float64Array) => (x: Float64Array, t: number) => {
  const gradient = x.map((c, k) => (curvatures[k] * c) / (1 + t * curvatures[k]))
  return { value: x.reduce((sum, c, k) => sum + (c * gradient[k]) / 2, 0), gradient }
}

/** Data on the line on which the formula is held to the inf-convolution with a global search. */
const onLine = (data: Parameters['data']): Potential => (data === 'convex' ? potential('x^2/2 + log(cosh(3 x))') : landscapes.doubleWell())

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { dimensions, times, data } = parameters
  const [huberErrors, quadraticErrors]: (Errors & { gap: number })[][] = [[], []]
  for (const [k, dim] of dimensions.entries()) {
    await context.step({ fraction: (0.8 * k) / dimensions.length, activity: `Huber and quadratics in ${dim} dimension${dim === 1 ? '' : 's'}` })
    const curvatures = uniforms(context.seed, [stream.curvatures, dim], dim).map((u) => 0.1 + 4 * u)
    huberErrors.push(against(convexFunctions.l1Norm(), dim, huber, parameters, context.seed))
    quadraticErrors.push(against(convexFunctions.quadratic({ curvatures: Array.from(curvatures) }), dim, quadraticAt(curvatures), parameters, context.seed))
  }
  await context.step({ fraction: 0.8, activity: 'against the inf-convolution' })
  const f = onLine(data)
  const infimum = (x: number, time: number): number => prox(f, [x], { time, convex: data === 'convex' }).value
  const formula = (x: number, time: number): number => hopf({ initial: f }, [x], { time }).value
  const global = times.flatMap((time) => [0, 0.4, 1.2].map((x) => ({ time, x, hopf: formula(x, time), infimum: infimum(x, time) })))
  const [well, x] = [landscapes.doubleWell(), evenly(-1.8, 1.8, 73)]
  return {
    huber: huberErrors, quadratic: quadraticErrors, global, gaps: largest([...huberErrors, ...quadraticErrors].map(({ gap }) => gap)),
    profile: {
      x, f: x.map((at) => well.value([at])), hopf: x.map((at) => hopf({ initial: well }, [at], { time: 0.5 }).value),
      infimum: x.map((at) => prox(well, [at], { time: 0.5 }).value),
    },
  }
}

const roundOff = (name: string, of: 'huber' | 'quadratic'): Claim<Parameters, Measurement>['checks'][0] => ({
  name,
  observe: (measurement) => Math.max(...measurement[of].map(({ value, gradient }) => Math.max(value, gradient))) / Number.EPSILON,
  relation: 'at most',
  bound: (_, { dimensions }) => 16 + Math.sqrt(Math.max(...dimensions)),
  reason: 'value and gradient in units of eps of their sizes: sixteen for the terms, and √n for the sum of n of them, whose roundings add up at random',
})

export const hopfFormula: Claim<Parameters, Measurement> = {
  id: 'hopf-formula',
  paper: 'deep-relaxation',
  title: 'The Hopf formula solves the inviscid equation for convex data at a point, without a grid, in any dimension',
  statement: String.raw`f\;	ext{convex}:\quad u(x,t)=\sup_p\{p\cdot x-f^*(p)-tH(p)\}\;	ext{solves}\;u_t+H(\nabla u)=0,\;u(\cdot,0)=f;\qquad f=|x|_1,\;H=\tfrac12|p|^2:\;	ext{componentwise Huber}`,
  hypotheses: String.raw`$f$ convex and lower semicontinuous, $H$ continuous. For other $f$ the formula sees the convex envelope $f^{**}$ only and lies below the solution where $f>f^{**}$.`,
  source: 'Hopf (1965); Bardi & Evans (1984); Darbon & Osher (2016), Algorithms for overcoming the curse of dimensionality',
  parameters: {
    quick: { dimensions: [1, 10, 100, 1000], points: 3, times: [0.1, 0.5, 2], data: 'convex' },
    full: { dimensions: [1, 3, 10, 30, 100, 300, 1000], points: 20, times: [0.1, 0.5, 2], data: 'convex' },
  },
  seed: 0,
  experiment,
  checks: [
    roundOff('Huber, 1 to 1000 dimensions', 'huber'),
    roundOff('quadratics, 1 to 1000 dimensions', 'quadratic'),
    {
      name: 'certified gap',
      observe: ({ gaps }) => gaps,
      relation: 'at most',
      bound: () => 1e-12,
      reason: 'the bounds from both sides meet to the 1e−13 of their terms that is asked for, ten times for cancellation among these',
    },
    {
      name: 'the inf-convolution by a global search agrees',
      observe: ({ global }) => Math.max(...global.map(({ hopf: a, infimum }) => Math.abs(a - infimum))),
      relation: 'at most',
      bound: () => 1e-10,
      reason: 'x²/2 + log cosh 3x on the line: both are searches that end at round-off of slopes, 1e−8 at the flattest, whose square counts in the values',
    },
  ],
  control: {
    broken: String.raw`the data are the double well $(x^2-1)^2/4$, where $f>f^{**}$ between the wells: at $x=0$ the formula gives $0$, the solution is $\min(\tfrac14,\tfrac1{2t}-\tfrac1{4t^2})$`,
    change: (parameters) => ({ ...parameters, data: 'double well' }),
    mustFail: ['the inf-convolution by a global search agrees'],
  },
  figure: ({ huber: errors, quadratic, profile: { x, f, hopf: formula, infimum } }) => ({
    title: 'The Hopf formula',
    caption: 'Left: in how many units of round-off it is off for convex data. Right: the double well at t = 0.5, whose convex envelope is all that it sees.',
    panels: [
      {
        title: 'error in every dimension',
        x: { label: 'dimension', type: 'log' },
        y: { label: 'relative error / eps' },
        marks: [
          { kind: 'points', x: errors.map(({ dim }) => dim), y: errors.map(({ value }) => value / Number.EPSILON), label: '|x|₁' },
          { kind: 'points', x: quadratic.map(({ dim }) => dim), y: quadratic.map(({ value }) => value / Number.EPSILON), label: 'quadratics' },
        ],
      },
      {
        title: 'double well, t = 0.5',
        x: { label: 'x' },
        y: { label: 'value' },
        marks: [
          { kind: 'line', x, y: f, label: 'f', dashed: true, color: 6 },
          { kind: 'line', x, y: infimum, label: 'inf-convolution', color: 0 },
          { kind: 'line', x, y: formula, label: 'Hopf formula', color: 1 },
        ],
      },
    ],
  }),
}
