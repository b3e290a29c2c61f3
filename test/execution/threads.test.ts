import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { verify } from '../../lib/claims/verify.ts'
import { ArgumentError, Cancelled } from '../../lib/core/errors.ts'
import { inline } from '../../lib/execution/executor.ts'
import { fromModule } from '../../lib/execution/from-module.ts'
import type { Progress } from '../../lib/execution/progress.ts'
import { threads } from '../../lib/execution/threads.ts'
import { datasets } from '../../lib/network/datasets.ts'
import { softmaxRegression } from '../../lib/network/softmax-regression.ts'
import { entropySgd } from '../../lib/optimization/entropy-sgd.ts'
import { minimize } from '../../lib/optimization/minimize.ts'
import { sgd } from '../../lib/optimization/sgd.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import type { PotentialDefinition } from '../../lib/potential/index.ts'
import { firstPassage } from '../../lib/sde/first-passage.ts'
import { mlmc } from '../../lib/sde/mlmc.ts'
import { overdampedLangevin } from '../../lib/sde/overdamped-langevin.ts'
import { simulate } from '../../lib/sde/simulate.ts'

const moduleUrl = new URL('./modules/potentials.mjs', import.meta.url)
const pool = threads({ workers: 2 })
afterAll(() => pool.close())

const plane = overdampedLangevin({ potential: potential('(x^2-1)^2/4 + a x y + y^2/2', { parameters: { a: 0.3 } }), beta: 3 })
const options = { initial: [0.5, -0.2], dt: 0.02, time: 1, paths: 5000, seed: 7, saveAt: [0.5, 1], observe: { xy: (x: Float64Array) => x[0] * x[1] } }
const numbers = (array: { data: Float64Array }): number[] => Array.from(array.data)

