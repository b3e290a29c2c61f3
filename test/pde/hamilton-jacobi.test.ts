import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { discreteHamiltonian } from '../../lib/pde/hamilton-jacobi/discrete-hamiltonian.ts'
import { discretise } from '../../lib/pde/hamilton-jacobi/discretise.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import type { HamiltonJacobiOptions } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { schemes } from '../../lib/pde/hamilton-jacobi/schemes.ts'
import { solve } from '../../lib/pde/march.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { largestError, mixture } from '../support/exact.ts'

const line = (size: number, boundary: Boundary = 'extrapolate', nodes: 'vertices' | 'centers' = 'vertices'): Axis =>
  ({ min: -2, max: 2, size, boundary, nodes })

/** Schemes that need no viscosity. */
const forKinks = schemes.filter(({ flux }) => flux !== 'central')

describe.each(forKinks)('$name', ({ name: scheme, order, flux }) => {
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
      // A fan from a kink is first order at best; Lax–Friedrichs fluxes smear it more.
      expect(largestError(final, envelope)).toBeLessThan((flux === 'godunov' || flux === 'upwind' ? 1 : 2) * final.grid.spacing[0])
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
    expect(fitOrder(errors).order).toBeGreaterThan(Math.min(order.space - 0.2, 4))
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
    expect(fitOrder(errors).order).toBeGreaterThan(Math.min(order.space - 0.4, 4))
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
      (await solve(hamiltonJacobi({ initial: field(grid(line(40, 'periodic')), ndarray(u)), viscosity: 0.02 }), { time: 0.3, scheme, dt: 0.0015 })).final.values.data
    const [plain, raised, shifted] = [await run(values), await run(values.map((u) => u + 8)), await run(values.map((_, i) => values[(i + 7) % 40]))]
    for (let i = 0; i < 40; i++) {
      // Raising rounds the data to units of 8 eps, and slopes of 20 carry that through 200 steps.
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
    return fc.record({ given: fc.constant(given), low: list })
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
  const plane = field(grid([line(5), line(5)]), (x) => x)
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
    [{ initial, drift: 3 }, 'hamiltonJacobi: drift must be a function, got 3'],
    [{ initial, metric: 2 }, 'hamiltonJacobi: metric must be a list of 1 rows or of 1 positive numbers, got 2'],
    [{ initial, metric: [-1] }, 'hamiltonJacobi: metric[0] must be a positive finite number, got -1'],
    [{ initial, metric: [1, 1] }, 'hamiltonJacobi: metric must be a point of 1 coordinate'],
    [{ initial: plane, metric: [[1, 2], [2, 1]] }, 'hamiltonJacobi: metric must be symmetric and positive definite'],
    [{ initial: plane, metric: [[2, 1], [0, 2]] }, 'hamiltonJacobi: metric must be symmetric and positive definite'],
    [{ initial: plane, metric: [[2, 1]] }, 'hamiltonJacobi: metric must be a list of 2 rows'],
    [{ initial, hamiltonian: { value: (): number => 0 } }, 'hamiltonJacobi: hamiltonian.gradient must be a function, got undefined'],
    [{ initial, hamiltonian: { value: (): number => 0, gradient: () => {}, hessian: () => {} } }, 'hamiltonJacobi: hamiltonian must be one of value, gradient, speeds'],
    [{ initial, hamiltonian: { value: (): number => 0, gradient: () => {} }, metric: [1] }, 'hamiltonJacobi: hamiltonian or metric must be given at most once, got both'],
  ])('refuses %#', (given, message) => {
    expect(() => hamiltonJacobi(given as never)).toThrow(message)
  })
})

