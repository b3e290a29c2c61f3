import { field } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { grid } from '../grid/grid.ts'
import type { Grid } from '../grid/grid.ts'
import { integrate } from '../grid/operators.ts'
import { prox } from '../pde/prox.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { tilted } from '../potential/tilted.ts'

/** What κ is: 1/γ + inf ∇²f, or the curvature of H at its minimiser, with a landscape where that is another number. */
export type Curvature = 'least' | 'at-the-bottom'

export type Distance = 'KL' | 'χ²' | 'W₂'

/** H(y) = f(y) + |x − y|²/2γ with its κ. */
export interface Problem {
  name: string
  H: Potential
  kappa: number
  /** sup of the largest eigenvalue of ∇²H. */
  greatest: number
  quadratic: boolean
  bottom: number[]
  /** How far H reaches beyond 8 standard deviations 1/√(βκ) about the bottom. */
  spread: number
}

/** The start, in units of 1/√(βκ) from the bottom and of 1/(βκ). */
const begin = { offset: [2, -1], variance: 0.2 }

/** Of the symmetric matrix ((a, b), (b, c)). */
const eigenvalues = (a: number, b: number, c: number): [number, number] => [(a + c) / 2 - Math.hypot((a - c) / 2, b), (a + c) / 2 + Math.hypot((a - c) / 2, b)]

interface Definition {
  name: string
  f: Potential
  gamma: number
  x: number[]
  /** inf and sup of the eigenvalues of ∇²f. */
  range: [number, number]
  quadratic?: boolean
}

function definitions(): Definition[] {
  const wave = eigenvalues(0.8 + 0.5, 0.8 - 2 * 0.5, 0.8 + 4 * 0.5)[1]
  return [
    { name: 'quadratic', f: potential('-x^2/4'), gamma: 0.5, x: [0.3], range: [-0.5, -0.5], quadratic: true },
    { name: 'double well', f: landscapes.doubleWell(), gamma: 0.5, x: [0], range: [-1, Infinity] },
    { name: 'cosine', f: potential('cos(2 x)/2'), gamma: 0.25, x: [0.3], range: [-2, 2] },
    { name: 'convex', f: potential('x^2/2 + 0.8 cos(x)'), gamma: 1, x: [-0.5], range: [0.2, 1.8] },
    { name: 'plane, quadratic', f: potential('-x^2/4 + 0.6 x y + y^2/2'), gamma: 0.5, x: [0.3, -0.2], range: eigenvalues(-0.5, 0.6, 1), quadratic: true },
    // The phases of the waves are independent, so that both bend the same way somewhere.
    { name: 'plane, waves', f: potential('0.8 cos(x + y) + 0.5 cos(x - 2 y)'), gamma: 0.25, x: [0.3, -0.2], range: [-wave, wave] },
  ]
}

export function problemsOf(curvature: Curvature): Problem[] {
  const given = definitions()
  const convex = given.filter(({ quadratic }) => quadratic || curvature === 'least').map(({ name, f, gamma, x, range, quadratic = false }): Problem => ({
    name, H: tilted(f, x, gamma), kappa: 1 / gamma + range[0], greatest: 1 / gamma + range[1], quadratic,
    bottom: Array.from(prox(f, x, { gamma, convex: true }).point), spread: 0,
  }))
  return curvature === 'least' ? convex : [...convex, wellOfTwo()]
}

/** A landscape where inf ∇²H < 0: γ = 4 leaves both wells of f. */
function wellOfTwo(): Problem {
  const [f, x, gamma] = [landscapes.doubleWell(), [0], 4]
  const H = tilted(f, x, gamma)
  const bottom = Array.from(prox(f, x, { gamma }).point)
  // Paths keep to |y| < 2.
  return { name: 'two wells', H, kappa: H.hessian(bottom)[0], greatest: 12, quadratic: false, bottom, spread: 2 }
}

/**
 * A box about the bottom, out to where e^{−βH} is e^{−32} of its top or less along each axis, and not so far that it underflows. It is convex, so that its walls leave
 * the rates no smaller.
 */
export function gridOf({ H, bottom, kappa, spread }: Problem, beta: number, cells: number): Grid {
  const top = H.value(bottom)
  const end = (axis: number, side: number): number => {
    let reach = side * (8 / Math.sqrt(beta * kappa) + spread)
    while (beta * (H.value(bottom.map((c, k) => (k === axis ? c + 0.9 * reach : c))) - top) > 60) reach *= 0.9
    return bottom[axis] + reach
  }
  return grid(bottom.map((_, axis) => ({ min: end(axis, -1), max: end(axis, 1), size: cells, nodes: 'centers' as const })))
}

/** A Gaussian away from the bottom. */
export function startOf({ bottom, kappa }: Problem, beta: number, on: Grid): Field {
  const unit = 1 / Math.sqrt(beta * kappa)
  const bell = field(on, (...y) => Math.exp(-y.reduce((sum, c, k) => sum + (c - bottom[k] - begin.offset[k] * unit) ** 2, 0) / (2 * begin.variance * unit * unit)))
  const mass = integrate(bell)
  return field(on, (...y) => bell.at(...y) / mass)
}

/** KL, χ² and W₂ of N(μ, v) to N(0, v∞) with μ in units of √v∞ and w = v/v∞; W₂ in the same units. */
export function gaussianDistances(mu: number, w: number): Record<Distance, number> {
  return {
    'KL': (w - 1 - Math.log(w) + mu * mu) / 2,
    'χ²': Math.exp((mu * mu) / (2 - w)) / Math.sqrt(w * (2 - w)) - 1,
    'W₂': Math.hypot(mu, Math.sqrt(w) - 1),
  }
}

/** The start after a time s, in the units above, and E = e^{−2κs}. */
export function gaussianAt(kappa: number, s: number): { mu: number; w: number; left: number } {
  const left = Math.exp(-2 * kappa * s)
  return { mu: begin.offset[0] * Math.sqrt(left), w: 1 + (begin.variance - 1) * left, left }
}
