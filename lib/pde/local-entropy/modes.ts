import { ArgumentError, DivergenceError } from '../../core/errors.ts'
import { euclideanNorm, lbfgs } from '../../core/lbfgs.ts'
import { descentMinimizers } from '../proximal-descent.ts'
import { lineMinimizers } from '../proximal-line.ts'
import { proximalObjective } from '../proximal-objective.ts'
import { farHeight, heights, negligible, outOfReach } from './measure.ts'
import type { LocalGibbs } from './measure.ts'

/** A local minimiser of H = f(y) + |x − y|²/(2γ), as an offset from x. */
export interface Mode {
  offset: Float64Array
  /** H */
  value: number
}

/** Minima of a scan from which descents start. */
const mostStarts = 128

/**
 * The local minimisers of H that matter at β (H less than 50/β above the lowest) and were found, the lowest first: by the search of `prox`, and in up to
 * three dimensions also by descents from the minima of a lattice over all the points that can matter: `prox` looks for the lowest only.
 */
export function modesOf(measure: LocalGibbs): Mode[] {
  const { x, dim, beta } = measure
  const found = proximalModes(measure)
  if (dim <= 3) found.push(...scanModes(measure, found))
  const best = found.reduce((low, { value }) => Math.min(low, value), Infinity)
  if (!(best < Infinity)) throw outOfReach(measure)
  const distinct: Mode[] = []
  for (const mode of found.sort((a, b) => a.value - b.value)) {
    if (mode.value - best >= negligible / beta) break
    const scale = 1e-5 * (Math.sqrt(measure.gamma / beta) + 1e-6 * euclideanNorm(x))
    if (distinct.every(({ offset }) => euclideanNorm(offset.map((o, k) => o - mode.offset[k])) > scale)) distinct.push(mode)
  }
  return distinct
}

/** The minimisers that the search of `prox` finds; its complaints under the name of the caller. */
function proximalModes(measure: LocalGibbs): Mode[] {
  const { f, x, gamma, dim, where } = measure
  try {
    const objective = proximalObjective(f, x, gamma)
    const found = dim === 1 ? lineMinimizers(objective) : descentMinimizers(objective)
    return found.map(({ point, value }) => ({ offset: point.map((c, k) => c - x[k]), value }))
  } catch (error) {
    if (error instanceof ArgumentError) throw new ArgumentError(error.message.replace(/^prox:/, `${where}:`))
    if (error instanceof DivergenceError) throw new DivergenceError(error.message.replace(/^prox:/, `${where}:`))
    throw error
  }
}

/** Descents from the minima of a lattice on the cube that holds all that matters. */
function scanModes(measure: LocalGibbs, known: readonly Mode[]): Mode[] {
  const { dim } = measure
  const { offsets, values, side } = searchCube(measure, known)
  const count = values.length
  return latticeMinima(side, dim, values).map((i) => descended(measure, Float64Array.from({ length: dim }, (_, k) => offsets[k * count + i])))
}

interface Cube {
  /** Component-major. */
  offsets: Float64Array
  /** H */
  values: Float64Array
  side: number
  radius: number
  /** Lowest H seen. */
  best: number
}

/** H on a lattice over the cube that holds all offsets with |o|² ≤ 2γ(min H − min f + 50/β), with probes along the axes in case f falls farther out. */
function searchCube(measure: LocalGibbs, known: readonly Mode[]): Cube {
  const { dim, beta, gamma } = measure
  const cut = negligible / beta
  const side = [513, 65, 25][dim - 1]
  let best = known.reduce((low, { value }) => Math.min(low, value), Infinity)
  let floor = Infinity
  const first = 4 * Math.sqrt(gamma / beta)
  let radius = first
  for (let round = 0; round < 60; round++) {
    const { offsets, values } = lattice(measure, side, radius)
    const count = values.length
    for (let i = 0; i < count; i++) {
      best = Math.min(best, values[i])
      let square = 0
      for (let k = 0; k < dim; k++) square += offsets[k * count + i] ** 2
      if (values[i] < Infinity) floor = Math.min(floor, values[i] - square / (2 * gamma))
    }
    const needed = Math.sqrt(2 * gamma * (best - floor + cut))
    const beyond = best === Infinity ? 4 * radius : needed > radius ? needed : farther(measure, radius, best + cut)
    if (beyond === radius) return { offsets, values, side, radius, best }
    radius = 1.5 * beyond
    if (!(radius < 2 ** 60 * first)) break
  }
  throw outOfReach(measure)
}

