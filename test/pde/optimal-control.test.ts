import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { threads } from '../../lib/execution/threads.ts'
import { grid } from '../../lib/grid/grid.ts'
import { optimalControl } from '../../lib/pde/control/optimal-control.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { sde } from '../../lib/sde/sde.ts'
import { simulate } from '../../lib/sde/simulate.ts'

/** Riccati: f = ax²/2, V = qx²/2 in n dimensions, s = T − t (Deep Relaxation's control problem, by u = Px²/2 + r). */
const riccati = (a: number, q: number, beta: number, s: number) => {
  const decay = 1 - Math.exp(-2 * a * s)
  return { P: (2 * a * q * Math.exp(-2 * a * s)) / (2 * a + q * decay), r: Math.log(1 + (q * decay) / (2 * a)) / (2 * beta) }
}

const setting = { a: 1.2, q: 2, beta: 1.5, time: 0.8 }
const line = (size: number) => grid({ min: -3, max: 3, size })
const quadratics = { potential: landscapes.quadratic({ matrix: [[setting.a]] }), terminal: landscapes.quadratic({ matrix: [[setting.q]] }), beta: setting.beta, time: setting.time }

describe('optimalControl', () => {
  it('solves the Riccati equation, value and control, at every time', async () => {
    const errors = await Promise.all([61, 121, 241].map(async (size) => {
      const { value, control } = await optimalControl({ ...quadratics, grid: line(size), intervals: size - 1 })
      const off = { value: 0, control: 0 }
      for (const t of [0, 0.013, 0.4, 0.77, 0.8]) {
        const { P, r } = riccati(setting.a, setting.q, setting.beta, setting.time - t)
        for (const x of [-1.5, 0, 0.7, 1]) {
          off.value = Math.max(off.value, Math.abs(value(t).at(x) - (P * x * x) / 2 - r))
          off.control = Math.max(off.control, Math.abs(control(t)[0].at(x) + P * x))
        }
      }
      return off
    }))
    // u is a parabola, which stencils of fifth order know: what is left are steps and cubics in time, of order 4, less half the gap to 3.
    expect(errors[0].value).toBeLessThan(1e-5)
    // Over both halvings together: where the times lie between the saved ones differs from rung to rung.
    expect(errors[2].value).toBeLessThan(errors[0].value / 4 ** 3.5)
    expect(errors[2].control).toBeLessThan(errors[0].control / 4 ** 3.5)
    // Test values: u(0.7, 0) = 0.2210390183.
    const { value } = await optimalControl({ ...quadratics, grid: line(241), intervals: 240 })
    expect(Math.abs(value(0).at(0.7) - 0.2210390183)).toBeLessThan(1e-6)
  })

  it('in two dimensions too, with V = f by default', async () => {
    const axis = { min: -2.4, max: 2.4, size: 49 }
    const { value } = await optimalControl({ potential: potential('0.6 x^2 + 0.3 y^2'), grid: grid([axis, axis]), beta: 2, time: 0.5 })
    const [x, y] = [riccati(1.2, 1.2, 2, 0.5), riccati(0.6, 0.6, 2, 0.5)]
    expect(Math.abs(value(0).at(0.6, -0.9) - (x.P * 0.36 + y.P * 0.81) / 2 - x.r - y.r)).toBeLessThan(1e-4)
  })

  it('is a policy whose cost paths attain, and better than none', async () => {
    const { policy } = await optimalControl({ ...quadratics, grid: line(121) })
    const [f, V] = [quadratics.potential, quadratics.terminal]
    const alpha = new Float64Array(1)
    // The second coordinate collects the running cost ½|α|²; its own noise has mean 0.
    const equation = sde({ dim: 2, noise: 1 / Math.sqrt(setting.beta), drift(x, t, out) {
      policy([x[0]], t, alpha)
      out[0] = alpha[0] - f.gradient([x[0]])[0]
      out[1] = (alpha[0] * alpha[0]) / 2
    } })
    const ensemble = await simulate(equation, { initial: [0.7, 0], dt: 0.04, time: setting.time, paths: 5000, seed: 2, method: 'heun' })
    const terminal = ensemble.mean((x) => V.value([x[0]]))
    const total = ensemble.mean((x) => V.value([x[0]]) + x[1])
    // Test values: E V = 0.1630678386 under the optimal control, 0.3088910331 without one, and u(0.7, 0) in all; Heun's bias is below a hundredth here.
    expect(Math.abs(terminal.estimate - 0.1630678386)).toBeLessThan(4 * terminal.standardError + 0.01 * 0.1630678386)
    expect(Math.abs(total.estimate - 0.2210390183)).toBeLessThan(4 * total.standardError + 0.01 * 0.2210390183)
    expect(terminal.estimate).toBeLessThan(0.3088910331 - 10 * terminal.standardError)
  })

  it('has a policy that is its control at every time, and a drift that holds it', async () => {
    const f = potential('0.6 x^2 + 0.3 y^2 + x y/5')
    const axis = { min: -1.5, max: 1.5, size: 13 }
    const { control, policy, drift } = await optimalControl({ potential: f, grid: grid([axis, axis]), beta: 2, time: 0.5, intervals: 8 })
    const [alpha, slope] = [new Float64Array(2), new Float64Array(2)]
    fc.assert(fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: 0, max: 0.5, noNaN: true }), (x, y, t) => {
      policy([x, y], t, alpha)
      const fields = control(t)
      // Differences of values before or after they are combined over time and space: a few dozen roundings of |u|/h ≤ 3/0.25.
      for (const k of [0, 1]) expect(Math.abs(alpha[k] - fields[k].at(x, y))).toBeLessThan(64 * Number.EPSILON * 12)
      drift([x, y], t, slope)
      const down = f.gradient([x, y])
      for (const k of [0, 1]) expect(slope[k]).toBe(alpha[k] - down[k])
    }))
    // Steps may overshoot the end by a rounding error.
    policy([0.3, 0.2], 0.5 * (1 + 1e-15), alpha)
    policy([0.3, 0.2], 0.5, slope)
    expect(alpha).toEqual(slope)
  })

  it('points to the nearest point of a domain whose value is held or reflected outside', async () => {
    for (const boundary of ['neumann', { dirichlet: 2.7 }] as const) {
      const { policy } = await optimalControl({ ...quadratics, grid: grid({ min: -3, max: 3, size: 31, boundary }), intervals: 8 })
      const [outside, end] = [new Float64Array(1), new Float64Array(1)]
      policy([3.7], 0.3, outside)
      policy([3], 0.3, end)
      expect(outside).toEqual(end)
    }
  })

  it('is followed on other threads, bit for bit', async () => {
    const pool = threads({ workers: 2 })
    const { policy, drift } = await optimalControl({ ...quadratics, grid: line(31), intervals: 8 })
    for (const along of [policy, drift]) {
      const equation = sde({ dim: 1, drift: along, noise: 0.8 })
      const call = { initial: [0.7], dt: 0.05, time: setting.time, paths: 3000, seed: 4, method: 'heun' }
      expect((await simulate(equation, { ...call, executor: pool })).final.data).toEqual((await simulate(equation, call)).final.data)
    }
    const closure = potential({ dim: 1, value: (x) => x[0] ** 2 })
    const { drift: ours } = await optimalControl({ potential: closure, grid: line(31), beta: 2, time: 0.2, intervals: 4 })
    await expect(simulate(sde({ dim: 1, drift: ours, noise: 1 }), { initial: [0], dt: 0.1, time: 0.2, paths: 10, seed: 1, executor: pool })).rejects.toThrow('equation.drift')
    await pool.close()
  })

  it('refuses bad input', async () => {
    const cases: [object, string][] = [
      [{ time: 0 }, 'optimalControl: time must be a positive finite number, got 0'],
      [{ beta: -1 }, 'optimalControl: beta must be a positive finite number, got -1'],
      [{ grid: 3 }, 'optimalControl: grid must be a grid made by grid(), got 3'],
      [{ potential: landscapes.quadratic({ dim: 2 }) }, 'optimalControl: potential must be a potential of dimension 1, as the grid'],
      [{ terminal: 4 }, 'optimalControl: terminal must be a potential of dimension 1, as the grid, or a field on it, got 4'],
      [{ intervals: 2 }, 'optimalControl: intervals must be an integer of at least 3, got 2'],
      [{ termnal: 1 }, 'did you mean terminal?'],
    ]
    for (const [change, message] of cases) await expect(optimalControl({ ...quadratics, grid: line(21), ...change })).rejects.toThrow(message)
    const { value, policy } = await optimalControl({ ...quadratics, grid: line(21) })
    const out = new Float64Array(1)
    expect(() => policy([0], 0.9, out)).toThrow('policy: t must be a time from 0 to 0.8, got 0.9')
    expect(() => policy([0], NaN, out)).toThrow('policy: t must be a finite number, got NaN')
    expect(() => policy([0, 1], 0, out)).toThrow('policy: x must be a point of 1 coordinate, got [0, 1]')
    expect(() => policy([NaN], 0, out)).toThrow('policy: x[0] must be a finite number, got NaN')
    expect(() => value(1)).toThrow('value: t must be a time from 0 to 0.8, got 1')
    expect(() => sde({ dim: 1, drift: () => {}, noise: -1 })).toThrow('sde: noise must be a non-negative finite number, got -1')
  })
})
