import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled, DivergenceError } from '../../lib/core/errors.ts'
import { inline } from '../../lib/execution/executor.ts'
import type { Progress } from '../../lib/execution/progress.ts'
import { entropySgd } from '../../lib/optimization/entropy-sgd.ts'
import { minimize } from '../../lib/optimization/minimize.ts'
import type { Iterate, MinimizeOptions } from '../../lib/optimization/minimize.ts'
import { sgd } from '../../lib/optimization/sgd.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { leastSquares, recording, targets } from './losses.ts'

const eps = Number.EPSILON
const bowl = landscapes.quadratic({ curvatures: [0.5, 2], center: [1, -1], offset: 3 })
const descent = sgd({ learningRate: 0.3 })
const data = leastSquares(targets(40, 3), 1.5)

/** The state that a run leaves when it is cancelled after so many iterations, through JSON. */
async function stateAfter(iterations: number, loss: Parameters<typeof minimize>[0], options: MinimizeOptions): Promise<unknown> {
  const controller = new AbortController()
  if (iterations === 0) controller.abort()
  const error: unknown = await minimize(loss, {
    ...options, signal: controller.signal, onIterate: (iterate) => {
      options.onIterate?.(iterate)
      if (iterate.iteration === iterations) controller.abort()
    },
  }).then(() => undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(Cancelled)
  const { state } = error as Cancelled
  const plain: unknown = JSON.parse(JSON.stringify(state))
  expect(plain).toEqual(state)
  return plain
}

describe('sgd without batches', () => {
  it('is gradient descent, exact on a quadratic', async () => {
    const { point, value, ...rest } = await minimize(bowl, { optimizer: descent, initial: [3, 2], iterations: 20, seed: 1 })
    const exact = [1 + 2 * (1 - 0.15) ** 20, -1 + 3 * (1 - 0.6) ** 20]
    // Four roundings a step of numbers below 4, and the map contracts.
    exact.forEach((x, k) => expect(Math.abs(point[k] - x)).toBeLessThan(20 * 4 * eps * 4))
    expect(value).toBe(bowl.value(point))
    expect(rest).toMatchObject({ optimizer: 'sgd', iterations: 20, gradientEvaluations: 20 })
    expect('samplesSeen' in rest).toBe(false)
  })

  it('goes through all samples of a data loss in order, also with a batch of all of them', async () => {
    const { loss, batches } = recording(data)
    const run = await minimize(loss, { optimizer: descent, initial: [1, 2, 3], iterations: 5, seed: 1 })
    expect(batches).toEqual(new Array(5).fill(undefined))
    const whole = await minimize(loss, { optimizer: descent, initial: [1, 2, 3], iterations: 5, batchSize: 40, seed: 7 })
    expect(whole).toEqual(run)
    expect(batches).toEqual(new Array(10).fill(undefined))
    const mean = [0, 1, 2].map((k) => targets(40, 3).reduce((sum, target) => sum + target[k], 0) / 40)
    mean.forEach((m, k) => expect(Math.abs(run.point[k] - (m + (1 - 0.45) ** 5 * (k + 1 - m)))).toBeLessThan(5 * 45 * eps * 3))
  })

  it.each(['heavy-ball', 'nesterov'] as const)('with momentum follows the recursion by hand: %s', async (momentumKind) => {
    const run = await minimize(bowl, { optimizer: sgd({ learningRate: 0.2, momentum: 0.8, momentumKind }), initial: [3, 2], iterations: 30, seed: 1 })
    for (const [k, lambda, center, start] of [[0, 0.5, 1, 3], [1, 2, -1, 2]]) {
      let [x, v] = [start, 0]
      for (let n = 0; n < 30; n++) {
        const g = lambda * (x - center)
        v = 0.8 * v + g
        x -= 0.2 * (momentumKind === 'nesterov' ? g + 0.8 * v : v)
      }
      expect(Math.abs(run.point[k] - x)).toBeLessThan(30 * 10 * eps * 4)
    }
  })

  it('takes a schedule and leaves its initial point alone', async () => {
    const initial = [3, 2]
    const { point } = await minimize(bowl, { optimizer: sgd({ learningRate: (k) => [0.5, 0.1, 0][k] }), initial, iterations: 3, seed: 1 })
    expect(initial).toEqual([3, 2])
    expect(Math.abs(point[0] - (1 + 2 * (1 - 0.25) * (1 - 0.05)))).toBeLessThan(12 * eps * 4)
    expect((await minimize(bowl, { optimizer: descent, initial: Float64Array.of(3, 2), iterations: 0, seed: 1 })).point).toEqual(Float64Array.of(3, 2))
  })
})

describe('the history', () => {
  const inner = entropySgd({ learningRate: 0.5, gamma: 1, langevinSteps: 4 })

  it('has every iterate of a potential', async () => {
    const { history, value } = await minimize(bowl, { optimizer: inner, initial: [3, 2], iterations: 3, seed: 1 })
    expect(history.map(({ iteration, gradientEvaluations }) => [iteration, gradientEvaluations])).toEqual([[0, 0], [1, 4], [2, 8], [3, 12]])
    expect(history[0].value).toBe(bowl.value([3, 2]))
    expect(history[3].value).toBe(value)
    expect(Object.keys(history[1])).toEqual(['iteration', 'gradientEvaluations', 'value'])
  })

  it('has an entry of a data loss as often as all samples have been gone through, and the last', async () => {
    // 4 gradients of 3 samples an iteration, 40 samples: epochs end in iterations 4 (48), 7 (84) and 10 (120).
    const { history } = await minimize(data, { optimizer: inner, initial: [0, 0, 0], iterations: 11, batchSize: 3, seed: 1 })
    expect(history.map(({ iteration, samplesSeen }) => [iteration, samplesSeen])).toEqual([[0, 0], [4, 48], [7, 84], [10, 120], [11, 132]])
    expect(history.every(({ iteration, gradientEvaluations }) => gradientEvaluations === 4 * iteration)).toBe(true)
    const often = await minimize(data, { optimizer: descent, initial: [0, 0, 0], iterations: 3, seed: 1 })
    expect(often.history.map(({ samplesSeen }) => samplesSeen)).toEqual([0, 40, 80, 120])
  })

  it('is as rare as recordEvery asks, first and last included', async () => {
    for (const [loss, initial] of [[bowl, [3, 2]], [data, [0, 0, 0]]] as const) {
      const { history } = await minimize(loss, { optimizer: descent, initial, iterations: 7, recordEvery: 3, seed: 1 })
      expect(history.map(({ iteration }) => iteration)).toEqual([0, 3, 6, 7])
    }
  })

  it('is not counted as gradient evaluations, which a budget bounds', async () => {
    const { loss, batches } = recording(data)
    for (const [budget, iterations] of [[11, 2], [12, 3], [3, 0], [0, 0]]) {
      batches.length = 0
      const run = await minimize(loss, { optimizer: inner, initial: [0, 0, 0], gradientEvaluations: budget, batchSize: 2, seed: 1 })
      expect(run).toMatchObject({ iterations, gradientEvaluations: 4 * iterations, samplesSeen: 8 * iterations })
      expect(batches.length).toBe(4 * iterations)
    }
  })

  it('comes with iterates, each a copy', async () => {
    const iterates: Iterate[] = []
    const run = await minimize(bowl, { optimizer: descent, initial: [3, 2], iterations: 4, recordEvery: 2, seed: 1, onIterate: (iterate) => {
      iterates.push({ ...iterate, point: iterate.point.slice() })
      iterate.point.fill(NaN)
    } })
    expect(iterates.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4])
    expect(iterates.map(({ value }) => value !== undefined)).toEqual([false, true, false, true])
    expect(iterates[3]).toEqual({ point: run.point, value: run.value, iteration: 4, gradientEvaluations: 4 })
    expect(iterates[1].value).toBe(bowl.value(iterates[1].point))
  })
})

