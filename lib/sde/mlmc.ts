import { refuse } from '../core/arguments.ts'
import { Cancelled, DivergenceError } from '../core/errors.ts'
import { inline } from '../execution/executor.ts'
import type { PieceState } from '../execution/executor.ts'
import type { Running } from '../execution/progress.ts'
import type { Estimate } from '../stats/estimate.ts'
import { kurtosisOf, mergeMoments, momentsOf, noMoments, varianceOf } from '../stats/moments.ts'
import type { Moments } from '../stats/moments.ts'
import { planMlmc } from './mlmc-options.ts'
import type { MlmcOptions, MlmcPlan, MlmcState } from './mlmc-options.ts'
import { nextPaths, observedOrders, remainingBias } from './mlmc-plan.ts'
import type { LevelOrders } from './mlmc-plan.ts'
import { levelTask } from './mlmc-task.ts'
import type { LevelPiece, LevelState } from './mlmc-task.ts'
import { stratum } from './observation.ts'
import { areaHalvingsFor, placeOf } from './path-arguments.ts'
import type { PathPiece } from './simulation.ts'
import type { StochasticEquation } from './system.ts'

export interface Mlmc extends Estimate {
  /** Size of the error of the finest step, from the last three differences of levels and the observed weak order. The standard error does not include it. */
  bias: number
  levels: MlmcLevel[]
  /** Orders in dt of the levels' means and variances, as observed, within ½ and what the method promises. */
  orders: LevelOrders
  /** Steps of all paths together. */
  steps: number
}

/** P_0 or, for l ≥ 1, the difference P_l − P_(l−1) on the same Wiener paths. */
export interface MlmcLevel {
  dt: number
  paths: number
  mean: number
  variance: number
  /** Far above 3 the variance, and so the standard error, is poorly known: about √(kurtosis/paths) of it. NaN where nothing varies. */
  kurtosis: number
  /** Steps of a path, those of its coarse twin included. */
  cost: number
}

/**
 * E P(x(time)) by multilevel Monte Carlo (Giles 2008): E P_L = E P_0 + Σ_l E(P_l − P_(l−1)), P_l with steps dt/2^l. The two paths of a difference see the same Wiener process, other levels
 * other ones, so that fine levels need few paths. Paths per level are chosen from the variances and costs as they show, for a variance of ¾ tolerance²; levels are added until the
 * bias, extrapolated with the observed weak order, is below tolerance/2. The cost is ∝ tolerance^−2 for methods of strong order above ½, tolerance^−2 log² at ½, for P that is
 * Lipschitz. What no path of the first few hundred has seen (rare events) it cannot know of.
 *
 * For a seed the numbers are the same for every executor and block size.
 * @throws ArgumentError; DivergenceError when a path leaves the finite numbers, or the tolerance takes more than the most levels; Cancelled with a state for `resume`
 */
export async function mlmc(equation: StochasticEquation, given: MlmcOptions): Promise<Mlmc> {
  const plan = planMlmc(equation, given)
  const { rules, identity: { dt } } = plan
  let state = plan.state
  let reached = 0
  for (;;) {
    const paths = nextPaths(state.levels, rules)
    if (paths === undefined) return resultOf(state.levels, plan)
    const stepsOf = (counts: readonly number[]): number => counts.reduce((sum, count, l) => sum + count * rules.cost(l), 0)
    const [before, after] = [stepsOf(state.levels.map(({ count }) => count)), stepsOf(paths)]
    const share = state.levels.length === 0 ? 0.05 : 0.95
    const activity = `paths with steps from ${dt} to ${dt / 2 ** (paths.length - 1)}`
    const onProgress: Running['onProgress'] = ({ fraction }) => {
      // How much there is to do shows only little by little.
      reached = Math.max(reached, (share * (before + fraction * (after - before))) / after)
      given.onProgress?.({ fraction: reached, activity })
    }
    onProgress({ fraction: 0, activity })
    state = { ...state, levels: await march(plan, state, paths, { ...given, onProgress }), ended: [], begun: [] }
  }
}

/** Neighbouring paths of a level. */
interface Chunk {
  level: number
  first: number
  count: number
}

