import type { NdArray } from 'ndarray'
import { finite, integer, oneOf, point, positive, refuse } from '../core/arguments.ts'
import type { Brownian } from './block.ts'
import { chooseMethod } from './choose.ts'
import { systemOf } from './families.ts'
import type { Method } from './method.ts'
import { checkCoefficients } from './sde.ts'
import type { GeneralSde } from './sde.ts'
import type { StochasticEquation, System } from './system.ts'

/** What paths are told by: the same for everything that marches them. */
export interface PathOptions {
  /** The point that every path starts from, or an ndarray paths × dim of starting points. */
  initial: ArrayLike<number> | NdArray
  /** Length of the steps, which end at the multiples of dt and at given times. */
  dt: number
  paths: number
  /** An integer from 0 to 2^53 − 1. */
  seed: number
  /** Name of a method of the catalogue `methods`; default the first of them that takes the equation, 'euler-maruyama' in the Itô sense. */
  method?: string
  /**
   * Which Wiener paths: 'increments' or 'time-areas', by default what the method looks at. Runs of one seed on the same kind share their paths, whatever the method, when
   * their dt are a power of two apart.
   */
  brownian?: Brownian
  /** Milstein's Lévy areas for noise that does not commute are summed over 2^areaHalvings parts of a step; default log₂ of the number of steps, from 4 to 12. */
  areaHalvings?: number
  /** Paths that march together, default 1024. The numbers do not depend on it. */
  blockSize?: number
}

export const pathNames = ['initial', 'dt', 'paths', 'seed', 'method', 'brownian', 'areaHalvings', 'blockSize'] as const

export interface CheckedPaths {
  system: System
  method: Method
  /** One point, or row-major points of all paths. */
  initial: Float64Array
  dt: number
  paths: number
  seed: number
  brownian: Brownian | undefined
  areaHalvings: number
}

/** A word of the random counter numbers the paths. */
const mostPaths = 2 ** 32

/** @param time the longest that a path may last */
export function checkPaths(where: string, equation: StochasticEquation, given: PathOptions, time: number): CheckedPaths {
  const system = systemOf(where, equation)
  const dt = positive(where, 'dt', given.dt)
  const paths = integer(where, 'paths', given.paths, 1)
  if (paths > mostPaths) refuse(where, 'paths', `at most ${mostPaths}`, paths)
  const seed = integer(where, 'seed', given.seed, 0)
  const initial = initialOf(where, given.initial, equation.dim, paths)
  const method = chooseMethod(where, system, given.method)
  if (equation.kind === 'sde') checkCoefficients(where, equation as GeneralSde, initial.subarray(0, equation.dim))
  const brownian = given.brownian === undefined ? undefined : oneOf(where, 'brownian', given.brownian, ['increments', 'time-areas'])
  if (brownian === 'increments' && method.path === 'time-areas') refuse(where, 'brownian', `'time-areas' for method '${method.name}'`, brownian)
  const areaHalvings = integer(where, 'areaHalvings', given.areaHalvings ?? areaHalvingsFor(time / dt), 0)
  if (areaHalvings > 16) refuse(where, 'areaHalvings', 'at most 16', areaHalvings)
  return { system, method, initial, dt, paths, seed, brownian, areaHalvings }
}

function initialOf(where: string, given: unknown, dim: number, paths: number): Float64Array {
  const array = given as NdArray | null
  const isArray = array !== null && typeof array === 'object' && Array.isArray(array.shape) && typeof array.get === 'function'
  if (!isArray) return Float64Array.from(point(where, 'initial', given, dim))
  if (array.shape.join() !== `${paths},${dim}`) refuse(where, 'initial', `a point or an ndarray of shape ${paths} × ${dim}`, array.shape)
  return Float64Array.from({ length: paths * dim }, (_, i) => {
    const [path, k] = [Math.floor(i / dim), i % dim]
    return finite(where, `initial[${path}, ${k}]`, array.get(path, k))
  })
}

/** The starting points of a piece, component-major; one point stays one. */
export function startOfPiece(initial: Float64Array, dim: number, first: number, count: number): Float64Array {
  if (initial.length === dim) return initial
  return Float64Array.from({ length: dim * count }, (_, i) => initial[(first + (i % count)) * dim + Math.floor(i / count)])
}

/** A time in units of dt, on the multiple of it that is only rounding away. */
export function placeOf(time: number, dt: number): number {
  const place = time / dt
  const near = Math.round(place)
  return near > 0 && Math.abs(place - near) <= 1e-9 + 4 * Number.EPSILON * near ? near : place
}

/** Enough for the areas' error to stay below the method's over that many steps. */
export function areaHalvingsFor(steps: number): number {
  return Math.min(12, Math.max(4, Math.ceil(Math.log2(Math.max(1, steps)))))
}
