import { eigs, matrix as denseMatrix } from 'mathjs'
import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled } from '../../lib/core/errors.ts'
import { inline } from '../../lib/execution/executor.ts'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis } from '../../lib/grid/grid.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { fokkerPlanckRate } from '../../lib/pde/fokker-planck/rate.ts'
import { gibbs } from '../../lib/pde/gibbs.ts'
import { slowestMode, spectralGap } from '../../lib/pde/spectral-gap.ts'
import { potential } from '../../lib/potential/index.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'

const doubleWell = potential('(x^2 - 1)^2 / 4')
/** A quarter of the gap to the next order. */
const slack = 0.25

describe('spectralGap', () => {
  // Of the generator on the line, by a spectral method.
  it.each([[5, 0.13477798], [10, 0.03354529], [20, 0.002776141], [40, 1.95893e-5]])('of the double well, to four digits on 1201 nodes: beta %d', async (beta, exact) => {
    const found = await spectralGap(fokkerPlanck({ grid: grid({ min: -3, max: 3, size: 1201 }), potential: doubleWell, beta }))
    expect(Math.abs(found / exact - 1)).toBeLessThanOrEqual(1e-4)
  })

  it('far below rounding of the fastest rate, order 2, by Kramers’ law', async () => {
    // 6e-12, from rates of 1e5. Richardson's limit of the last two is the reference of the others.
    const gaps = []
    for (const size of [151, 301, 601, 1201]) gaps.push({ size, gap: await spectralGap(fokkerPlanck({ grid: grid({ min: -3, max: 3, size }), potential: doubleWell, beta: 100 })) })
    const limit = gaps[3].gap + (gaps[3].gap - gaps[2].gap) / 3
    const { order } = fitOrder(gaps.slice(0, 3).map(({ size, gap }) => ({ h: 6 / (size - 1), error: Math.abs(gap - limit) })))
    expect(Math.abs(order - 2)).toBeLessThanOrEqual(slack)
    // 2/gap → τ → (2π/√2)e^{β/4}(1 + O(1/β)), .0434 off at β = 40.
    expect(Math.abs((2 / limit) * (Math.SQRT2 / (2 * Math.PI)) / Math.exp(25) - 1)).toBeLessThan(0.03)
  })

  it('of quadratics is the least curvature, at every beta, with x_k as its mode', async () => {
    for (const beta of [0.5, 4]) {
      const reach = 7 / Math.sqrt(beta)
      const line = await slowestMode(fokkerPlanck({ grid: grid({ min: -reach, max: reach, size: 401, nodes: 'centers' }), potential: potential('x^2 / 2'), beta }))
      expect(Math.abs(line.gap - 1)).toBeLessThanOrEqual(1e-3)
      expect(line.frequency).toBe(0)
      // Variance 1: x√β, up to its sign.
      const side = Math.sign(line.eigenfunction.at(1))
      for (const x of [-1, 0.5, 1]) expect(Math.abs(side * line.eigenfunction.at(x / Math.sqrt(beta)) - x)).toBeLessThanOrEqual(2e-3)
    }
    const plane = fokkerPlanck({ grid: grid([{ min: -4, max: 4, size: 61 }, { min: -3, max: 3, size: 61 }]), potential: potential('x^2 / 2 + y^2'), beta: 2 })
    // h = 0.133: half of h², twice what quadratics of curvature 1 show on the line.
    expect(Math.abs((await spectralGap(plane)) - 1)).toBeLessThanOrEqual(9e-3)
    const round = fokkerPlanck({ grid: grid([0, 1, 2].map(() => ({ min: -3, max: 3, size: 13 }))), potential: potential('(x^2 + y^2 + z^2) / 2'), beta: 2 })
    // h = ½: half of h² again.
    expect(Math.abs((await spectralGap(round)) - 1)).toBeLessThanOrEqual(0.125)
  })

  const small: { name: string; axis: Partial<Axis> }[] = [
    { name: 'walls', axis: {} }, { name: 'centers', axis: { nodes: 'centers' } }, { name: 'a circle', axis: { boundary: 'periodic' } },
    { name: 'absorbing ends', axis: { boundary: { dirichlet: 0 } } }, { name: 'absorbing faces', axis: { boundary: { dirichlet: 0 }, nodes: 'centers' } },
  ]
  it.each(small)('of a few nodes is the eigenvalue of the symmetrised matrix: $name', async ({ axis }) => {
    const on = grid({ min: -1.5, max: 1.5, size: 9, ...axis })
    const equation = fokkerPlanck({ grid: on, potential: potential('x^2 + 0.3 cos(3 x)'), beta: 2 })
    const columns = Array.from({ length: 9 }, (_, j) => {
      const unit = field(on, () => 0)
      unit.values.data[j] = 1
      return fokkerPlanckRate(equation, unit).values.data
    })
    // √(π_i) about the rates of densities: symmetric by detailed balance of masses.
    const law = gibbs(on, equation.potential!, { beta: 2 }).values.data
    const w = on.weights().data
    const root = (i: number) => Math.sqrt(law[i] * w[i])
    const held = columns.map((column, j) => column[j] === 0)
    const inner = columns.map((_, j) => j).filter((j) => !held[j])
    const symmetric = inner.map((i) => inner.map((j) => -((columns[j][i] * w[i] * root(j)) / root(i)) / w[j]))
    const scaled = symmetric.map((row, a) => row.map((value, b) => (value + symmetric[b][a]) / 2))
    symmetric.forEach((row, a) => row.forEach((value, b) => expect(Math.abs(value - symmetric[b][a])).toBeLessThanOrEqual(1e-12 * 100)))
    const spectrum = (eigs(denseMatrix(scaled)).values as unknown as { toArray(): number[] }).toArray().slice().sort((a, b) => a - b)
    const expected = typeof axis.boundary === 'object' ? spectrum[0] : spectrum[1]
    const { gap, eigenfunction } = await slowestMode(equation)
    expect(Math.abs(gap / expected - 1)).toBeLessThanOrEqual(1e-10)
    expect(eigenfunction.values.data.every(Number.isFinite)).toBe(true)
  })

  it('with a rotation: −1 ± 2i of dx = −x + 2Jx dt, and the least real part where others are nearer to 0', async () => {
    const on = grid([{ min: -3.5, max: 3.5, size: 61 }, { min: -3.5, max: 3.5, size: 61 }])
    const turning = await slowestMode(fokkerPlanck({ grid: on, beta: 2, drift: ([x, y], out) => out.set([-x - 2 * y, 2 * x - y]) }))
    expect(Math.abs(turning.gap - 1)).toBeLessThanOrEqual(0.02)
    expect(Math.abs(turning.frequency - 2)).toBeLessThanOrEqual(0.04)
    // On a circle e^{ikx}: k²/β ± ikc.
    const circle = fokkerPlanck({ grid: grid({ min: 0, max: 2 * Math.PI, size: 200, boundary: 'periodic' }), beta: 2, drift: (_, out) => void (out[0] = 3) })
    const { gap, frequency } = await slowestMode(circle)
    expect(Math.abs(gap - 0.5)).toBeLessThanOrEqual(0.02)
    expect(Math.abs(frequency - 3)).toBeLessThanOrEqual(0.01)
  })

  it('refuses what it cannot take, and can be cancelled', async () => {
    const box = potential({ dim: 1, value: ([x]) => (Math.abs(x) < 0.1 ? Infinity : 0) })
    const on = grid({ min: -1, max: 1, size: 21 })
    await expect(spectralGap(fokkerPlanck({ grid: on, potential: box, beta: 1 }))).rejects.toThrow('spectralGap: equation must be one whose mass ends up in one part of the grid, got 2 parts')
    await expect(spectralGap({} as never)).rejects.toThrow(ArgumentError)
    const equation = fokkerPlanck({ grid: on, potential: doubleWell, beta: 1 })
    await expect(spectralGap(equation, { modes: 3 } as never)).rejects.toThrow('spectralGap: options must be one of executor, signal, onProgress, got modes')
    await expect(slowestMode(equation, { signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
    expect(await spectralGap(equation, { executor: inline() })).toBe(await spectralGap(equation))
  })
})
