import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { Cancelled } from '../../lib/core/errors.ts'
import { potential } from '../../lib/potential/index.ts'
import { methods } from '../../lib/sde/methods/index.ts'
import { ornsteinUhlenbeck } from '../../lib/sde/ornstein-uhlenbeck.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { sde } from '../../lib/sde/sde.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import { numbers, symmetricEquation } from './cases.ts'

describe.each(methods.map(({ name }) => name))('%s, antithetic', (method) => {
  const equation = symmetricEquation(method)
  const { dim } = equation
  const start = [0.5, -0.2, 0.1, 0.3].slice(0, dim)
  const given = { initial: start, dt: 0.05, time: 0.43, paths: 38, seed: 11, method, areaHalvings: 2, antithetic: true, saveAt: [0.12, 0.43] }

  it('drives path 2i by the process of path i, and 2i + 1 by its mirror image', async () => {
    const initial = ndarray(Float64Array.from({ length: 38 * dim }, (_, j) => (Math.floor(j / dim) % 2 === 0 ? 1 : -1) * start[j % dim]), [38, dim])
    const pairs = await simulate(equation, { ...given, initial })
    const plain = await simulate(equation, { ...given, paths: 19, antithetic: false })
    for (const time of given.saveAt) {
      const [rows, single] = [numbers(pairs.at(time)), numbers(plain.at(time))]
      for (let i = 0; i < 19; i++) {
        expect(rows.slice(2 * i * dim, (2 * i + 1) * dim)).toEqual(single.slice(i * dim, (i + 1) * dim))
        // Milstein's differences look to one side: see below.
        if (method === 'milstein') continue
        rows.slice((2 * i + 1) * dim, (2 * i + 2) * dim).forEach((x, k) => expect(x).toBeCloseTo(-single[i * dim + k], 12))
      }
    }
  })

  it('has the same numbers in blocks of 1, 7 and 4096 paths, and when resumed', async () => {
    const whole = await simulate(equation, given)
    expect(new Set(numbers(whole.final)).size).toBe(38 * dim)
    for (const blockSize of [1, 7, 4096]) expect(numbers((await simulate(equation, { ...given, blockSize })).final)).toEqual(numbers(whole.final))
    const controller = new AbortController()
    controller.abort()
    const { state } = await simulate(equation, { ...given, blockSize: 7, signal: controller.signal }).catch((error: unknown) => error) as Cancelled
    expect(numbers((await simulate(equation, { ...given, blockSize: 7, resume: structuredClone(state) })).final)).toEqual(numbers(whole.final))
    await expect(simulate(equation, { ...given, antithetic: false, blockSize: 7, resume: state })).rejects.toThrow('simulate: resume.antithetic must be false')
  })
})

it('milstein, antithetic, keeps the sign of Lévy areas: path 2i + 1 is path i with the noise −B', async () => {
  // Linear noise, whose differences are exact.
  const equation = (sign: number) => sde({
    dim: 2, drift: (x, _t, out) => out.set([x[1] - x[0] ** 3, -x[1]]), noise: (x, t, out) => out.set([0.5, x[0] / 3, 0.2 * Math.cos(t), 0.4 * x[1]].map((b) => sign * b)),
  })
  const given = { initial: [0.5, -0.2], dt: 0.1, time: 1, seed: 4, method: 'milstein', areaHalvings: 3 }
  const pairs = numbers((await simulate(equation(1), { ...given, paths: 20, antithetic: true })).final)
  const mirrored = numbers((await simulate(equation(-1), { ...given, paths: 10 })).final)
  for (let i = 0; i < 10; i++) for (const k of [0, 1]) expect(pairs[2 * (2 * i + 1) + k]).toBeCloseTo(mirrored[2 * i + k], 9)
})

describe('antithetic ensembles', () => {
  const line = ornsteinUhlenbeck({ relaxation: [[1]], diffusion: [[1]], beta: 1 })
  const base = { initial: [0.7], dt: 0.1, time: 1, seed: 3, antithetic: true }

  it('have means of linear functions of linear equations to rounding', async () => {
    const { estimate, standardError } = (await simulate(line, { ...base, paths: 2500 * 2 })).mean(0)
    const exact = numbers((await simulate(sde({ dim: 1, drift: (x, _t, out) => out.fill(-x[0]), noise: 0 }), { ...base, paths: 2 })).final)[0]
    // Ten steps, each of a few roundings of numbers up to 4.
    expect(Math.abs(estimate - exact)).toBeLessThan(100 * Number.EPSILON)
    expect(standardError).toBeLessThan(100 * Number.EPSILON)
  })

  it('have honest standard errors, of even and of odd functions, with points and without', async () => {
    const functions = { even: (x: Float64Array) => x[0] ** 2, mixed: (x: Float64Array) => Math.exp(x[0]) }
    const scores = { even: 0, mixed: 0 }
    // Of Euler's steps: mean 0.7·0.9^10 and variance 2h Σ 0.81^k.
    const [mean, variance] = [0.7 * 0.9 ** 10, (0.2 * (1 - 0.81 ** 10)) / 0.19]
    const exact = { even: mean ** 2 + variance, mixed: Math.exp(mean + variance / 2) }
    for (let seed = 0; seed < 200; seed++) {
      const ensemble = await simulate(line, { ...base, seed, paths: 400, observe: functions, method: 'euler-maruyama' })
      for (const name of ['even', 'mixed'] as const) {
        expect(ensemble.mean(functions[name])).toEqual(ensemble.observed[name][0])
        scores[name] += ((ensemble.observed[name][0].estimate - exact[name]) / ensemble.observed[name][0].standardError) ** 2 / 200
      }
    }
    // χ² of 200 over 200: standard error 0.1. Pairs of even functions counted as two samples each would score 2 or so.
    for (const score of Object.values(scores)) expect(Math.abs(score - 1)).toBeLessThan(0.4)
  })

  it('take adaptive steps on mirrored paths', async () => {
    const wells = overdampedLangevin({ potential: potential('(x^2-1)^2/4'), beta: 2 })
    const initial = ndarray(Float64Array.of(0.3, -0.3, 0.4, -0.4), [4, 1])
    const [a, b, c, d] = numbers((await simulate(wells, { initial, dt: 0.5, time: 2, paths: 4, seed: 1, antithetic: true, tolerance: 1e-3, method: 'srk-additive' })).final)
    expect([a, c]).toEqual([-b, -d])
    expect(a).not.toBe(c)
  })

  it('lose both of a pair when one diverges', async () => {
    const cubic = overdampedLangevin({ potential: potential('x^4/4 - x^6'), beta: 1 })
    const ensemble = await simulate(cubic, { initial: [0.1], dt: 0.1, time: 1.2, paths: 600, seed: 2, antithetic: true })
    const rows = numbers(ensemble.final)
    expect(ensemble.diverged).toBeGreaterThan(0)
    expect(ensemble.diverged).toBeLessThan(600)
    expect(rows.filter(Number.isNaN)).toHaveLength(ensemble.diverged)
    for (let i = 0; i < 600; i += 2) expect(Number.isNaN(rows[i])).toBe(Number.isNaN(rows[i + 1]))
  })

  it('need an even number of paths', async () => {
    await expect(simulate(line, { ...base, paths: 3 })).rejects.toThrow('simulate: paths must be even, in antithetic pairs, got 3')
    await expect(simulate(line, { ...base, paths: 4, antithetic: 1 as never })).rejects.toThrow('simulate: antithetic must be true or false, got 1')
  })
})
