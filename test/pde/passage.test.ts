import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled } from '../../lib/core/errors.ts'
import { nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis } from '../../lib/grid/grid.ts'
import { fokkerPlanck } from '../../lib/pde/fokker-planck/equation.ts'
import { committor, meanFirstPassageTime } from '../../lib/pde/passage.ts'
import { potential } from '../../lib/potential/index.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { largestError } from '../support/exact.ts'

const eps = Number.EPSILON
const slack = 0.25
const doubleWell = potential('(x^2 - 1)^2 / 4')
const flat1 = potential('0 x')

describe('meanFirstPassageTime', () => {
  it.each([[5, 19.0939], [10, 66.2686], [20, 729.6707], [40, 102108.365]])('over the barrier of the double well, to four digits on 1201 nodes: beta %d', async (beta, exact) => {
    const on = grid({ min: -3, max: 3, size: 1201 })
    const tau = await meanFirstPassageTime(fokkerPlanck({ grid: on, potential: doubleWell, beta }), { target: (x) => x >= 1 - 1e-9 })
    expect(Math.abs(tau.at(-1) / exact - 1)).toBeLessThanOrEqual(1e-4)
    expect(tau.at(2)).toBe(0)
  })

  it('on a line is the double sum over the barrier, entry by entry, at any beta', async () => {
    // τ_i = Σ_{k ≥ i} (Σ_{j ≤ k} π_j)/(π_k r_k): birth and death, from rates by the flux's formula.
    const on = grid({ min: -2, max: 2, size: 41 })
    const h = 0.1
    for (const beta of [1, 60, 900]) {
      const f = Array.from(on.coordinates(0), (x) => (x * x - 1) ** 2 / 4)
      const rate = (a: number, b: number) => {
        const z = beta * (f[b] - f[a])
        return (z === 0 ? 1 : z / Math.expm1(z)) / (beta * h * h)
      }
      const tau = await meanFirstPassageTime(fokkerPlanck({ grid: on, potential: doubleWell, beta }), { target: (x) => x > 0.95 })
      const target = on.coordinates(0).findIndex((x) => x > 0.95)
      for (let i = 0; i < target; i++) {
        let sum = 0
        for (let k = i; k < target; k++) for (let j = 0; j <= k; j++) sum += (Math.exp(-beta * (f[j] - f[k])) * (j === 0 ? 0.5 : 1)) / rate(k, k + 1)
        // Exponents up to β·2 are rounded, in the reference and in the rates.
        expect(Math.abs(tau.values.get(i) / sum - 1)).toBeLessThanOrEqual(64 * eps * (40 + 2 * beta))
      }
    }
  })

  it('out of a disc and a ball: (R² − r²)β/2d, order 2 where the rim is made of nodes', async () => {
    const points = []
    for (const size of [21, 41, 81]) {
      const on = grid({ min: -1, max: 1, size, boundary: { dirichlet: 0 } })
      const tau = await meanFirstPassageTime(fokkerPlanck({ grid: on, potential: doubleWell, beta: 2, }), { target: () => false })
      const finer = await meanFirstPassageTime(fokkerPlanck({ grid: grid({ min: -1, max: 1, size: 641, boundary: { dirichlet: 0 } }), potential: doubleWell, beta: 2 }), { target: () => false })
      points.push({ h: on.spacing[0], error: largestError(tau, ([x]) => finer.at(x)) })
    }
    expect(Math.abs(fitOrder(points).order - 2)).toBeLessThanOrEqual(slack)
    for (const kind of [{ boundary: { dirichlet: 0 } }, { boundary: { dirichlet: 0 }, nodes: 'centers' }] as Partial<Axis>[]) {
      const on = grid({ min: -1, max: 1, size: 40, ...kind })
      const tau = await meanFirstPassageTime(fokkerPlanck({ grid: on, potential: flat1, beta: 3 }), { target: () => false })
      // β(1 − x²)/2; faces a half cell away are met with an error of h²/8 at most.
      expect(largestError(tau, ([x]) => (3 * (1 - x * x)) / 2)).toBeLessThanOrEqual(kind.nodes === 'centers' ? 3 * on.spacing[0] ** 2 : 1e-12)
    }
    const ball = grid([{ min: -1.1, max: 1.1, size: 89 }, { min: -1.1, max: 1.1, size: 89 }])
    const tau = await meanFirstPassageTime(fokkerPlanck({ grid: ball, potential: potential('0 x y', { variables: ['x', 'y'] }), beta: 2 }), { target: (x, y) => x * x + y * y >= 1 })
    // A ragged rim: order 1.
    expect(Math.abs(tau.at(0, 0) - 0.5)).toBeLessThanOrEqual(2 * ball.spacing[0])
  })

  it('is +∞ where the target may be missed, and only there', async () => {
    const wall = potential({ dim: 1, value: ([x]) => (Math.abs(x) < 0.05 ? Infinity : x * x) })
    const on = grid({ min: -1, max: 1, size: 21 })
    const tau = await meanFirstPassageTime(fokkerPlanck({ grid: on, potential: wall, beta: 1 }), { target: (x) => x > 0.95 })
    tau.values.data.forEach((value, i) => expect(Number.isFinite(value)).toBe(on.coordinates(0)[i] > 0.05))
    // Without noise the drift away from 0 reaches one side only; from 0 itself it stays.
    const drifting = await meanFirstPassageTime(fokkerPlanck({ grid: on, beta: 1, diffusion: 0, drift: ([x], out) => void (out[0] = x) }), { target: (x) => x > 0.95 })
    drifting.values.data.forEach((value, i) => expect(Number.isFinite(value)).toBe(on.coordinates(0)[i] > 0.01))
  })

  it('grows as the target shrinks, and drifts towards it shorten it', async () => {
    await fc.assert(fc.asyncProperty(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0.2, max: 0.9, noNaN: true }), async (push, edge) => {
      const on = grid({ min: -1, max: 1, size: 31 })
      const time = async (c: number, from: number) => (await meanFirstPassageTime(fokkerPlanck({ grid: on, beta: 2, drift: ([x], out) => void (out[0] = c - x) }), { target: (x) => x > from })).values.data
      const [near, far, pushed] = [await time(0, edge), await time(0, Math.min(edge + 0.1, 0.95)), await time(push, edge)]
      near.forEach((value, i) => {
        expect(far[i]).toBeGreaterThanOrEqual(value)
        expect(pushed[i]).toBeLessThanOrEqual(value * (1 + 256 * eps))
      })
    }), { numRuns: 40, seed: 51 })
  })

  it('refuses what it cannot take, and can be cancelled', async () => {
    const equation = fokkerPlanck({ grid: grid({ min: -1, max: 1, size: 21 }), potential: doubleWell, beta: 1 })
    await expect(meanFirstPassageTime(equation, { target: () => false })).rejects.toThrow('meanFirstPassageTime: target must be a region with a node of the grid in it')
    await expect(meanFirstPassageTime(equation, {} as never)).rejects.toThrow('meanFirstPassageTime: target must be a function, got undefined')
    await expect(meanFirstPassageTime({} as never, { target: () => true })).rejects.toThrow(ArgumentError)
    await expect(meanFirstPassageTime(equation, { target: (x) => x > 0.5, signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
  })
})

describe('committor', () => {
  it('on a line is ∫e^{βf} from one side, and with the other way round makes 1', async () => {
    const on = grid({ min: -1.5, max: 1.5, size: 301 })
    const equation = fokkerPlanck({ grid: on, potential: doubleWell, beta: 8 })
    const [low, high] = [(x: number) => x <= -1 + 1e-9, (x: number) => x >= 1 - 1e-9]
    const [there, back] = [await committor(equation, { from: low, to: high }), await committor(equation, { from: high, to: low })]
    let whole = 0
    const partial = Array.from(on.coordinates(0), (x) => {
      if (x > -1 && x < 1 + 1e-9) whole += Math.exp((8 * ((x - 0.005) ** 2 - 1) ** 2) / 4)
      return whole
    })
    there.values.data.forEach((value, i) => {
      // Midpoints of ∫: h²/24 of a second derivative of a few βs.
      expect(Math.abs(value - partial[i] / whole)).toBeLessThanOrEqual(8 * 0.01 ** 2)
      expect(Math.abs(value + back.values.data[i] - 1)).toBeLessThanOrEqual(1e-12)
    })
  })

  it('satisfies its equation in the plane with a current, between 0 and 1', async () => {
    const on = grid([{ min: -2, max: 2, size: 41 }, { min: -2, max: 2, size: 41 }])
    const equation = fokkerPlanck({ grid: on, beta: 3, drift: ([x, y], out) => out.set([x - x ** 3 + y, -y - x]), diffusion: [[1, 0.3], [0.3, 1]] })
    const inside = (c: number) => (x: number, y: number) => (x - c) ** 2 + y * y <= 0.16
    const q = await committor(equation, { from: inside(-1), to: inside(1) })
    q.values.data.forEach((value, i) => {
      const [x, y] = nodeAt(on, i)
      expect(value).toBe(inside(-1)(x, y) ? 0 : inside(1)(x, y) ? 1 : Math.min(Math.max(value, 1e-9), 1))
    })
    // Odd drift: turning by π swaps the regions.
    expect(Math.abs(q.at(0.5, 0.3) + q.at(-0.5, -0.3) - 1)).toBeLessThanOrEqual(1e-12)
    expect(q.at(0, 0)).toBeCloseTo(0.5, 12)
    expect(Math.abs(q.at(0, 0.6) - q.at(0, -0.6))).toBeGreaterThan(0.05)
  })

  it('refuses regions that meet or are empty', async () => {
    const equation = fokkerPlanck({ grid: grid({ min: -1, max: 1, size: 21 }), potential: doubleWell, beta: 1 })
    await expect(committor(equation, { from: (x) => x < 0.5, to: (x) => x > 0 })).rejects.toThrow('committor: to must be a region apart from `from`, got (0.1')
    await expect(committor(equation, { from: (x) => x < -0.5, to: () => false })).rejects.toThrow('committor: to must be a region with a node')
  })
})
