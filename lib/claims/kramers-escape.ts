import type { Figure, Mark } from '../figure/figure.ts'
import type { Claim } from './claim.ts'
import { experiment } from './escape-runs.ts'
import type { Measurement, OnGrids, Parameters, Passages, Ratios } from './escape-runs.ts'
import { largest, observedOrder } from './measure.ts'

/** Order in 1/β of numbers that vanish. */
const orderIn = (beta: number[], rest: number[]): number => observedOrder(beta.map((b) => 1 / b), rest.map(Math.abs))
const excess = ({ ratio }: Ratios): number[] => ratio.map((r) => r - 1)

/** How far 2/gap is from the time of Eyring and Kramers, from β = 20 on, below which the barrier is a few 1/β high. */
function gapOrder({ grids, factor }: Measurement): number {
  const high = grids.filter(({ beta }) => beta >= 20)
  return orderIn(high.map(({ beta }) => beta), high.map(({ beta, twoOverGap }) => twoOverGap / (factor * Math.exp(beta / 4)) - 1))
}

/** Of the last two grids, what is left after extrapolation over the change between them. */
function extrapolated({ times, exact, spacing, beta }: OnGrids): number {
  const [coarse, fine] = times.slice(-2)
  return Math.abs((4 * fine - coarse) / 3 - exact) / (Math.abs(fine - coarse) * beta * spacing.at(-1)! ** 2)
}

/** Largest distance of the shares of times up to t from 1 − e^{−t/mean}. */
const exponentialDistance = ({ times, exact }: Passages): number => largest(times.flatMap((t, k) => {
  const p = -Math.expm1(-t / exact)
  return [p - k / times.length, p - (k + 1) / times.length]
}))

