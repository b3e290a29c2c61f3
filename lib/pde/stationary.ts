import { ArgumentError, DivergenceError } from '../core/errors.ts'
import { fieldOf } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { chainOf } from './fokker-planck/chain.ts'
import type { Chain } from './fokker-planck/chain.ts'
import { checkEquation, gibbsOf, isAbsorbing } from './fokker-planck/equation.ts'
import type { FokkerPlanck } from './fokker-planck/equation.ts'
import { endsOf, stationaryDensity } from './fokker-planck/null-vector.ts'
import { checkWatched, watch } from './fokker-planck/watched.ts'
import type { Watch, Watched } from './fokker-planck/watched.ts'
import { gibbs } from './gibbs.ts'

/**
 * The stationary density of a Fokker–Planck equation on its grid: the null vector of the discrete generator, normalised to integrate to 1. With a drift
 * −∇f and D = c I no flux runs (detailed balance holds face by face), so that it is e^{−βf/c} on the nodes; where walls cut the grid into parts it is the
 * one among the stationary densities with equal f-levels in all parts. Otherwise, with a current or D(x), it is found by an elimination that never
 * subtracts, entries accurate relative to themselves, and checked to balance on every node; second order in the spacings against the exact law.
 * @throws ArgumentError on another equation, absorbing ends, which leave nothing, or parts of the grid between which mass does not pass; Cancelled
 */
export async function stationary(equation: FokkerPlanck, running: Watched = {}): Promise<Field> {
  checkEquation('stationary', equation)
  checkWatched('stationary', running)
  const leak = equation.grid.axes.findIndex(isAbsorbing)
  if (leak >= 0) {
    throw new ArgumentError(`stationary: equation must be one that keeps its mass, got absorbing ends on axis ${leak}: all of it leaves in the end`)
  }
  return fieldOf(equation.grid, await settledDensity('stationary', equation, watch('stationary', running), 0, 1))
}

/** The stationary density of an equation that keeps its mass. */
export async function settledDensity(
  where: string, equation: FokkerPlanck, run: Watch, from: number, to: number, known?: Chain,
): Promise<Float64Array> {
  const law = gibbsOf(equation)
  if (law !== undefined) return run('forming the Gibbs density', from, to, inOneGo(() => gibbs(equation.grid, law.potential, { beta: law.beta }).values.data))
  const chain = known ?? chainOf(equation)
  const density = await run('eliminating nodes', from, to, stationaryDensity(where, equation, chain))
  if (density === undefined) {
    throw new ArgumentError(`${where}: equation must be one whose mass ends up in one part of the grid, got ${endsOf(equation, chain).length} parts between which none passes (or no more than e^−700 of it)`)
  }
  checkBalance(where, chain, density)
  return density
}

function* inOneGo<T>(work: () => T): Generator<number, T> {
  yield 0
  return work()
}

/** Rounding of an elimination grows with the fronts, by far less than this. */
const imbalance = 1e-9

function checkBalance(where: string, { jumps: { starts, to, rates }, shares }: Chain, density: Float64Array): void {
  const gains = new Float64Array(density.length)
  const losses = new Float64Array(density.length)
  for (let i = 0; i < density.length; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const moved = rates[e] * density[i] * shares[i]
      losses[i] += moved
      gains[to[e]] += moved
    }
  }
  for (let i = 0; i < gains.length; i++) {
    if (!(Math.abs(gains[i] - losses[i]) <= imbalance * (gains[i] + losses[i]) + 1e-280)) {
      throw new DivergenceError(`${where}: gains and losses do not balance on node ${i} (${gains[i]} and ${losses[i]}); use a coarser grid or a smaller beta`)
    }
  }
}
