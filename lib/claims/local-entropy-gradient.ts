import { averagedDrift } from '../homogenization/averaged-drift.ts'
import { localEntropy } from '../pde/local-entropy/index.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { evenly, largest, observedOrder } from './measure.ts'
import { localEntropyAt, sampled, slopeMean } from './smoothed-derivatives.ts'
import type { Sampled } from './smoothed-derivatives.ts'

interface Parameters {
  /** Points of each landscape in one and two dimensions. */
  points: number
  /** Dimensions of the Gaussian mixtures. */
  dimensions: number[]
  /** Chains and their steps, and samples, of each sampled gradient. */
  chains: number
  steps: number
  samples: number
  /** Nodes of the grids of the ladder, 4n + 1. */
  ladder: number[]
  /** What is averaged in −∇F = γ(x − E[·]): the variable x′ of the local Gibbs law, or x as printed. */
  average: 'of the local Gibbs law' | 'of x, as printed'
}

/** Components of one gradient by a sampling method, with the exact ones. */
interface Sample {
  method: 'langevin' | 'importance'
  dim: number
  exact: number[]
  estimate: number[]
  standardError: number[]
  bias: number[]
  effectiveSampleSize: number
}

interface Measurement {
  /** Largest differences of quadrature, in units of the gradient's size at the points. */
  forms: { name: string; toMean: number; toSlopes: number }[]
  mixtures: { dim: number; quadrature: number }[]
  grid: { spacing: number[]; error: number[] }
  samples: Sample[]
  profile: { x: number[]; slope: number[]; gradient: number[]; points: { x: number[]; gradient: number[]; errors: number[] } }
}

const rippled = { gamma: 0.2, beta: 5, half: 7 }
const planar = { gamma: 0.5, beta: 3, half: 6 }

/** A mixture with means and variances that differ in every direction; its local entropy has the variances raised by γ/β. */
const mixing = { gamma: 0.4, beta: 2 }

function mixture(dim: number, time: number): Potential {
  // Means that stay as far apart in every dimension, so that both components matter.
  const scale = 1 / Math.sqrt(dim)
  const [a, b] = [normals(17, dim, dim), normals(18, dim, dim)]
  return landscapes.gaussianMixture({
    weights: [0.4, 0.6], means: [a, b].map((z) => Array.from(z, (value) => value * scale)), variances: [0.5, 0.8].map((s) => s + time / mixing.beta), beta: mixing.beta,
  })
}

const pointOf = (dim: number): number[] => Array.from(normals(19, dim, dim), (value) => (0.7 * value) / Math.sqrt(dim))

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const averaged = (x: ArrayLike<number>, gradient: ArrayLike<number>, gamma: number): number[] =>
    // (x − ⟨·⟩)/γ with ⟨·⟩ from the gradient's own average, or with x itself, over which nothing is averaged.
    Array.from(gradient, (g, k) => (parameters.average === 'of x, as printed' ? (x[k] - x[k]) / gamma : g))
  await context.step({ fraction: 0, activity: 'quadrature of both forms' })
  const cases: { name: string; f: Potential; gamma: number; beta: number; sample: Sampled; points: number[][] }[] = [
    { name: 'rippled bowl', f: landscapes.rippledBowl({ roughness: 5 }), ...rippled, sample: sampled(landscapes.rippledBowl({ roughness: 5 }), rippled.half, 4001), points: evenly(-2, 2, parameters.points).map((x) => [x]) },
    {
      name: 'wells in the plane', f: potential('(x^2 - 1)^2/4 + (y - x^2/2)^2 + 0.3 sin(3 x y)'), ...planar,
      sample: sampled(potential('(x^2 - 1)^2/4 + (y - x^2/2)^2 + 0.3 sin(3 x y)'), planar.half, 181),
      points: evenly(-1.3, 1.3, parameters.points).map((x, i) => [x, 0.6 * Math.cos(5 * i)]),
    },
  ]
  const forms: Measurement['forms'] = []
  for (const { name, f, gamma, beta, sample, points } of cases) {
    const [means, slopes, sizes]: number[][] = [[], [], []]
    for (const x of points) {
      const gradient = averaged(x, (await localEntropy(f, x, { gamma, beta, method: 'quadrature' })).gradient, gamma)
      const mean = localEntropyAt(sample, x, gamma, beta).gradient
      means.push(largest(gradient.map((g, k) => g - mean[k])))
      slopes.push(largest(slopeMean(sample, f, x, gamma, beta).map((s, k) => s - gradient[k])))
      sizes.push(largest(mean))
    }
    const size = largest(sizes)
    forms.push({ name, toMean: largest(means) / size, toSlopes: largest(slopes) / size })
  }
  const mixtures: Measurement['mixtures'] = []
  const samples: Sample[] = []
  for (const [k, dim] of parameters.dimensions.entries()) {
    await context.step({ fraction: 0.2 + (0.6 * k) / parameters.dimensions.length, activity: `sampling in ${dim} dimension${dim === 1 ? '' : 's'}` })
    const f = mixture(dim, 0)
    const x = pointOf(dim)
    const exact = Array.from(mixture(dim, mixing.gamma).gradient(x))
    if (dim <= 3) {
      const gradient = averaged(x, (await localEntropy(f, x, { ...mixing, method: 'quadrature' })).gradient, mixing.gamma)
      mixtures.push({ dim, quadrature: largest(gradient.map((g, i) => g - exact[i])) / largest(exact) })
    }
    for (const method of ['langevin', 'importance'] as const) {
      const { chains, steps } = parameters
      const effort = method === 'langevin' ? { chains, steps } : { samples: parameters.samples }
      const sampled = await averagedDrift({ potential: f, at: x, ...mixing, method, ...effort, seed: context.seed, ...(context.signal && { signal: context.signal }) })
      samples.push({
        method, dim, exact, estimate: averaged(x, sampled.drift.map((d) => -d), mixing.gamma), standardError: Array.from(sampled.standardError),
        bias: Array.from(sampled.bias, Math.abs), effectiveSampleSize: sampled.effectiveSampleSize!,
      })
    }
  }
  await context.step({ fraction: 0.8, activity: 'the gradient of the grid solution' })
  return { forms, mixtures, samples, grid: await ladder(parameters, averaged), profile: await profile(context) }
}

