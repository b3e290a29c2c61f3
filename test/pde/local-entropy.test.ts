import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ArgumentError, Cancelled, DivergenceError } from '../../lib/core/errors.ts'
import { coleHopf } from '../../lib/pde/cole-hopf.ts'
import { localEntropy } from '../../lib/pde/local-entropy/index.ts'
import { prox } from '../../lib/pde/prox.ts'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/potential.ts'

const eps = Number.EPSILON
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((worst, v, k) => Math.max(worst, Math.abs(v - b[k])), 0)

/** Errors in their units: βu, √(βγ)∇u and γ∇²u are pure numbers. */
async function errorsFrom(exact: { value: number; gradient: ArrayLike<number>; hessian: ArrayLike<number> }, f: Potential, x: ArrayLike<number>, gamma: number, beta: number) {
  const u = await localEntropy(f, x, { gamma, beta, method: 'quadrature' })
  return {
    value: beta * Math.abs(u.value - exact.value), gradient: Math.sqrt(beta * gamma) * largest(u.gradient, exact.gradient), hessian: gamma * largest(u.hessian, exact.hessian),
  }
}

/** The same Gaussian mixture with variances S + γ/β is its local entropy, with its derivatives. */
function mixtures(dim: number, gamma: number, beta: number): { f: Potential; u: Potential; x: number[] } {
  const weights = [0.3, 0.7]
  const means = [-1, 0.5].map((m) => Array.from({ length: dim }, (_, k) => (m * (1 + 0.2 * k)) / Math.sqrt(dim)))
  const variances = [0.2, 0.6]
  return {
    f: landscapes.gaussianMixture({ weights, means, variances, beta }),
    u: landscapes.gaussianMixture({ weights, means, variances: variances.map((s) => s + gamma / beta), beta }),
    x: Array.from({ length: dim }, (_, k) => (0.3 * Math.cos(k)) / Math.sqrt(dim)),
  }
}

describe('Gaussian mixtures are exact', () => {
  test.each([1, 2, 3])('in %d dimensions, at β from 0.01 to 1e6 and γ from 1e−4 to 30', async (dim) => {
    for (const beta of [0.01, 1, 100, 1e6]) {
      for (const gamma of dim === 3 ? [0.1, 30] : [1e-4, 0.1, 1, 30]) {
        const { f, u, x } = mixtures(dim, gamma, beta)
        const { value, gradient, hessian } = await errorsFrom({ value: u.value(x), gradient: u.gradient(x), hessian: u.hessian(x) }, f, x, gamma, beta)
        // Sums of some 10^4 nodes, at exponents of order 1: f here is of order 1/β.
        expect(value).toBeLessThanOrEqual(256 * eps)
        expect(gradient).toBeLessThanOrEqual(64 * eps)
        expect(hessian).toBeLessThanOrEqual(64 * eps)
      }
    }
  })
})

describe('quadratics', () => {
  test.each([0.01, 3, 1e6])('rotated and very stiff, β = %d', async (beta) => {
    const [c, s] = [0.6, 0.8]
    const a = [[c * c * 1000 + s * s * 2, c * s * 998], [c * s * 998, s * s * 1000 + c * c * 2]]
    const f = landscapes.quadratic({ matrix: a, center: [0.2, -0.1], offset: 3 })
    const gamma = 0.5
    // A(I + γA)⁻¹ has eigenvalues 1000/501 and 2/2 along (c, s) and (−s, c).
    const [p, q] = [1000 / 501, 1]
    const hessian = [c * c * p + s * s * q, c * s * (p - q), c * s * (p - q), s * s * p + c * c * q]
    const d = [0.8, 0.4]
    const gradient = [hessian[0] * d[0] + hessian[1] * d[1], hessian[2] * d[0] + hessian[3] * d[1]]
    const value = 3 + (gradient[0] * d[0] + gradient[1] * d[1]) / 2 + (Math.log(501) + Math.log(2)) / (2 * beta)
    const errors = await errorsFrom({ value, gradient, hessian }, f, [1, 0.3], gamma, beta)
    // βf is known to eps·β|f|, |f| ≤ 400 near x.
    const unit = eps * (1 + 400 * beta)
    expect(errors.value).toBeLessThanOrEqual(64 * unit)
    expect(errors.gradient).toBeLessThanOrEqual(64 * unit)
    expect(errors.hessian).toBeLessThanOrEqual(64 * unit)
  })
})

