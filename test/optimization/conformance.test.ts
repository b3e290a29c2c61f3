import { describe, expect, it } from 'vitest'
import { ArgumentError, Cancelled } from '../../lib/core/errors.ts'
import { minimize } from '../../lib/optimization/minimize.ts'
import type { Optimizer } from '../../lib/optimization/optimizer.ts'
import { optimizers } from '../../lib/optimization/optimizers.ts'
import { landscapes } from '../../lib/potential/index.ts'
import { leastSquares, recording, targets } from './losses.ts'

type Factory = { (given: object): Optimizer; example: object }

const bowl = landscapes.quadratic({ curvatures: [0.3, 0.8, 1.2], center: [1, 0, -1] })
const data = leastSquares(targets(30, 3))

describe.each(Object.entries(optimizers) as [string, Factory][])('%s', (exported, create) => {
  const optimizer = create(create.example)
  const options = { optimizer, initial: [3, 3, 3], iterations: 12, seed: 2 }

  it('has a kebab-case name, the same as its export', () => {
    expect(optimizer.name).toBe(exported.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
  })

  it('has settings that are plain data, and a schedule by that name', () => {
    expect(JSON.parse(JSON.stringify(optimizer.settings))).toEqual(optimizer.settings)
    const settingOf = (learningRate: (iteration: number) => number) => create({ ...create.example, learningRate }).settings.learningRate
    expect(settingOf(() => 0.1)).toMatch(/^schedule [0-9a-f]{16}$/)
    expect(settingOf(() => 0.1)).not.toBe(settingOf(() => 0.2))
    expect(Object.isFrozen(optimizer)).toBe(true)
  })

  it('refuses an unknown option, and names itself', () => {
    expect(() => create({ ...create.example, learningRat: 1 })).toThrow(ArgumentError)
    expect(() => create({ ...create.example, learningRat: 1 })).toThrow(new RegExp(`^${exported}: .*did you mean learningRate`))
  })

  it('stays where it is with a learning rate of 0, and in no iterations', async () => {
    const still = create({ ...create.example, learningRate: () => 0 })
    expect((await minimize(bowl, { ...options, optimizer: still })).point).toEqual(Float64Array.of(3, 3, 3))
    expect((await minimize(bowl, { ...options, iterations: 0 })).point).toEqual(Float64Array.of(3, 3, 3))
  })

  it('descends on a potential and on data', async () => {
    for (const loss of [bowl, data]) {
      const run = await minimize(loss, { ...options, iterations: 60 })
      const lowest = loss === bowl ? 0 : (await minimize(data, { ...options, optimizer: optimizers.sgd({ learningRate: 1 }), iterations: 1 })).value
      expect(run.value - lowest).toBeLessThan(0.01 * (run.history[0].value - lowest))
    }
  })

  it('evaluates as many gradients as it says, each of its own batch', async () => {
    const { loss, batches } = recording(data)
    const run = await minimize(loss, { ...options, batchSize: 5 })
    expect(batches.length).toBe(run.gradientEvaluations)
    expect(run.gradientEvaluations).toBe(12 * optimizer.evaluations)
    expect(new Set(batches.map((batch) => batch!.join())).size).toBe(batches.length)
  })

  it('keeps runs apart', async () => {
    const alone = await minimize(data, { ...options, batchSize: 5 })
    const pair = await Promise.all([minimize(data, { ...options, batchSize: 5 }), minimize(data, { ...options, batchSize: 5 })])
    expect(pair).toEqual([alone, alone])
  })

  it('remembers everything in its memory', async () => {
    const controller = new AbortController()
    const stopped = minimize(data, { ...options, batchSize: 5, signal: controller.signal, onIterate: ({ iteration }) => iteration === 5 && controller.abort() })
    const { state } = await stopped.then(() => undefined, (reason: unknown) => reason) as Cancelled
    const fresh = create(create.example)
    const resumed = await minimize(data, { ...options, optimizer: fresh, batchSize: 5, resume: state })
    expect(resumed).toEqual(await minimize(data, { ...options, batchSize: 5 }))
  })
})
