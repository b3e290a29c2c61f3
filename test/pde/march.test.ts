import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled, DivergenceError } from '../../lib/core/errors.ts'
import { inline } from '../../lib/execution/executor.ts'
import type { Progress } from '../../lib/execution/progress.ts'
import { field } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { families } from '../../lib/pde/families.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { solve } from '../../lib/pde/march.ts'
import type { Solution, SolveOptions } from '../../lib/pde/march.ts'

const circle = (size: number) => ({ min: 0, max: 2 * Math.PI, size, boundary: 'periodic' as const })
const wave = field(grid(circle(32)), (x) => 0.5 * Math.cos(x) + 0.1 * Math.sin(3 * x))
const equation = hamiltonJacobi({ initial: wave, beta: 5 })
const numbers = (solution: Solution) => ({
  final: Array.from(solution.final.values.data), fields: solution.fields.map((u) => Array.from(u.values.data)), times: solution.times, stats: solution.stats,
})

/** A signal that fires when it is asked for the n-th time: the march asks once a step. */
function signalAfter(n: number): AbortSignal {
  const { signal } = new AbortController()
  let asked = 0
  Object.defineProperty(signal, 'aborted', { get: () => ++asked > n })
  return signal
}

async function cancelled(options: SolveOptions): Promise<unknown> {
  const error = await solve(equation, options).then(() => undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(Cancelled)
  return (error as Cancelled).state
}

const schemeNames = families.find(({ kind }) => kind === equation.kind)!.schemes.map((scheme) => scheme.name)

describe('solve', () => {
  it('returns the initial field at time 0', async () => {
    const { final, times, fields, stats } = await solve(equation, { time: 0 })
    expect(final.values.data).toEqual(wave.values.data)
    expect(final.values.data).not.toBe(wave.values.data)
    expect([times, fields.length, stats]).toEqual([[0], 1, { steps: 0, evaluations: 0, dt: 0 }])
  })

  it('saves where it is told, and the end when it is told nothing', async () => {
    const { times, fields, final } = await solve(equation, { time: 0.5, saveAt: [0, 0.2, 0.31] })
    expect(times).toEqual([0, 0.2, 0.31])
    expect(fields[0].values.data).toEqual(wave.values.data)
    for (const [k, time] of times.entries()) {
      const alone = (await solve(equation, { time, cfl: 0.05 })).final
      for (let i = 0; i < 32; i++) expect(fields[k].values.get(i)).toBeCloseTo(alone.values.get(i), 5)
    }
    const plain = await solve(equation, { time: 0.5 })
    expect(plain.times).toEqual([0.5])
    expect(plain.fields[0].values.data).toEqual(plain.final.values.data)
    for (let i = 0; i < 32; i++) expect(plain.final.values.get(i)).toBeCloseTo(final.values.get(i), 5)
    expect((await solve(equation, { time: 0.5, saveAt: [] })).fields).toEqual([])
  })

  it('changes neither the initial field nor what it saved', async () => {
    const before = Array.from(wave.values.data)
    const { fields, final } = await solve(equation, { time: 0.5, saveAt: [0, 0.5] })
    final.values.data.fill(7)
    expect(Array.from(wave.values.data)).toEqual(before)
    expect(fields[1].values.get(0)).not.toBe(7)
  })

  it('counts steps and evaluations, and shortens the last fixed step', async () => {
    const fixed = (await solve(equation, { time: 0.5, dt: 0.04, scheme: 'godunov' })).stats
    expect(fixed).toEqual({ steps: 13, evaluations: 39, dt: 0.04 })
    const even = (await solve(equation, { time: 0.5, dt: 0.05, scheme: 'weno5' })).stats
    expect(even.steps).toBe(10)
    expect(even.evaluations).toBe(40)
    const saved = (await solve(equation, { time: 0.5, dt: 0.05, saveAt: [0.12], scheme: 'weno5' })).stats
    expect(saved.steps).toBe(3 + 8)
  })

  it('takes steps that follow the largest slope', async () => {
    const flat = hamiltonJacobi({ initial: field(grid(circle(32)), () => 3) })
    expect((await solve(flat, { time: 9 })).stats).toMatchObject({ steps: 1, dt: 9 })
    const [coarse, fine] = [await solve(equation, { time: 1, cfl: 0.5 }), await solve(equation, { time: 1, cfl: 0.125 })]
    expect(fine.stats.steps).toBeGreaterThan(3 * coarse.stats.steps)
    const steep = hamiltonJacobi({ initial: field(grid(circle(32)), (x) => 4 * Math.cos(x)), viscosity: 0.1 })
    const { steps, dt } = (await solve(steep, { time: 2 })).stats
    // The slope falls from 4 to about π/2: steps lengthen.
    expect(dt).toBeGreaterThan((1.5 * 2) / steps)
  })

  it.each(schemeNames.flatMap((scheme) => [{ scheme, cfl: 0.2 }, { scheme, dt: 0.013 }, { scheme, tolerance: 1e-8 }]))('continues bit for bit: %j', async (options) => {
    const asked = { ...options, time: 1.1, saveAt: [0, 0.3, 0.7] }
    const whole = numbers(await solve(equation, asked))
    for (const after of [0, 1, 5, 9]) {
      const first = await cancelled({ ...asked, signal: signalAfter(after) })
      const plain: unknown = JSON.parse(JSON.stringify(first))
      expect(plain).toEqual(first)
      const again = await cancelled({ ...asked, resume: plain, signal: signalAfter(2) })
      expect(numbers(await solve(equation, { ...asked, resume: again }))).toEqual(whole)
    }
  })

  it.each(schemeNames)('keeps a tolerance: %s', async (scheme) => {
    const exact = (await solve(equation, { time: 1, scheme, dt: 2e-4 })).final.values.data
    const before = { error: Infinity, steps: 0 }
    for (const tolerance of [1e-5, 1e-7, 1e-9]) {
      const { final, stats } = await solve(equation, { time: 1, scheme, tolerance })
      const error = final.values.data.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0)
      // The range of u only falls from its first 1.2 or so.
      expect(error).toBeLessThanOrEqual(tolerance * 1.2)
      expect(error).toBeLessThan(before.error)
      expect(stats.steps).toBeGreaterThanOrEqual(before.steps)
      Object.assign(before, { error, steps: stats.steps })
    }
  })

  it('by a tolerance recovers from a first step that is out of all bounds, and says when no step will do', async () => {
    const steep = hamiltonJacobi({ initial: field(grid(circle(32)), (x) => 30 * Math.cos(x)), viscosity: 0.1 })
    const exact = (await solve(steep, { time: 1, scheme: 'godunov', cfl: 0.1 })).final
    const { final } = await solve(steep, { time: 1, scheme: 'godunov', tolerance: 1e-3 })
    expect(final.values.data.reduce((most, value, i) => Math.max(most, Math.abs(value - exact.values.data[i])), 0)).toBeLessThan(0.06)
    const overflowing = hamiltonJacobi({ initial: field(grid(circle(16)), (x) => 1e200 * Math.cos(x)) })
    await expect(solve(overflowing, { time: 1, tolerance: 1e-3 })).rejects.toThrow(DivergenceError)
  })

  it('reports its progress and lets a timer cancel it', async () => {
    const initial = field(grid([circle(64), circle(64)]), (x, y) => Math.cos(x) + Math.sin(y))
    const reports: Progress[] = []
    const controller = new AbortController()
    const march = solve(hamiltonJacobi({ initial, beta: 5 }), {
      time: 1000, dt: 1e-3, signal: controller.signal, onProgress: (progress) => {
        reports.push(progress)
        if (reports.length === 2) setTimeout(() => controller.abort(), 0)
      },
    })
    await expect(march).rejects.toThrow(/^solve: cancelled while marching, time \S+ of 1000$/)
    expect(reports[1].fraction).toBeGreaterThan(reports[0].fraction)
    expect(reports[1].fraction).toBeLessThan(1)
  })

  it('ends at once when its signal has fired before', async () => {
    const state = await cancelled({ time: 1, signal: AbortSignal.abort() })
    expect(state).toMatchObject({ time: 0, steps: 0 })
  })

  it('runs on an executor', async () => {
    expect(numbers(await solve(equation, { time: 0.2, executor: inline() }))).toEqual(numbers(await solve(equation, { time: 0.2 })))
  })

  it('says when a run diverges', async () => {
    const overflowing = hamiltonJacobi({ initial: field(grid(circle(16)), (x) => 1e200 * Math.cos(x)) })
    const march = solve(overflowing, { time: 1e-198 })
    await expect(march).rejects.toThrow(DivergenceError)
    await expect(march).rejects.toThrow(/^solve: weno5 diverged between times 0 and \S+; use a smaller cfl, a monotone scheme or smaller data$/)
    await expect(solve(overflowing, { time: 1e200, saveAt: [], scheme: 'godunov' })).rejects.toThrow(DivergenceError)
  })

  it('refuses a step above the stability limit and says the largest', async () => {
    for (const scheme of schemeNames) {
      const error = await solve(equation, { time: 5, dt: 3, scheme }).then(() => undefined, (reason: Error) => reason)
      expect(error).toBeInstanceOf(ArgumentError)
      const found = /^solve: dt must be at most (\S+), the largest stable step of (\S+) here, got 3$/.exec(error!.message)!
      expect(found[2]).toBe(scheme)
      await expect(solve(equation, { time: Number(found[1]), dt: Number(found[1]), scheme })).resolves.toMatchObject({ stats: { steps: 1 } })
      await expect(solve(equation, { time: 1, dt: Number(found[1]) * 1.001, scheme })).rejects.toThrow('largest stable step')
    }
  })
})

