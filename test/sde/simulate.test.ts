import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { Cancelled } from '../../lib/core/errors.ts'
import { grid } from '../../lib/grid/grid.ts'
import { integrate } from '../../lib/grid/operators.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/potential.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { methods } from '../../lib/sde/methods/index.ts'
import { sde } from '../../lib/sde/sde.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import type { StochasticEquation } from '../../lib/sde/system.ts'
import { underdampedLangevin } from '../../lib/sde/underdamped-langevin.ts'
import { eulerLaw } from '../support/euler-law.ts'

const wells = potential('(x^2-1)^2/4 + x y/3 + y^2/2')
const plane = overdampedLangevin({ potential: wells, beta: 3 })
/** Equations of two or four coordinates for each method: Langevin's, or, for 'milstein' and 'heun', one whose noise does not commute. */
function equationFor(method: string, f: Potential): StochasticEquation {
  if (method === 'baoab' || method === 'obabo') return underdampedLangevin({ potential: f, beta: 3, friction: 0.7, mass: [1, 2] })
  const drift = (x: Float64Array, _t: number, out: Float64Array): void => {
    f.gradient(x, out)
    out.forEach((c, k) => (out[k] = -c))
  }
  if (method !== 'milstein' && method !== 'heun') return overdampedLangevin({ potential: f, beta: 3 })
  return sde({ dim: 2, drift, noise: (x, t, out) => out.set([0.5, x[0] / 3, 0.2 * Math.cos(t), 0.4 * x[1]]), calculus: method === 'heun' ? 'stratonovich' : 'ito' })
}
const names = methods.map(({ name }) => name)
const base = { initial: [0.5, -0.2], dt: 0.05, time: 0.9, paths: 37, seed: 11 }
/** The start, with momenta where the equation has them. */
const startOf = ({ dim }: StochasticEquation): number[] => [0.5, -0.2, 0.1, 0.3].slice(0, dim)
const numbers = (array: { data: Float64Array }): number[] => Array.from(array.data)

describe('the catalogue', () => {
  it('declares names, orders, noise and calculus', () => {
    expect(new Set(names).size).toBe(methods.length)
    for (const { strongOrder, weakOrder, noise, calculus } of methods) {
      expect(strongOrder).toBeGreaterThan(0)
      expect(weakOrder).toBeGreaterThanOrEqual(strongOrder)
      expect(['additive', 'scalar', 'diagonal', 'commutative', 'general']).toContain(noise)
      expect(['ito', 'stratonovich', 'both']).toContain(calculus)
    }
  })
})

