import { describe, expect, it } from 'vitest'
import { stationaryCovariance } from '../../lib/claims/linear-laws.ts'
import { threads } from '../../lib/execution/threads.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { systemOf } from '../../lib/sde/families.ts'
import { methods } from '../../lib/sde/methods/index.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { sde } from '../../lib/sde/sde.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import type { StochasticEquation } from '../../lib/sde/system.ts'
import { underdampedLangevin } from '../../lib/sde/underdamped-langevin.ts'

const methodNamed = (name: string) => methods.find((one) => one.name === name)!

/** Rows of the stationary covariance of a linear method. */
function covarianceOf(equation: StochasticEquation, name: string, dt: number): number[][] {
  const { covariance } = stationaryCovariance(methodNamed(name), systemOf('test', equation), dt)
  const n = equation.dim
  return Array.from({ length: n }, (_, i) => Array.from(covariance.subarray(i * n, (i + 1) * n)))
}

describe('stationary laws on a quadratic λx²/2, in closed form (Leimkuhler & Matthews 2015)', () => {
  const [lambda, beta, h] = [1.5, 2, 1]
  const f = landscapes.quadratic({ matrix: [[lambda]] })
  it('Euler–Maruyama: 1/(βλ(1 − λh/2))', () => {
    const [[variance]] = covarianceOf(overdampedLangevin({ potential: f, beta }), 'euler-maruyama', h)
    expect(variance).toBeCloseTo(1 / (beta * lambda * (1 - (lambda * h) / 2)), 13)
  })
  it('Leimkuhler–Matthews: 1/(βλ) exactly', () => {
    const [[variance]] = covarianceOf(overdampedLangevin({ potential: f, beta }), 'leimkuhler-matthews', h)
    expect(variance).toBeCloseTo(1 / (beta * lambda), 13)
  })
  it('drift-implicit Euler: 2h/β/((1 + λh)² − 1)', () => {
    const [[variance]] = covarianceOf(overdampedLangevin({ potential: f, beta }), 'drift-implicit-euler', h)
    expect(variance).toBeCloseTo((2 * h) / beta / ((1 + lambda * h) ** 2 - 1), 13)
  })
  it.each([0.2, 1, 3.7])('BAOAB: ⟨x²⟩ = 1/(βλ) exactly, ⟨p²⟩ = (1 − λh²/4)/β, whatever the friction %d', (friction) => {
    const [[xx, xp], [, pp]] = covarianceOf(underdampedLangevin({ potential: f, beta, friction }), 'baoab', h)
    expect(xx).toBeCloseTo(1 / (beta * lambda), 13)
    expect(pp).toBeCloseTo((1 - (lambda * h * h) / 4) / beta, 13)
    expect(xp).toBeCloseTo(0, 13)
  })
  it.each([0.2, 1, 3.7])('OBABO: ⟨x²⟩ = 1/(βλ(1 − λh²/4)), ⟨p²⟩ = 1/β, whatever the friction %d', (friction) => {
    const [[xx, xp], [, pp]] = covarianceOf(underdampedLangevin({ potential: f, beta, friction }), 'obabo', h)
    expect(xx).toBeCloseTo(1 / (beta * lambda * (1 - (lambda * h * h) / 4)), 13)
    expect(pp).toBeCloseTo(1 / beta, 13)
    expect(xp).toBeCloseTo(0, 13)
  })
  it('BAOAB with masses: x keeps the law, p has m/β to second order', () => {
    const [[xx], [, pp]] = covarianceOf(underdampedLangevin({ potential: f, beta, friction: 1, mass: 4 }), 'baoab', 0.01)
    expect(xx).toBeCloseTo(1 / (beta * lambda), 12)
    expect(Math.abs((pp * beta) / 4 - 1)).toBeLessThan((lambda * 0.01 ** 2) / 4)
  })
  it('Metropolis: exact at a large step, where Euler–Maruyama is far off', async () => {
    const ensemble = await simulate(overdampedLangevin({ potential: f, beta }), { initial: [0.3], dt: 0.8, time: 16, paths: 20_000, seed: 5, method: 'mala' })
    const { estimate, standardError } = ensemble.mean((x) => x[0] ** 2)
    expect(Math.abs(estimate - 1 / (beta * lambda))).toBeLessThan(4 * standardError)
    const fourth = ensemble.mean((x) => x[0] ** 4)
    expect(Math.abs(fourth.estimate - 3 / (beta * lambda) ** 2)).toBeLessThan(4 * fourth.standardError)
  })
})

describe('stiff and steep drifts', () => {
  const steep = overdampedLangevin({ potential: potential('x^4/4'), beta: 1 })
  it('where Euler–Maruyama explodes, the tamed and the implicit method do not', async () => {
    const options = { initial: [20], dt: 0.1, time: 2, paths: 50, seed: 3 }
    expect((await simulate(steep, options)).diverged).toBe(50)
    for (const method of ['tamed-euler', 'drift-implicit-euler']) {
      const { diverged, final } = await simulate(steep, { ...options, method })
      expect(diverged).toBe(0)
      if (method === 'drift-implicit-euler') expect(Math.max(...final.data.map(Math.abs))).toBeLessThan(5)
    }
  })
  it('the implicit method solves its equation, with and without a known Jacobian', async () => {
    const drift = (x: Float64Array, _t: number, out: Float64Array): void => out.set([-50 * (x[0] - Math.cos(x[1])), -(x[1] ** 3) - x[0]])
    const equation = sde({ dim: 2, drift, noise: [[0.3, 0], [0.1, 0.2]] })
    const dt = 0.25
    const options = { initial: [2, -1], dt, paths: 5, seed: 9, method: 'drift-implicit-euler' }
    const before = (await simulate(equation, { ...options, time: dt })).final
    const after = (await simulate(equation, { ...options, time: 2 * dt })).final
    const w = (await simulate(sde({ dim: 2, drift: (_x, _t, out) => void out.fill(0), noise: 1 }), { ...options, initial: [0, 0], time: 2 * dt, saveAt: [dt, 2 * dt], method: 'euler-maruyama' }))
    for (let i = 0; i < 5; i++) {
      const x = [0, 1].map((k) => after.get(i, k))
      const a = new Float64Array(2)
      drift(Float64Array.from(x), 0, a)
      const dw = [0, 1].map((k) => w.final.get(i, k) - w.at(dt).get(i, k))
      expect(x[0]).toBeCloseTo(before.get(i, 0) + dt * a[0] + 0.3 * dw[0], 11)
      expect(x[1]).toBeCloseTo(before.get(i, 1) + dt * a[1] + 0.1 * dw[0] + 0.2 * dw[1], 11)
    }
  })
})

