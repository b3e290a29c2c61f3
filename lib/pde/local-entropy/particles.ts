import { refuse } from '../../core/arguments.ts'
import { normals } from '../../random/index.ts'
import { importanceWeights } from '../../stats/weighted.ts'
import { pointsAt, potentialValues } from './measure.ts'
import type { LocalGibbs } from './measure.ts'

/** Weighted particles, component-major. */
export interface Particles {
  readonly offsets: Float64Array
  /** f, +∞ within walls. */
  readonly values: Float64Array
  /** ∇f, zero within walls. */
  readonly gradients: Float64Array
  /** Their weights have for mean the estimate of a tempered law's mass over the kernel's. */
  readonly logWeights: Float64Array
}

/** Where a group's random numbers are: its particles are numbers first, first + 1, … of the streams. */
export interface Source {
  readonly seed: number
  /** The first of three neighbouring streams: normals of the moves, uniforms that accept them, uniforms of resampling. */
  readonly stream: number
  readonly first: number
}

/** Particles from the kernel N(x, γ/β I), of weight 1. */
export function kernelParticles(measure: LocalGibbs, source: Source, count: number): Particles {
  const { dim, gamma, beta } = measure
  const size = Math.sqrt(gamma / beta)
  const noise = particleNormals(source, 0, count, dim)
  return { ...evaluated(measure, noise.map((z) => size * z)), logWeights: new Float64Array(count) }
}

/** Standard normals of move `number` of each particle, component-major. */
export function particleNormals({ seed, stream, first }: Source, number: number, count: number, dim: number): Float64Array {
  const noise = new Float64Array(dim * count)
  const own = new Float64Array(dim)
  for (let i = 0; i < count; i++) {
    normals(seed, [stream, first + i, number], dim, own)
    for (let k = 0; k < dim; k++) noise[k * count + i] = own[k]
  }
  return noise
}

/** f and its gradient at offsets. */
export function evaluated(measure: LocalGibbs, offsets: Float64Array): Pick<Particles, 'offsets' | 'values' | 'gradients'> {
  const { where, f, x, dim } = measure
  const count = offsets.length / dim
  const values = potentialValues(measure, offsets, new Float64Array(count))
  const gradients = f.gradients(pointsAt(x, dim, offsets), new Float64Array(offsets.length))
  for (let k = 0, j = 0; k < dim; k++) {
    for (let i = 0; i < count; i++, j++) {
      if (values[i] === Infinity) gradients[j] = 0
      else if (!Number.isFinite(gradients[j])) refuse(where, 'potential.gradients', 'finite numbers where f is finite', gradients[j])
    }
  }
  return { offsets, values, gradients }
}

/** Whether f is finite at any particle that has weight. */
export function alive({ logWeights }: Pick<Particles, 'logWeights'>): boolean {
  return logWeights.some((value) => value > -Infinity)
}

/** The weights times e^{−factor (f − base)}, factor > 0. */
export function reweighted(particles: Particles, factor: number, base: number): Particles {
  const { values, logWeights } = particles
  return { ...particles, logWeights: logWeights.map((value, i) => value - factor * (values[i] - base)) }
}

/**
 * Equal weights of the same mean, when the effective sample size is below half the particles: particle i is then taken about n w_i/Σw times, by systematic
 * resampling (Kitagawa 1996) with the uniform number `u`. Whether it happens depends on the past alone, which leaves the mean of the weights unbiased.
 */
export function resampledIfPoor(particles: Particles, u: number): Particles {
  const { offsets, values, gradients, logWeights } = particles
  const count = values.length
  const { weights, logMean, effectiveSampleSize } = importanceWeights(logWeights)
  if (effectiveSampleSize >= count / 2) return particles
  const chosen = new Int32Array(count)
  let [i, sum] = [0, weights[0]]
  for (let j = 0; j < count; j++) {
    while (i < count - 1 && sum * count <= j + u) sum += weights[++i]
    chosen[j] = weights[i] > 0 ? i : chosen[j - 1]
  }
  const take = (numbers: Float64Array): Float64Array => numbers.map((_, j) => numbers[j - (j % count) + chosen[j % count]])
  return { offsets: take(offsets), values: take(values), gradients: take(gradients), logWeights: new Float64Array(count).fill(logMean.estimate) }
}
