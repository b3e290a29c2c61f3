import { exp, log } from '../../core/elementary.ts'
import { uniforms } from '../../random/index.ts'
import type { LocalGibbs } from './measure.ts'
import { evaluated, particleNormals } from './particles.ts'
import type { Particles, Source } from './particles.ts'

/** One of the tempered laws ∝ e^{−V}, V = β(λf + |y − x|²/(2γ)), and how the moves that keep it are made. */
export interface Stage {
  /** λ */
  readonly temper: number
  /** h, in units of the scales. */
  readonly step: number
  /** s: a length for each coordinate. */
  readonly scales: Float64Array
  readonly moves: number
}

/** A drift is cut to so many times the size √d that it has in the mean, so that a proposal never leaps away where f is steep. */
const longestDrift = 3

/**
 * One Metropolis-adjusted Langevin move of every particle: o′ = o + S(−(h²/2) T(S∇V) + hz), T a cut of long vectors, accepted with probability
 * min(1, e^{V(o) − V(o′)} q(o′→o)/q(o→o′)), which keeps the law ∝ e^{−V} exactly at any h and S (Roberts & Tweedie 1996; with the cut, their MALTA). Weights stay.
 */
export function moved(measure: LocalGibbs, particles: Particles, stage: Stage, source: Source, number: number): { particles: Particles; acceptance: number } {
  const { dim } = measure
  const { step, scales } = stage
  const count = particles.values.length
  const noise = particleNormals(source, number, count, dim)
  const drift = driftsOf(measure, particles, stage)
  const offsets = new Float64Array(dim * count)
  for (let k = 0, j = 0; k < dim; k++) for (let i = 0; i < count; i++, j++) offsets[j] = particles.offsets[j] + scales[k] * (drift[j] + step * noise[j])
  const proposed = { ...evaluated(measure, offsets), logWeights: particles.logWeights }
  const logRatios = logRatiosOf(measure, particles, proposed, stage, noise)
  const chances = uniforms(source.seed, [source.stream + 1, source.first, number], count)
  // A ratio of 0/0 between walls is NaN, and no move.
  const accepted = logRatios.map((ratio, i) => (log(chances[i]) < ratio ? 1 : 0))
  const chosen = (old: Float64Array, fresh: Float64Array): Float64Array => {
    const result = new Float64Array(old.length)
    for (let first = 0; first < old.length; first += count) for (let i = 0; i < count; i++) result[first + i] = accepted[i] > 0 ? fresh[first + i] : old[first + i]
    return result
  }
  return {
    particles: {
      offsets: chosen(particles.offsets, offsets), values: chosen(particles.values, proposed.values),
      gradients: chosen(particles.gradients, proposed.gradients), logWeights: particles.logWeights,
    },
    acceptance: logRatios.reduce((sum, ratio) => (ratio > -Infinity ? sum + exp(Math.min(0, ratio)) : sum), 0) / count,
  }
}

/** V(o) − V(o′) + log q(o′→o) − log q(o→o′) for each particle. */
function logRatiosOf(measure: LocalGibbs, from: Particles, to: Particles, stage: Stage, noise: Float64Array): Float64Array {
  const { dim, gamma, beta } = measure
  const { temper, step, scales } = stage
  const count = from.values.length
  const back = driftsOf(measure, to, stage)
  const ratios = from.values.map((value, i) => -beta * temper * (to.values[i] - value))
  for (let k = 0, j = 0; k < dim; k++) {
    for (let i = 0; i < count; i++, j++) {
      const leap = to.offsets[j] - from.offsets[j]
      const reverse = (-leap / scales[k] - back[j]) / step
      ratios[i] -= (beta * leap * (to.offsets[j] + from.offsets[j])) / (2 * gamma) + ((reverse - noise[j]) * (reverse + noise[j])) / 2
    }
  }
  return ratios
}

/** −(h²/2) T(S∇V), component-major. */
function driftsOf({ dim, gamma, beta }: LocalGibbs, { offsets, gradients, values }: Particles, { temper, step, scales }: Stage): Float64Array {
  const count = values.length
  const drifts = new Float64Array(dim * count)
  const squares = new Float64Array(count)
  for (let k = 0, j = 0; k < dim; k++) {
    for (let i = 0; i < count; i++, j++) {
      drifts[j] = scales[k] * beta * (temper * gradients[j] + offsets[j] / gamma)
      squares[i] += drifts[j] * drifts[j]
    }
  }
  const factors = squares.map((square) => (-step * step * Math.min(1, longestDrift * Math.sqrt(dim / square))) / 2)
  for (let k = 0, j = 0; k < dim; k++) for (let i = 0; i < count; i++, j++) drifts[j] *= factors[i]
  return drifts
}
