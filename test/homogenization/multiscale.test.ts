import { afterAll, describe, expect, test } from 'vitest'
import { Cancelled } from '../../lib/core/errors.ts'
import { threads } from '../../lib/execution/threads.ts'
import { effectiveDynamics } from '../../lib/homogenization/effective-dynamics.ts'
import { multiscale } from '../../lib/homogenization/multiscale.ts'
import { landscapes } from '../../lib/potential/index.ts'
import { simulate } from '../../lib/sde/simulate.ts'

const pool = threads({ workers: 2 })
afterAll(() => pool.close())

const [lambda, gamma, beta] = [1.5, 0.7, 3]
const linear = { potential: landscapes.quadratic({ curvatures: [lambda] }), gamma, beta, initial: [1], time: 1, seed: 1 }
const kappa = lambda + 1 / gamma
const exact = Math.exp(-lambda / (1 + lambda * gamma))

/** Mean of the method for the quadratic: y relaxes by r a step to x/(γκ), and each macro step moves x by the mean of (y − x)/γ over its inner steps. */
function meanOfMethod(method: 'euler' | 'heun', dt: number, steps: number, h: number): number {
  let [x, y] = [1, 1 / (gamma * kappa)]
  const drift = (at: number): number => {
    let sum = 0
    for (let l = 0; l < steps; l++) {
      y -= h * (lambda * y + (y - at) / gamma)
      sum += (y - at) / (gamma * steps)
    }
    return sum
  }
  for (let n = 0; n < Math.round(1 / dt); n++) {
    const slope = drift(x)
    x += method === 'euler' ? dt * slope : (dt / 2) * (slope + drift(x + dt * slope))
  }
  return x
}

describe('a quadratic', () => {
  test.each(['euler', 'heun'] as const)('has the errors that are predicted: %s', async (method) => {
    const inner = { innerSteps: 32, innerStepSize: 0.0125 }
    const run = await multiscale({ ...linear, method, dt: 1 / 32, ...inner, paths: 1024 })
    const [mean, error] = [run.points.at(-1)![0], run.standardErrors.at(-1)![0]]
    const known = meanOfMethod(method, 1 / 32, inner.innerSteps, inner.innerStepSize)
    expect(Math.abs(mean - known)).toBeLessThan(4.5 * error)
    const { predicted, measured, epsilon } = run
    expect(epsilon).toBeCloseTo(1 / 32 / (method === 'euler' ? 0.4 : 0.8), 12)
    // Lag and macro step to first order, ε = 0.08 or less. A sample is taken after its inner step h, which makes the lag smaller by κh = 0.04 of it; that, the second order and the
    // chains' own error, a tenth, take a quarter.
    const systematic = predicted.lag[0] + predicted.macroStep[0]
    expect(Math.abs(systematic - (known - exact))).toBeLessThan(0.25 * Math.abs(predicted.lag[0]) + 0.1 * Math.abs(predicted.macroStep[0]))
    // 1024 paths tell the spread to 2 %, the chains their variance to a tenth.
    expect(Math.abs(predicted.sampling[0] / measured.sampling[0] - 1)).toBeLessThan(0.2)
    expect(Math.abs(measured.bias[0] - (meanOfMethod(method, 1 / 16, inner.innerSteps, inner.innerStepSize) - known))).toBeLessThan(4.5 * measured.biasStandardErrors[0])
    expect(run.warning).toBeUndefined()
  })

  test('sampling goes like 1/√innerSteps, the lag like 1/innerSteps', async () => {
    const [few, many] = await Promise.all([4, 16].map((innerSteps) => multiscale({ ...linear, dt: 1 / 16, innerSteps, innerStepSize: 0.05, paths: 512 })))
    // Spreads of 512 paths are known to 3 %.
    expect(few.measured.sampling[0] / many.measured.sampling[0]).toBeGreaterThan(1.7)
    expect(few.measured.sampling[0] / many.measured.sampling[0]).toBeLessThan(2.3)
    // Three groups of chains each tell the lag to a tenth.
    expect(few.predicted.lag[0] / many.predicted.lag[0]).toBeGreaterThan(3)
    expect(few.predicted.lag[0] / many.predicted.lag[0]).toBeLessThan(5.3)
  })

  test('in the plane, coupled directions', async () => {
    const potential = landscapes.quadratic({ matrix: [[2, 0.8], [0.8, 1]] })
    const run = await multiscale({ potential, gamma, beta, initial: [1, -1], dt: 1 / 16, time: 1, innerSteps: 8, innerStepSize: 0.05, paths: 512, seed: 3 })
    ;[0, 1].forEach((k) => expect(Math.abs(run.predicted.sampling[k] / run.measured.sampling[k] - 1)).toBeLessThan(0.25))
  })
})

