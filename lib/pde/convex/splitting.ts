import { euclideanNorm } from '../../core/lbfgs.ts'
import { compensatedSum } from '../../stats/sums.ts'
import type { ConvexFunction } from './convex-function.ts'

/** What `hopfFormula` returns. */
export interface Certified {
  value: number
  gradient: Float64Array
  iterations: number
  gap: number
  converged: boolean
}

export interface Limits {
  tolerance: number
  iterations: number
}

/** sup_p p·x − f*(p) − t|p|²/2, attained at the one proximal point p of x/t for f*, step 1/t, with the Moreau envelope at y = prox_{tf}(x) for an upper bound. */
export function halfSquare(f: ConvexFunction, x: Float64Array, t: number, tolerance: number): Certified {
  const p = f.conjugate.prox(x.map((value) => value / t), 1 / t)
  const y = f.prox(x, t)
  const away = x.map((value, k) => value - y[k])
  const lower = product(p, x) - f.conjugate.value(p) - (t * product(p, p)) / 2
  const upper = f.value(y) + product(away, away) / (2 * t)
  return certified(1, p, lower, upper, sizeOf(lower, p, x), tolerance)
}

/**
 * sup_p p·x − f*(p) − tH(p) by Douglas and Rachford's splitting (Lions & Mercier 1979) of f* − x·p and tH. The step follows the sizes of p and of x − y, which
 * balances the two. Bounds are the best so far: lower ones at the two iterates p, upper ones f(y) + tH*((x − y)/t) at the two y that their subgradients give. Linear
 * where f* and H are smooth and strongly convex or polyhedral; O(1/k) in general.
 */
export function split(f: ConvexFunction, h: ConvexFunction, x: Float64Array, t: number, { tolerance, iterations }: Limits): Certified {
  let step = 1 / t
  let z = f.conjugate.prox(x.map((value) => value / t), 1 / t)
  let best = { lower: -Infinity, p: z, upper: Infinity }
  let adapt = 8
  let k = 0
  while (k < iterations) {
    k++
    const pH = h.prox(z, step * t)
    const pF = f.conjugate.prox(x.map((value, i) => 2 * pH[i] - z[i] + step * value), step)
    // Subgradients: (x − y)/t of H at pH, and y of f* at pF.
    const displacement = z.map((value, i) => (value - pH[i]) / step)
    const yF = x.map((value, i) => value + (2 * pH[i] - z[i] - pF[i]) / step)
    if (k <= 16 || k % 8 === 0 || k === iterations) {
      best = bounded(best, f, h, x, t, { pH, pF, displacement, yF })
      if (best.upper - best.lower <= tolerance * sizeOf(best.lower, best.p, x)) break
    }
    const next = z.map((value, i) => value + pF[i] - pH[i])
    if (k === adapt) {
      adapt *= 2
      const balanced = euclideanNorm(pF) / euclideanNorm(displacement)
      if (balanced > 0 && balanced < Infinity && (balanced > 2 * step || balanced < step / 2)) {
        z = pH.map((value, i) => value + (balanced / step) * (next[i] - value))
        step = balanced
        continue
      }
    }
    z = next
  }
  return certified(k, best.p, best.lower, best.upper, sizeOf(best.lower, best.p, x), tolerance)
}

interface Bounds {
  lower: number
  /** Where the lower bound is. */
  p: Float64Array
  upper: number
}

function bounded(
  best: Bounds, f: ConvexFunction, h: ConvexFunction, x: Float64Array, t: number,
  { pH, pF, displacement, yF }: Record<'pH' | 'pF' | 'displacement' | 'yF', Float64Array>,
): Bounds {
  let { lower, p, upper } = best
  for (const candidate of [pF, pH]) {
    const value = product(candidate, x) - f.conjugate.value(candidate) - t * h.value(candidate)
    if (value > lower) [lower, p] = [value, candidate]
  }
  // tH*((x − y)/t) by Fenchel's equality at pH, and f(y) by that at pF, which hold where a rounded point may be out of the domain.
  const yH = x.map((value, i) => value - displacement[i])
  upper = Math.min(
    upper,
    f.value(yH) + product(pH, displacement) - t * h.value(pH),
    product(pF, yF) - f.conjugate.value(pF) + t * h.conjugate.value(x.map((value, i) => (value - yF[i]) / t)),
  )
  return { lower, p, upper }
}

export function certified(iterations: number, p: Float64Array, lower: number, upper: number, size: number, tolerance: number): Certified {
  // Between two bounds that round-off has crossed there is no gap.
  const gap = Math.max(upper - lower, 0)
  return { value: lower > -Infinity ? lower : upper, gradient: p, iterations, gap, converged: gap <= tolerance * size }
}

/** Size of the terms of a bound. */
export function sizeOf(lower: number, p: Float64Array, x: Float64Array): number {
  let sum = Math.abs(lower)
  for (let k = 0; k < p.length; k++) sum += Math.abs(p[k] * x[k])
  return Number.isFinite(sum) ? Math.max(sum, Number.MIN_VALUE) : Number.MIN_VALUE
}

function product(a: Float64Array, b: Float64Array): number {
  return compensatedSum(a.map((value, k) => value * b[k]))
}
