import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cancelled } from '../../lib/core/errors.ts'
import { potential } from '../../lib/potential/index.ts'
import { firstPassage } from '../../lib/sde/first-passage.ts'
import { methods } from '../../lib/sde/methods/index.ts'
import { ornsteinUhlenbeck } from '../../lib/sde/ornstein-uhlenbeck.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { sde } from '../../lib/sde/sde.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import { off, symmetricEquation } from './cases.ts'

const right = (x: Float64Array): boolean => x[0] > 0.8

describe.each(methods.map(({ name }) => name))('%s: first passages', (method) => {
  const equation = symmetricEquation(method)
  const common = { initial: [0.5, -0.2, 0.1, 0.3].slice(0, equation.dim), dt: 0.1, paths: 60, seed: 5, method, areaHalvings: 2 }
  const given = { ...common, target: right, timeLimit: 2 }

  it('are when the paths of simulate are first seen in the target', async () => {
    const saveAt = Array.from({ length: 21 }, (_, k) => k * 0.1)
    const ensemble = await simulate(equation, { ...common, time: 2, saveAt: saveAt.map((time) => Math.min(time, 2)) })
    const rows = ensemble.times.map((time) => ensemble.at(time))
    const expected = Array.from({ length: 60 }, (_, i) => {
      const step = rows.findIndex((row) => row.get(i, 0) > 0.8)
      return step < 0 ? NaN : step * 0.1
    })
    const { times, censored } = await firstPassage(equation, given)
    expect(Array.from(times)).toEqual(expected)
    expect(censored).toBe(expected.filter(Number.isNaN).length)
    expect(censored).toBeLessThan(50)
  })

  it('are the same in blocks of 1, 7 and 4096 paths', async () => {
    const { times } = await firstPassage(equation, given)
    for (const blockSize of [1, 7, 4096]) expect((await firstPassage(equation, { ...given, blockSize })).times).toEqual(times)
  })

  it('continue bit for bit after cancellations', async () => {
    const whole = await firstPassage(equation, { ...given, target: (x) => right(x) })
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 3 }), async (stops) => {
      let state: unknown
      let left = Infinity
      let controller = new AbortController()
      const options = { ...given, blockSize: 40, target: (x: Float64Array) => (--left === 0 && controller.abort(), right(x)) }
      for (const stop of stops) {
        controller = new AbortController()
        left = stop
        const stopped = await firstPassage(equation, { ...options, signal: controller.signal, resume: state }).catch((error: unknown) => error)
        left = Infinity
        if (!(stopped instanceof Cancelled)) return
        state = structuredClone(stopped.state)
      }
      expect((await firstPassage(equation, { ...options, resume: state })).times).toEqual(whole.times)
    }), { numRuns: 10 })
  })
})

/** −ζ(1/2)/√(2π) */
const overshoot = 0.5825971579390107

describe('Brownian motion with drift to a level', () => {
  // dx = dt + dW from 0 to 2: the mean of the passage time is 2, its variance 2.
  const motion = sde({ dim: 1, drift: (_x, _t, out) => out.fill(1), noise: 1 })
  const watch = (dt: number, level: number, seed = 1) => firstPassage(motion, { initial: [0], target: (x) => x[0] >= level, dt, paths: 20_000, seed, timeLimit: 60 })

  it('is late by 0.5826 √dt + dt/4', async () => {
    // Wald: the mean time is the mean place where the path stops, the level and the overshoot (Siegmund 1985).
    for (const dt of [0.4, 0.1, 0.025]) {
      const passage = await watch(dt, 2)
      expect(passage.censored).toBe(0)
      expect(off(passage.mean(), 2 + overshoot * Math.sqrt(dt) + dt / 4)).toBeLessThan(4)
      // The delay itself is 9 standard errors of 0.01 or more.
      expect(off(passage.mean(), 2)).toBeGreaterThan(5)
    }
  })

  it('has the exact mean with the level moved nearer, and by extrapolation', async () => {
    const moved = await watch(0.04, 2 - overshoot * Math.sqrt(0.04))
    expect(off(moved.mean(), 2 + 0.04 / 4)).toBeLessThan(4)
    const [coarse, fine] = [await watch(0.16, 2), await watch(0.04, 2)]
    const limit = fine.extrapolatedMean(coarse)
    // The dt/4 become −√(0.16·0.04)/4.
    expect(off(limit, 2 - 0.02)).toBeLessThan(4)
    expect(off(fine.mean(), 2)).toBeGreaterThan(5)
    expect(limit.standardError).toBeLessThan(3 * fine.mean().standardError)
    expect(() => coarse.extrapolatedMean(fine)).toThrow('extrapolatedMean: coarse must be a first passage of the same problem with a dt above 0.16, got dt 0.04')
    const other = await firstPassage(motion, { initial: [0], target: () => true, dt: 0.16, paths: 10, seed: 1, timeLimit: 60 })
    expect(() => fine.extrapolatedMean(other)).toThrow('coarse must be a first passage of the same problem with a dt above 0.04, got another')
  })
})