test('a tolerance is met in the double well', async () => {
  const setting = { potential: landscapes.doubleWell(), gamma: 0.5, beta: 4 }
  const { final } = await simulate(effectiveDynamics(setting), { initial: [0.6], dt: 1 / 32, time: 1, paths: 1, seed: 0, method: 'heun' })
  const tolerance = 0.03
  const run = await multiscale({ ...setting, initial: [0.6], dt: 1 / 16, time: 1, tolerance, seed: 3 })
  expect(run.warning).toBeUndefined()
  const error = run.standardErrors.at(-1)![0]
  expect(error).toBeLessThan((1.25 * tolerance) / 3)
  expect(Math.abs(run.points.at(-1)![0] - final.get(0, 0))).toBeLessThan((2 * tolerance) / 3 + 4.5 * error)
  // Half the tolerance: twice the fast time for the lag, four times for sampling; the rough run tells it to a fifth.
  const finer = await multiscale({ ...setting, initial: [0.6], dt: 1 / 16, time: 1, tolerance: tolerance / 2, seed: 3 })
  expect(finer.innerSteps * finer.innerStepSize).toBeGreaterThan(1.5 * run.innerSteps * run.innerStepSize)
})

test('the same bits on threads, other bits for another seed', async () => {
  const options = { ...linear, dt: 0.125, innerSteps: 4, innerStepSize: 0.05, paths: 100 }
  const here = await multiscale(options)
  expect(await multiscale({ ...options, executor: pool })).toEqual(here)
  expect((await multiscale({ ...options, seed: 2 })).points).not.toEqual(here.points)
})

test('cancelling and bad options', async () => {
  const options = { ...linear, dt: 0.125, innerSteps: 4, innerStepSize: 0.05 }
  await expect(multiscale({ ...options, signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Cancelled)
  for (const [change, message] of [
    [{ tolerance: 0.1 }, 'multiscale: tolerance or innerSteps and innerStepSize must be given, got both'],
    [{ innerSteps: undefined, innerStepSize: undefined }, 'multiscale: tolerance or innerSteps and innerStepSize must be given, got neither'],
    [{ innerStepSize: undefined }, 'multiscale: innerStepSize must be a positive finite number, got undefined'],
    [{ innerSteps: undefined, innerStepSize: undefined, tolerance: 1e-9 }, 'multiscale: tolerance must be reached within'],
    [{ innerStepSize: 5 }, /^multiscale: 64 of 64 chains diverged at dt = (5|10)/],
    [{ method: 'rk2' }, "multiscale: method must be one of 'euler', 'heun'"],
    [{ paths: 1 }, 'multiscale: paths must be an integer of at least 2, got 1'],
    [{ beta: 0 }, 'multiscale: beta must be a positive finite number, got 0'],
    [{ gamma: undefined }, 'multiscale: gamma, scope or time must be given exactly once, got none of them'],
    [{ steps: 3 }, 'multiscale: options must be one of'],
  ] as const) await expect(multiscale({ ...options, ...(change as object) })).rejects.toThrow(message)
})
