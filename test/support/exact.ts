import { nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'

/** Exact solutions of the viscous and inviscid Hamilton–Jacobi equations u_t = −½|∇u|² + (1/2β)Δu that tests compare with. */

export function logSumExp(values: readonly number[]): number {
  const top = Math.max(...values)
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0))
}

/** e^{−βf} = Σ w_i N(x; m_i, S_i I), any dimension: u has variances S_i + t/β. */
export function mixture(weights: number[], means: number[][], variances: number[], beta: number) {
  return (x: number[], t: number): number => -logSumExp(weights.map((w, i) => {
    const s = variances[i] + t / beta
    const square = x.reduce((sum, xk, k) => sum + (xk - means[i][k]) ** 2, 0)
    return Math.log(w) - (x.length / 2) * Math.log(2 * Math.PI * s) - square / (2 * s)
  })) / beta
}

/** f = Σ a_k x_k²/2 + b_k x_k. */
export function quadratic(a: number[], b: number[], beta: number) {
  return (x: number[], t: number): number => x.reduce((sum, xk, k) =>
    sum + ((a[k] * xk * xk) / 2 + b[k] * xk - (t / 2) * b[k] * b[k]) / (1 + t * a[k]) + Math.log(1 + t * a[k]) / (2 * beta), 0)
}

/** e^{−βf} = 1 + a cos kx. */
export function cosine(a: number, k: number, beta: number) {
  return (x: number, t: number): number => -Math.log(1 + a * Math.exp((-k * k * t) / (2 * beta)) * Math.cos(k * x)) / beta
}

/** Plain loops over all nodes and the nearest images: min_y f(y) + |x − y|²/(2γ) and its minimiser, 1-D or 2-D. */
export function bruteForceHopfLax(
  axes: { nodes: Float64Array; period: number }[], f: (index: number[]) => number, gamma: number, x: number[],
): { value: number; minimizer: number[] } {
  const candidates = axes.map(({ nodes, period }) => Array.from(nodes).flatMap((y, index) =>
    (period > 0 ? [-period, 0, period] : [0]).map((shift) => ({ index, y: y + shift }))))
  let best = { value: Infinity, minimizer: x }
  for (const a of candidates[0]) {
    for (const b of candidates[1] ?? [undefined]) {
      const y = b === undefined ? [a.y] : [a.y, b.y]
      const distance = y.reduce((sum, yk, k) => sum + (x[k] - yk) ** 2, 0)
      const value = f(b === undefined ? [a.index] : [a.index, b.index]) + distance / (2 * gamma)
      if (value < best.value) best = { value, minimizer: y }
    }
  }
  return best
}

/** Largest |u − exact| over the nodes with every coordinate at least `margin` inside the domain. */
export function largestError(u: Field, exact: (x: number[]) => number, margin = 0): number {
  let worst = 0
  for (let i = 0; i < u.grid.size; i++) {
    const x = nodeAt(u.grid, i)
    if (x.some((xk, k) => xk - u.grid.axes[k].min < margin || u.grid.axes[k].max - xk < margin)) continue
    worst = Math.max(worst, Math.abs(u.values.data[i] - exact(x)))
  }
  return worst
}
