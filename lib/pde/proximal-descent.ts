import { solveDefinite } from '../core/cholesky.ts'
import { euclideanNorm, lbfgs } from '../core/lbfgs.ts'
import { unbounded } from './proximal-objective.ts'
import type { Minimizer, ProximalObjective } from './proximal-objective.ts'

/** A place that φ was looked at. */
interface Sample {
  point: Float64Array
  value: number
}

const widest = 2 ** 40

/**
 * Local minimisers of φ in two and more dimensions: descents from x, from the gradient step x − γ∇f(x) and from the lowest of a deterministic set
 * of points, a lattice in two and three dimensions, hashed points in more. The points fill the ball that must hold every global minimiser as far as f
 * was seen, |y − x|² ≤ 2γ(min φ − min f). Then, in two and three dimensions, fourfold smaller boxes around the best minimiser are searched; up to
 * sixteen, descents start from its reflections about x.
 */
export function descentMinimizers(objective: ProximalObjective): Minimizer[] {
  const { dim, x, gamma } = objective
  const here = objective.value(x) < Infinity
  const slope = here ? objective.gradient(x, new Float64Array(dim)) : new Float64Array(dim)
  const steepest = x.map((c, k) => c - gamma * slope[k])
  const picks = dim <= 3 ? 8 : dim <= 16 ? 6 : 2
  const { samples, radius } = searchBall(objective, 2 * Math.max(Math.sqrt(gamma), gamma * euclideanNorm(slope) || 0))
  const starts = [x, steepest].filter((y) => y.every(Number.isFinite) && objective.value(y) < Infinity)
  const found = [...starts, ...lowestApart(samples, picks, radius / 8)].map((start) => descend(objective, start))
  if (dim > 16) return found
  if (dim > 3) return [...found, ...mirrored(lowest(found).point, x).map((start) => descend(objective, start))]
  for (let level = 0, box = radius / 8; level < 3; level++, box /= 4) {
    const center = lowest(found).point
    const near = scatter(objective, center, box)
    found.push(...lowestApart(near, 2, box / 8).map((start) => descend(objective, start)))
  }
  return found
}

/** The point with one coordinate reflected about x, for each: on a shock that a symmetry of f makes, the other minimiser is there. */
function mirrored(point: Float64Array, x: Float64Array): Float64Array[] {
  return Array.from(point, (_, k) => point.map((c, j) => (j === k ? 2 * x[k] - c : c)))
}

/** The minimiser of a convex φ, by one descent from x, or from its gradient step where that is lower. */
export function convexMinimizer(objective: ProximalObjective): Minimizer {
  const { x, gamma, dim } = objective
  const slope = objective.gradient(x, new Float64Array(dim))
  const steepest = x.map((c, k) => c - gamma * slope[k])
  const lower = steepest.every(Number.isFinite) && objective.value(steepest) < objective.value(x)
  return descend(objective, lower ? steepest : x)
}

/** The stationarity of a minimiser: ‖∇φ‖ as a count of eps times the size of what it is summed from. */
export function stationarity(objective: ProximalObjective, y: Float64Array): number {
  const slope = euclideanNorm(objective.gradient(y, new Float64Array(objective.dim)))
  return slope === 0 ? 0 : slope / (Number.EPSILON * objective.gradientScale(y))
}

function searchBall(objective: ProximalObjective, start: number): { samples: Sample[]; radius: number } {
  const { x, gamma, dim } = objective
  // Where f is flat around x the ball shrinks to no end; smaller boxes go on from here.
  const finest = Math.max(1e-2 * Math.sqrt(gamma), 1e-6 * euclideanNorm(x))
  let radius = start
  let [best, floor] = [Infinity, Infinity]
  for (let round = 0; radius < widest * start; round++) {
    const samples = scatter(objective, x, radius)
    for (const { point, value } of samples) {
      best = Math.min(best, value)
      // Corners of a cube are farther out than the ball.
      const parabola = objective.parabola(point)
      if (value < Infinity && parabola <= (1 + 1e-9) * radius * radius / (2 * gamma)) floor = Math.min(floor, value - parabola)
    }
    const needed = Math.sqrt(2 * gamma * (best - floor))
    const narrower = Math.max(1.5 * needed, radius / 4, finest)
    const beyond = best === Infinity ? 2 * radius : dim > 16 ? radius : farther(objective, radius, best)
    if (beyond > radius) radius = 2 * beyond
    // Up to a few times, half as far again is looked at, in case f falls just outside.
    else if (needed > radius || (1.5 * needed > radius && round < 6)) radius = 2 * needed
    else if (narrower < radius / 2 && round < 40) radius = narrower
    else return { samples, radius }
  }
  throw unbounded(gamma)
}

