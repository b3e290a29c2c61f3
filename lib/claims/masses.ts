import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Axis, Grid } from '../grid/grid.ts'
import type { Ensemble } from '../sde/ensemble.ts'

/** Equal cells on each axis, for comparing densities by the masses of their cells. */
export interface Bins {
  axes: { min: number; max: number }[]
  /** Cells on each axis. */
  size: number
}

/** A grid of centers with `refine` cells to a bin on each axis. */
export function binGrid({ axes, size }: Bins, refine: number): Grid {
  return grid(axes.map(({ min, max }): Axis => ({ min, max, size: size * refine, nodes: 'centers' })))
}

/** Masses of the bins from a density on a finer grid of centers, and what the total lacks of 1 at the end. */
export function massesOf(density: Field, { size }: Bins): number[] {
  const { grid: fine, values } = density
  const cell = fine.spacing.reduce((product, h) => product * h, 1)
  const refine = fine.shape[0] / size
  const masses = new Array<number>(size ** fine.dim).fill(0)
  for (let i = 0; i < fine.size; i++) {
    let bin = 0
    for (let k = 0, rest = i; k < fine.dim; k++) {
      const inner = fine.shape.slice(k + 1).reduce((product, n) => product * n, 1)
      bin = bin * size + Math.floor(Math.floor(rest / inner) / refine)
      rest %= inner
    }
    masses[bin] += values.data[i] * cell
  }
  return withRest(masses)
}

/** Shares of an ensemble's paths in the bins, and outside at the end. */
export function sharesOf(ensemble: Ensemble, bins: Bins, time?: number): number[] {
  const density = ensemble.histogram(binGrid(bins, 1), time)
  const cell = density.grid.spacing.reduce((product, h) => product * h, 1)
  return withRest(Array.from(density.values.data, (value) => value * cell))
}

function withRest(masses: number[]): number[] {
  return [...masses, Math.max(0, 1 - masses.reduce((sum, mass) => sum + mass, 0))]
}

/**
 * What the total variation of n independent samples' shares from their own law stays below, but for one time in 30,000: its mean is at most
 * ½ Σ √(2p(1 − p)/πn), the mean size of binomial deviations (which for bins that hardly any sample falls into is at most 2p), and its standard deviation at
 * most ½ √((1 − 2/π)/n), since deviations of different bins are negatively correlated; four of these are added.
 */
export function samplingVariation(masses: readonly number[], n: number): number {
  const mean = masses.reduce((sum, p) => sum + Math.min(2 * p, Math.sqrt((2 * p * (1 - p)) / (Math.PI * n))), 0) / 2
  return mean + 2 * Math.sqrt((1 - 2 / Math.PI) / n)
}
