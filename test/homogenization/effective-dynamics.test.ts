import { afterAll, describe, expect, test } from 'vitest'
import { ArgumentError } from '../../lib/core/errors.ts'
import { threads } from '../../lib/execution/threads.ts'
import { grid } from '../../lib/grid/grid.ts'
import { averagedDrift } from '../../lib/homogenization/averaged-drift.ts'
import { effectiveDynamics } from '../../lib/homogenization/effective-dynamics.ts'
import type { EffectiveDynamics } from '../../lib/homogenization/effective-dynamics.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { simulate } from '../../lib/sde/simulate.ts'

const pool = threads({ workers: 2 })
afterAll(() => pool.close())

const line = { potential: landscapes.doubleWell(), gamma: 0.5, beta: 4 }
const plane = { potential: potential('(x^2 - 1)^2/4 + (y - x/2)^2/2 + 0.2 cos(3 y)'), gamma: 0.5, beta: 4 }

function driftAt(equation: EffectiveDynamics, x: number[]): number[] {
  const out = new Float64Array(x.length)
  equation.drift(Float64Array.from(x), 0, out)
  return Array.from(out)
}

describe('the averaged equation', () => {
  test('of a quadratic is exponential decay in every direction, whatever beta', async () => {
    const f = landscapes.quadratic({ curvatures: [1.5, 0.2] })
    const equation = effectiveDynamics({ potential: f, gamma: 0.7, beta: 3 })
    const dt = 1 / 64
    const { final } = await simulate(equation, { initial: [1, -2], dt, time: 1, paths: 1, seed: 0, method: 'heun' })
    ;[[1, 1.5], [-2, 0.2]].forEach(([x, lambda], k) => {
      const rate = lambda / (1 + 0.7 * lambda)
      // Heun's factor a step is e^{−rh} + (rh)³/6 − …; over 1/h steps.
      expect(Math.abs(final.get(0, k) - x * Math.exp(-rate))).toBeLessThanOrEqual(Math.abs(x) * Math.exp(-rate) * (rate ** 3 * dt ** 2) / 5 + 1e-7)
    })
  })

  test('has the averaged drift at each point, by quadrature, a table and sampling', async () => {
    for (const [setting, box, points] of [
      [line, grid({ min: -2, max: 2, size: 81 }), [[0.4], [-1.97], [1.23]]],
      [plane, grid([{ min: -2, max: 2, size: 41 }, { min: -1.5, max: 1.5, size: 31 }]), [[0.4, -0.2], [-1.9, 1.45]]],
    ] as const) {
      const byTable = effectiveDynamics({ ...setting, grid: box })
      expect(byTable).toMatchObject({ kind: 'sde', method: 'grid', noise: 0 })
      expect(byTable.error).toBeLessThan(1e-3)
      for (const x of points) {
        const at = [...x]
        const { drift } = await averagedDrift({ ...setting, at })
        const sampled = await averagedDrift({ ...setting, at, method: 'importance', samples: 2000, seed: 5 })
        driftAt(effectiveDynamics(setting), at).forEach((d, k) => expect(Math.abs(d - drift[k])).toBeLessThan(1e-7))
        driftAt(byTable, at).forEach((d, k) => expect(Math.abs(d - drift[k])).toBeLessThanOrEqual(byTable.error!))
        expect(driftAt(effectiveDynamics({ ...setting, method: 'importance', samples: 2000, seed: 5 }), at)).toEqual(Array.from(sampled.drift))
      }
    }
  })

  test('a table is of fourth order, and integrates where it ends', () => {
    const errors = [41, 81, 161].map((size) => effectiveDynamics({ ...line, grid: grid({ min: -2, max: 2, size }) }).error!)
    // Halving the spacing: 16 up to the next order.
    errors.slice(1).forEach((error, i) => expect(errors[i] / error).toBeGreaterThan(12))
    const beyond = driftAt(effectiveDynamics({ ...line, grid: grid({ min: -1, max: 1, size: 11 }) }), [1.5])
    expect(beyond).toEqual(driftAt(effectiveDynamics(line), [1.5]))
  })

  test('beyond three dimensions: sampling, a quadratic', async () => {
    const f = landscapes.quadratic({ curvatures: [1, 2, 0.5, 3] })
    const equation = effectiveDynamics({ potential: f, gamma: 0.5, beta: 2, samples: 1024 })
    expect(equation.method).toBe('importance')
    const x = [1, -1, 0.5, 0.2]
    const { standardError } = await averagedDrift({ potential: f, gamma: 0.5, beta: 2, at: x, method: 'importance', samples: 1024 })
    driftAt(equation, x).forEach((d, k) => {
      const lambda = [1, 2, 0.5, 3][k]
      expect(Math.abs(d + (lambda * x[k]) / (1 + 0.5 * lambda))).toBeLessThan(4.5 * standardError[k])
    })
  })

  test('runs on threads to the same bits, as a table and by quadrature', async () => {
    for (const [equation, paths] of [[effectiveDynamics({ ...line, noise: 0.4, grid: grid({ min: -2, max: 2, size: 41 }) }), 1500], [effectiveDynamics(line), 2]] as const) {
      const options = { initial: [0.3], dt: 0.125, time: 0.5, paths, seed: 4, method: 'euler-maruyama' }
      const [here, there] = [await simulate(equation, options), await simulate(equation, { ...options, executor: pool })]
      expect(there.final.data).toEqual(here.final.data)
    }
  })

  test('bad options', () => {
    const box = grid({ min: -1, max: 1, size: 11 })
    const four = landscapes.quadratic({ dim: 4 })
    for (const [options, message] of [
      [{ ...line, potential: undefined }, 'effectiveDynamics: potential must be a potential, got undefined'],
      [{ ...line, method: 'table' }, "effectiveDynamics: method must be one of 'quadrature', 'importance', 'grid', got \"table\""],
      [{ ...line, method: 'grid' }, "effectiveDynamics: grid must be given with method 'grid' and with no other, got undefined"],
      [{ ...plane, grid: box }, 'effectiveDynamics: grid must be a grid with 2 axes'],
      [{ ...line, grid: grid({ min: -1, max: 1, size: 3 }) }, 'effectiveDynamics: grid must be of vertices, at least 4 along each axis'],
      [{ ...line, potential: four, method: 'quadrature' }, "effectiveDynamics: method must be 'importance' in 4 dimensions, got \"quadrature\""],
      [{ ...line, noise: -1 }, 'sde: noise must be a non-negative finite number, got -1'],
    ] as const) {
      expect(() => effectiveDynamics(options as never)).toThrow(ArgumentError)
      expect(() => effectiveDynamics(options as never)).toThrow(message)
    }
  })
})
