import { solveDefinite } from '../core/cholesky.ts'
import { exp } from '../core/elementary.ts'
import { flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import { uniforms } from '../random/index.ts'
import type { Potential } from '../potential/potential.ts'
import type { PotentialLoss } from '../optimization/objective.ts'

/** Nodes of a Lagrange polynomial along each axis. */
const stencil = 6

/**
 * ∇u of the polynomial that goes through the field's values at the 6 nearest nodes of each axis: error O(h⁵) for smooth u, inside the grid.
 */
export function gridGradient(u: Field): (x: ArrayLike<number>) => Float64Array {
  const data = flat('gridGradient', 'u', u)
  const { axes, spacing, dim, shape } = u.grid
  return (x) => {
    const along = axes.map(({ min, size }, k) => {
      const place = (x[k] - min) / spacing[k]
      const first = Math.min(Math.max(Math.floor(place) - stencil / 2 + 1, 0), size - stencil)
      return { first, ...lagrange(place - first, spacing[k]) }
    })
    const out = new Float64Array(dim)
    for (let j = 0; j < stencil ** dim; j++) {
      let node = 0
      const digits = along.map((_, k) => Math.floor(j / stencil ** k) % stencil)
      for (let k = 0; k < dim; k++) node = node * shape[k] + along[k].first + digits[k]
      for (let k = 0; k < dim; k++) {
        out[k] += along.reduce((product, { values, slopes }, l) => product * (l === k ? slopes : values)[digits[l]], data[node])
      }
    }
    return out
  }
}

/** The polynomials that are 1 at one of the nodes 0 … 5 and 0 at the others, and their derivatives, at `place`. */
function lagrange(place: number, spacing: number): { values: number[]; slopes: number[] } {
  const others = (...left: number[]): number[] => Array.from({ length: stencil }, (_, i) => i).filter((i) => !left.includes(i))
  const product = (nodes: number[]): number => nodes.reduce((so, i) => so * (place - i), 1)
  const nodes = others()
  const scale = nodes.map((j) => others(j).reduce((so, i) => so * (j - i), 1))
  return {
    values: nodes.map((j) => product(others(j)) / scale[j]),
    slopes: nodes.map((j) => others(j).reduce((sum, i) => sum + product(others(i, j)), 0) / (scale[j] * spacing)),
  }
}

/** dx/ds = −slope(x) from `start` by the classical Runge–Kutta method with the given step: the points at every step, the start included. */
export function descend(slope: (x: ArrayLike<number>) => Float64Array, start: ArrayLike<number>, step: number, steps: number): Float64Array[] {
  const points = [Float64Array.from(start)]
  for (let n = 0; n < steps; n++) {
    const x = points[n]
    const ahead = (along: Float64Array, by: number): Float64Array => x.map((c, k) => c - by * along[k])
    const first = slope(x)
    const second = slope(ahead(first, step / 2))
    const third = slope(ahead(second, step / 2))
    const fourth = slope(ahead(third, step))
    points.push(x.map((c, k) => c - (step / 6) * (first[k] + 2 * second[k] + 2 * third[k] + fourth[k])))
  }
  return points
}

/**
 * f(x₁) + … + f(x_n), component-major: a run of Entropy-SGD on it is n independent runs on f, since gradients, coupling and averages act on
 * each x_i alone and every component has normals of its own.
 */
export function replicas(f: Potential, n: number): PotentialLoss {
  return {
    dim: n * f.dim,
    value: (x) => f.values(Float64Array.from(x)).reduce((sum, value) => sum + value, 0),
    gradient: (x, out) => f.gradients(x as Float64Array, out),
  }
}

/**
 * The error of ∇u at x per unit of η′ where the local Gibbs law is nearly normal: A⁻¹∇Δf/(4βγ) at ⟨y⟩ = x − γ∇u, A = ∇²f + I/γ. Stationary Euler–Maruyama has
 * E(∇f(y) + (y − x)/γ) = 0, as the law itself has, and a covariance larger by (η′/2β)I, which raises E∇f by (η′/4β)∇Δf at the same mean.
 */
export function stepError(f: Potential, x: ArrayLike<number>, slope: Float64Array, gamma: number, beta: number): Float64Array {
  const { dim } = f
  const bottom = slope.map((value, k) => x[k] - gamma * value)
  const trace = (at: Float64Array): number => f.hessian(at).reduce((sum, value, i) => (i % (dim + 1) === 0 ? sum + value : sum), 0)
  // A tenth of the thermal length: of second order, which a count does not notice.
  const h = 0.1 * Math.sqrt(gamma / beta)
  const third = bottom.map((_, k) => {
    const [ahead, behind] = [h, -h].map((by) => trace(bottom.map((c, l) => (l === k ? c + by : c))))
    return (ahead - behind) / (2 * h)
  })
  const curvature = f.hessian(bottom).map((value, i) => value + (i % (dim + 1) === 0 ? 1 / gamma : 0))
  return (solveDefinite(curvature, third) ?? third.fill(NaN)).map((value) => value / (4 * beta * gamma))
}

/** Independent seeds of one. */
export function seeds(seed: number, purpose: number, count: number): number[] {
  return Array.from(uniforms(seed, [purpose, 0, 0], count), (u) => Math.floor(u * 2 ** 52))
}

/** First-order errors that the inner loop makes in ∇u at a point of the line. */
export interface InnerErrors {
  /** Per unit of the step η′. */
  step: number
  /** Times the time T = Lη′ that the mean of L samples covers. */
  start: number
}

/**
 * On the line, for x where the law ρ ∝ e^{−βH}, H = f + |x − y|²/2γ, has mass. Euler–Maruyama with step η′ samples ρ(1 + η′g), g = −½H″ + (β/4)H′² + const (from
 * the terms η′² of its generator), so that the mean is off by η′ Cov(y, g). The mean over a time T from y = x is off by w(x)/T, w = ∫ (E_x y_s − ⟨y⟩) ds,
 * the solution of −H′w′ + w″/β = ⟨y⟩ − y of mean 0: w′ = −(β/ρ) ∫_{−∞} (z − ⟨y⟩)ρ dz. ∇u = (x − ⟨y⟩)/γ takes both over −γ.
 */
export function innerErrors(f: Potential, half: number, size: number, x: number, gamma: number, beta: number): InnerErrors {
  const h = (2 * half) / (size - 1)
  const y = Float64Array.from({ length: size }, (_, j) => -half + h * j)
  const height = f.values(y).map((value, j) => value + (y[j] - x) ** 2 / (2 * gamma))
  const least = height.reduce((low, value) => Math.min(low, value), Infinity)
  const law = height.map((value) => (beta * (value - least) < 50 ? exp(-beta * (value - least)) : 0))
  const total = law.reduce((sum, mass) => sum + mass, 0)
  const average = (values: Float64Array): number => values.reduce((sum, value, j) => sum + (law[j] / total) * value, 0)
  const mean = average(y)
  const slopes = f.gradients(y)
  const excess = y.map((at, j) => (at - mean) * ((beta / 4) * (slopes[j] + (at - x) / gamma) ** 2 - (f.hessian([at])[0] + 1 / gamma) / 2))
  let flux = 0
  let risen = 0
  const settling = y.map((at, j) => {
    // Half a cell on either side: the flux at the node, the rise between nodes.
    flux += (law[j] * (at - mean) * h) / 2
    const rise = law[j] > 0 ? (-beta * flux) / law[j] : 0
    flux += (law[j] * (at - mean) * h) / 2
    risen += rise * h
    return risen - (rise * h) / 2
  })
  const here = Math.min(Math.max(Math.round((x + half) / h), 0), size - 1)
  return { step: -average(excess) / gamma, start: -(settling[here] - average(settling)) / gamma }
}
