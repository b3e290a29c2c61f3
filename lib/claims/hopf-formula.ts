import { expm1, log1p, tanh } from '../core/hyperbolic.ts'
import { euclideanNorm } from '../core/lbfgs.ts'
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
  /** The same, but of the gradient relative to the size of the terms of y + t∇f(y) = x over t. */
  smooth: Errors[]
  /** Hopf formula and inf-convolution by a global search. */
  global: { time: number; x: number; hopf: number; infimum: number }[]
  gaps: number
  profile: { x: number[]; f: number[]; hopf: number[]; infimum: number[] }
}

const stream = { points: 0x686f7066, curvatures: 0x63757276, smooth: 0x736d6f6f }

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

/** f = √(1 + |y|²) + Σ log cosh y_k: smooth, its coordinates coupled, neither f* nor a proximal map of it in closed form. */
function smoothData(dim: number): Potential {
  const root = (y: ArrayLike<number>): number => {
    let sum = 1
    for (let k = 0; k < dim; k++) sum += y[k] * y[k]
    return Math.sqrt(sum)
  }
  return potential({
    dim,
    value(y) {
      let sum = root(y)
      for (let k = 0; k < dim; k++) sum += Math.abs(y[k]) + log1p(expm1(-2 * Math.abs(y[k])) / 2)
      return sum
    },
    gradient(y, out) {
      const r = root(y)
      for (let k = 0; k < dim; k++) out[k] = y[k] / r + tanh(y[k])
    },
  })
}

/** Errors at x = y + t∇f(y) for random y, where ∇u = ∇f(y) and u = f(y) + t|∇f(y)|²/2. */
function alongCharacteristics(dim: number, { points, times }: Parameters, seed: number): Errors & { gap: number } {
  const f = smoothData(dim)
  const [values, gradients, gaps]: number[][] = [[], [], []]
  for (let i = 0; i < points; i++) {
    const y = normals(seed, [stream.smooth, dim, i], dim)
    const slope = f.gradient(y)
    for (const time of times) {
      const x = y.map((c, k) => c + time * slope[k])
      const found = hopf({ initial: f }, x, { time, convex: true })
      const value = f.value(y) + (time * euclideanNorm(slope) ** 2) / 2
      const size = euclideanNorm(slope) + (euclideanNorm(x) + euclideanNorm(y)) / time + Math.sqrt(f.value(y) / time)
      values.push(Math.abs(found.value - value) / value)
      gradients.push(euclideanNorm(found.gradient.map((p, k) => p - slope[k])) / size)
      gaps.push(found.gap / value)
    }
  }
  return { dim, value: largest(values), gradient: largest(gradients), gap: largest(gaps) }
}

/** Data on the line on which the formula is held to the inf-convolution with a global search. */
const onLine = (data: Parameters['data']): Potential => (data === 'convex' ? potential('x^2/2 + log(cosh(3 x))') : landscapes.doubleWell())

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { dimensions, times, data } = parameters
  const [huberErrors, quadraticErrors, smoothErrors]: (Errors & { gap: number })[][] = [[], [], []]
  for (const [k, dim] of dimensions.entries()) {
    await context.step({ fraction: (0.8 * k) / dimensions.length, activity: `Huber, quadratics and smooth data in ${dim} dimension${dim === 1 ? '' : 's'}` })
    const curvatures = uniforms(context.seed, [stream.curvatures, dim], dim).map((u) => 0.1 + 4 * u)
    huberErrors.push(against(convexFunctions.l1Norm(), dim, huber, parameters, context.seed))
    quadraticErrors.push(against(convexFunctions.quadratic({ curvatures: Array.from(curvatures) }), dim, quadraticAt(curvatures), parameters, context.seed))
    smoothErrors.push(alongCharacteristics(dim, parameters, context.seed))
  }
  await context.step({ fraction: 0.8, activity: 'against the inf-convolution' })
  const f = onLine(data)
  const infimum = (x: number, time: number): number => prox(f, [x], { time, convex: data === 'convex' }).value
  const formula = (x: number, time: number): number => hopf({ initial: f }, [x], { time }).value
  const global = times.flatMap((time) => [0, 0.4, 1.2].map((x) => ({ time, x, hopf: formula(x, time), infimum: infimum(x, time) })))
  const [well, x] = [landscapes.doubleWell(), evenly(-1.8, 1.8, 49)]
  return {
    huber: huberErrors, quadratic: quadraticErrors, smooth: smoothErrors, global,
    gaps: largest([...huberErrors, ...quadraticErrors, ...smoothErrors].map(({ gap }) => gap)),
    profile: {
      x, f: x.map((at) => well.value([at])), hopf: x.map((at) => hopf({ initial: well }, [at], { time: 0.5 }).value),
      infimum: x.map((at) => prox(well, [at], { time: 0.5 }).value),
    },
  }
}

/** For the terms of a value, and for the sum of up to n of them, whose roundings add up at random. */
const units = (dimensions: number[]): number => 16 + Math.sqrt(Math.max(...dimensions))

const roundOff = (name: string, of: 'huber' | 'quadratic'): Claim<Parameters, Measurement>['checks'][0] => ({
  name,
  observe: (measurement) => Math.max(...measurement[of].map(({ value, gradient }) => Math.max(value, gradient))) / Number.EPSILON,
  relation: 'at most',
  bound: (_, { dimensions }) => units(dimensions),
  reason: 'value and gradient in units of eps of their sizes: sixteen for the terms, and √n for the sum of n of them, whose roundings add up at random',
})

export const hopfFormula: Claim<Parameters, Measurement> = {
  id: 'hopf-formula',
  paper: 'deep-relaxation',
  title: 'The Hopf formula solves the inviscid equation for convex data at a point, without a grid, in any dimension',
  statement: String.raw`f\;\text{convex}:\quad u(x,t)=\sup_p\{p\cdot x-f^*(p)-tH(p)\}\;\text{solves}\;u_t+H(\nabla u)=0,\;u(\cdot,0)=f;\qquad f=|x|_1,\;H=\tfrac12|p|^2:\;\text{componentwise Huber}`,
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
      name: 'smooth coupled data along characteristics, values',
      observe: ({ smooth }) => Math.max(...smooth.map(({ value }) => value)) / Number.EPSILON,
      relation: 'at most',
      bound: (_, { dimensions }) => units(dimensions),
      reason: 'as for the quadratics: the error of the maximiser counts by its square only',
    },
    {
      name: 'smooth coupled data along characteristics, gradients',
      observe: ({ smooth }) => Math.max(...smooth.map(({ gradient }) => gradient)) / Number.EPSILON,
      relation: 'at most',
      bound: () => 10,
      reason: 'in units of eps of the terms of y + t∇f(y) = x over t: descents end at eight of ‖y + t∇f(y) − x‖/t, which bounds the error of p since f is convex; two for the roundings of x and p',
    },
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
  figure: ({ huber: errors, quadratic, smooth, profile: { x, f, hopf: formula, infimum } }) => ({
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
          { kind: 'points', x: smooth.map(({ dim }) => dim), y: smooth.map(({ value }) => value / Number.EPSILON), label: 'smooth' },
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