describe('a run', () => {
  it('continues bit for bit from any cancellation', async () => {
    const settings = { learningRate: 0.3, gamma: 0.7, langevinSteps: 3, thermalNoise: 0.1 }
    const optimizers = [
      sgd({ learningRate: (k) => 1 / (k + 3) }), sgd({ learningRate: 0.1, momentum: 0.9 }), entropySgd({ ...settings, scoping: 0.1, averaging: 'uniform' }),
      entropySgd({ ...settings, momentum: 0.5 }),
    ]
    await fc.assert(fc.asyncProperty(
      fc.constantFrom(...optimizers), fc.constantFrom(bowl, data), fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 24 }), fc.nat(), fc.boolean(),
      async (optimizer, loss, one, two, seed, replacement) => {
        const sorted = [one, two].toSorted((a, b) => a - b)
        const options = {
          optimizer, seed, iterations: 25, initial: [3, 2, 1].slice(0, loss.dim), ...(loss === data && { batchSize: 7, replacement }),
        }
        const seen: Iterate[] = []
        const run = await minimize(loss, { ...options, onIterate: (iterate) => seen.push(iterate) })
        const again: Iterate[] = []
        const onIterate = (iterate: Iterate) => again.push(iterate)
        const first = await stateAfter(sorted[0], loss, { ...options, onIterate })
        const resume = one === two ? first : await stateAfter(sorted[1], loss, { ...options, onIterate, resume: first })
        expect(await minimize(loss, { ...options, onIterate, resume })).toEqual(run)
        expect(again).toEqual(seen)
      },
    ), { numRuns: 60 })
  })

  it('follows its seed', async () => {
    const ask = (seed: number) => minimize(data, { optimizer: descent, initial: [0, 0, 0], iterations: 9, batchSize: 4, seed })
    expect(await ask(5)).toEqual(await ask(5))
    expect((await ask(5)).point).not.toEqual((await ask(6)).point)
    expect((await ask(2 ** 53 - 1)).point).not.toEqual((await ask(5)).point)
  })

  it('reports its progress and lets a timer cancel it', async () => {
    const controller = new AbortController()
    const reports: Progress[] = []
    const run = minimize(bowl, {
      optimizer: descent, initial: [3, 2], iterations: 1e9, recordEvery: 1e9, seed: 1, signal: controller.signal, onProgress: (progress) => {
        reports.push(progress)
        if (reports.length === 2) setTimeout(() => controller.abort(), 0)
      },
    })
    await expect(run).rejects.toThrow(/^minimize: cancelled while iterating, \d+ of 1000000000$/)
    expect(reports[1].fraction).toBeGreaterThan(reports[0].fraction)
    expect(reports[1].fraction).toBeLessThan(1)
  })

  it('runs on an executor', async () => {
    const options = { optimizer: descent, initial: [3, 2], iterations: 5, seed: 1 }
    expect(await minimize(bowl, { ...options, executor: inline() })).toEqual(await minimize(bowl, options))
  })
})

