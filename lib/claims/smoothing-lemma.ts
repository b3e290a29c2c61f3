import { exp } from '../core/elementary.ts'
import { localEntropy } from '../pde/local-entropy/index.ts'
import { potential } from '../potential/index.ts'
import { normals } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { symmetricEigenvalues } from './matrices.ts'
import { evenly, largest } from './measure.ts'
import { boundedCases, byModes, onBox, rotatedModes, tenModes } from './smoothing-cases.ts'
import type { BoundedCase, Found, PointCounts } from './smoothing-cases.ts'

interface Parameters {
  betas: number[]
  points: PointCounts
  /** Points and samples of importance sampling in ten dimensions. */
  sampled: { points: number; samples: number }
  /** m is raised and M lowered by this share of their size. */
  tightened: number
}

/** Eigenvalues of ∇²u at a point between their bounds. */
interface Spectrum {
  name: string
  dim: number
  beta: number
  t: number
  eigenvalues: number[]
  low: number
  high: number
  /** Most that an eigenvalue is outside, less what quadrature may be off, in units of 1/t. Negative inside. */
  outside: number
  /** For quadratics: largest distance from λ/(1 + tλ), in units of eps/t. */
  inequality?: number
  /** For m = c > 0: largest |eigenvalue| over M/(1 + c/g), the scope g = 1/t. */
  smoothness?: number
  /** For Lipschitz f: |∇u| over the Lipschitz constant of f. */
  slope?: number
}

interface Measurement {
  spectra: Spectrum[]
  /** By importance sampling: the entries' errors in standard errors, and how far an eigenvalue is outside, in units of what their standard errors allow. */
  samples: { t: number; entries: number; outside: number; effectiveSampleSize: number }[]
  /** 1 − u_x over its bound, for log 2 cosh x. */
  lostSlope: number
}

async function spectrumOf({ name, dim, m, M, curvatures, lipschitz, at }: BoundedCase, x: number[], t: number, beta: number): Promise<Spectrum> {
  const { gradient, hessian, bias = 0 } = await at(x, t, beta)
  const eigenvalues = symmetricEigenvalues(hessian, dim)
  const [low, high] = [m / (1 + t * m), M / (1 + t * M)]
  return {
    name, dim, beta, t, eigenvalues, low, high, outside: (Math.max(low - eigenvalues[0], eigenvalues.at(-1)! - high) - bias) * t,
    ...(curvatures && { inequality: Math.max(0, largest(eigenvalues.map((value, k) => value - curvatures[k] / (1 + t * curvatures[k]))) - bias) * t / Number.EPSILON }),
    ...(m > 0 && { smoothness: ((largest(eigenvalues) - bias) * (1 + m * t)) / M }),
    ...(lipschitz !== undefined && { slope: Math.hypot(...Array.from(gradient)) / lipschitz }),
  }
}

/** Hessians of the ten rotated modes by importance sampling. */
async function samplesOf({ sampled: { points, samples } }: Parameters, context: Context): Promise<Measurement['samples']> {
  const exact = byModes()
  const found: Measurement['samples'] = []
  for (let i = 0; i < points; i++) {
    const x = Array.from(normals(context.seed, [42, i], 10))
    for (const [t, beta] of [[0.5, 2], [3, 1]]) {
      await context.step({ fraction: 0.7 + (0.3 * i) / points, activity: 'importance sampling in ten dimensions' })
      const { hessian, standardErrors, effectiveSampleSize } = await localEntropy(rotatedModes, x, { gamma: t, beta, method: 'importance', samples, seed: context.seed + i })
      const known = (await exact(x, t, beta)).hessian
      const eigenvalues = symmetricEigenvalues(hessian, 10)
      const off = Math.max(tenModes.m / (1 + t * tenModes.m) - eigenvalues[0], eigenvalues[9] - tenModes.M / (1 + t * tenModes.M))
      found.push({
        t, entries: largest(hessian.map((value, k) => (value - known[k]) / standardErrors.hessian[k])), outside: off / Math.hypot(...standardErrors.hessian), effectiveSampleSize,
      })
    }
  }
  return found
}

