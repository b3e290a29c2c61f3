import { datasets } from '../network/datasets.ts'
import { asPotential } from '../network/loss.ts'
import { softmaxRegression } from '../network/softmax-regression.ts'
import type { SoftmaxRegression } from '../network/softmax-regression.ts'
import { train } from '../network/training.ts'
import { prox } from '../pde/prox.ts'
import { potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals, uniforms } from '../random/index.ts'
import type { Claim, Context } from './claim.ts'
import { digitsSlice, digitsSuprema } from './digits-slice.ts'
import { diagonal, inverse, largestEigenvalue, sum, times } from './matrices.ts'
import { evenly, largest } from './measure.ts'
import { inviscidHessian, localEntropyAt, minimumOf, newtonMinimum, sampled } from './smoothed-derivatives.ts'
import type { Sampled } from './smoothed-derivatives.ts'

interface Parameters {
  /** Pairs (t, β). */
  plane: [number, number][]
  space: [number, number][]
  /** On a plane through the weights trained on the digits. */
  slice: [number, number][]
  /** Pixels an axis that are averaged before softmax regression is trained. */
  pooling: number
  networkTimes: number[]
  mean: 'harmonic' | 'arithmetic'
}

/** Means of curvature at one minimum. */
interface Minimum {
  name: string
  t: number
  beta: number | 'inviscid'
  dim: number
  least: number
  /** Of the eigenvalues and of the diagonal. */
  mean: number
  diagonalMean: number
  bound: number
  /** |∇u|, where u is viscous, in units of eps·(|x| + 1)/t. */
  slope: number
  /** Relative, of the measured Hessian. */
  accuracy: number
}

interface Measurement {
  minima: Minimum[]
  quadratic: Minimum[]
  network: Minimum[]
  /** How far from H(I + tH)⁻¹ the proximal gradient changes in random directions, over what the quotient may be off. */
  relaxation: number
  /** Random positive numbers. */
  spectra: { dim: number; least: number; mean: number }[]
}

const meanOf = (values: number[], kind: Parameters['mean']): number =>
  kind === 'harmonic' ? values.length / sum(values.map((value) => 1 / value)) : sum(values) / values.length

/** The means at a minimum with Hessian `hessian`; the eigenvalues' harmonic mean is n/tr ∇²u⁻¹. */
function minimumWith(
  about: Pick<Minimum, 'name' | 't' | 'beta' | 'slope'>, hessian: ArrayLike<number>, suprema: number[], kind: Parameters['mean'], accuracy: number,
): Minimum {
  const n = suprema.length
  const inverted = inverse(hessian, n)
  const along = diagonal(hessian, n)
  return {
    ...about, dim: n, accuracy,
    least: 1 / largestEigenvalue(inverted, n),
    mean: kind === 'harmonic' ? n / sum(diagonal(inverted, n)) : sum(along) / n,
    diagonalMean: meanOf(along, kind),
    bound: 1 / (about.t + 1 / meanOf(suprema, 'harmonic')),
  }
}

function viscousMinima(name: string, sample: Sampled, suprema: number[], start: number[], pairs: [number, number][], kind: Parameters['mean']): Minimum[] {
  return pairs.map(([t, beta]) => {
    const x = minimumOf(sample, start, t, beta)
    const { gradient, hessian } = localEntropyAt(sample, x, t, beta)
    // ∇²u is a difference of terms 1/t.
    const slope = largest(gradient) / ((Number.EPSILON * (largest(x) + 1)) / t)
    return minimumWith({ name, t, beta, slope }, hessian, suprema, kind, (64 * Number.EPSILON) / (t * Math.min(...diagonal(hessian, suprema.length))))
  })
}

/** At a minimum of f, which one of u₀ is. */
function inviscidMinimum(name: string, f: Potential, suprema: number[], start: number[], t: number, kind: Parameters['mean']): Minimum {
  const x = newtonMinimum(f, start)
  const { hessian, accuracy } = inviscidHessian(f, x, t, 0.01, true)
  const off = (suprema.length * largest(accuracy)) / Math.min(...diagonal(hessian, suprema.length))
  return minimumWith({ name, t, beta: 'inviscid', slope: 0 }, hessian, suprema, kind, off)
}

interface Network {
  loss: SoftmaxRegression
  potential: Potential
  point: Float64Array
  hessian: Float64Array
  suprema: number[]
}

const networks = new Map<number, Network>()

