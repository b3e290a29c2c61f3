import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { ordinary } from '../../lib/kernels/workspace.ts'
import { discretise } from '../../lib/pde/hamilton-jacobi/discretise.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import type { HamiltonJacobiOptions } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { integrators } from '../../lib/pde/hamilton-jacobi/integrators.ts'
import { slopesOf } from '../../lib/pde/hamilton-jacobi/lax-friedrichs-rates.ts'
import { schemes } from '../../lib/pde/hamilton-jacobi/schemes.ts'
import { viscousMethods } from '../../lib/pde/hamilton-jacobi/viscous.ts'
import { solve } from '../../lib/pde/march.ts'
import type { SolveOptions } from '../../lib/pde/march.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { cosine } from '../support/exact.ts'

/** Schemes that need no viscosity. */
const forKinks = schemes.filter(({ flux }) => flux !== 'central')

type Nodes = 'vertices' | 'centers'
type More = Partial<HamiltonJacobiOptions>
const dims = [1, 2, 3]
const places: { boundary: Boundary; nodes: Nodes }[] = (['vertices', 'centers'] as const)
  .flatMap((nodes) => (['periodic', 'neumann', 'extrapolate', { dirichlet: 0.5 }] as const).map((boundary) => ({ boundary, nodes })))
const closed = places.filter(({ boundary }) => boundary !== 'extrapolate')

/** Half the gap to the next lower order among the schemes that need no viscosity, or to order 0. */
function leastOrder(kind: 'space' | 'time', order: number): number {
  const lower = Math.max(0, ...forKinks.map((scheme) => scheme.order[kind]).filter((other) => other < order))
  return order - (order - lower) / 2
}

function averageError(u: Field, exact: (x: number[]) => number): number {
  let sum = 0
  for (let i = 0; i < u.grid.size; i++) sum += Math.abs(u.values.data[i] - exact(nodeAt(u.grid, i)))
  return sum / u.grid.size
}

const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k)
const total = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0)
const squares = (list: readonly number[]): number => total(list.map((value) => value * value))

/** u along characteristics, x = y + t f′(y), before shocks. */
function characteristic({ value, slope }: { value(y: number): number; slope(y: number): number }, x: number, t: number): number {
  let y = x
  const d = 1e-5
  for (let k = 0; k < 40; k++) y -= (y + t * slope(y) - x) / (1 + (t * (slope(y + d) - slope(y - d))) / (2 * d))
  return value(y) + (t * slope(y) ** 2) / 2
}

const wave = { value: (y: number) => 0.4 * Math.cos(y + 0.3), slope: (y: number) => -0.4 * Math.sin(y + 0.3) }
const even = { value: (y: number) => 0.4 * Math.cos(y), slope: (y: number) => -0.4 * Math.sin(y) }
const bowl = { value: (y: number) => 0.5 * y * y + 0.2 * Math.sin(y), slope: (y: number) => y + 0.2 * Math.cos(y) }

/** Smooth problems: waves across the axes of a torus, sums of even waves between Neumann walls, bowls whose waves leave through open ends. */
interface Problem {
  axes(dim: number, n: number): Axis[]
  exact(x: readonly number[], t: number, dim: number): number
  time: number
}
const problems: Record<string, Problem> = {
  periodic: {
    axes: (dim, n) => range(dim).map((k) => ({ min: 0, max: 2 * Math.PI, size: n + (k % 2) * 2, boundary: 'periodic' })),
    // Of x₁ + x₂ + …, for which |∇u|² is `dim` times as large.
    exact: (x, t, dim) => characteristic(wave, total(x), dim * t),
    time: 0.3,
  },
  neumann: {
    axes: (dim, n) => range(dim).map((k) => ({
      min: 0, max: (1 + (k % 2)) * Math.PI, size: (1 + (k % 2)) * n, boundary: 'neumann', nodes: k % 2 === 0 ? 'vertices' : 'centers',
    })),
    exact: (x, t) => total(x.map((xk) => characteristic(even, xk, t))),
    time: 0.5,
  },
  extrapolate: {
    axes: (dim, n) => range(dim).map((k) => ({ min: -1.5, max: 1.2 + 0.3 * k, size: n + k, boundary: 'extrapolate', nodes: k === 1 ? 'centers' : 'vertices' })),
    exact: (x, t) => total(x.map((xk) => characteristic(bowl, xk, t))),
    time: 0.4,
  },
}
const sizes: Record<number, number[]> = { 1: [32, 64, 128], 2: [24, 32, 48], 3: [16, 20, 28] }