export const kramersEscape: Claim<Parameters, Measurement> = {
  id: 'kramers-escape',
  paper: 'sgd',
  title: 'Times of escape from a well follow Eyring and Kramers and are exponential',
  statement: String.raw`dx=-\nabla f\,dt+\sqrt{2/\beta}\,dW:\quad \tau=\frac{2\pi}{|\lambda_-|}\sqrt{\frac{|\det\nabla^2f(s)|}{\det\nabla^2f(m)}}\;e^{\beta(f(s)-f(m))}\Big(1+O\big(\tfrac1\beta\big)\Big);\qquad \tau(a\to c)=\beta\int_a^c e^{\beta f(y)}\int_{-\infty}^y e^{-\beta f(z)}\,dz\,dy\;\;\text{on the line}`,
  hypotheses: String.raw`$m$ a minimum of $f$, $s$ the lowest saddle on the way to a minimum beyond it, at which the passage ends; $\lambda_-$ the negative eigenvalue of $\nabla^2f(s)$; both Hessians without kernel.`,
  source: 'Kramers (1940); Eyring (1935); Bovier, Eckhoff, Gayrard, Klein (2004), Metastability in reversible diffusion processes; Gardiner (2009), §5.5; Chaudhari et al. (2018), Deep Relaxation, on the time to leave a minimum',
  parameters: {
    quick: {
      betas: { integral: [40, 80, 160, 320, 640], line: [5, 10, 20, 40], plane: [10, 20, 40] }, steps: 500, cells: { line: [100, 200, 400], plane: [10, 20] },
      sampled: [{ beta: 5, dt: 0.04, paths: 768 }, { beta: 8, dt: 0.05, paths: 768 }, { beta: 10, dt: 0.05, paths: 768 }],
      walks: [0.08, 0.04, 0.02, 0.01], prefactor: 'eyring-kramers',
    },
    full: {
      betas: { integral: [40, 80, 160, 320, 640, 1280], line: [5, 10, 20, 40], plane: [10, 20, 40, 80] }, steps: 2000, cells: { line: [200, 400, 800, 1600], plane: [24, 48] },
      sampled: [{ beta: 5, dt: 0.02, paths: 8192 }, { beta: 8, dt: 0.04, paths: 8192 }, { beta: 14, dt: 0.05, paths: 8192 }],
      walks: [0.08, 0.04, 0.02, 0.01, 0.005], prefactor: 'eyring-kramers',
    },
  },
  seed: 5,
  experiment,
  checks: [
    {
      name: 'integral over Eyring–Kramers comes to 1: order in 1/β',
      observe: ({ ratios }) => Math.min(...ratios.map((one) => orderIn(one.beta, excess(one)))),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'order 1, less half the gap to 0; a double well and a tilted one, from either side',
    },
    {
      name: 'and as 1 + a/β, a by Laplace’s method',
      observe: ({ ratios }) => Math.min(...ratios.map((one) => orderIn(one.beta, excess(one).map((e, k) => e - (one.laplace ?? NaN) / one.beta[k])))),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'order of the rest, 2, less half the gap to 1',
    },
    {
      name: 'in the plane, over a saddle that lies askew: order in 1/β',
      observe: ({ plane }) => orderIn(plane.beta, excess(plane)),
      relation: 'at least',
      bound: () => 0.5,
      reason: 'order 1, less half the gap to 0; passage times of the Fokker–Planck equation’s generator on two grids, extrapolated',
    },
    {
      name: 'passage time of the equation against the integral: order in h',
      observe: ({ grids }) => Math.min(...grids.map(({ spacing, times, exact }) => observedOrder(spacing, times.map((t) => Math.abs(t / exact - 1))))),
      relation: 'at least',
      bound: () => 1.5,
      reason: 'declared order 2, less half the gap to 1',
    },
    {
      name: 'passage time of the equation, extrapolated, is the integral',
      observe: ({ grids }) => largest(grids.map(extrapolated)),
      relation: 'at most',
      bound: () => 1,
      reason: 'extrapolation in h² leaves a part of βh² of the change between the last two grids',
    },
    {
      name: 'spectral gap: τ − 2/gap is 2(1/|f″(s)| + 1/f″(m)) log β',
      observe: ({ grids, relaxation }) => largest(grids.map(({ beta, times, twoOverGap }) => (times.at(-1)! - twoOverGap - 2 * relaxation * Math.log(beta)) / relaxation)),
      relation: 'at most',
      bound: () => 1,
      reason: 'four passages between saddle and well, each ½ log β of the two time scales long and O(1) of them besides; in units of the two together. τ itself grows from 19 to 10⁵',
    },
    {
      name: '2/gap over Eyring–Kramers comes to 1: order in 1/β',
      observe: gapOrder,
      relation: 'at least',
      bound: () => 0.5,
      reason: 'order 1, less half the gap to 0',
    },
    {
      name: 'walk watched at steps only, the level moved by 0.5826√(2dt/β): order in dt',
      observe: ({ walks: { dt, moved } }) => observedOrder(dt, moved.map(Math.abs)),
      relation: 'at least',
      bound: () => 0.75,
      reason: 'exact mean passage times of Euler–Maruyama’s walk by its integral equation, against the integral above: order 1, less half the gap to the order ½ of a level not moved (Broadie, Glasserman & Kou 1997)',
    },
    {
      name: 'mean of the ensemble against the integral',
      observe: ({ passages }) => largest(passages.map(({ mean, exact, walk, standardError }) => (mean - exact) / (4 * standardError + Math.abs(walk - exact)))),
      relation: 'at most',
      bound: () => 1,
      reason: 'in units of four standard errors and what the walk’s exact mean is off',
    },
    {
      name: 'mean of the ensemble against the walk’s own',
      observe: ({ passages }) => largest(passages.map(({ mean, walk, standardError }) => (mean - walk) / standardError)),
      relation: 'at most',
      bound: () => 4,
      reason: 'standard errors of independent passages',
    },
    {
      name: 'standard deviation over mean of the ensemble against the integrals',
      observe: ({ passages }) => largest(passages.map(({ shape, exactShape, shapeError }) => (shape - exactShape) / shapeError)),
      relation: 'at most',
      bound: () => 4,
      reason: 'in standard errors, by the influence function',
    },
    {
      name: 'exponential: 1 − deviation/mean is (1/|f″(s)| + 1/f″(m)) log β/τ',
      observe: ({ grids, relaxation }) => largest(grids.map(({ beta, exact, shape }) => ((1 - shape) * exact - relaxation * Math.log(beta)) / relaxation)),
      relation: 'at most',
      bound: () => 1,
      reason: 'by the integrals: up to the saddle the first time and down the last are a delay that does not vary with τ, each ½ log β of the two time scales and O(1) of them besides; in units of the two together',
    },
    {
      name: 'shares of the times at the largest β against 1 − e^{−t/τ}',
      observe: ({ passages }) => exponentialDistance(passages.at(-1)!),
      relation: 'at most',
      bound: ({ passages }) => 1.95 / Math.sqrt(passages.at(-1)!.times.length) + 1 - passages.at(-1)!.exactShape + Math.abs(passages.at(-1)!.walk / passages.at(-1)!.exact - 1),
      reason: 'Kolmogorov’s distance of n samples from their law exceeds 1.95/√n one time in 1000; a delay of the share 1 − deviation/mean moves the law by as much, and what the walk is off by less than that',
    },
  ],
  control: {
    broken: String.raw`the Hessian of the well stands in the saddle’s place too: $2\pi/f''(m)$ on the line`,
    change: (parameters) => ({ ...parameters, prefactor: 'well-for-saddle' }),
    mustFail: [
      'integral over Eyring–Kramers comes to 1: order in 1/β', 'and as 1 + a/β, a by Laplace’s method', 'in the plane, over a saddle that lies askew: order in 1/β',
      '2/gap over Eyring–Kramers comes to 1: order in 1/β',
    ],
  },
  figure,
}

