import fc from 'fast-check'
import { expm, matrix as denseMatrix } from 'mathjs'
import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled } from '../../lib/core/errors.ts'
import { field, nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Grid } from '../../lib/grid/grid.ts'
import { integrate } from '../../lib/grid/operators.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { fokkerPlanckRate } from '../../lib/pde/fokker-planck/rate.ts'
import { gibbs } from '../../lib/pde/gibbs.ts'
import { solve } from '../../lib/pde/march.ts'
import type { SolveOptions } from '../../lib/pde/march.ts'
import { potential } from '../../lib/potential/index.ts'

const eps = Number.EPSILON
const absorbing = { dirichlet: 0 } as const
const closedKinds: Partial<Axis>[] = [{}, { nodes: 'centers', boundary: 'neumann' }, { boundary: 'periodic' }, { boundary: 'periodic', nodes: 'centers' }]
const openKinds: Partial<Axis>[] = [{ boundary: absorbing }, { boundary: absorbing, nodes: 'centers' }]
const betas = [0.7, 6, 25]

const doubleWell = potential('(x^2 - 1)^2 + 0.3 x')
/** Neither separable nor symmetric. */
const saddle = potential('(x^2 - 1)^2 + x y / 2 + y^2 + sin(3 x y) / 4')

const lineOf = (kind: Partial<Axis>, size = 61): Grid => grid({ min: -2, max: 2, size, ...kind })
const planeOf = (one: Partial<Axis>, other: Partial<Axis>): Grid => grid([{ min: -2, max: 2, size: 17, ...one }, { min: -1.5, max: 2, size: 14, ...other }])

/** All of the mass in one cell, and a Gaussian narrower than a cell. */
function singular(on: Grid): Field[] {
  const cell = Math.floor(on.size * 0.37)
  const weights = on.weights().data
  const one = field(on, () => 0)
  one.values.data[cell] = 1 / weights[cell]
  const middle = nodeAt(on, cell)
  const narrow = field(on, (...x) => 3 * Math.exp(-x.reduce((sum, xk, k) => sum + ((xk - middle[k]) / (0.6 * on.spacing[k])) ** 2, 0) / 2))
  return [one, narrow]
}

const values = (u: Field): Float64Array => u.values.data
const largest = (u: Field): number => values(u).reduce((most, value) => Math.max(most, value), 0)
const distance = (u: Field, v: Field): number => values(u).reduce((most, value, i) => Math.max(most, Math.abs(value - values(v)[i])), 0)

const marches: SolveOptions[] = [{ time: 2 }, { time: 2, dt: 0.4 }, { time: 40, dt: 20 }]

describe('mass and sign', () => {
  const closed = [
    ...closedKinds.map((kind) => ({ on: lineOf(kind), f: doubleWell })),
    ...closedKinds.map((kind, k) => ({ on: planeOf(kind, closedKinds[(k + 1) % 4]), f: saddle })),
  ]
  it.each(betas.flatMap((beta) => closed.map((problem, k) => ({ beta, k, ...problem }))))('stay, from singular densities: beta $beta, grid $k', async ({ beta, on, f }) => {
    for (const initial of singular(on)) {
      for (const options of marches) {
        const { fields } = await solve(fokkerPlanck({ initial, potential: f, beta }), { ...options, saveAt: [options.time / 100, options.time / 3, options.time] })
        for (const density of fields) {
          expect(values(density).every((value) => value >= 0)).toBe(true)
          expect(Math.abs(integrate(density) / integrate(initial) - 1)).toBeLessThanOrEqual(1e-12)
        }
      }
    }
  })

  const open = [
    ...openKinds.map((kind) => ({ on: lineOf(kind), f: doubleWell })),
    ...openKinds.map((kind, k) => ({ on: planeOf(kind, [...openKinds, {}][k + 1]), f: saddle })),
    { on: planeOf({ boundary: 'periodic' }, openKinds[0]), f: saddle },
  ]
  it.each(betas.flatMap((beta) => open.map((problem, k) => ({ beta, k, ...problem }))))('are never gained at absorbing ends: beta $beta, grid $k', async ({ beta, on, f }) => {
    for (const initial of singular(on)) {
      for (const options of marches) {
        const { fields } = await solve(fokkerPlanck({ initial, potential: f, beta }), { ...options, saveAt: [options.time / 100, options.time / 3, options.time] })
        let before = integrate(initial)
        for (const density of fields) {
          expect(values(density).every((value) => value >= 0)).toBe(true)
          // The sums of the grid's weights round by themselves.
          expect(integrate(density)).toBeLessThanOrEqual(before * (1 + 8 * eps))
          before = integrate(density)
        }
        // Wells of depth 3 keep the cold ones.
        if (beta === 0.7) expect(before).toBeLessThan(0.97 * integrate(initial))
      }
    }
  })

  it('stay where there is none', async () => {
    for (const options of [{ time: 3 }, { time: 3, dt: 0.5 }, { time: 3, tolerance: 1e-6 }]) {
      const { final } = await solve(fokkerPlanck({ initial: field(lineOf({}), () => 0), potential: doubleWell, beta: 3 }), options)
      expect(values(final).every((value) => value === 0)).toBe(true)
    }
  })

  it('stay over ten thousand steps', async () => {
    const [initial] = singular(lineOf({}))
    const { final } = await solve(fokkerPlanck({ initial, potential: doubleWell, beta: 3 }), { time: 10, dt: 1e-3 })
    expect(Math.abs(integrate(final) - 1)).toBeLessThanOrEqual(1e-12)
  })
})