describe('divergence', () => {
  it('is told with the iteration and what to change', async () => {
    const run = minimize(landscapes.doubleWell(), { optimizer: sgd({ learningRate: 3 }), initial: [2], iterations: 100, seed: 1 })
    await expect(run).rejects.toThrow(DivergenceError)
    await expect(run).rejects.toThrow(/^minimize: sgd diverged in iteration \d+; use a smaller learningRate: it must be below 2\/L where ∇²f ≤ L$/)
  })

  it('is found without entries of the history, for data losses too', async () => {
    const run = minimize(data, { optimizer: sgd({ learningRate: 100 }), initial: [1, 2, 3], iterations: 5000, recordEvery: 5000, batchSize: 2, seed: 1 })
    await expect(run).rejects.toThrow(/^minimize: sgd diverged in iteration \d+;/)
    const flat = potential({ dim: 1, value: () => 0, gradient: (_x, out) => out.fill(-1e308) })
    await expect(minimize(flat, { optimizer: sgd({ learningRate: 1 }), initial: [0], iterations: 5, seed: 1 })).rejects.toThrow('sgd diverged in iteration 2')
  })

  it('is found before a loss sees such a point, within an iteration too', async () => {
    const seen: number[] = []
    const clamped = {
      dim: 1, samples: 2, value: () => 0, gradient: (x: Float64Array, _batch: unknown, out: Float64Array) => {
        seen.push(x[0])
        out[0] = -1e308
      },
    }
    const optimizer = entropySgd({ learningRate: 1e-300, scope: 0, langevinStepSize: 1, thermalNoise: 0 })
    await expect(minimize(clamped, { optimizer, initial: [0], iterations: 5, seed: 1 })).rejects.toThrow('entropy-sgd diverged in iteration 1;')
    expect(seen).toEqual([0, 1e308])
  })

  it('is what a loss reports that refuses a later point, and keeps its words', async () => {
    const hole = potential({ dim: 1, value: (x) => (x[0] < 0 ? NaN : x[0]), gradient: (x, out) => out.fill(x[0] < 1 ? NaN : 1) })
    const run = minimize(hole, { optimizer: sgd({ learningRate: 1 }), initial: [1.5], iterations: 9, seed: 1 })
    await expect(run).rejects.toThrow(DivergenceError)
    await expect(run).rejects.toThrow(/^minimize: sgd diverged in iteration 2 \(potential closure: the gradient at \(0\.5\) must be a number, got NaN\); use/)
    const wall = potential({ dim: 1, value: (x) => (x[0] < 1 ? Infinity : x[0]), gradient: (_x, out) => out.fill(1) })
    await expect(minimize(wall, { optimizer: sgd({ learningRate: 1 }), initial: [1.5], iterations: 9, seed: 1 })).rejects.toThrow('sgd diverged in iteration 1;')
  })

  it('of a loss that is not finite at the start is a bad argument', async () => {
    const options = { optimizer: descent, initial: [0], iterations: 1, seed: 1 }
    const walled = potential({ dim: 1, value: () => Infinity, gradient: (_x, out) => out.fill(0) })
    await expect(minimize(walled, options)).rejects.toThrow('minimize: loss.value at the initial point must be a finite number, got Infinity')
    const steep = potential({ dim: 1, value: () => 0, gradient: (_x, out) => out.fill(Infinity) })
    await expect(minimize(steep, options)).rejects.toThrow('minimize: loss.gradient at the initial point must be finite numbers, got [Infinity]')
    const unwritten = { dim: 2, samples: 3, value: () => 0, gradient: (_x: Float64Array, _batch: unknown, out: Float64Array) => void (out[0] = 1) }
    await expect(minimize(unwritten, { ...options, initial: [0, 0] })).rejects.toThrow('minimize: loss.gradient at the initial point must be finite numbers, got [1, NaN]')
    const own = { dim: 1, samples: 3, value: () => 0, gradient: () => Float64Array.of(1) }
    await expect(minimize(own, options)).rejects.toThrow('minimize: the result of loss.gradient must be nothing or out, which the numbers are written to, got [1]')
    const worded = { dim: 1, samples: 3, value: () => 'small' as never, gradient: () => undefined }
    await expect(minimize(worded, options)).rejects.toThrow('minimize: the result of loss.value must be a number, got "small"')
  })
})