/** tanh y ≥ 1 − 2e^{−2y}, and the local Gibbs law is N(x − t, t/β) times a factor that falls with e^{−2y}: 1 − u_x ≤ 2e^{−2(x − t) + 2t/β}. */
function lostSlopeOf(): number {
  const at = onBox(potential('abs(x) + log1p(exp(-2 abs(x)))'), 40, 4001)
  return Math.max(...[[4, 0.5, 1], [6, 1, 1], [6, 2, 2]].map(([x, t, beta]) => (1 - (at([x], t, beta) as Found).gradient[0]) / (2 * exp(-2 * (x - t) + (2 * t) / beta))))
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const spectra: Spectrum[] = []
  const tight = ({ m, M, ...rest }: BoundedCase): BoundedCase => ({ ...rest, m: m + parameters.tightened * Math.abs(m), M: M - parameters.tightened * Math.abs(M) })
  const cases = boundedCases(parameters.points, parameters.betas, context.seed).map(tight)
  for (const [index, one] of cases.entries()) {
    for (const beta of one.betas) {
      await context.step({ fraction: (0.7 * index) / cases.length, activity: `Hessians of local entropy: ${one.name}, β = ${beta}` })
      for (const t of one.times) for (const x of one.points) spectra.push(await spectrumOf(one, x, t, beta))
    }
  }
  return { spectra, samples: await samplesOf(parameters, context), lostSlope: lostSlopeOf() }
}

/** Units of eps/t that an eigenvalue may be off: ∇²u is a difference of terms 1/t, the second a quotient of sums over up to 8·10⁴ nodes, whose roundings grow like the root of their number. */
const roundings = 256
const present = (values: (number | undefined)[]): number[] => values.filter((value) => value !== undefined)
const band = (name: string, dims: number[], cases: string): Claim<Parameters, Measurement>['checks'][0] => ({
  name,
  observe: ({ spectra }) => Math.max(...spectra.filter(({ dim }) => dims.includes(dim)).map(({ outside }) => outside)),
  relation: 'at most',
  bound: () => roundings * Number.EPSILON,
  reason: `most that an eigenvalue is outside of the band, as a share of 1/t: ${roundings} roundings, the root of the number of nodes in the sums; quadratics are on the edge of the band. ${cases}`,
})