/** erfc(z) e^{z²} for z ≥ 0 by its continued fraction beyond 2 and the series of erf below. */
function scaledErfc(z: number): number {
  if (z > 2) {
    let tail = 0
    for (let k = 200; k >= 1; k--) tail = k / 2 / (z + tail)
    return 1 / (Math.sqrt(Math.PI) * (z + tail))
  }
  let [term, sum] = [z, z]
  for (let n = 1; n < 80; n++) {
    term *= (2 * z * z) / (2 * n + 1)
    sum += term
  }
  return Math.exp(z * z) - (2 / Math.sqrt(Math.PI)) * sum
}

/** log N(z), the normal distribution function. */
const logNormal = (z: number): number => (z > 0 ? Math.log1p(-scaledErfc(z / Math.SQRT2) * Math.exp((-z * z) / 2) / 2) : Math.log(scaledErfc(-z / Math.SQRT2) / 2) - (z * z) / 2)

describe('on the line', () => {
  test('|x| and −|x|: closed forms, at the kink and away from it', async () => {
    const u = async (source: string, x: number, gamma: number, beta: number) => (await localEntropy(potential(source), [x], { gamma, beta })).value
    expect(Math.abs((await u('abs(x)', 0.4, 0.6, 2.5)) - 0.3822017741)).toBeLessThan(6e-11)
    expect(Math.abs((await u('-abs(x)', 0.4, 0.6, 2.5)) + 0.7265018251)).toBeLessThan(6e-11)
    for (const beta of [0.01, 1, 1000, 1e6]) {
      for (const x of [0, 0.4, -1.3]) {
        const [t, root] = [0.6, Math.sqrt(0.6 / beta)]
        const logs = [1, -1].map((sign) => -sign * beta * x + logNormal((sign * x - t) / root))
        const top = Math.max(...logs)
        const exact = -t / 2 - (top + Math.log(Math.exp(logs[0] - top) + Math.exp(logs[1] - top))) / beta
        // The reference cancels terms of size β.
        expect(Math.abs((await u('abs(x)', x, t, beta)) - exact)).toBeLessThanOrEqual((1e-12 + 64 * eps * beta) / beta)
      }
    }
  })

  test('walls: a Gaussian cut to an interval, near and far from it', async () => {
    const f = potential({ dim: 1, value: ([y]) => (y < -1 || y > 2 ? Infinity : 0), gradient: (_, out) => void out.fill(0) })
    for (const [x, gamma, beta] of [[0.3, 1, 1], [5, 0.7, 4], [-30, 1, 2], [0.3, 1e-4, 1e4]]) {
      const root = Math.sqrt(gamma / beta)
      // log(N(b) − N(a)) by the tail that is small.
      const [a, b] = x > 0.5 ? [(x - 2) / root, (x + 1) / root] : [(-1 - x) / root, (2 - x) / root]
      const mass = a > 0 ? logNormal(-a) + Math.log1p(-Math.exp(logNormal(-b) - logNormal(-a))) : Math.log1p(-Math.exp(logNormal(a)) - Math.exp(logNormal(-b)))
      const { value, bias } = await localEntropy(f, [x], { gamma, beta })
      expect(Math.abs(value + mass / beta)).toBeLessThanOrEqual((1e-10 + 8 * eps * Math.abs(mass)) / beta)
      expect(bias.value).toBeLessThanOrEqual(1e-10 / beta)
    }
  })

  test('steps, ripples and wells: a plain sum over a million nodes', async () => {
    for (const [source, x, gamma, beta] of [
      ['x^2 + 1.5 sin(2 pi x)', 0.45, 0.4, 12], ['(x^2 - 1)^2 / 4', 0, 1, 1e4], ['(x^2 - 1)^2 / 4', 0.01, 3, 500], ['cos(20 x) + abs(x - 0.3)', 1, 2, 9],
    ] as const) {
      const f = potential(source)
      const nodes = Float64Array.from({ length: 1_000_001 }, (_, i) => -5 + i * 1e-5)
      const h = f.values(nodes).map((v, i) => v + (x - nodes[i]) ** 2 / (2 * gamma))
      const base = h.reduce((a, b) => Math.min(a, b), Infinity)
      const sums = [0, 0, 0]
      h.forEach((v, i) => {
        const w = Math.exp(-beta * (v - base))
        ;[1, nodes[i] - x, (nodes[i] - x) ** 2].forEach((o, k) => (sums[k] += w * o))
      })
      const mean = sums[1] / sums[0]
      const exact = {
        value: base - Math.log((sums[0] * 1e-5) / Math.sqrt((2 * Math.PI * gamma) / beta)) / beta, gradient: [-mean / gamma],
        hessian: [(1 - (beta / gamma) * (sums[2] / sums[0] - mean * mean)) / gamma],
      }
      const errors = await errorsFrom(exact, f, [x], gamma, beta)
      // The sum: round-off of a million terms, eps·β·|f|, and h²β|jump of f′| at a kink.
      const unit = 1e-11 + 64 * eps * beta + (source.includes('abs') ? 1e-10 * beta : 0)
      expect(errors.value).toBeLessThanOrEqual(unit)
      // In units of the spread, which two wells make √(β/γ) times wider.
      expect(errors.gradient).toBeLessThanOrEqual(unit * Math.sqrt(beta) * 4)
      expect(errors.hessian).toBeLessThanOrEqual(unit * beta * 4)
    }
  })
})