describe('solve with Hamiltonians', () => {
  const line2 = field(grid([line(5), line(5)]), (x) => x)
  const refused: [object, object, string][] = [
    [{ initial: line2, metric: [[2, 1], [1, 2]] }, { scheme: 'godunov' }, "solve: scheme must be 'local-lax-friedrichs', 'lax-friedrichs', 'eno2', 'eno3' or 'weno5' where H is not"],
    [{ initial: line2, drift: (_x: Float64Array, out: Float64Array) => out.fill(NaN) }, {}, 'solve: drift must be finite on every node, got NaN at (-2, -2)'],
    [{ initial: line2, hamiltonian: { value: (): number => NaN, gradient: () => {} } }, {}, 'solve: hamiltonian.value must be a finite number, got NaN at p = 0, x = (-2, -2)'],
    [{ initial: line2, hamiltonian: { value: () => 0, gradient: () => {} } }, {}, 'solve: hamiltonian.gradient must fill out with finite numbers, got [NaN, NaN]'],
    [{ initial: line2 }, { viscous: 'rkl3' }, "solve: viscous must be one of 'exact', 'rkl2', 'implicit'"],
    [{ initial: line2 }, { scheme: 'weno5', integrator: 'ssp-rk2' }, 'solve: integrator must be of order 3 at least, as weno5 is unstable with less, got "ssp-rk2"'],
    [{ initial: line2 }, { integrator: 'rk4' }, "solve: integrator must be one of 'ssp-rk1'"],
  ]
  it.each(refused)('refuses %#', async (given, options, message) => {
    await expect(solve(hamiltonJacobi(given as never), { time: 1, ...options })).rejects.toThrow(message)
  })

  it('counts the stages of RKL2 and the systems of the implicit flow', async () => {
    const initial = field(grid([line(21, 'periodic'), line(20, 'neumann')]), (x) => Math.cos((Math.PI * x) / 2))
    const run = async (viscous: 'exact' | 'rkl2' | 'implicit', viscosity: number) =>
      (await solve(hamiltonJacobi({ initial, viscosity }), { time: 0.1, dt: 0.05, scheme: 'weno5', viscous })).stats.evaluations
    // Two steps of four rates and four flows of half a step: 3 stages up to 2.5 explicit steps of 2/(6.04 (21² + 19²)/16 viscosity), then 5 up to 7.
    expect([await run('exact', 0.1), await run('rkl2', 0), await run('rkl2', 0.1), await run('rkl2', 1.5), await run('implicit', 0.1)]).toEqual([8, 8, 32, 48, 40])
  })

  it('resumes only with the same choices', async () => {
    const initial = field(grid(line(40, 'periodic')), (x) => Math.cos((Math.PI * x) / 2))
    const equation = hamiltonJacobi({ initial, viscosity: 0.1 })
    const controller = new AbortController()
    controller.abort()
    const state = await solve(equation, { time: 1, viscous: 'rkl2', signal: controller.signal }).then(() => undefined, (error: { state: unknown }) => error.state)
    await expect(solve(equation, { time: 1, resume: state })).rejects.toThrow("solve: resume.scheme must be 'weno5', as this call's, got \"weno5 with rkl2 viscosity\"")
    expect((await solve(equation, { time: 1, viscous: 'rkl2', resume: state })).final.values.data).toEqual((await solve(equation, { time: 1, viscous: 'rkl2' })).final.values.data)
  })

  it.each(forKinks.filter(({ flux }) => flux !== 'godunov'))('$name finds the viscosity solution for a Hamiltonian of one\'s own', async ({ name: scheme }) => {
    // H = √(1 + p²): u(x, t) = min over |y − x| ≤ t of f(y) − √(t² − (y − x)²), the lower envelope of circles; f has a kink, u a shock and fans.
    const f = (x: number): number => Math.abs(x) - 1.5 * Math.exp(-8 * x * x) * Math.abs(Math.sin(2 * x))
    const time = 0.5
    const exact = (x: number): number => {
      let least = Infinity
      for (let k = -4000; k <= 4000; k++) {
        const y = x + (time * k) / 4000
        least = Math.min(least, f(y) - Math.sqrt(Math.max(time * time - (y - x) ** 2, 0)))
      }
      return least
    }
    const hamiltonian: HamiltonJacobiOptions['hamiltonian'] = {
      value: (_x, p) => Math.sqrt(1 + p[0] * p[0]),
      gradient: (_x, p, out) => void (out[0] = p[0] / Math.sqrt(1 + p[0] * p[0])),
    }
    const errors = []
    for (const n of [41, 81, 161]) {
      const initial = field(grid(line(n)), f)
      const { final } = await solve(hamiltonJacobi({ initial, hamiltonian }), { time, scheme })
      let sum = 0
      for (const [i, x] of initial.grid.coordinates(0).entries()) sum += Math.abs(final.values.get(i) - exact(x)) / n
      errors.push({ h: initial.grid.spacing[0], error: sum })
    }
    // First order in L¹ but for a logarithm in the fans.
    expect(fitOrder(errors).order).toBeGreaterThan(0.75)
  })

  it('knows the largest speeds of quadratics over a box', () => {
    const g = grid([line(3), line(2)])
    const metric = [[2, -0.7], [-0.7, 1]]
    const hamiltonian = discreteHamiltonian(hamiltonJacobi({ initial: field(g, () => 0), metric, drift: (x, out) => out.set([x[0], 1 - x[1]]) }))
    const slope = fc.double({ min: -5, max: 5, noNaN: true })
    fc.assert(fc.property(fc.tuple(slope, slope, slope, slope), fc.integer({ min: 0, max: 5 }), ([a, b, c, d], node) => {
      const [low, high, speeds, corner, out] = [[Math.min(a, b), Math.min(c, d)], [Math.max(a, b), Math.max(c, d)], [0, 0], [0, 0], [0, 0]].map((p) => Float64Array.from(p))
      hamiltonian.speeds(node, low, high, speeds)
      const most = [0, 0]
      for (let c4 = 0; c4 < 4; c4++) {
        corner.set([c4 & 1 ? high[0] : low[0], c4 & 2 ? high[1] : low[1]])
        hamiltonian.gradient(node, corner, out)
        for (const k of [0, 1]) most[k] = Math.max(most[k], Math.abs(out[k]))
      }
      // Numbers up to 20.
      for (const k of [0, 1]) expect(Math.abs(speeds[k] - most[k])).toBeLessThanOrEqual(64 * Number.EPSILON)
    }))
  })

  it('takes bounds of the speeds from whoever knows them', async () => {
    const initial = field(grid(line(41, 'periodic')), (x) => Math.cos((Math.PI * x) / 2))
    const half = { value: (_x: Float64Array, p: Float64Array) => 0.5 * p[0] * p[0], gradient: (_x: Float64Array, p: Float64Array, out: Float64Array) => void (out[0] = p[0]) }
    const speeds = (_x: Float64Array, low: Float64Array, high: Float64Array, out: Float64Array): void => void (out[0] = Math.max(-low[0], high[0]))
    for (const scheme of ['lax-friedrichs', 'local-lax-friedrichs']) {
      const finals = []
      for (const more of [{}, { hamiltonian: half }, { hamiltonian: { ...half, speeds } }]) {
        finals.push((await solve(hamiltonJacobi({ initial, ...more }), { time: 0.5, scheme })).final.values.data)
      }
      // One quadratic three ways: a few units of rounding a step, some 20 steps.
      for (const other of finals.slice(1)) for (let i = 0; i < 41; i++) expect(Math.abs(other[i] - finals[0][i])).toBeLessThanOrEqual(200 * Number.EPSILON)
    }
  })

  it('runs in four dimensions', async () => {
    const axis: Axis = { min: 0, max: 2 * Math.PI, size: 8, boundary: 'periodic' }
    const initial = field(grid([axis, { ...axis, boundary: 'neumann' }, axis, { ...axis, size: 6 }]), (x, y, z, w) => 0.1 * (Math.cos(x) + Math.cos(y / 2) + Math.sin(z) + Math.cos(w)))
    const metric = [[1, 0.2, 0, 0], [0.2, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    for (const more of [{}, { metric }]) {
      const { final } = await solve(hamiltonJacobi({ initial, viscosity: 0.1, ...more }), { time: 0.3 })
      expect(final.values.data.every(Number.isFinite)).toBe(true)
      expect(final.values.get(0, 0, 2, 0)).toBeLessThan(initial.values.get(0, 0, 2, 0))
    }
  })
})