/** Central differences of the Cole–Hopf field at a node, on finer and finer grids, against quadrature. */
async function ladder({ ladder: sizes }: Parameters, averaged: (x: number[], gradient: ArrayLike<number>, gamma: number) => number[]): Promise<Measurement['grid']> {
  const f = landscapes.doubleWell()
  const [x, gamma, beta] = [[0.4], 0.5, 4]
  const exact = averaged(x, (await localEntropy(f, x, { gamma, beta })).gradient, gamma)[0]
  const errors: number[] = []
  for (const size of sizes) {
    const { drift } = await averagedDrift({ potential: f, at: x, gamma, beta, method: 'grid', size })
    errors.push(Math.abs(-drift[0] - exact))
  }
  return { spacing: sizes.map((size) => 1 / (size - 1)), error: errors }
}

async function profile(context: Context): Promise<Measurement['profile']> {
  const f = landscapes.rippledBowl()
  const { gamma, beta } = rippled
  const x = evenly(-1.6, 1.6, 121)
  const gradient: number[] = []
  for (const at of x) gradient.push((await localEntropy(f, [at], { gamma, beta })).gradient[0])
  const points = { x: evenly(-1.5, 1.5, 16), gradient: [] as number[], errors: [] as number[] }
  for (const at of points.x) {
    const { drift, standardError } = await averagedDrift({ potential: f, at: [at], gamma, beta, method: 'importance', samples: 1000, seed: context.seed })
    points.gradient.push(-drift[0])
    points.errors.push(2 * standardError[0])
  }
  return { x, slope: x.map((at) => f.gradient([at])[0]), gradient, points }
}

/** With some hundred and fifty components of each method, five standard errors are passed once in ten thousand seeds. */
const allowedErrors = 5

const sampling = (method: Sample['method']): Claim<Parameters, Measurement>['checks'][0] => ({
  name: `${method === 'langevin' ? 'Langevin chains' : 'importance sampling'}, every dimension`,
  observe: ({ samples }) => Math.max(...samples.filter((one) => one.method === method).map(({ exact, estimate, standardError, bias }) =>
    Math.max(...exact.map((g, k) => (Math.abs(estimate[k] - g) - bias[k]) / standardError[k])))),
  relation: 'at most',
  bound: () => allowedErrors,
  reason: `standard errors of the method itself, beyond the bias that it states; ${allowedErrors} of them, for as many components as all dimensions have together`,
})

