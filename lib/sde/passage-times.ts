import { ArgumentError } from '../core/errors.ts'
import type { Estimate } from '../stats/estimate.ts'
import { checkProbability, ordered, quantileOf } from '../stats/quantiles.ts'
import type { QuantileEstimate } from '../stats/quantiles.ts'
import { meanOfIndependent } from '../stats/samples.ts'

/** Times at which paths were first seen in the target, at the ends of steps. */
export interface FirstPassage {
  readonly paths: number
  readonly dt: number
  readonly timeLimit: number
  /** Of each path; NaN where it was not reached. */
  readonly times: Float64Array
  /** Paths that had not reached the target by the time limit. */
  readonly censored: number
  /** Paths that left the finite numbers on the way. No average includes them. */
  readonly diverged: number
  /** Fingerprint of all that the times depend on but for dt. */
  readonly problem: string
  /**
   * Mean time, with its standard error s/√n.
   * @throws ArgumentError where paths were censored: their times are not known, and the mean of the others is too small
   */
  mean(): Estimate
  /**
   * The time before which a share of the paths is in the target, with a 95 % interval (see `Ensemble.quantile`); its upper end is Infinity where that is beyond the time limit.
   * @throws ArgumentError where the quantile itself is beyond the time limit
   */
  quantile(probability: number): QuantileEstimate
  /**
   * The mean time of steps of length 0 from these paths and the same paths with longer steps: (m √H − M √h)/(√H − √h), path by path, with m, h of this run and M, H of `coarse`. The error
   * of order √h of the discrete watch is gone; what is left is of order h.
   * @throws ArgumentError where paths were censored, or `coarse` is not the same problem with a larger dt
   */
  extrapolatedMean(coarse: FirstPassage): Estimate
}

/** @param found times of the paths; Infinity where censored, NaN where diverged */
export function passageOf(found: Float64Array, { dt, timeLimit, problem }: Pick<FirstPassage, 'dt' | 'timeLimit' | 'problem'>): FirstPassage {
  const known = found.filter((time) => !Number.isNaN(time))
  const diverged = found.length - known.length
  const censored = known.reduce((sum, time) => sum + (time === Infinity ? 1 : 0), 0)
  return Object.freeze({
    paths: found.length, dt, timeLimit, censored, diverged, problem,
    times: found.map((time) => (time === Infinity ? NaN : time)),
    mean: () => meanOf(complete('mean', known, censored)),
    quantile(probability: number) {
      checkProbability('quantile', probability)
      const quantile = quantileOf('quantile', ordered(someOf('quantile', known)), probability)
      if (quantile.estimate < Infinity) return quantile
      throw new ArgumentError(`quantile: probability must be at most ${(known.length - censored) / known.length}, the share that was in the target by the time limit, got ${probability}`)
    },
    extrapolatedMean(coarse: FirstPassage) {
      const where = 'extrapolatedMean'
      if (coarse?.problem !== problem || !(coarse.dt > dt)) {
        throw new ArgumentError(`${where}: coarse must be a first passage of the same problem with a dt above ${dt}, got ${coarse?.problem === problem ? `dt ${coarse.dt}` : 'another'}`)
      }
      complete(where, known, censored + coarse.censored)
      const [short, long] = [Math.sqrt(dt), Math.sqrt(coarse.dt)]
      const limits = found.map((time, i) => (time * long - coarse.times[i] * short) / (long - short))
      return meanOf(someOf(where, limits.filter((time) => !Number.isNaN(time))))
    },
  })
}

function someOf(where: string, times: Float64Array): Float64Array {
  if (times.length === 0) throw new ArgumentError(`${where}: paths must be finite, got all of them diverged`)
  return times
}

function complete(where: string, times: Float64Array, censored: number): Float64Array {
  if (censored > 0) throw new ArgumentError(`${where}: timeLimit must be long enough for every path to reach the target, got ${censored} that did not; their times are unknown, quantiles are not`)
  return someOf(where, times)
}

function meanOf(times: Float64Array): Estimate {
  return times.length === 1 ? { estimate: times[0], standardError: Infinity } : meanOfIndependent(times)
}