async function orderInSpace(problem: Problem, dim: number, more: More, options: Partial<SolveOptions>): Promise<number> {
  const points = []
  for (const n of sizes[dim]) {
    const g = grid(problem.axes(dim, n))
    const initial = field(g, (...x) => problem.exact(x, 0, dim))
    const { final } = await solve(hamiltonJacobi({ initial, ...more }), { time: problem.time, cfl: 0.25, ...options })
    points.push({ h: g.spacing[0], error: averageError(final, (x) => problem.exact(x, problem.time, dim)) })
  }
  return fitOrder(points).order
}

describe.each(schemes)('$name in space', ({ name: scheme, order }) => {
  it.each(viscousMethods)('has its order with viscosity, %s', async (viscous) => {
    const beta = 5
    const bump = cosine(0.6, 1, beta)
    const exact = (x: readonly number[], t: number): number => total(x.map((xk) => bump(xk, t)))
    // cos x is even about 0 and about π: the same function serves the circle and Neumann walls.
    for (const [ends, dim] of [['periodic', 1], ['neumann', 2]] as const) {
      expect(await orderInSpace({ ...problems[ends], exact }, dim, { beta }, { scheme, viscous })).toBeGreaterThan(leastOrder('space', order.space))
    }
  })
})

describe.each(forKinks)('$name in space', ({ name: scheme, order }) => {
  const least = leastOrder('space', order.space)

  it.each(Object.keys(problems).flatMap((ends) => dims.map((dim) => ({ ends, dim }))))('has its order: $ends ends, $dim-D', async ({ ends, dim }) => {
    expect(await orderInSpace(problems[ends], dim, {}, { scheme })).toBeGreaterThan(least)
  })

  it('has its order with a drift that leaves through open ends', async () => {
    // For u = ½ a Σx² and drift −x, a′ = −a² − 2a: a = 2/(3e^{2t} − 1) from a = 1.
    const exact = (x: readonly number[], t: number): number => squares(x) / (3 * Math.exp(2 * t) - 1)
    const drift = (x: Float64Array, out: Float64Array): void => x.forEach((xk, k) => (out[k] = -xk))
    if (order.space === 1) {
      for (const dim of [1, 2]) expect(await orderInSpace({ ...problems.extrapolate, exact }, dim, { drift }, { scheme })).toBeGreaterThan(least)
      return
    }
    const initial = field(grid(problems.extrapolate.axes(2, 16)), (...x) => exact(x, 0))
    const { final } = await solve(hamiltonJacobi({ initial, drift }), { time: 0.4, scheme, cfl: 0.02 })
    // Exact on parabolas but for the error in time, (dt)³ ≈ (0.02·h/3)³ = 1e−9.
    expect(averageError(final, (x) => exact(x, 0.4))).toBeLessThan(1e-9)
  })

  it("has its order with a metric, a drift and a Hamiltonian of one's own", async () => {
    const drift = (_x: Float64Array, out: Float64Array): void => out.set([0.5, -0.3])
    // Of x + y again: 1ᵀA1 in place of 2, moved by the drift.
    const exact = (x: readonly number[], t: number): number => characteristic(wave, total(x) + 0.2 * t, 2.5 * t)
    const run = (more: More): Promise<number> => orderInSpace({ ...problems.periodic, exact }, 2, more, { scheme })
    expect(await run({ metric: [2, 0.5], drift })).toBeGreaterThan(least)
    if (scheme === 'godunov') return
    expect(await run({ metric: [[1, 0.4], [0.4, 0.7]], drift })).toBeGreaterThan(least)
    const hamiltonian: HamiltonJacobiOptions['hamiltonian'] = {
      value: (_x, p) => 0.5 * (p[0] * p[0] + p[1] * p[1] + 0.5 * p[0] * p[1]) - 0.5 * p[0] + 0.3 * p[1],
      gradient: (_x, p, out) => out.set([p[0] + 0.25 * p[1] - 0.5, p[1] + 0.25 * p[0] + 0.3]),
    }
    expect(await run({ hamiltonian })).toBeGreaterThan(least)
  })
})

