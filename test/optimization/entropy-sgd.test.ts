import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentError, DivergenceError } from '../../lib/core/errors.ts'
import { entropySgd } from '../../lib/optimization/entropy-sgd.ts'
import type { EntropySgdOptions } from '../../lib/optimization/entropy-sgd.ts'
import { minimize } from '../../lib/optimization/minimize.ts'
import { sgd } from '../../lib/optimization/sgd.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { leastSquares, mean, recording, targets, variance } from './losses.ts'

const eps = Number.EPSILON
const after = async (options: EntropySgdOptions, initial: number[], iterations: number, curvatures: number[], center?: number[]) =>
  (await minimize(landscapes.quadratic({ curvatures, ...(center && { center }) }), { optimizer: entropySgd(options), initial, iterations, seed: 1 })).point

/** (m_L − ȳ)/(x − ȳ) of the inner loop on ½λx² without noise, r = 1 − η′(λ + 1/γ), and a the weight of the newest sample. */
const remainder = (a: number, r: number, L: number): number => (1 - a) ** L + (a * r * (r ** L - (1 - a) ** L)) / (r - (1 - a))

const curvature = fc.double({ min: 0.05, max: 4, noNaN: true })
const share = fc.double({ min: 0.02, max: 1, noNaN: true })

describe('entropySgd on a quadratic without noise', () => {
  it('averages its inner loop as the closed form of the exponential average has it', async () => {
    await fc.assert(fc.asyncProperty(
      curvature, fc.double({ min: 0.1, max: 10, noNaN: true }), share, fc.double({ min: 0.05, max: 1.95, noNaN: true }), fc.integer({ min: 1, max: 40 }),
      async (lambda, gamma, averaging, s, langevinSteps) => {
        const kappa = lambda + 1 / gamma
        const r = 1 - s
        fc.pre(Math.abs(r - (1 - averaging)) > 0.02)
        const langevinStepSize = s / kappa
        const x = 1.7
        const [m] = await after({ learningRate: 1, gamma, averaging, langevinSteps, langevinStepSize, thermalNoise: 0 }, [x], 1, [lambda])
        const rest = x / (gamma * kappa)
        const exact = rest + (x - rest) * remainder(averaging, r, langevinSteps)
        // Some ten roundings a step, whose effect is summed by a map that contracts; the closed form divides by r − (1 − a).
        expect(Math.abs(m - exact)).toBeLessThan((10 * langevinSteps + 10 / Math.abs(r - (1 - averaging))) * eps * x)
      },
    ), { numRuns: 200 })
  })

  it('has the outer map x(1 − η(1 − q)λ/κ) in every coordinate, about the center', async () => {
    const [learningRate, gamma, averaging, langevinSteps, langevinStepSize] = [0.6, 0.8, 0.4, 7, 0.3]
    const [curvatures, center, initial] = [[0.3, 1.1, 2.9], [0.5, -1, 2], [2, 1, -3]]
    const x = await after({ learningRate, gamma, averaging, langevinSteps, langevinStepSize, thermalNoise: 0 }, initial, 9, curvatures, center)
    curvatures.forEach((lambda, k) => {
      const kappa = lambda + 1 / gamma
      const factor = 1 - learningRate * (1 - remainder(averaging, 1 - langevinStepSize * kappa, langevinSteps)) * (lambda / kappa)
      // Nine outer maps of seven steps, ten roundings each.
      expect(Math.abs(x[k] - center[k] - factor ** 9 * (initial[k] - center[k]))).toBeLessThan(630 * eps * 3)
    })
  })

  it('takes the step ηγ of the gradient flow of the local entropy when the inner loop is long', async () => {
    const [gamma, lambda] = [0.5, 1.2]
    const [x] = await after({ learningRate: 0.4, gamma, langevinSteps: 400, thermalNoise: 0 }, [2], 1, [lambda])
    // ∇u = λx/(1 + γλ). r = 0.68 and 1 − a = 0.25: nothing remains of the start after 400 steps.
    expect(Math.abs(x - (2 - 0.4 * gamma * ((lambda * 2) / (1 + gamma * lambda))))).toBeLessThan(100 * eps)
  })

  it.each([1, 2, 13])('takes the mean of all %i samples for the uniform average', async (langevinSteps) => {
    const [gamma, lambda, h, x] = [1.5, 0.7, 0.2, 2]
    const [m] = await after({ learningRate: 1, gamma, averaging: 'uniform', langevinSteps, langevinStepSize: h, thermalNoise: 0 }, [x], 1, [lambda])
    const kappa = lambda + 1 / gamma
    const r = 1 - h * kappa
    const rest = x / (gamma * kappa)
    const exact = rest + ((x - rest) * (r * (1 - r ** langevinSteps))) / (1 - r) / langevinSteps
    expect(Math.abs(m - exact)).toBeLessThan(20 * langevinSteps * eps * x)
  })

  it('lets the scope grow by a factor in every outer iteration, from its first value on', async () => {
    const [learningRate, scope, scoping, averaging, langevinSteps, h, lambda] = [0.5, 0.6, 0.25, 0.3, 4, 0.2, 1.3]
    const options = { learningRate, scope, averaging, langevinSteps, langevinStepSize: h, thermalNoise: 0 }
    const expected = (growth: number) => {
      let x = 2
      for (let k = 0; k < 6; k++) {
        const kappa = lambda + scope * (1 + growth) ** k
        x *= 1 - learningRate * (1 - remainder(averaging, 1 - h * kappa, langevinSteps)) * (lambda / kappa)
      }
      return x
    }
    for (const growth of [scoping, 0]) {
      const [x] = await after({ ...options, scoping: growth }, [2], 6, [lambda])
      expect(Math.abs(x - expected(growth))).toBeLessThan(6 * 4 * 20 * eps * 2)
    }
    expect(await after(options, [2], 6, [lambda])).toEqual(await after({ ...options, scoping: 0 }, [2], 6, [lambda]))
    expect(Math.abs(expected(scoping) - expected(0))).toBeGreaterThan(1e-3)
  })

  it('is plain gradient descent for one step, no coupling and the newest sample alone', async () => {
    const options = { learningRate: 1, scope: 0, langevinSteps: 1, langevinStepSize: 0.3, averaging: 1, thermalNoise: 0 }
    const [x] = await after(options, [2], 5, [0.7])
    // y = x − η′∇f; x − (x − y) rounds twice more than y.
    expect(Math.abs(x - 2 * (1 - 0.3 * 0.7) ** 5)).toBeLessThan(5 * 6 * eps * 2)
  })
})

