import { describe, expect, it } from 'vitest'
import { ArgumentError, DivergenceError } from '../../lib/core/errors.ts'
import { field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import { convexFunctions } from '../../lib/pde/convex/index.ts'
import { hopfFormula } from '../../lib/pde/hopf-formula.ts'
import type { HopfFormula } from '../../lib/pde/hopf-formula.ts'
import { hopfLax } from '../../lib/pde/hopf-lax.ts'
import { biconjugate } from '../../lib/pde/legendre.ts'
import { prox } from '../../lib/pde/prox.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import { normals } from '../../lib/random/index.ts'

const eps = Number.EPSILON
const { l1Norm, euclideanNorm, maximumNorm, quadratic, box } = convexFunctions
const t = 0.7
const huber = (x: number, s = t): number => (Math.abs(x) <= s ? (x * x) / (2 * s) : Math.abs(x) - s / 2)
const sum = (x: Float64Array, term: (xk: number, k: number) => number): number => x.reduce((total, xk, k) => total + term(xk, k), 0)
const norm = (x: Float64Array): number => Math.sqrt(sum(x, (xk) => xk * xk))
const dims = [1, 2, 10, 1000]
const pointOf = (dim: number): Float64Array => normals(7, 0, dim).map((z) => 2 * z)

/** Value, gap and slope, to roundings of sums of dim terms of the value's size. */
function expectClosed(got: HopfFormula, value: number, slope: (k: number) => number, size = Math.abs(value)): void {
  const dim = got.gradient.length
  const tolerance = 16 * eps * Math.sqrt(dim) * (size + 1)
  expect(Math.abs(got.value - value)).toBeLessThanOrEqual(tolerance)
  expect(got.gap).toBeLessThanOrEqual(tolerance)
  expect(got.converged).toBe(true)
  got.gradient.forEach((p, k) => expect(Math.abs(p - slope(k))).toBeLessThanOrEqual(32 * eps * (1 + Math.abs(p))))
}

describe('with H = ½|p|², in one step to round-off', () => {
  it.each(dims)('is the Huber function for |x|₁, of the norm for |x|, and half the squared distance for a box, in %d dimensions', (dim) => {
    const x = pointOf(dim)
    const r = norm(x)
    expectClosed(hopfFormula({ initial: l1Norm() }, x, { time: t }), sum(x, (xk) => huber(xk)), (k) => Math.max(-1, Math.min(1, x[k] / t)))
    expectClosed(hopfFormula({ initial: euclideanNorm() }, x, { scope: 1 / t }), huber(r), (k) => x[k] / Math.max(r, t))
    const out = (xk: number): number => Math.max(xk - 0.5, 0) + Math.min(xk + 1, 0)
    // p·x less the support function of the box: both of the size |x|²/t.
    expectClosed(hopfFormula({ initial: box({ min: -1, max: 0.5 }) }, x, { gamma: t }), sum(x, (xk) => out(xk) ** 2 / (2 * t)), (k) => out(x[k]) / t, (r * r) / t)
  })

  it.each(dims)('is the quadratic’s closed form, flat directions included, given by f or by f*, in %d dimensions', (dim) => {
    const x = pointOf(dim)
    const a = Array.from({ length: dim }, (_, k) => k % 3)
    const c = Array.from({ length: dim }, (_, k) => Math.sin(k))
    const value = sum(x, (xk, k) => (a[k] * (xk - c[k]) ** 2) / (2 * (1 + t * a[k]))) + 5
    expectClosed(hopfFormula({ initial: quadratic({ curvatures: a, center: c, offset: 5 }) }, x, { time: t }), value, (k) => (a[k] * (x[k] - c[k])) / (1 + t * a[k]))
    // f* = Σ a p²/2 with a + 1, as a function and as a potential without a Hessian.
    const other = sum(x, (xk, k) => (xk * xk) / (2 * (a[k] + 1 + t)))
    const smooth = potential({
      dim, value: (p) => p.reduce((total, pk, k) => total + ((a[k] + 1) * pk * pk) / 2, 0), gradient: (p, out) => p.forEach((pk, k) => (out[k] = (a[k] + 1) * pk)),
    })
    for (const conjugate of [quadratic({ curvatures: a.map((ak) => ak + 1) }), smooth]) {
      expectClosed(hopfFormula({ conjugate }, x, { time: t }), other, (k) => x[k] / (a[k] + 1 + t))
    }
  })

  it('is the quadratic of a full matrix, (A⁻¹ + tI)⁻¹', () => {
    const n = 60
    const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 2 : 0) + 1 / (1 + (i - j) ** 2)))
    const x = pointOf(n)
    const got = hopfFormula({ initial: quadratic({ matrix }) }, x, { time: t })
    // p = A(x − tp): the residual is at round-off times the norms, A of norm below 6.
    const y = x.map((xk, k) => xk - t * got.gradient[k])
    got.gradient.forEach((p, i) => expect(Math.abs(p - sum(y, (yj, j) => matrix[i][j] * yj))).toBeLessThanOrEqual(64 * eps * 6 * norm(x)))
    expect(Math.abs(got.value - sum(x, (xk, k) => xk * got.gradient[k]) / 2)).toBeLessThanOrEqual(64 * eps * norm(x) ** 2)
    expect(got.gap).toBeLessThanOrEqual(64 * eps * norm(x) ** 2)
  })

  it('is the Moreau envelope of convex potentials, said to be so or searched', () => {
    const cases: [string, number[]][] = [['log(cosh(x)) + log(cosh(y - x))', [0.2, 3]], ['abs(x)', [0.2]], ['abs(x - 1) + x^4', [-2]], ['exp(x) + x^2 + y^2 * z^2 / 9 + y^4 + z^4', [1, 2, -1]]]
    for (const [expression, x] of cases) {
      const f = potential(expression)
      const { value, gradient } = prox(f, x, { gamma: t })
      for (const convex of [true, false]) {
        const got = hopfFormula({ initial: f }, x, { time: t, convex })
        expect(Math.abs(got.value - value)).toBeLessThanOrEqual(256 * eps * (1 + Math.abs(value)))
        expect(got.gap).toBeLessThanOrEqual(256 * eps * (10 + Math.abs(value)))
        gradient.forEach((p, k) => expect(Math.abs(got.gradient[k] - p)).toBeLessThanOrEqual(256 * eps * (1 + Math.abs(p))))
      }
    }
  })
})

