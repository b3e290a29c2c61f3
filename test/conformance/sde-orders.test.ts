import { describe, expect, it } from 'vitest'
import { ordersOn } from '../../lib/sde/choose.ts'
import { systemOf } from '../../lib/sde/families.ts'
import type { Method } from '../../lib/sde/method.ts'
import { methods } from '../../lib/sde/methods/index.ts'
import { sde } from '../../lib/sde/sde.ts'
import { simulate } from '../../lib/sde/simulate.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { refinedProblems, solvedProblems } from './sde-problems.ts'

const paths = 256
const seed = 3
const calculusOf = ({ calculus }: Method): 'ito' | 'stratonovich' => (calculus === 'stratonovich' ? 'stratonovich' : 'ito')

/** r.m.s. distance of paths × dim numbers. */
const distance = (a: Float64Array, b: ArrayLike<number>): number => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / paths)

/** W(1) of all paths, as `simulate` sees them. */
async function wiener(dim: number, dt: number, brownian: 'increments' | 'time-areas'): Promise<number[][]> {
  const { final } = await simulate(sde({ dim, drift: (_x, _t, out) => void out.fill(0), noise: 1 }), { initial: new Array(dim).fill(0), dt, time: 1, paths, seed, brownian })
  return Array.from({ length: paths }, (_, i) => Array.from({ length: dim }, (_k, k) => final.get(i, k)))
}

/** Orders are half an order apart, those of methods that gain on a special problem excepted: the least is what is declared. */
function expectOrder(steps: readonly number[], errors: readonly number[], declared: number, gains: boolean): void {
  const { order } = fitOrder(steps.map((n, i) => ({ h: 1 / n, error: errors[i] })))
  expect(order).toBeGreaterThan(declared - 0.25)
  if (!gains) expect(order).toBeLessThan(declared + 0.25)
}

const takes = (method: Method, equation: Parameters<typeof systemOf>[1]): Promise<string | undefined> =>
  simulate(equation, { initial: new Array(equation.dim).fill(0.1), dt: 1, time: 1, paths: 1, seed, method: method.name }).then(() => undefined, (error: Error) => error.message)

describe.each(methods)('$name: strong order', (method) => {
  const calculus = calculusOf(method)
  it.each(solvedProblems)('$name, against the solution', async (problem) => {
    const equation = problem.equation(calculus)
    const refused = await takes(method, equation)
    if (refused !== undefined) return expect(refused).toMatch(/simulate: method must be one that takes the equation, '.*', got '.*', which (takes|needs)/)
    const steps = [8, 16, 32, 64, 128]
    const errors: number[] = []
    const brownian = method.path === 'time-areas' ? 'time-areas' : 'increments'
    for (const n of steps) {
      const { final } = await simulate(equation, { initial: problem.initial, dt: 1 / n, time: 1, paths, seed, method: method.name })
      errors.push(distance(final.data, (await wiener(problem.noiseDim, 1 / n, brownian)).flatMap((w) => problem.exact(w, 1, calculus))))
    }
    // A drift that does not look at x leaves only the error of integrals over time.
    expectOrder(steps, errors, ordersOn(method, systemOf('test', equation)).strongOrder, problem.noise === 'additive')
  })

  it.each(refinedProblems)('$name, against much smaller steps on the same paths', async (problem) => {
    const equation = problem.equation(calculus)
    if (await takes(method, equation) !== undefined) return
    const at = (n: number): Promise<Float64Array> => simulate(equation, {
      initial: problem.initial, dt: 1 / n, time: 1, paths, seed, method: method.name, areaHalvings: Math.max(0, 12 - Math.log2(n)),
    }).then(({ final }) => final.data)
    const reference = await at(512)
    const steps = [8, 16, 32, 64]
    const errors: number[] = []
    for (const n of steps) errors.push(distance(await at(n), reference))
    const { strongOrder } = ordersOn(method, systemOf('test', equation))
    expectOrder(steps, errors, strongOrder, strongOrder === 1.5)
  })
})

describe('Itô and Stratonovich', () => {
  it('have different limits, each its own', async () => {
    const problem = solvedProblems.find(({ name }) => name === 'diagonal, 1-D')!
    const w = await wiener(1, 1 / 256, 'increments')
    for (const calculus of ['ito', 'stratonovich'] as const) {
      const own = w.flatMap((one) => problem.exact(one, 1, calculus))
      const { final } = await simulate(problem.equation(calculus), { initial: problem.initial, dt: 1 / 256, time: 1, paths, seed, method: 'milstein' })
      expect(distance(final.data, own)).toBeLessThan(0.01)
      // The same coefficients in the other sense: b b′/2 = −a²x(1 − x²) apart.
      const same = sde({ dim: 1, drift: (x, _t, out) => void (out[0] = (1 - x[0] ** 2) * 0.3), noise: (x, _t, out) => void (out[0] = 0.7 * (1 - x[0] ** 2)), calculus })
      const other = await simulate(same, { initial: problem.initial, dt: 1 / 256, time: 1, paths, seed, method: 'milstein' })
      if (calculus === 'ito') expect(distance(other.final.data, own)).toBeGreaterThan(0.05)
      else expect(distance(other.final.data, own)).toBeLessThan(0.01)
    }
  })
})

describe('adaptive steps', () => {
  it('meet the tolerance on the paths of fixed ones', async () => {
    const problem = solvedProblems.find(({ name }) => name === 'diagonal, 2-D')!
    for (const method of ['milstein', 'srk'] as const) {
      const w = await wiener(2, 1 / 8, method === 'srk' ? 'time-areas' : 'increments')
      const exact = w.flatMap((one) => problem.exact(one, 1, 'ito'))
      const errors: number[] = []
      for (const tolerance of [1e-2, 1e-3]) {
        const { final } = await simulate(problem.equation('ito'), { initial: problem.initial, dt: 1 / 8, time: 1, paths, seed, method, tolerance })
        errors.push(distance(final.data, exact))
      }
      // Two components, whose errors the drift and noise carry on: a few tolerances.
      expect(errors[0]).toBeLessThan(3e-2)
      expect(errors[1]).toBeLessThan(3e-3)
    }
    await expect(simulate(problem.equation('ito'), { initial: problem.initial, dt: 1 / 8, time: 1, paths, seed, tolerance: 0.01 })).rejects.toThrow('simulate: method must be of strong order 1')
  })
})