/** From the largest differences from a run with many more steps. */
async function orderInTime(initial: Field, more: More, options: Partial<SolveOptions>, time: number, steps: number[]): Promise<number> {
  const run = async (count: number) => (await solve(hamiltonJacobi({ initial, ...more }), { time, dt: time / count, ...options })).final.values.data
  const reference = await run(12 * steps[steps.length - 1])
  const points = []
  for (const count of steps) {
    const u = await run(count)
    points.push({ h: time / count, error: u.reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i])), 0) })
  }
  return fitOrder(points).order
}

/** e^x in each coordinate under a drift that carries it out at both ends: no slope or difference changes sign, so that no choice of a scheme has a corner in time. */
function growing(dim: number, size: number): { initial: Field; drift: NonNullable<HamiltonJacobiOptions['drift']> } {
  const axes = range(dim).map((k): Axis => ({ min: -0.7, max: 0.7 + 0.1 * k, size: size + k, boundary: 'extrapolate' }))
  return { initial: field(grid(axes), (...x) => total(x.map(Math.exp))), drift: (_x, out) => void out.fill(1) }
}

describe.each(schemes)('$name in time', (scheme) => {
  it.each(viscousMethods)('has its order with viscosity, %s', async (viscous) => {
    // Crests stay on nodes; the global dissipation follows the steepest link, and has a corner in time where another one becomes that.
    const crests = { initial: field(grid({ min: 0, max: 2 * Math.PI, size: 32, boundary: 'periodic' }), (x) => 0.5 * Math.cos(x) + 0.1 * Math.cos(2 * x)) }
    const global = scheme.flux === 'lax-friedrichs'
    const { initial, ...more } = global ? growing(1, 16) : crests
    const order = await orderInTime(initial, { ...more, viscosity: global ? 0.02 : 0.1 }, { scheme: scheme.name, viscous }, 0.8, [32, 48, 64])
    expect(order).toBeGreaterThan((viscous === 'exact' ? scheme.order.time : 2) - 0.5)
  })
})

describe.each(forKinks)('$name in time', (scheme) => {
  it.each(dims)('has its order, %i-D', async (dim) => {
    const { initial, drift } = growing(dim, [0, 16, 10, 6][dim])
    expect(await orderInTime(initial, { drift }, { scheme: scheme.name }, 0.5, [24, 32, 48])).toBeGreaterThan(leastOrder('time', scheme.order.time))
  })

  it.each(integrators.filter(({ order }) => scheme.monotone || order >= Math.min(scheme.order.space, 3)))('has the order of $name', async ({ name, order }) => {
    const { initial, drift } = growing(1, 16)
    const integrator = name as NonNullable<SolveOptions['integrator']>
    expect(await orderInTime(initial, { drift }, { scheme: scheme.name, integrator }, 0.5, [24, 32, 48])).toBeGreaterThan(order - 0.5)
  })
})

