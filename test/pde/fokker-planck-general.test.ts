import fc from 'fast-check'
import { expm, matrix as denseMatrix } from 'mathjs'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Grid } from '../../lib/grid/grid.ts'
import { integrate } from '../../lib/grid/operators.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import type { FokkerPlanckDefinition } from '../../lib/pde/fokker-planck/equation.ts'
import { fokkerPlanckRate } from '../../lib/pde/fokker-planck/rate.ts'
import { gibbs } from '../../lib/pde/gibbs.ts'
import { solve } from '../../lib/pde/march.ts'
import { probabilityCurrent } from '../../lib/pde/probability-current.ts'
import { stationary } from '../../lib/pde/stationary.ts'
import { potential } from '../../lib/potential/index.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { largestError } from '../support/exact.ts'

const eps = Number.EPSILON
/** A quarter of the gap to the next order. */
const slack = 0.25
const values = (u: Field): Float64Array => u.values.data
const top = (u: Field): number => values(u).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
const distance = (u: Field, v: Field): number => values(u).reduce((most, value, i) => Math.max(most, Math.abs(value - values(v)[i])), 0)
const kinds: Partial<Axis>[] = [{}, { nodes: 'centers', boundary: 'neumann' }, { boundary: 'periodic' }, { boundary: { dirichlet: 0 } }, { boundary: { dirichlet: 0 }, nodes: 'centers' }]
const schemes = ['scharfetter-gummel', 'backward-euler', 'exponential'] as const

type Motion = Pick<FokkerPlanckDefinition, 'potential' | 'drift' | 'diffusion'>

/** Drifts and diffusions of every sort, in the plane. */
const motions: Record<string, Motion> = {
  'a rotation': { drift: ([x, y], out) => out.set([y - x, -x - y]) },
  'a full matrix': { potential: potential('x^2 + x y / 2 + y^2'), diffusion: [[1, 0.6], [0.6, 0.8]] },
  'a matrix beyond seven points': { drift: ([x, y], out) => out.set([-x, -y + x]), diffusion: [[1, 1.5], [1.5, 3]] },
  'D(x), turning': { drift: ([x, y], out) => out.set([-x, -2 * y]), diffusion: ([x, y], out) => out.set([1 + x * x, 0.8 * Math.sin(2 * x + y), 0.8 * Math.sin(2 * x + y), 1.5]) },
  'a particle with momentum, no noise on its place': { drift: ([x, y], out) => out.set([y, -x - y]), diffusion: [0, 1] },
}
const planeOf = (one: Partial<Axis>, other: Partial<Axis>, n = 13): Grid => grid([{ min: -1.6, max: 1.8, size: n, ...one }, { min: -1.5, max: 1.7, size: n - 1, ...other }])

describe('mass and sign', () => {
  it.each(Object.entries(motions))('stay whatever moves it: %s', async (_, motion) => {
    for (const [k, kind] of kinds.entries()) {
      const on = planeOf(kind, kinds[(k + 2) % 5])
      const initial = field(on, () => 0)
      values(initial)[Math.floor(on.size * 0.4)] = 1
      const leaks = [kind, kinds[(k + 2) % 5]].some(({ boundary }) => typeof boundary === 'object')
      const equation = fokkerPlanck({ initial, beta: 2, ...motion })
      for (const scheme of schemes) {
        for (const options of [{ time: 0.5 }, { time: 3, dt: 1 }]) {
          const { final } = await solve(equation, { ...options, scheme, ...(scheme === 'backward-euler' && options.dt === undefined && { dt: 0.05 }) })
          expect(values(final).every((value) => value >= 0)).toBe(true)
          if (leaks) expect(integrate(final)).toBeLessThan(integrate(initial))
          else expect(Math.abs(integrate(final) / integrate(initial) - 1)).toBeLessThanOrEqual(1e-13)
        }
      }
    }
  })
})

