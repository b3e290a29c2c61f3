import { describe, expect, test } from 'vitest'
import { Cancelled } from '../../lib/core/errors.ts'
import { averagedDrift } from '../../lib/homogenization/averaged-drift.ts'
import type { AveragedDrift, AveragedDriftOptions } from '../../lib/homogenization/averaged-drift.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'

const skew = potential('(x^2 - 1)^2 / 4 + (y - x^2 / 2)^2 + 0.3 sin(3 x y)')
const doubleWell = { potential: landscapes.doubleWell(), at: [0.4], gamma: 0.5, beta: 4 }
const plane = { potential: skew, at: [0.3, -0.2], gamma: 1, beta: 3 }

/** (⟨y⟩ − x)/γ by a plain sum over a square or interval. */
function reference({ potential: f, at, gamma, beta }: { potential: typeof skew; at: number[]; gamma: number; beta: number }, side: number, h: number): number[] {
  const axis = Array.from({ length: Math.round((2 * side) / h) + 1 }, (_, i) => -side + i * h)
  const points = at.length === 1 ? axis.map((a) => [a]) : axis.flatMap((a) => axis.map((b) => [a, b]))
  let mass = 0
  const sums = at.map(() => 0)
  for (const y of points) {
    const w = Math.exp(-beta * (f.value(y) + y.reduce((sum, c, k) => sum + (c - at[k]) ** 2, 0) / (2 * gamma)))
    mass += w
    y.forEach((c, k) => (sums[k] += w * (c - at[k])))
  }
  return sums.map((sum) => sum / mass / gamma)
}

describe('quadrature', () => {
  test('is within 1e−8 of an independent sum, by default up to three dimensions', async () => {
    for (const [setting, side, h] of [[doubleWell, 5, 0.005], [plane, 5, 0.05], [{ ...doubleWell, gamma: 3, beta: 20, at: [0.05] }, 4, 0.005]] as const) {
      const { drift, standardError, bias, method } = await averagedDrift(setting)
      expect(method).toBe('quadrature')
      reference({ ...setting, at: [...setting.at] }, side, h).forEach((exact, k) => expect(Math.abs(drift[k] - exact)).toBeLessThan(1e-10))
      expect(standardError).toEqual(new Float64Array(drift.length))
      bias.forEach((b) => expect(b).toBeLessThan(1e-8))
    }
  })

  test('gamma, scope and time are one quantity', async () => {
    const { gamma, ...rest } = doubleWell
    const runs = await Promise.all([{ gamma }, { time: gamma }, { scope: 1 / gamma }].map((smoothing) => averagedDrift({ ...rest, ...smoothing })))
    expect(runs[1].drift).toEqual(runs[0].drift)
    expect(runs[2].drift).toEqual(runs[0].drift)
  })
})

test('the grid is off by what it says', async () => {
  for (const setting of [doubleWell, plane, { ...doubleWell, beta: 200 }, { potential: landscapes.rippledBowl(), at: [0.7], gamma: 0.3, beta: 2 }]) {
    const exact = await averagedDrift(setting)
    const { drift, bias, standardError } = await averagedDrift({ ...setting, method: 'grid' })
    const size = Math.max(...drift.map(Math.abs))
    expect(standardError).toEqual(new Float64Array(drift.length))
    // The estimate is good to the next order: a hundredth of itself at these spacings, or round-off of differences.
    drift.forEach((d, k) => expect(Math.abs(d - exact.drift[k] - bias[k])).toBeLessThanOrEqual(0.05 * Math.abs(bias[k]) + 1e-9))
    bias.forEach((b) => expect(Math.abs(b)).toBeLessThan(1e-3 * size))
  }
})

/** 200 seeds: standardised errors of variance within [0.7, 1.4] (1 ± 3 √(2/200) and what is not known of the error bars) and none beyond 4.5. */
async function expectHonest(setting: AveragedDriftOptions): Promise<void> {
  const { drift: exact } = await averagedDrift({ ...setting, method: 'quadrature' })
  const runs: AveragedDrift[] = []
  for (let seed = 0; seed < 200; seed++) runs.push(await averagedDrift({ ...setting, seed }))
  exact.forEach((d, k) => {
    const z = runs.map(({ drift, standardError }) => (drift[k] - d) / standardError[k])
    const variance = z.reduce((sum, v) => sum + v * v, 0) / z.length
    expect(variance).toBeGreaterThan(0.7)
    expect(variance).toBeLessThan(1.4)
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(4.5)
  })
}