describe('the Gibbs density', () => {
  const problems = [...closedKinds.map((kind) => ({ on: lineOf(kind), f: doubleWell })), ...closedKinds.map((kind) => ({ on: planeOf(kind, {}), f: saddle }))]

  it('is stationary on the grid: no rate, no step moves it', async () => {
    for (const beta of betas) {
      for (const { on, f } of problems) {
        const initial = gibbs(on, f, { beta })
        const equation = fokkerPlanck({ initial, potential: f, beta })
        // e^{−βf} is rounded to eps(1 + β|f|), f up to 20 where it is not negligible; rates are 4/(βh²) at most beside drifts.
        const unit = eps * (1 + beta) * largest(initial)
        const fastest = on.spacing.reduce((sum, h) => sum + 4 / (beta * h * h) + 40 / h, 0)
        expect(values(fokkerPlanckRate(equation, initial)).reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThanOrEqual(16 * unit * fastest)
        for (const dt of [1e-3, 0.1, 10, 1e4]) {
          const { final } = await solve(equation, { time: 3 * dt, dt })
          expect(distance(final, initial)).toBeLessThanOrEqual(64 * unit)
        }
      }
    }
  })

  it('is where every density goes', async () => {
    for (const beta of [0.7, 4]) {
      for (const { on, f } of problems) {
        const [, initial] = singular(on)
        const limit = gibbs(on, f, { beta })
        const mass = integrate(initial)
        for (const options of [{ time: 2000 }, { time: 1e6, dt: 1e4 }]) {
          const { final, stats } = await solve(fokkerPlanck({ initial, potential: f, beta }), options)
          // The slowest mode has died out; what is left is the rounding of the steps, and e^{−βf}'s own.
          expect(distance(final, scaled(limit, mass))).toBeLessThanOrEqual(64 * eps * (1 + beta) * mass * largest(limit) * Math.sqrt(stats.steps))
        }
      }
    }
  })
})

function scaled(u: Field, factor: number): Field {
  const result = field(u.grid, u.values)
  result.values.data.forEach((value, i, all) => (all[i] = factor * value))
  return result
}

describe('a few nodes', () => {
  /** The generator of masses (per full cell), a row at a time, from the formula of the flux. */
  function generator(on: Grid, f: (x: number[]) => number, beta: number): { matrix: number[][]; weights: number[] } {
    const size = on.size
    const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0))
    const volumes = on.weights().data.map((w) => w / on.spacing.reduce((product, h) => product * h, 1))
    const held = new Set<number>()
    for (let i = 0; i < size; i++) {
      const x = nodeAt(on, i)
      for (let k = 0; k < on.dim; k++) {
        const axis = on.axes[k]
        const h = on.spacing[k]
        const stride = on.shape.slice(k + 1).reduce((product, n) => product * n, 1)
        const place = Math.floor(i / stride) % axis.size
        const cells = axis.nodes === 'centers' || axis.boundary === 'periodic'
        const leaks = typeof axis.boundary === 'object'
        if (leaks && !cells && (place === 0 || place === axis.size - 1)) held.add(i)
        const share = !cells && !leaks && (place === 0 || place === axis.size - 1) ? 0.5 : 1
        for (const direction of [-1, 1]) {
          const next = place + direction
          const inside = next >= 0 && next < axis.size
          if (!inside && axis.boundary !== 'periodic' && !(leaks && cells)) continue
          const reach = inside || axis.boundary === 'periodic' ? h : h / 2
          const to = x.slice()
          to[k] += direction * reach
          if (!inside && axis.boundary === 'periodic') to[k] -= direction * (axis.max - axis.min)
          const z = beta * (f(to) - f(x))
          const rate = (z === 0 ? 1 : z / Math.expm1(z)) / (beta * h * reach * share)
          matrix[i][i] -= rate
          if (inside || axis.boundary === 'periodic') matrix[i + (((next + axis.size) % axis.size) - place) * stride][i] += rate
        }
      }
    }
    for (const i of held) for (let j = 0; j < size; j++) matrix[i][j] = matrix[j][i] = 0
    return { matrix, weights: Array.from(volumes, (w, i) => (held.has(i) ? 0 : w)) }
  }

  const axes: Partial<Axis>[] = [...closedKinds, ...openKinds]
  const small = [
    ...axes.map((kind) => ({ on: grid({ min: -1.2, max: 1.5, size: 6, ...kind }), f: doubleWell })),
    ...axes.map((kind, k) => ({ on: grid([{ min: -1.2, max: 1.5, size: 4, ...kind }, { min: -1, max: 1, size: 4, ...axes[(k + 1) % 6] }]), f: saddle })),
    { on: grid({ min: 0, max: 1, size: 2, boundary: 'periodic' }), f: doubleWell },
    { on: grid([{ min: 0, max: 1, size: 1, nodes: 'centers' }, { min: 0, max: 1, size: 2 }, { min: 0, max: 1, size: 1, boundary: 'periodic' }]), f: potential('x^2 + y - z') },
  ]

  it.each(small.map((problem, k) => ({ k, ...problem })))('follow the matrix exponential: grid $k', async ({ on, f }) => {
    const beta = 2
    const time = 0.3
    const initial = field(on, (...x) => 1 + Math.sin(3 * x[0]) * Math.cos(x[x.length - 1]))
    const { matrix, weights } = generator(on, (x) => f.value(x), beta)
    const flow = expm(denseMatrix(matrix.map((row) => row.map((value) => value * time)))).toArray() as number[][]
    const masses = values(initial).map((value, i) => value * weights[i])
    const exact = flow.map((row, i) => (weights[i] === 0 ? 0 : row.reduce((sum, value, j) => sum + value * masses[j], 0) / weights[i]))
    const errors = []
    for (const steps of [300, 600]) {
      const { final } = await solve(fokkerPlanck({ initial, potential: f, beta }), { time, dt: time / steps })
      errors.push(values(final).reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0))
    }
    // Second order in dt: a half of the step leaves a quarter of the error, within a quarter of an octave; or rounding.
    expect(errors[1]).toBeLessThanOrEqual(errors[0] / 2 ** 1.75 + 1e-13)
    expect(errors[1]).toBeLessThanOrEqual(1e-4)
    // The bound holds for the error that is made, whatever the estimate.
    const { final } = await solve(fokkerPlanck({ initial, potential: f, beta }), { time, tolerance: 1e-5 })
    const range = Math.max(...[initial, final].map((u) => largest(u) - values(u).reduce((least, value) => Math.min(least, value), Infinity)))
    expect(values(final).reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i])), 0)).toBeLessThanOrEqual(1e-5 * range)
    // The rate is the matrix times the masses.
    const rate = values(fokkerPlanckRate(fokkerPlanck({ initial, potential: f, beta }), initial))
    matrix.forEach((row, i) => {
      const expected = weights[i] === 0 ? 0 : row.reduce((sum, value, j) => sum + value * masses[j], 0) / weights[i]
      expect(Math.abs(rate[i] - expected)).toBeLessThanOrEqual(64 * eps * row.reduce((sum, value) => sum + Math.abs(value), 0) * 4 * largest(initial))
    })
  })
})