describe('a few nodes', () => {
  it.each(Object.entries(motions))('follow the matrix exponential of what the rate says: %s', async (_, motion) => {
    for (const [k, kind] of kinds.entries()) {
      const on = planeOf(kind, kinds[(k + 1) % 5], 5)
      const initial = field(on, (x, y) => 1 + Math.sin(3 * x) * Math.cos(y))
      const equation = fokkerPlanck({ initial, beta: 2, ...motion })
      // Column j: the rate of a density that is 1 on node j.
      const columns = Array.from({ length: on.size }, (__, j) => {
        const unit = field(on, () => 0)
        values(unit)[j] = 1
        return values(fokkerPlanckRate(equation, unit))
      })
      const time = 0.2
      const flow = expm(denseMatrix(Array.from({ length: on.size }, (__, i) => columns.map((column) => column[i] * time)))).toArray() as number[][]
      const started = (await solve(equation, { time: 1e-12, dt: 1e-12 })).final
      const exact = flow.map((row) => row.reduce((sum, value, j) => sum + value * values(started)[j], 0))
      const off = (u: Field) => values(u).reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0)
      // mathjs's expm has an error of 1e-15 relative to the norm after a few squarings.
      expect(off((await solve(equation, { time, scheme: 'exponential' })).final)).toBeLessThanOrEqual(1e-11)
      for (const [scheme, order, steps] of [['scharfetter-gummel', 2, 256], ['backward-euler', 1, 128]] as const) {
        const [coarse, fine] = [off((await solve(equation, { time, dt: time / steps, scheme })).final), off((await solve(equation, { time, dt: time / steps / 2, scheme })).final)]
        expect(fine).toBeLessThanOrEqual(coarse / 2 ** (order - slack) + 1e-12)
        expect(fine).toBeLessThanOrEqual(order === 2 ? 2e-3 : 3e-2)
      }
    }
  })

  it('the dense exponential and the sum over jumps agree', async () => {
    const equation = fokkerPlanck({ initial: field(grid({ min: -2, max: 2, size: 41 }), (x) => (x > 1 ? 1 : 0)), beta: 2, drift: ([x], out) => void (out[0] = 1 - x ** 3) })
    const parts = await solve(equation, { time: 1, dt: 1 / 64, scheme: 'exponential' })
    const whole = await solve(equation, { time: 1, scheme: 'exponential' })
    expect(distance(parts.final, whole.final)).toBeLessThanOrEqual(1e-13)
    expect(whole.stats.steps).toBe(1)
  })
})

describe('relative entropy to the scheme’s own stationary density', () => {
  it('never rises under backward Euler, with a current and any D', async () => {
    await fc.assert(fc.asyncProperty(
      fc.constantFrom(...Object.values(motions).slice(0, 4)), fc.constantFrom(...kinds.slice(0, 3)), fc.constantFrom(0.01, 0.3, 20),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 42, maxLength: 42 }).filter((list) => list.some((value) => value > 0.1)),
      async (motion, kind, dt, density) => {
        const on = planeOf(kind, {}, 7)
        const initial = field(on, () => 0)
        density.forEach((value, i) => (values(initial)[i] = value < 1e-9 ? 0 : value))
        const equation = fokkerPlanck({ initial, beta: 2, ...motion })
        const limit = values(await stationary(equation))
        const weights = on.weights().data
        const entropy = (u: Field): number => {
          const mass = integrate(u)
          return values(u).reduce((sum, value, i) => (value === 0 ? sum : sum + weights[i] * (value / mass) * Math.log(value / mass / limit[i])), 0)
        }
        let before = entropy(initial)
        const { fields } = await solve(equation, { time: 6 * dt, dt, scheme: 'backward-euler', saveAt: [1, 2, 3, 4, 5, 6].map((k) => k * dt) })
        for (const u of fields) {
          const now = entropy(u)
          expect(now).toBeLessThanOrEqual(before + 256 * eps)
          before = now
        }
      }), { numRuns: 60, seed: 12 })
  })
})

