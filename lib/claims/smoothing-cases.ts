import { once } from '../core/once.ts'
import { localEntropy } from '../pde/local-entropy/index.ts'
import { landscapes, potential } from '../potential/index.ts'
import type { Potential } from '../potential/potential.ts'
import { normals, uniforms } from '../random/index.ts'
import { evenly } from './measure.ts'
import { localEntropyAt, sampled } from './smoothed-derivatives.ts'

/** Derivatives of u at a point. `bias`: the most that quadrature may be off in an eigenvalue, by its own estimate. */
export interface Found {
  gradient: ArrayLike<number>
  hessian: ArrayLike<number>
  bias?: number
}

/** m I ≤ ∇²f ≤ M I, looked at in points, at times with 1 + tm > 0. */
export interface BoundedCase {
  name: string
  dim: number
  m: number
  M: number
  /** Of a quadratic: its eigenvalues, in ascending order. */
  curvatures?: number[]
  lipschitz?: number
  betas: number[]
  times: number[]
  points: number[][]
  at(x: number[], t: number, beta: number): Found | Promise<Found>
}

/** On a box that the local Gibbs measures lie well inside of, by sums over its nodes. */
export function onBox(f: Potential, half: number, size: number): BoundedCase['at'] {
  const sample = sampled(f, half, size)
  return (x, t, beta) => localEntropyAt(sample, x, t, beta)
}

/** By adaptive quadrature. A symmetric matrix that is added moves eigenvalues by at most the root sum of squares of its entries. */
function adaptive(f: Potential): BoundedCase['at'] {
  return async (x, t, beta) => {
    const { gradient, hessian, bias } = await localEntropy(f, x, { gamma: t, beta, method: 'quadrature', tolerance: 1e-8 })
    return { gradient, hessian, bias: Math.hypot(...bias.hessian) }
  }
}

/** Modes a z²/2 + b cos(wz), with curvatures between a − bw² and a + bw². */
const modes = Array.from({ length: 10 }, (_, k) => ({ a: 0.3 + 0.15 * k, b: 0.4, w: 1 + 0.1 * k }))
/** Bounds of the curvatures of all modes. */
export const tenModes = { m: Math.min(...modes.map(({ a, b, w }) => a - b * w * w)), M: Math.max(...modes.map(({ a, b, w }) => a + b * w * w)) }
const lines = once(() => modes.map(({ a, b, w }) => potential(`${a / 2} z^2 + ${b} cos(${w} z)`)))
const normal = modes.map((_, k) => Math.cos(1 + 2 * k))
const square = normal.reduce((sum, v) => sum + v * v, 0)

/** Qx for the reflection Q = I − 2vvᵀ/|v|², which mixes all coordinates and is its own inverse. */
function reflect(x: ArrayLike<number>): number[] {
  const dot = normal.reduce((sum, v, k) => sum + v * x[k], 0)
  return normal.map((v, k) => x[k] - (2 * dot * v) / square)
}

/** Q diag(d) Q, row major. */
function reflectedDiagonal(d: number[]): number[] {
  const unit = (i: number): number[] => d.map((_, k) => (k === i ? 1 : 0))
  return d.flatMap((_, i) => reflect(reflect(unit(i)).map((q, k) => q * d[k])))
}

/** Σ_k g_k((Qx)_k) in ten dimensions: under its local Gibbs law the components of Qy are independent. */
export const rotatedModes = potential({
  dim: 10,
  value: (x) => reflect(x).reduce((sum, z, k) => sum + lines()[k].value([z]), 0),
  gradient: (x, out) => out.set(reflect(reflect(x).map((z, k) => lines()[k].gradient([z])[0]))),
  hessian: (x, out) => out.set(reflectedDiagonal(reflect(x).map((z, k) => lines()[k].hessian([z])[0]))),
})

/** ∇u and ∇²u of the rotated sum, from sums on the line for each mode. */
export function byModes(): BoundedCase['at'] {
  const samples = lines().map((g) => sampled(g, 16, 801))
  return (x, t, beta) => {
    const found = reflect(x).map((z, k) => localEntropyAt(samples[k], [z], t, beta))
    return { gradient: reflect(found.map(({ gradient }) => gradient[0])), hessian: reflectedDiagonal(found.map(({ hessian }) => hessian[0])) }
  }
}

/**
 * A Gaussian mixture with equal variances S in ten dimensions: ∇²f = (I/S − Cov(means)/S²)/β over the responsibilities. Along a direction the means lie in an
 * interval no longer than their largest distance D, so that their variance is at most D²/4 (Popoviciu).
 */