describe('in two and three dimensions', () => {
  const wells = '(x^2 - 1)^2 / 4'

  test.each([0.01, 1, 50, 1e4, 1e6])('sums of functions of one coordinate, at a shock and past it, β = %d', async (beta) => {
    for (const [first, second, x, gamma] of [[wells, 'x^2', [0, 0.3], 2], [wells, wells, [0, 0], 1], ['1 + x^2/10 - cos(2 pi x)', wells, [0.45, -0.3], 1]] as const) {
      const parts = await Promise.all([first, second].map((source, k) => localEntropy(potential(source), [x[k]], { gamma, beta })))
      const u = await localEntropy(potential(`${first} + ${second.replaceAll('x', 'y')}`), x, { gamma, beta })
      const allowed = 1e-10 + 64 * eps * beta
      expect(beta * Math.abs(u.value - parts[0].value - parts[1].value)).toBeLessThanOrEqual(allowed)
      parts.forEach((part, k) => {
        // Of the spread and the variance of y, which are γ/β(1 − γu″).
        const spread = Math.sqrt((gamma / beta) * (1 - gamma * part.hessian[0]))
        expect(Math.abs(u.gradient[k] - part.gradient[0])).toBeLessThanOrEqual((allowed * spread) / gamma)
        expect(Math.abs(u.hessian[3 * k] - part.hessian[0])).toBeLessThanOrEqual((allowed * spread * spread * beta) / (gamma * gamma))
      })
    }
  })

  test('a rotation of x rotates the derivatives, in three dimensions', async () => {
    const [c, s] = [0.6, 0.8]
    const f = potential(`${wells} + y^2 + (z - x y)^2 + sin(x + z)`)
    const turned = potential({
      dim: 3,
      value: ([x, y, z]) => f.value([c * x + s * y, c * y - s * x, z]),
      gradient: ([x, y, z], out) => {
        const [a, b, g] = f.gradient([c * x + s * y, c * y - s * x, z])
        out.set([c * a - s * b, s * a + c * b, g])
      },
    })
    const x = [0.3, -0.4, 0.2]
    const [u, v] = await Promise.all([localEntropy(f, x, { gamma: 0.7, beta: 3 }), localEntropy(turned, [c * x[0] - s * x[1], s * x[0] + c * x[1], x[2]], { gamma: 0.7, beta: 3 })])
    expect(Math.abs(u.value - v.value)).toBeLessThan(1e-11)
    expect(largest(v.gradient, [c * u.gradient[0] - s * u.gradient[1], s * u.gradient[0] + c * u.gradient[1], u.gradient[2]])).toBeLessThan(1e-11)
  })

  test('a narrow well far from x', async () => {
    // 20/β deep and 0.1 wide, 1.5 from x: a few nodes of a lattice of 65² see it.
    const f = potential('-5 exp(-((x - 1.3)^2 + (y - 0.7)^2) / 0.02)')
    const u = await localEntropy(f, [0, 0], { gamma: 1, beta: 4 })
    const nodes = Array.from({ length: 801 }, (_, i) => -4 + i / 100)
    let sum = 0
    for (const a of nodes) for (const b of nodes) sum += Math.exp(20 * Math.exp(-((a - 1.3) ** 2 + (b - 0.7) ** 2) / 0.02) - 2 * (a * a + b * b))
    expect(Math.abs(u.value + Math.log((sum * 1e-4) / (Math.PI / 2)) / 4)).toBeLessThan(1e-10)
  })
})