describe.each(names)('%s', (method) => {
  const equation = equationFor(method, wells)
  const { dim } = equation
  const given = { ...base, initial: startOf(equation), method, areaHalvings: 2 }

  it('gives path i the same numbers whatever the number of paths and the block size', async () => {
    const { final } = await simulate(equation, given)
    expect(numbers(final).every(Number.isFinite)).toBe(true)
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 37 }), fc.integer({ min: 1, max: 5000 }), async (paths, blockSize) => {
      const fewer = await simulate(equation, { ...given, paths, blockSize })
      expect(numbers(fewer.final)).toEqual(numbers(final).slice(0, dim * paths))
    }), { numRuns: 10 })
  })

  it('has the same numbers and observed means in blocks of 1, 7 and 4096 paths', async () => {
    const options = { ...given, paths: 2500, dt: 0.3, saveAt: [0.2, 0.9], observe: { radius: (x: Float64Array) => Math.hypot(x[0], x[1]) } }
    const [one, seven, many] = await Promise.all([1, 7, 4096].map((blockSize) => simulate(equation, { ...options, blockSize })))
    for (const other of [seven, many]) {
      expect(numbers(other.final)).toEqual(numbers(one.final))
      expect(other.observed).toEqual(one.observed)
    }
    const lean = await simulate(equation, { ...options, keep: 'none', blockSize: 7 })
    expect(lean.observed).toEqual(one.observed)
  })

  it('continues bit for bit after cancellations, in the middle of a block too', async () => {
    let left = Infinity
    let controller = new AbortController()
    const counted = equationFor(method, potential({ dim: 2, value: (x) => wells.value(x), gradient(x, out) {
      wells.gradient(x, out)
      if (--left === 0) controller.abort()
    }, hessian: (x, out) => void wells.hessian(x, out) }))
    const options = { ...given, blockSize: 30, saveAt: [0.2, 0.9], observe: { x: (x: Float64Array) => x[0] } }
    const whole = await simulate(counted, options)
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 3 }), async (stops) => {
      let state: unknown
      for (const stop of stops) {
        controller = new AbortController()
        left = stop
        const stopped = await simulate(counted, { ...options, signal: controller.signal, resume: state }).catch((error: unknown) => error)
        left = Infinity
        // 37 paths × 18 steps are at least 666 evaluations; a later stop may come after the end.
        if (!(stopped instanceof Cancelled)) return
        state = structuredClone(stopped.state)
      }
      const resumed = await simulate(counted, { ...options, resume: state })
      expect(numbers(resumed.at(0.2))).toEqual(numbers(whole.at(0.2)))
      expect(numbers(resumed.final)).toEqual(numbers(whole.final))
      expect(resumed.observed).toEqual(whole.observed)
    }), { numRuns: 20 })
  })

  it('depends on the seed', async () => {
    const a = await simulate(equation, given)
    const b = await simulate(equation, { ...given, seed: 12 })
    expect(numbers(a.final)).not.toEqual(numbers(b.final))
  })
})

/** Distance of an ensemble mean from a number, in standard errors. */
const off = ({ estimate, standardError }: { estimate: number; standardError: number }, exact: number): number => Math.abs(estimate - exact) / standardError

describe('laws', () => {
  it('Euler–Maruyama: the exact discrete law on double wells, four moments within 4 standard errors', async () => {
    for (const [f, drift, beta, dt] of [
      ['(x^2-1)^2/4', (x: number) => x - x ** 3, 4, 0.005], ['x^4/4 - x^2/2 + x/5', (x: number) => x - x ** 3 - 0.2, 1.5, 0.1],
    ] as const) {
      const steps = dt === 0.005 ? 200 : 30
      const { moment } = eulerLaw(drift, Math.sqrt(2 / beta), dt, 0.5, steps, 4, dt === 0.005 ? 801 : 401)
      const ensemble = await simulate(overdampedLangevin({ potential: potential(f), beta }), { initial: [0.5], dt, time: steps * dt, paths: 40_000, seed: 3 })
      for (const power of [1, 2, 3, 4]) expect(off(ensemble.mean((x) => x[0] ** power), moment((x) => x ** power))).toBeLessThan(4)
    }
  })

  it('stationary variances on a quadratic: (1/βλ)/(1 − λh/2) and, Leimkuhler–Matthews, 1/βλ', async () => {
    const [lambda, beta, dt] = [1.5, 2, 0.4]
    const equation = overdampedLangevin({ potential: landscapes.quadratic({ matrix: [[lambda]] }), beta })
    const exact = { 'euler-maruyama': 1 / (beta * lambda * (1 - (lambda * dt) / 2)), 'leimkuhler-matthews': 1 / (beta * lambda) }
    for (const [method, variance] of Object.entries(exact)) {
      // (1 − λh)^(2n) = 0.4^80: nothing is left of the start.
      const ensemble = await simulate(equation, { initial: [1], dt, time: 16, paths: 60_000, seed: 5, method })
      expect(off(ensemble.mean((x) => x[0] ** 2), variance)).toBeLessThan(4)
      // The other method's variance is out of reach, so that the test tells them apart.
      expect(off(ensemble.mean((x) => x[0] ** 2), exact[method === 'euler-maruyama' ? 'leimkuhler-matthews' : 'euler-maruyama'])).toBeGreaterThan(10)
    }
  })

  it('two components have independent noise', async () => {
    const flat = overdampedLangevin({ potential: potential('0 x + 0 y', { variables: ['x', 'y'] }), beta: 2 })
    const ensemble = await simulate(flat, { initial: [0, 0], dt: 0.5, time: 1, paths: 40_000, seed: 8 })
    const { data } = ensemble.covariance()
    // Brownian motion at t = 1 with 2/β = 1: covariances have standard errors √2/√n and 1/√n.
    expect(Math.abs(data[0] - 1)).toBeLessThan(4 * Math.sqrt(2 / 40_000))
    expect(Math.abs(data[3] - 1)).toBeLessThan(4 * Math.sqrt(2 / 40_000))
    expect(Math.abs(data[1])).toBeLessThan(4 / Math.sqrt(40_000))
    expect(data[2]).toBe(data[1])
  })
})

