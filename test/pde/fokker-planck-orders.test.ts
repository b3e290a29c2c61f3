import { describe, expect, it } from 'vitest'
import { field } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis } from '../../lib/grid/grid.ts'
import { integrate } from '../../lib/grid/operators.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { solve } from '../../lib/pde/march.ts'
import { potential } from '../../lib/potential/index.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { largestError } from '../support/exact.ts'

const gaussian = (x: number, mean: number, variance: number): number => Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance)

/** The density at time t of dx = −λ(x − m) dt + √(2/β) dW from N(mean, variance). */
function transient(lambda: number, m: number, beta: number, mean: number, variance: number) {
  return (x: number, t: number): number => {
    const decay = Math.exp(-lambda * t)
    return gaussian(x, m + (mean - m) * decay, decay * decay * variance + (1 - decay * decay) / (beta * lambda))
  }
}

/** A quarter of the gap to the next order. */
const slack = 0.25

describe('order 2 in space, with the steps taken by default', () => {
  const kinds: Partial<Axis>[] = [{ nodes: 'centers' }, {}, { boundary: { dirichlet: 0 } }, { boundary: { dirichlet: 0 }, nodes: 'centers' }, { boundary: 'periodic' }]

  it.each(kinds)('Ornstein–Uhlenbeck on a line: %j', async (kind) => {
    const f = potential('1.5 (x - 0.3)^2 / 2')
    const exact = transient(1.5, 0.3, 2, 1.2, 0.1)
    const errors = []
    for (const size of [64, 128, 256]) {
      // Six standard deviations inside the ends: they do not matter, nor does the kink of f on the circle.
      const on = grid({ min: -5, max: 6, size, ...kind })
      const { final } = await solve(fokkerPlanck({ initial: field(on, (x) => exact(x, 0)), potential: f, beta: 2 }), { time: 0.4 })
      errors.push({ h: on.spacing[0], error: largestError(final, ([x]) => exact(x, 0.4)) })
    }
    const { order } = fitOrder(errors)
    expect(Math.abs(order - 2)).toBeLessThanOrEqual(slack)
    // h²/12 times fourth derivatives over second ones, about 1/variance, for as long as it takes them to relax.
    expect(errors[2].error).toBeLessThan(2 * errors[2].h ** 2)
  })

  it('an anisotropic quadratic in the plane', async () => {
    const f = potential('x^2 / 2 + 1.5 (y - 0.2)^2')
    const [one, other] = [transient(1, 0, 2, 0.8, 0.2), transient(3, 0.2, 2, -0.5, 0.15)]
    const errors = []
    for (const size of [40, 80, 160]) {
      const on = grid([{ min: -4, max: 4.5, size, nodes: 'centers' }, { min: -3.5, max: 3, size: size + 1 }])
      const { final } = await solve(fokkerPlanck({ initial: field(on, (x, y) => one(x, 0) * other(y, 0)), potential: f, beta: 2 }), { time: 0.3 })
      errors.push({ h: on.spacing[0], error: largestError(final, ([x, y]) => one(x, 0.3) * other(y, 0.3)) })
    }
    const { order } = fitOrder(errors)
    expect(Math.abs(order - 2)).toBeLessThanOrEqual(slack)
  })

  it('free diffusion between absorbing ends: e^{−π²t/β} sin(πx) and the series of the survival', async () => {
    for (const nodes of ['vertices', 'centers'] as const) {
      const errors = []
      const survivals = []
      for (const size of [21, 41, 81]) {
        const on = grid({ min: 0, max: 1, size, nodes, boundary: { dirichlet: 0 } })
        const beta = 2
        const time = 0.3
        const flat = potential('0 x')
        const mode = await solve(fokkerPlanck({ initial: field(on, (x) => Math.sin(Math.PI * x)), potential: flat, beta }), { time })
        errors.push({ h: on.spacing[0], error: largestError(mode.final, ([x]) => Math.exp((-(Math.PI ** 2) * time) / beta) * Math.sin(Math.PI * x)) })
        const uniform = await solve(fokkerPlanck({ initial: field(on, () => 1), potential: flat, beta }), { time })
        let series = 0
        for (let k = 1; k < 40; k += 2) series += (8 / (Math.PI * k) ** 2) * Math.exp((-((k * Math.PI) ** 2) * time) / beta)
        survivals.push({ h: on.spacing[0], error: Math.abs(integrate(uniform.final) - series) })
      }
      for (const points of [errors, survivals]) {
        const { order } = fitOrder(points)
        expect(Math.abs(order - 2)).toBeLessThanOrEqual(slack)
        // e^{−λt} with λ = π²/β off by π²h²/12 of it, on a value below 1.
        expect(points[2].error).toBeLessThan(2 * points[2].h ** 2)
      }
    }
  })

  it('free diffusion of a mode around a circle', async () => {
    const errors = []
    for (const size of [16, 32, 64]) {
      const on = grid([{ min: 0, max: 2 * Math.PI, size, boundary: 'periodic' }, { min: 0, max: Math.PI, size: size + 1 }])
      // cos y meets the walls without a slope.
      const exact = (x: number, y: number, t: number): number => 2 + Math.exp(-5 * t / 3) * Math.cos(2 * x) * Math.cos(y)
      const { final } = await solve(fokkerPlanck({ initial: field(on, (x, y) => exact(x, y, 0)), potential: potential('0 x y', { variables: ['x', 'y'] }), beta: 3 }), { time: 0.5 })
      errors.push({ h: on.spacing[0], error: largestError(final, ([x, y]) => exact(x, y, 0.5)) })
    }
    const { order } = fitOrder(errors)
    expect(Math.abs(order - 2)).toBeLessThanOrEqual(slack)
  })
})