describe('momentum', () => {
  it('is Nesterov\'s on the loss gradient of the inner loop, and on x − m of the outer one', async () => {
    const a = [[1.2, 0.4], [0.4, 0.8]]
    const [learningRate, gamma, averaging, langevinSteps, h, momentum] = [0.3, 0.9, 0.6, 5, 0.1, 0.7]
    const run = await minimize(landscapes.quadratic({ matrix: a }), {
      optimizer: entropySgd({ learningRate, gamma, averaging, langevinSteps, langevinStepSize: h, momentum, thermalNoise: 0 }),
      initial: [2, -1], iterations: 8, seed: 1,
    })
    let x = [2, -1]
    let outer = [0, 0]
    for (let k = 0; k < 8; k++) {
      let y = x
      let m = x
      let inner = [0, 0]
      for (let l = 0; l < langevinSteps; l++) {
        const g = [0, 1].map((i) => a[i][0] * y[0] + a[i][1] * y[1])
        inner = inner.map((v, i) => momentum * v + g[i])
        y = y.map((c, i) => c - h * (g[i] + momentum * inner[i]) - (h / gamma) * (c - x[i]))
        m = m.map((c, i) => (1 - averaging) * c + averaging * y[i])
      }
      const pull = x.map((c, i) => c - m[i])
      outer = outer.map((v, i) => momentum * v + pull[i])
      x = x.map((c, i) => c - learningRate * (pull[i] + momentum * outer[i]))
    }
    x.forEach((c, i) => expect(Math.abs(run.point[i] - c)).toBeLessThan(8 * 5 * 20 * eps * 2))
  })
})