test('the solution on a grid is the same', async () => {
  const f = landscapes.rippledBowl()
  const u = coleHopf(field(grid({ min: -4, max: 4, size: 1601 }), f), { gamma: 0.2, beta: 5 })
  for (const x of [-0.7, 0.2, 1]) {
    const { value } = await localEntropy(f, [x], { scope: 5, beta: 5 })
    expect(Math.abs(value - u.at(x))).toBeLessThan(1e-10)
  }
})

describe('invariants', () => {
  const coefficient = fc.double({ min: -2, max: 2, noNaN: true })
  const polynomial = fc.tuple(coefficient, coefficient, coefficient).map(([a, b, c]) => ({ a, b, c }))
  const f = ({ a, b, c }: { a: number; b: number; c: number }, shift = 0, lift = 0): Potential =>
    potential({
      dim: 1, value: ([y]) => lift + a * (y - shift) + b * Math.sin(3 * (y - shift)) + (y - shift) ** 4 / 4 - c * (y - shift) ** 2,
      gradient: ([y], out) => void (out[0] = a + 3 * b * Math.cos(3 * (y - shift)) + (y - shift) ** 3 - 2 * c * (y - shift)),
    })
  const setting = fc.record({
    p: polynomial, x: coefficient, gamma: fc.constantFrom(0.05, 0.5, 3), beta: fc.constantFrom(0.1, 2, 40),
  })

  test('shifts, lifts, ∇²u ≤ I/γ, and the lower bound with the envelope', async () => {
    await fc.assert(fc.asyncProperty(setting, async ({ p, x, gamma, beta }) => {
      const u = await localEntropy(f(p), [x], { gamma, beta })
      const moved = await localEntropy(f(p, 0.75, 2), [x + 0.75], { gamma, beta })
      const unit = 1e-9 / Math.min(beta, 1) + 1e-9
      expect(Math.abs(moved.value - u.value - 2)).toBeLessThan(unit)
      expect(Math.abs(moved.gradient[0] - u.gradient[0])).toBeLessThan(unit / gamma)
      expect(u.hessian[0]).toBeLessThanOrEqual((1 + 1e-9) / gamma)
      // f″ ≤ M on no whole line here, but f″ ≥ m = −2|c| − 9|b|: u − u₀ ≥ log(1 + γm)/(2β) where 1 + γm > 0.
      const m = -2 * Math.abs(p.c) - 9 * Math.abs(p.b)
      const { value: envelope } = prox(f(p), [x], { gamma })
      if (1 + gamma * m > 1e-3) expect(u.value - envelope).toBeGreaterThanOrEqual(Math.log(1 + gamma * m) / (2 * beta) - unit)
    }), { numRuns: 40 })
  })

  test('the two-sided bound m ≤ f″ ≤ M and Jensen: u ≤ G_{γ/β} ∗ f', async () => {
    const bowl = potential('x^2 / 2 + 0.8 cos(x)')
    for (const beta of [0.5, 5, 100]) {
      for (const gamma of [0.1, 1, 10]) {
        for (const x of [0, 1, -2.5]) {
          const { value, hessian: [curvature] } = await localEntropy(bowl, [x], { gamma, beta })
          const gap = value - prox(bowl, [x], { gamma }).value
          const slack = 1e-10 / beta
          expect(gap).toBeGreaterThanOrEqual(Math.log(1 + 0.2 * gamma) / (2 * beta) - slack)
          expect(gap).toBeLessThanOrEqual(Math.log(1 + 1.8 * gamma) / (2 * beta) + slack)
          expect(curvature).toBeGreaterThanOrEqual(0.2 / (1 + 0.2 * gamma) - 1e-9)
          expect(curvature).toBeLessThanOrEqual(1.8 / (1 + 1.8 * gamma) + 1e-9)
          const s = gamma / beta
          expect(value).toBeLessThanOrEqual((x * x + s) / 2 + 0.8 * Math.exp(-s / 2) * Math.cos(x) + slack)
        }
      }
    }
  })
})