/** Softmax regression on the digits, pixels averaged over squares: trained, with its Hessian and suprema of its second derivatives, once a process. */
function networkOf(pooling: number): Network {
  const kept = networks.get(pooling)
  if (kept !== undefined) return kept
  const digits = datasets.digits()
  const [side] = digits.shape
  const [width, features] = [side / pooling, (side / pooling) ** 2]
  const inputs = new Float64Array(digits.samples * features)
  digits.inputs.forEach((grey, at) => {
    const [i, pixel] = [Math.floor(at / digits.features), at % digits.features]
    const [row, column] = [Math.floor(pixel / side), pixel % side]
    inputs[i * features + Math.floor(row / pooling) * width + Math.floor(column / pooling)] += grey / pooling ** 2
  })
  const loss = softmaxRegression({ ...digits, inputs, features, shape: [width, width] })
  const whole = asPotential(loss)
  const { point } = train(loss)
  // The second derivative along a weight is the mean of p(1 − p) input² and the weight decay.
  const squares = Array.from({ length: features }, (_, j) => {
    let total = 0
    for (let i = 0; i < digits.samples; i++) total += inputs[i * features + j] ** 2
    return total / digits.samples
  })
  const suprema = Array.from({ length: loss.dim }, (_, k) => (k < loss.classes * features ? squares[k % features] : 1) / 4 + loss.weightDecay)
  const network = { loss, potential: whole, point, hessian: whole.hessian(point), suprema }
  networks.set(pooling, network)
  return network
}

/** H(I + tH)⁻¹ = (I − (I + tH)⁻¹)/t. */
function relaxed(hessian: Float64Array, n: number, t: number): Float64Array {
  const inverted = inverse(hessian.map((value, at) => t * value + (at % (n + 1) === 0 ? 1 : 0)), n)
  return inverted.map((value, at) => ((at % (n + 1) === 0 ? 1 : 0) - value) / t)
}

/** Against the change of the proximal gradient along random directions from the trained weights. */
function relaxationError({ potential: f, point }: Network, law: Float64Array, t: number, seed: number): number {
  const n = point.length
  return largest([0, 1].map((which) => {
    const direction = normals(seed, which, n).map((c) => c / Math.sqrt(n))
    const slope = (along: number): Float64Array => prox(f, point.map((c, k) => c + along * direction[k]), { gamma: t, convex: true }).gradient
    const quotient = (step: number): Float64Array => {
      const behind = slope(-step)
      return slope(step).map((ahead, k) => (ahead - behind[k]) / (2 * step))
    }
    const [fine, coarse] = [quotient(0.01), quotient(0.02)]
    const expected = times(law, direction)
    const off = fine.map((value, k) => value - expected[k])
    return largest(off) / (largest(fine.map((value, k) => value - coarse[k])) + 1e-10 * largest(fine))
  }))
}

async function experiment(parameters: Parameters, context: Context): Promise<Measurement> {
  const { mean: kind } = parameters
  await context.step({ fraction: 0, activity: 'minima in the plane and in space' })
  const f = potential('(x^2 + y^2)/4 + 0.3 sin(2 x + y) + 0.2 cos(x - 2 y)')
  const g = potential('x^2 + 0.25 y^2 + 0.5 z^2 + 0.3 sin(x + y + z)')
  const [planeSuprema, spaceSuprema] = [[1.9, 1.6], [2.3, 0.8, 1.3]]
  const minima = [
    ...viscousMinima('plane', sampled(f, 7, 97), planeSuprema, [-0.5, -0.5], parameters.plane, kind),
    ...[0.1, 0.4].map((t) => inviscidMinimum('plane', f, planeSuprema, [-0.1, -0.95], t, kind)),
    inviscidMinimum('space', g, spaceSuprema, [-0.2, -0.4, -0.2], 0.4, kind),
  ]
  await context.step({ fraction: 0.2, activity: 'minima in space' })
  if (parameters.space.length > 0) minima.push(...viscousMinima('space', sampled(g, 4.5, 41), spaceSuprema, [-0.2, -0.4, -0.2], parameters.space, kind))
  if (parameters.slice.length > 0) {
    await context.step({ fraction: 0.4, activity: 'minima on the digits slice' })
    const sample = sampled(digitsSlice().potential, 4, 45)
    const suprema = digitsSuprema().directions.slice(0, 2).map(({ supremum }) => supremum)
    minima.push(...viscousMinima('digits slice', sample, suprema, [0, 0], parameters.slice, kind))
  }
  const bowl = sampled(potential('2 x^2 + y^2/4'), 6, 121)
  const quadratic = viscousMinima('quadratic', bowl, [4, 0.5], [0, 0], evenly(0.25, 2.5, 6).map((t) => [t, 4]), kind)
  await context.step({ fraction: 0.6, activity: 'Hessian of softmax regression trained on the digits' })
  const network = networkOf(parameters.pooling)
  const n = network.point.length
  const { networkTimes } = parameters
  const matrices = networkTimes.map((t) => (t === 0 ? network.hessian : relaxed(network.hessian, n, t)))
    return {
    minima, quadratic,
    network: networkTimes.map((time, k) => minimumWith({ name: 'trained network', t: time, beta: 'inviscid', slope: 0 }, matrices[k], network.suprema, kind, 1e-9)),
    relaxation: relaxationError(network, relaxed(network.hessian, n, 1), 1, context.seed),
    spectra: [1, 2, 3, 10, 100].map((dim) => {
      const values = Array.from(uniforms(context.seed, [7, dim], dim))
      return { dim, least: Math.min(...values), mean: meanOf(values, kind) }
    }),
  }
}

