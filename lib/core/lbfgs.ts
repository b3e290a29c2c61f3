import { DivergenceError } from './errors.ts'
import { searchLine } from './line-search.ts'
import type { Objective, Trial } from './line-search.ts'

export type { Objective } from './line-search.ts'

export interface Descent {
  point: Float64Array
  value: number
  gradient: Float64Array
  /** ‖gradient‖₂ */
  gradientNorm: number
  iterations: number
  /** Calls of the objective. */
  evaluations: number
  /** Why it ended: the tolerance was met, no step lowers the value beyond round-off, or the iterations ran out. */
  ended: 'converged' | 'stalled' | 'iterations'
}

/** Pairs of steps and gradient differences, newest last. */
interface Pair {
  step: Float64Array
  change: Float64Array
  /** 1/(step·change) */
  weight: number
}

/**
 * Limited-memory BFGS (Liu & Nocedal 1989) with a strong Wolfe line search: descends from `initial` until ‖∇f‖₂ ≤ tolerance.
 * Deterministic; `initial` is not changed. +∞ is taken as a wall to step back from. A stall drops the memory and tries steepest descent once
 * before it ends. Superlinear on smooth functions in low dimension, linear in general; a local minimiser at best.
 * @throws DivergenceError when the objective is NaN, or −∞ (unbounded below)
 */
export function lbfgs(
  objective: Objective,
  initial: ArrayLike<number>,
  { tolerance, iterations = 1000, memory = 12 }: { tolerance: number; iterations?: number; memory?: number },
): Descent {
  const counted = { evaluations: 0 }
  const guarded: Objective = (x, gradient) => {
    counted.evaluations++
    return bounded(objective(x, gradient))
  }
  const first = Float64Array.from(initial)
  const slope = new Float64Array(first.length)
  let current: Trial = { point: first, value: guarded(first, slope), gradient: slope }
  if (current.value === Infinity) throw new DivergenceError('lbfgs: the objective is Infinity at the initial point; start where it is finite')
  const pairs: Pair[] = []
  let iteration = 0
  let ended: Descent['ended'] = 'iterations'
  for (; ; iteration++) {
    if (euclideanNorm(current.gradient) <= tolerance) ended = 'converged'
    if (ended === 'converged' || iteration === iterations) break
    const next = step(guarded, current, pairs)
    if (next === undefined && pairs.length === 0) ended = 'stalled'
    if (ended === 'stalled') break
    if (next === undefined) pairs.length = 0
    else {
      remember(pairs, current, next, memory)
      current = next
    }
  }
  const { point, value, gradient } = current
  return { point, value, gradient, gradientNorm: euclideanNorm(gradient), iterations: iteration, evaluations: counted.evaluations, ended }
}

/** One line search along the quasi-Newton direction; nothing when no point along it is lower. */
function step(objective: Objective, current: Trial, pairs: Pair[]): Trial | undefined {
  const direction = quasiNewton(current.gradient, pairs)
  const slope = dot(direction, current.gradient)
  if (!(slope < 0)) return undefined
  const length = pairs.length > 0 ? 1 : Math.min(1, 1 / euclideanNorm(current.gradient))
  return searchLine(objective, current, direction, slope, length)
}

/** −H∇f by the two-loop recursion, H₀ = (s·y / y·y) I of the newest pair. */
function quasiNewton(gradient: Float64Array, pairs: Pair[]): Float64Array {
  const direction = gradient.map((g) => -g)
  const shares = new Float64Array(pairs.length)
  for (let k = pairs.length - 1; k >= 0; k--) {
    shares[k] = pairs[k].weight * dot(pairs[k].step, direction)
    add(direction, -shares[k], pairs[k].change)
  }
  const newest = pairs.at(-1)
  if (newest !== undefined) {
    const scale = 1 / (newest.weight * dot(newest.change, newest.change))
    for (let i = 0; i < direction.length; i++) direction[i] *= scale
  }
  for (let k = 0; k < pairs.length; k++) {
    add(direction, shares[k] - pairs[k].weight * dot(pairs[k].change, direction), pairs[k].step)
  }
  return direction
}

function remember(pairs: Pair[], from: Trial, to: Trial, memory: number): void {
  const step = to.point.map((x, i) => x - from.point[i])
  const change = to.gradient.map((g, i) => g - from.gradient[i])
  const curvature = dot(step, change)
  // A pair whose curvature is lost in round-off would spoil the directions that follow.
  if (!(curvature > Number.EPSILON * euclideanNorm(step) * euclideanNorm(change))) return
  pairs.push({ step, change, weight: 1 / curvature })
  if (pairs.length > memory) pairs.shift()
}

function bounded(value: number): number {
  if (Number.isNaN(value)) throw new DivergenceError('lbfgs: the objective is NaN on the way down; check its domain')
  if (value === -Infinity) throw new DivergenceError('lbfgs: the objective is unbounded below on the way down')
  return value
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

export function euclideanNorm(a: Float64Array): number {
  return Math.sqrt(dot(a, a))
}

function add(to: Float64Array, scale: number, what: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += scale * what[i]
}
