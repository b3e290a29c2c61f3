import { localEntropy } from '../pde/local-entropy/index.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals } from '../random/index.ts'

/** How the smoothing time depends on the dimension: t²‖∇²f‖²_F/2 = ½, or t times the mean curvature = ½ whatever the dimension. */
export type Scaling = 'with dimension' | 'fixed'

/** A function with its local Gibbs mean and the viscous solution at x, known without sampling. */
export interface Case {
  name: 'quadratic' | 'kink' | 'mixture'
  f: Potential
  x: Float64Array
  gamma: number
  beta: number
  mean: Float64Array
  value: number
}

/** Curvatures between ½ and 3/2, of mean 1. */
export const curvature = (k: number): number => 0.5 + ((2 * k) % 5) / 4

/** |x|² = 1, half of it in the first component, which so stands out in every dimension. */
function place(dim: number): Float64Array {
  const rest = normals(41, dim, dim)
  rest[0] = 0
  const size = Math.sqrt(2 * rest.reduce((sum, z) => sum + z * z, 0))
  return rest.map((z, k) => (k === 0 ? Math.SQRT1_2 : z / size))
}

/** Σ λ_k y_k²/2 over k ≥ first, by a loop: the catalogue's quadratic has a full matrix. */
function half(dim: number, first: number, more: (y: Float64Array) => number = () => 0): Potential {
  const lambda = Float64Array.from({ length: dim }, (_, k) => (k < first ? 0 : curvature(k)))
  return potential({
    dim,
    value(y) {
      let sum = 0
      for (let k = first; k < dim; k++) sum += lambda[k] * y[k] * y[k]
      return sum / 2 + more(y)
    },
    gradient: () => undefined,
  })
}

/** t and β with tβ‖∇f‖² = ½ for a gradient of square length `slopes`, and t²/2 times the sum of squared curvatures ½, or t = ½. */
function scaled(slopes: number, curvatures: number, scaling: Scaling): { gamma: number; beta: number } {
  const gamma = scaling === 'fixed' ? 0.5 : 1 / Math.sqrt(Math.max(curvatures, 1))
  return { gamma, beta: 0.5 / (gamma * slopes) }
}

export const sumOver = (dim: number, first: number, term: (k: number) => number): number => {
  let sum = 0
  for (let k = first; k < dim; k++) sum += term(k)
  return sum
}

/** Mean and value of the quadratic part: x/(1 + tλ), λx²/2(1 + tλ) + log(1 + tλ)/2β. */
function quadraticPart(x: Float64Array, first: number, gamma: number, beta: number): { mean: Float64Array; value: number } {
  return {
    mean: x.map((xk, k) => (k < first ? 0 : xk / (1 + gamma * curvature(k)))),
    value: sumOver(x.length, first, (k) => (curvature(k) * x[k] * x[k]) / (2 * (1 + gamma * curvature(k))) + Math.log1p(gamma * curvature(k)) / (2 * beta)),
  }
}

export function quadratic(dim: number, scaling: Scaling): Case {
  const x = place(dim)
  const given = scaled(sumOver(dim, 0, (k) => (curvature(k) * x[k]) ** 2), sumOver(dim, 0, (k) => curvature(k) ** 2), scaling)
  return { name: 'quadratic', f: half(dim, 0), x, ...given, ...quadraticPart(x, 0, given.gamma, given.beta) }
}

/** |y₁| and a quadratic in the other components. */
export async function kink(dim: number, scaling: Scaling): Promise<Case> {
  const x = place(dim)
  const { gamma, beta } = scaled(1 + sumOver(dim, 1, (k) => (curvature(k) * x[k]) ** 2), sumOver(dim, 1, (k) => curvature(k) ** 2), scaling)
  const first = await localEntropy(potential('abs(x)'), [x[0]], { gamma, beta })
  const { mean, value } = quadraticPart(x, 1, gamma, beta)
  mean[0] = x[0] - gamma * first.gradient[0]
  return { name: 'kink', f: half(dim, 1, (y) => Math.abs(y[0])), x, gamma, beta, mean, value: value + first.value }
}

/**
 * Two Gaussians 2.6 widths apart, of nearly the same height at x in every dimension: not convex, not a sum over components. Smoothing raises their variances by t/β.
 * e^{−βf} does not depend on β, so that t/β is what matters; x is far out in the first component by what keeps t β‖∇f‖² about ½.
 */
export function mixture(dim: number, scaling: Scaling): Case {
  const x = place(dim).map((xk, k) => (k === 0 ? xk * dim ** 0.25 : xk))
  const [beta, spread] = [2, 0.6]
  const means = [1, -1].map((side) => Array.from(normals(42, dim, dim), (z) => (side * z) / Math.sqrt(dim)))
  const gamma = beta * spread * (scaling === 'fixed' ? 0.5 : 0.5 / Math.sqrt(dim))
  const by = (time: number): Potential =>
    landscapes.gaussianMixture({ weights: [0.4, 0.6], means, variances: [spread, spread * (1 + 0.5 / dim)].map((s) => s + time / beta), beta })
  const [f, smoothed] = [by(0), by(gamma)]
  return { name: 'mixture', f, x, gamma, beta, mean: smoothed.gradient(x).map((p, k) => x[k] - gamma * p), value: smoothed.value(x) }
}