function figure({ ratios, plane, grids, factor, curve, passages, walks }: Measurement): Figure {
  const over = (beta: number, time: number): number => time / (factor * Math.exp(beta / 4))
  const shown = (one: Ratios, color: number): Mark => ({ kind: 'points', x: one.beta, y: excess(one).map(Math.abs), label: one.name, color })
  const survival = ({ beta, times, mean }: Passages): Mark => {
    // The last ten are left out: their shares are noise.
    const kept = times.slice(0, -10)
    return { kind: 'line', x: kept.map((t) => t / mean), y: kept.map((_, k) => 1 - (k + 1) / times.length), label: `β = ${beta}` }
  }
  const reach = Math.max(...passages.map(({ times, mean }) => times.at(-11)! / mean))
  return {
    title: 'Escape over a barrier',
    caption: 'f = (x² − 1)²/4 from −1 to 1; dots of the ensemble with bars of two standard errors.',
    panels: [
      {
        title: 'mean time of passage over Eyring–Kramers',
        x: { label: 'β' },
        y: { label: 'ratio' },
        marks: [
          { kind: 'line', x: curve.beta, y: curve.ratio, label: 'integral', color: 0 },
          { kind: 'points', x: grids.map(({ beta }) => beta), y: grids.map(({ beta, twoOverGap }) => over(beta, twoOverGap)), label: '2/gap', color: 2 },
          {
            kind: 'points', x: passages.map(({ beta }) => beta), y: passages.map(({ beta, mean }) => over(beta, mean)),
            errors: passages.map(({ beta, standardError }) => 2 * over(beta, standardError)), label: 'ensemble', color: 1,
          },
          { kind: 'rule', axis: 'y', at: 1, dashed: true, color: 6 },
        ],
      },
      {
        title: 'how far the ratio to Eyring–Kramers is from 1',
        x: { label: 'β', type: 'log' },
        y: { label: 'ratio − 1', type: 'log' },
        marks: [
          ...[...ratios, plane].map(shown),
          ...ratios.map(({ beta, laplace }, color): Mark => ({ kind: 'line', x: beta, y: beta.map((b) => (laplace ?? NaN) / b), dashed: true, color })),
        ],
      },
      {
        title: 'share that has not passed',
        x: { label: 't/mean' },
        y: { label: 'share', type: 'log' },
        marks: [...passages.map(survival), { kind: 'line', x: [0, reach], y: [1, Math.exp(-reach)], label: 'e^(−t/mean)', dashed: true, color: 6 }],
      },
      {
        title: `walk watched at steps only, β = ${walks.beta}`,
        x: { label: 'dt' },
        y: { label: 'relative error of its mean' },
        marks: [
          { kind: 'line', x: walks.dt, y: walks.moved, color: 0 },
          { kind: 'points', x: walks.dt, y: walks.moved, label: 'level moved', color: 0 },
          { kind: 'line', x: walks.dt, y: walks.plain, color: 1 },
          { kind: 'points', x: walks.dt, y: walks.plain, label: 'level as it is', color: 1 },
          { kind: 'rule', axis: 'y', at: 0, dashed: true, color: 6 },
        ],
      },
    ],
    columns: 2,
  }
}
