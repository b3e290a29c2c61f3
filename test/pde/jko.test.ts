import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled } from '../../lib/core/errors.ts'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { integrate } from '../../lib/grid/operators.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { gibbs } from '../../lib/pde/gibbs.ts'
import { jko } from '../../lib/pde/jko.ts'
import type { Jko } from '../../lib/pde/jko.ts'
import { solve } from '../../lib/pde/march.ts'
import { potential } from '../../lib/potential/index.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'

const slack = 0.25
const on = grid({ min: -5, max: 5, size: 401 })
const doubleWell = potential('(x^2 - 1)^2 / 4')
const bell = (mean: number, variance: number) => field(on, (x) => Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance))

function moments({ levels, quantiles }: Jko, k: number): { mean: number; spread: number } {
  const x = quantiles[k]
  let [mean, square] = [0, 0]
  for (let i = 0; i + 1 < x.length; i++) {
    const mass = levels[i + 1] - levels[i]
    mean += (mass * (x[i] + x[i + 1])) / 2
    square += (mass * (x[i] ** 2 + x[i] * x[i + 1] + x[i + 1] ** 2)) / 3
  }
  return { mean, spread: Math.sqrt(square - mean * mean) }
}

describe('jko', () => {
  it('moves Gaussians in a quadratic as the step’s own equations say', async () => {
    // m⁺ = m/(1 + τλ); σ⁺ minimises (σ⁺ − σ)²/2τ + λσ⁺²/2 − log(σ⁺)/β.
    const [lambda, beta] = [1.5, 2]
    for (const tau of [0.05, 0.5, 5]) {
      const run = await jko(fokkerPlanck({ initial: bell(0.8, 0.1), potential: potential('1.5 x^2 / 2'), beta }), { tau, steps: 4 })
      let { mean, spread } = moments(run, 0)
      for (let k = 1; k <= 4; k++) {
        const before = { mean, spread }
        mean /= 1 + tau * lambda
        const a = 1 / tau + lambda
        spread = (spread / tau + Math.sqrt((spread / tau) ** 2 + (4 * a) / beta)) / (2 * a)
        const found = moments(run, k)
        expect(Math.abs(found.mean - mean)).toBeLessThanOrEqual(1e-9)
        // Densities constant in cells: variances of 1/12 of their squared widths.
        expect(Math.abs(found.spread - spread)).toBeLessThanOrEqual(2e-5)
        expect(Math.abs(run.distances[k - 1] - Math.hypot(mean - before.mean, spread - before.spread))).toBeLessThanOrEqual(1e-4)
      }
    }
  })

  it('never raises the energy, at any tau, nor the step’s own balance: W₂²/2τ is paid for', async () => {
    const equation = fokkerPlanck({ initial: bell(0.3, 0.05), potential: doubleWell, beta: 5 })
    for (const tau of [1e-3, 0.1, 1, 50]) {
      const { energies, distances, fields, times } = await jko(equation, { tau, steps: 6 })
      expect(times).toEqual([0, 1, 2, 3, 4, 5, 6].map((k) => k * tau))
      for (let k = 1; k <= 6; k++) expect(energies[k] + distances[k - 1] ** 2 / (2 * tau)).toBeLessThanOrEqual(energies[k - 1] + 1e-14)
      for (const u of fields.slice(1)) {
        expect(Math.abs(integrate(u) / integrate(fields[0]) - 1)).toBeLessThanOrEqual(1e-13)
        expect(u.values.data.every((value) => value >= 0)).toBe(true)
      }
    }
  })

  it('goes to the equation’s densities with order 1 in tau', async () => {
    const equation = fokkerPlanck({ initial: bell(0.3, 0.05), potential: doubleWell, beta: 5 })
    const exact = (await solve(equation, { time: 1, tolerance: 1e-5 })).final
    const points = []
    for (const steps of [4, 8, 16, 32]) {
      const { fields } = await jko(equation, { tau: 1 / steps, steps })
      const difference = field(on, () => 0)
      exact.values.data.forEach((value, i) => (difference.values.data[i] = Math.abs(value - fields[steps].values.data[i])))
      points.push({ h: 1 / steps, error: integrate(difference) })
    }
    expect(Math.abs(fitOrder(points).order - 1)).toBeLessThanOrEqual(slack)
    expect(points[3].error).toBeLessThan(0.02)
  })

  it('ends in the Gibbs density of beta over D, whose energy is −log Z·D/β, and at walls stays inside', async () => {
    const box = grid({ min: -0.5, max: 1.5, size: 101 })
    const equation = fokkerPlanck({ initial: field(box, (x) => 1 + x), potential: potential('x^2'), beta: 3, diffusion: 1.5 })
    const { fields, energies, quantiles } = await jko(equation, { tau: 5, steps: 8, cells: 1000 })
    const limit = gibbs(box, potential('x^2'), { beta: 2 })
    const mass = integrate(fields[0])
    const off = fields[8].values.data.reduce((most, value, i) => Math.max(most, Math.abs(value / mass - limit.values.data[i])), 0)
    // The density of the half cell at a wall is taken at its middle, h/4 = 0.005 inside: |ρ′| is up to 1.2 there.
    expect(off).toBeLessThanOrEqual(0.005 * 1.2 + 1e-3)
    const logZ = Math.log(Array.from({ length: 20_000 }, (_, i) => Math.exp(-2 * (-0.5 + (i + 0.5) * 1e-4) ** 2) * 1e-4).reduce((sum, value) => sum + value, 0))
    expect(Math.abs(energies[8] + logZ / 2)).toBeLessThanOrEqual(1e-4)
    expect([quantiles[8][0], quantiles[8].at(-1)]).toEqual([-0.5, 1.5])
  })

  it.each([
    [1.5, 0.3, 1], [2.5, 0.3, 1], [1, -1, 5],
  ])('reflects at walls that cut into the density: half width %d, from %d, β = %d', async (half, mean, beta) => {
    const box = grid({ min: -half, max: half, size: 301, nodes: 'centers' })
    const equation = fokkerPlanck({ initial: field(box, (x) => Math.exp(-((x - mean) ** 2) / 0.1)), potential: doubleWell, beta })
    const time = 0.5
    const exact = (await solve(equation, { time, tolerance: 1e-5 })).final
    const mass = integrate(exact)
    const points = []
    for (const steps of [4, 8, 16, 32]) {
      const { fields, energies, distances, quantiles } = await jko(equation, { tau: time / steps, steps, cells: 800 })
      for (let k = 1; k <= steps; k++) expect(energies[k] + (distances[k - 1] ** 2 * steps) / (2 * time)).toBeLessThanOrEqual(energies[k - 1] + 1e-14)
      const difference = field(box, () => 0)
      exact.values.data.forEach((value, i) => (difference.values.data[i] = Math.abs(value - fields[steps].values.data[i]) / mass))
      points.push({ h: 1 / steps, error: integrate(difference) })
      if (half < 2) expect([quantiles[steps][0], quantiles[steps].at(-1)]).toEqual([-half, half])
    }
    expect(Math.abs(fitOrder(points).order - 1)).toBeLessThanOrEqual(slack)
    expect(points[3].error).toBeLessThan(0.02)
  })

  it('finds the minimiser with walls anywhere, gaps between bumps and tails of no mass, at any tau', async () => {
    const starts: ((x: number, half: number) => number)[] = [
      (x, half) => Math.exp(-((x - 0.8 * half) ** 2) / 1e-3) + Math.exp(-((x + 0.8 * half) ** 2) / 2e-3),
      (x, half) => (Math.abs(x - 0.7 * half) < 0.1 * half || Math.abs(x + 0.5 * half) < 0.06 * half ? 1 : 0),
      (x) => Math.exp(-((x - 0.3) ** 2) / 0.02),
      (x, half) => Math.exp(-200 * (x + half)),
    ]
    for (const half of [0.6, 1.2, 2.5]) {
      const box = grid({ min: -half, max: half, size: 101 })
      for (const start of starts) {
        for (const [f, beta] of [['(x^2-1)^2/4', 0.3], ['(x^2-1)^2/4', 5], ['-10 x', 5], ['50 (x^2-1)^2', 5]] as const) {
          const equation = fokkerPlanck({ initial: field(box, (x) => start(x, half)), potential: potential(f), beta })
          for (const tau of [1e-3, 0.1, 100]) {
            const { energies, distances, quantiles, fields } = await jko(equation, { tau, steps: 2, cells: 100 })
            for (let k = 1; k <= 2; k++) {
              expect(energies[k] + distances[k - 1] ** 2 / (2 * tau)).toBeLessThanOrEqual(energies[k - 1] + 8 * Number.EPSILON * (1 + Math.abs(energies[k - 1])))
              expect(quantiles[k].every((x, i) => x >= (i === 0 ? -half : quantiles[k][i - 1]) && x <= half)).toBe(true)
              expect(Math.abs(integrate(fields[k]) / integrate(fields[0]) - 1)).toBeLessThanOrEqual(1e-12)
            }
          }
        }
      }
    }
  })

  it('refuses what is no gradient flow on a line, and can be cancelled', async () => {
    const initial = bell(0, 1)
    const equation = fokkerPlanck({ initial, potential: doubleWell, beta: 1 })
    await expect(jko(fokkerPlanck({ initial, drift: () => {}, beta: 1 }), { tau: 1, steps: 1 })).rejects.toThrow('jko: equation must be one with a potential and a constant D')
    await expect(jko(fokkerPlanck({ grid: on, potential: doubleWell, beta: 1 }), { tau: 1, steps: 1 })).rejects.toThrow('jko: equation.initial must be a density to start from')
    await expect(jko(equation, { tau: 0, steps: 1 })).rejects.toThrow('jko: tau must be a positive finite number, got 0')
    await expect(jko(equation, { tau: 1, steps: -1 })).rejects.toThrow(ArgumentError)
    await expect(jko(equation, { tau: 1, steps: 3, signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
    const circle = grid({ min: 0, max: 1, size: 11, boundary: 'periodic' })
    await expect(jko(fokkerPlanck({ initial: field(circle, () => 1), potential: doubleWell, beta: 1 }), { tau: 1, steps: 1 })).rejects.toThrow('jko: equation.grid must be a grid whose ends reflect')
  })
})
