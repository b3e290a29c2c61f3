import { solveDense } from '../kernels/dense.ts'
import type { Potential } from '../potential/potential.ts'

/** Passage over a barrier on the line, from `from` to `to` on the right of it, −∞ being out of reach. */
export interface Passage {
  f: Potential
  /** The minimum to the left of the saddle, which `from` is at. */
  well: number
  saddle: number
  to: number
}

/** τ and E[T²] of the time T to get to `to`, both in units that are e^{βΔV} and its square. */
export interface PassageMoments {
  mean: number
  square: number
}

/**
 * τ(a→c) = β∫_a^c e^{βf(y)}∫_{−∞}^y e^{−βf(z)} dz dy and E[T²] = 2β∫_a^c e^{βf(y)}∫_{−∞}^y τ(z→c)e^{−βf(z)} dz dy, without the factors e^{βΔV}, by the Runge–Kutta method of order 4
 * for the nested integrals, from where f is 40/β above the well.
 */
export function passageMoments({ f, well, saddle, to }: Passage, beta: number, steps: number): PassageMoments {
  const [low, high] = [f.value([well]), f.value([saddle])]
  const weight = (y: number): number => Math.exp(-beta * (f.value([y]) - low))
  const inverse = (y: number): number => Math.exp(beta * (f.value([y]) - high))
  let left = well - 0.1
  while (f.value([left]) - low < 40 / beta) left -= 0.02
  const parts = [[left, well], [well, to]] as const
  // State: ∫w, τ(−∞→y), τ(a→y), ∫τ(z→c)w, E[T²].
  const march = (total: number): Float64Array => {
    let state = new Float64Array(5)
    for (const [part, [from, end]] of parts.entries()) {
      const h = (end - from) / steps
      const slope = (y: number, s: Float64Array): Float64Array => {
        const [w, v] = [weight(y), inverse(y)]
        const time = beta * v * s[0]
        return Float64Array.of(w, time, part * time, (total - s[1]) * w, part * 2 * beta * v * s[3])
      }
      for (let k = 0; k < steps; k++) {
        const y = from + k * h
        const k1 = slope(y, state)
        const k2 = slope(y + h / 2, state.map((s, i) => s + (h / 2) * k1[i]))
        const k3 = slope(y + h / 2, state.map((s, i) => s + (h / 2) * k2[i]))
        const k4 = slope(y + h, state.map((s, i) => s + h * k3[i]))
        state = state.map((s, i) => s + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]))
      }
    }
    return state
  }
  const [, total, mean] = march(0)
  return { mean, square: march(total)[4] }
}

/** Newton's iteration to a point near the start at which ∇f = 0; NaN where it meets a singular Hessian. */
export function stationaryPoint(f: Potential, start: readonly number[]): number[] {
  const x = Float64Array.from(start)
  for (let k = 0; k < 30; k++) {
    const step = f.gradient(x).slice()
    if (!solveDense(f.hessian(x).slice(), step)) return start.map(() => NaN)
    for (let i = 0; i < x.length; i++) x[i] -= step[i]
  }
  return Array.from(x)
}

/** The least eigenvalue and the determinant of a symmetric 1 × 1 or 2 × 2 matrix. */
function spectrum(h: Float64Array): { least: number; determinant: number } {
  if (h.length === 1) return { least: h[0], determinant: h[0] }
  const determinant = h[0] * h[3] - h[1] * h[2]
  return { least: (h[0] + h[3]) / 2 - Math.hypot((h[0] - h[3]) / 2, h[1]), determinant }
}

/** 2π/|λ₋| √(|det H_s|/det H_m), the factor of Eyring and Kramers in front of e^{βΔV}. */
export function prefactor(f: Potential, well: readonly number[], saddle: readonly number[]): number {
  const [m, s] = [spectrum(f.hessian(well)), spectrum(f.hessian(saddle))]
  return ((2 * Math.PI) / Math.abs(s.least)) * Math.sqrt(Math.abs(s.determinant) / m.determinant)
}

/**
 * a of τ = τ_EK(1 + a/β + O(1/β²)) for a quartic on the line whose leading coefficient is 1/4: by Laplace's method a minimum of f gives 5f‴²/(24f″³) − f⁗/(8f″²), and a maximum the same of −f.
 */
export function laplaceTerm({ f, well, saddle }: Passage): number {
  const at = (x: number, sign: 1 | -1): number => {
    const [second, third, fourth] = [sign * f.hessian([x])[0], sign * 6 * x, sign * 6]
    return (5 * third ** 2) / (24 * second ** 3) - fourth / (8 * second ** 2)
  }
  return at(well, 1) + at(saddle, -1)
}

/** −ζ(1/2)/√(2π): a walk in steps of standard deviation s passes a level as late as Brownian motion one that is so many s farther on (Broadie, Glasserman & Kou 1997). */
export const watchedLate = 0.5825971579390107

const gauss = [[-Math.sqrt(0.6), 5 / 18], [0, 8 / 18], [Math.sqrt(0.6), 5 / 18]] as const

/**
 * The exact mean time until x ← x − f′(x)dt + √(2dt/β)ξ, looked at after each step, is at `level` or beyond: T(x) = dt + ∫T(y)p(x, y)dy over y < level, by Gauss's rule of three
 * nodes on cells half of a step's deviation long and elimination (Nyström).
 */
export function chainTime(f: Potential, beta: number, dt: number, start: number, level: number, left: number): number {
  const deviation = Math.sqrt((2 * dt) / beta)
  const cells = Math.ceil((2 * (level - left)) / deviation)
  const h = (level - left) / cells
  const n = 3 * cells
  const node = (i: number): number => left + (Math.floor(i / 3) + 0.5 + gauss[i % 3][0] / 2) * h
  const kernel = (x: number): Float64Array => {
    const centre = x - dt * f.gradient([x])[0]
    return Float64Array.from({ length: n }, (_, j) => (gauss[j % 3][1] * h * Math.exp(-(((node(j) - centre) / deviation) ** 2) / 2)) / (deviation * Math.sqrt(2 * Math.PI)))
  }
  const matrix = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    matrix.set(kernel(node(i)).map((p) => -p), i * n)
    matrix[i * (n + 1)] += 1
  }
  const times = new Float64Array(n).fill(dt)
  if (!solveDense(matrix, times)) return NaN
  return kernel(start).reduce((sum, p, j) => sum + p * times[j], dt)
}