/** Marches the paths that the levels lack and merges what they show, in order. */
async function march(plan: MlmcPlan, state: MlmcState, paths: readonly number[], given: MlmcOptions): Promise<Moments[]> {
  const { levels } = state
  const chunks = paths.flatMap((count, level) => chunksOf(level, levels[level]?.count ?? 0, count))
  const ended = new Map(state.ended)
  const begun = new Map(state.begun)
  const pending = chunks.map((_, c) => c).filter((c) => !ended.has(c))
  try {
    await (given.executor ?? inline()).run('mlmc', levelTask, pending.map((c) => pieceOf(plan, chunks[c], begun.get(c))), {
      ...(given.signal && { signal: given.signal }),
      ...(given.onProgress && { onProgress: given.onProgress }),
      onResult(points: Float64Array[], index: number) {
        const c = pending[index]
        ended.set(c, momentsOf(differences(plan.observe, plan.dim, points)))
        begun.delete(c)
      },
    })
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    for (const { index, state: piece } of (error as Cancelled<PieceState[]>).state) begun.set(pending[index], piece as LevelState)
    throw new Cancelled(error.message, { identity: plan.identity, levels, ended: [...ended], begun: [...begun] } satisfies MlmcState)
  }
  const merged = paths.map((_, l) => levels[l] ?? noMoments)
  for (const [c, { level }] of chunks.entries()) merged[level] = mergeMoments(merged[level], ended.get(c)!)
  merged.forEach(({ mean }, level) => {
    if (Number.isFinite(mean)) return
    throw new DivergenceError(`mlmc: paths diverged with dt = ${plan.identity.dt / 2 ** Math.max(0, level - 1)} or half of it; use a smaller dt or a stabler method (now '${plan.identity.method}')`)
  })
  return merged
}

function chunksOf(level: number, from: number, to: number): Chunk[] {
  return Array.from({ length: Math.ceil((to - from) / stratum) }, (_, k) => ({ level, first: from + k * stratum, count: Math.min(stratum, to - from - k * stratum) }))
}

/** The fine paths of a chunk, then the coarse ones. */
function pieceOf({ equation, identity: { method, dt, time }, initial, seeds, blockSize }: MlmcPlan, { level, first, count }: Chunk, from: LevelState | undefined): LevelPiece {
  const finenesses = level === 0 ? [0] : [level, level - 1]
  const marches = finenesses.map((halvings): PathPiece => {
    const step = dt / 2 ** halvings
    return {
      equation, method, seed: seeds[level], first, count, initial, dt: step, stops: [placeOf(time, step)], blockSize, brownian: undefined,
      // The same for a step length, be it the fine one or the coarse one of a difference: the sum of the differences is to telescope.
      areaHalvings: areaHalvingsFor(time / step), antithetic: false, tolerance: undefined,
    }
  })
  return { marches, ...(from && { from }) }
}

/** P of the fine points less that of the coarse ones; NaN for a path that has diverged. */
function differences(observe: MlmcOptions['observe'], dim: number, points: readonly Float64Array[]): Float64Array {
  const count = points[0].length / dim
  const x = new Float64Array(dim)
  const valueAt = (all: Float64Array, i: number): number => {
    for (let k = 0; k < dim; k++) x[k] = all[k * count + i]
    if (!x.every(Number.isFinite)) return NaN
    const value = observe(x)
    return Number.isFinite(value) ? value : refuse('mlmc', `observe(${x.join(', ')})`, 'a finite number', value)
  }
  return Float64Array.from({ length: count }, (_, i) => points.reduce((sum, all, part) => sum + (part === 0 ? 1 : -1) * valueAt(all, i), 0))
}

function resultOf(levels: readonly Moments[], { rules, identity: { dt } }: MlmcPlan): Mlmc {
  const orders = observedOrders(levels, rules)
  return {
    estimate: levels.reduce((sum, { mean }) => sum + mean, 0),
    standardError: Math.sqrt(levels.reduce((sum, level) => sum + varianceOf(level) / level.count, 0)),
    bias: remainingBias(levels, orders),
    orders,
    steps: levels.reduce((sum, { count }, l) => sum + count * rules.cost(l), 0),
    levels: levels.map((level, l) => ({
      dt: dt / 2 ** l, paths: level.count, mean: level.mean, variance: varianceOf(level), kurtosis: kurtosisOf(level), cost: rules.cost(l),
    })),
  }
}