describe('error bars are honest', () => {
  const cheap = { method: 'langevin', chains: 24, steps: 800, burnIn: 200 } as const
  test('chains in a double well', () => expectHonest({ ...doubleWell, ...cheap }))
  test('chains that hop between two wells', () => expectHonest({ ...doubleWell, gamma: 2, beta: 5, ...cheap, chains: 24, steps: 2000, burnIn: 600 }))
  test('chains in two dimensions', () => expectHonest({ ...plane, ...cheap, chains: 48, steps: 400, burnIn: 100 }))
  test('samples in a double well', () => expectHonest({ ...doubleWell, method: 'importance', samples: 1000 }))
  test('samples where the kernel does not reach the second well', () =>
    expectHonest({ potential: landscapes.rippledBowl(), at: [-1.1], gamma: 0.2, beta: 5, method: 'importance', samples: 1000 }))
  test('samples in two dimensions', () => expectHonest({ ...plane, method: 'importance', samples: 2000 }))
})

describe('chains', () => {
  test('Metropolis’s acceptance leaves no error of the step', async () => {
    const skewed = { potential: potential('exp(2 x) - 3 x'), at: [0], gamma: 5, beta: 1 }
    const { drift: exact } = await averagedDrift(skewed)
    const { drift, standardError, bias, biasStandardError } = await averagedDrift({ ...skewed, method: 'mala', dt: 0.2, chains: 2048, steps: 500, burnIn: 50, seed: 1 })
    expect(Math.abs(drift[0] - exact[0])).toBeLessThan(4.5 * standardError[0])
    expect(bias).toEqual(new Float64Array(1))
    expect(biasStandardError).toBeUndefined()
    // At this step the other chains are off by more than all that.
    const other = await averagedDrift({ ...skewed, method: 'langevin', dt: 0.2, chains: 2048, steps: 500, burnIn: 50, seed: 1 })
    expect(Math.abs(other.drift[0] - exact[0])).toBeGreaterThan(9 * standardError[0])
  })

  test.each(['langevin', 'mala'] as const)('what is left of a far start is as predicted: %s', async (method) => {
    const setting = { potential: landscapes.quadratic(), at: [0.5], gamma: 0.5, beta: 4, method, start: [4], dt: 0.02, steps: 400, chains: 1000, seed: 2 }
    for (const burnIn of [0, 20]) {
      const { drift, standardError, relaxation } = await averagedDrift({ ...setting, burnIn })
      const error = drift[0] + 0.5 / 1.5
      expect(error).toBeGreaterThan(9 * standardError[0])
      // The autocorrelation time itself, from records of some steps each, is known to a fifth or so; the burn-in here is as long.
      expect(Math.abs(error / relaxation![0] - 1)).toBeLessThan(0.6)
    }
  })

  test('by default: steps from the curvature, as many as the correlations need, a small bias', async () => {
    for (const setting of [doubleWell, plane, { potential: potential('abs(x)'), at: [0.4], gamma: 0.6, beta: 2.5 }]) {
      const { drift: exact } = await averagedDrift(setting)
      const run = await averagedDrift({ ...setting, method: 'langevin', seed: 3 })
      expect(run).toMatchObject({ diverged: 0, chains: 256 })
      expect(run.warning).toBeUndefined()
      expect(run.effectiveSampleSize).toBeGreaterThan(2000)
      run.drift.forEach((d, k) => {
        expect(Math.abs(d - exact[k])).toBeLessThan(4.5 * run.standardError[k])
        expect(Math.abs(run.bias[k])).toBeLessThan(4.5 * run.biasStandardError![k] + run.standardError[k])
      })
    }
  })

  test('100 dimensions: a Gaussian mixture', async () => {
    const means = [-1, 0.5].map((m) => Array.from({ length: 100 }, () => m / 10))
    const setting = { weights: [0.3, 0.7], means, variances: [0.2, 0.6], beta: 2 }
    const u = landscapes.gaussianMixture({ ...setting, variances: [0.2 + 0.15, 0.6 + 0.15] })
    const at = Array.from({ length: 100 }, (_, k) => 0.05 * Math.cos(k))
    const { drift, standardError, method } = await averagedDrift({
      potential: landscapes.gaussianMixture(setting), at, gamma: 0.3, beta: 2, chains: 32, steps: 600, burnIn: 100,
    })
    expect(method).toBe('langevin')
    u.gradient(at).forEach((g, k) => expect(Math.abs(drift[k] + g)).toBeLessThan(5 * standardError[k]))
  })

  test('the bias of a long step is seen, and the estimate of it covers it', async () => {
    const skewed = { potential: potential('exp(2 x) - 3 x'), at: [0], gamma: 5, beta: 1 }
    const { drift: exact } = await averagedDrift(skewed)
    const [long, short] = await Promise.all([0.1, 0.05].map((dt) => averagedDrift({ ...skewed, method: 'langevin', dt, chains: 4096, steps: 100 / dt, burnIn: 10 / dt, seed: 1 })))
    const error = long.drift[0] - exact[0]
    expect(Math.abs(error)).toBeGreaterThan(4.5 * long.standardError[0])
    expect(long.bias[0] / error).toBeGreaterThan(1)
    expect(Math.abs(long.bias[0])).toBeGreaterThan(20 * long.biasStandardError![0])
    // Half the step: a quarter of the error or less, here below its error bar.
    expect(Math.abs(short.drift[0] - exact[0])).toBeLessThan(Math.abs(error) / 4 + 4.5 * short.standardError[0])
    expect(Math.abs(short.bias[0])).toBeLessThan(Math.abs(long.bias[0]) / 4)
  })

  test('chains that only the doubled step loses are told', async () => {
    const { bias, diverged, warning } = await averagedDrift({ potential: potential('x^4 / 4 - x'), at: [0], gamma: 5, beta: 1, method: 'langevin', dt: 0.2, chains: 512, steps: 500, seed: 1 })
    expect(diverged).toBe(0)
    expect(Math.abs(bias[0])).toBeLessThan(1)
    expect(warning).toMatch(/^0 chains diverged, and [1-9]\d* at twice the step/)
  })

  test('a far start without burn-in is off by many errors, with it not', async () => {
    const far = { ...doubleWell, method: 'langevin', start: [5], dt: 0.02, steps: 400, chains: 200, seed: 5 } as const
    const { drift: exact } = await averagedDrift(doubleWell)
    const [without, within] = [await averagedDrift({ ...far, burnIn: 0 }), await averagedDrift({ ...far, burnIn: 800 })]
    expect(Math.abs(without.drift[0] - exact[0])).toBeGreaterThan(5 * without.standardError[0])
    expect(Math.abs(within.drift[0] - exact[0])).toBeLessThan(4.5 * within.standardError[0])
  })

  test('chains from one start that stay in the wrong well agree with each other; from starts of their own they are honest', async () => {
    // β·barrier = 10; x on the right, the deeper well on the left.
    const setting = { potential: potential('(x^2 - 1)^2 * 1.5 + 0.4 x'), at: [0.5], gamma: 8, beta: 10 }
    const chains = { method: 'langevin', chains: 50, steps: 600, burnIn: 200 } as const
    const { drift: exact } = await averagedDrift(setting)
    const { drift, standardError } = await averagedDrift({ ...setting, ...chains, start: [0.5] })
    expect(Math.abs(drift[0] - exact[0])).toBeGreaterThan(20 * standardError[0])
    for (let seed = 0; seed < 20; seed++) {
      const own = await averagedDrift({ ...setting, ...chains, seed })
      expect(Math.abs(own.drift[0] - exact[0])).toBeLessThan(4.5 * own.standardError[0])
    }
  })

  test('chains that never hop between two like wells are honest', () =>
    expectHonest({ potential: potential('3 (x^2 - 1)^2 + 0.1 x'), at: [0.1], gamma: 5, beta: 5, method: 'langevin', chains: 100, steps: 200, burnIn: 50 }))

  test('chains that diverge are counted and left out, all of them are an error', async () => {
    const quartic = { potential: potential('x^4'), at: [0], gamma: 1, beta: 1, method: 'langevin', steps: 300, burnIn: 50, chains: 400 } as const
    const some = await averagedDrift({ ...quartic, dt: 0.16, seed: 1 })
    expect(some.diverged).toBeGreaterThan(0)
    expect(some.diverged).toBeLessThan(400)
    // By symmetry.
    expect(Math.abs(some.drift[0])).toBeLessThan(5 * some.standardError[0])
    await expect(averagedDrift({ ...quartic, dt: 5 })).rejects.toThrow(/^averagedDrift: 400 of 400 chains diverged at dt = (5|10); use a smaller dt/)
  })

  test('the same bits for the same seed, and after a cancellation', async () => {
    const setting = { ...plane, method: 'langevin', chains: 150, steps: 6000, burnIn: 500, dt: 0.02, seed: 9 } as const
    const whole = await averagedDrift(setting)
    const controller = new AbortController()
    let state: unknown
    // Before the chains begin there is nothing to keep.
    await averagedDrift({ ...setting, signal: controller.signal, onProgress: ({ activity }) => activity.startsWith('averaging') && controller.abort() }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Cancelled)
      state = structuredClone((error as Cancelled).state)
    })
    expect(state).toBeDefined()
    expect(await averagedDrift({ ...setting, resume: state })).toEqual(whole)
    await expect(averagedDrift({ ...setting, seed: 10, resume: state })).rejects.toThrow('averagedDrift: resume must be the state of the same call')
    const early = await averagedDrift({ ...setting, signal: AbortSignal.abort() }).catch((error: unknown) => (error as Cancelled).state)
    expect(await averagedDrift({ ...setting, resume: early })).toEqual(whole)
    await expect(averagedDrift({ ...setting, resume: {} })).rejects.toThrow('averagedDrift: resume must be the state of a cancelled averagedDrift')
  })
})

