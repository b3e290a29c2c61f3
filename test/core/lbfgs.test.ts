import { describe, expect, test } from 'vitest'
import { solveDefinite } from '../../lib/core/cholesky.ts'
import { DivergenceError } from '../../lib/core/errors.ts'
import { lbfgs } from '../../lib/core/lbfgs.ts'
import type { Objective } from '../../lib/core/lbfgs.ts'
import { searchLine } from '../../lib/core/line-search.ts'

const rosenbrock: Objective = (x, gradient) => {
  let value = 0
  gradient.fill(0)
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [x[i + 1] - x[i] * x[i], 1 - x[i]]
    value += 100 * a * a + b * b
    gradient[i] += -400 * x[i] * a - 2 * b
    gradient[i + 1] += 200 * a
  }
  return value
}

/** Σ λ_i (x_i − 1)²/2 with eigenvalues from 1 to `condition`, above a floor. */
const quadratic = (condition: number, floor: number): Objective => (x, gradient) => {
  let value = floor
  for (let i = 0; i < x.length; i++) {
    const curvature = condition ** (i / (x.length - 1))
    value += (curvature * (x[i] - 1) ** 2) / 2
    gradient[i] = curvature * (x[i] - 1)
  }
  return value
}

describe('lbfgs', () => {
  test.each([2, 10, 50])('descends the Rosenbrock valley in %d dimensions to its tolerance', (n) => {
    const start = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1.2 : 1))
    const run = lbfgs(rosenbrock, start, { tolerance: 1e-10 })
    expect(run.ended).toBe('converged')
    expect(run.gradientNorm).toBeLessThanOrEqual(1e-10)
    // Smallest eigenvalue of the Hessian at (1, …, 1) is about 0.4: the point is within tolerance/0.4.
    expect(Math.max(...run.point.map((c) => Math.abs(c - 1)))).toBeLessThanOrEqual(2.5e-10)
    // A quasi-Newton method takes tens of steps here where steepest descent takes tens of thousands.
    expect(run.evaluations).toBeLessThan(20 * n + 60)
  })

  test('needs a count of iterations like √condition, and about one evaluation for each', () => {
    const run = lbfgs(quadratic(100, 0.3), new Float64Array(80), { tolerance: 1e-12 })
    expect(run.ended).toBe('converged')
    expect(run.iterations).toBeLessThan(20 * Math.sqrt(100))
    expect(run.evaluations).toBeLessThan(1.3 * run.iterations)
  })

  test('meets gradients below √eps times the value, where values no longer tell points apart', () => {
    const run = lbfgs(quadratic(10, 1e6), new Float64Array(5), { tolerance: 1e-13 })
    expect(run.ended).toBe('converged')
  })

  test('is deterministic and leaves its start alone', () => {
    const start = Float64Array.of(-1.2, 1, 0.3)
    const [a, b] = [0, 1].map(() => lbfgs(rosenbrock, start, { tolerance: 1e-9 }))
    expect(a).toEqual(b)
    expect(start).toEqual(Float64Array.of(-1.2, 1, 0.3))
  })

  test('steps back from a wall of +∞', () => {
    const barrier: Objective = (x, gradient) => {
      gradient[0] = 1 - 1 / x[0]
      return x[0] <= 0 ? Infinity : x[0] - Math.log(x[0])
    }
    const run = lbfgs(barrier, [30], { tolerance: 1e-14 })
    expect(Math.abs(run.point[0] - 1)).toBeLessThanOrEqual(1e-13)
  })

  test('says when the iterations ran out, and when no step is lower', () => {
    expect(lbfgs(rosenbrock, [-1.2, 1], { tolerance: 1e-12, iterations: 3 })).toMatchObject({ ended: 'iterations', iterations: 3 })
    const corner: Objective = (x, gradient) => {
      gradient[0] = x[0] < 0 ? -1 : 1
      return Math.abs(x[0])
    }
    expect(lbfgs(corner, [0.7], { tolerance: 1e-12 }).ended).toBe('stalled')
  })

  test.each([
    ['falls without bound', (x: Float64Array, g: Float64Array) => (g[0] = -4 * x[0] ** 3, -(x[0] ** 4)), 1, /unbounded below/],
    ['is NaN', (_x: Float64Array, g: Float64Array) => (g[0] = 0, NaN), 1, /NaN/],
    ['is infinite at the start', () => Infinity, 1, /initial point/],
  ])('refuses an objective that %s', (_, objective, start, message) => {
    expect(() => lbfgs(objective, [start], { tolerance: 1e-9 })).toThrow(DivergenceError)
    expect(() => lbfgs(objective, [start], { tolerance: 1e-9 })).toThrow(message)
  })
})

test.each([1e-4, 0.03, 1, 40])('searchLine meets the strong Wolfe conditions from a first length of %d', (length) => {
  const objective: Objective = (x, gradient) => {
    gradient[0] = 2 * x[0] + 3 * Math.PI * Math.cos(2 * Math.PI * x[0])
    return x[0] ** 2 + 1.5 * Math.sin(2 * Math.PI * x[0])
  }
  const point = Float64Array.of(2.9)
  const gradient = new Float64Array(1)
  const from = { point, value: objective(point, gradient), gradient }
  const slope = -(gradient[0] ** 2)
  const trial = searchLine(objective, from, gradient.map((g) => -g), slope, length)!
  const step = (point[0] - trial.point[0]) / gradient[0]
  expect(trial.value).toBeLessThanOrEqual(from.value + 1e-4 * step * slope)
  expect(Math.abs(trial.gradient[0] * gradient[0])).toBeLessThanOrEqual(0.9 * -slope)
})

describe('solveDefinite', () => {
  test('solves a Hilbert system to its conditioning', () => {
    const n = 5
    const hilbert = Float64Array.from({ length: n * n }, (_, k) => 1 / (Math.floor(k / n) + (k % n) + 1))
    const right = Float64Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => hilbert[i * n + j]).reduce((a, b) => a + b))
    // Condition number of the 5 × 5 Hilbert matrix: 4.8e5.
    for (const c of solveDefinite(hilbert, right)!) expect(Math.abs(c - 1)).toBeLessThanOrEqual(4 * 4.8e5 * Number.EPSILON)
  })

  test.each([[[1, 2, 2, 1]], [[0, 0, 0, 0]], [[1, 1, 1, 1]], [[NaN, 0, 0, 1]]])('has nothing for %j, which is not positive definite', (matrix) => {
    expect(solveDefinite(Float64Array.from(matrix), Float64Array.of(1, 1))).toBeUndefined()
  })
})