describe.each(schemes.filter((scheme) => scheme.monotone))('$name as a monotone scheme', (scheme) => {
  const cases = fc.record({
    shape: fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 3 }), ends: fc.array(fc.constantFrom(...closed), { minLength: 3, maxLength: 3 }),
    viscosity: fc.constantFrom(0, 0.02, 3), drift: fc.option(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }), { nil: undefined }),
    metric: fc.constantFrom('none', 'diagonal', 'full'), integrator: fc.constantFrom(...integrators.filter(({ euler }) => euler > 0)),
  }).chain((given) => {
    const size = given.shape.reduce((product, n) => product * n, 1)
    const list = fc.array(fc.integer({ min: -100, max: 100 }).map((k) => k / 50), { minLength: size, maxLength: size })
    return fc.record({ given: fc.constant(given), low: list, rise: list })
  })
  const metricOf = (kind: string, dim: number) => (kind === 'full' && scheme.flux !== 'godunov'
    ? range(dim).map((i) => range(dim).map((j) => (i === j ? 1 + 0.3 * i : 0.4))) : range(dim).map((k) => 0.5 + k))

  it('keeps u ≤ v over steps at the stability limit', () => {
    fc.assert(fc.property(cases, ({ given: { shape, ends, viscosity, drift, metric, integrator }, low, rise }) => {
      const dim = shape.length
      const g = grid(shape.map((size, k) => ({ min: 0, max: 1 + k, size, ...ends[k] })))
      const largest = (scheme.cfl.largest / scheme.integrator.euler) * integrator.euler
      const within = { low: new Float64Array(dim), high: new Float64Array(dim) }
      const initial = field(g, ndarray(Float64Array.from(low), shape.slice()))
      const stepper = discretise(hamiltonJacobi({
        initial, viscosity, ...(metric !== 'none' && { metric: metricOf(metric, dim) }),
        ...(drift && { drift: (x, out) => x.forEach((xk, k) => (out[k] = drift[k] + 0.5 * Math.sin(3 * xk + k))) }),
      }), { ...scheme, integrator, cfl: { standard: largest, largest } }, ordinary, within)
      const u = Float64Array.from(low)
      const v = Float64Array.from(low, (value, i) => value + Math.max(0, rise[i]))
      for (const state of [u, v]) stepper.prepare(state)
      for (let step = 0; step < 3; step++) {
        // Where slopes of elsewhere enter, one dissipation for both, with room for what drifts and held ends add within a step.
        const room = scheme.flux === 'lax-friedrichs' || metric === 'full' ? 2 : 1
        for (const slopes of [slopesOf(g, u), slopesOf(g, v)]) {
          for (let k = 0; k < dim; k++) {
            within.low[k] = Math.min(within.low[k], room * slopes.low[k])
            within.high[k] = Math.max(within.high[k], room * slopes.high[k])
          }
        }
        const dt = Math.min(stepper.stableStep(u), stepper.stableStep(v), 1)
        for (const state of [u, v]) stepper.step(state, dt)
        // Values of size 4 and a few dozen sums a step.
        for (let i = 0; i < u.length; i++) expect(u[i]).toBeLessThanOrEqual(v[i] + 256 * 4 * Number.EPSILON)
      }
    }), { numRuns: 250 })
  })
})

describe.each(schemes)('$name', ({ name: scheme, flux }) => {
  it.each(dims.flatMap((dim) => viscousMethods.map((viscous) => ({ dim, viscous }))))('moves planes exactly through open ends: $dim-D, $viscous', async ({ dim, viscous }) => {
    const p = [2, -0.5, 0.75].slice(0, dim)
    const b = [0.5, 1, -1].slice(0, dim)
    const plane = (x: readonly number[]): number => 1 + total(x.map((xk, k) => p[k] * xk))
    const axes = range(dim).map((k): Axis => ({ min: -2, max: 2 + k, size: 11 - 2 * k, nodes: k === 1 ? 'centers' : 'vertices' }))
    const metric = range(dim).map((i) => range(dim).map((j) => (i === j ? 2 : flux === 'godunov' ? 0 : 0.5)))
    const cases: [More, number][] = [
      [{}, 0.5 * squares(p)],
      [{ metric, drift: (_x, out) => out.set(b) }, total(p.map((pk, k) => pk * (0.5 * total(p.map((pj, j) => metric[k][j] * pj)) - b[k])))],
    ]
    const initial = field(grid(axes), (...x) => plane(x))
    for (const [more, drop] of cases) {
      // Central differences need cells of Péclet numbers up to 1.
      for (const viscosity of flux === 'central' ? [3] : viscous === 'exact' ? [0, 0.3] : [0.3]) {
        const { final, stats } = await solve(hamiltonJacobi({ initial, viscosity, ...more }), { time: 0.5, scheme, viscous, dt: 0.02 })
        // Values up to 10 and a few units of them a stage; nothing grows.
        expect(averageError(final, (x) => plane(x) - 0.5 * drop)).toBeLessThanOrEqual(8 * 10 * Number.EPSILON * stats.steps)
      }
    }
  })

  it.each(places)('commutes with constants and with the mirror: $boundary, $nodes', async ({ boundary, nodes }) => {
    const n = 12
    const viscosity = flux === 'central' ? 2 : 0.02
    const circle = boundary === 'periodic'
    const run = async (values: Float64Array, ends: Boundary, viscous: SolveOptions['viscous'], sign = 1) => {
      const axes = [1, 1.5].map((max): Axis => ({ min: -max, max, size: n, boundary: ends, nodes }))
      const initial = field(grid(axes), ndarray(values, [n, n]))
      const drift = (x: Float64Array, out: Float64Array): void => out.set([sign * 0.3, 0.2 * Math.sin(x[1])])
      return (await solve(hamiltonJacobi({ initial, viscosity, ...(!circle && { drift }) }), { time: 0.05, dt: 0.0025, scheme, viscous })).final.values.data
    }
    // The first node of a circle of vertices may stay where it is.
    const opposite = (i: number): number => (circle ? (n - i) % n : n - 1 - i)
    const mirror = (values: Float64Array): Float64Array => values.map((_, i) => values[opposite(Math.floor(i / n)) * n + opposite(i % n)])
    const values = Float64Array.from({ length: n * n }, (_, i) => 0.2 * Math.cos(i * i))
    for (const viscous of viscousMethods) {
      const plain = await run(values, boundary, viscous)
      const raised = await run(values.map((value) => value + 8), typeof boundary === 'object' ? { dirichlet: boundary.dirichlet + 8 } : boundary, viscous)
      const image = mirror(await run(mirror(values), boundary, viscous, -1))
      for (let i = 0; i < n * n; i++) {
        // Raising rounds data to units of 8 eps; slopes of ±4 carry that through 20 steps.
        expect(Math.abs(raised[i] - plain[i] - 8)).toBeLessThanOrEqual(1e4 * Number.EPSILON)
        expect(Math.abs(image[i] - plain[i])).toBeLessThanOrEqual(1e3 * Number.EPSILON)
      }
    }
  })

  it('commutes with shifts of a periodic grid, bit for bit', async () => {
    const [n, m, a, b] = [20, 9, 7, 4]
    const moved = (values: Float64Array): Float64Array => values.map((_, i) => values[((Math.floor(i / m) + a) % n) * m + (((i % m) + b) % m)])
    const run = async (values: Float64Array) => {
      const axes: Axis[] = [{ min: 0, max: 2, size: n, boundary: 'periodic' }, { min: 0, max: 1, size: m, boundary: 'periodic' }]
      const initial = field(grid(axes), ndarray(values, [n, m]))
      return (await solve(hamiltonJacobi({ initial, viscosity: flux === 'central' ? 2 : 0.02 }), { time: 0.05, dt: 0.0025, scheme })).final.values.data
    }
    const values = Float64Array.from({ length: n * m }, (_, i) => 0.2 * Math.cos(i * i))
    expect(await run(moved(values))).toEqual(moved(await run(values)))
  })
})