export const smoothingLemma: Claim<Parameters, Measurement> = {
  id: 'smoothing-lemma',
  paper: 'entropy-sgd',
  title: 'The eigenvalues of the Hessian of local entropy lie between m/(1 + tm) and M/(1 + tM)',
  statement: String.raw`mI\preceq\nabla^2f\preceq MI,\ 1+tm>0\ \Rightarrow\ \frac m{1+tm}I\preceq\nabla^2u(\cdot,t)\preceq\frac M{1+tM}I,\qquad\nabla^2u=\frac1t\Big(I-\frac\beta t\,\mathrm{Cov}_\rho(y)\Big);\qquad\mathrm{Lip}(u)\le\mathrm{Lip}(f)`,
  hypotheses: String.raw`$\rho(dy;x)\propto e^{-\beta f(y)-\beta|x-y|^2/2t}dy$. The upper bound needs $M$ only. With $g=1/t$ and $m=c>0$ it gives $\nabla^2u\preceq\frac M{1+M/g}I\preceq\frac M{1+c/g}I$, the smoothness half of the paper’s lemma. Equality for quadratics.`,
  corrected: {
    printed: String.raw`f\ \alpha\text{-Lipschitz and}\ \beta\text{-smooth, no eigenvalue of}\ \nabla^2f\ \text{in}\ [-2g-c,\,c]\ \Rightarrow\ F\ \tfrac\alpha{1+c/g}\text{-Lipschitz and}\ \tfrac\beta{1+c/g}\text{-smooth}`,
    wrong: String.raw`The proof replaces $F$ by Laplace’s approximation and drops the variation of $(I+\nabla^2f/g)^{-1}$. Each eigenvalue stays on one side of the interval, by continuity. With one that stays below $-2g-c$, $f+\frac g2|x-\cdot|^2$ has no minimum and the integral in $F$ diverges. What is left is $\nabla^2f\succeq cI$. Then the smoothness half holds, and the Lipschitz half is empty: no strongly convex function on $\mathbb R^n$ is Lipschitz. Of Lipschitz $f$ there is $\mathrm{Lip}(u)\le\mathrm{Lip}(f)$, in general without a factor below 1.`,
  },
  source: 'Chaudhari et al. (2017), Entropy-SGD, Lemma 1; the exact form by the inequalities of Cramér and Rao (upper) and of Brascamp and Lieb (lower) for the covariance',
  parameters: {
    quick: { betas: [1, 4], points: { line: 9, plane: 3, space: 1, ten: 6 }, sampled: { points: 1, samples: 2000 }, tightened: 0 },
    full: { betas: [1, 2, 4], points: { line: 81, plane: 40, space: 20, ten: 60 }, sampled: { points: 8, samples: 16_000 }, tightened: 0 },
  },
  seed: 0,
  experiment,
  checks: [
    band('band, on the line and in the plane', [1, 2], 'Convex, not convex and quadratic f, by sums over nodes that are exact to round-off'),
    band('band, in space', [3], 'By adaptive quadrature, beyond its own estimate of its error'),
    band('band, in ten dimensions', [10], 'Ten rotated modes, independent under the local Gibbs law; Gaussian mixtures, in closed form, which attain the upper bound'),
    {
      name: 'equality for quadratics',
      observe: ({ spectra }) => Math.max(...present(spectra.map(({ inequality }) => inequality))),
      relation: 'at most',
      bound: () => roundings,
      reason: 'every eigenvalue is λ/(1 + tλ), on the line, in the plane (a saddle) and in space (beyond the error that quadrature states); in units of eps/t, as many as the root of the number of nodes',
    },
    {
      name: 'Lemma 1, smoothness half, where ∇²f ≥ c > 0',
      observe: ({ spectra }) => Math.max(...present(spectra.map(({ smoothness }) => smoothness))),
      relation: 'at most',
      bound: () => 1 + 10 * roundings * Number.EPSILON,
      reason: 'largest |eigenvalue| over M/(1 + c/g); an equality for isotropic quadratics, to the roundings of 1/t, which is 1 + 1/(tM) < 10 times as large',
    },
    {
      name: 'Lip(u) ≤ Lip(f)',
      observe: ({ spectra }) => Math.max(...present(spectra.map(({ slope }) => slope))),
      relation: 'at most',
      bound: () => 1,
      reason: '|∇u| = |⟨∇f⟩| at every point, over the Lipschitz constant of f; strictly less, as |∇f| is at nearly all points',
    },
    {
      name: 'no factor below 1: u_x of log 2 cosh x',
      observe: ({ lostSlope }) => lostSlope,
      relation: 'at most',
      bound: () => 1,
      reason: '1 − u_x as a share of 2e^{−2(x − t) + 2t/β}, which vanishes as x grows: tanh y ≥ 1 − 2e^{−2y}, and the local Gibbs law is N(x − t, t/β) times a function that falls as e^{−2y} rises',
    },
    {
      name: 'importance sampling in ten dimensions: entries',
      observe: ({ samples }) => Math.max(...samples.map(({ entries }) => entries)),
      relation: 'at most',
      bound: () => 5,
      reason: 'standard errors of the method itself from the Hessian by modes; five of them, for a hundred entries at each point',
    },
    {
      name: 'importance sampling in ten dimensions: band',
      observe: ({ samples }) => Math.max(...samples.map(({ outside }) => outside)),
      relation: 'at most',
      bound: () => 2,
      reason: 'an eigenvalue moves by no more than the root sum of squares of the entries’ errors; in units of that of their standard errors, which it comes to within a few tenths on average',
    },
  ],
  control: {
    broken: String.raw`$m$ and $M$ are taken tighter by a hundredth: quadratics, on the edge of the band, are outside of that one`,
    change: (parameters) => ({ ...parameters, tightened: 0.01 }),
    mustFail: ['band, on the line and in the plane', 'band, in space', 'band, in ten dimensions', 'Lemma 1, smoothness half, where ∇²f ≥ c > 0'],
  },
  figure: ({ spectra }) => ({
    title: 'Hessians of local entropy',
    caption: 'Eigenvalues of the Hessian of u at all points, between m/(1 + tm) and M/(1 + tM).',
    panels: ['x²/2 + 0.8 cos x', 'rippled in the plane', 'ten rotated modes'].map((name) => {
      const own = spectra.filter((one) => one.name === name)
      const [{ low, t }] = own
      const ends = { m: low / (1 - t * low), M: own[0].high / (1 - t * own[0].high) }
      const times = [...new Set(own.map((one) => one.t))]
      const fine = evenly(Math.log(times[0]), Math.log(times.at(-1)!), 61).map(Math.exp)
      const curve = (end: 'm' | 'M', color: number) => ({ kind: 'line' as const, x: fine, y: fine.map((at) => ends[end] / (1 + at * ends[end])), label: `${end}/(1 + t${end})`, color })
      return {
        title: name,
        x: { label: 't', type: 'log' as const },
        y: { label: 'eigenvalue' },
        marks: [
          curve('M', 1), curve('m', 2),
          { kind: 'points' as const, x: own.flatMap((one) => one.eigenvalues.map(() => one.t)), y: own.flatMap(({ eigenvalues }) => eigenvalues), color: 0 },
        ],
      }
    }),
    columns: 3,
  }),
}
