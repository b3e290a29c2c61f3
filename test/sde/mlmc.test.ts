import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Cancelled, DivergenceError } from '../../lib/core/errors.ts'
import { potential } from '../../lib/potential/index.ts'
import { mlmc } from '../../lib/sde/mlmc.ts'
import type { MlmcOptions } from '../../lib/sde/mlmc-options.ts'
import { ornsteinUhlenbeck } from '../../lib/sde/ornstein-uhlenbeck.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { sde } from '../../lib/sde/sde.ts'
import type { StochasticEquation } from '../../lib/sde/system.ts'
import { fitOrder } from '../../lib/stats/order-fit.ts'
import { eulerLaw } from '../support/euler-law.ts'

interface Case {
  name: string
  equation: StochasticEquation
  options: Omit<MlmcOptions, 'seed'>
  exact: number
}

const [drift, sigma] = [0.3, 0.5]
/** dx = 0.3 x dt + 0.5 x dW */
const geometric = sde({ dim: 1, noise: (x, _t, out) => void (out[0] = sigma * x[0]), drift: (x, _t, out) => void (out[0] = drift * x[0]) })
const square = (x: Float64Array): number => x[0] * x[0]

/** E x² of a double well at time 1 from x = 0.5: laws of Euler–Maruyama by quadrature, extrapolated twice, to h³. */
function doubleWellSquare(): number {
  const [a, b, c] = [8, 16, 32].map((n) => eulerLaw((x) => x - x ** 3, Math.sqrt(2 / 3), 1 / n, 0.5, n, 3.5, 141).moment((x) => x * x))
  return (a - 6 * b + 8 * c) / 3
}

const cases: Case[] = [
  {
    name: 'Ornstein–Uhlenbeck, second moment',
    equation: ornsteinUhlenbeck({ relaxation: 1.5, diffusion: 1, beta: 2 }),
    options: { initial: [1], time: 1, dt: 0.25, observe: square, tolerance: 0.02 },
    exact: Math.exp(-3) + (1 - Math.exp(-3)) / 3,
  },
  { name: 'geometric Brownian motion, Milstein', equation: geometric, options: { initial: [1], time: 1, dt: 0.5, observe: (x) => x[0], method: 'milstein', tolerance: 0.02 }, exact: Math.exp(drift) },
  { name: 'geometric Brownian motion, second moment, Euler–Maruyama', equation: geometric, options: { initial: [1], time: 1, dt: 0.25, observe: square, tolerance: 0.08 }, exact: Math.exp(2 * drift + sigma ** 2) },
  {
    name: 'double well, with a short last step',
    equation: overdampedLangevin({ potential: potential('(x^2-1)^2/4'), beta: 3 }),
    options: { initial: [0.5], time: 1, dt: 0.3, observe: square, tolerance: 0.02 },
    exact: doubleWellSquare(),
  },
]

describe.each(cases)('$name', ({ equation, options, exact }) => {
  it('has the root mean square error asked for, and honest standard errors', async () => {
    const { tolerance } = options
    const seeds = 24
    const runs = []
    for (let seed = 0; seed < seeds; seed++) runs.push(await mlmc(equation, { ...options, seed }))
    const meanSquare = runs.reduce((sum, { estimate }) => sum + (estimate - exact) ** 2, 0) / seeds
    // Squares of normals: a mean of 24 has a standard error of √(2/24).
    expect(meanSquare / tolerance ** 2).toBeLessThan(1 + 3 * Math.sqrt(2 / seeds))
    const mean = runs.reduce((sum, { estimate }) => sum + estimate, 0) / seeds
    const scores = runs.reduce((sum, { estimate, standardError }) => sum + ((estimate - mean) / standardError) ** 2, 0) / (seeds - 1)
    expect(Math.abs(scores - 1)).toBeLessThan(4 * Math.sqrt(2 / (seeds - 1)))
    // The mean over the seeds shows the bias: at most half the tolerance, and as estimated.
    expect(Math.abs(mean - exact)).toBeLessThan(tolerance / 2 + (3 * tolerance) / Math.sqrt(seeds))
    for (const { bias, standardError, levels } of runs) {
      expect(bias).toBeLessThanOrEqual(tolerance / 2)
      // Three quarters of the square, up to the hundredth part that is not topped up and what floored variances add.
      expect(standardError).toBeLessThan(Math.sqrt(0.75 * 1.01) * tolerance)
      expect(levels.every(({ paths }) => paths >= 64)).toBe(true)
    }
  })
})