describe('solve refuses', () => {
  const walls = { ...equation, initial: field(grid(circle(8)), (x) => (x > 3 ? Infinity : 0)) }
  it.each([
    [undefined, { time: 1 }, 'solve: equation must be an equation of kind hamilton-jacobi'],
    [{ kind: 'heet', initial: wave }, { time: 1 }, 'got "heet"'],
    [{ kind: 'hamilton-jacobi' }, { time: 1 }, 'solve: equation.initial must be a field'],
    [walls, { time: 1 }, 'solve: equation.initial must be'],
    [equation, undefined, 'solve: options must be an object'],
    [equation, {}, 'solve: time must be a non-negative finite number, got undefined'],
    [equation, { time: -1 }, 'solve: time must be a non-negative finite number, got -1'],
    [equation, { time: NaN }, 'got NaN'],
    [equation, { time: Infinity }, 'got Infinity'],
    [equation, { time: 1, schema: 'weno5' }, 'did you mean scheme?'],
    [equation, { time: 1, scheme: 'weno' }, "did you mean 'weno5'?"],
    [equation, { time: 1, scheme: 5 }, 'solve: scheme must be one of'],
    [equation, { time: 1, dt: 0 }, 'solve: dt must be a positive finite number, got 0'],
    [equation, { time: 1, dt: NaN }, 'got NaN'],
    [equation, { time: 1, dt: 0.01, cfl: 0.1 }, 'solve: dt or cfl must be given at most once, got both'],
    [equation, { time: 1, cfl: -0.1 }, 'solve: cfl must be a positive finite number, got -0.1'],
    [equation, { time: 1, cfl: 5 }, 'solve: cfl must be at most 1, the stability limit of weno5, got 5'],
    [equation, { time: 1, saveAt: 0.5 }, 'solve: saveAt must be a list of increasing times, got 0.5'],
    [equation, { time: 1, saveAt: [0.5, 0.5] }, 'solve: saveAt must be increasing times'],
    [equation, { time: 1, saveAt: [0.5, 0.2] }, 'solve: saveAt must be increasing times'],
    [equation, { time: 1, saveAt: [2] }, 'solve: saveAt[0] must be a time from 0 to 1, got 2'],
    [equation, { time: 1, saveAt: [-1] }, 'solve: saveAt[0] must be a time from 0 to 1, got -1'],
    [equation, { time: 1, saveAt: [NaN] }, 'solve: saveAt[0] must be a finite number, got NaN'],
    [equation, { time: 1, executor: 'threads' }, 'solve: executor must be an executor'],
    [equation, { time: 1, signal: true }, 'solve: signal must be an AbortSignal'],
    [equation, { time: 1, onProgress: 'yes' }, 'solve: onProgress must be a function'],
    [equation, { time: 1, resume: 3 }, 'solve: resume must be the state of a Cancelled error, got 3'],
    [equation, { time: 1, resume: {} }, "solve: resume.kind must be 'hamilton-jacobi', got undefined"],
  ])('call %#', async (given, options, message) => {
    const march = solve(given as never, options as never)
    await expect(march).rejects.toThrow(ArgumentError)
    await expect(march).rejects.toThrow(message)
  })

  it('a state of another run', async () => {
    const asked = { time: 1, saveAt: [0.1, 0.5] }
    const state = await cancelled({ ...asked, signal: signalAfter(4) }) as object
    for (const [change, message] of [
      [{ kind: 'heat' }, "solve: resume.kind must be 'hamilton-jacobi', got \"heat\""],
      [{ scheme: 'godunov' }, "solve: resume.scheme must be 'weno5', as this call's, got \"godunov\""],
      [{ shape: [16, 2] }, "solve: resume.shape must be 32, as the grid's, got [16, 2]"],
      [{ time: 2 }, 'solve: resume.time must be at most time = 1, got 2'],
      [{ time: NaN }, 'solve: resume.time must be a non-negative finite number, got NaN'],
      [{ step: -1 }, 'solve: resume.step must be'],
      [{ longest: '1' }, 'solve: resume.longest must be'],
      [{ steps: 1.5 }, 'solve: resume.steps must be a non-negative integer, got 1.5'],
      [{ evaluations: undefined }, 'solve: resume.evaluations must be'],
      [{ values: [1, 2] }, 'solve: resume.values must be 32 finite numbers'],
      [{ values: Array(32).fill(NaN) }, 'solve: resume.values must be 32 finite numbers'],
      [{ saved: [] }, 'solve: resume.saved must be the fields saved until time'],
      [{ saved: [[1]] }, 'solve: resume.saved must be'],
    ] as const) {
      await expect(solve(equation, { ...asked, resume: { ...state, ...change } })).rejects.toThrow(message)
    }
  })
})

