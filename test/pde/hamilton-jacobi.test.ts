import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { discretise } from '../../lib/pde/hamilton-jacobi/discretise.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { schemes } from '../../lib/pde/hamilton-jacobi/schemes.ts'
import { solve } from '../../lib/pde/march.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { largestError, mixture } from '../support/exact.ts'

const line = (size: number, boundary: Boundary = 'extrapolate', nodes: 'vertices' | 'centers' = 'vertices'): Axis =>
  ({ min: -2, max: 2, size, boundary, nodes })

describe.each(schemes)('$name', ({ name: scheme }) => {
  it('moves planes exactly on extrapolated axes, viscous or not', async () => {
    const plane = (x: number, y: number): number => 1 + 2 * x - 0.5 * y
    for (const nodes of ['vertices', 'centers'] as const) {
      for (const viscosity of [0, 0.3]) {
        const initial = field(grid([line(12, 'extrapolate', nodes), line(9, 'extrapolate', nodes)]), plane)
        const { final, stats } = await solve(hamiltonJacobi({ initial, viscosity }), { time: 0.5, scheme })
        const drop = (4 + 0.25) * 0.5 * 0.5
        // Values up to 6: a few units of round-off a step.
        expect(largestError(final, ([x, y]) => plane(x, y) - drop)).toBeLessThanOrEqual(8 * 6 * Number.EPSILON * stats.steps)
      }
    }
  })

  it('turns |x| into its envelope', async () => {
    const time = 0.5
    const envelope = ([x]: number[]): number => (Math.abs(x) < time ? (x * x) / (2 * time) : Math.abs(x) - time / 2)
    for (const n of [101, 201]) {
      const { final } = await solve(hamiltonJacobi({ initial: field(grid(line(n)), Math.abs) }), { time, scheme })
      // A fan from a kink is first order at best.
      expect(largestError(final, envelope)).toBeLessThan(final.grid.spacing[0])
    }
  })

  it('holds the standing shock −|x| − t/2', async () => {
    for (const n of [100, 101]) {
      const { final } = await solve(hamiltonJacobi({ initial: field(grid(line(n)), (x) => -Math.abs(x - 0.3)) }), { time: 1, scheme })
      // The slopes ±1 are kept; a kink between nodes is seen within a spacing, and stays there.
      expect(largestError(final, ([x]) => -Math.abs(x - 0.3) - 0.5)).toBeLessThan(final.grid.spacing[0])
    }
  })

  it('follows the viscous shock of two planes', async () => {
    const [beta, a, time] = [5, 1.3, 0.6]
    const start = (x: number): number => -(Math.abs(beta * a * x) + Math.log1p(Math.exp(-2 * Math.abs(beta * a * x))) - Math.LN2) / beta
    const errors = []
    for (const n of [81, 161, 321]) {
      const initial = field(grid(line(n)), start)
      const { final } = await solve(hamiltonJacobi({ initial, beta }), { time, scheme })
      errors.push({ h: initial.grid.spacing[0], error: largestError(final, ([x]) => start(x) - (a * a * time) / 2) })
    }
    // Tails of the shock at the ends: e^{−2βa·2} = 5e−12, below every error here.
    expect(fitOrder(errors).order).toBeGreaterThan(scheme === 'godunov' ? 0.8 : 4)
  })

  it('follows a Gaussian mixture in 2-D', async () => {
    const exact = mixture([0.3, 0.7], [[-0.5, 0.2], [0.6, -0.3]], [0.4, 0.6], 2)
    const errors = []
    for (const n of [25, 49]) {
      const initial = field(grid([{ ...line(n), min: -3, max: 3 }, { ...line(n), min: -3, max: 3 }]), (x, y) => exact([x, y], 0))
      const { final } = await solve(hamiltonJacobi({ initial, beta: 2 }), { time: 0.1, scheme })
      // Away from the ends, where f is not linear as its continuation is: 1.5 = √(time/β) · 6.7.
      errors.push({ h: initial.grid.spacing[0], error: largestError(final, (x) => exact(x, 0.1), 1.5) })
    }
    expect(fitOrder(errors).order).toBeGreaterThan(scheme === 'godunov' ? 0.8 : 4)
  })

  it.each(['vertices', 'centers'] as const)('sees an even periodic problem as a Neumann one (%s)', async (nodes) => {
    const even = (x: number): number => 0.5 * Math.cos(x) + 0.2 * Math.cos(2 * x)
    const n = 16
    const half = field(grid({ min: 0, max: Math.PI, size: nodes === 'vertices' ? n + 1 : n, boundary: 'neumann', nodes }), even)
    const whole = field(grid({ min: 0, max: 2 * Math.PI, size: 2 * n, boundary: 'periodic', nodes }), even)
    for (const viscosity of [0, 0.2]) {
      const [a, b] = await Promise.all([half, whole].map((initial) => solve(hamiltonJacobi({ initial, viscosity }), { time: 1, scheme, dt: 0.02 })))
      const shared = a.final.values.data
      // 50 steps of a few units each, doubled by slopes at the crests.
      for (let i = 0; i < shared.length; i++) expect(Math.abs(shared[i] - b.final.values.data[i])).toBeLessThanOrEqual(1000 * Number.EPSILON)
    }
  })

  it.each(['vertices', 'centers'] as const)('holds Dirichlet values (%s)', async (nodes) => {
    // e^{−βu} = e^{−βc} + ½ sin(πx) e^{−νπ²t} keeps u = c at 0 and 1.
    const [beta, c, time] = [2, 0.4, 0.1]
    const exact = (x: number, t: number): number =>
      -Math.log(Math.exp(-beta * c) + 0.5 * Math.sin(Math.PI * x) * Math.exp((-(Math.PI ** 2) * t) / (2 * beta))) / beta
    const errors = []
    for (const n of [20, 40, 80]) {
      const initial = field(grid({ min: 0, max: 1, size: n, boundary: { dirichlet: c }, nodes }), (x) => exact(x, 0) + (x === 0 ? 0.01 : 0))
      const { final } = await solve(hamiltonJacobi({ initial, beta }), { time, scheme })
      if (nodes === 'vertices') expect([final.values.get(0), final.values.get(n - 1)]).toEqual([c, c])
      errors.push({ h: initial.grid.spacing[0], error: largestError(final, ([x]) => exact(x, time)) })
    }
    // A held end has rate 0 beside rates of −½p², which the viscous flow of a step mixes: first order in dt ∝ h there, whatever the scheme.
    expect(fitOrder(errors).order).toBeGreaterThan(0.75)
  })

  it('sees data of one coordinate in 2-D as in 1-D', async () => {
    const wave = (x: number): number => Math.cos(Math.PI * x) + 0.3 * Math.sin(2 * Math.PI * x)
    for (const viscosity of [0, 0.1]) {
      const options = { time: 0.4, scheme, dt: 0.004 }
      const one = await solve(hamiltonJacobi({ initial: field(grid(line(40, 'periodic')), wave), viscosity }), options)
      const axes = [line(40, 'periodic'), line(11, 'neumann')]
      const first = await solve(hamiltonJacobi({ initial: field(grid(axes), (x) => wave(x)), viscosity }), options)
      const second = await solve(hamiltonJacobi({ initial: field(grid([axes[1], axes[0]]), (_, y) => wave(y)), viscosity }), options)
      for (let i = 0; i < 40; i++) {
        for (let j = 0; j < 11; j++) {
          // 100 steps that average along the other axis, whose weights sum to 1 within rounding.
          expect(Math.abs(first.final.values.get(i, j) - one.final.values.get(i))).toBeLessThanOrEqual(1000 * Number.EPSILON)
          expect(Math.abs(second.final.values.get(j, i) - one.final.values.get(i))).toBeLessThanOrEqual(1000 * Number.EPSILON)
        }
      }
    }
  })

  it('takes steps in proportion to 1/h with viscosity', async () => {
    const steps = []
    for (const n of [64, 128, 256, 512]) {
      const initial = field(grid(line(n, 'periodic')), (x) => 0.3 * Math.cos(Math.PI * x))
      steps.push((await solve(hamiltonJacobi({ initial, viscosity: 0.5 }), { time: 0.3, scheme })).stats.steps)
    }
    // One step of rounding up on each side.
    for (let k = 1; k < steps.length; k++) expect(steps[k]).toBeLessThanOrEqual(2 * steps[k - 1] + 1)
  })

  it('commutes with constants and with shifts along a periodic axis', async () => {
    const values = Float64Array.from({ length: 40 }, (_, i) => Math.cos(i * i))
    const run = async (u: Float64Array) =>
      (await solve(hamiltonJacobi({ initial: field(grid(line(40, 'periodic')), ndarray(u)), viscosity: 0.02 }), { time: 0.3, scheme, dt: 0.003 })).final.values.data
    const [plain, raised, shifted] = [await run(values), await run(values.map((u) => u + 8)), await run(values.map((_, i) => values[(i + 7) % 40]))]
    for (let i = 0; i < 40; i++) {
      // Raising rounds the data to units of 8 eps, and slopes of 20 carry that through 100 steps.
      expect(Math.abs(raised[i] - plain[i] - 8)).toBeLessThanOrEqual(1e4 * Number.EPSILON)
      expect(shifted[i]).toBe(plain[(i + 7) % 40])
    }
  })
})

