import { describe, expect, it } from 'vitest'
import { datasets } from '../../lib/network/datasets.ts'
import { softmaxRegression } from '../../lib/network/softmax-regression.ts'
import { potential } from '../../lib/potential/index.ts'
import { systemOf } from '../../lib/sde/families.ts'
import { ornsteinUhlenbeck } from '../../lib/sde/ornstein-uhlenbeck.ts'
import { sgdDiffusion } from '../../lib/sde/sgd-diffusion.ts'
import type { SampledLoss } from '../../lib/sde/sgd-diffusion.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import { twoScale } from '../../lib/sde/two-scale.ts'
import { underdampedLangevin } from '../../lib/sde/underdamped-langevin.ts'
import type { Estimate } from '../../lib/stats/estimate.ts'

const off = ({ estimate, standardError }: Estimate, exact: number): number => Math.abs(estimate - exact) / standardError
const drifts = (equation: Parameters<typeof systemOf>[1], x: number[], t = 0): number[] => {
  const out = new Float64Array(equation.dim)
  systemOf('test', equation).drift(Float64Array.from(x), 1, t, out)
  return Array.from(out)
}

describe('Ornstein–Uhlenbeck', () => {
  it('has the stationary covariance of Lyapunov\'s equation, the rotating case of SGD-VI included', async () => {
    // F = diag(3, 1), D = [[1, .6], [.6, .8]], β = 2: Σ = [[1/6, .15], [.15, .4]].
    const equation = ornsteinUhlenbeck({ relaxation: [[3, 0], [0, 1]], diffusion: [[1, 0.6], [0.6, 0.8]], beta: 2 })
    // Leimkuhler–Matthews is exact on scalar quadratics only; SRK has an error of second order, 1e−3 here, below the standard error.
    const ensemble = await simulate(equation, { initial: [0, 0], dt: 0.05, time: 4, paths: 10_000, seed: 2, method: 'srk-additive' })
    for (const [k, l, exact] of [[0, 0, 1 / 6], [0, 1, 0.15], [1, 1, 0.4]] as const) expect(off(ensemble.mean((x) => x[k] * x[l]), exact)).toBeLessThan(4)
  })
  it('takes numbers and singular diffusions, and refuses indefinite ones', () => {
    expect(drifts(ornsteinUhlenbeck({ relaxation: 2, diffusion: 1, beta: 1 }), [3])).toEqual([-6])
    expect(drifts(ornsteinUhlenbeck({ relaxation: [1, 2, 3, 4], diffusion: [[1, 1], [1, 1]], beta: 1 }), [1, 1])).toEqual([-3, -7])
    expect(() => ornsteinUhlenbeck({ relaxation: [[1, 0], [0, 1]], diffusion: [[1, 2], [2, 1]], beta: 1 })).toThrow('ornsteinUhlenbeck: diffusion must be a symmetric positive semidefinite matrix')
    expect(() => ornsteinUhlenbeck({ relaxation: [1, 2, 3], diffusion: 1, beta: 1 })).toThrow('ornsteinUhlenbeck: relaxation must be a number or a square matrix, got [1, 2, 3]')
    expect(() => ornsteinUhlenbeck({ relaxation: [], diffusion: 1, beta: 1 })).toThrow('ornsteinUhlenbeck: relaxation must be a number or a square matrix')
  })
})

describe('underdamped Langevin', () => {
  it('has the law e^{−β(f + p²/2m)} on a double well: moments of x by quadrature, of p exactly', async () => {
    const beta = 3
    const f = potential('(x^2-1)^2/4')
    const ensemble = await simulate(underdampedLangevin({ potential: f, beta, friction: 1, mass: 2 }), { initial: [1, 0], dt: 0.1, time: 12, paths: 10_000, seed: 8, method: 'baoab' })
    const nodes = Array.from({ length: 401 }, (_, i) => -4 + i / 50)
    const weights = nodes.map((x) => Math.exp(-beta * f.value([x])))
    const exact = nodes.reduce((sum, x, i) => sum + x * x * weights[i], 0) / weights.reduce((sum, w) => sum + w, 0)
    // BAOAB's bias is h² times the force's change over the well, 1e−3 here: less than a standard error of 6e−3.
    expect(off(ensemble.mean((x) => x[0] ** 2), exact)).toBeLessThan(4)
    expect(off(ensemble.mean((x) => x[1] ** 2), 2 / beta)).toBeLessThan(4)
  })
  it('without friction keeps the energy up to dt², for ever', async () => {
    const f = potential('(x^2-1)^2/4')
    const energy = (x: Float64Array): number => f.value([x[0]]) + x[1] ** 2 / 2
    const errors: number[] = []
    for (const dt of [0.1, 0.05]) {
      const saveAt = Array.from({ length: 100 }, (_, k) => 2 * (k + 1))
      const { observed } = await simulate(underdampedLangevin({ potential: f, beta: 1, friction: 0 }), { initial: [0.3, 0.6], dt, time: 200, paths: 1, seed: 1, method: 'baoab', saveAt, observe: { energy } })
      errors.push(Math.max(...observed.energy.map(({ estimate }) => Math.abs(estimate - energy(Float64Array.of(0.3, 0.6))))))
    }
    expect(errors[0] / errors[1]).toBeGreaterThan(2 ** 1.5)
    expect(errors[0] / errors[1]).toBeLessThan(2 ** 2.5)
  })
})

