import { describe, expect, test } from 'vitest'
import { Cancelled, DivergenceError } from '../../lib/core/errors.ts'
import { localEntropy } from '../../lib/pde/local-entropy/index.ts'
import type { LocalEntropy } from '../../lib/pde/local-entropy/index.ts'
import { resampledIfPoor } from '../../lib/pde/local-entropy/particles.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/potential.ts'

interface Case {
  f: Potential
  /** Its local entropy. */
  u: Potential
  x: number[]
  gamma: number
  beta: number
}

/** The same mixture with variances S + γ/β is its local entropy. */
function mixtures(dim: number, gamma: number, beta: number, centers: number[], variances: number[], away = 0.3): Case {
  const weights = [0.3, 0.7]
  const means = centers.map((m) => Array.from({ length: dim }, () => m / Math.sqrt(dim)))
  return {
    f: landscapes.gaussianMixture({ weights, means, variances, beta }),
    u: landscapes.gaussianMixture({ weights, means, variances: variances.map((s) => s + gamma / beta), beta }),
    x: Array.from({ length: dim }, (_, k) => (away * Math.SQRT2 * Math.cos(k)) / Math.sqrt(dim)), gamma, beta,
  }
}

/** The size of a normal as unlikely as t of Student's law of 31 degrees of freedom (Wallace 1959, within 0.2 % here). */
const asNormal = (t: number): number => (249 / 251) * Math.sqrt(31 * Math.log(1 + (t * t) / 31))
/** The largest of n normals stays below this but once in 10^5 runs. */
const largestOf = (n: number): number => Math.sqrt(2 * Math.log(n * 1e5))
const largestError = (got: ArrayLike<number>, exact: Float64Array, errors: ArrayLike<number>): number =>
  exact.reduce((worst, value, k) => Math.max(worst, asNormal((got[k] - value) / errors[k])), 0)

function expectWithin({ u, x }: Case, got: LocalEntropy): void {
  const n = x.length
  expect(largestError([got.value], Float64Array.of(u.value(x)), [got.standardErrors.value])).toBeLessThan(largestOf(1))
  expect(largestError(got.gradient, u.gradient(x), got.standardErrors.gradient)).toBeLessThan(largestOf(n))
  expect(largestError(got.hessian, u.hessian(x), got.standardErrors.hessian)).toBeLessThan(largestOf((n * (n + 1)) / 2))
}

describe('Gaussian mixtures are exact, where few samples of the kernel have all the weight', () => {
  // The last number: 3 samples of 512, or 2 % of them where the wells are wider than the kernel in every one of 100 directions.
  test.each([
    [4, 300, 1, mixtures(4, 300, 1, [-1, 0.5], [0.2, 0.3]), 3],
    [10, 10, 100, mixtures(10, 10, 100, [-0.1, 0.05], [0.003, 0.004], 0.1), 3],
    [100, 0.3, 1, mixtures(100, 0.3, 1, [-1, 0.5], [0.4, 0.42], 2.5), 10],
  ])('%d dimensions, γ = %d, β = %d', async (_, gamma, beta, given, few) => {
    // The median of nine seeds, so that none of them decides.
    const sizes = await Promise.all(Array.from({ length: 9 }, async (_, seed) =>
      (await localEntropy(given.f, given.x, { gamma, beta, method: 'importance', proposal: 'kernel', samples: 512, seed })).effectiveSampleSize))
    expect(sizes.toSorted((a, b) => a - b)[4]).toBeLessThan(few)
    const got = await localEntropy(given.f, given.x, { gamma, beta, method: 'annealed', samples: given.x.length < 100 ? 640 : 320, seed: 2 })
    expect(got.method).toBe('annealed')
    expect(got.effectiveSampleSize).toBeGreaterThan(100)
    expect(got.warning).toBeUndefined()
    expectWithin(given, got)
  })
})

test('quadratics of unequal curvatures', async () => {
  const curvatures = Array.from({ length: 10 }, (_, k) => 1 + k)
  const [gamma, beta] = [0.3, 10]
  const x = curvatures.map(() => 1)
  // λ/(1 + γλ), and log(1 + γλ)/(2β) of the determinant.
  const offset = curvatures.reduce((sum, c) => sum + Math.log(1 + gamma * c) / (2 * beta), 0)
  const u = landscapes.quadratic({ curvatures: curvatures.map((c) => c / (1 + gamma * c)), offset })
  const f = landscapes.quadratic({ curvatures })
  const got = await localEntropy(f, x, { gamma, beta, method: 'annealed', samples: 640, seed: 1 })
  expect(got.warning).toBeUndefined()
  expectWithin({ f, u, x, gamma, beta }, got)
})