const monotoneBoundaries: { boundary: Boundary; nodes: 'vertices' | 'centers' }[] = (['vertices', 'centers'] as const)
  .flatMap((nodes) => (['periodic', 'neumann', { dirichlet: 0.5 }] as const).map((boundary) => ({ boundary, nodes })))

describe.each(schemes.filter((scheme) => scheme.monotone))('$name as a monotone scheme', (scheme) => {
  const shape = fc.record({
    first: fc.integer({ min: 2, max: 9 }), second: fc.constantFrom(0, 2, 3, 6),
    places: fc.tuple(fc.constantFrom(...monotoneBoundaries), fc.constantFrom(...monotoneBoundaries)),
    viscosity: fc.constantFrom(0, 0.01, 0.5, 20),
  })
  const pairs = shape.chain((given) => {
    const size = given.first * Math.max(given.second, 1)
    const list = fc.array(fc.integer({ min: -100, max: 100 }).map((k) => k / 50), { minLength: size, maxLength: size })
    return fc.record({ given: fc.constant(given), low: list, rise: list })
  })
  type Given = { first: number; second: number; places: typeof monotoneBoundaries; viscosity: number }

  function prepared({ first, second, places, viscosity }: Given, values: Float64Array) {
    const g = grid([first, second].filter((size) => size > 0).map((size, k) => ({ min: 0, max: 1 + k, size, ...places[k] })))
    const initial = field(g, ndarray(values, g.shape.slice()))
    const stepper = discretise(hamiltonJacobi({ initial, viscosity }), scheme)
    const state = Float64Array.from(initial.values.data)
    stepper.prepare(state)
    return { stepper, state }
  }

  it('keeps u ≤ v over steps at the stability limit', () => {
    fc.assert(fc.property(pairs, ({ given, low, rise }) => {
      const u = prepared(given, Float64Array.from(low))
      const v = prepared(given, Float64Array.from(low, (value, i) => value + Math.max(0, rise[i])))
      for (let k = 0; k < 3; k++) {
        const dt = Math.min(u.stepper.stableStep(u.state), v.stepper.stableStep(v.state), 1)
        u.stepper.step(u.state, dt)
        v.stepper.step(v.state, dt)
        // Values of size 4 and a dozen sums a step.
        for (let i = 0; i < u.state.length; i++) expect(u.state[i]).toBeLessThanOrEqual(v.state[i] + 64 * 4 * Number.EPSILON)
      }
    }), { numRuns: 300 })
  })

  it('stays between the least and the largest value', () => {
    fc.assert(fc.property(pairs, ({ given, low }) => {
      const { stepper, state } = prepared(given, Float64Array.from(low))
      const ends = given.places.filter(({ boundary }) => typeof boundary === 'object').length > 0 ? [0.5] : []
      const [least, most] = [Math.min(...state, ...ends), Math.max(...state, ...ends)]
      for (let k = 0; k < 5; k++) {
        stepper.step(state, Math.min(stepper.stableStep(state), 1))
        for (const value of state) {
          expect(value).toBeGreaterThanOrEqual(least - 64 * 2 * Number.EPSILON)
          expect(value).toBeLessThanOrEqual(most + 64 * 2 * Number.EPSILON)
        }
      }
    }), { numRuns: 300 })
  })
})