describe('two scales', () => {
  it('has the drift of its formula, for any number of replicas and coordinates', () => {
    const f = potential('x^2 + 3 y^2')
    const equation = twoScale({ potential: f, gamma: 0.5, beta: 2, epsilon: 0.1, replicas: 2 })
    expect(equation.dim).toBe(6)
    const got = drifts(equation, [1, 2, 0.5, 1, -1, 3])
    const expected = [-(1 - -0.25) / 0.5, -(2 - 2) / 0.5, -(1 + (0.5 - 1) / 0.5) / 0.1, -(6 + (1 - 2) / 0.5) / 0.1, -(-2 + (-1 - 1) / 0.5) / 0.1, -(18 + (3 - 2) / 0.5) / 0.1]
    got.forEach((value, k) => expect(value).toBeCloseTo(expected[k], 12))
    expect(() => twoScale({ potential: f, gamma: 1, beta: 1, epsilon: 0 })).toThrow('twoScale: epsilon must be a positive finite number, got 0')
    expect(() => twoScale({ potential: f, beta: 1, epsilon: 1 })).toThrow('twoScale: gamma, scope or time must be given exactly once')
  })
  it('has the exact stationary ⟨x²⟩ = ε/(βλ(ε + 1 + λγ)) on a quadratic', async () => {
    const [epsilon, lambda, gamma, beta] = [0.2, 1.5, 0.7, 3]
    const equation = twoScale({ potential: potential('0.75 x^2'), gamma, beta, epsilon })
    const ensemble = await simulate(equation, { initial: [0, 0], dt: 0.02, time: 6, paths: 10_000, seed: 3, method: 'srk-additive' })
    expect(off(ensemble.mean((x) => x[0] ** 2), epsilon / (beta * lambda * (epsilon + 1 + lambda * gamma)))).toBeLessThan(4)
  })
})

/** Least squares a_i·x ≈ b_i with a few samples. */
function regression(rows: readonly [number[], number][]): SampledLoss & { value(x: Float64Array): number } {
  return {
    dim: rows[0][0].length, samples: rows.length,
    value: (x) => rows.reduce((sum, [a, b]) => sum + (a.reduce((dot, c, k) => dot + c * x[k], 0) - b) ** 2 / 2, 0) / rows.length,
    gradient(x, batch, out) {
      const chosen = batch ?? rows.map((_, i) => i)
      out.fill(0)
      for (const i of chosen) {
        const [a, b] = rows[i]
        const residual = a.reduce((dot, c, k) => dot + c * x[k], 0) - b
        a.forEach((c, k) => (out[k] += (residual * c) / chosen.length))
      }
    },
  }
}

describe('the diffusion of SGD', () => {
  const loss = regression([[[1, 0.2], 1], [[-0.3, 1], 0.5], [[0.5, 0.5], -1], [[1, -1], 0.2], [[0.2, 0.4], 0.3]])
  const x = [0.7, -0.3]
  it('has B Bᵀ = (ηc/b) D(x), by enumeration of the batches of two without replacement', () => {
    const eta = 0.3
    const equation = sgdDiffusion({ loss, learningRate: eta, batchSize: 2, replacement: false })
    const factor = new Float64Array(4)
    systemOf('test', equation).noise.evaluate(Float64Array.from(x), 1, 0, factor)
    const mean = new Float64Array(2)
    loss.gradient(Float64Array.from(x), undefined, mean)
    const covariance = [0, 0, 0, 0]
    let batches = 0
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < i; j++, batches++) {
        const g = new Float64Array(2)
        loss.gradient(Float64Array.from(x), [i, j], g)
        for (let k = 0; k < 4; k++) covariance[k] += (g[k >> 1] - mean[k >> 1]) * (g[k & 1] - mean[k & 1])
      }
    }
    for (let k = 0; k < 4; k++) {
      const got = factor[2 * (k >> 1)] * factor[2 * (k & 1)] + factor[2 * (k >> 1) + 1] * factor[2 * (k & 1) + 1]
      expect(got).toBeCloseTo((eta * covariance[k]) / batches, 14)
    }
  })
  it('of order 2 drifts down f + (η/4)|∇f|²', () => {
    const eta = 0.3
    const modified = (at: number[]): number => {
      const g = new Float64Array(2)
      loss.gradient(Float64Array.from(at), undefined, g)
      return loss.value(Float64Array.from(at)) + (eta / 4) * (g[0] ** 2 + g[1] ** 2)
    }
    const got = drifts(sgdDiffusion({ loss, learningRate: eta, batchSize: 2, order: 2 }), x)
    for (let k = 0; k < 2; k++) {
      const shifted = (h: number): number[] => x.map((c, l) => (l === k ? c + h : c))
      expect(got[k]).toBeCloseTo(-(modified(shifted(1e-5)) - modified(shifted(-1e-5))) / 2e-5, 8)
    }
  })
  it('runs on a data set', async () => {
    const softmax = softmaxRegression(datasets.digits()) as unknown as SampledLoss
    expect(sgdDiffusion({ loss: softmax, learningRate: 0.1, batchSize: 32 }).dim).toBe(softmax.dim)
    const ensemble = await simulate(sgdDiffusion({ loss, learningRate: 0.1, batchSize: 2 }), { initial: x, dt: 0.02, time: 1, paths: 200, seed: 4 })
    expect(ensemble.diverged).toBe(0)
  })
  it('refuses what is no loss', () => {
    expect(() => sgdDiffusion({ loss: 3 as never, learningRate: 1, batchSize: 1 })).toThrow('sgdDiffusion: loss must be a loss with dim, samples and gradient, got 3')
    expect(() => sgdDiffusion({ loss, learningRate: 1, batchSize: 6, replacement: false })).toThrow('sgdDiffusion: batchSize must be at most 5 without replacement, got 6')
    expect(() => sgdDiffusion({ loss, learningRate: 1, batchSize: 2, order: 3 as never })).toThrow("sgdDiffusion: order must be one of '1', '2'")
  })
})