describe('with another Hamiltonian, by splitting to the tolerance', () => {
  const close = (got: HopfFormula, value: number): void => {
    expect(got.converged).toBe(true)
    const size = Math.abs(value) + sum(got.gradient, (p, k) => Math.abs(p * pointOf(got.gradient.length)[k]))
    // Tolerance and round-off.
    expect(Math.abs(got.value - value)).toBeLessThanOrEqual(2e-13 * size + 64 * eps)
    expect(got.gap).toBeLessThanOrEqual(1e-13 * size + 64 * eps)
  }
  it.each(dims)('eikonal, polyhedral and quadratic ones in %d dimensions', (dim) => {
    const x = pointOf(dim)
    const a = Array.from({ length: dim }, (_, k) => k % 3)
    close(hopfFormula({ initial: quadratic(), hamiltonian: euclideanNorm() }, x, { time: t }), Math.max(norm(x) - t, 0) ** 2 / 2)
    // H = |p|₁ moves every coordinate by t.
    close(hopfFormula({ initial: l1Norm(), hamiltonian: l1Norm() }, x, { time: t }), sum(x, (xk) => Math.max(Math.abs(xk) - t, 0)))
    close(hopfFormula({ initial: l1Norm(), hamiltonian: quadratic({ curvatures: a }) }, x, { time: t }), sum(x, (xk, k) => (a[k] === 0 ? Math.abs(xk) : huber(xk, t * a[k]))))
    close(
      hopfFormula({ initial: quadratic({ curvatures: a }), hamiltonian: quadratic({ curvatures: a.map((ak) => 3 * ak + 1) }) }, x, { time: t }),
      sum(x, (xk, k) => (a[k] === 0 ? 0 : (xk * xk) / (2 / a[k] + 2 * t * (3 * a[k] + 1)))),
    )
    // With H = ½|p|² given as a function it is the one step.
    close(hopfFormula({ initial: l1Norm(), hamiltonian: quadratic() }, x, { time: t }), sum(x, (xk) => huber(xk)))
  })

  it('has bounds that hold for a norm against a ball: max|x| moved by t in the Euclidean ball', () => {
    const x = Float64Array.of(2, 1.9, -0.3)
    const got = hopfFormula({ initial: maximumNorm(), hamiltonian: euclideanNorm() }, x, { time: 0.2 })
    // min max|y| over |y − x| ≤ 0.2: both large coordinates come down to m, (2 − m)² + (1.9 − m)² = 0.04.
    const m = (3.9 - Math.sqrt(3.9 ** 2 - 2 * (4 + 3.61 - 0.04))) / 2
    expect(Math.abs(got.value - m)).toBeLessThanOrEqual(got.gap + 16 * eps)
    expect(got.gap).toBeLessThanOrEqual(1e-12)
  })

  it('takes smooth convex potentials for f, f* and H', () => {
    const f = potential('log(cosh(x)) + log(cosh(y - x)) + y^2 / 8')
    const x = [0.2, 3]
    const eikonal = hopfFormula({ initial: f, hamiltonian: euclideanNorm() }, x, { time: 0.5, convex: true })
    // u(x) = min f over the ball of radius ½ about x: on its edge, by angles.
    let least = Infinity
    for (let k = 0; k < 20_000; k++) least = Math.min(least, f.value([0.2 + 0.5 * Math.cos((k * Math.PI) / 1e4), 3 + 0.5 * Math.sin((k * Math.PI) / 1e4)]))
    expect(eikonal.value).toBeLessThanOrEqual(least + 64 * eps)
    expect(eikonal.value).toBeGreaterThanOrEqual(least - 1e-7)
    expect(eikonal.gap).toBeLessThanOrEqual(1e-12)
    const both = hopfFormula({ conjugate: potential('p^4 / 4 + p^2'), hamiltonian: potential('cosh(p)') }, [2], { time: 0.5, convex: true })
    // p³ + 2p + sinh(p)/2 = 2.
    let p = 1
    for (let k = 0; k < 50; k++) p -= (p ** 3 + 2 * p + Math.sinh(p) / 2 - 2) / (3 * p * p + 2 + Math.cosh(p) / 2)
    expect(Math.abs(both.value - (2 * p - p ** 4 / 4 - p * p - Math.cosh(p) / 2))).toBeLessThanOrEqual(1e-12)
    expect(Math.abs(both.gradient[0] - p)).toBeLessThanOrEqual(1e-6)
  })

  it('ends with its iterations, and tells so', () => {
    const got = hopfFormula({ initial: quadratic({ curvatures: [1, 100] }), hamiltonian: euclideanNorm() }, [3, 4], { time: 1, iterations: 2 })
    expect(got.iterations).toBe(2)
    expect(got.converged).toBe(false)
    const full = hopfFormula({ initial: quadratic({ curvatures: [1, 100] }), hamiltonian: euclideanNorm() }, [3, 4], { time: 1 })
    expect(full.value).toBeGreaterThanOrEqual(got.value - 1e-12)
    expect(full.value).toBeLessThanOrEqual(got.value + got.gap + 1e-12)
  })
})