const every = ({ minima, quadratic, network }: Measurement): Minimum[] => [...minima, ...quadratic, ...network]

/** Largest mean over bound, less what the Hessian may be off. */
const share = (minima: Minimum[]): number => Math.max(...minima.map(({ mean, bound, accuracy }) => (mean / bound) * (1 - accuracy)))

export const harmonicMean: Claim<Parameters, Measurement> = {
  id: 'harmonic-mean',
  paper: 'deep-relaxation',
  title: 'The harmonic mean of the curvatures at a minimum is at most 1/(t + 1/HM(C))',
  statement: String.raw`\mathrm{HM}(\lambda(\nabla^2u))\le\mathrm{HM}(u_{x_kx_k})\le\frac{1}{t+\mathrm{HM}(C)^{-1}},\qquad \lambda_{\min}\le\mathrm{HM}(\lambda)\le n\,\lambda_{\min}`,
  hypotheses: String.raw`At a point where $\nabla^2u(\cdot,t)\succ0$ (a local minimum), $C_k=\sup f_{x_kx_k}>0$; viscous and inviscid. $\lambda_{\min}\le\mathrm{HM}\le n\lambda_{\min}$ for any $n$ positive numbers.`,
  source: 'Chaudhari, Oberman, Osher, Soatto, Carlier (2018), Deep Relaxation, harmonic mean lemma; from semiconcavity along each axis and (A⁻¹)ₖₖ ≥ 1/Aₖₖ',
  parameters: {
    quick: {
      plane: [[0.3, 2], [0.3, 8], [1, 1], [1, 4]], space: [[0.5, 2]], slice: [], pooling: 2, networkTimes: [0, 0.1, 1, 10, 100], mean: 'harmonic',
    },
    full: {
      plane: [[0.3, 1], [0.3, 2], [0.3, 8], [1, 1], [1, 4], [2, 1], [2, 3]], space: [[0.4, 2], [0.5, 1], [0.5, 2], [0.8, 2]],
      slice: [[2, 20], [4, 20]], pooling: 1, networkTimes: [0, 0.1, 1, 10, 100, 1000], mean: 'harmonic',
    },
  },
  seed: 5,
  experiment,
  checks: [
    {
      name: 'minima are minima',
      observe: (measurement) => Math.max(...every(measurement).map(({ slope, least }) => (least > 0 ? slope : Infinity))),
      relation: 'at most',
      bound: () => 64,
      reason: 'the hypothesis: ∇u = 0 up to tens of roundings of (x − ⟨y⟩)/t, in units of eps·(|x| + 1)/t, and a positive least eigenvalue',
    },
    {
      name: 'viscous minima, 2-D and 3-D',
      observe: ({ minima, quadratic }) => share([...minima.filter(({ beta }) => beta !== 'inviscid'), ...quadratic]),
      relation: 'at most',
      bound: () => 1,
      reason: 'HM(∇²u)/(bound), Hessians from the covariance of the local Gibbs measure, less 64 roundings of their terms 1/t; quadratics among them reach 1',
    },
    {
      name: 'inviscid minima, 2-D and 3-D',
      observe: ({ minima }) => share(minima.filter(({ beta }) => beta === 'inviscid')),
      relation: 'at most',
      bound: () => 1,
      reason: 'HM(∇²u₀)/(bound), Hessians from difference quotients of the proximal gradient at minima of f, less what those may be off',
    },
    {
      name: 'all weights of softmax regression trained on the digits, before and after relaxation',
      observe: ({ network }) => share(network),
      relation: 'at most',
      bound: () => 1,
      reason: 'the whole Hessian H at the trained weights (t = 0) and H(I + tH)⁻¹; C_k = (mean input²)/4 + weight decay, as p(1 − p) ≤ 1/4; less 1e−9 for the training tolerance',
    },
    {
      name: 'relaxed Hessian of the network against its proximal gradient',
      observe: ({ relaxation }) => relaxation,
      relation: 'at most',
      bound: () => 1,
      reason: 'difference quotients of (x − prox)/t in random directions of all weights; in units of their change from twice the step plus 1e−10 for the tolerance of the descent',
    },
    {
      name: 'HM of the eigenvalues over HM of the diagonal',
      observe: (measurement) => Math.max(...every(measurement).map(({ mean, diagonalMean, accuracy }) => (mean / diagonalMean) * (1 - accuracy))),
      relation: 'at most',
      bound: () => 1,
      reason: '(A⁻¹)ₖₖ ≥ 1/Aₖₖ for every positive definite A; less what the Hessian may be off',
    },
    {
      name: 'least ≤ HM ≤ n·least',
      observe: (measurement) => Math.max(...[...every(measurement), ...measurement.spectra].map(({ dim, least, mean }) => Math.max(least / mean, mean / (dim * least)))),
      relation: 'at most',
      bound: () => 1 + 1e-9,
      reason: 'all Hessians and random positive numbers, n from 1 to 100; the least eigenvalue by power iteration, from above, to 1e−9',
    },
    {
      name: 'equality for an axis-aligned quadratic',
      observe: ({ quadratic }) => largest(quadratic.map(({ mean, bound, accuracy }) => (mean / bound - 1) / accuracy)),
      relation: 'at most',
      bound: () => 1,
      reason: '2x² + y²/4, C = (4, ½): every inequality is an equality; in units of 64 roundings of the Hessian',
    },
  ],
  control: {
    broken: String.raw`the arithmetic mean is taken: on a quadratic with unequal $C_k$ it exceeds the bound strictly (elsewhere it may satisfy it)`,
    change: (parameters) => ({ ...parameters, mean: 'arithmetic' }),
    mustFail: ['viscous minima, 2-D and 3-D', 'equality for an axis-aligned quadratic'],
  },
  figure: ({ minima, quadratic, network }) => {
    const shown = ['plane', 'space', 'digits slice'].filter((name) => minima.some((m) => m.name === name))
    const after = network.filter(({ t }) => t > 0)
    const fine = evenly(0, 2.5, 101)
    return {
      title: 'Harmonic mean of curvature',
      caption: `Left: minima of smoothed functions. Middle: the quadratic 2x² + y²/4, where the harmonic mean reaches the bound. Right: softmax regression on digits, ${network[0].dim} weights, at its minimum.`,
      panels: [
        {
          title: 'Share of the bound',
          x: { label: 't' },
          y: { label: 'HM(∇²u) / bound', domain: [0, 1.1] },
          marks: [
            ...shown.map((name, color) => {
              const all = minima.filter((m) => m.name === name)
              return { kind: 'points' as const, x: all.map(({ t }) => t), y: all.map(({ mean, bound }) => mean / bound), label: name, color }
            }),
            { kind: 'rule', axis: 'y', at: 1, dashed: true, color: 6 },
          ],
        },
        {
          title: 'Axis-aligned quadratic',
          x: { label: 't' },
          y: { label: 'mean curvature', domain: [0, 2.4] },
          marks: [
            { kind: 'line', x: fine, y: fine.map((t) => 1 / (t + 1.125)), label: '1/(t + 1/HM(C))', color: 0 },
            { kind: 'points', x: quadratic.map(({ t }) => t), y: quadratic.map(({ mean }) => mean), label: 'harmonic, measured', color: 1 },
            { kind: 'line', x: fine, y: fine.map((t) => (4 / (1 + 4 * t) + 0.5 / (1 + 0.5 * t)) / 2), label: 'arithmetic', color: 2, dashed: true },
          ],
        },
        {
          title: 'Trained network, relaxed',
          x: { label: 't', type: 'log' },
          y: { label: 'curvature', type: 'log' },
          marks: [
            { kind: 'line', x: after.map(({ t }) => t), y: after.map(({ bound }) => bound), label: 'bound' },
            { kind: 'line', x: after.map(({ t }) => t), y: after.map(({ diagonalMean }) => diagonalMean), label: 'HM of the diagonal' },
            { kind: 'points', x: after.map(({ t }) => t), y: after.map(({ mean }) => mean), label: 'HM of the eigenvalues' },
            { kind: 'line', x: after.map(({ t }) => t), y: after.map(({ least }) => least), label: 'least', dashed: true },
          ],
        },
      ],
      columns: 3,
    }
  },
}