function mixtureCase(beta: number, count: number, seed: number): BoundedCase {
  const dim = 10
  const variance = 0.6
  const [means, noise] = [3, count].map((n, stream) => Array.from({ length: n }, (_, i) => Array.from(normals(seed, [41, stream, i], dim), (z) => (1.5 * z) / Math.sqrt(dim))))
  const distance = Math.max(...means.flatMap((a) => means.map((b) => Math.hypot(...a.map((c, k) => c - b[k])))))
  const m = (1 / variance - distance ** 2 / (4 * variance ** 2)) / beta
  // Between pairs of means the Hessian is smallest; other points about them.
  const between = [[0, 1], [0, 2], [1, 2]].map(([a, b]) => means[a].map((c, k) => (c + means[b][k]) / 2))
  const longest = m < 0 ? -0.9 / m : 10
  return {
    name: 'mixture', dim, betas: [beta], m, M: 1 / (beta * variance), times: [0.1, 0.4, 1].map((share) => share * longest), points: [...between, ...noise],
    at: (x, t) => {
      const u = landscapes.gaussianMixture({ weights: [0.3, 0.3, 0.4], means, variances: means.map(() => variance + t / beta), beta })
      return { gradient: u.gradient(x), hessian: u.hessian(x) }
    },
  }
}

/** Points on the line, in the plane, in space and in ten dimensions. */
export interface PointCounts {
  line: number
  plane: number
  space: number
  ten: number
}

/** Convex, not convex, Lipschitz and quadratic f in one to ten dimensions; points and mixtures by the seed. */
export function boundedCases({ line, plane, space, ten }: PointCounts, betas: number[], seed: number): BoundedCase[] {
  const onLine = (window: number): number[][] => evenly(-window, window, line).map((x) => [x])
  const about = (dim: number, count: number, stream: number): number[][] => Array.from({ length: count }, (_, i) => Array.from(uniforms(seed, [40, stream, i], dim), (u) => 3 * (u - 0.5)))
  const [flat, deep, wide] = [about(2, plane, 0), about(3, space, 1), about(10, ten, 2)]
  const cosines = potential('x^2/2 + 0.8 cos(x)')
  const bowl = landscapes.rippledBowl()
  const logCosh = potential('abs(x) + log1p(exp(-2 abs(x)))')
  // Curvatures 2 and −0.5 along (3, 4)/5 and (−4, 3)/5.
  const saddle = potential('(3 x + 4 y)^2/25 - 0.25 (3 y - 4 x)^2/25')
  const ellipsoid = landscapes.quadratic({ curvatures: [0.5, 1, 3] })
  return [
    { name: 'x²/2 + 0.8 cos x', dim: 1, betas, m: 0.2, M: 1.8, times: [0.1, 0.3, 1, 3, 10], points: onLine(3), at: onBox(cosines, 20, 2001) },
    { name: 'rippled bowl', dim: 1, betas, m: 2 - 6 * Math.PI ** 2, M: 2 + 6 * Math.PI ** 2, times: [0.004, 0.01, 0.016], points: onLine(1.5), at: onBox(bowl, 5, 2001) },
    { name: 'log 2 cosh x', dim: 1, betas, m: 0, M: 1, lipschitz: 1, times: [0.1, 1, 10], points: onLine(8), at: onBox(logCosh, 60, 3001) },
    { name: 'sin x', dim: 1, betas, m: -1, M: 1, lipschitz: 1, times: [0.1, 0.5, 0.95], points: onLine(3), at: onBox(potential('sin(x)'), 16, 1601) },
    { name: '0.7 x²', dim: 1, betas, m: 1.4, M: 1.4, curvatures: [1.4], times: [0.1, 1, 10], points: onLine(2), at: onBox(potential('0.7 x^2'), 16, 1601) },
    { name: 'rippled in the plane', dim: 2, betas, m: -0.1, M: 2.6, times: [0.2, 1, 4], points: flat, at: onBox(potential('x^2 + 0.25 y^2 + 0.3 sin(x + y)'), 14, 281) },
    { name: '√(1 + |x|²)', dim: 2, betas, m: 0, M: 1, lipschitz: 1, times: [0.2, 1], points: flat, at: onBox(potential('sqrt(1 + x^2 + y^2)'), 10, 201) },
    { name: 'saddle', dim: 2, betas, m: -0.5, M: 2, curvatures: [-0.5, 2], times: [0.2, 0.8], points: flat, at: onBox(saddle, 13, 241) },
    {
      name: 'rippled in space', dim: 3, betas: [2], m: -0.4, M: 2.9, times: [0.3, 1.2], points: deep,
      // diag(2, ½, 1) and 0.3 (1, 1, 1)(1, 1, 1)ᵀ times what lies between −1 and 1.
      at: adaptive(potential('x^2 + 0.25 y^2 + 0.5 z^2 + 0.3 sin(x + y + z)')),
    },
    { name: 'ellipsoid', dim: 3, betas: [2], m: 0.5, M: 3, curvatures: [0.5, 1, 3], times: [1], points: deep.slice(0, 1), at: adaptive(ellipsoid) },
    { name: 'ten rotated modes', dim: 10, betas, ...tenModes, times: [0.2, 1, 3, 8], points: wide, at: byModes() },
    ...betas.map((beta) => mixtureCase(beta, ten, seed)),
  ]
}