describe('a potential that is not convex has the value of its envelope', () => {
  const well = landscapes.doubleWell()
  it.each([1e-3, 0.3, 1, 2, 50])('0 between the wells at t = %d, where the infimum is above', (time) => {
    for (const x of [0, 0.3, -0.999]) {
      const got = hopfFormula({ initial: well }, [x], { time })
      // Places of the wells, good to eps, over t; and slopes of that size times the distance of the wells.
      const unit = eps * (1 + 1 / time)
      expect(Math.abs(got.value)).toBeLessThanOrEqual(64 * unit)
      expect(got.gap).toBeLessThanOrEqual(1e-13 * (2 + 2 / time))
      expect(prox(well, [x], { gamma: time }).value).toBeGreaterThan(got.value + 1e-9)
    }
    const outside = hopfFormula({ initial: well }, [1.4], { time })
    expect(Math.abs(outside.value - prox(well, [1.4], { gamma: time }).value)).toBeLessThanOrEqual(64 * eps)
  })

  it('the double well at 0: 0 against 1/4, and 1/(2t) − 1/(4t²) past the shock', () => {
    for (const time of [0.5, 2]) {
      const infimum = time <= 1 ? 0.25 : 1 / (2 * time) - 1 / (4 * time * time)
      expect(Math.abs(prox(well, [0], { gamma: time }).value - infimum)).toBeLessThanOrEqual(8 * eps)
      expect(Math.abs(hopfFormula({ initial: well }, [0], { time }).value)).toBeLessThanOrEqual(64 * eps)
    }
  })

  it('on the line is the convex envelope of the Hopf–Lax solution, many wells included', () => {
    const f = landscapes.rippledBowl()
    const g = grid({ min: -4, max: 4, size: 1601 })
    const u = hopfLax(field(g, f), { time: 0.2, refine: f }).envelope
    const envelope = biconjugate(u)
    for (let i = 200; i < 1400; i += 97) {
      const x = g.coordinates(0)[i]
      const got = hopfFormula({ initial: f }, [x], { time: 0.2 })
      // Contacts between nodes: u is semiconcave with 1/t, so that the hull of the nodes is too high by at most h²/(8t).
      expect(got.value).toBeLessThanOrEqual(envelope.values.get(i) + 1e-12)
      expect(got.value).toBeGreaterThanOrEqual(envelope.values.get(i) - g.spacing[0] ** 2 / (8 * 0.2))
      expect(got.gap).toBeLessThanOrEqual(1e-11)
      expect(got.value).toBeLessThanOrEqual(u.values.get(i) + 1e-12)
    }
  })

  it('in more dimensions: wells in one of them, and quadratics in the rest', () => {
    for (const dim of [2, 5]) {
      const x = [0.2, 0.7, 0.1, -0.2, 0.3].slice(0, dim)
      const got = hopfFormula({ initial: landscapes.doubleWell({ dim }) }, x, { time: 0.5 })
      const rest = x.slice(1).reduce((total, xk) => total + xk * xk, 0) / (2 * 1.5)
      expect(Math.abs(got.value - rest)).toBeLessThanOrEqual(1e-12)
      expect(got.gap).toBeLessThanOrEqual(1e-12)
      expect(got.converged).toBe(true)
    }
  })
})

