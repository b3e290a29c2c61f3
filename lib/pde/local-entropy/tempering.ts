import { exp } from '../../core/elementary.ts'
import { DivergenceError } from '../../core/errors.ts'
import type { Breather } from '../../execution/progress.ts'
import { importanceWeights } from '../../stats/weighted.ts'
import { uniforms } from '../../random/index.ts'
import type { LocalGibbs } from './measure.ts'
import { moved } from './metropolis-langevin.ts'
import type { Stage } from './metropolis-langevin.ts'
import { alive, kernelParticles, resampledIfPoor, reweighted } from './particles.ts'
import type { Particles, Source } from './particles.ts'

/** The laws that are passed on the way from the kernel to the local Gibbs law, and how. */
export interface Tempering {
  /** The lowest f seen at the start, which weights are relative to. */
  readonly base: number
  /** λ rises to 1. */
  readonly stages: readonly Stage[]
}

/** Particles of the run that finds the tempering. */
export const pilotParticles = 256
/** Each λ is the largest at which the conditional effective sample size keeps this share. */
const kept = 0.97
/** Roberts & Rosenthal 1998. */
const wantedAcceptance = 0.574
/** From here a move goes to the mean of a Gaussian whose curvature the scales are made of. */
const longestStep = Math.SQRT2
/**
 * ⟨|S⁻¹Δo|²⟩ over d after which a law is left: 2 for independent positions of unit curvature. For the same work, many particles that are hurried on have
 * larger errors than few that are not, and errors they do not see.
 */
const wantedTravel = 1.6
const mostMoves = 40
const mostStages = 2000

/**
 * The tempering, by a run of its own: λ rises by the conditional effective sample size (Zhou, Johansen & Aston 2016); lengths are the
 * inverse roots of ⟨(∂V)²⟩, which is the mean curvature ⟨∂²V⟩ (Titsias 2023) and not stretched by several wells, as variances are; the step goes on from the
 * last stage's and is adapted to an acceptance of 0.574; moves are made until particles are nearly independent of where they were.
 * @param share of the whole work, for the progress
 * @throws DivergenceError when f is +∞ at all particles, or λ does not reach 1
 */
export async function pilotTempering(measure: LocalGibbs, source: Source, share: number, breathe: Breather): Promise<Tempering> {
  const { where, dim, beta } = measure
  let particles = kernelParticles(measure, source, pilotParticles)
  const base = particles.values.reduce((low, value) => Math.min(low, value), Infinity)
  if (base === Infinity) throw allWalls(measure, pilotParticles)
  const stages: Stage[] = []
  let [temper, step, number] = [0, Math.min(longestStep, 1.65 * dim ** (-1 / 6)), 0]
  while (temper < 1) {
    if (stages.length === mostStages) {
      throw new DivergenceError(
        `${where}: annealing came to λ = ${temper.toPrecision(3)} in ${mostStages} stages; f(y) + |x − y|²/(2γ) is unbounded below or varies too much; use a smaller gamma`,
      )
    }
    const rise = nextRise(particles, beta, 1 - temper, base)
    temper = rise < 1 - temper ? temper + rise : 1
    particles = reweighted(particles, beta * rise, base)
    particles = resampledIfPoor(particles, resamplingUniform(source, ++number))
    const scales = scalesOf(measure, particles, temper)
    const { offsets } = particles
    let moves = 0
    do {
      await breathe({ fraction: share * temper, activity: `finding the tempering, λ = ${temper.toPrecision(3)}` }, () => undefined)
      const { particles: next, acceptance } = moved(measure, particles, { temper, step, scales, moves }, source, number++)
      particles = next
      step = Math.min(longestStep, step * exp(acceptance - wantedAcceptance))
      moves++
    } while (moves < mostMoves && meanSquareTravel(particles, offsets, scales) < wantedTravel * dim)
    stages.push({ temper, step, scales, moves })
  }
  return { base, stages }
}

/** A group of particles carried along a tempering that does not depend on it. */
export async function annealed(
  measure: LocalGibbs, { base, stages }: Tempering, source: Source, count: number, breathe: (done: number) => Promise<void>,
): Promise<Particles> {
  let particles = kernelParticles(measure, source, count)
  let [temper, number] = [0, 0]
  for (const stage of stages) {
    particles = reweighted(particles, measure.beta * (stage.temper - temper), base)
    if (!alive(particles)) return particles
    particles = resampledIfPoor(particles, resamplingUniform(source, ++number))
    for (let move = 0; move < stage.moves; move++) {
      await breathe(stage.temper)
      particles = moved(measure, particles, stage, source, number++).particles
    }
    temper = stage.temper
  }
  return particles
}

export function allWalls({ where }: LocalGibbs, samples: number): DivergenceError {
  return new DivergenceError(`${where}: f is +Infinity at all of the ${samples} samples; use a smaller gamma or more samples`)
}

function resamplingUniform({ seed, stream, first }: Source, number: number): number {
  return uniforms(seed, [stream + 2, first, number], 1)[0]
}

/** The rise of λ after which the conditional effective sample size n(ΣWv)²/ΣWv², v = e^{−β rise f}, is the share `kept` of what walls leave of it. */
function nextRise({ values, logWeights }: Particles, beta: number, most: number, base: number): number {
  const { weights } = importanceWeights(logWeights)
  const shareAfter = (rise: number): number => {
    let [sum, squares] = [0, 0]
    weights.forEach((w, i) => {
      if (!(values[i] < Infinity)) return
      const factor = exp(-beta * rise * (values[i] - base))
      sum += w * factor
      squares += w * factor * factor
    })
    return squares > 0 ? (sum * sum) / squares : 0
  }
  const wanted = kept * shareAfter(0)
  if (shareAfter(most) >= wanted) return most
  let [low, high] = [0, most]
  for (let halving = 0; halving < 1100 && high - low > 1e-3 * high; halving++) {
    const middle = (low + high) / 2
    if (shareAfter(middle) >= wanted) low = middle
    else high = middle
  }
  return high
}

/** 1/√⟨(∂V)²⟩ for each coordinate, with the kernel's value as one more particle. */
function scalesOf({ dim, gamma, beta }: LocalGibbs, { offsets, gradients, logWeights }: Particles, temper: number): Float64Array {
  const { weights } = importanceWeights(logWeights)
  const count = weights.length
  return Float64Array.from({ length: dim }, (_, k) => {
    const square = weights.reduce((sum, w, i) => sum + w * (beta * (temper * gradients[k * count + i] + offsets[k * count + i] / gamma)) ** 2, 0)
    return 1 / Math.sqrt((count * square + beta / gamma) / (count + 1))
  })
}

/** ⟨|S⁻¹(o − start)|²⟩ */
function meanSquareTravel({ offsets, logWeights }: Particles, start: Float64Array, scales: Float64Array): number {
  const { weights } = importanceWeights(logWeights)
  const count = weights.length
  return offsets.reduce((sum, o, j) => sum + weights[j % count] * ((o - start[j]) / scales[Math.floor(j / count)]) ** 2, 0)
}
