import ndarray from 'ndarray'
import type { NdArray } from 'ndarray'
import { finite, integer, oneOf, options, refuse } from '../core/arguments.ts'

/**
 * How a function continues outside an axis: 'periodic'; 'neumann', even reflection; 'extrapolate', linear continuation;
 * { dirichlet: c }, the constant c.
 */
export type Boundary = 'periodic' | 'neumann' | 'extrapolate' | { dirichlet: number }

export interface Axis {
  min: number
  max: number
  /** Number of nodes. */
  size: number
  /** Default 'extrapolate'. */
  boundary?: Boundary
  /** 'vertices' (default): nodes from min to max, on a periodic axis without max; 'centers': nodes in the middle of `size` cells. */
  nodes?: 'vertices' | 'centers'
}

/** A uniform tensor grid. Values on it are C ordered, axis 0 first (slowest). */
export interface Grid {
  readonly dim: number
  readonly axes: readonly Required<Axis>[]
  readonly shape: readonly number[]
  /** Number of nodes. */
  readonly size: number
  /** Distance h of neighbouring nodes on each axis. */
  readonly spacing: readonly number[]
  /** Quadrature weights: products of h inside, h/2 at the ends of an axis with nodes on both ends. */
  weights(): NdArray<Float64Array>
  coordinates(axis: number): Float64Array
}

/**
 * A grid from one axis or several. Nodes: periodic min + i(max−min)/size; vertices (size ≥ 2) min + i(max−min)/(size−1);
 * centers min + (i+½)(max−min)/size.
 * @throws ArgumentError on a bad axis or fewer than two nodes in all
 */
export function grid(axes: Axis | readonly Axis[]): Grid {
  const list = Array.isArray(axes) ? (axes as readonly Axis[]) : [axes as Axis]
  if (list.length === 0) refuse('grid', 'axes', 'an axis or a list of axes', axes)
  const resolved = list.map((axis, k) => resolveAxis(axis, list.length === 1 ? 'axis' : `axes[${k}]`))
  const shape = resolved.map((axis) => axis.size)
  const size = shape.reduce((product, n) => product * n, 1)
  if (size < 2) refuse('grid', 'axes', 'axes with at least two nodes in all', shape)
  const coordinates = resolved.map(nodesOf)
  return Object.freeze({
    dim: resolved.length,
    axes: Object.freeze(resolved),
    shape: Object.freeze(shape),
    size,
    spacing: Object.freeze(resolved.map(spacingOf)),
    weights: () => ndarray(tensorProduct(resolved.map(weightsOf)), shape.slice()),
    coordinates: (axis: number) => {
      if (!Number.isInteger(axis) || axis < 0 || axis >= resolved.length) {
        refuse('coordinates', 'axis', `an integer from 0 to ${resolved.length - 1}`, axis)
      }
      return coordinates[axis].slice()
    },
  })
}

/** Whether an axis has nodes on both of its ends. */
export function endsAreNodes(axis: Required<Axis>): boolean {
  return axis.nodes === 'vertices' && axis.boundary !== 'periodic'
}

/** Coordinate of the i-th node of an axis. */
export function nodeOf(axis: Required<Axis>, i: number): number {
  const { min, max, size } = axis
  if (endsAreNodes(axis)) return i === size - 1 ? max : min + (i * (max - min)) / (size - 1)
  return min + ((i + (axis.nodes === 'centers' ? 0.5 : 0)) * (max - min)) / size
}

const unsaid = new WeakSet<Required<Axis>>()

/** Whether the axis was made without a boundary: 'extrapolate' then stands for none. */
export function boundaryIsDefault(axis: Required<Axis>): boolean {
  return unsaid.has(axis)
}

export function isGrid(value: unknown): value is Grid {
  const given = value as Partial<Grid> | null
  return given !== null && typeof given === 'object' && typeof given.coordinates === 'function' && Array.isArray(given.axes)
}

function resolveAxis(axis: Axis, name: string): Required<Axis> {
  options('grid', axis, ['min', 'max', 'size', 'boundary', 'nodes'], name)
  const min = finite('grid', `${name}.min`, axis.min)
  const max = finite('grid', `${name}.max`, axis.max)
  if (!(max > min)) refuse('grid', `${name}.max`, `greater than ${name}.min = ${min}`, max)
  const nodes = axis.nodes === undefined ? 'vertices' : oneOf('grid', `${name}.nodes`, axis.nodes, ['vertices', 'centers'])
  const boundary = resolveBoundary(axis.boundary ?? 'extrapolate', `${name}.boundary`)
  const size = integer('grid', `${name}.size`, axis.size, nodes === 'vertices' && boundary !== 'periodic' ? 2 : 1)
  const resolved = Object.freeze({ min, max, size, boundary, nodes })
  if (!(spacingOf(resolved) > 0)) refuse('grid', `${name}.size`, 'small enough for distinct nodes', size)
  // An axis of another grid stays what it was.
  if (axis.boundary === undefined || unsaid.has(axis as Required<Axis>)) unsaid.add(resolved)
  return resolved
}

function resolveBoundary(boundary: Boundary, name: string): Boundary {
  if (boundary !== null && typeof boundary === 'object') {
    options('grid', boundary, ['dirichlet'], name)
    return Object.freeze({ dirichlet: finite('grid', `${name}.dirichlet`, boundary.dirichlet) })
  }
  return oneOf('grid', name, boundary, ['periodic', 'neumann', 'extrapolate'])
}

function spacingOf(axis: Required<Axis>): number {
  return (axis.max - axis.min) / (endsAreNodes(axis) ? axis.size - 1 : axis.size)
}

function nodesOf(axis: Required<Axis>): Float64Array {
  return Float64Array.from({ length: axis.size }, (_, i) => nodeOf(axis, i))
}

function weightsOf(axis: Required<Axis>): Float64Array {
  const h = spacingOf(axis)
  const weights = new Float64Array(axis.size).fill(h)
  if (endsAreNodes(axis)) {
    weights[0] = h / 2
    weights[axis.size - 1] = h / 2
  }
  return weights
}

function tensorProduct(factors: readonly Float64Array[]): Float64Array {
  return factors.reduce((product, factor) => {
    const next = new Float64Array(product.length * factor.length)
    for (let i = 0; i < product.length; i++) {
      for (let j = 0; j < factor.length; j++) next[i * factor.length + j] = product[i] * factor[j]
    }
    return next
  }, Float64Array.of(1))
}
