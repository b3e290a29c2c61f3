import { describe, expect, test } from 'vitest'
import { Cancelled, DivergenceError } from '../../lib/core/errors.ts'
import { localEntropy } from '../../lib/pde/local-entropy/index.ts'
import type { LocalEntropy } from '../../lib/pde/local-entropy/index.ts'
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
function mixtures(dim: number, gamma: number, beta: number, centers: number[], variances: number[]): Case {
  const weights = [0.3, 0.7]
  const means = centers.map((m) => Array.from({ length: dim }, () => m / Math.sqrt(dim)))
  return {
    f: landscapes.gaussianMixture({ weights, means, variances, beta }),
    u: landscapes.gaussianMixture({ weights, means, variances: variances.map((s) => s + gamma / beta), beta }),
    x: Array.from({ length: dim }, (_, k) => (0.3 * Math.cos(k)) / Math.sqrt(dim)), gamma, beta,
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

describe('Gaussian mixtures are exact, where one sample of the kernel has all the weight', () => {
  test.each([
    [4, 300, 1, [-1, 0.5], [0.2, 0.3], 1024], [10, 10, 1, [-1, 0.5], [0.3, 0.4], 1024], [10, 10, 1e6, [-1e-3, 5e-4], [3e-7, 4e-7], 1024], [100, 1, 1, [-1, 0.5], [0.4, 0.42], 512],
  ])('%d dimensions, γ = %d, β = %d', async (dim, gamma, beta, centers, variances, samples) => {
    const given = mixtures(dim, gamma, beta, centers, variances)
    const kernel = await localEntropy(given.f, given.x, { gamma, beta, method: 'importance', proposal: 'kernel', samples })
    expect(kernel.effectiveSampleSize).toBeLessThan(3)
    const got = await localEntropy(given.f, given.x, { gamma, beta, method: 'annealed', samples, seed: 2 })
    console.log(dim, 'ess', got.effectiveSampleSize, beta * got.standardErrors.value, (got.value - given.u.value(given.x)) / got.standardErrors.value)
    expect(got.method).toBe('annealed')
    expect(got.effectiveSampleSize).toBeGreaterThan(100)
    expect(got.warning).toBeUndefined()
    expectWithin(given, got)
  })
})

test('quadratics of unequal curvatures', async () => {
  const curvatures = Array.from({ length: 20 }, (_, k) => 1 + k)
  const [gamma, beta] = [2, 10]
  const x = curvatures.map(() => 1)
  // λ/(1 + γλ), and log(1 + γλ)/(2β) of the determinant.
  const after = curvatures.map((c) => c / (1 + gamma * c))
  const u = landscapes.quadratic({ curvatures: after, offset: curvatures.reduce((sum, c) => sum + Math.log(1 + gamma * c) / (2 * beta), 0) })
  const f = landscapes.quadratic({ curvatures })
  const got = await localEntropy(f, x, { gamma, beta, method: 'annealed', samples: 512 })
  console.log('quad', got.effectiveSampleSize)
  expect(got.warning).toBeUndefined()
  expectWithin({ f, u, x, gamma, beta }, got)
})

test('two wells twenty deviations apart, from a kernel as wide', async () => {
  const given = mixtures(4, 30, 1, [-5, 5], [0.25, 0.25])
  const got = await localEntropy(given.f, given.x, { gamma: 30, beta: 1, method: 'annealed', samples: 1024, seed: 1 })
  console.log('wells', got.effectiveSampleSize, got.standardErrors.gradient, given.u.gradient(given.x), got.gradient)
  expectWithin(given, got)
  // One well alone has its own Hessian, 120 errors away.
  const alone = mixtures(4, 30, 1, [5, 5], [0.25, 0.25])
  expect(Math.abs(got.hessian[1] - alone.u.hessian(given.x)[1])).toBeGreaterThan(10 * got.standardErrors.hessian[1])
})

