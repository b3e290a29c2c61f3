import { options } from '../core/arguments.ts'
import { smoothingNames } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { Cancelled } from '../core/errors.ts'
import { checkExecutor } from '../execution/executor.ts'
import type { Executor } from '../execution/executor.ts'
import { checkRunning, runningNames } from '../execution/progress.ts'
import type { Running } from '../execution/progress.ts'
import { importance, localGibbs, quadrature, quadratureOr, samplingOf, toleranceOf, warningOf } from '../pde/local-entropy/index.ts'
import type { LocalGibbs } from '../pde/local-entropy/measure.ts'
import type { Potential } from '../potential/potential.ts'
import { gridDrift, gridSize } from './grid-drift.ts'
import { chainAverage, planChains } from './langevin-average.ts'
import type { ChainAverage, ChainOptions } from './langevin-average.ts'

const methods = ['quadrature', 'importance', 'grid', 'mala', 'langevin'] as const

export interface AveragedDriftOptions extends Smoothing, Running, ChainOptions {
  potential: Potential
  /** The point x. */
  at: ArrayLike<number>
  beta: number
  /** Default 'quadrature' up to three dimensions, 'langevin' beyond. */
  method?: typeof methods[number]
  /** Quadrature: see `localEntropy`. */
  tolerance?: number
  /** Importance: see `localEntropy`. */
  samples?: number
  proposal?: 'mixture' | 'kernel'
  /** Grid: nodes along each axis, 4n + 1; default 2049 in 1-D, 193 in 2-D. */
  size?: number
  /** Runs the chains. */
  executor?: Executor
  /** `Cancelled.state` of the same call: chains continue, the other methods begin again, to the same bits. */
  resume?: unknown
}

export interface AveragedDrift {
  method: typeof methods[number]
  /** −∇u(x) = (⟨y⟩ − x)/γ */
  drift: Float64Array
  /** Standard deviation of the drift over seeds; 0 for quadrature and grid. */
  standardError: Float64Array
  /**
   * An estimate of the known error that is not random: of quadrature, in size; of the grid, drift less truth, for smooth f; of the chains' step, drift less
   * truth, itself known to `biasStandardError`, and too large where twice the step is near instability. Importance sampling's is of the order of the
   * standard error over √(effective sample size), and is given as 0.
   */
  bias: Float64Array
  biasStandardError?: Float64Array
  /**
   * Chains: what the average still holds of the start, predicted from where the chains started and the autocorrelation time (2τ where correlations fall like e^{−s/τ}):
   * (y₀ − ⟨y⟩)(τ/T)e^{−burnIn/τ}, over γ; ∝ 1/steps. Not for chains that do not leave their wells.
   */
  relaxation?: Float64Array
  /** The least over the components. */
  effectiveSampleSize?: number
  /** Chains: the longest over the components, in units of the fast time. */
  autocorrelationTime?: number
  /** Chains: those that left the finite numbers and are in no average. */
  diverged?: number
  /** How the chains ran. */
  chains?: number
  steps?: number
  burnIn?: number
  dt?: number
  /** Present when the standard error is not to be relied on. */
  warning?: string
}

const optionNames = [
  'potential', 'at', 'beta', ...smoothingNames, 'method', 'seed', 'tolerance', 'samples', 'proposal', 'size', 'chains', 'steps', 'burnIn', 'dt', 'start',
  'executor', 'resume', ...runningNames,
]

/**
 * The drift that a slow variable at x feels from a fast one in equilibrium, (⟨y⟩ − x)/γ = −∇u(x, γ), the average over the local Gibbs law ∝ e^{−β(f(y) + |x − y|²/(2γ))}:
 * the right-hand side of the averaged equation of Entropy-SGD and Elastic-SGD.
 *
 * 'quadrature' and 'importance' as in `localEntropy`; 'grid' by differences of `coleHopf` (1-D and 2-D); 'langevin' by averages of independent chains of
 * dy = −(∇f(y) + (y − x)/γ) ds + √(2/β) dW with Leimkuhler and Matthews' method, with standard errors from the pooled autocorrelation time; 'mala' with every step accepted or not by Metropolis, so that
 * the local Gibbs law is stationary at every dt and there is no bias to estimate. Chains that do not
 * leave their well in the time they have (β·barrier ≫ 1) keep the shares that the wells were given at the start, by importance resampling, and the spread of the chains
 * is the standard error; from one `start` they agree with each other and miss the other wells, and no error bar shows that.
 * @throws ArgumentError; DivergenceError as `localEntropy`, and when the chains diverge; Cancelled with a state for `resume`
 */
