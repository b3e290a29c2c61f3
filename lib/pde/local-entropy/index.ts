import { callable, integer, oneOf, options, point, positive, refuse } from '../../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../../core/conventions.ts'
import type { Smoothing } from '../../core/conventions.ts'
import { breather, breathing, checkRunning, runningNames } from '../../execution/progress.ts'
import type { Paced, Running } from '../../execution/progress.ts'
import { isPotential } from '../../potential/potential.ts'
import type { Potential } from '../../potential/potential.ts'
import { annealedMoments, annealingGroups } from './annealed.ts'
import { importanceMoments } from './importance.ts'
import type { ImportanceMoments } from './importance.ts'
import { latticeQuadrature } from './lattice-quadrature.ts'
import { lineQuadrature } from './line-quadrature.ts'
import type { Quadrature } from './line-quadrature.ts'
import { derivativesOf } from './measure.ts'
import type { LocalEntropyValues, LocalGibbs } from './measure.ts'

type Method = 'quadrature' | 'annealed' | 'importance'

export interface LocalEntropyOptions extends Smoothing, Running {
  beta: number
  /**
   * 'quadrature' (default up to three dimensions); 'importance' (default beyond), the cheaper where Gaussians at the minimisers of f(y) + |x − y|²/(2γ) are a fair
   * picture of the local Gibbs law; 'annealed', which needs no such picture and finds wells from the kernel, at hundreds of gradients a sample.
   */
  method?: Method
  /** For quadrature: the relative error at which it ends, default 1e−12 on the line and 1e−10 beyond, and not less than rounding of βf allows. */
  tolerance?: number
  /** For importance: default 2^23/dim, from 1024 to 16384. For annealed: default 2048, at least 64, in 32 equal groups (a remainder is not used). */
  samples?: number
  /** For importance and annealed: default 0. Importance sample i depends on (seed, i) alone. */
  seed?: number
  /**
   * For importance: 'mixture' (default), the kernel N(x, γ/β I) with Gaussians at the minimisers of f(y) + |x − y|²/(2γ); 'kernel', the kernel alone
   * (HJ-Prox; Osher, Heaton & Wu Fung 2023), whose effective sample size falls like e^{−γβ‖∇f‖² − γ²‖∇²f‖²/2}.
   */
  proposal?: 'mixture' | 'kernel'
}

export interface LocalEntropy extends LocalEntropyValues {
  method: Method
  /** Of sampling: zeros for quadrature. For annealed by the spread of 32 groups, so that errors over them follow Student's law of 31 degrees of freedom. */
  standardErrors: LocalEntropyValues
  /**
   * Estimated errors of quadrature, in size; zeros for importance and annealed, whose bias is of the order of the standard error over the root of the effective
   * sample size: the mean weight is unbiased, and −(1/β) log of it is too high by β/2 times the square of the value's standard error.
   */
  bias: LocalEntropyValues
  /**
   * (Σw)²/Σw² of the weights; for annealed, where samples are not independent, the number of independent ones that would have the standard error of the mean
   * weight, or that of ⟨y⟩ if fewer; Infinity for quadrature.
   */
  effectiveSampleSize: number
  /** Present when the effective sample size is below 100: the numbers and their standard errors are then not to be relied on. */
  warning?: string
}

/** Below this effective sample size the delta method does not hold. */
const fewSamples = 100
const largestQuadrature = 3
const budget = 2 ** 22
const annealedSamples = 2048

/**
 * Local entropy at a point, u(x) = −(1/β) log (G_{γ/β} ∗ e^{−βf})(x), with ∇u = (x − ⟨y⟩)/γ and ∇²u = (I − (β/γ) Cov y)/γ, averages under the local Gibbs
 * law ∝ e^{−β(f(y) + |x − y|²/(2γ))}.
 *
 * Quadrature: on the line adaptive Gauss–Kronrod, which takes kinks and walls (+∞); in two and three dimensions sums over lattices, spectrally accurate for
 * smooth f. The tolerance, or what rounding of βf leaves (eps·β|f|), is relative: to 1/β in u, and to the standard deviation and covariance of y in ∇u and ∇²u. What
 * is returned is usually far better, being the finer of what was compared. Kinks and walls in two and three dimensions rarely settle.
 * Importance sampling in any dimension, with standard errors; see `effectiveSampleSize`. A well that neither the search of `prox` nor a lattice of 65² or 25³
 * points sees is missed by both.
 * Annealed: a sequential Monte Carlo sampler (Neal 2001; Del Moral, Doucet & Jasra 2006) in any dimension. u = −(1/β) log E ∏ e^{−βΔλ f}, along the laws
 * ∝ e^{−λβf} N(x, γ/β I), λ from 0 to 1, kept by Metropolis-adjusted Langevin moves; E is unbiased. It takes values and gradients of f alone. A well that no particle
 * finds while λ is small is missed, and the standard errors then know nothing of it; they come out some tens of per cent small where a well is narrower than
 * another by many units of e^{d/2}, and rare particles bring in its mass.
 * @throws ArgumentError on a bad potential, x or option; DivergenceError where f(y) + |x − y|²/(2γ) is unbounded below, and when quadrature
 * does not settle; Cancelled
 */