describe('bad input', () => {
  const f = landscapes.doubleWell()
  it.each<[string, () => unknown, string]>([
    ['no function', () => hopfFormula({}, [1], { time: 1 }), 'hopfFormula: initial or conjugate must be given exactly once, got neither'],
    ['both functions', () => hopfFormula({ initial: f, conjugate: f }, [1], { time: 1 }), 'hopfFormula: initial or conjugate must be given exactly once, got both'],
    ['a function that is none', () => hopfFormula({ initial: 3 as never }, [1], { time: 1 }), 'hopfFormula: initial must be a convex function or a potential, got 3'],
    ['no time', () => hopfFormula({ initial: f }, [1], {}), 'hopfFormula: gamma, scope or time must be given exactly once, got none of them'],
    ['a point of another dimension', () => hopfFormula({ initial: f }, [1, 2], { time: 1 }), 'hopfFormula: x must be a point of 1 coordinate, got [1, 2]'],
    ['no point', () => hopfFormula({ initial: l1Norm() }, undefined as never, { time: 1 }), 'hopfFormula: x must be a point of 1 coordinate, got undefined'],
    ['a Hamiltonian of another dimension', () => hopfFormula({ initial: l1Norm(), hamiltonian: quadratic({ dim: 2 }) }, [1, 2, 3], { time: 1 }), 'hopfFormula: x must be a point of 2 coordinates, got [1, 2, 3]'],
    ['weights of another dimension', () => hopfFormula({ initial: quadratic({ dim: 3 }), hamiltonian: quadratic({ dim: 2 }) }, [1, 2, 3], { time: 1 }), 'hopfFormula: hamiltonian must be a function of dimension 3, got "dimension 2"'],
    ['a potential with a Hamiltonian, not said to be convex', () => hopfFormula({ initial: f, hamiltonian: l1Norm() }, [1], { time: 1 }), 'hopfFormula: convex must be true for a potential with a hamiltonian, got undefined'],
    ['an unknown name', () => hopfFormula({ initial: f, hamilton: l1Norm() } as never, [1], { time: 1 }), 'hopfFormula: problem must be one of initial, conjugate, hamiltonian (did you mean hamiltonian?), got hamilton'],
    ['an unknown option', () => hopfFormula({ initial: f }, [1], { time: 1, toleranc: 1 } as never), '(did you mean tolerance?), got toleranc'],
    ['a tolerance of zero', () => hopfFormula({ initial: f }, [1], { time: 1, tolerance: 0 }), 'hopfFormula: tolerance must be a positive finite number, got 0'],
    ['a convexity that is no boolean', () => hopfFormula({ initial: f }, [1], { time: 1, convex: 1 as never }), 'hopfFormula: convex must be true or false, got 1'],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(ArgumentError)
    expect(call).toThrow(message)
  })

  it('tells of an f without an envelope', () => {
    expect(() => hopfFormula({ initial: potential('-x^2 / 2') }, [0.3], { time: 0.5 })).toThrow(DivergenceError)
  })
})