describe('levels', () => {
  it('add up to the estimate and halve dt', async () => {
    const { estimate, standardError, levels, steps } = await mlmc(geometric, { ...cases[1].options, tolerance: 0.01, seed: 4 })
    expect(levels.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(estimate, 14)
    expect(Math.sqrt(levels.reduce((sum, { variance, paths }) => sum + variance / paths, 0))).toBeCloseTo(standardError, 14)
    expect(levels.map(({ dt }) => dt)).toEqual(levels.map((_, l) => 0.5 / 2 ** l))
    expect(levels.map(({ cost }) => cost)).toEqual(levels.map((_, l) => (l === 0 ? 2 : 3 * 2 ** l)))
    expect(levels.reduce((sum, { cost, paths }) => sum + cost * paths, 0)).toBe(steps)
    // A lognormal variable less its mean has heavier tails than a normal one, and some kurtosis.
    expect(levels[0].kurtosis).toBeGreaterThan(3)
  })

  it('are independent of each other', async () => {
    const seeds = 100
    const means: number[][] = []
    for (let seed = 0; seed < seeds; seed++) means.push((await mlmc(geometric, { ...cases[2].options, dt: 1, tolerance: 5, seed })).levels.map(({ mean }) => mean))
    const centred = (l: number): number[] => means.map((one) => one[l] - means.reduce((sum, other) => sum + other[l], 0) / seeds)
    const product = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0)
    for (const [k, l] of [[0, 1], [0, 2], [1, 2]]) {
      // A correlation of 100 independent pairs has a standard error of 0.1. On the same paths P_0 and P_1 − P_0 have one of about 0.7.
      expect(Math.abs(product(centred(k), centred(l))) / Math.sqrt(product(centred(k), centred(k)) * product(centred(l), centred(l)))).toBeLessThan(0.4)
    }
  })

  it('vary as dt^1 with Euler–Maruyama on multiplicative noise and as dt^2 with Milstein', async () => {
    for (const [method, order] of [['euler-maruyama', 1], ['milstein', 2]] as const) {
      const { levels, orders } = await mlmc(geometric, { ...cases[1].options, method, tolerance: 0.003, seed: 1, levels: { least: 5 } })
      const { order: observed } = fitOrder(levels.slice(2).map(({ dt, variance }) => ({ h: dt, error: variance })))
      expect(Math.abs(observed - order)).toBeLessThan(0.3)
      expect(Math.abs(orders.variance - order)).toBeLessThan(0.3)
      expect(Math.abs(orders.weak - 1)).toBeLessThan(0.3)
    }
  })

  it('on noise with Lévy areas keep the order of Milstein', async () => {
    const general = sde({ dim: 2, drift: (x, _t, out) => out.set([-x[0], -x[1]]), noise: (x, _t, out) => out.set([0.4 * Math.sin(x[1]), 0.5, 0.6 * Math.cos(x[0]), 0.3 * x[0]]) })
    const { levels } = await mlmc(general, { initial: [0.5, -0.2], time: 1, dt: 0.25, observe: (x) => x[0] * x[1], method: 'milstein', tolerance: 0.05, seed: 1, levels: { least: 4 } })
    expect(fitOrder(levels.slice(1).map(({ dt, variance }) => ({ h: dt, error: variance }))).order).toBeGreaterThan(1.6)
  })
})

describe('complexity', () => {
  it('is tolerance^−2 for Milstein on scalar noise, and tolerance^−3 without levels', async () => {
    const tolerances = [0.02, 0.01, 0.005, 0.0025]
    const runs = []
    for (const tolerance of tolerances) runs.push(await mlmc(geometric, { ...cases[1].options, tolerance, seed: 2 }))
    const slope = (costs: number[]): number => -fitOrder(tolerances.map((h, i) => ({ h, error: costs[i] }))).order
    expect(Math.abs(slope(runs.map(({ steps }) => steps)) - 2)).toBeLessThan(0.25)
    // The variance of P is that of the coarsest level to a few per cent, and the finest step has to be marched by all paths.
    const plain = runs.map(({ levels }, i) => (levels[0].variance / (0.75 * tolerances[i] ** 2)) / (2 * levels.at(-1)!.dt))
    expect(plain.at(-1)! / runs.at(-1)!.steps).toBeGreaterThan(4)
  })
})