describe('ensembles', () => {
  it('keeps saved times, also those between steps, and starts from given points', async () => {
    const initial = ndarray(Float64Array.from({ length: 74 }, (_, i) => i / 100), [37, 2])
    const ensemble = await simulate(plane, { ...base, initial, saveAt: [0, 0.12, 0.9] })
    expect(ensemble.times).toEqual([0, 0.12, 0.9])
    expect(numbers(ensemble.at(0))).toEqual(numbers(initial))
    const short = await simulate(plane, { ...base, initial, time: 0.12 })
    expect(numbers(ensemble.at(0.12))).toEqual(numbers(short.final))
    expect(() => ensemble.at(0.5)).toThrow(/at: time must be one of the saved times 0, 0.12, 0.9, got 0.5/)
    expect(numbers((await simulate(plane, { ...base, initial, time: 0 })).final)).toEqual(numbers(initial))
  })

  it('makes densities of the points', async () => {
    const ensemble = await simulate(plane, { ...base, paths: 500 })
    const whole = ensemble.histogram(grid([{ min: -9, max: 9, size: 10 }, { min: -9, max: 9, size: 7, nodes: 'centers' }]))
    expect(integrate(whole)).toBeCloseTo(1, 14)
    const part = ensemble.histogram(grid([{ min: 0, max: 1, size: 3, nodes: 'centers' }, { min: -0.5, max: 0.5, size: 3 }]))
    const inside = ensemble.mean(([x, y]) => (x >= 0 && x <= 1 && y >= -0.5 && y <= 0.5 ? 1 : 0)).estimate
    expect(integrate(part)).toBeCloseTo(inside, 14)
    const wrapped = ensemble.histogram(grid([{ min: 0, max: 0.3, size: 4, boundary: 'periodic' }, { min: 0, max: 0.2, size: 3, boundary: 'periodic' }]))
    expect(integrate(wrapped)).toBeCloseTo(1, 14)
  })

  it('counts diverged paths and averages over the others', async () => {
    const cubic = overdampedLangevin({ potential: potential('x^4/4 - x^6'), beta: 1 })
    const ensemble = await simulate(cubic, { initial: [0], dt: 0.1, time: 1, paths: 300, seed: 3, observe: { square: (x) => x[0] ** 2 } })
    const rows = numbers(ensemble.final)
    expect(ensemble.diverged).toBeGreaterThan(0)
    expect(ensemble.diverged).toBeLessThan(300)
    expect(rows.filter(Number.isNaN)).toHaveLength(ensemble.diverged)
    const finite = rows.filter(Number.isFinite)
    // Some are on their way out, and large.
    expect(ensemble.mean((x) => x[0]).estimate / (finite.reduce((sum, x) => sum + x, 0) / finite.length)).toBeCloseTo(1, 12)
    expect(ensemble.observed.square[0].estimate / ensemble.mean((x) => x[0] ** 2).estimate).toBeCloseTo(1, 12)
  })

  it('says so when every path has diverged', async () => {
    const steep = overdampedLangevin({ potential: potential('-x^4'), beta: 1 })
    const ensemble = await simulate(steep, { initial: [5], dt: 0.5, time: 10, paths: 10, seed: 2 })
    expect(ensemble.diverged).toBe(10)
    expect(() => ensemble.mean((x) => x[0])).toThrow('mean: paths must be finite, got 10 that have all diverged')
  })

  it('has honest standard errors', async () => {
    const line = overdampedLangevin({ potential: potential('x^2'), beta: 1 })
    const scores: number[] = []
    for (let seed = 0; seed < 200; seed++) {
      const { estimate, standardError } = (await simulate(line, { initial: [0], dt: 0.25, time: 0.5, paths: 200, seed })).mean((x) => x[0])
      scores.push(estimate / standardError)
    }
    // The variance of 200 standard normals has a standard error of 0.1.
    expect(Math.abs(scores.reduce((sum, z) => sum + z * z, 0) / 200 - 1)).toBeLessThan(0.4)
  })
})

