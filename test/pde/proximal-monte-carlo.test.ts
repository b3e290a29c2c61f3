import { describe, expect, it } from 'vitest'
import { ArgumentError, DivergenceError } from '../../lib/core/errors.ts'
import { adequateSampleSize, proximalMonteCarlo } from '../../lib/pde/proximal-monte-carlo.ts'
import { prox } from '../../lib/pde/prox.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { importanceWeights, weightedMean } from '../../lib/stats/weighted.ts'

/** λ|x|²/2 in any dimension, by a loop. */
const bowl = (lambda: number, dim: number) => potential({
  dim, value: (x) => x.reduce((sum, xk) => sum + (lambda * xk * xk) / 2, 0), gradient: (x, out) => x.forEach((xk, k) => (out[k] = lambda * xk)),
})

/** Beyond this many standard errors a single number is not by chance: 1 in 10⁵. */
const far = 4.4

describe('proximalMonteCarlo', () => {
  // t|∇f|²/δ + t²‖∇²f‖²/2 = O(1), with δ = t·dim·… in high dimension.
  it.each([[1, 0.5, 0.1, 1], [3, 0.3, 0.2, 1.5], [10, 0.1, 0.1, 1], [100, 0.05, 2, 1], [1000, 0.02, 20, 1]])(
    'for a quadratic in %d dimensions has no bias: point, value and gradient within standard errors', (dim, gamma, delta, lambda) => {
      const x = Float64Array.from({ length: dim }, (_, k) => Math.cos(k))
      const got = proximalMonteCarlo(bowl(lambda, dim), x, { gamma, delta, samples: 10_000, seed: 5 })
      const shrink = 1 / (1 + gamma * lambda)
      expect(got.adequate).toBe(true)
      const z = got.point.map((y, k) => (y - shrink * x[k]) / got.standardError.point[k])
      // Mean square of dim variables of variance 1: 1 ± √(2/dim), with heavier tails by the weights.
      expect(z.reduce((sum, zk) => sum + zk * zk, 0) / dim).toBeLessThanOrEqual(1 + far * Math.sqrt(3 / dim) + (dim === 1 ? far * far : 0))
      expect(z.reduce((sum, zk) => sum + zk * zk, 0) / dim).toBeGreaterThanOrEqual(dim < 10 ? 0 : 1 - far * Math.sqrt(2 / dim))
      // ½ λ/(1 + γλ)|x|² + (δ dim/2) log(1 + γλ); the log of a mean is low by half its relative variance.
      const value = (lambda * shrink * x.reduce((sum, xk) => sum + xk * xk, 0)) / 2 + (delta * dim * Math.log(1 + gamma * lambda)) / 2
      expect(Math.abs(got.value - value)).toBeLessThanOrEqual(far * got.standardError.value + got.standardError.value ** 2 / delta)
      got.gradient.forEach((p, k) => {
        expect(Math.abs(p - (x[k] - got.point[k]) / gamma)).toBeLessThanOrEqual((8 * Number.EPSILON * (1 + Math.abs(x[k]))) / gamma)
        expect(got.standardError.gradient[k] * gamma).toBeCloseTo(got.standardError.point[k], 12)
      })
    },
  )

  it('has the effective sample size that theory says: N e^{−Var log w}, about', () => {
    const [dim, gamma, delta, samples] = [20, 0.1, 0.5, 40_000]
    const x = new Float64Array(dim).fill(0.5)
    const got = proximalMonteCarlo(bowl(1, dim), x, { gamma, delta, samples, seed: 1 })
    // λ²γ|x|²/δ + λ²γ²n/2 = 1.1; the weights of a quadratic are not log-normal, which is a few percent here.
    const variance = (gamma * dim * 0.25) / delta + (gamma * gamma * dim) / 2
    expect(got.effectiveSampleSize / (samples * Math.exp(-variance))).toBeGreaterThan(0.8)
    expect(got.effectiveSampleSize / (samples * Math.exp(-variance))).toBeLessThan(1.4)
  })

  it('flags what it cannot do: 1000 dimensions at γλ = ½', () => {
    const got = proximalMonteCarlo(bowl(1, 1000), new Float64Array(1000).fill(1), { gamma: 0.5, delta: 0.1, samples: 1000 })
    expect(got.effectiveSampleSize).toBeLessThan(2)
    expect(got.adequate).toBe(false)
    expect(Number.isFinite(got.value)).toBe(true)
    const few = proximalMonteCarlo(bowl(1, 1), [0], { gamma: 0.1, delta: 1, samples: adequateSampleSize - 1 })
    expect(few.adequate).toBe(false)
  })

  it('has standard errors of the size that repetitions spread', () => {
    const f = landscapes.doubleWell({ dim: 2 })
    const runs = Array.from({ length: 60 }, (_, seed) => proximalMonteCarlo(f, [0.4, 1], { gamma: 0.5, delta: 0.2, samples: 400, seed }))
    for (const read of [(run: (typeof runs)[0]) => [run.value, run.standardError.value], (run: (typeof runs)[0]) => [run.point[0], run.standardError.point[0]]]) {
      const values = runs.map((run) => read(run)[0])
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length
      const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
      const told = runs.reduce((sum, run) => sum + read(run)[1] ** 2, 0) / runs.length
      // A variance of 60 has a relative error of √(2/59) = 0.18.
      expect(spread / told).toBeGreaterThan(1 - 0.18 * 3)
      expect(spread / told).toBeLessThan(1 + 0.18 * 4)
    }
  })

  it('comes to the proximal point as δ falls: first order inside a kink and where f is smooth', () => {
    const cases = [{ f: potential('abs(x)'), x: [0.2], gamma: 0.5 }, { f: potential('x^4 + exp(x)'), x: [-0.5], gamma: 0.3 }]
    for (const { f, x, gamma } of cases) {
      const exact = prox(f, x, { gamma }).point[0]
      for (const delta of [0.1, 0.05, 0.025]) {
        const got = proximalMonteCarlo(f, x, { gamma, delta, samples: 100_000, seed: 2 })
        expect(got.adequate).toBe(true)
        // O(δ): here less than δ itself.
        expect(Math.abs(got.point[0] - exact)).toBeLessThanOrEqual(delta + far * got.standardError.point[0])
      }
    }
    const [coarse, fine] = [0.04, 0.01].map((delta) => {
      const { f, x, gamma } = cases[1]
      return proximalMonteCarlo(f, x, { gamma, delta, samples: 400_000, seed: 2 }).point[0] - prox(f, x, { gamma }).point[0]
    })
    // Fourfold, by the second order in δ and standard errors of a tenth of the finer one.
    expect(coarse / fine).toBeGreaterThan(3)
    expect(coarse / fine).toBeLessThan(5.5)
  })

  it('is the same whatever the number of samples per block: sample i depends on the seed and i alone', () => {
    const seen: number[][] = []
    const watch = (dim: number) => potential({ dim, value: (y) => (seen.push(Array.from(y)), 0), gradient: () => undefined })
    const drawn = (dim: number, samples: number, seed: number): number[][] => {
      seen.length = 0
      proximalMonteCarlo(watch(dim), new Float64Array(dim), { gamma: 1, delta: 1, samples, seed })
      return seen.slice()
    }
    const many = drawn(3, 50_000, 9)
    expect(drawn(3, 7, 9)).toEqual(many.slice(0, 7))
    expect(drawn(3, 30_000, 9).at(-1)).toEqual(many[29_999])
    expect(drawn(3, 7, 10)[0]).not.toEqual(many[0])
    expect(many).toHaveLength(50_000)
    // Pairs of neighbouring components and samples are uncorrelated: 1/√50000 standard error.
    for (const [a, b] of [[0, 1], [1, 2]]) {
      expect(Math.abs(many.reduce((sum, y) => sum + y[a] * y[b], 0) / 50_000)).toBeLessThanOrEqual(far / Math.sqrt(50_000))
    }
  })

  it('is the weighted mean of its samples, with the standard errors of one', () => {
    const seen: number[][] = []
    const f = (y: ArrayLike<number>): number => 3 * y[0] + y[1] ** 2
    const [gamma, delta] = [0.4, 0.3]
    const got = proximalMonteCarlo(potential({ dim: 2, value: (y) => (seen.push(Array.from(y)), f(y)), gradient: () => undefined }), [5, -1], { gamma, delta, samples: 3000 })
    const { weights, logMean } = importanceWeights(seen.map((y) => -f(y) / delta))
    for (const k of [0, 1]) {
      const { estimate, standardError } = weightedMean(seen.map((y) => y[k]), weights)
      // Sums of 3000 terms, in another order; squares about another origin.
      expect(Math.abs(got.point[k] - estimate)).toBeLessThanOrEqual(3000 * Number.EPSILON * 6)
      expect(Math.abs(got.standardError.point[k] - standardError)).toBeLessThanOrEqual(1e-10)
    }
    expect(Math.abs(got.value + delta * logMean.estimate)).toBeLessThanOrEqual(64 * Number.EPSILON * 16)
    expect(Math.abs(got.standardError.value - delta * logMean.standardError)).toBeLessThanOrEqual(1e-14)
  })

  it('takes walls, β for δ, and any scale of f', () => {
    const half = potential({ dim: 1, value: ([y]) => (y > 0 ? 0 : Infinity), gradient: (_, out) => void out.fill(0) })
    const got = proximalMonteCarlo(half, [0], { scope: 2, beta: 4, samples: 20_000 })
    // A half-normal of variance δγ = 1/8, of mean √(2/π)/√8, and −δ log ½.
    expect(Math.abs(got.point[0] - Math.sqrt(2 / Math.PI / 8))).toBeLessThanOrEqual(far * got.standardError.point[0])
    expect(Math.abs(got.value - Math.log(2) / 4)).toBeLessThanOrEqual(far * got.standardError.value)
    expect(proximalMonteCarlo(half, [0], { gamma: 0.5, delta: 0.25, samples: 20_000 })).toEqual(got)
    const lifted = proximalMonteCarlo(potential('x^2 + 1e6'), [1], { gamma: 0.1, delta: 0.01 })
    const plain = proximalMonteCarlo(potential('x^2'), [1], { gamma: 0.1, delta: 0.01 })
    expect(Math.abs(lifted.value - 1e6 - plain.value)).toBeLessThanOrEqual(64 * Number.EPSILON * 1e6)
    expect(Math.abs(lifted.point[0] - plain.point[0])).toBeLessThanOrEqual(1e8 * 64 * Number.EPSILON)
  })

  const f = potential('x^2')
  it.each<[string, () => unknown, string]>([
    ['no potential', () => proximalMonteCarlo(3 as never, [1], { gamma: 1, delta: 1 }), 'proximalMonteCarlo: potential must be a potential, got 3'],
    ['a point of another dimension', () => proximalMonteCarlo(f, [1, 2], { gamma: 1, delta: 1 }), 'proximalMonteCarlo: x must be a point of 1 coordinate, got [1, 2]'],
    ['no temperature', () => proximalMonteCarlo(f, [1], { gamma: 1 }), 'proximalMonteCarlo: delta or beta must be given exactly once, got neither'],
    ['two temperatures', () => proximalMonteCarlo(f, [1], { gamma: 1, delta: 1, beta: 1 }), 'proximalMonteCarlo: delta or beta must be given exactly once, got both'],
    ['a temperature of zero', () => proximalMonteCarlo(f, [1], { gamma: 1, delta: 0 }), 'proximalMonteCarlo: delta must be a positive finite number, got 0'],
    ['one sample', () => proximalMonteCarlo(f, [1], { gamma: 1, delta: 1, samples: 1 }), 'proximalMonteCarlo: samples must be an integer of at least 2, got 1'],
    ['a negative seed', () => proximalMonteCarlo(f, [1], { gamma: 1, delta: 1, seed: -1 }), 'proximalMonteCarlo: seed must be an integer of at least 0, got -1'],
    ['an unknown option', () => proximalMonteCarlo(f, [1], { gamma: 1, dleta: 1 } as never), '(did you mean delta?), got dleta'],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(ArgumentError)
    expect(call).toThrow(message)
  })

  it('tells when all samples are in a wall', () => {
    const wall = potential({ dim: 1, value: ([y]) => (y > 1e3 ? 0 : Infinity), gradient: (_, out) => void out.fill(0) })
    expect(() => proximalMonteCarlo(wall, [0], { gamma: 1, delta: 1, samples: 10 })).toThrow(DivergenceError)
  })
})