describe('a seed', () => {
  const { equation, options } = cases[3]
  const given = { ...options, tolerance: 0.03, seed: 9 }

  it('has the same numbers for every block size', async () => {
    const whole = await mlmc(equation, given)
    for (const blockSize of [7, 100, 5000]) expect(await mlmc(equation, { ...given, blockSize })).toEqual(whole)
    expect((await mlmc(equation, { ...given, seed: 10 })).estimate).not.toBe(whole.estimate)
  })

  it('continues bit for bit after cancellations', async () => {
    let left = Infinity
    let controller = new AbortController()
    const counted = overdampedLangevin({ beta: 3, potential: potential({ dim: 1, value: (x) => (x[0] ** 2 - 1) ** 2 / 4, gradient(x, out) {
      if (--left === 0) controller.abort()
      out[0] = x[0] ** 3 - x[0]
    } }) })
    let evaluations = 0
    const whole = await mlmc(counted, { ...given, tolerance: 0.06, blockSize: 40 })
    evaluations = whole.steps
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: evaluations }), { minLength: 1, maxLength: 3 }), async (stops) => {
      let state: unknown
      for (const stop of stops) {
        controller = new AbortController()
        left = stop
        const stopped = await mlmc(counted, { ...given, tolerance: 0.06, blockSize: 40, signal: controller.signal, resume: state }).catch((error: unknown) => error)
        left = Infinity
        if (!(stopped instanceof Cancelled)) return
        state = structuredClone(stopped.state)
      }
      expect(await mlmc(counted, { ...given, tolerance: 0.06, blockSize: 40, resume: state })).toEqual(whole)
    }), { numRuns: 15 })
  })

  it('reports progress that does not fall', async () => {
    const fractions: number[] = []
    await mlmc(geometric, { ...cases[1].options, tolerance: 0.004, seed: 1, onProgress: ({ fraction }) => fractions.push(fraction) })
    expect(fractions.length).toBeGreaterThan(0)
    expect(fractions.every((fraction, i) => fraction >= (fractions[i - 1] ?? 0) && fraction <= 1)).toBe(true)
  })
})

describe('bad input', () => {
  const { equation, options } = cases[0]
  const base = { ...options, tolerance: 0.1, seed: 1 }
  it('is refused before any work', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ initial: [1, 2] }, 'mlmc: initial must be a point of 1 coordinate, got [1, 2]'],
      [{ dt: 2 }, 'mlmc: dt must be at most time, 1, got 2'],
      [{ dt: 0 }, 'mlmc: dt must be a positive finite number, got 0'],
      [{ time: 0 }, 'mlmc: time must be a positive finite number, got 0'],
      [{ tolerance: 0 }, 'mlmc: tolerance must be a positive finite number, got 0'],
      [{ observe: 3 }, 'mlmc: observe must be a function, got 3'],
      [{ seed: -1 }, 'mlmc: seed must be an integer of at least 0, got -1'],
      [{ method: 'milstien' }, "did you mean 'milstein'?"],
      [{ method: 'baoab' }, 'mlmc: method must be one that takes the equation'],
      [{ levels: { least: 1 } }, 'mlmc: levels.least must be an integer of at least 2, got 1'],
      [{ levels: { least: 4, most: 3 } }, 'mlmc: levels.most must be an integer of at least 4, got 3'],
      [{ levels: { more: 3 } }, 'mlmc: levels must be one of least, most'],
      [{ levels: { most: 40 } }, 'mlmc: dt must be one that can be halved 40 times on the same Wiener paths'],
      [{ blockSize: 0 }, 'mlmc: blockSize must be an integer of at least 1, got 0'],
      [{ executor: {} }, 'mlmc: executor must be an executor such as inline() or threads(), got object'],
      [{ resume: {} }, 'mlmc: resume must be the state of a cancelled mlmc'],
      [{ tolerence: 1 }, 'did you mean tolerance?'],
    ]
    for (const [change, message] of wrong) await expect(mlmc(equation, { ...base, ...change } as never)).rejects.toThrow(message)
    await expect(mlmc({ kind: 'x' } as never, base)).rejects.toThrow('mlmc: equation must be an equation of kind')
    await expect(mlmc(equation, { ...base, observe: () => NaN })).rejects.toThrow(/mlmc: observe\(.*\) must be a finite number, got NaN/)
  })

  it('a state of another call is refused', async () => {
    const controller = new AbortController()
    controller.abort()
    const { state } = await mlmc(equation, { ...base, signal: controller.signal }).catch((error: unknown) => error) as Cancelled
    await expect(mlmc(equation, { ...base, tolerance: 0.2, resume: state })).rejects.toThrow("mlmc: resume.tolerance must be 0.2, as this call's, got 0.1")
    await expect(mlmc(equation, { ...base, observe: (x) => x[0], resume: state })).rejects.toThrow('mlmc: resume.observe must be')
  })

  it('explosions and biases that stay are not passed over', async () => {
    const cubic = overdampedLangevin({ potential: potential('x^4'), beta: 1 })
    await expect(mlmc(cubic, { ...base, initial: [3], time: 4, dt: 0.5 })).rejects.toThrow(DivergenceError)
    await expect(mlmc(cubic, { ...base, initial: [3], time: 4, dt: 0.5 })).rejects.toThrow('mlmc: paths diverged with dt = 0.5')
    await expect(mlmc(equation, { ...base, dt: 1, tolerance: 0.01, levels: { most: 2 } })).rejects.toThrow(/mlmc: the bias is still about .* after 2 halvings of dt; use a larger tolerance \(now 0.01\)/)
  })
})