describe('thermal noise', () => {
  const coordinates = 20_000
  /** Independent coordinates: as many samples of m_L in one iteration from x = 0 with η = 1. */
  const bowl = (lambda: number) => potential({
    dim: coordinates,
    value: (x) => x.reduce((sum, c) => sum + (lambda / 2) * c * c, 0),
    gradient: (x, out) => {
      for (let k = 0; k < coordinates; k++) out[k] = lambda * x[k]
    },
  })
  const averages = async (lambda: number, options: Omit<EntropySgdOptions, 'learningRate'>) => Array.from((await minimize(bowl(lambda), {
    optimizer: entropySgd({ learningRate: 1, ...options }), initial: new Float64Array(coordinates), iterations: 1, seed: 11,
  })).point)

  /** Var(m_L) of y ← r y + s N, m ← (1 − a_l) m + a_l y from y = m = 0: the covariance of (y, m), step by step. */
  const exactVariance = (r: number, noise: number, L: number, weight: (l: number) => number): number => {
    let [yy, ym, mm] = [0, 0, 0]
    for (let l = 1; l <= L; l++) {
      const a = weight(l)
      const yNew = r * r * yy + noise
      const cross = r * ym
      mm = (1 - a) ** 2 * mm + 2 * a * (1 - a) * cross + a * a * yNew
      ym = (1 - a) * cross + a * yNew
      yy = yNew
    }
    return mm
  }
  const standardErrors = (found: number, exact: number): number => Math.abs(found / exact - 1) / Math.sqrt(2 / (coordinates - 1))

  it.each([
    { averaging: 0.75, h: 0.1, L: 60 },
    { averaging: 0.25, h: 0.1, L: 60 },
    { averaging: 0.1, h: 0.5, L: 60 },
  ])('leaves the closed-form floor in an average of constant weight: %j', async ({ averaging, h, L }) => {
    const [lambda, gamma, noise] = [1, 0.5, 0.3]
    const r = 1 - h * (lambda + 1 / gamma)
    const m = await averages(lambda, { gamma, averaging, langevinSteps: L, langevinStepSize: h, thermalNoise: noise })
    const v = (2 * h * noise ** 2) / (1 - r * r)
    const a = averaging
    // What has not been reached of the floor after L steps, of order max(|r|, 1 − a)^L, is below a tenth of a standard error.
    expect(standardErrors(variance(m), (v * a * (1 + (1 - a) * r)) / (2 - a) / (1 - (1 - a) * r))).toBeLessThan(4)
    expect(Math.abs(mean(m))).toBeLessThan(4 * Math.sqrt(variance(m) / coordinates))
  })

  it.each([1, 3, 8])('has the exact variance after %i steps from rest, for both averages', async (L) => {
    const [lambda, gamma, h, noise] = [0.8, 2, 0.3, 0.5]
    const r = 1 - h * (lambda + 1 / gamma)
    for (const averaging of [0.4, 'uniform'] as const) {
      const m = await averages(lambda, { gamma, averaging, langevinSteps: L, langevinStepSize: h, thermalNoise: noise })
      const exact = exactVariance(r, 2 * h * noise ** 2, L, (l) => (averaging === 'uniform' ? 1 / l : averaging))
      expect(standardErrors(variance(m), exact)).toBeLessThan(4)
    }
  })

  it('of the paper\'s convention has half the variance, from the same normals', async () => {
    const options = { gamma: 1, langevinSteps: 4, langevinStepSize: 0.2, thermalNoise: 0.5, averaging: 0.5 }
    const [standard, paper] = [await averages(1, options), await averages(1, { ...options, noiseConvention: 'paper' })]
    expect(await averages(1, { ...options, noiseConvention: 'langevin' })).toEqual(standard)
    // The map is linear and starts from 0.
    standard.forEach((m, k) => expect(Math.abs(paper[k] - m * Math.SQRT1_2)).toBeLessThanOrEqual(60 * eps))
  })

  it('is fresh in every step and iteration, follows the seed, and leaves the batches alone', async () => {
    const noisy = (thermalNoise: number, seed: number) => async (loss = recording(leastSquares(targets(30, 3)))) => {
      const points: number[] = []
      await minimize(loss.loss, {
        optimizer: entropySgd({ learningRate: 1, gamma: 1, langevinSteps: 3, thermalNoise }), initial: [0, 0, 0], iterations: 4, batchSize: 5, seed,
        onIterate: ({ point }) => points.push(...point),
      })
      return { points, batches: loss.batches }
    }
    const [quiet, loud, again, other] = [await noisy(0, 1)(), await noisy(0.5, 1)(), await noisy(0.5, 1)(), await noisy(0.5, 2)()]
    expect(loud).toEqual(again)
    expect(loud.batches).toEqual(quiet.batches)
    expect(loud.points).not.toEqual(quiet.points)
    expect(other.batches).not.toEqual(loud.batches)
    expect(new Set(loud.batches.map((batch) => batch!.join())).size).toBe(12)
    // On a flat loss each iterate is the sum of its increments, which are independent normals.
    const increments: number[] = []
    let before = 0
    const flat = potential({ dim: 1, value: () => 0, gradient: (_x, out) => out.fill(0) })
    await minimize(flat, {
      optimizer: entropySgd({ learningRate: 1, scope: 0, langevinSteps: 2, averaging: 1, langevinStepSize: 0.5, thermalNoise: 1 }),
      initial: [0], iterations: 4000, seed: 4, onIterate: ({ point: [x] }) => {
        increments.push(x - before)
        before = x
      },
    })
    // Two steps of variance 2 η′ = 1; neighbours uncorrelated.
    expect(Math.abs(variance(increments) / 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / 4000))
    expect(Math.abs(mean(increments.slice(1).map((x, i) => (x * increments[i]) / 2)))).toBeLessThan(4 / Math.sqrt(4000))
  })
})