/** The farthest of the probes along the axes, two an octave, where φ is not above `best`; the radius itself when there is none. */
function farther(objective: ProximalObjective, radius: number, best: number): number {
  let beyond = radius
  for (let k = 1; k <= 60; k++) {
    const distance = radius * 2 ** (k / 2)
    for (let axis = 0; axis < 2 * objective.dim; axis++) {
      const y = objective.x.slice()
      y[axis >> 1] += axis % 2 === 0 ? distance : -distance
      if (farValue(objective, y) <= best) beyond = distance
    }
  }
  return beyond
}

/** Overflow far out (∞ − ∞) says nothing about f. */
function farValue(objective: ProximalObjective, y: Float64Array): number {
  try {
    return objective.value(y)
  } catch {
    return Infinity
  }
}

/** φ on a deterministic set of points: a lattice on the cube of half-width `radius` about the center, or hashed points of about its ball. */
function scatter(objective: ProximalObjective, center: Float64Array, radius: number): Sample[] {
  const { dim } = objective
  const side = dim === 2 ? 33 : 13
  const count = dim <= 3 ? side ** dim : dim <= 16 ? 32 * dim : 8
  return Array.from({ length: count }, (_, i) => {
    const point = center.map((c, k) => {
      if (dim <= 3) return c + radius * ((2 * (Math.floor(i / side ** k) % side)) / (side - 1) - 1)
      // A cube of the ball's size, at distances from 0 to the radius in equal shares, so that all of them are seen.
      return c + radius * (i / (count - 1)) * Math.sqrt(3 / dim) * (2 * hashed(i, k) - 1)
    })
    return { point, value: objective.value(point) }
  })
}

/** Uniform on [0, 1): the mixing of MurmurHash3 on the pair. */
function hashed(i: number, k: number): number {
  let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32
}

/** The lowest samples, none closer than `apart` to a lower one. */
function lowestApart(samples: Sample[], count: number, apart: number): Float64Array[] {
  const chosen: Float64Array[] = []
  for (const { point } of samples.filter(({ value }) => value < Infinity).sort((a, b) => a.value - b.value)) {
    if (chosen.length === count) break
    if (chosen.every((other) => euclideanNorm(other.map((c, k) => c - point[k])) >= apart)) chosen.push(point)
  }
  return chosen
}

export function lowest(found: readonly Minimizer[]): Minimizer {
  return found.reduce((best, other) => (other.value < best.value ? other : best))
}

/** L-BFGS to half the digits and Newton to the rest where the Hessian serves, L-BFGS to round-off otherwise. */
function descend(objective: ProximalObjective, start: Float64Array): Minimizer {
  const descent = (from: Float64Array, units: number): Float64Array =>
    lbfgs(
      (y, gradient) => {
        objective.gradient(y, gradient)
        return objective.value(y)
      },
      from,
      // Where Newton's method takes over, a descent that is slow is at round-off or at a corner.
      { tolerance: units * Number.EPSILON * objective.gradientScale(from), iterations: objective.hessian === undefined ? 1000 : 200 },
    ).point
  const roundOff = 8
  let point = descent(start, objective.hessian === undefined ? roundOff : 2 ** 26)
  if (objective.hessian !== undefined) point = polish(objective, point)
  if (stationarity(objective, point) > 4 * roundOff) point = descent(point, roundOff)
  return { point, value: objective.value(point) }
}

/** Newton steps on ∇φ = 0 for as long as they lower ‖∇φ‖ and the Hessian is positive definite. */
function polish(objective: ProximalObjective, from: Float64Array): Float64Array {
  let point = from
  let gradient = objective.gradient(point, new Float64Array(objective.dim))
  for (let k = 0; k < 20; k++) {
    const step = solveDefinite(objective.hessian!(point), gradient)
    if (step === undefined) break
    const next = point.map((c, i) => c - step[i])
    const slope = objective.gradient(next, new Float64Array(objective.dim))
    if (!(euclideanNorm(slope) < euclideanNorm(gradient))) break
    point = next
    gradient = slope
  }
  return point
}
