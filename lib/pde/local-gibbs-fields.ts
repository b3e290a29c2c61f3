import { options, positive } from '../core/arguments.ts'
import { smoothingNames, smoothingTime } from '../core/conventions.ts'
import type { Smoothing } from '../core/conventions.ts'
import { ArgumentError } from '../core/errors.ts'
import { fieldOf, flat } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { wrappedGaussianMoments } from '../kernels/lattice-gaussian.ts'
import { lineKernel } from './line-kernel.ts'
import { laws, lawSmoother, packed } from './local-gibbs-lines.ts'
import type { Laws, LawSmoother } from './local-gibbs-lines.ts'

/** Local entropy with the moments of its local Gibbs law, on the nodes. */
export interface LocalGibbs {
  /** u: `coleHopf`. */
  value: Field
  /** ∇u = (x − ⟨y⟩)/γ, one field an axis; formed from the offset, so that nothing cancels far from the origin. */
  gradient: Field[]
  /** ∇²u = (I − (β/γ) Cov(y))/γ. At most I/γ; round-off is about eps/γ. */
  hessian: Field[][]
  /** ⟨y⟩ under ρ(y; x) ∝ exp(−β f(y) − β|x − y|²/2γ), in the continued domain: not wrapped on periodic axes, not reflected on 'neumann' ones. */
  mean: Field[]
  /** Cov(y), symmetric positive semidefinite. */
  covariance: Field[][]
}

/**
 * The local Gibbs law ρ(y; x) ∝ exp(−β f(y) − β|x − y|²/2γ) at every node x: the local entropy u with its gradient and Hessian, the mean and the covariance of y.
 * Sums over the nodes and the continuation as in `coleHopf`, axis by axis in the log domain; the law along an axis mixes the laws that the earlier axes made (means
 * of means, total covariance), each centred before it is squared. Hence gradient and Hessian are those of the sum that `coleHopf` forms, not difference quotients.
 *
 * Spectrally accurate for smooth f where √(γ/β) and the integrand's width 1/√(β(max f″ + 1/γ)) exceed about 1.3 spacings; second order at kinks. Weights carry the
 * round-off eps·β|f| of their exponents. Where the integrand is narrower than the spacing, the law is a point mass at the node that minimises in `hopfLax`: with
 * `refine` that is the better gradient. On linear continuations the covariance of the axes before the continued one stays as at the end of the domain (the Hessian
 * there is that of `coleHopf` up to this).
 * @throws ArgumentError unless beta is a positive number, exactly one of gamma, scope, time is, and f is finite somewhere
 */
export function localGibbs(initial: Field, given: Smoothing & { beta: number }): LocalGibbs {
  const where = 'localGibbs'
  const values = flat(where, 'initial', initial, true)
  options(where, given, [...smoothingNames, 'beta'])
  const gamma = smoothingTime(where, given)
  const beta = positive(where, 'beta', given.beta)
  if (!values.some((value) => value < Infinity)) throw new ArgumentError(`${where}: initial must be finite somewhere, got +Infinity everywhere`)
  const { grid } = initial
  const law: Laws = { values, means: [], covariances: [] }
  const free: number[] = []
  for (let k = 0; k < grid.dim; k++) {
    const h = grid.spacing[k]
    const kernel = lineKernel(grid.axes[k], h, gamma, beta)
    averageAlong(grid, law, k, lawSmoother(kernel, h, free))
    free.push(h * h * wrappedGaussianMoments(0, kernel.kappa, 1).variance)
  }
  return fieldsOf(grid, law, gamma, beta)
}

/** Replaces the laws along one axis, which adds a mean and a row of covariances. */
function averageAlong(grid: Grid, law: Laws, axis: number, smooth: LawSmoother): void {
  const n = grid.shape[axis]
  const stride = grid.shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  const line = laws(n, axis)
  const out = laws(n, axis + 1)
  const inputs = [law.values, ...law.means, ...law.covariances]
  law.means.push(new Float64Array(grid.size))
  for (let l = 0; l <= axis; l++) law.covariances.push(new Float64Array(grid.size))
  const [whole, given, result] = [law, line, out].map(({ values, means, covariances }) => [values, ...means, ...covariances])
  for (let lineIndex = 0; lineIndex < grid.size / n; lineIndex++) {
    const start = Math.floor(lineIndex / stride) * stride * n + (lineIndex % stride)
    given.forEach((array, a) => {
      for (let i = 0; i < n; i++) array[i] = inputs[a][start + i * stride]
    })
    smooth(line, out)
    result.forEach((array, a) => {
      for (let i = 0; i < n; i++) whole[a][start + i * stride] = array[i]
    })
  }
}

function fieldsOf(grid: Grid, { values, means, covariances }: Laws, gamma: number, beta: number): LocalGibbs {
  const axes = grid.axes.map((_, k) => k)
  const matrix = (entries: Float64Array[]): Field[][] => {
    const fields = entries.map((data) => fieldOf(grid, data))
    return axes.map((k) => axes.map((l) => fields[packed(k, l)]))
  }
  const curvatures = axes.flatMap((k) => axes.slice(0, k + 1).map((l) =>
    covariances[packed(k, l)].map((covariance) => bounded(((k === l ? 1 : 0) - (beta / gamma) * covariance) / gamma))))
  return {
    value: fieldOf(grid, values),
    gradient: means.map((mean) => fieldOf(grid, mean.map((offset) => (offset === 0 ? 0 : bounded(-offset / gamma))))),
    hessian: matrix(curvatures),
    mean: means.map((mean, k) => fieldOf(grid, positions(grid, mean, k))),
    covariance: matrix(covariances),
  }
}

function positions(grid: Grid, offsets: Float64Array, axis: number): Float64Array {
  const x = grid.coordinates(axis)
  const stride = grid.shape.slice(axis + 1).reduce((product, m) => product * m, 1)
  return offsets.map((offset, i) => x[Math.floor(i / stride) % x.length] + offset)
}

/** γ may be so small that quotients by it overflow. */
function bounded(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))
}
