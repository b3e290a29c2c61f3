import { adequateSampleSize, proximalMonteCarlo } from '../pde/proximal-monte-carlo.ts'
import { localEntropy } from '../pde/local-entropy/index.ts'
import { prox } from '../pde/prox.ts'
import { potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { meanOfIndependent } from '../stats/samples.ts'
import type { Claim, Context } from './claim.ts'
import { curvature, kink, mixture, quadratic, sumOver } from './hj-proximal-cases.ts'
import type { Case, Scaling } from './hj-proximal-cases.ts'
import { largest, observedOrder } from './measure.ts'

interface Parameters {
  /** Dimensions, with the samples of each estimate. */
  runs: { dim: number; samples: number }[]
  /** Dimensions at which effective sample sizes are drawn, and their samples. */
  shown: number[]
  shownSamples: number
  /** β of the ladders by quadrature, and of those by sampling with their samples. */
  ladder: number[]
  sampledLadder: number[]
  ladderSamples: number
  scaling: Scaling
}

interface Estimated {
  name: Case['name']
  dim: number
  /** Errors of the components and of the value, in standard errors. */
  largest: number
  meanSquare: number
  value: number
  /** The largest of |x_k − mean_k| over the standard error of component k: what it takes to tell the proximal point from x. */
  resolved: number
  /** The first component's step x − y over the exact one, and its standard error over the same. */
  step: { ratio: number; standardError: number }
  adequate: boolean
  effective: number
  /** Quadratics: the variance of log w over these samples, its standard error, and the formula's. */
  variance: { measured: number; standardError: number; formula: number } | null
}

interface Ladder {
  name: string
  order: number
  beta: number[]
  bias: number[]
  sampled: { beta: number[]; bias: number[]; standardError: number[]; error: number[] }
}

interface Measurement {
  estimates: Estimated[]
  ladders: Ladder[]
  sizes: { scaling: Scaling; dim: number[]; share: number[]; predicted: number[] }[]
}

function estimate({ name, f, x, gamma, beta, mean, value }: Case, samples: number, seed: number): Estimated {
  const logWeights = new Float64Array(samples)
  let drawn = 0
  const watched: Potential = {
    ...f,
    values(points, out) {
      const heights = f.values(points, out)
      for (const height of heights) logWeights[drawn++] = -beta * height
      return heights
    },
  }
  const got = proximalMonteCarlo(watched, x, { gamma, beta, samples, seed })
  const { point, standardError, effectiveSampleSize, adequate } = got
  const z = point.map((y, k) => (y - mean[k]) / standardError.point[k])
  return {
    name, dim: f.dim, largest: largest(z), meanSquare: z.reduce((sum, zk) => sum + zk * zk, 0) / f.dim,
    value: (got.value - value) / standardError.value,
    resolved: Math.max(...x.map((xk, k) => Math.abs(xk - mean[k]) / standardError.point[k])),
    step: { ratio: (x[0] - point[0]) / (x[0] - mean[0]), standardError: standardError.point[0] / Math.abs(x[0] - mean[0]) },
    adequate, effective: effectiveSampleSize,
    variance: name !== 'quadratic' ? null : {
      ...varianceOf(logWeights),
      formula: sumOver(f.dim, 0, (k) => gamma * beta * (curvature(k) * x[k]) ** 2 + (gamma * curvature(k)) ** 2 / 2),
    },
  }
}

/** The variance of independent samples; its standard error is that of the mean of squares. */
function varianceOf(samples: Float64Array): { measured: number; standardError: number } {
  const center = meanOfIndependent(samples).estimate
  const { estimate: mean, standardError } = meanOfIndependent(samples.map((value) => (value - center) ** 2))
  return { measured: (mean * samples.length) / (samples.length - 1), standardError }
}

const bends: { name: string; formula: string; x: number[]; gamma: number; order: number }[] = [
  { name: 'smooth', formula: 'x^2/2 + 0.8 cos(x)', x: [1.3], gamma: 0.5, order: 1 },
  { name: 'smooth, in the plane', formula: 'log1p(exp(x + y)) + exp(-x) + y^2/4', x: [0.8, -0.4], gamma: 0.5, order: 1 },
  { name: 'strictly inside a kink', formula: 'abs(x)', x: [0.2], gamma: 0.5, order: 1 },
  { name: 'at a kink’s transition', formula: 'abs(x)', x: [0.5], gamma: 0.5, order: 0.5 },
]

/** |⟨y⟩ − prox| over β: by quadrature without noise, and by HJ-Prox itself where β leaves it samples. */
async function ladderOf({ name, formula, x, gamma, order }: (typeof bends)[0], parameters: Parameters, seed: number): Promise<Ladder> {
  const f = potential(formula)
  const { point } = prox(f, x, { gamma })
  const meanAt = async (beta: number): Promise<Float64Array> => (await localEntropy(f, x, { gamma, beta })).gradient.map((p, k) => x[k] - gamma * p)
  const distance = (y: Float64Array): number => Math.hypot(...y.map((yk, k) => yk - point[k]))
  const bias: number[] = []
  for (const beta of parameters.ladder) bias.push(distance(await meanAt(beta)))
  const sampled: Ladder['sampled'] = { beta: parameters.sampledLadder, bias: [], standardError: [], error: [] }
  for (const beta of sampled.beta) {
    const got = proximalMonteCarlo(f, x, { gamma, beta, samples: parameters.ladderSamples, seed })
    const mean = await meanAt(beta)
    sampled.bias.push(distance(got.point))
    sampled.standardError.push(Math.hypot(...got.standardError.point))
    sampled.error.push(largest(got.point.map((y, k) => (y - mean[k]) / got.standardError.point[k])))
  }
  return { name, order, beta: parameters.ladder, bias, sampled }
}

/** Effective sample sizes of quadratics over the samples, and N = ∞'s (E w)²/E w² = Π √(1 + 2a)/(1 + a)·exp(−βλx²a/((1 + a)(1 + 2a))), a = tλ. */
function sizesOf(scaling: Scaling, { shown, shownSamples }: Parameters, seed: number): Measurement['sizes'][0] {
  const cases = shown.map((dim) => quadratic(dim, scaling))
  return {
    scaling, dim: shown,
    share: cases.map((one) => proximalMonteCarlo(one.f, one.x, { gamma: one.gamma, beta: one.beta, samples: shownSamples, seed }).effectiveSampleSize / shownSamples),
    predicted: cases.map(({ x, gamma, beta }) => Math.exp(sumOver(x.length, 0, (k) => {
      const a = gamma * curvature(k)
      return Math.log1p(2 * a) / 2 - Math.log1p(a) - (beta * curvature(k) * x[k] * x[k] * a) / ((1 + a) * (1 + 2 * a))
    }))),
  }
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { runs, scaling } = parameters
  const estimates: Estimated[] = []
  for (const [k, { dim, samples }] of runs.entries()) {
    for (const make of [quadratic, kink, mixture]) {
      await context.step({ fraction: (0.8 * k) / runs.length, activity: `proximal points in ${dim} dimensions` })
      estimates.push(estimate(await make(dim, scaling), samples, context.seed))
    }
  }
  const ladders: Ladder[] = []
  for (const bend of bends) {
    await context.step({ fraction: 0.8, activity: `bias over β: ${bend.name}` })
    ladders.push(await ladderOf(bend, parameters, context.seed))
  }
  await context.step({ fraction: 0.9, activity: 'effective sample sizes' })
  return { estimates, ladders, sizes: (['with dimension', 'fixed'] as const).map((way) => sizesOf(way, parameters, context.seed)) }
}

const of = ({ estimates }: Measurement, ...names: Case['name'][]): Estimated[] => estimates.filter(({ name }) => names.includes(name))

/** Among some ten thousand components, which a normal number passes once in 3000 runs; importance weights have the heavier tails. */
const far = 5.5
/** For single numbers: one in two million. */
const farAlone = 5

const orderCheck = (order: number): Claim<Parameters, Measurement>['checks'][0] => ({
  name: order === 1 ? 'bias of order 1/β: f smooth, or strictly inside a kink' : 'bias of order β^{−1/2} at a kink’s transition',
  observe: ({ ladders }) => largest(ladders.filter((one) => one.order === order).map(({ beta, bias }) => observedOrder(beta.map((b) => 1 / b), bias) - order)),
  relation: 'at most',
  bound: () => 0.25,
  reason: 'distance of the observed order, of the local Gibbs mean by quadrature from the proximal point, to the declared one; half the gap between ½ and 1',
})

export const hjProximal: Claim<Parameters, Measurement> = {
  id: 'hj-proximal',
  paper: 'deep-relaxation',
  title: 'HJ-Prox: proximal points from values of f alone, by Cole–Hopf and Monte Carlo, in up to a thousand dimensions',
  statement: String.raw`\mathrm{prox}_{tf}(x)=\lim_{\beta\to\infty}\frac{\mathbb E[y\,e^{-\beta f(y)}]}{\mathbb E[e^{-\beta f(y)}]},\quad y\sim N(x,\tfrac t\beta I),\qquad \mathrm{Var}(\log w)\approx t\beta\|\nabla f\|^2+\tfrac{t^2}2\|\nabla^2f\|_F^2`,
  hypotheses: String.raw`At finite $\beta$ the quotient is the mean $x-t\nabla u(x,t)$ of the local Gibbs law: the proximal point itself for quadratics, else off by $O(1/\beta)$ where $f$ is smooth at the proximal point or that is strictly inside a kink, by $O(\beta^{-1/2})$ at the transition ($|x|=t$ for $f=|x|$). The effective sample size is about $Ne^{-\mathrm{Var}(\log w)}$: $t$ and $\beta$ must be scaled with the dimension so that the variance, whose formula is exact for axis-aligned quadratics, stays $O(1)$.`,
  source: 'Osher, Heaton & Wu Fung (2023), A Hamilton–Jacobi-based proximal operator, PNAS 120(14); the bias and the variance by Laplace’s method',
  parameters: {
    quick: {
      runs: [{ dim: 1, samples: 20_000 }, { dim: 10, samples: 20_000 }, { dim: 100, samples: 5000 }, { dim: 1000, samples: 1200 }],
      shown: [1, 3, 10, 30, 100, 300], shownSamples: 500,
      ladder: [32, 128, 512, 2048], sampledLadder: [2, 4, 8], ladderSamples: 10_000, scaling: 'with dimension',
    },
    full: {
      runs: [1, 2, 3, 10, 30, 100, 300, 1000].map((dim) => ({ dim, samples: dim < 300 ? 100_000 : 20_000 })),
      shown: [1, 3, 10, 30, 100, 300, 1000], shownSamples: 10_000,
      ladder: [32, 64, 128, 256, 512, 1024, 2048, 4096], sampledLadder: [1, 2, 4, 8], ladderSamples: 400_000, scaling: 'with dimension',
    },
  },
  seed: 0,
  experiment,
  checks: [
    {
      name: 'adequate effective sample size, every dimension',
      observe: ({ estimates }) => estimates.filter(({ adequate }) => !adequate).length,
      relation: 'at most',
      bound: () => 0,
      reason: `estimates that are flagged; t and β are scaled for Var(log w) = 1, so that about a third of the samples count, of which ${adequateSampleSize} are enough`,
    },
    {
      name: 'proximal points of quadratics, without bias',
      observe: (measurement) => largest(of(measurement, 'quadratic').map((one) => one.largest)),
      relation: 'at most',
      bound: () => far,
      reason: `standard errors from x/(1 + tλ), the largest of all components; ${far} for as many components as all dimensions have together`,
    },
    {
      name: 'local Gibbs means with a kink, and of Gaussian mixtures',
      observe: (measurement) => largest([...of(measurement, 'kink', 'mixture').map((one) => one.largest), ...measurement.ladders.flatMap(({ sampled }) => sampled.error)]),
      relation: 'at most',
      bound: () => far,
      reason: `standard errors from the mean in closed form, or by quadrature for |y₁|; ${far} as above`,
    },
    {
      name: 'values of the viscous solution',
      observe: ({ estimates }) => largest(estimates.map(({ value }) => value)),
      relation: 'at most',
      bound: () => farAlone,
      reason: `standard errors of −(1/β) log E w from the closed form; ${farAlone} for single numbers`,
    },
    {
      name: 'standard errors are of the right size',
      observe: ({ estimates }) => largest(estimates.filter(({ dim }) => dim >= 100).map(({ meanSquare }) => Math.sqrt(meanSquare) - 1)),
      relation: 'at most',
      bound: (_, { runs }) => farAlone / Math.sqrt(2 * Math.min(...runs.map(({ dim }) => dim).filter((dim) => dim >= 100))),
      reason: `the r.m.s. of the components’ errors in standard errors is 1, to ${farAlone}/√(2n) for n ≥ 100 components`,
    },
    {
      name: 'the step is told from none',
      observe: ({ estimates }) => Math.min(...estimates.map(({ resolved }) => resolved)),
      relation: 'at least',
      bound: () => farAlone,
      reason: `x itself would be off by so many standard errors at least; ${farAlone}, which chance does not reach`,
    },
    {
      name: 'Var(log w) of quadratics',
      observe: ({ estimates }) => largest(estimates.flatMap(({ variance }) => (variance === null ? [] : [(variance.measured - variance.formula) / variance.standardError]))),
      relation: 'at most',
      bound: () => farAlone,
      reason: `the samples’ variance, in standard errors from tβ‖∇f‖² + (t²/2)‖∇²f‖²_F; ${farAlone} for single numbers`,
    },
    orderCheck(1),
    orderCheck(0.5),
  ],
  control: {
    broken: String.raw`$t$ is not scaled with the dimension: $t\lambda=0.5$ at $n=1000$ makes $\mathrm{Var}(\log w)=141$, one sample has all the weight, and its standard error does not see it; the estimate is flagged`,
    change: (parameters) => ({ ...parameters, scaling: 'fixed' }),
    mustFail: [
      'adequate effective sample size, every dimension', 'proximal points of quadratics, without bias', 'local Gibbs means with a kink, and of Gaussian mixtures',
      'standard errors are of the right size',
    ],
  },
  figure: ({ estimates, ladders, sizes }, { shownSamples }) => ({
    title: 'Proximal points by Monte Carlo',
    caption: 'Left: the first component’s step x − y over the exact one, bars of two standard errors. Middle: quadratics; dots sampled, lines (E w)²/E w², not below one sample. '
      + 'Right: dots by quadrature, bars HJ-Prox with two standard errors.',
    panels: [
      {
        title: 'sampled over exact step',
        x: { label: 'dimension n', type: 'log' },
        y: { label: 'ratio' },
        marks: [
          { kind: 'rule', axis: 'y', at: 1, dashed: true, color: 6 },
          ...(['quadratic', 'kink', 'mixture'] as const).map((name, k) => {
            const own = estimates.filter((one) => one.name === name)
            // Side by side.
            return {
              kind: 'points' as const, x: own.map(({ dim }) => dim * 1.25 ** (k - 1)), y: own.map(({ step }) => step.ratio), errors: own.map(({ step }) => 2 * step.standardError),
              label: name, color: k,
            }
          }),
        ],
      },
      {
        title: 'effective share of the samples',
        x: { label: 'dimension n', type: 'log' },
        y: { label: 'effective sample size / N', type: 'log' },
        marks: sizes.flatMap(({ scaling, dim, share, predicted }, k) => [
          { kind: 'line' as const, x: dim, y: predicted.map((p) => Math.max(p, 1 / shownSamples)), label: scaling === 'fixed' ? 't = ½' : 't ∝ n^(−1/2)', color: k },
          { kind: 'points' as const, x: dim, y: share, color: k },
        ]),
      },
      {
        title: 'bias over β',
        x: { label: 'β', type: 'log' },
        y: { label: '|mean − prox|', type: 'log' },
        marks: ladders.filter(({ name }) => !name.includes('plane')).flatMap(({ name, order, beta, bias, sampled }, k) => [
          { kind: 'points' as const, x: beta, y: bias, label: name, color: k },
          { kind: 'line' as const, x: beta, y: beta.map((b) => bias.at(-1)! * (beta.at(-1)! / b) ** order), dashed: true, color: k },
          { kind: 'points' as const, x: sampled.beta, y: sampled.bias, errors: sampled.standardError.map((e, i) => Math.min(2 * e, 0.9 * sampled.bias[i])), color: k },
        ]),
      },
    ],
    columns: 3,
  }),
}