describe('relative entropy', () => {
  const random = fc.record({
    a: fc.double({ min: -2, max: 2, noNaN: true }), b: fc.double({ min: -2, max: 2, noNaN: true }), beta: fc.constantFrom(0.5, 2, 8),
    density: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 24, maxLength: 24 }).filter((list) => list.some((value) => value > 0.1)),
    kind: fc.constantFrom(...closedKinds),
    plane: fc.boolean(),
  })
  const divergence = (density: Field, limit: Field): number => {
    const mass = integrate(density)
    return values(density).reduce((sum, value, i) => {
      const weight = density.grid.weights().data[i]
      return value === 0 ? sum : sum + weight * (value / mass) * Math.log(value / mass / values(limit)[i])
    }, 0)
  }
  it('to the Gibbs density never rises', async () => {
    await fc.assert(fc.asyncProperty(random, async ({ a, b, beta, density, kind, plane }) => {
      const f = potential(plane ? 'a sin(3 x) + b x y + y^2' : 'a sin(3 x) + b x^2', { variables: plane ? ['x', 'y'] : ['x'], parameters: { a, b } })
      const on = plane ? grid([{ min: 0, max: 1, size: 6, ...kind }, { min: 0, max: 1, size: 4 }]) : grid({ min: 0, max: 1, size: 24, ...kind })
      const initial = field(on, () => 0)
      density.forEach((value, i) => (initial.values.data[i] = value))
      const limit = gibbs(on, f, { beta })
      for (const options of [{}, { dt: 0.01 }, { dt: 1 }]) {
        const saveAt = [1e-3, 3e-3, 0.01, 0.03, 0.1, 1, 2, 3]
        const { fields } = await solve(fokkerPlanck({ initial, potential: f, beta }), { time: 3, saveAt, ...options })
        let before = divergence(initial, limit)
        for (const density of fields) {
          const now = divergence(density, limit)
          // Terms of size 1 to log(1/least share), rounded.
          expect(now).toBeLessThanOrEqual(before + 256 * eps)
          before = now
        }
      }
    }), { numRuns: 60, seed: 11 })
  })
})