describe('bad input', () => {
  it('is refused before any work', async () => {
    const cases: [Partial<Record<keyof typeof base | string, unknown>>, string][] = [
      [{ initial: [1] }, 'simulate: initial must be a point of 2 coordinates, got [1]'],
      [{ initial: [1, NaN] }, 'simulate: initial[1] must be a finite number, got NaN'],
      [{ initial: ndarray([1, 2], [1, 2]) }, 'simulate: initial must be a point or an ndarray of shape 37 × 2, got [1, 2]'],
      [{ dt: 0 }, 'simulate: dt must be a positive finite number, got 0'],
      [{ time: -1 }, 'simulate: time must be a non-negative finite number, got -1'],
      [{ paths: 1.5 }, 'simulate: paths must be an integer of at least 1, got 1.5'],
      [{ seed: undefined }, 'simulate: seed must be an integer of at least 0, got undefined'],
      [{ method: 'euler-maryama' }, "did you mean 'euler-maruyama'?"],
      [{ saveAt: [0.5, 0.1] }, 'simulate: saveAt must be increasing times'],
      [{ saveAt: [2] }, 'simulate: saveAt[0] must be a time from 0 to 0.9, got 2'],
      [{ keep: 'all' }, "simulate: keep must be one of 'final', 'none', got \"all\""],
      [{ observe: { f: 3 } }, 'simulate: observe.f must be a function, got 3'],
      [{ blockSize: 0 }, 'simulate: blockSize must be an integer of at least 1, got 0'],
      [{ executor: {} }, 'simulate: executor must be an executor such as inline() or threads(), got object'],
      [{ resume: {} }, 'simulate: resume must be the state of a cancelled simulate'],
      [{ sead: 1 }, 'did you mean seed?'],
    ]
    for (const [change, message] of cases) await expect(simulate(plane, { ...base, ...change } as never)).rejects.toThrow(message)
    await expect(simulate({ kind: 'langevin' } as never, base)).rejects.toThrow('simulate: equation must be an equation of kind overdamped-langevin')
    expect(() => overdampedLangevin({ potential: plane.potential, beta: -1 })).toThrow('overdampedLangevin: beta must be a positive finite number, got -1')
  })

  it('a state of another call is refused', async () => {
    const controller = new AbortController()
    controller.abort()
    const { state } = await simulate(plane, { ...base, signal: controller.signal }).catch((error: unknown) => error) as Cancelled
    await expect(simulate(plane, { ...base, seed: 12, resume: state })).rejects.toThrow('simulate: resume.seed must be 12, as this call\'s, got 11')
    // The equation's numbers, the start and what is observed count as well.
    await expect(simulate(overdampedLangevin({ potential: wells, beta: 4 }), { ...base, resume: state })).rejects.toThrow('simulate: resume.equation must be')
    await expect(simulate(plane, { ...base, initial: [0.5, 0], resume: state })).rejects.toThrow('simulate: resume.initial must be')
    await expect(simulate(plane, { ...base, observe: { x: (x) => x[0] }, resume: state })).rejects.toThrow('simulate: resume.observe must be')
  })
})
