import ndarray from 'ndarray'
import type { NdArray } from 'ndarray'
import { refuse } from '../core/arguments.ts'
import { ArgumentError } from '../core/errors.ts'
import { firstOutside } from '../kernels/range.ts'
import { isPotential } from '../potential/potential.ts'
import type { Potential } from '../potential/potential.ts'
import { isGrid, nodeOf } from './grid.ts'
import type { Grid } from './grid.ts'
import { interpolate } from './interpolation.ts'

/** Numbers on the nodes of a grid. Values are finite or +∞ (a wall), never NaN or −∞. */
export interface Field {
  readonly grid: Grid
  /** C order, axis 0 first. */
  readonly values: NdArray<Float64Array>
  /** Multilinear interpolation, second order; outside the nodes the field continues as its boundaries say. */
  at(...x: number[]): number
}

export type FieldSource = Potential | ((...x: number[]) => number) | NdArray

/**
 * A field from a potential or a function of the spread coordinates, evaluated at the nodes, or from an ndarray of the grid's shape (copied).
 * @throws ArgumentError on a wrong shape or dimension, NaN or −∞
 */
export function field(grid: Grid, source: FieldSource): Field {
  if (!isGrid(grid)) refuse('field', 'grid', 'a grid made by grid()', grid)
  const data = isPotential(source) ? potentialValues(grid, source)
    : typeof source === 'function' ? functionValues(grid, source)
      : isNdArray(source) ? arrayValues(grid, source, (length) => new Float64Array(length))
        : refuse('field', 'source', 'a potential, a function or an ndarray', source)
  const bad = firstBad(data, true)
  if (bad >= 0) refuse('field', `the value at (${nodeAt(grid, bad).join(', ')})`, 'a number above −Infinity', data[bad])
  return fieldOf(grid, data)
}

/** A field that owns `data` (C order). For solvers, whose values are already checked. */
export function fieldOf(grid: Grid, data: Float64Array): Field {
  const values = ndarray(data, grid.shape.slice())
  return Object.freeze({ grid, values, at: (...x: number[]) => interpolate(grid, data, x) })
}

export function isField(value: unknown): value is Field {
  const given = value as Partial<Field> | null
  return given !== null && typeof given === 'object' && isGrid(given.grid) && isNdArray(given.values) && typeof given.at === 'function'
}

/**
 * The field's numbers in C order, checked: the values of a Field are open to writing. `allowWalls` admits +∞. A copy, in what `take` gives for so many numbers.
 */
export function flat(
  where: string, argument: string, given: Field, allowWalls = false, take: (length: number) => Float64Array = (length) => new Float64Array(length),
): Float64Array {
  if (!isField(given)) refuse(where, argument, 'a field made by field()', given)
  const data = arrayValues(given.grid, given.values, take, where, argument)
  const bad = firstBad(data, allowWalls)
  if (bad >= 0) {
    const expected = allowWalls ? 'above −Infinity everywhere' : 'finite everywhere'
    throw new ArgumentError(`${where}: ${argument} must be ${expected}, got ${data[bad]} at (${nodeAt(given.grid, bad).join(', ')})`)
  }
  return data
}

function firstBad(data: Float64Array, allowWalls: boolean): number {
  return firstOutside(data, -Number.MAX_VALUE, allowWalls ? Infinity : Number.MAX_VALUE)
}

/** Coordinates of the node with flat index `index`. */
export function nodeAt(grid: Grid, index: number): number[] {
  const x = new Array<number>(grid.dim)
  for (let k = grid.dim - 1, rest = index; k >= 0; k--) {
    x[k] = nodeOf(grid.axes[k], rest % grid.shape[k])
    rest = Math.floor(rest / grid.shape[k])
  }
  return x
}

/** All nodes, component-major (dim × size). */
export function nodes(grid: Grid): Float64Array {
  const points = new Float64Array(grid.dim * grid.size)
  let inner = grid.size
  for (let k = 0; k < grid.dim; k++) {
    const x = grid.coordinates(k)
    inner /= x.length
    for (let i = 0; i < grid.size; i++) points[k * grid.size + i] = x[Math.floor(i / inner) % x.length]
  }
  return points
}

function isNdArray(value: unknown): value is NdArray {
  const given = value as Partial<NdArray> | null
  return given !== null && typeof given === 'object' && Array.isArray(given.shape) && Array.isArray(given.stride) && given.data !== undefined
}

function potentialValues(grid: Grid, potential: Potential): Float64Array {
  if (potential.dim !== grid.dim) {
    throw new ArgumentError(`field: source must be a potential of dimension ${grid.dim}, got dimension ${potential.dim}`)
  }
  return potential.values(nodes(grid))
}

function functionValues(grid: Grid, source: (...x: number[]) => number): Float64Array {
  const points = nodes(grid)
  const x = new Array<number>(grid.dim)
  return Float64Array.from({ length: grid.size }, (_, i) => {
    for (let k = 0; k < grid.dim; k++) x[k] = points[k * grid.size + i]
    const value = source(...x)
    return typeof value === 'number' ? value : refuse('field', `source(${x.join(', ')})`, 'a number', value)
  })
}

function arrayValues(grid: Grid, source: NdArray, take: (length: number) => Float64Array, where = 'field', argument = 'source'): Float64Array {
  if (source.shape.length !== grid.dim || source.shape.some((n, k) => n !== grid.shape[k])) {
    throw new ArgumentError(`${where}: ${argument} must be an ndarray of shape ${grid.shape.join(' × ')}, got shape ${source.shape.join(' × ')}`)
  }
  const data = take(grid.size)
  if (isPacked(source)) {
    data.set(source.data.subarray(source.offset, source.offset + grid.size))
    return data
  }
  const index = new Array<number>(grid.dim).fill(0)
  for (let i = 0; i < grid.size; i++) {
    data[i] = source.get(...index) as number
    for (let k = grid.dim - 1; k >= 0 && ++index[k] === grid.shape[k]; k--) index[k] = 0
  }
  return data
}

/** Whether an array's numbers lie one after the other in C order, as those of fields do. */
function isPacked(source: NdArray): source is NdArray<Float64Array> {
  const { data, shape, stride, offset } = source
  if (!(data instanceof Float64Array) || !(offset >= 0 && offset + shape.reduce((product, n) => product * n, 1) <= data.length)) return false
  let apart = 1
  for (let k = shape.length - 1; k >= 0; k--) {
    if (stride[k] !== apart) return false
    apart *= shape[k]
  }
  return true
}
