import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled } from '../../lib/core/errors.ts'
import { inline } from '../../lib/execution/executor.ts'
import { nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis } from '../../lib/grid/grid.ts'
import { integrate } from '../../lib/grid/operators.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { fokkerPlanckRate } from '../../lib/pde/fokker-planck/rate.ts'
import { gibbs, logPartition } from '../../lib/pde/gibbs.ts'
import { hamiltonJacobi } from '../../lib/pde/hamilton-jacobi/equation.ts'
import { stationary } from '../../lib/pde/stationary.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { logSumExp } from '../support/exact.ts'

const eps = Number.EPSILON
const betas = [1e-3, 0.1, 1, 30, 1e3, 1e5, 1e7]
const line = grid({ min: -2, max: 2, size: 401 })
const plane = grid([{ min: -2, max: 2, size: 41, nodes: 'centers' }, { min: -1, max: 2, size: 31, boundary: 'periodic' }])
const tilted = potential('(x^2 - 1)^2 + 0.3 x + 7')
const waved = potential('(x^2 - 1)^2 + cos(2 pi y / 3) + x y / 5')

describe('gibbs and logPartition', () => {
  it.each(betas)('are e^{−βf} normalised and the log of its sum: beta %d', (beta) => {
    for (const [on, f] of [[line, tilted], [plane, waved]] as const) {
      const density = gibbs(on, f, { beta })
      expect(Math.abs(integrate(density) - 1)).toBeLessThanOrEqual(8 * eps)
      const weights = on.weights().data
      const exponents = Array.from(density.values.data, (_, i) => Math.log(weights[i]) - beta * f.value(nodeAt(on, i)))
      const z = logSumExp(exponents)
      const log = logPartition(on, f, { beta })
      // Exponents are rounded to eps·β|f|, f up to 17, and the reference sums a thousand terms plainly.
      expect(Math.abs(log - z)).toBeLessThanOrEqual(eps * (16 * (1 + 17 * beta) + 1300))
      density.values.data.forEach((value, i) => {
        const exact = Math.exp(exponents[i] - Math.log(weights[i]) - z)
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(eps * (32 * (1 + 17 * beta) + 1300) * exact + 1e-300)
      })
    }
  })

  it('are the exact Gaussian ones on a fine enough grid, spectrally', () => {
    const on = grid([{ min: -12, max: 12, size: 97 }, { min: -12, max: 12, size: 97 }])
    const f = potential('x^2/2 + y^2')
    for (const beta of [0.5, 1, 3]) {
      // Tails beyond 12 of e^{−βx²/2} and aliases of spacing 1/4 are below e^{−2π²/(2β h²)}: 1e-15 for every β here.
      expect(Math.abs(logPartition(on, f, { beta }) - Math.log((2 * Math.PI) / beta / Math.SQRT2))).toBeLessThanOrEqual(1e-13)
    }
  })

  it('are 0 behind walls', () => {
    const half = potential({ dim: 1, value: ([x]) => (x < 0 ? Infinity : x) })
    const density = gibbs(line, half, { beta: 2 })
    expect(density.values.data.every((value, i) => (value === 0) === (line.coordinates(0)[i] < 0))).toBe(true)
    expect(Math.abs(integrate(density) - 1)).toBeLessThanOrEqual(8 * eps)
  })

  it('have every β and potential whose log Z is a number, and refuse others', () => {
    const shifted = (offset: number) => potential({ dim: 1, value: ([x]) => offset + (x * x) / 2 })
    const flat = potential({ dim: 1, value: ([x]) => (x < 0 ? -1.5e308 : 1.5e308) })
    // Walls at ±1.5e308 differ by more than there is. Weights: 199.5 and 200.5 spacings of 0.01. This β is subnormal, to 4 eps.
    expect(Math.abs(logPartition(line, flat, { beta: 1e-308 / 1.5 }) - Math.log(1.995 * Math.E + 2.005 / Math.E))).toBeLessThanOrEqual(16 * eps)
    expect(Math.abs(logPartition(line, shifted(1e300), { beta: 1e8 }) / -1e308 - 1)).toBeLessThanOrEqual(2 * eps)
    expect(gibbs(line, shifted(0), { beta: 1e300 }).values.data[200] * line.spacing[0]).toBeCloseTo(1, 15)
    for (const offset of [1e10, -1e10]) {
      const call = () => logPartition(line, shifted(offset), { beta: 1e300 })
      expect(call).toThrow(`logPartition: beta must be so small that beta times the least potential ${offset} is a finite number, got 1e+300`)
      expect(call).toThrow(ArgumentError)
    }
  })

  it.each([
    [line, tilted, undefined, 'must be an object with beta'],
    [line, tilted, { beta: 0 }, 'beta must be a positive finite number, got 0'],
    [line, tilted, { beta: Infinity }, 'got Infinity'],
    [line, tilted, { beta: 1, gamma: 2 }, 'options must be one of beta, got gamma'],
    [line, undefined, { beta: 1 }, 'potential must be a potential made by potential() or landscapes, got undefined'],
    [line, waved, { beta: 1 }, 'must be a potential of dimension 1, got dimension 2'],
    [line, potential({ dim: 1, value: () => Infinity }), { beta: 1 }, 'potential must be finite on some node, got +Infinity on all'],
    [3, tilted, { beta: 1 }, 'grid must be a grid made by grid(), got 3'],
  ])('refuse %#', (on, f, options, message) => {
    for (const call of [gibbs, logPartition]) {
      expect(() => call(on as never, f as never, options as never)).toThrow(ArgumentError)
      expect(() => call(on as never, f as never, options as never)).toThrow(message)
      expect(() => call(on as never, f as never, options as never)).toThrow(`${call.name}: `)
    }
  })
})