export async function localEntropy(potential: Potential, x: ArrayLike<number>, given: LocalEntropyOptions): Promise<LocalEntropy> {
  const where = 'localEntropy'
  options(where, given, [...smoothingNames, 'beta', 'method', 'tolerance', 'samples', 'seed', 'proposal', ...runningNames])
  const measure = localGibbs(where, potential, 'x', x, given)
  const method = quadratureOr(where, measure, given.method, ['quadrature', 'annealed', 'importance'])
  checkRunning(where, given)
  if (method === 'annealed') {
    const sampling = samplingOf(where, measure, { ...given, samples: given.samples ?? annealedSamples })
    integer(where, 'samples', sampling.samples, 2 * annealingGroups)
    return fromSamples(measure, method, await annealedMoments(measure, sampling, breather(where, given)))
  }
  const sampling = samplingOf(where, measure, given)
  return method === 'quadrature'
    ? fromQuadrature(measure, await quadrature(measure, given, toleranceOf(measure, given)))
    : fromSamples(measure, method, await importance(measure, sampling, given))
}

/** The local Gibbs law, from arguments that are checked here. */
export function localGibbs(where: string, f: Potential, pointName: string, x: ArrayLike<number>, given: Smoothing & { beta: number }): LocalGibbs {
  if (!isPotential(f)) refuse(where, 'potential', 'a potential', f)
  const dim = integer(where, 'potential.dim', f.dim, 1)
  for (const name of ['values', 'gradients', 'hessian'] as const) callable(where, `potential.${name}`, f[name])
  const at = Float64Array.from(point(where, pointName, x, dim))
  const gamma = smoothingTime(where, given)
  return { where, f, dim, x: at, gamma, beta: positive(where, 'beta', given.beta) }
}

/** The method asked for; quadrature by default where it can be, and refused where it cannot. The last of `names` is the default elsewhere. */
export function quadratureOr<const T extends string>(where: string, { dim }: LocalGibbs, method: unknown, names: readonly T[]): T {
  const chosen = oneOf(where, 'method', method ?? (dim <= largestQuadrature ? names[0] : names.at(-1)), names)
  if (chosen === 'quadrature' && dim > largestQuadrature) refuse(where, 'method', `'${names.at(-1)}' beyond ${largestQuadrature} dimensions`, method)
  return chosen
}

export interface SamplingChoice {
  samples?: number
  seed?: number
  proposal?: 'mixture' | 'kernel'
}

export function samplingOf(where: string, { dim }: LocalGibbs, given: SamplingChoice): Required<SamplingChoice> {
  const samples = integer(where, 'samples', given.samples ?? Math.max(1024, Math.min(16384, Math.floor(2 ** 23 / dim))), 2)
  if (samples * dim > 2 ** 27) refuse(where, 'samples', `at most ${Math.floor(2 ** 27 / dim)} in ${dim} dimensions`, samples)
  return { samples, seed: integer(where, 'seed', given.seed ?? 0, 0), proposal: oneOf(where, 'proposal', given.proposal ?? 'mixture', ['mixture', 'kernel']) }
}

export function toleranceOf({ where, dim }: LocalGibbs, { tolerance }: { tolerance?: number }): number {
  const value = positive(where, 'tolerance', tolerance ?? (dim === 1 ? 1e-12 : 1e-10))
  return value < 0.1 ? value : refuse(where, 'tolerance', 'below 0.1', value)
}

export function pacedQuadrature(measure: LocalGibbs, tolerance: number): Paced<Quadrature> {
  return measure.dim === 1 ? lineQuadrature(measure, tolerance, budget) : latticeQuadrature(measure, tolerance, budget)
}

export async function quadrature(measure: LocalGibbs, running: Running, tolerance: number): Promise<Quadrature> {
  return breathing(pacedQuadrature(measure, tolerance), breather(measure.where, running))
}

export async function importance(measure: LocalGibbs, sampling: Required<SamplingChoice>, running: Running, covariance = true): Promise<ImportanceMoments> {
  return breathing(importanceMoments(measure, { ...sampling, covariance }), breather(measure.where, running))
}

/** A warning when there are too few effective samples. */
export function warningOf(effectiveSampleSize: number): { warning?: string } {
  if (effectiveSampleSize >= fewSamples) return {}
  return { warning: `effective sample size ${effectiveSampleSize.toPrecision(3)} is below ${fewSamples}: the standard errors are not to be relied on` }
}

function fromQuadrature(measure: LocalGibbs, moments: Quadrature): LocalEntropy {
  const { dim, gamma, beta } = measure
  const spread = Float64Array.from({ length: dim }, (_, k) => Math.sqrt(moments.covariance[k * (dim + 1)]))
  return {
    ...derivativesOf(measure, moments),
    method: 'quadrature',
    standardErrors: { value: 0, gradient: new Float64Array(dim), hessian: new Float64Array(dim * dim) },
    bias: {
      value: moments.error / beta,
      gradient: spread.map((s) => (moments.error * s) / gamma),
      hessian: moments.covariance.map((_, i) => (moments.error * beta * spread[Math.floor(i / dim)] * spread[i % dim]) / (gamma * gamma)),
    },
    effectiveSampleSize: Infinity,
  }
}

function fromSamples(measure: LocalGibbs, method: Method, moments: ImportanceMoments): LocalEntropy {
  const { dim, gamma, beta } = measure
  const { standardErrors, effectiveSampleSize } = moments
  return {
    ...derivativesOf(measure, moments),
    method,
    standardErrors: {
      value: standardErrors.logMass / beta,
      gradient: standardErrors.offset.map((error) => error / gamma),
      hessian: standardErrors.covariance.map((error) => (beta * error) / (gamma * gamma)),
    },
    bias: { value: 0, gradient: new Float64Array(dim), hessian: new Float64Array(dim * dim) },
    effectiveSampleSize,
    ...warningOf(effectiveSampleSize),
  }
}
