import { fieldOf } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { endsAreNodes } from '../grid/grid.ts'
import { directionOf, partsOf } from './fokker-planck/directions.ts'
import type { Direction } from './fokker-planck/directions.ts'
import { checkEquation, isAbsorbing } from './fokker-planck/equation.ts'
import type { FokkerPlanck } from './fokker-planck/equation.ts'
import { absorbed, absorbingNodes } from './fokker-planck/neighbours.ts'
import { densityOn } from './fokker-planck/rate.ts'

/**
 * The probability current J = bρ − ∇·(Dρ)/β (row divergence) of a density, one field an axis, so that ρ_t = −∇·J: the scheme's fluxes over the edges, brought
 * to the nodes. Second order; 0 to rounding in a law that balances on every edge. Across an end that reflects nothing flows.
 * @throws ArgumentError on another equation, or a density on another grid
 */
export function probabilityCurrent(equation: FokkerPlanck, density: Field): Field[] {
  checkEquation('probabilityCurrent', equation)
  const values = densityOn('probabilityCurrent', equation, density)
  const { grid } = equation
  for (const i of absorbingNodes(grid)) values[i] = 0
  const currents = grid.axes.map(() => new Float64Array(grid.size))
  for (const part of partsOf(equation)) {
    const direction = directionOf(equation, part)
    const along = nodeFluxes(equation, direction, values)
    for (let k = 0; k < grid.dim; k++) {
      const length = direction.offset[k] * grid.spacing[k]
      if (length !== 0) for (let i = 0; i < grid.size; i++) currents[k][i] += length * along[i]
    }
  }
  currents.forEach((current, k) => closeEnds(equation, current, k))
  return currents.map((current) => fieldOf(grid, current))
}

/** The mean of the fluxes into and out of each node along an offset; beside an end that has none, the line through the next two. */
function nodeFluxes(equation: FokkerPlanck, { offset, next, previous, forward, backward }: Direction, density: Float64Array): Float64Array {
  const { grid, energy } = equation
  const size = density.length
  const axis = offset.findIndex((e) => e !== 0)
  const straight = offset.every((e, k) => e === (k === axis ? 1 : 0))
  // Full cells on both sides of an edge: rates of masses hold the shares of the cells that face it.
  const facing = facingShares(equation, offset)
  const flux = new Float64Array(size).fill(NaN)
  for (let i = 0; i < size; i++) {
    const j = next[i]
    if (j >= 0) flux[i] = forward[i] * density[i] * facing[i] - backward[j] * density[j] * facing[j]
    else if (j === absorbed) flux[i] = forward[i] * density[i] * facing[i]
  }
  const wallBetween = straight && !endsAreNodes(grid.axes[axis])
  const isWall = (i: number): boolean => energy?.values.data[i] === Infinity
  const result = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    if (isWall(i)) continue
    const before = previous[i] >= 0 ? flux[previous[i]] : previous[i] === absorbed ? -backward[i] * density[i] * facing[i] : NaN
    const after = flux[i]
    if (before === before && after === after) result[i] = (before + after) / 2
    else if (wallBetween) result[i] = ((before === before ? before : 0) + (after === after ? after : 0)) / 2
    else if (after === after) result[i] = extrapolated(after, next[i] >= 0 ? flux[next[i]] : NaN)
    else if (before === before) {
      const two = previous[previous[i]]
      result[i] = extrapolated(before, two >= 0 ? flux[two] : NaN)
    }
  }
  return result
}

/** Half an edge beyond the first of two fluxes. */
function extrapolated(first: number, second: number): number {
  return second === second ? 1.5 * first - 0.5 * second : first
}

/** By which rates out of a node along an offset are to be multiplied for the flux per full cell face. */
function facingShares({ grid }: FokkerPlanck, offset: readonly number[]): Float64Array {
  const facing = new Float64Array(grid.size).fill(1)
  let stride = grid.size
  for (const [k, axis] of grid.axes.entries()) {
    stride /= axis.size
    if (offset[k] === 0 || !endsAreNodes(axis) || isAbsorbing(axis)) continue
    for (let i = 0; i < facing.length; i++) {
      const place = Math.floor(i / stride) % axis.size
      if (place === 0 || place === axis.size - 1) facing[i] /= 2
    }
  }
  return facing
}

/** Nothing flows across end nodes that reflect. */
function closeEnds({ grid }: FokkerPlanck, current: Float64Array, k: number): void {
  const axis = grid.axes[k]
  if (!endsAreNodes(axis) || isAbsorbing(axis)) return
  const stride = grid.shape.slice(k + 1).reduce((product, m) => product * m, 1)
  for (let i = 0; i < current.length; i++) {
    const place = Math.floor(i / stride) % axis.size
    if (place === 0 || place === axis.size - 1) current[i] = 0
  }
}