describe('the smoothing of entropySgd', () => {
  it('is the same under its three names', async () => {
    const run = (smoothing: object) => after({ learningRate: 0.5, ...smoothing } as EntropySgdOptions, [2, 1], 5, [0.5, 2])
    for (const gamma of [0.3, 1, 7.1]) {
      const expected = await run({ gamma })
      expect(await run({ time: gamma })).toEqual(expected)
      expect(await run({ scope: 1 / gamma })).toEqual(expected)
    }
    expect(await run({ gamma: 1 })).not.toEqual(await run({ gamma: 1.1 }))
  })
})

describe('a schedule of the learning rate', () => {
  it('is asked once an iteration, from 0 on', async () => {
    const asked: number[] = []
    const schedule = (iteration: number) => {
      asked.push(iteration)
      return 1 / (iteration + 1)
    }
    const [x] = await after({ learningRate: schedule, scope: 0, langevinSteps: 1, langevinStepSize: 0.5, averaging: 1, thermalNoise: 0 }, [1], 3, [1])
    expect(asked).toEqual([0, 1, 2])
    expect(x).toBeCloseTo((1 - 0.5) * (1 - 0.25) * (1 - 0.5 / 3), 14)
  })

  it.each([[NaN, 'NaN'], [-1, '-1'], ['0.1', '"0.1"']])('is refused when it gives %s', async (value, shown) => {
    for (const [name, optimizer] of [
      ['entropySgd', entropySgd({ learningRate: (k) => (k < 2 ? 0.1 : value) as number, gamma: 1 })],
      ['sgd', sgd({ learningRate: (k) => (k < 2 ? 0.1 : value) as number })],
    ] as const) {
      const run = minimize(landscapes.quadratic(), { optimizer, initial: [1], iterations: 4, seed: 1 })
      await expect(run).rejects.toThrow(ArgumentError)
      await expect(run).rejects.toThrow(`${name}: learningRate(2) must be a non-negative finite number, got ${shown}`)
    }
  })
})