test('two wells twenty deviations apart, from a kernel as wide', async () => {
  const given = mixtures(4, 30, 1, [-5, 5], [0.25, 0.25])
  const got = await localEntropy(given.f, given.x, { gamma: 30, beta: 1, method: 'annealed', samples: 1024, seed: 2 })
  expectWithin(given, got)
  // ⟨y⟩ of one well alone is as far off as the wells' distance times the other's share.
  const away = mixtures(4, 30, 1, [5, 5], [0.25, 0.25]).u.gradient(given.x)
  expect(Math.abs(got.gradient[0] - away[0])).toBeGreaterThan(10 * got.standardErrors.gradient[0])
})

test('errors are as large as they say', async () => {
  const { f, u, x, gamma, beta } = mixtures(2, 3, 1, [-1, 0.5], [0.2, 0.4])
  const [gradient, hessian] = [u.gradient(x), u.hessian(x)]
  const runs = await Promise.all(Array.from({ length: 60 }, (_, seed) => localEntropy(f, x, { gamma, beta, method: 'annealed', samples: 384, seed })))
  for (const z of [
    runs.map((run) => (run.value - u.value(x)) / run.standardErrors.value),
    runs.map((run) => (run.gradient[0] - gradient[0]) / run.standardErrors.gradient[0]),
    runs.map((run) => (run.hessian[0] - hessian[0]) / run.standardErrors.hessian[0]),
  ]) {
    const square = z.reduce((sum, v) => sum + v * v, 0) / z.length
    // Student's law: mean square 31/29, whose mean of sixty deviates by √(2.7/60) = 0.21. Three of these.
    expect(square).toBeGreaterThan(0.44)
    expect(square).toBeLessThan(1.7)
    expect(asNormal(Math.max(...z.map(Math.abs)))).toBeLessThan(largestOf(60))
  }
})

test.each([
  ['two wells', potential('(x^2 - 1)^2 / 4'), 0.2, 3, 8],
  ['a wall', potential({ dim: 1, value: ([a]) => (a > 0 ? (a * a) / 2 : Infinity), gradient: ([a], out) => void (out[0] = a) }), -0.3, 1, 2],
  ['a corner', potential('abs(x)'), 0.4, 0.6, 10],
] as const)('on the line as by quadrature: %s', async (_, f, x, gamma, beta) => {
  const exact = await localEntropy(f, [x], { gamma, beta, method: 'quadrature' })
  const got = await localEntropy(f, [x], { gamma, beta, method: 'annealed', samples: 1024 })
  for (const [value, reference, error] of [
    [got.value, exact.value, got.standardErrors.value], [got.gradient[0], exact.gradient[0], got.standardErrors.gradient[0]],
    [got.hessian[0], exact.hessian[0], got.standardErrors.hessian[0]],
  ]) expect(asNormal((value - reference) / error)).toBeLessThan(largestOf(1))
  expect(beta * got.standardErrors.value).toBeLessThan(0.1)
})

test('the mean weight is unbiased, with few particles in a group', async () => {
  const { f, u, x, gamma, beta } = mixtures(2, 3, 1, [-1, 0.5], [0.2, 0.4])
  const runs = await Promise.all(Array.from({ length: 60 }, (_, seed) => localEntropy(f, x, { gamma, beta, method: 'annealed', samples: 64, seed })))
  const ratios = runs.map(({ value }) => Math.exp(-beta * (value - u.value(x))))
  const mean = ratios.reduce((sum, r) => sum + r, 0) / ratios.length
  const deviation = Math.sqrt(ratios.reduce((sum, r) => sum + (r - mean) ** 2, 0) / ratios.length)
  expect(Math.abs(mean - 1)).toBeLessThan((4 * deviation) / Math.sqrt(ratios.length))
})