/** dx = −Fx dt + √(2D/β) dW with F = diag(3, 1), D = [[1, .6], [.6, .8]], β = 2. */
const beta = 2
const relaxation = [3, 1]
const noise = [[1, 0.6], [0.6, 0.8]]
const sigma = [[1 / 6, 0.15], [0.15, 0.4]]
const determinant = sigma[0][0] * sigma[1][1] - sigma[0][1] ** 2
const law = ([x, y]: number[]): number => Math.exp(-(sigma[1][1] * x * x - 2 * sigma[0][1] * x * y + sigma[0][0] * y * y) / (2 * determinant)) / (2 * Math.PI * Math.sqrt(determinant))
const spiral = (n: number, more: Partial<FokkerPlanckDefinition> = {}, nodes: Axis['nodes'] = 'vertices') => {
  const on = grid([{ min: -2.6, max: 2.6, size: n, nodes }, { min: -4, max: 4, size: n, nodes }])
  return fokkerPlanck({ ...(more.initial === undefined && { grid: on }), drift: ([x, y], out) => out.set([-3 * x, -y]), beta, diffusion: noise, ...more })
}

describe('Ornstein–Uhlenbeck with a current', () => {
  it('the stationary density and its current −QUx, order 2', async () => {
    const [errors, currents]: { h: number; error: number }[][] = [[], []]
    for (const n of [41, 61, 81]) {
      const equation = spiral(n)
      const found = await stationary(equation)
      errors.push({ h: 1 / (n - 1), error: largestError(found, law) })
      const [jx, jy] = probabilityCurrent(equation, found)
      const pull = (x: number[]): number[] => [sigma[1][1] * x[0] - sigma[0][1] * x[1], sigma[0][0] * x[1] - sigma[0][1] * x[0]].map((value) => value / determinant / beta)
      currents.push({
        h: 1 / (n - 1),
        error: Math.max(largestError(jx, (x) => -0.3 * pull(x)[1] * law(x)), largestError(jy, (x) => 0.3 * pull(x)[0] * law(x))),
      })
    }
    for (const points of [errors, currents]) expect(Math.abs(fitOrder(points).order - 2)).toBeLessThanOrEqual(slack)
    // Of a density up to 0.76 and a current up to 0.13.
    expect(errors[2].error).toBeLessThan(3e-4)
    expect(currents[2].error).toBeLessThan(3e-3)
  })

  it('mean and covariance on the way, order 2', async () => {
    const errors = []
    const time = 0.4
    for (const n of [41, 61, 81]) {
      const on = grid([{ min: -2.6, max: 2.6, size: n }, { min: -4, max: 4, size: n }])
      const initial = field(on, (x, y) => Math.exp(-((x - 0.5) ** 2 + (y + 0.8) ** 2) / 0.1))
      const { final } = await solve(spiral(n, { initial }), { time, tolerance: 1e-5 })
      const weights = on.weights().data
      const moment = (g: (x: number, y: number) => number): number => values(final).reduce((sum, value, i) => sum + weights[i] * value * g(...(nodeAt(on, i) as [number, number])), 0) / integrate(final)
      const [mx, my] = [moment((x) => x), moment((_, y) => y)]
      const [a, b] = relaxation.map((rate) => Math.exp(-rate * time))
      errors.push({ h: 1 / (n - 1), error: Math.max(
        Math.abs(mx - 0.5 * a), Math.abs(my + 0.8 * b),
        Math.abs(moment((x) => x * x) - mx * mx - (a * a * 0.05 + (1 - a * a) * sigma[0][0])),
        Math.abs(moment((x, y) => x * y) - mx * my - (1 - a * b) * sigma[0][1]),
        Math.abs(moment((_, y) => y * y) - my * my - (b * b * 0.05 + (1 - b * b) * sigma[1][1])),
      ) })
    }
    expect(Math.abs(fitOrder(errors).order - 2)).toBeLessThanOrEqual(slack)
    expect(errors[2].error).toBeLessThan(3e-3)
  })

  it('no current in detailed balance, also with cross terms: the Gibbs density of −D∇Φ is exact', async () => {
    // D∇Φ for Φ = x² + xy/2 + y²: linear, so that Gauss's points are exact.
    const drift = ([x, y]: Float64Array, out: Float64Array) => out.set([-(2 * x + y / 2) - 0.6 * (x / 2 + 2 * y), -0.6 * (2 * x + y / 2) - 0.8 * (x / 2 + 2 * y)])
    for (const [k, kind] of kinds.slice(0, 2).entries()) {
      const on = planeOf(kind, kinds[1 - k], 24)
      const equation = fokkerPlanck({ initial: gibbs(on, potential('x^2 + x y / 2 + y^2'), { beta: 3 }), drift, diffusion: noise, beta: 3 })
      const limit = equation.initial!
      // Exponents up to 30 rounded, and an elimination of 600 nodes.
      expect(distance(await stationary(equation), limit)).toBeLessThanOrEqual(1e-12 * top(limit))
      expect(distance((await solve(equation, { time: 3, dt: 0.5 })).final, limit)).toBeLessThanOrEqual(1e-12 * top(limit))
      for (const current of probabilityCurrent(equation, limit)) expect(top(current)).toBeLessThanOrEqual(1e-11 * top(limit))
    }
  })

  it('the current feeds the rate: ∂ρ/∂t = −∇·J, order 2 inside', () => {
    const errors = [40, 80, 160].map((n) => {
      const equation = spiral(n)
      const density = field(equation.grid, (x, y) => Math.exp(-(x * x) - y * y / 2))
      const [jx, jy] = probabilityCurrent(equation, density)
      const rate = fokkerPlanckRate(equation, density)
      const [hx, hy] = equation.grid.spacing
      let error = 0
      for (let i = 2; i < n - 2; i++) {
        for (let j = 2; j < n - 2; j++) {
          const divergence = (jx.values.get(i + 1, j) - jx.values.get(i - 1, j)) / (2 * hx) + (jy.values.get(i, j + 1) - jy.values.get(i, j - 1)) / (2 * hy)
          error = Math.max(error, Math.abs(rate.values.get(i, j) + divergence))
        }
      }
      return { h: 1 / (n - 1), error }
    })
    expect(Math.abs(fitOrder(errors).order - 2)).toBeLessThanOrEqual(slack)
  })
})