describe.each(forKinks)('$name', ({ name: scheme, monotone }) => {
  it('finds the double well and its shock, without new extrema', async () => {
    const time = 1.5
    const f = (x: number): number => (x * x - 1) ** 2 / 4
    /** The minimiser y of f(y) + |x − y|²/2t: y³ + (1/t − 1)y = x/t, with the sign of x. */
    const exact = (x: number): number => {
      let y = Math.max(1, Math.cbrt(Math.abs(x) / time))
      for (let k = 0; k < 60; k++) y -= (y ** 3 + (1 / time - 1) * y - Math.abs(x) / time) / (3 * y * y + 1 / time - 1)
      return f(y) + (Math.abs(x) - y) ** 2 / (2 * time)
    }
    const variation = (v: ArrayLike<number>): number => total(range(v.length - 1).map((i) => Math.abs(v[i + 1] - v[i])))
    const points = []
    for (const n of [61, 121, 241]) {
      const initial = field(grid({ min: -2, max: 2, size: n }), f)
      const { final } = await solve(hamiltonJacobi({ initial }), { time, scheme })
      const u = final.values.data
      const h = initial.grid.spacing[0]
      points.push({ h, error: averageError(final, ([x]) => exact(x)) })
      // An extremum more would vary by twice its height.
      expect(variation(u) - variation(initial.grid.coordinates(0).map(exact))).toBeLessThan((monotone ? 4 : 1) * h)
      for (let i = 0; i < n; i++) expect(Math.abs(u[i] - u[n - 1 - i])).toBeLessThanOrEqual(1e3 * Number.EPSILON)
    }
    expect(fitOrder(points).order).toBeGreaterThan(0.9)
  })
})

it.each([-0.35, 0, 0.4])('godunov holds the standing shock −|x − c| to round-off, c = %f on a node', async (c) => {
  const initial = field(grid({ min: -2, max: 2, size: 81 }), (x) => -Math.abs(x - c))
  const { final, stats } = await solve(hamiltonJacobi({ initial }), { time: 1, scheme: 'godunov' })
  expect(averageError(final, ([x]) => -Math.abs(x - c) - 0.5)).toBeLessThanOrEqual(4 * 3 * Number.EPSILON * stats.steps)
})
