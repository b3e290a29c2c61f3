import { describe, expect, test } from 'vitest'
import { Cancelled, DivergenceError } from '../../lib/core/errors.ts'
import { localEntropy } from '../../lib/pde/local-entropy/index.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/potential.ts'

function mixtures(dim: number, gamma: number, beta: number): { f: Potential; u: Potential; x: number[] } {
  const weights = [0.3, 0.7]
  const means = [-1, 0.5].map((m) => Array.from({ length: dim }, () => m / Math.sqrt(dim)))
  const variances = [0.2, 0.6]
  return {
    f: landscapes.gaussianMixture({ weights, means, variances, beta }),
    u: landscapes.gaussianMixture({ weights, means, variances: variances.map((s) => s + gamma / beta), beta }),
    x: Array.from({ length: dim }, (_, k) => (0.3 * Math.cos(k)) / Math.sqrt(dim)),
  }
}

/** The largest of n normals stays below this but once in 10^5 runs. */
const largestOf = (n: number): number => Math.sqrt(2 * Math.log(n * 1e5))

describe('Gaussian mixtures are exact in any dimension', () => {
  test.each([[1, 4, 1], [3, 1, 1], [10, 0.1, 1], [10, 1, 1], [100, 0.1, 1], [100, 1, 100], [10, 1, 1e6]])('%d dimensions, γ = %d, β = %d', async (dim, gamma, beta) => {
    const { f, u, x } = mixtures(dim, gamma, beta)
    const got = await localEntropy(f, x, { gamma, beta, method: 'importance', seed: 2 })
    expect(got.method).toBe('importance')
    expect(got.effectiveSampleSize).toBeGreaterThan(1000)
    expect(got.warning).toBeUndefined()
    expect(Math.abs(got.value - u.value(x))).toBeLessThan(4.5 * got.standardErrors.value)
    u.gradient(x).forEach((g, k) => expect(Math.abs(got.gradient[k] - g)).toBeLessThan(largestOf(dim) * got.standardErrors.gradient[k]))
    u.hessian(x).forEach((h, i) => expect(Math.abs(got.hessian[i] - h)).toBeLessThan(largestOf(dim * dim) * got.standardErrors.hessian[i]))
    // Error bars are of use: a few per cent of the spread.
    expect(Math.max(...got.standardErrors.gradient) * Math.sqrt(beta * gamma)).toBeLessThan(0.05)
  })

  test('quadratics: weights of the Gaussian part are equal, and nothing is left but the kernel\'s share', async () => {
    const f = landscapes.quadratic({ curvatures: Array.from({ length: 20 }, (_, k) => 1 + k) })
    const x = Array.from({ length: 20 }, () => 1)
    const { value, standardErrors } = await localEntropy(f, x, { gamma: 0.5, beta: 10 })
    const exact = x.reduce((sum, _, k) => sum + (1 + k) / (3 + k) + Math.log((3 + k) / 2) / 20, 0)
    expect(Math.abs(value - exact)).toBeLessThan(4.5 * standardErrors.value)
    expect(standardErrors.value * 10).toBeLessThan(0.01)
  })
})

test.each([
  ['two wells', potential('(x^2 - 1)^2 / 4'), [0.2], 3, 8],
  ['two dimensions', potential('(x^2 - 1)^2 / 4 + (y - x^2 / 2)^2 + 0.3 sin(3 x y)'), [0.3, -0.2], 1, 3],
  ['a corner', potential('abs(x)'), [0.4], 0.6, 10],
] as const)('errors are as large as they say: %s', async (_, f, x, gamma, beta) => {
  const exact = await localEntropy(f, x, { gamma, beta, method: 'quadrature' })
  const runs = await Promise.all(Array.from({ length: 200 }, (__, seed) => localEntropy(f, x, { gamma, beta, method: 'importance', samples: 2000, seed })))
  for (const [z, farthest] of [
    [runs.map((run) => (run.value - exact.value) / run.standardErrors.value), 4.5],
    [runs.map((run) => (run.gradient[0] - exact.gradient[0]) / run.standardErrors.gradient[0]), 4.5],
    // Means of fourth powers are skewed at such sample sizes.
    [runs.map((run) => (run.hessian[0] - exact.hessian[0]) / run.standardErrors.hessian[0]), 6],
  ] as const) {
    // 200 squares of normals: 1 ± 3 √(2/200).
    const variance = z.reduce((sum, v) => sum + v * v, 0) / z.length
    expect(variance).toBeGreaterThan(0.7)
    expect(variance).toBeLessThan(1.4)
    expect(Math.max(...z.map(Math.abs))).toBeLessThan(farthest)
  }
})

test('sample i depends on (seed, i) alone', async () => {
  const { f, x } = mixtures(5, 1, 1)
  const [a, b, c] = await Promise.all([[1, 7], [1, 7], [2, 7]].map(([seed]) => localEntropy(f, x, { gamma: 1, beta: 1, seed, samples: 500 })))
  expect(a).toEqual(b)
  expect(a.value).not.toBe(c.value)
})

describe('what samples cannot see is said', () => {
  test('the kernel alone in 1000 dimensions at γλ = ½: one sample has all the weight', async () => {
    const f = landscapes.quadratic({ curvatures: new Array<number>(1000).fill(1) })
    const far = potential({ dim: 1000, value: (y) => f.value(y), gradient: (y, out) => void f.gradient(y, out), hessian: (y, out) => void f.hessian(y, out) })
    const { effectiveSampleSize, warning } = await localEntropy(far, new Float64Array(1000).fill(0.1), { gamma: 0.5, beta: 1, proposal: 'kernel', samples: 400 })
    expect(effectiveSampleSize).toBeLessThan(3)
    expect(warning).toMatch(/effective sample size .* is below 100: the standard errors are not to be relied on/)
  })

  test('a wide shallow well around a deep narrow one, without a minimum of its own, shows in the weights', async () => {
    const { f, u, x } = mixtures(30, 30, 1)
    const { value, standardErrors, warning, effectiveSampleSize } = await localEntropy(f, x, { gamma: 30, beta: 1 })
    if (effectiveSampleSize < 100) expect(warning).toBeDefined()
    expect(Math.abs(value - u.value(x))).toBeLessThan(4.5 * standardErrors.value)
  })

  test('walls everywhere, bad options, a signal', async () => {
    const wall = potential({ dim: 4, value: ([a]) => (a > 1e-9 ? Infinity : a < -1e-9 ? Infinity : 0), gradient: (_, out) => void out.fill(0) })
    await expect(localEntropy(wall, [0, 0, 0, 0], { gamma: 1, beta: 1, proposal: 'kernel', samples: 100 })).rejects.toThrow(DivergenceError)
    const f = landscapes.quadratic({ dim: 4 })
    await expect(localEntropy(f, [0, 0, 0, 0], { gamma: 1, beta: 1, samples: 1 })).rejects.toThrow('localEntropy: samples must be an integer of at least 2, got 1')
    await expect(localEntropy(f, [0, 0, 0, 0], { gamma: 1, beta: 1, samples: 1e9 })).rejects.toThrow('localEntropy: samples must be at most')
    await expect(localEntropy(f, [0, 0, 0, 0], { gamma: 1, beta: 1, seed: -1 })).rejects.toThrow('localEntropy: seed must be an integer of at least 0, got -1')
    await expect(localEntropy(f, [0, 0, 0, 0], { gamma: 1, beta: 1, proposal: 'kernal' as never })).rejects.toThrow('did you mean \'kernel\'?')
    await expect(localEntropy(f, [0, 0, 0, 0], { gamma: 1, beta: 1, signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
  })
})