test('bad arguments', async () => {
  await expect(averagedDrift({ ...doubleWell, at: [0, 0] })).rejects.toThrow('averagedDrift: at must be a point of 1 coordinate, got [0, 0]')
  await expect(averagedDrift({ ...doubleWell, method: 'langvin' as never })).rejects.toThrow('did you mean \'langevin\'?')
  await expect(averagedDrift({ ...doubleWell, step: 3 } as never)).rejects.toThrow('did you mean steps?')
  await expect(averagedDrift({ ...doubleWell, time: 1 })).rejects.toThrow('averagedDrift: gamma, scope or time must be given exactly once, got gamma and time')
  await expect(averagedDrift({ ...doubleWell, method: 'langevin', chains: 1 })).rejects.toThrow('averagedDrift: chains must be an integer of at least 2, got 1')
  await expect(averagedDrift({ ...doubleWell, method: 'langevin', dt: 0 })).rejects.toThrow('averagedDrift: dt must be a positive finite number, got 0')
  await expect(averagedDrift({ ...doubleWell, method: 'langevin', burnIn: -1 })).rejects.toThrow('averagedDrift: burnIn must be an integer of at least 0, got -1')
  await expect(averagedDrift({ ...doubleWell, method: 'langevin', start: [0, 1] })).rejects.toThrow('averagedDrift: start must be a point of 1 coordinate')
  await expect(averagedDrift({ ...doubleWell, method: 'grid', size: 100 })).rejects.toThrow('averagedDrift: size must be 4n + 1, got 100')
  await expect(averagedDrift({ potential: landscapes.quadratic({ dim: 3 }), at: [0, 0, 0], gamma: 1, beta: 1, method: 'grid' })).rejects.toThrow('averagedDrift: method must be')
  await expect(averagedDrift({ ...doubleWell, executor: 3 as never })).rejects.toThrow('averagedDrift: executor must be')
  for (const method of ['quadrature', 'importance', 'grid', 'langevin'] as const) {
    await expect(averagedDrift({ ...doubleWell, method, signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
  }
})
