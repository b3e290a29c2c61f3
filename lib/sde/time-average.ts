import { refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { meanOfChains } from '../stats/autocorrelation.ts'
import type { CorrelatedMean } from '../stats/autocorrelation.ts'
import { pointAt } from './observation.ts'
import type { Named, Points } from './observation.ts'

/** Of the paths' values at the saved times, `autocorrelationTime` in units of time. */
export type TimeAverage = CorrelatedMean

/** Paths whose value is not finite at one of the times are left out; antithetic pairs count as one chain, of their means. */
export function timeAverageOf(times: readonly number[], points: readonly Points[], dim: number, pairs: boolean, { where, name, f }: Named): TimeAverage {
  const spacing = spacingOf(where, times)
  const x = new Float64Array(dim)
  const each = pairs ? 2 : 1
  const chains: Float64Array[] = []
  for (let i = 0; i < points[0].count; i += each) {
    const chain = new Float64Array(times.length)
    let finite = true
    points.forEach((here, j) => {
      for (let member = i; member < i + each && finite; member++) {
        finite = pointAt(here, member, x)
        if (!finite) return
        const value = f(x)
        chain[j] += Number.isFinite(value) ? value / each : refuse(where, `${name}(${x.join(', ')})`, 'a finite number', value)
      }
    })
    if (finite) chains.push(chain)
  }
  if (chains.length === 0) throw new ArgumentError(`${where}: paths must be finite, got ${points[0].count} that have all diverged`)
  const mean = meanOfChains(chains)
  return { ...mean, autocorrelationTime: spacing * mean.autocorrelationTime }
}

/** Times differ from equal spacing by rounding only. */
function spacingOf(where: string, times: readonly number[]): number {
  const spacing = (times.at(-1)! - times[0]) / (times.length - 1)
  const equal = times.every((time, j) => Math.abs(time - times[0] - j * spacing) <= 1e-9 * spacing + 4 * Number.EPSILON * Math.abs(time))
  if (times.length < 4 || !equal) {
    throw new ArgumentError(`${where}: saveAt must be at least 4 equally spaced times from \`from\` on, got ${times.length < 4 ? times.length : 'times that are not equally spaced'}`)
  }
  return spacing
}
