import { integer, oneOf, options, refuse } from '../core/arguments.ts'
import { smoothingNames } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { atOnce } from '../execution/progress.ts'
import { defineMaker, portable } from '../execution/portable.ts'
import { isGrid } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import { localGibbs, pacedQuadrature, samplingOf, toleranceOf } from '../pde/local-entropy/index.ts'
import { importanceMoments } from '../pde/local-entropy/importance.ts'
import type { LocalGibbs } from '../pde/local-entropy/measure.ts'
import type { Potential } from '../potential/potential.ts'
import { sde } from '../sde/sde.ts'
import type { GeneralSde, SdeDefinition } from '../sde/sde.ts'
import { lookUp, tabulatedGradient } from './tabulated-drift.ts'
import type { GradientTable } from './tabulated-drift.ts'

const methods = ['quadrature', 'importance', 'grid'] as const

export interface EffectiveDynamicsOptions extends Smoothing {
  potential: Potential
  beta: number
  /** Default 'grid' where a grid is given, else 'quadrature' up to three dimensions and 'importance' beyond. */
  method?: typeof methods[number]
  /** In front of dW, default 0. */
  noise?: number
  /** The box and the nodes of a table, on the line or in the plane. */
  grid?: Grid
  /** Quadrature: see `localEntropy`; default 1e−8. */
  tolerance?: number
  /** Importance: see `localEntropy`; the same normals at every point. */
  samples?: number
  seed?: number
}

/** The averaged equation, for `simulate`. */
export interface EffectiveDynamics extends GeneralSde {
  readonly method: typeof methods[number]
  /** Of a table: the largest error of a component of ∇u that was seen inside the box. */
  readonly error?: number
}

const optionNames = ['potential', ...smoothingNames, 'beta', 'method', 'noise', 'grid', 'tolerance', 'samples', 'seed']

/**
 * The equation that the slow variable of `twoScale` follows as ε → 0, dX = −∇u(X, γ) dt + noise dW in R^d, u the local entropy: for every number of replicas.
 *
 * 'quadrature' (up to three dimensions) and 'importance' integrate over the local Gibbs law at every point that a step asks for, in about a millisecond on the line, tens in the
 * plane and hundreds beyond: for few paths. 'grid' interpolates a table of ∇u with cubics (fourth order), for many; it states its `error`, and outside of its box
 * integrates. 'importance' draws with the same numbers everywhere: the drift is a fixed function, off by its standard error (see `averagedDrift`). On threads each piece is
 * sent the table, not made to build it.
 * @throws ArgumentError; DivergenceError as `localEntropy`, when a path asks for a point where the integral does not settle
 */
export function effectiveDynamics(given: EffectiveDynamicsOptions): EffectiveDynamics {
  const where = 'effectiveDynamics'
  options(where, given, optionNames)
  const { potential, grid, noise = 0 } = given
  const measure = localGibbs(where, potential, 'x', new Float64Array(potential?.dim ?? 1), given)
  const { dim, gamma, beta } = measure
  if (grid !== undefined && !isGrid(grid)) refuse(where, 'grid', 'a grid made by grid()', grid)
  const method = oneOf(where, 'method', given.method ?? (grid !== undefined ? 'grid' : dim <= 3 ? 'quadrature' : 'importance'), methods)
  if (method !== 'importance' && dim > (method === 'grid' ? 2 : 3)) refuse(where, 'method', `'importance' in ${dim} dimensions`, method)
  if ((method === 'grid') !== (grid !== undefined)) refuse(where, 'grid', 'given with method \'grid\' and with no other', grid)
  if (grid !== undefined && grid.dim !== dim) refuse(where, 'grid', `a grid with ${dim} ax${dim === 1 ? 'is' : 'es'}`, grid)
  const tolerance = toleranceOf(measure, { tolerance: given.tolerance ?? 1e-8 })
  const samples = given.samples === undefined ? undefined : integer(where, 'samples', given.samples, 2)
  const { seed } = samplingOf(where, measure, given)
  const settings: Settings = { gamma, beta, tolerance, ...(method === 'importance' && { sampling: { seed, ...(samples !== undefined && { samples }) } }) }
  const table = grid === undefined ? undefined : tabulatedGradient(measure, grid)
  const equation = sde({ dim, drift: averagedField(potential, settings, table), noise })
  return Object.freeze({ ...equation, method, ...(table && { error: table.error }) })
}

interface Settings {
  gamma: number
  beta: number
  tolerance: number
  sampling?: { seed: number; samples?: number }
}

/** −∇u as a function of the point, from the table where that reaches. */
function averagedField(potential: Potential, settings: Settings, table?: GradientTable): SdeDefinition['drift'] {
  const { gamma, beta, tolerance, sampling } = settings
  const where = 'effectiveDynamics'
  const integrated = (x: Float64Array): Float64Array => {
    const measure: LocalGibbs = { where, f: potential, dim: potential.dim, x, gamma, beta }
    if (sampling === undefined) return atOnce(pacedQuadrature(measure, tolerance)).offset
    return atOnce(importanceMoments(measure, { ...samplingOf(where, measure, sampling), covariance: false })).offset
  }
  return portable((x: Float64Array, _t: number, out: Float64Array): void => {
    if (table !== undefined && lookUp(table, x, out)) {
      for (let k = 0; k < out.length; k++) out[k] = -out[k]
      return
    }
    const offset = integrated(x)
    for (let k = 0; k < out.length; k++) out[k] = offset[k] / gamma
  }, 'averaged-field', potential, settings, table)
}

defineMaker('averaged-field', averagedField)
