import { log } from '../../core/elementary.ts'
import type { Paced } from '../../execution/progress.ts'
import { averaged, distance, scaled, sumOver } from './lattice-sums.ts'
import type { Sums } from './lattice-sums.ts'
import type { Quadrature } from './line-quadrature.ts'
import { negligible, roundingOf, unsettled } from './measure.ts'
import type { LocalGibbs } from './measure.ts'
import { modesOf } from './modes.ts'
import type { Mode } from './modes.ts'
import { whitened } from './whitening.ts'

/** A sum over all integers of a Gaussian at steps of 0.8 standard deviations is right to 2e^{−2π²/0.64} = 8e−14. */
const firstStep = 0.8
/** After this many refinements in a row at which the error fell like a power of the step, too slowly for the budget, the sum is given up. */
const patience = 3

/**
 * Moments in two and three dimensions by sums over lattices, which are spectrally accurate for smooth f. The nodes are those where H is less than 50/β above
 * its minimum and their neighbours, found by spreading from every mode, so that no box is needed and separate wells cost their own size. Two lattices, one
 * halfway between the nodes of the other, tell the error; steps shrink by √2 until both agree, and agree with the steps before.
 * @throws DivergenceError when the budget of nodes does not suffice
 */
export function* latticeQuadrature(measure: LocalGibbs, tolerance: number, budget: number): Paced<Quadrature> {
  let modes = modesOf(measure)
  for (let attempt = 0; attempt < 20; attempt++) {
    const outcome = yield* refine(measure, modes, tolerance, budget)
    if (!('offset' in outcome && 'value' in outcome)) return outcome
    modes = [outcome, ...modes].filter(({ value }) => value - outcome.value < negligible / measure.beta)
  }
  throw unsettled(measure, budget, 1, tolerance)
}

function* refine(measure: LocalGibbs, modes: readonly Mode[], tolerance: number, budget: number): Paced<Quadrature | Mode> {
  const { dim, beta } = measure
  const [{ offset: center, value: base }] = modes
  const { transform, logVolume, sharpness } = whitened(measure, modes)
  const goal = Math.max(tolerance, 16 * roundingOf(measure, base, center))
  let used = 0
  let before: Sums | undefined
  let error = Infinity
  let slow = 0
  for (let level = 0; ; level++) {
    const step = (firstStep / Math.sqrt(sharpness)) * 2 ** (-level / 2)
    const pair: Sums[] = []
    for (const shift of [0, 0.5]) {
      const sums = yield* sumOver(measure, modes, { center, transform, step, shift }, budget - used)
      if (sums === undefined) throw unsettled(measure, budget, error, goal)
      if ('value' in sums) return sums
      pair.push(sums)
      used += sums.nodes
    }
    const now = averaged(pair, step ** dim)
    const last = error
    error = Math.max(...pair.map((sums) => distance(scaled(sums, step ** dim), now, dim)))
    slow = error < 1e-2 && error > 0.2 * last && now.nodes * (error / goal) ** (dim / 4) > budget ? slow + 1 : 0
    // The step before had about the square root of this step's error.
    const settled = before !== undefined && distance(before, now, dim) <= Math.sqrt(goal)
    if (error <= goal && settled && pair.every(({ nodes }) => nodes >= 5 ** dim)) {
      const mean = now.first.map((m) => m / now.mass)
      return {
        base, logMass: log(now.mass) + logVolume, offset: center.map((c, k) => c + mean[k]),
        covariance: now.second.map((m, i) => m / now.mass - mean[Math.floor(i / dim)] * mean[i % dim]),
        error: Math.max(error, goal / 16), nodes: used,
      }
    }
    // Corners: even an error like the fourth power of the step would take (error/goal)^{dim/4} times the nodes.
    if (slow >= patience) throw unsettled(measure, used, error, goal)
    before = now
    yield { fraction: used / budget, activity: `integrating, ${used} nodes at β = ${beta}` }
  }
}
