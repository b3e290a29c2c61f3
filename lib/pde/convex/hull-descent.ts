import { solveDefinite } from '../../core/cholesky.ts'
import { DivergenceError } from '../../core/errors.ts'
import { dot } from '../../core/lbfgs.ts'
import type { Potential } from '../../potential/potential.ts'
import { prox } from '../prox.ts'
import { certified } from './splitting.ts'
import type { Certified, Limits } from './splitting.ts'
import { nearSupport, support } from './support.ts'

/** A point under a convex combination that stands for f**: Σ λ_j f(y_j) at Σ λ_j y_j. */
interface Column {
  y: Float64Array
  f: number
  /** λ_j, at least 0; all sum to 1. */
  weight: number
}

/**
 * sup_p p·x − f*(p) − t|p|²/2 for any f: min over convex combinations of Σ λ_j f(y_j) + |x − Σ λ_j y_j|²/(2t), the dual problem. It starts with the proximal
 * point of f alone, which is the answer where f touches its envelope f** there. Else the column that violates the plane p = (x − Σ λ_j y_j)/t most, y with
 * f*(p) = p·y − f(y), is brought in and the weights are made optimal again (Frank & Wolfe 1956, fully corrective). The gap is the bound of f*(p) by the columns
 * less f*(p). Finitely many steps where f** is made of planes over points, as in 1-D between two wells.
 */
export function convexified(f: Potential, x: Float64Array, t: number, { tolerance, iterations }: Limits): Certified {
  const from = prox(f, x, { gamma: t })
  let columns: Column[] = [{ y: from.point, f: f.value(from.point), weight: 1 }]
  let best = { lower: -Infinity, p: from.gradient, upper: Infinity }
  let size = 0
  let idle = 0
  let lastUpper = Infinity
  let k = 0
  while (k < Math.min(iterations, 500) && idle < 3) {
    k++
    const center = mean(columns)
    const p = x.map((value, i) => (value - center[i]) / t)
    const upper = columns.reduce((sum, column) => sum + column.weight * column.f, 0) + (t * dot(p, p)) / 2
    const lowerOf = (height: number): number => dot(p, x) - height - (t * dot(p, p)) / 2
    const starts = columns.map(({ y }) => y)
    size = Math.max(size, sizeOfTerms(columns, x, t))
    best.upper = Math.min(best.upper, upper)
    // As long as descents bring new columns the global search, which alone makes a bound, can wait.
    const near = f.dim === 1 ? undefined : nearSupport(f, p, starts, t)
    const improving = near !== undefined && upper - lowerOf(near.value) > tolerance * size && !known(columns, near.point)
    const { value: height, point } = improving ? near : support(f, p, starts, t)
    if (height === Infinity) throw new DivergenceError('hopfFormula: f falls faster than every plane, and its convex envelope is −Infinity')
    const lower = improving ? -Infinity : lowerOf(height)
    idle = improving || lower > best.lower || upper < lastUpper ? 0 : idle + 1
    lastUpper = Math.min(upper, lastUpper)
    if (lower > best.lower) best = { ...best, lower, p }
    if (best.upper - best.lower <= tolerance * size) break
    columns = corrected(known(columns, point) ? columns : [...columns, { y: point, f: dot(p, point) - height, weight: 0 }], x, t)
  }
  return certified(k, best.p, best.lower, best.upper, size, tolerance)
}

function known(columns: Column[], point: Float64Array): boolean {
  return columns.some(({ y }) => y.every((value, i) => value === point[i]))
}

/** What the bounds are rounded in proportion to: p is a difference of points over t, and multiplied by such differences. */
function sizeOfTerms(columns: Column[], x: Float64Array, t: number): number {
  return columns.reduce((most, { y, f }) => Math.max(most, Math.abs(f) + (dot(x, x) + dot(y, y)) / t), 0)
}

/** Optimal weights by active sets (Wolfe 1976): Newton steps on the weights, each cut where one of them comes to 0 and its column is left out. */
function corrected(given: Column[], x: Float64Array, t: number): Column[] {
  let columns = given
  for (let k = 0; k < 10 * given.length + 20 && columns.length > 1; k++) {
    const step = weightStep(columns, x, t)
    let length = 1
    columns.forEach(({ weight }, j) => {
      if (step[j] < 0) length = Math.min(length, weight / -step[j])
    })
    const moved = columns.map((column, j) => ({ ...column, weight: Math.max(column.weight + length * step[j], 0) }))
    if (length === 1) {
      columns = moved
      if (k > 0 && step.every((value) => Math.abs(value) <= 4 * Number.EPSILON)) break
      continue
    }
    // The column that cut the step has weight 0 up to rounding.
    const emptied = columns.reduce((least, { weight }, j) => (step[j] < 0 && weight / -step[j] <= length ? j : least), -1)
    columns = moved.filter(({ weight }, j) => j !== emptied && (weight > 0 || j === moved.length - 1))
  }
  const total = columns.reduce((sum, { weight }) => sum + weight, 0)
  return columns.map((column) => ({ ...column, weight: column.weight / total }))
}

/** The change of weights, of sum 0, to the minimum of the quadratic over the affine hull; a long step down where the hull is degenerate. */
function weightStep(columns: Column[], x: Float64Array, t: number): Float64Array {
  const [base, ...rest] = columns
  const center = mean(columns)
  const p = x.map((value, i) => (value - center[i]) / t)
  const differences = rest.map(({ y }) => y.map((value, i) => value - base.y[i]))
  const n = rest.length
  const matrix = Float64Array.from({ length: n * n }, (_, j) => dot(differences[Math.floor(j / n)], differences[j % n]) / t)
  const trace = differences.reduce((sum, d) => sum + dot(d, d) / t, 0)
  for (let j = 0; j < n; j++) matrix[j * n + j] += 1e-12 * trace
  const downhill = Float64Array.from(rest, (column, j) => dot(p, differences[j]) - (column.f - base.f))
  const step = solveDefinite(matrix, downhill) ?? downhill
  return Float64Array.of(-step.reduce((sum, value) => sum + value, 0), ...step)
}

function mean(columns: Column[]): Float64Array {
  return columns[0].y.map((_, i) => columns.reduce((sum, { y, weight }) => sum + weight * y[i], 0))
}
