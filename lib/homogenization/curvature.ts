import { euclideanNorm, lbfgs } from '../core/lbfgs.ts'
import type { Potential } from '../potential/potential.ts'
import { normals } from '../random/index.ts'

/** The fast dynamics' scales: curvatures of H as thermal motion sees them. */
export interface Curvature {
  /** The largest, over the start and the bottom of the valley below it. */
  largest: number
  /** The smallest at the bottom, ≥ 0. */
  least: number
}

const iterations = 24
/** Tells the directions of the power iteration from all other streams of a seed. */
const purpose = 0x63757276

/**
 * Extreme curvatures of H = f + |x − y|²/(2γ) at a start and at the minimiser that a descent from it ends at, by power iteration on differences of gradients
 * over half a thermal length 1/√(β·curvature), so that at a kink the curvature is β times the square of the jump and not infinite.
 */
export function thermalCurvature(tilted: Potential, start: Float64Array, gamma: number, beta: number): Curvature {
  const bottom = lbfgs((y, gradient) => {
    tilted.gradient(y, gradient)
    return tilted.value(y)
  }, start, { tolerance: 0.1 / Math.sqrt(beta * gamma), iterations: 200 }).point
  const atBottom = extremes(tilted, bottom, gamma, beta)
  return { largest: Math.max(atBottom.largest, extremes(tilted, start, gamma, beta).largest), least: atBottom.least }
}

function extremes(tilted: Potential, at: Float64Array, gamma: number, beta: number): Curvature {
  let [largest, length] = [0, 0.5 * Math.sqrt(gamma / beta)]
  for (let round = 0; round < 3; round++) {
    largest = Math.max(dominant(tilted, at, length, 0), Number.MIN_VALUE)
    // Not so short that rounding of the point or the gradient shows.
    length = Math.max(0.5 / Math.sqrt(beta * largest), 1e-7 * euclideanNorm(at))
  }
  // At a smaller curvature thermal motion reaches farther.
  const least = largest - dominant(tilted, at, 0.5 * Math.sqrt(gamma / beta), largest)
  return { largest, least: Math.max(least, 0) }
}

/** The largest |λ| of ∇²H − shift·I by power iteration. */
function dominant(tilted: Potential, at: Float64Array, length: number, shift: number): number {
  const dim = at.length
  let v = normals(0, purpose, dim)
  let eigenvalue = 0
  for (let k = 0; k < (dim === 1 ? 1 : iterations); k++) {
    const norm = euclideanNorm(v)
    if (!(norm > 0)) return 0
    const unit = v.map((c) => c / norm)
    const ahead = tilted.gradient(at.map((c, i) => c + length * unit[i]))
    const behind = tilted.gradient(at.map((c, i) => c - length * unit[i]))
    v = ahead.map((g, i) => (g - behind[i]) / (2 * length) - shift * unit[i])
    eigenvalue = euclideanNorm(v)
  }
  return eigenvalue
}