describe('every method, on threads', () => {
  it('gives the same arrays with 1, 2 and 3 workers as inline', async () => {
    const f = potential('(x^2-1)^2/4 + x y/3 + y^2/2')
    const pools = [1, 2, 3].map((workers) => threads({ workers }))
    try {
      for (const { name, requires } of methods) {
        const equation = requires === 'an underdamped Langevin equation' ? underdampedLangevin({ potential: f, beta: 3, friction: 0.7 }) : overdampedLangevin({ potential: f, beta: 3 })
        if (methodNamed(name).calculus === 'stratonovich' && equation.kind !== 'overdamped-langevin') continue
        const options = { initial: new Array<number>(equation.dim).fill(0.2), dt: 0.1, time: 0.5, paths: 2100, seed: 4, method: name, blockSize: 700 }
        const { final } = await simulate(equation, options)
        for (const executor of pools) expect((await simulate(equation, { ...options, executor })).final.data).toEqual(final.data)
      }
    } finally {
      await Promise.all(pools.map((pool) => pool.close()))
    }
  })
})

describe('refusals', () => {
  const options = { initial: [0.1, 0.1], dt: 0.1, time: 1, paths: 2, seed: 1 }
  const general = sde({ dim: 2, drift: (_x, _t, out) => void out.fill(0), noise: (x, _t, out) => out.set([1, x[1], x[0], 1]) })
  it('name the methods that take the equation', async () => {
    const cases: [StochasticEquation, object, string][] = [
      [general, { method: 'srk' }, "simulate: method must be one that takes the equation, 'euler-maruyama', 'drift-implicit-euler', 'tamed-euler', 'milstein', got 'srk', which takes diagonal noise and the equation's is general"],
      [general, { method: 'heun' }, "which is in the Stratonovich sense and the equation in the Itô sense"],
      [overdampedLangevin({ potential: potential('x^2 + y^2'), beta: 1 }), { method: 'baoab' }, "got 'baoab', which needs an underdamped Langevin equation"],
      [general, { brownian: 'increments', method: 'milstein', areaHalvings: 20 }, 'simulate: areaHalvings must be at most 16, got 20'],
      [general, { method: 'milstein', tolerance: 0.1 }, 'simulate: method must be of strong order 1 on this noise and look at increments or time areas only'],
    ]
    for (const [equation, change, message] of cases) await expect(simulate(equation, { ...options, ...change })).rejects.toThrow(message)
  })
  it('of coefficients that do not do what they say', async () => {
    const drift = (_x: Float64Array, _t: number, out: Float64Array): void => void out.fill(0)
    const missing = sde({ dim: 2, drift: (_x, _t, out) => void (out[0] = 1), noise: 1 })
    await expect(simulate(missing, options)).rejects.toThrow('simulate: drift must write 2 finite numbers, got NaN for number 1 at (0.1, 0.1)')
    const crossed = sde({ dim: 2, drift, noiseClass: 'diagonal', noise: (x, _t, out) => out.set([x[1], x[0]]) })
    await expect(simulate(crossed, options)).rejects.toThrow('simulate: noise must be diagonal as noiseClass says, got one that changes with other coordinates')
    const moving = sde({ dim: 2, drift, noiseClass: 'additive', noise: (x, _t, out) => out.set([x[1], 0, 0, 1]) })
    await expect(simulate(moving, options)).rejects.toThrow('simulate: noise must be additive as noiseClass says, got one that changes with x')
  })
  it('of bad equations', () => {
    const f = potential('x^2')
    expect(() => underdampedLangevin({ potential: f, beta: 1, friction: -1 })).toThrow('underdampedLangevin: friction must be a non-negative finite number, got -1')
    expect(() => underdampedLangevin({ potential: f, beta: 1, friction: 1, mass: [1, 2] })).toThrow('underdampedLangevin: mass must be a positive number or 1 of them, got [1, 2]')
    expect(() => sde({ dim: 2, drift() {}, noise: [[1, 2, 3], [1, 2, 3]] })).toThrow('sde: noise must be a number, 2 rows of 2 numbers')
    expect(() => sde({ dim: 2, noiseDim: 3, drift() {}, noise: 1 })).toThrow('sde: noise must be a matrix of 2 × 3 numbers or a function, got 1')
    expect(() => sde({ dim: 2, noiseDim: 3, drift() {}, noise() {}, noiseClass: 'diagonal' })).toThrow("sde: noiseClass must be another than 'diagonal' unless noiseDim is dim")
    expect(() => sde({ dim: 1, drift() {}, noise: 1, calculus: 'stratonovic' as never })).toThrow("did you mean 'stratonovich'?")
  })
})