describe('threads', () => {
  it.each(['euler-maruyama', 'leimkuhler-matthews'])('give the arrays of inline, any number of them, any block size: %s', async (method) => {
    const expected = await simulate(plane, { ...options, method, executor: inline() })
    for (const workers of [1, 2, 3]) {
      const executor = threads({ workers })
      for (const blockSize of workers === 2 ? [1, 7, 4096] : [1024]) {
        const got = await simulate(plane, { ...options, method, executor, blockSize })
        expect(numbers(got.at(0.5))).toEqual(numbers(expected.at(0.5)))
        expect(numbers(got.final)).toEqual(numbers(expected.final))
        expect(got.observed).toEqual(expected.observed)
      }
      await executor.close()
    }
  })

  it('give the levels of inline, resumed too', async () => {
    const call = { initial: [0.5, -0.2], dt: 0.25, time: 2, observe: (x: Float64Array) => x[0] * x[1], tolerance: 0.01, seed: 7 }
    const expected = await mlmc(plane, call)
    expect(await mlmc(plane, { ...call, executor: pool, blockSize: 100 })).toEqual(expected)
    const controller = new AbortController()
    const onProgress = ({ fraction }: Progress): void => void (fraction > 0 && controller.abort())
    const stopped = await mlmc(plane, { ...call, executor: pool, signal: controller.signal, onProgress }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(Cancelled)
    const state = structuredClone((stopped as Cancelled).state)
    for (const executor of [inline(), pool]) expect(await mlmc(plane, { ...call, executor, resume: state })).toEqual(expected)
  })

  it('find the first passages of inline, also when cancelled and resumed, and the same statistics', async () => {
    const target = fromModule<(x: Float64Array) => boolean>(new URL('./modules/targets.mjs', import.meta.url), 'right')
    const search = { initial: [-1, 0], target, dt: 0.02, paths: 40_000, seed: 3, timeLimit: 4 }
    const { times } = await firstPassage(plane, search)
    expect((await firstPassage(plane, { ...search, executor: pool })).times).toEqual(times)
    const controller = new AbortController()
    const stopped = await firstPassage(plane, { ...search, executor: pool, signal: controller.signal, onProgress: () => controller.abort() }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(Cancelled)
    expect((await firstPassage(plane, { ...search, resume: (stopped as Cancelled).state })).times).toEqual(times)
    await expect(firstPassage(plane, { ...search, target: (x) => x[0] > 1, executor: pool })).rejects.toThrow('firstPassage: target must be an expression, a catalogue entry or fromModule')
    const lean = { ...options, keep: 'none' as const, antithetic: true, statistics: { moments: true, quantiles: true } }
    const [here, there] = [await simulate(plane, lean), await simulate(plane, { ...lean, executor: pool })]
    expect(numbers(there.covariance())).toEqual(numbers(here.covariance()))
    expect(there.quantile('xy', 0.3)).toEqual(here.quantile('xy', 0.3))
  })

  it('stop when cancelled and resume anywhere, bit for bit', async () => {
    const long = { ...options, dt: 5e-4, blockSize: 500 }
    const expected = await simulate(plane, long)
    const controller = new AbortController()
    const seen: Progress[] = []
    const onProgress = (progress: Progress): void => {
      seen.push(progress)
      controller.abort()
    }
    const stopped = await simulate(plane, { ...long, executor: pool, signal: controller.signal, onProgress }).catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(Cancelled)
    expect(seen.every(({ fraction }) => fraction >= 0 && fraction <= 1)).toBe(true)
    const { state } = stopped as Cancelled
    for (const executor of [inline(), pool]) {
      const resumed = await simulate(plane, { ...long, executor, resume: state })
      expect(numbers(resumed.final)).toEqual(numbers(expected.final))
      expect(resumed.observed).toEqual(expected.observed)
    }
  })

  it('stop at once when cancelled before a worker listens', async () => {
    const fresh = threads({ workers: 2 })
    const controller = new AbortController()
    const pending = simulate(plane, { ...options, dt: 1e-6, executor: fresh, signal: controller.signal }).catch((error: unknown) => error)
    controller.abort()
    const stopped = await pending
    expect(stopped).toBeInstanceOf(Cancelled)
    expect((stopped as Cancelled<{ ended: unknown[]; begun: unknown[] }>).state).toMatchObject({ ended: [], begun: [] })
    expect((await simulate(plane, { ...options, executor: fresh })).diverged).toBe(0)
    await fresh.close()
  })

  it('pass on what the caller’s own onProgress throws, refuse what cannot be sent as it is, and serve on', async () => {
    const onProgress = (): void => {
      throw new Error('no news, please')
    }
    await expect(simulate(plane, { ...options, dt: 2e-4, executor: pool, onProgress })).rejects.toThrow('no news, please')
    for (const [extra, kind] of [[Symbol('odd'), 'symbol'], [new Map([[1, 2]]), 'Map'], [new Date(0), 'Date'], [new URL('file:///a'), 'URL'], [/a/, 'RegExp']] as const) {
      const call = simulate({ ...plane, extra: [{ extra }] } as never, { ...options, executor: pool })
      await expect(call).rejects.toThrow(`simulate: equation.extra[0].extra must be plain data to run on other threads, got a value of type ${kind}`)
      await expect(call).rejects.toThrow(ArgumentError)
    }
    const detached = new ArrayBuffer(8)
    structuredClone(detached, { transfer: [detached] })
    await expect(simulate({ ...plane, extra: detached } as never, { ...options, executor: pool })).rejects.toThrow('could not be cloned')
    expect((await simulate(plane, { ...options, executor: pool })).diverged).toBe(0)
  })

  it('make landscapes and modules again on their side', async () => {
    const catalogue = landscapes.gaussianMixture({ weights: [0.4, 0.6], means: [[-1], [1]], variances: [0.2, 0.3], beta: 2 })
    const module = potential(fromModule<PotentialDefinition>(moduleUrl, 'well'))
    for (const f of [catalogue, landscapes.doubleWell(), module]) {
      const equation = overdampedLangevin({ potential: f, beta: 2 })
      const call = { initial: [0.1], dt: 0.1, time: 0.5, paths: 2100, seed: 1 }
      expect(numbers((await simulate(equation, { ...call, executor: pool })).final)).toEqual(numbers((await simulate(equation, call)).final))
    }
  })

  it('refuse a closure before any work, naming fromModule', async () => {
    const closure = overdampedLangevin({ potential: potential({ dim: 1, value: ([x]) => x * x }), beta: 1 })
    await expect(simulate(closure, { initial: [0], dt: 0.1, time: 1, paths: 10, seed: 1, executor: pool })).rejects.toThrow(
      'simulate: equation.potential.value must be an expression, a catalogue entry or fromModule(url, exportName) to run on other threads, got a function',
    )
  })

  it('pass errors on, and serve on after them and after the death of a worker', async () => {
    const call = { initial: [0], dt: 0.1, time: 10, paths: 3000, seed: 1, executor: pool }
    const on = (name: string) => overdampedLangevin({ potential: potential(fromModule<PotentialDefinition>(moduleUrl, name)), beta: 1 })
    await expect(simulate(on('failing'), call)).rejects.toThrow('the gradient is out of order')
    await expect(simulate(on('deadly'), call)).rejects.toThrow('threads: a worker stopped with exit code 3')
    expect((await simulate(on('well'), call)).diverged).toBe(0)
  })

  it('run claims side by side to the verdicts of inline', async () => {
    const ids = ['hopf-lax', 'semiconcavity']
    const plain = (verdicts: object[]) => verdicts.map((verdict) => ({ ...verdict, seconds: 0 }))
    const progressed = new Set<string>()
    const verdicts = await verify(ids, { executor: pool, onProgress: ({ claim }) => progressed.add(claim) })
    expect([...progressed].toSorted()).toEqual(ids)
    expect(plain(verdicts)).toEqual(plain(await verify(ids)))
  })

  it('refuse work once closed, and bad options', async () => {
    const closed = threads({ workers: 1 })
    await closed.close()
    await expect(simulate(plane, { ...options, executor: closed })).rejects.toThrow('simulate: executor must be open, got one that is closed')
    expect(() => threads({ workers: 0 })).toThrow('threads: workers must be an integer of at least 1, got 0')
    expect(() => threads({ worker: 1 } as never)).toThrow('did you mean workers?')
  })

  it('keep no process alive while idle', () => {
    const script = `
      import { overdampedLangevin, potential, simulate, threads } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)}
      const equation = overdampedLangevin({ potential: potential('x^2'), beta: 1 })
      const { final } = await simulate(equation, { initial: [0], dt: 0.1, time: 1, paths: 2000, seed: 1, executor: threads({ workers: 2 }) })
      console.log(final.shape.join())
    `
    const { stdout, status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 60_000 })
    expect({ stdout: stdout.trim(), status, signal }).toEqual({ stdout: '2000,1', status: 0, signal: null })
  })
})

describe('fromModule', () => {
  it('refuses what it cannot load', () => {
    const path = fileURLToPath(moduleUrl)
    expect(() => fromModule('potentials.mjs', 'well')).toThrow('fromModule: url must be a file: URL or an absolute path, got "potentials.mjs"')
    expect(() => fromModule(`${path}x`, 'well')).toThrow('fromModule: url must be a module that can be loaded')
    expect(() => fromModule(path, 'wel')).toThrow('fromModule: exportName must be a function or an object that')
    expect(() => fromModule(path, 'number')).toThrow('fromModule: exportName must be a function or an object that')
    expect(() => fromModule(path, '')).toThrow('fromModule: exportName must be a non-empty string, got ""')
  })
})

describe('minimize on threads', () => {
  const loss = softmaxRegression(datasets.digits())
  const call = {
    optimizer: entropySgd({ learningRate: 1, gamma: 10, langevinSteps: 5, langevinStepSize: 0.1, thermalNoise: 1e-3, averaging: 0.75 }),
    initial: new Float64Array(loss.dim), iterations: 30, batchSize: 32, seed: 5,
  }

  it('is the run of inline, cancelled and resumed or not', async () => {
    const expected = await minimize(loss, call)
    expect(await minimize(loss, { ...call, executor: pool })).toEqual(expected)
    const controller = new AbortController()
    const stopped = await minimize(loss, { ...call, iterations: 3000, executor: pool, signal: controller.signal, onProgress: () => controller.abort() })
      .catch((error: unknown) => error)
    expect(stopped).toBeInstanceOf(Cancelled)
    const { state } = stopped as Cancelled<{ iteration: number }>
    const iterations = state.iteration + 10
    expect((await minimize(loss, { ...call, iterations, resume: state, executor: pool })).point).toEqual((await minimize(loss, { ...call, iterations })).point)
  })

  it('refuses closures', async () => {
    const scheduled = sgd({ learningRate: (k) => 1 / (k + 1) })
    await expect(minimize(loss, { ...call, optimizer: scheduled, executor: pool })).rejects.toThrow('minimize: options.optimizer.learningRate must be an expression')
    await expect(minimize(loss, { ...call, onIterate: () => {}, executor: pool })).rejects.toThrow('minimize: options.onIterate must be an expression')
  })
})