describe('the Ornstein–Uhlenbeck process', () => {
  // dx = −x dt + √2 dW leaves (−a, a) from 0 after ∫₀^a e^{x²/2} ∫₀^x e^{−z²/2} dz dx, by midpoints to 1e-7.
  const exitTime = (a: number): number => {
    const n = 2000
    let [inner, sum] = [0, 0]
    for (let i = 0; i < n; i++) {
      const x = ((i + 0.5) * a) / n
      const half = (a / n / 2) * Math.exp(-((x - a / n / 4) ** 2) / 2)
      sum += (Math.exp((x * x) / 2) * (inner + half) * a) / n
      inner += (a / n) * Math.exp((-x * x) / 2)
    }
    return sum
  }
  const line = ornsteinUhlenbeck({ relaxation: [[1]], diffusion: [[1]], beta: 1 })

  it('leaves an interval as if its ends were 0.5826 √(2 dt) farther out', async () => {
    const dt = 0.01
    const shift = overshoot * Math.sqrt(2 * dt)
    const leave = async (level: number) => (await firstPassage(line, { initial: [0], target: (x) => Math.abs(x[0]) >= level, dt, paths: 10_000, seed: 2, timeLimit: 60 })).mean()
    const [whole, moved] = [await leave(1), await leave(1 - shift)]
    // What is left is of order dt, Euler's error included.
    expect(Math.abs(whole.estimate - exitTime(1 + shift))).toBeLessThan(4 * whole.standardError + dt)
    expect(Math.abs(moved.estimate - exitTime(1))).toBeLessThan(4 * moved.standardError + dt)
    expect(off(whole, exitTime(1))).toBeGreaterThan(10)
  })
})

describe('passages', () => {
  const line = overdampedLangevin({ potential: potential('x^2/2'), beta: 1 })
  const given = { initial: [0], target: right, dt: 0.1, paths: 200, seed: 1, timeLimit: 1 }

  it('that were censored have quantiles up to their share, and no mean', async () => {
    const passage = await firstPassage(line, given)
    const { censored, times } = passage
    expect(censored).toBeGreaterThan(20)
    expect(censored).toBeLessThan(180)
    expect(times.filter(Number.isNaN)).toHaveLength(censored)
    expect(() => passage.mean()).toThrow(`mean: timeLimit must be long enough for every path to reach the target, got ${censored} that did not`)
    const long = await firstPassage(line, { ...given, timeLimit: 60 })
    expect(passage.quantile(0.2)).toEqual(long.quantile(0.2))
    expect(long.quantile(0.2).estimate).toBe(times.filter(Number.isFinite).sort()[39])
    const share = (200 - censored) / 200
    expect(passage.quantile(share).interval[1]).toBe(Infinity)
    expect(() => passage.quantile(share + 0.01)).toThrow(`quantile: probability must be at most ${share}, the share that was in the target by the time limit`)
  })

  it('from inside the target take no time, and a limit off the steps counts', async () => {
    const inside = await firstPassage(line, { ...given, initial: [1] })
    expect(new Set(inside.times)).toEqual(new Set([0]))
    expect(inside.mean()).toEqual({ estimate: 0, standardError: 0 })
    expect((await firstPassage(line, { ...given, initial: [1], paths: 1 })).mean()).toEqual({ estimate: 0, standardError: Infinity })
    const short = await firstPassage(line, { ...given, timeLimit: 0.25 })
    expect(short.times.some((time) => time === 0.25)).toBe(true)
    expect(short.times.every((time) => Number.isNaN(time) || time <= 0.25)).toBe(true)
  })

  it('count paths that diverge on the way', async () => {
    const cubic = overdampedLangevin({ potential: potential('x^4/4 - x^6'), beta: 1 })
    const passage = await firstPassage(cubic, { ...given, target: (x) => x[0] > 0.8 && x[0] < 1.2, timeLimit: 60 })
    expect(passage.diverged).toBeGreaterThan(0)
    expect(passage.times.filter(Number.isNaN)).toHaveLength(passage.diverged + passage.censored)
    expect(passage.censored).toBe(0)
    const arrived = passage.times.filter(Number.isFinite)
    expect(passage.mean().estimate).toBeCloseTo(arrived.reduce((sum, time) => sum + time, 0) / arrived.length, 12)
  })

  it('refuse bad options', async () => {
    for (const [change, message] of [
      [{ timeLimit: 0 }, 'firstPassage: timeLimit must be a positive finite number, got 0'],
      [{ target: 3 }, 'firstPassage: target must be a function, got 3'],
      [{ target: () => 1 }, 'firstPassage: target(0) must be true or false, got 1'],
      [{ dt: -1 }, 'firstPassage: dt must be a positive finite number, got -1'],
      [{ time: 1 }, 'firstPassage: options must be one of'],
      [{ method: 'baoab' }, 'firstPassage: method must be one that takes the equation'],
      [{ blockSize: 0 }, 'firstPassage: blockSize must be an integer of at least 1, got 0'],
      [{ resume: {} }, 'firstPassage: resume must be the state of a cancelled firstPassage'],
    ] as const) await expect(firstPassage(line, { ...given, ...change } as never)).rejects.toThrow(message)
    const controller = new AbortController()
    controller.abort()
    const { state } = await firstPassage(line, { ...given, signal: controller.signal }).catch((error: unknown) => error) as Cancelled
    await expect(firstPassage(line, { ...given, seed: 2, resume: state })).rejects.toThrow("firstPassage: resume.seed must be 2, as this call's, got 1")
    await expect(firstPassage(line, { ...given, target: (x) => x[0] > 0.9, resume: state })).rejects.toThrow('firstPassage: resume.target must be')
  })
})