/** Half the sides of a box about x, in two dimensions, outside of which H is more than 50/β above its minimum, as far as a lattice sees. */
export function supportBox(measure: LocalGibbs): Float64Array {
  const { dim, beta } = measure
  const modes = modesOf(measure)
  const { offsets, values, side, radius, best } = searchCube(measure, modes)
  const level = Math.min(best, modes[0].value) + negligible / beta
  const reach = new Float64Array(dim)
  for (const { offset } of modes) offset.forEach((o, k) => (reach[k] = Math.max(reach[k], Math.abs(o))))
  values.forEach((value, i) => {
    if (value >= level) return
    for (let k = 0; k < dim; k++) reach[k] = Math.max(reach[k], Math.abs(offsets[k * values.length + i]))
  })
  return reach.map((far) => far + (4 * radius) / side)
}

function lattice(measure: LocalGibbs, side: number, radius: number): { offsets: Float64Array; values: Float64Array } {
  const count = side ** measure.dim
  const offsets = Float64Array.from({ length: measure.dim * count }, (_, j) => {
    const digit = Math.floor((j % count) / side ** Math.floor(j / count)) % side
    return radius * ((2 * digit) / (side - 1) - 1)
  })
  return { offsets, values: heights(measure, offsets, new Float64Array(count)) }
}

/** The farthest of the probes along the axes, two an octave, where H is below `level`; the radius itself when there is none. */
function farther(measure: LocalGibbs, radius: number, level: number): number {
  let beyond = radius
  for (let k = 1; k <= 40; k++) {
    for (let axis = 0; axis < 2 * measure.dim; axis++) {
      const offset = new Float64Array(measure.dim)
      offset[axis >> 1] = (axis % 2 === 0 ? 1 : -1) * radius * 2 ** (k / 2)
      if (farHeight(measure, offset) < level) beyond = radius * 2 ** (k / 2)
    }
  }
  return beyond
}

/** Nodes of the lattice that are no higher than their neighbours along the axes, the lowest first. */
function latticeMinima(side: number, dim: number, values: Float64Array): number[] {
  const minima: number[] = []
  values.forEach((value, i) => {
    if (value === Infinity) return
    for (let k = 0; k < dim; k++) {
      const step = side ** k
      const digit = Math.floor(i / step) % side
      if ((digit > 0 && values[i - step] < value) || (digit < side - 1 && values[i + step] < value)) return
    }
    minima.push(i)
  })
  return minima.sort((i, j) => values[i] - values[j]).slice(0, mostStarts)
}

/** A descent to a tenth of the width e^{−βH} has, which is near enough to begin a sum from; the start itself where f has no gradient. */
function descended(measure: LocalGibbs, start: Float64Array): Mode {
  const { f, x, gamma, beta, dim } = measure
  const one = new Float64Array(1)
  const point = new Float64Array(dim)
  try {
    const { point: offset, value } = lbfgs((o, gradient) => {
      for (let k = 0; k < dim; k++) point[k] = x[k] + o[k]
      f.gradient(point, gradient)
      for (let k = 0; k < dim; k++) gradient[k] += o[k] / gamma
      return heights(measure, o, one)[0]
    }, start, { tolerance: 0.1 / Math.sqrt(beta * gamma), iterations: 60 })
    return { offset, value }
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
    return { offset: start, value: heights(measure, start, one)[0] }
  }
}