export async function averagedDrift(given: AveragedDriftOptions): Promise<AveragedDrift> {
  const where = 'averagedDrift'
  options(where, given, optionNames)
  const measure = localGibbs(where, given.potential, 'at', given.at, given)
  const method = quadratureOr(where, measure, given.method, methods)
  checkExecutor(where, given.executor)
  checkRunning(where, given)
  if (method === 'langevin' || method === 'mala') return chains(measure, method, given)
  try {
    if (given.signal?.aborted) throw new Cancelled(`${where}: cancelled`, undefined)
    if (method === 'quadrature') return await fromQuadrature(measure, given)
    if (method === 'importance') return await fromImportance(measure, given)
    return { method, standardError: new Float64Array(measure.dim), ...gridDrift(measure, gridSize(measure, given.size)) }
  } catch (error) {
    // These begin again: there is nothing to keep.
    if (error instanceof Cancelled) throw new Cancelled(error.message, { method })
    throw error
  }
}

async function fromQuadrature(measure: LocalGibbs, given: AveragedDriftOptions): Promise<AveragedDrift> {
  const { dim, gamma } = measure
  const { offset, covariance, error } = await quadrature(measure, given, toleranceOf(measure, given))
  return {
    method: 'quadrature', drift: offset.map((o) => o / gamma), standardError: new Float64Array(dim),
    bias: offset.map((_, k) => (error * Math.sqrt(covariance[k * (dim + 1)])) / gamma),
  }
}

async function fromImportance(measure: LocalGibbs, given: AveragedDriftOptions): Promise<AveragedDrift> {
  const { dim, gamma } = measure
  const { offset, standardErrors, effectiveSampleSize } = await importance(measure, samplingOf(measure.where, measure, given), given, false)
  return {
    method: 'importance', drift: offset.map((o) => o / gamma), standardError: standardErrors.offset.map((e) => e / gamma), bias: new Float64Array(dim),
    effectiveSampleSize, ...warningOf(effectiveSampleSize),
  }
}

async function chains(measure: LocalGibbs, method: 'langevin' | 'mala', given: AveragedDriftOptions): Promise<AveragedDrift> {
  const { gamma } = measure
  const plan = await planChains(measure, method, given).catch((error: unknown) => {
    // No chain has begun.
    throw error instanceof Cancelled ? new Cancelled(error.message, { method }) : error
  })
  const { resume } = given
  const fresh = typeof resume === 'object' && resume !== null && (resume as { method?: unknown }).method === method
  const average = await chainAverage(measure, plan, { ...given, resume: fresh ? undefined : resume })
  const { steps, burnIn } = average
  return {
    method,
    drift: average.offset.map((o) => o / gamma),
    standardError: average.standardError.map((e) => e / gamma),
    // Where the coarse chains are off by 4 c dt² and these by c dt², a third of the difference is c dt².
    bias: average.bias.map((b) => b / gamma),
    ...(average.biasStandardError && { biasStandardError: average.biasStandardError.map((e) => e / gamma) }),
    relaxation: average.relaxation.map((offset) => offset / gamma),
    effectiveSampleSize: average.effectiveSampleSize,
    autocorrelationTime: average.autocorrelationTime,
    diverged: average.diverged,
    chains: plan.chains, steps, burnIn, dt: plan.dt,
    ...chainWarning(average),
  }
}

function chainWarning({ settled, diverged, coarseDiverged, steps }: ChainAverage): { warning?: string } {
  if (diverged + coarseDiverged > 0) return { warning: `${diverged} chains diverged, and ${coarseDiverged} at twice the step: the step's bias is not known; use a smaller dt` }
  if (settled) return {}
  return { warning: `chains of ${steps} steps are short against their correlations: they may not have forgotten their start, and see wells as they found them` }
}