describe('what cannot be done says so', () => {
  const f = potential('x^2')
  test('bad arguments', async () => {
    await expect(localEntropy({} as never, [0], { gamma: 1, beta: 1 })).rejects.toThrow('localEntropy: potential must be a potential')
    await expect(localEntropy(f, [0, 1], { gamma: 1, beta: 1 })).rejects.toThrow('localEntropy: x must be a point of 1 coordinate, got [0, 1]')
    await expect(localEntropy(f, [NaN], { gamma: 1, beta: 1 })).rejects.toThrow('localEntropy: x[0] must be a finite number, got NaN')
    await expect(localEntropy(f, [0], { gamma: 1, scope: 1, beta: 1 })).rejects.toThrow('localEntropy: gamma, scope or time must be given exactly once')
    await expect(localEntropy(f, [0], { gamma: 1, beta: 0 })).rejects.toThrow('localEntropy: beta must be a positive finite number, got 0')
    await expect(localEntropy(f, [0], { gamma: 1, beta: 1, method: 'monte-carlo' as never })).rejects.toThrow('localEntropy: method must be one of')
    await expect(localEntropy(f, [0], { gamma: 1, beta: 1, sampels: 5 } as never)).rejects.toThrow('did you mean samples?')
    await expect(localEntropy(f, [0], { gamma: 1, beta: 1, tolerance: 1 })).rejects.toThrow('localEntropy: tolerance must be below 0.1, got 1')
    await expect(localEntropy(landscapes.quadratic({ dim: 4 }), [0, 0, 0, 0], { gamma: 1, beta: 1, method: 'quadrature' }))
      .rejects.toThrow('localEntropy: method must be \'importance\' beyond 3 dimensions, got "quadrature"')
  })

  test('unbounded below, walls everywhere, corners in two dimensions', async () => {
    await expect(localEntropy(potential('-x^2'), [0.4], { gamma: 0.6, beta: 2 })).rejects.toThrow(DivergenceError)
    await expect(localEntropy(potential('-x^2 - y^4'), [0.4, 1], { gamma: 0.6, beta: 2 })).rejects.toThrow(DivergenceError)
    const wall = potential({ dim: 1, value: () => Infinity, gradient: (_, out) => void out.fill(0) })
    await expect(localEntropy(wall, [0.4], { gamma: 0.6, beta: 2 })).rejects.toThrow('localEntropy: f(y) + |x − y|²/(2γ) is unbounded below at γ = 0.6, or +Infinity')
    await expect(localEntropy(potential('log(x)'), [0.4], { gamma: 0.6, beta: 2 })).rejects.toThrow(ArgumentError)
    await expect(localEntropy(potential('abs(x) + abs(y)'), [0.3, 0.2], { gamma: 1, beta: 2 })).rejects.toThrow('localEntropy: the integral did not settle within')
  })

  test('a signal', async () => {
    await expect(localEntropy(f, [0], { gamma: 1, beta: 1, signal: AbortSignal.abort() })).rejects.toThrow(Cancelled)
  })
})