export const localEntropyGradient: Claim<Parameters, Measurement> = {
  id: 'local-entropy-gradient',
  paper: 'entropy-sgd',
  title: 'The gradient of local entropy is (x − ⟨y⟩)/t = ⟨∇f(y)⟩, an average over the local Gibbs law',
  statement: String.raw`\nabla u(x,t)=\frac{x-\langle y\rangle}{t}=\langle\nabla f(y)\rangle,\qquad \langle\cdot\rangle\;\text{over}\;\rho(dy;x)\propto e^{-\beta f(y)-\beta|x-y|^2/2t}\,dy`,
  hypotheses: String.raw`$u=-\tfrac1\beta\log(G_{t/\beta}*e^{-\beta f})$ finite; the second form by parts. In the notation of Entropy-SGD, $-F=u+\mathrm{const}$ at $\beta=1$ and $t=1/\gamma$.`,
  corrected: {
    printed: String.raw`-\nabla F(x,\gamma)=\gamma\,(x-\mathbb E[x])`,
    wrong: String.raw`The expectation is over $x'$, distributed by the local Gibbs law around $x$: $-\nabla F=\gamma(x-\mathbb E[x'])$. Read as printed, nothing is averaged and the gradient is 0.`,
  },
  source: 'Chaudhari et al. (2017), Entropy-SGD, eq. (7) and appendix C; Chaudhari et al. (2018), Deep Relaxation, Lemma 5',
  parameters: {
    quick: { points: 5, dimensions: [1, 2, 3, 10, 100], chains: 40, steps: 400, samples: 3000, ladder: [65, 129, 257], average: 'of the local Gibbs law' },
    full: { points: 21, dimensions: [1, 2, 3, 5, 10, 20, 50, 100], chains: 200, steps: 1000, samples: 16_000, ladder: [65, 129, 257, 513, 1025], average: 'of the local Gibbs law' },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'quadrature of (x − ⟨y⟩)/t, 1-D and 2-D',
      observe: ({ forms }) => Math.max(...forms.map(({ toMean }) => toMean)),
      relation: 'at most',
      bound: () => 1e-8,
      reason: 'relative to the largest gradient: two quadratures of smooth integrands, one of them adaptive to 1e−10, agree to 1e−8 as promised',
    },
    {
      name: 'quadrature of ⟨∇f(y)⟩, 1-D and 2-D',
      observe: ({ forms }) => Math.max(...forms.map(({ toSlopes }) => toSlopes)),
      relation: 'at most',
      bound: () => 1e-8,
      reason: 'as above; the integrand is another',
    },
    {
      name: 'quadrature against Gaussian mixtures, 1-D to 3-D',
      observe: ({ mixtures }) => Math.max(...mixtures.map(({ quadrature }) => quadrature)),
      relation: 'at most',
      bound: () => 1e-8,
      reason: 'relative to the gradient, known in closed form',
    },
    sampling('langevin'),
    sampling('importance'),
    {
      name: 'order of the grid solution’s gradient',
      observe: ({ grid: { spacing, error } }) => observedOrder(spacing, error),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'central differences of order 2, less half the gap to 1; u itself is exact to round-off on these grids',
    },
  ],
  control: {
    broken: String.raw`the printed $\gamma(x-\mathbb E[x])$, in which nothing is averaged`,
    change: (parameters) => ({ ...parameters, average: 'of x, as printed' }),
    mustFail: [
      'quadrature of (x − ⟨y⟩)/t, 1-D and 2-D', 'quadrature of ⟨∇f(y)⟩, 1-D and 2-D', 'quadrature against Gaussian mixtures, 1-D to 3-D',
      'Langevin chains, every dimension', 'importance sampling, every dimension', 'order of the grid solution’s gradient',
    ],
  },
  figure: ({ profile: { x, slope, gradient, points }, samples, grid: { spacing, error } }) => ({
    title: 'Gradients of local entropy',
    caption: 'Left: x² + 1.5 sin 2πx at t = 0.2, β = 5. Middle: components for Gaussian mixtures in every dimension. Bars: two standard errors.',
    panels: [
      {
        title: 'the rippled bowl',
        x: { label: 'x' },
        y: { label: 'slope' },
        marks: [
          { kind: 'line', x, y: slope, label: 'f′', dashed: true, color: 6 },
          { kind: 'line', x, y: gradient, label: 'u_x by quadrature', color: 0 },
          { kind: 'points', x: points.x, y: points.gradient, errors: points.errors, label: 'by 1000 samples', color: 1 },
        ],
      },
      {
        title: 'sampled against exact',
        x: { label: 'exact ∂u/∂x_k' },
        y: { label: 'sampled' },
        marks: (['langevin', 'importance'] as const).map((method, k) => {
          const own = samples.filter((one) => one.method === method)
          return {
            kind: 'points' as const, x: own.flatMap(({ exact }) => exact), y: own.flatMap(({ estimate }) => estimate),
            errors: own.flatMap(({ standardError }) => standardError.map((e) => 2 * e)), label: method === 'langevin' ? 'Langevin' : 'importance', color: k,
          }
        }),
      },
      {
        title: 'the grid’s gradient',
        x: { label: 'h, share of the domain', type: 'log' },
        y: { label: 'error of u_x', type: 'log' },
        marks: [
          { kind: 'points', x: spacing, y: error, label: 'measured' },
          { kind: 'line', x: spacing, y: spacing.map((h) => error.at(-1)! * (h / spacing.at(-1)!) ** 2), label: 'h²', dashed: true },
        ],
      },
    ],
    columns: 3,
  }),
}