test('resampling takes each particle n times its weight in the mean, and keeps the mean weight', () => {
  const weights = [0, 8, 0.5, 0.1, 0, 1.4, 0]
  const numbers = Float64Array.from(weights, (_, i) => i)
  const particles = { offsets: numbers, values: numbers, gradients: numbers, logWeights: Float64Array.from(weights, Math.log) }
  const draws = 1000
  const copies = new Float64Array(weights.length)
  for (let k = 0; k < draws; k++) {
    const { offsets, logWeights } = resampledIfPoor(particles, (k + 0.5) / draws)
    offsets.forEach((i) => (copies[i] += 1 / draws))
    for (const value of logWeights) expect(Math.abs(Math.exp(value) - 10 / 7)).toBeLessThan(16 * Number.EPSILON)
  }
  // A copy comes and goes at two of the draws' borders.
  copies.forEach((mean, i) => expect(Math.abs(mean - 0.7 * weights[i])).toBeLessThanOrEqual(2 / draws))
  const equal = { ...particles, logWeights: new Float64Array(7) }
  expect(resampledIfPoor(equal, 0.5)).toBe(equal)
})

test('the same numbers for the same seed; a remainder of samples is not used', async () => {
  const { f, x, gamma, beta } = mixtures(3, 1, 1, [-1, 0.5], [0.2, 0.6])
  const run = (seed: number, samples: number) => localEntropy(f, x, { gamma, beta, method: 'annealed', seed, samples })
  const [a, b, c] = await Promise.all([run(1, 128), run(1, 159), run(2, 128)])
  expect(a).toEqual(b)
  expect(a.value).not.toBe(c.value)
  expect(Math.abs(a.hessian[1] - a.hessian[3])).toBe(0)
})

test('progress rises to 1, and a signal ends it on the way', async () => {
  const { f, x, gamma, beta } = mixtures(10, 10, 1, [-1, 0.5], [0.3, 0.4])
  const controller = new AbortController()
  const fractions: number[] = []
  const onProgress = ({ fraction }: { fraction: number }): void => {
    fractions.push(fraction)
    if (fractions.length === 3) controller.abort()
  }
  await expect(localEntropy(f, x, { gamma, beta, method: 'annealed', signal: controller.signal, onProgress })).rejects.toThrow(Cancelled)
  expect(fractions).toHaveLength(3)
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
  expect(fractions[2]).toBeLessThanOrEqual(1)
})

describe('what cannot be done is said', () => {
  const f = landscapes.quadratic({ dim: 4 })
  const x = [0, 0, 0, 0]

  test.each([
    [{ samples: 63 }, 'localEntropy: samples must be an integer of at least 64, got 63'], [{ samples: 1e9 }, 'localEntropy: samples must be at most'],
    [{ seed: -1 }, 'localEntropy: seed must be an integer of at least 0, got -1'], [{ method: 'anealed' as never }, 'did you mean \'annealed\'?'],
    [{ gamma: 0 }, 'localEntropy: gamma must be'],
  ])('%o', async (bad, message) => {
    await expect(localEntropy(f, x, { gamma: 1, beta: 1, method: 'annealed', ...bad })).rejects.toThrow(message)
  })

  test('walls everywhere, a law without mass, an endless gradient', async () => {
    const walls = potential({ dim: 1, value: () => Infinity, gradient: (_, out) => void out.fill(0) })
    await expect(localEntropy(walls, [0], { gamma: 1, beta: 1, method: 'annealed' })).rejects.toThrow(DivergenceError)
    await expect(localEntropy(potential('-x^2'), [0.1], { gamma: 1, beta: 1, method: 'annealed' })).rejects.toThrow(/annealing came to λ = 0\.5.* use a smaller gamma/)
    const bad = potential({ dim: 1, value: ([a]) => a * a, gradient: (_, out) => void out.fill(Infinity) })
    await expect(localEntropy(bad, [0], { gamma: 1, beta: 1, method: 'annealed' })).rejects.toThrow('localEntropy: potential.gradients must be finite')
  })

  test('too few effective samples', async () => {
    const { effectiveSampleSize, warning } = await localEntropy(f, x, { gamma: 100, beta: 1, method: 'annealed', samples: 64 })
    expect(effectiveSampleSize).toBeLessThan(64)
    expect(warning).toMatch(/effective sample size .* is below 100: the standard errors are not to be relied on/)
  })
})