describe('hamiltonJacobi', () => {
  const initial = field(grid(line(5)), (x) => x)
  it('is a plain record', () => {
    expect(hamiltonJacobi({ initial, beta: 4 })).toMatchObject({ kind: 'hamilton-jacobi', viscosity: 1 / 8 })
    expect(hamiltonJacobi({ initial }).viscosity).toBe(0)
  })

  it.each([
    [{ initial, beta: 1, viscosity: 1 }, 'hamiltonJacobi: beta or viscosity must be given at most once, got both'],
    [{ initial, beta: 0 }, 'hamiltonJacobi: beta must be a positive finite number, got 0'],
    [{ initial, viscosity: -1 }, 'hamiltonJacobi: viscosity must be a non-negative finite number, got -1'],
    [{ initial, viscosity: NaN }, 'got NaN'],
    [{ initial, viscosty: 1 }, 'did you mean viscosity?'],
    [{ initial: 3 }, 'hamiltonJacobi: initial must be a field made by field(), got 3'],
    [{}, 'hamiltonJacobi: initial must be a field'],
    [undefined, 'hamiltonJacobi: options must be an object'],
    [{ initial: field(grid(line(5)), (x) => (x > 1 ? Infinity : x)) }, 'got Infinity at (2)'],
  ])('refuses %#', (given, message) => {
    expect(() => hamiltonJacobi(given as never)).toThrow(message)
  })
})