describe('walls of +Infinity', () => {
  it('hold no mass and let none through', async () => {
    const box = potential({ dim: 1, value: ([x]) => (Math.abs(x) > 1 ? Infinity : Math.abs(x) < 0.06 ? Infinity : x * x) })
    const on = grid({ min: -2, max: 2, size: 81 })
    const initial = field(on, (x) => (x > 0.5 && x < 1 ? 1 : 0))
    const { final } = await solve(fokkerPlanck({ initial, potential: box, beta: 2 }), { time: 50 })
    const part = values(final).map((value, i) => (on.coordinates(0)[i] > 0 ? value : 0))
    expect(part).toEqual(values(final))
    expect(Math.abs(integrate(final) / integrate(initial) - 1)).toBeLessThanOrEqual(1e-12)
    values(final).forEach((value, i) => expect(value === 0).toBe(!(on.coordinates(0)[i] >= 0.06 && on.coordinates(0)[i] <= 1)))
    const [at, other] = [final.at(0.5), final.at(0.9)]
    // e^{−2(.81 − .25)}
    expect(Math.abs(other / at / Math.exp(-1.12) - 1)).toBeLessThanOrEqual(1e-10)
  })
})

describe('fokkerPlanck', () => {
  const line = lineOf({})
  const density = field(line, () => 1)
  it('copies the density and is frozen', () => {
    const initial = field(line, () => 1)
    const equation = fokkerPlanck({ initial, potential: doubleWell, beta: 2 })
    initial.values.data[0] = 5
    expect(equation.initial!.values.get(0)).toBe(1)
    expect(Object.isFrozen(equation)).toBe(true)
    expect(equation).toMatchObject({ kind: 'fokker-planck', beta: 2, potential: doubleWell })
  })

  it('takes an axis without a boundary, also from another grid', () => {
    const again = grid(grid({ min: -1, max: 1, size: 5 }).axes)
    expect(fokkerPlanck({ grid: again, potential: doubleWell, beta: 2 }).grid).toBe(again)
  })

  const boundary = (kind: unknown): Field => field(grid({ min: -1, max: 1, size: 5, boundary: kind as never }), () => 1)
  it.each([
    [undefined, 'fokkerPlanck: options must be an object'],
    [{ initial: density, potential: doubleWell, beta: 2, drift: () => 0 }, 'fokkerPlanck: potential or drift must be given exactly once, got both'],
    [{ potential: doubleWell, beta: 2 }, 'fokkerPlanck: initial or grid must be given exactly once, got neither'],
    [{ initial: density, grid: line, potential: doubleWell, beta: 2 }, 'fokkerPlanck: initial or grid must be given exactly once, got both'],
    [{ initial: 3, potential: doubleWell, beta: 2 }, 'fokkerPlanck: initial must be a field made by field(), got 3'],
    [{ grid: 3, potential: doubleWell, beta: 2 }, 'fokkerPlanck: grid must be a grid made by grid(), got 3'],
    [{ initial: density, potential: doubleWell }, 'fokkerPlanck: beta must be a positive finite number, got undefined'],
    [{ initial: density, potential: doubleWell, beta: -1 }, 'got -1'],
    [{ initial: density, beta: 2 }, 'fokkerPlanck: potential must be a potential made by potential() or landscapes, got undefined'],
    [{ initial: density, potential: saddle, beta: 2 }, 'fokkerPlanck: potential must be a potential of dimension 1, as the grid, got 2'],
    [{ initial: field(line, (x) => x), potential: doubleWell, beta: 2 }, 'fokkerPlanck: initial must be a density, at least 0 everywhere, got -2 at (-2)'],
    [{ initial: field(line, (x) => (x > 0 ? Infinity : 1)), potential: doubleWell, beta: 2 }, 'fokkerPlanck: initial must be finite everywhere'],
    [{ initial: density, potential: potential('1/x^2'), beta: 2 }, 'fokkerPlanck: initial must be 0 where the potential is +Infinity, got 1 at (0)'],
    [{ initial: density, potential: potential({ dim: 1, value: () => Infinity }), beta: 2 }, 'fokkerPlanck: potential must be finite on some node'],
    [{ initial: boundary('extrapolate'), potential: doubleWell, beta: 2 }, "fokkerPlanck: boundary must be 'neumann' (or left out: no flux), 'periodic' or { dirichlet: 0 } (absorbing), got \"extrapolate\""],
    [{ initial: boundary({ dirichlet: 1 }), potential: doubleWell, beta: 2 }, 'got { dirichlet: 1 }'],
    [{ grid: planeOf({}, { boundary: 'extrapolate' }), potential: saddle, beta: 2 }, 'fokkerPlanck: boundary of axis 1 must be'],
  ])('refuses %#', (given, message) => {
    expect(() => fokkerPlanck(given as never)).toThrow(ArgumentError)
    expect(() => fokkerPlanck(given as never)).toThrow(message)
  })

  it('is refused by solve without a density, with a Courant number or two rules for the step', async () => {
    const equation = fokkerPlanck({ initial: density, potential: doubleWell, beta: 2 })
    for (const [given, options, message] of [
      [fokkerPlanck({ grid: line, potential: doubleWell, beta: 2 }), { time: 1 }, 'solve: equation.initial must be a field to start from, got undefined'],
      [equation, { time: 1, cfl: 0.5 }, 'solve: cfl must be left out: no Courant number bounds the steps of scharfetter-gummel, got 0.5'],
      [equation, { time: 1, dt: 1, tolerance: 1 }, 'solve: dt or tolerance must be given at most once, got both'],
      [equation, { time: 1, dt: 1, cfl: 1, tolerance: 1 }, 'solve: dt, cfl or tolerance must be given at most once, got all'],
      [equation, { time: 1, tolerance: 0 }, 'solve: tolerance must be a positive finite number, got 0'],
      [equation, { time: 1, scheme: 'weno5' }, "solve: scheme must be one of 'scharfetter-gummel'"],
    ] as const) {
      await expect(solve(given, options)).rejects.toThrow(ArgumentError)
      await expect(solve(given, options)).rejects.toThrow(message)
    }
  })

  it('returns the density as it is at time 0, and empties absorbing ends after', async () => {
    const initial = field(lineOf({ boundary: absorbing }), () => 1)
    const equation = fokkerPlanck({ initial, potential: doubleWell, beta: 2 })
    const { fields } = await solve(equation, { time: 1e-9, saveAt: [0, 1e-9] })
    expect(values(fields[0])).toEqual(values(initial))
    expect([fields[1].values.get(0), fields[1].values.get(60)]).toEqual([0, 0])
  })

  it('continues a cancelled march bit for bit', async () => {
    const on = planeOf({}, { nodes: 'centers' })
    const equation = fokkerPlanck({ initial: singular(on)[0], potential: saddle, beta: 3 })
    for (const options of [{}, { tolerance: 1e-4 }, { dt: 0.013 }]) {
      const asked = { ...options, time: 1.1, saveAt: [0, 0.3, 0.7] }
      const whole = await solve(equation, asked)
      for (const after of [0, 1, 3]) {
        let asks = 0
        const { signal } = new AbortController()
        Object.defineProperty(signal, 'aborted', { get: () => ++asks > after })
        const error = await solve(equation, { ...asked, signal }).then(() => undefined, (reason: unknown) => reason)
        expect(error).toBeInstanceOf(Cancelled)
        const state: unknown = JSON.parse(JSON.stringify((error as Cancelled).state))
        const rest = await solve(equation, { ...asked, resume: state })
        expect(rest.stats).toEqual(whole.stats)
        expect(rest.fields.map((u) => Array.from(values(u)))).toEqual(whole.fields.map((u) => Array.from(values(u))))
        expect(values(rest.final)).toEqual(values(whole.final))
      }
    }
  })
})
