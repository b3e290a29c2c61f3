import { ArgumentError, DivergenceError } from '../../core/errors.ts'
import { euclideanNorm, lbfgs } from '../../core/lbfgs.ts'
import type { Potential } from '../../potential/potential.ts'
import { lineMinimum } from '../line-minimum.ts'
import type { Line } from '../line-minimum.ts'
import { prox } from '../prox.ts'
import { convexMinimizer, descentMinimizers } from '../proximal-descent.ts'
import { lineMinimizers } from '../proximal-line.ts'
import { proximalObjective } from '../proximal-objective.ts'
import type { ConvexFunction } from './convex-function.ts'

export interface Support {
  /** f*(p) = −min_y f(y) − p·y; +∞ where that is unbounded below. */
  value: number
  /** The minimiser: a subgradient of f* at p. */
  point: Float64Array
}

/** Factor from one smoothing time to the next, in more dimensions. */
const growth = 16
const rounds = 6

/** The lowest of the local minima of f(y) − p·y that `starts` descend to: a lower bound of f*. */
export function nearSupport(f: Potential, p: Float64Array, starts: readonly Float64Array[], gamma: number): Support {
  const tilted = lessPlane(f, p)
  return asSupport(least(tilted, [...starts, ...starts.flatMap((start) => localMinimizers(tilted, p, start, 1024 * gamma, true))]))
}

/**
 * The conjugate of a potential at p, with the place that it is attained, from `starts` and a global search of f(y) − p·y about the best point so far. On the line
 * f is scanned at 257 points of intervals of all sizes from 2⁻¹⁰ to 2²⁴ times that of the start and √γ, so that a well is missed only if it is narrower than 1/128 of its
 * distance. In more dimensions proximal searches, as `prox` makes them, go on with longer and longer smoothing times.
 */
export function support(f: Potential, p: Float64Array, starts: readonly Float64Array[], gamma: number): Support {
  const tilted = lessPlane(f, p)
  try {
    const near = nearSupport(f, p, starts, gamma).point
    if (f.dim === 1) return asSupport(onLine(tilted, p[0], near[0], Math.max(Math.abs(near[0]), Math.sqrt(gamma))))
    let best = { value: tilted.value(near), point: near }
    for (let k = 0, smoothing = gamma; k < rounds; k++, smoothing *= growth) {
      best = least(tilted, [best.point, ...localMinimizers(tilted, p, best.point, smoothing, false)])
    }
    return asSupport(best)
  } catch (error) {
    if (error instanceof DivergenceError) return { value: Infinity, point: starts[0] }
    throw error
  }
}

function asSupport({ value, point }: Support): Support {
  return { value: -value, point }
}

function least(tilted: Potential, points: readonly Float64Array[]): Support {
  return points.reduce((best, point) => {
    const value = tilted.value(point)
    return value < best.value ? { value, point } : best
  }, { value: Infinity, point: points[0] })
}

/** Local minimisers of f(y) − p·y + |y − x|²/(2γ): the one that x descends to, or those that a search finds. */
function localMinimizers(tilted: Potential, p: Float64Array, x: Float64Array, gamma: number, near: boolean): Float64Array[] {
  const plain = proximalObjective(tilted, x, gamma)
  // The gradient of f cancels with p, which its size no longer tells.
  const objective = { ...plain, gradientScale: (y: Float64Array) => plain.gradientScale(y) + 2 * euclideanNorm(p) }
  const found = tilted.dim === 1 ? lineMinimizers(objective) : near ? [convexMinimizer(objective)] : descentMinimizers(objective)
  return found.map(({ point }) => point)
}

/** The global minimum on the line, +∞ (for f*) where f(y) − p·y still falls at the ends. */
function onLine(tilted: Potential, p: number, from: number, size: number): Support {
  const y = new Float64Array(1)
  const out = new Float64Array(1)
  const at = <T>(place: number, read: (y: Float64Array) => T): T => {
    y[0] = place
    return read(y)
  }
  const line: Line = {
    value: (place) => at(place, (here) => tilted.value(here)),
    slope(place) {
      try {
        return at(place, (here) => tilted.gradient(here, out)[0])
      } catch (error) {
        // A potential may refuse to have a slope at a kink.
        if (error instanceof ArgumentError) return NaN
        throw error
      }
    },
    noise: (_, slope) => (Number.EPSILON / 2) * (Math.abs(slope + p) + Math.abs(p)),
  }
  let best = { value: line.value(from), point: from }
  const far = size * 2 ** 24
  for (let radius = size * 2 ** -10; radius <= far; radius *= 4) {
    const center = best.point
    for (const place of scan(line, center, radius, () => best.value)) {
      const value = line.value(place)
      if (value < best.value) best = { value, point: place }
    }
  }
  const falls = (end: number): boolean => farOut(() => line.value(end)) < best.value
  if (falls(best.point - far) || falls(best.point + far)) throw new DivergenceError('hopfFormula: f falls faster than a plane')
  return { value: best.value, point: Float64Array.of(best.point) }
}