describe('observers', () => {
  const equation = hamiltonJacobi({ initial: field(grid({ min: -2, max: 2, size: 81 }), (x) => x * x + 0.3 * Math.sin(5 * x)), beta: 20 })
  const observe = { least: (u: Field) => Math.min(...u.values.data), time: (_u: Field, time: number) => time }

  it('keep a statistic of the start and of every step', async () => {
    const { observed, stats, final } = await solve(equation, { time: 0.2, observe })
    expect(observed.times).toHaveLength(stats.steps + 1)
    expect([observed.times[0], observed.times.at(-1)]).toEqual([0, 0.2])
    expect(observed.values.time).toEqual(observed.times)
    expect(observed.values.least.at(-1)).toBe(Math.min(...final.values.data))
    expect((await solve(equation, { time: 0.2 })).observed).toEqual({ times: [], values: {} })
  })

  it('go on after a cancellation, to the same numbers', async () => {
    const whole = await solve(equation, { time: 0.2, observe })
    const controller = new AbortController()
    const stopping = { ...observe, time: (_u: Field, time: number) => {
      if (time > 0.1) controller.abort()
      return time
    } }
    const stopped = await solve(equation, { time: 0.2, observe: stopping, signal: controller.signal }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(Cancelled)
    const state: unknown = JSON.parse(JSON.stringify((stopped as Cancelled).state))
    expect((await solve(equation, { time: 0.2, observe, resume: state })).observed).toEqual(whole.observed)
    await expect(solve(equation, { time: 0.2, resume: state })).rejects.toThrow('solve: resume.observed must be empty, as this call observes nothing')
  })

  it('are refused when they are none, and when they give no number', async () => {
    await expect(solve(equation, { time: 0.2, observe: { least: 3 } as never })).rejects.toThrow('solve: observe.least must be a function, got 3')
    await expect(solve(equation, { time: 0.2, observe: { least: () => NaN } })).rejects.toThrow('solve: observe.least at time 0 must be a finite number, got NaN')
  })
})