describe('time', () => {
  const well = potential('(x^2 - 1)^2 / 4')
  const saddle = potential('(x^2 - 1)^2 / 4 + x y / 2 + y^2')
  const line = grid({ min: -3, max: 3, size: 96, nodes: 'centers' })
  const plane = grid([{ min: -3, max: 3, size: 40, nodes: 'centers' }, { min: -3, max: 3, size: 41 }])
  const problems = [
    { name: 'a line', equation: fokkerPlanck({ initial: field(line, (x) => gaussian(x, 0.5, 0.09)), potential: well, beta: 4 }) },
    { name: 'the plane', equation: fokkerPlanck({ initial: field(plane, (x, y) => gaussian(x, 0.5, 0.09) * gaussian(y, 0.4, 0.1)), potential: saddle, beta: 4 }) },
  ]
  const distance = (u: Field, v: Field): number => u.values.data.reduce((most, value, i) => Math.max(most, Math.abs(value - v.values.data[i])), 0)

  it.each(problems)('order 2 on $name', async ({ equation }) => {
    const exact = (await solve(equation, { time: 0.5, dt: 0.5 / 1600 })).final
    const errors = []
    for (const steps of [25, 50, 100, 200]) errors.push({ h: 1 / steps, error: distance((await solve(equation, { time: 0.5, dt: 0.5 / steps })).final, exact) })
    const { order } = fitOrder(errors)
    expect(Math.abs(order - 2)).toBeLessThanOrEqual(slack)
  })

  it('by default errs less than space, at every time of a double well and of a quadratic', async () => {
    const cases = [
      { f: well, beta: 4, initial: (x: number) => gaussian(x, 0.5, 0.09), times: [0.05, 0.3, 1, 5] },
      { f: potential('x^2 / 2'), beta: 1, initial: (x: number) => gaussian(x, 0.7, 0.01), times: [0.05, 0.3, 1, 3] },
    ]
    for (const { f, beta, initial, times } of cases) {
      for (const size of [64, 256]) {
        const equationOn = (n: number) => fokkerPlanck({ initial: field(grid({ min: -4.5, max: 4.5, size: n, nodes: 'centers' }), initial), potential: f, beta })
        const last = times[times.length - 1]
        const exact = (await solve(equationOn(size), { time: last, dt: 1e-3, saveAt: times })).fields
        // Every third center of a grid of three times as many is a center: 9/8 of the difference extrapolates.
        const finer = (await solve(equationOn(3 * size), { time: last, dt: 1e-3, saveAt: times })).fields
        const { fields } = await solve(equationOn(size), { time: last, saveAt: times })
        for (const [k, u] of fields.entries()) {
          const space = (9 / 8) * u.values.data.reduce((most, _, i) => Math.max(most, Math.abs(exact[k].values.get(i) - finer[k].values.get(3 * i + 1))), 0)
          expect(distance(u, exact[k])).toBeLessThan(space)
        }
      }
    }
  })

  it.each(problems)('stays within a tolerance on $name', async ({ equation }) => {
    const exact = (await solve(equation, { time: 2, dt: 1e-3 })).final
    const range = exact.values.data.reduce((most, value) => Math.max(most, value), 0)
    let before = Infinity
    for (const tolerance of [1e-2, 1e-4, 1e-5]) {
      const { final, stats } = await solve(equation, { time: 2, tolerance })
      const error = distance(final, exact)
      expect(error).toBeLessThanOrEqual(tolerance * range)
      // And follows it: steps are not wasted by more than a few of their lengths, squared.
      expect(error).toBeLessThan(before)
      before = error
      expect(stats.evaluations % 3).toBe(0)
    }
  })

  it('takes few steps from one cell to equilibrium, and none for being there', async () => {
    const cell = field(line, () => 0)
    cell.values.data[60] = 16
    const equation = fokkerPlanck({ initial: cell, potential: well, beta: 4 })
    const [short, long] = [await solve(equation, { time: 20 }), await solve(equation, { time: 20_000 })]
    expect(short.stats.steps).toBeLessThan(400)
    // Until the last digit has settled.
    expect(long.stats.steps).toBeLessThan(400)
  })
})

describe('comparison', () => {
  it('u ≤ v stays so where no limiter acts: the flow is linear and positive', async () => {
    const on = grid({ min: -2, max: 2, size: 64, nodes: 'centers' })
    const f = potential('(x^2 - 1)^2')
    const low = field(on, (x) => gaussian(x, 0.2, 0.1))
    const high = field(on, (x) => gaussian(x, 0.2, 0.1) + 0.3 * gaussian(x, -0.4, 0.2))
    const [below, above] = await Promise.all([low, high].map(async (initial) => (await solve(fokkerPlanck({ initial, potential: f, beta: 3 }), { time: 0.5, dt: 0.01 })).final))
    for (let i = 0; i < on.size; i++) expect(above.values.get(i)).toBeGreaterThanOrEqual(below.values.get(i) * (1 - 64 * Number.EPSILON))
  })
})