/** The minima next to the nodes that are lowest among their neighbours, where they may come down to the best value. */
function* scan(line: Line, center: number, radius: number, best: () => number): Generator<number> {
  const half = 128
  const read = (k: number) => {
    const place = center + (k / half) * radius
    return { place, value: farOut(() => line.value(place)) }
  }
  for (let k = -half + 1, before = read(-half), here = read(k); k < half; k++) {
    const after = read(k + 1)
    // A parabola's minimum is below its lowest node by at most an eighth of the two rises beside it.
    const rises = before.value - here.value + (after.value - here.value)
    const lowest = here.value < Infinity && here.value <= before.value && here.value <= after.value
    if (lowest && here.value - rises <= best()) yield lineMinimum(line, before.place, here.place, after.place)
    before = here
    here = after
  }
}

/** Overflow far out (∞ − ∞) says nothing about f. */
function farOut(read: () => number): number {
  try {
    return read()
  } catch (error) {
    if (error instanceof ArgumentError) return Infinity
    throw error
  }
}

function lessPlane(f: Potential, p: Float64Array): Potential {
  return {
    dim: f.dim,
    name: `${f.name} − p·y`,
    value: (y) => f.value(y) - along(p, y),
    gradient(y, out = new Float64Array(f.dim)) {
      f.gradient(y, out)
      for (let k = 0; k < f.dim; k++) out[k] -= p[k]
      return out
    },
    hessian: (y, out) => f.hessian(y, out),
    values: (points, out) => f.values(points, out).map((value, i, all) => {
      let sum = 0
      for (let k = 0; k < f.dim; k++) sum += p[k] * points[k * all.length + i]
      return value - sum
    }),
    gradients: (points, out) => f.gradients(points, out).map((value, j, all) => value - p[Math.floor((j * f.dim) / all.length)]),
  }
}

function along(p: Float64Array, y: ArrayLike<number>): number {
  let sum = 0
  for (let k = 0; k < p.length; k++) sum += p[k] * y[k]
  return sum
}

/**
 * A convex potential with its conjugate: proximal maps by `prox`; conjugate values by L-BFGS on f(y) − p·y from the last proximal point (on the line, where f may
 * have kinks, by `support`), +∞ where that is unbounded below.
 */
export function ofPotential(f: Potential): ConvexFunction {
  let last: Float64Array | undefined
  const proximal = (x: Float64Array, step: number): Float64Array => (last = prox(f, x, { gamma: step, convex: true }).point)
  return {
    name: f.name,
    dim: f.dim,
    value: (x) => f.value(x),
    prox: proximal,
    conjugate: {
      value(p) {
        const near = last ?? proximal(p, 1)
        return f.dim === 1 ? support(f, p, [near], 1).value : descended(f, p, near)
      },
      prox: (p, step) => proximal(p.map((value) => value / step), 1 / step).map((y, k) => p[k] - step * y),
    },
  }
}

/** The conjugate of a smooth convex potential. Its error is of the second order in the gradient that is left, which is of round-off. */
function descended(f: Potential, p: Float64Array, from: Float64Array): number {
  const tilted = lessPlane(f, p)
  const scale = euclideanNorm(p) + euclideanNorm(f.gradient(from))
  try {
    const { value } = lbfgs((y, gradient) => {
      tilted.gradient(y, gradient)
      return tilted.value(y)
    }, from, { tolerance: 2 ** 6 * Number.EPSILON * scale, iterations: 500 })
    return -value
  } catch (error) {
    // On a way out without end a potential may also come to ∞ − ∞. Infinity only loosens a bound.
    if (error instanceof DivergenceError || error instanceof ArgumentError) return Infinity
    throw error
  }
}