describe('stationary densities of other kinds', () => {
  it('D(x) = 1 + Ce^{βf} has e^{−βf}, in Itô’s sense', async () => {
    const b = 1.5
    const f = (x: number) => (x * x - 1) ** 2 / 4
    const errors = [41, 81, 161].map(async (size) => {
      const on = grid({ min: -2, max: 2, size })
      const equation = fokkerPlanck({ grid: on, beta: b, potential: potential('(x^2 - 1)^2 / 4'), diffusion: ([x], out) => void (out[0] = 1 + 0.5 * Math.exp(b * f(x))) })
      return { h: on.spacing[0], error: distance(await stationary(equation), gibbs(on, equation.potential!, { beta: b })) }
    })
    const points = await Promise.all(errors)
    // By Gauss's points even 4.
    expect(fitOrder(points).order).toBeGreaterThan(4 - slack)
    expect(points[2].error).toBeLessThan(1e-6)
  })

  it('a constant force around a circle: a current that is the flux everywhere, order 2', async () => {
    // ρ ∝ e^{−βV}∫ e^{βV} over a period, V = cos x − x/2.
    const v = (x: number) => Math.cos(x) - x / 2
    const exact = (x: number) => {
      let sum = 0
      for (let k = 0; k < 400; k++) sum += Math.exp(beta * (v(x + (2 * Math.PI * (k + 0.5)) / 400) - v(x)))
      return sum / 400
    }
    // The sum over a period of a function that does not close has an error of 1/400²: Simpson's by both ends.
    const closed = (x: number) => {
      const m = 400
      let sum = 0
      for (let k = 0; k <= m; k++) sum += (k === 0 || k === m ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp(beta * (v(x + (2 * Math.PI * k) / m) - v(x)))
      return sum / (3 * m)
    }
    expect(Math.abs(exact(1) / closed(1) - 1)).toBeLessThan(1e-3)
    const points = []
    for (const size of [32, 64, 128]) {
      const on = grid({ min: 0, max: 2 * Math.PI, size, boundary: 'periodic' })
      const equation = fokkerPlanck({ grid: on, beta, drift: ([x], out) => void (out[0] = Math.sin(x) + 0.5) })
      const found = await stationary(equation)
      const shape = field(on, closed)
      const mass = integrate(shape)
      points.push({ h: on.spacing[0], error: largestError(found, ([x]) => closed(x) / mass) })
      const [current] = probabilityCurrent(equation, found)
      for (const value of values(current)) expect(Math.abs(value / values(current)[0] - 1)).toBeLessThanOrEqual(1e-12)
      expect(values(current)[0]).toBeGreaterThan(0.01)
    }
    expect(Math.abs(fitOrder(points).order - 2)).toBeLessThanOrEqual(slack)
  })

  it('are accurate far below rounding: e^{−βΦ} of a drift on a grid, down to 1e-200', async () => {
    const on = grid({ min: -3, max: 3, size: 61 })
    const limit = gibbs(on, potential('x^2'), { beta: 50 })
    const found = await stationary(fokkerPlanck({ grid: on, beta: 50, drift: ([x], out) => void (out[0] = -2 * x) }))
    values(found).forEach((value, i) => expect(Math.abs(value / values(limit)[i] - 1)).toBeLessThanOrEqual(1e-11))
    expect(values(found)[0]).toBeLessThan(1e-190)
  })

  it('the law of a particle with momentum, order 1', async () => {
    const points = []
    for (const size of [31, 61, 91]) {
      const on = grid([{ min: -5, max: 5, size }, { min: -5, max: 5, size }])
      const found = await stationary(fokkerPlanck({ grid: on, beta: 1, drift: ([x, p], out) => out.set([p, -x - p]), diffusion: [0, 1] }))
      points.push({ h: 10 / (size - 1), error: largestError(found, ([x, p]) => Math.exp(-(x * x + p * p) / 2) / (2 * Math.PI)) })
    }
    const { order } = fitOrder(points)
    expect(order).toBeGreaterThan(0.6)
    expect(order).toBeLessThan(1.25)
  })

  it('three dimensions with full D', async () => {
    const on = grid([0, 1, 2].map(() => ({ min: -2.5, max: 2.5, size: 11 })))
    const d = [[1, 0.3, 0.2], [0.3, 1, -0.2], [0.2, -0.2, 1]]
    // b = −D∇Φ, Φ = |x|²/2.
    const drift = (x: Float64Array, out: Float64Array) => d.forEach((row, i) => (out[i] = -row.reduce((sum, value, j) => sum + value * x[j], 0)))
    const equation = fokkerPlanck({ initial: field(on, (x) => (x > 0 ? 1 : 0)), drift, diffusion: d, beta: 2 })
    const limit = gibbs(on, potential('(x^2 + y^2 + z^2) / 2'), { beta: 2 })
    expect(distance(await stationary(equation), limit)).toBeLessThanOrEqual(1e-12 * top(limit))
    const { final } = await solve(equation, { time: 40, dt: 1 })
    expect(Math.abs(integrate(final) / integrate(equation.initial!) - 1)).toBeLessThanOrEqual(1e-13)
    values(final).forEach((value, i) => expect(Math.abs(value / integrate(final) - values(limit)[i])).toBeLessThanOrEqual(1e-8 * top(limit)))
  })

  it('refuses a drift that is not finite and more than one place to end up in', async () => {
    const on = grid({ min: -2, max: 2, size: 9 })
    await expect(stationary(fokkerPlanck({ grid: on, beta: 1, drift: ([x], out) => void (out[0] = x > 0 ? NaN : 1) }))).rejects.toThrow('fokkerPlanck: drift must be finite at (')
    const split = fokkerPlanck({ grid: on, beta: 1, drift: ([x], out) => void (out[0] = x), diffusion: 0 })
    await expect(stationary(split)).rejects.toThrow('stationary: equation must be one whose mass ends up in one part of the grid, got 2 parts')
  })
})