describe('minimize refuses', () => {
  const right = { optimizer: descent, initial: [3, 2], iterations: 5, seed: 1 }
  const batched = { ...right, initial: [1, 2, 3] }
  it.each<[unknown, unknown, string]>([
    [undefined, right, 'minimize: loss must be a potential, or a data loss with dim, samples, value and gradient, got undefined'],
    [{ ...data, dim: 0 }, right, 'minimize: loss.dim must be an integer of at least 1, got 0'],
    [{ ...data, gradient: 3 }, right, 'minimize: loss.gradient must be a function, got 3'],
    [{ ...data, value: undefined }, right, 'minimize: loss.value must be a function, got undefined'],
    [{ ...data, samples: 0 }, right, 'minimize: loss.samples must be an integer of at least 1, got 0'],
    [bowl, undefined, 'minimize: options must be an object'],
    [bowl, { ...right, optimiser: descent }, '(did you mean optimizer?), got optimiser'],
    [bowl, { ...right, optimizer: sgd }, 'minimize: optimizer must be an optimizer such as sgd({ learningRate: 0.1 }), got a function'],
    [bowl, { ...right, optimizer: 'sgd' }, 'minimize: optimizer must be an optimizer'],
    [bowl, { ...right, optimizer: undefined }, 'minimize: optimizer must be an optimizer'],
    [bowl, { ...right, initial: [1] }, 'minimize: initial must be a point of 2 coordinates, got [1]'],
    [bowl, { ...right, initial: [1, NaN] }, 'minimize: initial[1] must be a finite number, got NaN'],
    [bowl, { ...right, iterations: undefined }, 'minimize: iterations or gradientEvaluations must be given exactly once, got none of them'],
    [bowl, { ...right, gradientEvaluations: 5 }, 'minimize: iterations or gradientEvaluations must be given exactly once, got both'],
    [bowl, { ...right, iterations: -1 }, 'minimize: iterations must be an integer of at least 0, got -1'],
    [bowl, { ...right, iterations: 2 ** 40 }, 'minimize: iterations must be at most 2^32'],
    [bowl, { ...right, iterations: undefined, gradientEvaluations: 1.5 }, 'minimize: gradientEvaluations must be an integer of at least 0, got 1.5'],
    [bowl, { ...right, batchSize: 5 }, 'minimize: batchSize must be left out for a potential, which has no samples, got 5'],
    [bowl, { ...right, replacement: false }, 'minimize: replacement must be left out for a potential, which has no samples, got false'],
    [data, { ...batched, batchSize: 41 }, 'minimize: batchSize must be at most the number of samples 40, without replacement, got 41'],
    [data, { ...batched, batchSize: 0 }, 'minimize: batchSize must be an integer of at least 1, got 0'],
    [data, { ...batched, batchSize: 2.5, replacement: true }, 'minimize: batchSize must be an integer of at least 1, got 2.5'],
    [data, { ...batched, batchSize: 5, replacement: 'yes' }, 'minimize: replacement must be true or false, got "yes"'],
    [data, { ...batched, replacement: true }, 'minimize: replacement must be given with a batchSize only, got true'],
    [bowl, { ...right, seed: undefined }, 'minimize: seed must be an integer of at least 0, got undefined'],
    [bowl, { ...right, seed: -1 }, 'minimize: seed must be an integer of at least 0, got -1'],
    [bowl, { ...right, recordEvery: 0 }, 'minimize: recordEvery must be an integer of at least 1, got 0'],
    [bowl, { ...right, onIterate: 'log' }, 'minimize: onIterate must be a function, got "log"'],
    [bowl, { ...right, executor: 'threads' }, 'minimize: executor must be an executor'],
    [bowl, { ...right, signal: true }, 'minimize: signal must be an AbortSignal'],
    [bowl, { ...right, resume: 3 }, 'minimize: resume must be the state of a Cancelled error, got 3'],
    [bowl, { ...right, resume: {} }, "minimize: resume.optimizer must be 'sgd', as this call's, got undefined"],
  ])('call %#', async (loss, options, message) => {
    const run = minimize(loss as never, options as never)
    await expect(run).rejects.toThrow(ArgumentError)
    await expect(run).rejects.toThrow(message)
  })

  it('an optimizer that evaluates other than it says', async () => {
    const run = minimize(bowl, { ...right, optimizer: { ...descent, evaluations: 2 } })
    await expect(run).rejects.toThrow('minimize: optimizer.evaluations must be the number of gradients of an iteration, 1, got 2')
  })

  it('a state of another run', async () => {
    const options = { ...batched, optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }), iterations: 20, batchSize: 8 }
    const state = await stateAfter(6, data, options) as object
    for (const [change, message] of [
      [{ optimizer: 'entropy-sgd' }, "minimize: resume.optimizer must be 'sgd', as this call's, got \"entropy-sgd\""],
      [{ dim: 2 }, "minimize: resume.dim must be 3, as this call's, got 2"],
      [{ samples: null }, "minimize: resume.samples must be 40, as this call's, got null"],
      [{ batchSize: 4 }, "minimize: resume.batchSize must be 8, as this call's, got 4"],
      [{ replacement: true }, "minimize: resume.replacement must be false, as this call's, got true"],
      [{ seed: 2 }, "minimize: resume.seed must be 1, as this call's, got 2"],
      [{ settings: undefined }, "minimize: resume.settings must be the optimizer's settings, got undefined"],
      [{ settings: { learningRate: 0.2, momentum: 0.5, momentumKind: 'heavy-ball' } }, "minimize: resume.settings.learningRate must be 0.1, as this call's, got 0.2"],
      [{ settings: { learningRate: 0.1, momentum: 0.5 } }, "minimize: resume.settings.momentumKind must be 'heavy-ball', as this call's, got undefined"],
      [{ iteration: 21 }, 'minimize: resume.iteration must be an integer from 0 to 20, got 21'],
      [{ iteration: 1.5 }, 'minimize: resume.iteration must be an integer from 0 to 20, got 1.5'],
      [{ point: [1, 2] }, 'minimize: resume.point must be 3 finite numbers, got [1, 2]'],
      [{ point: [1, 2, null] }, 'minimize: resume.point must be 3 finite numbers'],
      [{ memory: {} }, 'minimize: resume.memory must be an object with velocity, got an empty object'],
      [{ memory: { velocity: [1] } }, 'minimize: resume.memory.velocity must be 3 finite numbers, got [1]'],
      [{ memory: { speed: [1, 2, 3] } }, 'minimize: resume.memory.velocity must be 3 finite numbers, got undefined'],
      [{ history: undefined }, 'minimize: resume.history must be the 2 entries until iteration 6, got undefined'],
      [{ history: [{ iteration: 0, value: 1 }, { iteration: 4, value: 1 }] }, 'minimize: resume.history must be the 2 entries until iteration 6, got "1 right ones of 2"'],
      [{ history: [{ iteration: 0, value: 1 }, { iteration: 5, value: 1 }, null] }, 'minimize: resume.history must be the 2 entries'],
    ] as const) {
      await expect(minimize(data, { ...options, resume: { ...state, ...change } })).rejects.toThrow(message)
    }
    await expect(minimize(data, { ...options, resume: state })).resolves.toMatchObject({ iterations: 20 })
  })
})

describe('sgd refuses', () => {
  it.each([
    [undefined, 'sgd: options must be an object'],
    [{}, 'sgd: learningRate must be a positive finite number or a function of the iteration, got undefined'],
    [{ learningRate: -1 }, 'sgd: learningRate must be a positive finite number, got -1'],
    [{ learningRate: Infinity }, 'got Infinity'],
    [{ learningRate: 1, momentum: 1 }, 'sgd: momentum must be a number from 0 to below 1, got 1'],
    [{ learningRate: 1, momentumKind: 'nestorov' }, "(did you mean 'nesterov'?)"],
    [{ learningrate: 1 }, 'did you mean learningRate?'],
  ])('%j', (options, message) => {
    expect(() => sgd(options as never)).toThrow(ArgumentError)
    expect(() => sgd(options as never)).toThrow(message)
  })
})