describe('stationary', () => {
  const kinds: Partial<Axis>[] = [{}, { boundary: 'neumann', nodes: 'centers' }, { boundary: 'periodic' }]
  it.each([0.7, 6, 25])('is the Gibbs density, on which the discrete generator vanishes: beta %d', async (beta) => {
    for (const kind of kinds) {
      for (const [on, f] of [
        [grid({ min: -2, max: 2, size: 81, ...kind }), landscapes.doubleWell()],
        [grid([{ min: -2, max: 2, size: 33, ...kind }, { min: -1, max: 2, size: 31 }]), waved],
      ] as const) {
        const equation = fokkerPlanck({ grid: on, potential: f, beta })
        const found = await stationary(equation, { executor: inline() })
        const most = found.values.data.reduce((top, value) => Math.max(top, value), 0)
        expect(Math.abs(integrate(found) - 1)).toBeLessThanOrEqual(8 * eps)
        const limit = gibbs(on, f, { beta })
        found.values.data.forEach((value, i) => expect(Math.abs(value - limit.values.data[i])).toBeLessThanOrEqual(1e-10 * most))
        // Rates out of a node against what stays: rounding of e^{−βf} times the fastest rate.
        const fastest = on.spacing.reduce((sum, h) => sum + 4 / (beta * h * h) + 60 / h, 0)
        expect(fokkerPlanckRate(equation, found).values.data.every((rate) => Math.abs(rate) <= 32 * eps * (1 + beta) * most * fastest)).toBe(true)
      }
    }
  })

  it('refuses absorbing ends and other equations, and can be cancelled', async () => {
    const leaking = fokkerPlanck({ grid: grid({ min: -1, max: 1, size: 9, boundary: { dirichlet: 0 } }), potential: tilted, beta: 2 })
    await expect(stationary(leaking)).rejects.toThrow('stationary: equation must be one that keeps its mass, got absorbing ends on axis 0')
    await expect(stationary(leaking)).rejects.toThrow(ArgumentError)
    const other = hamiltonJacobi({ initial: gibbs(line, tilted, { beta: 1 }) })
    await expect(stationary(other as never)).rejects.toThrow('stationary: equation must be an equation made by fokkerPlanck(), got "hamilton-jacobi"')
    const equation = fokkerPlanck({ grid: line, potential: tilted, beta: 2 })
    await expect(stationary(equation, { tolerance: 1 } as never)).rejects.toThrow('stationary: options must be one of executor, signal, onProgress, got tolerance')
    await expect(stationary(equation, { signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
  })
})