describe('entropySgd', () => {
  it('says when its inner loop diverges, and what to change', async () => {
    const run = minimize(landscapes.quadratic({ curvatures: [30] }), {
      optimizer: entropySgd({ learningRate: 1, gamma: 1, langevinStepSize: 0.2 }), initial: [1], iterations: 1000, seed: 1,
    })
    await expect(run).rejects.toThrow(DivergenceError)
    await expect(run).rejects.toThrow(/^minimize: entropy-sgd diverged in iteration \d+; use a smaller langevinStepSize, which must be below 2\/\(L \+ 1\/gamma\)/)
    const scoped = minimize(landscapes.quadratic(), {
      optimizer: entropySgd({ learningRate: 1, gamma: 1, langevinSteps: 1, scoping: 1e200 }), initial: [1], iterations: 5, seed: 1,
    })
    await expect(scoped).rejects.toThrow(DivergenceError)
  })

  it('has the paper\'s settings where none are given', () => {
    expect(entropySgd({ learningRate: 1, gamma: 4 }).settings).toEqual({
      learningRate: 1, scope: 0.25, langevinSteps: 20, langevinStepSize: 0.1, thermalNoise: 1e-4, noiseConvention: 'langevin', averaging: 0.75,
      scoping: 0, momentum: 0,
    })
  })

  it.each([
    [undefined, 'entropySgd: options must be an object'],
    [{}, 'entropySgd: learningRate must be a positive finite number or a function of the iteration, got undefined'],
    [{ learningRate: 0, gamma: 1 }, 'entropySgd: learningRate must be a positive finite number, got 0'],
    [{ learningRate: 1 }, 'entropySgd: gamma, scope or time must be given exactly once, got none of them'],
    [{ learningRate: 1, gamma: 1, scope: 1 }, 'entropySgd: gamma, scope or time must be given exactly once, got gamma and scope'],
    [{ learningRate: 1, gamma: 1, scope: 0 }, 'got gamma and scope'],
    [{ learningRate: 1, gamma: 0 }, 'entropySgd: gamma must be a positive finite number, got 0'],
    [{ learningRate: 1, gamma: 1e-320 }, 'entropySgd: 1/gamma must be a positive finite number, got Infinity'],
    [{ learningRate: 1, time: NaN }, 'entropySgd: time must be a positive finite number, got NaN'],
    [{ learningRate: 1, scope: -1 }, 'entropySgd: scope must be a positive finite number, got -1'],
    [{ learningRate: 1, gamma: 1, langevinSteps: 0 }, 'entropySgd: langevinSteps must be an integer of at least 1, got 0'],
    [{ learningRate: 1, gamma: 1, langevinStepSize: -0.1 }, 'entropySgd: langevinStepSize must be a positive finite number, got -0.1'],
    [{ learningRate: 1, gamma: 1, thermalNoise: NaN }, 'entropySgd: thermalNoise must be a non-negative finite number, got NaN'],
    [{ learningRate: 1, gamma: 1, noiseConvention: 'papers' }, "(did you mean 'paper'?)"],
    [{ learningRate: 1, gamma: 1, averaging: 0 }, "entropySgd: averaging must be a number above 0 and at most 1, or 'uniform', got 0"],
    [{ learningRate: 1, gamma: 1, averaging: 1.1 }, 'got 1.1'],
    [{ learningRate: 1, gamma: 1, averaging: 'mean' }, 'got "mean"'],
    [{ learningRate: 1, gamma: 1, scoping: -0.1 }, 'entropySgd: scoping must be a non-negative finite number, got -0.1'],
    [{ learningRate: 1, gamma: 1, momentum: 1 }, 'entropySgd: momentum must be a number from 0 to below 1, got 1'],
    [{ learningRate: 1, gama: 1 }, 'did you mean gamma?'],
  ])('refuses %j', (options, message) => {
    expect(() => entropySgd(options as never)).toThrow(ArgumentError)
    expect(() => entropySgd(options as never)).toThrow(message)
  })
})
