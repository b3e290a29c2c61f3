import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../lib/core/errors.ts'
import { field, nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Grid } from '../../lib/grid/grid.ts'
import { hopfLax } from '../../lib/pde/hopf-lax.ts'
import { biconjugate, legendre } from '../../lib/pde/legendre.ts'

/** Sums and products of numbers of size `scale` in a few roundings. */
const roundings = (scale: number): number => 32 * Number.EPSILON * scale

const values = (n: number, walls = true) => fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.double({ min: -5, max: 5, noNaN: true }) }, { weight: walls ? 1 : 0, arbitrary: fc.constant(Infinity) }), { minLength: n, maxLength: n },
).filter((list) => list.some((value) => value < Infinity))

const line = grid({ min: -1, max: 2, size: 23 })
const lineSlopes = grid({ min: -9, max: 7, size: 31, nodes: 'centers' })
const box = grid([{ min: -1, max: 1, size: 5 }, { min: 0, max: 2, size: 4, nodes: 'centers' }, { min: -1, max: 0, size: 3 }])
const boxSlopes = grid([{ min: -4, max: 5, size: 6 }, { min: -3, max: 3, size: 7 }, { min: -2, max: 6, size: 2 }])
/** Of p·x and f on these grids. */
const scale = 40

function of(g: Grid, data: readonly number[]): Field {
  return field(g, ndarray(Float64Array.from(data), g.shape.slice()))
}

function inner(p: readonly number[], x: readonly number[]): number {
  return p.reduce((sum, pk, k) => sum + pk * x[k], 0)
}

function bruteForce(f: Field, p: number[]): number {
  return f.values.data.reduce((most, value, j) => Math.max(most, inner(p, nodeAt(f.grid, j)) - value), -Infinity)
}

/** The infimum over all segments, and points, of nodes that hold x. */
function bruteForceHull(x: Float64Array, f: Float64Array, i: number): number {
  let least = f[i]
  for (let a = 0; a < i; a++) for (let b = i + 1; b < x.length; b++) least = Math.min(least, ((x[b] - x[i]) * f[a] + (x[i] - x[a]) * f[b]) / (x[b] - x[a]))
  return least
}

describe('legendre', () => {
  it.each([['one', line, lineSlopes, 40], ['three', box, boxSlopes, 15]] as const)('is the brute-force maximum, maximisers included, on %s axes', (_, g, slopes, numRuns) => {
    fc.assert(fc.property(values(g.size), (data) => {
      const f = of(g, data)
      const { conjugate, maximizer } = legendre(f, { slopes })
      expect(conjugate.grid).toBe(slopes)
      for (let i = 0; i < slopes.size; i++) {
        const p = nodeAt(slopes, i)
        const got = conjugate.values.data[i]
        expect(Math.abs(got - bruteForce(f, p))).toBeLessThanOrEqual(roundings(scale))
        const x = maximizer.map((part) => part.values.data[i])
        const at = Array.from({ length: g.size }, (__, j) => j).find((j) => nodeAt(g, j).every((xk, k) => xk === x[k]))!
        // Fenchel's equality at the maximiser.
        expect(Math.abs(data[at] + got - inner(p, x))).toBeLessThanOrEqual(roundings(scale))
      }
    }), { numRuns })
  })

  it('has the closed forms of x²/2, |x| and eˣ up to the nodes that it is taken over', () => {
    const g = grid({ min: -4, max: 4, size: 1601 })
    const slopes = grid({ min: -1.5, max: 3, size: 91 })
    const h = g.spacing[0]
    const transform = (f: (x: number) => number): Float64Array => legendre(field(g, f), { slopes }).conjugate.values.data
    const [square, exponential] = [transform((x) => (x * x) / 2), transform(Math.exp)]
    const absolute = transform(Math.abs)
    slopes.coordinates(0).forEach((p, i) => {
      expect(square[i] - (p * p) / 2).toBeLessThanOrEqual(roundings(10))
      expect(square[i] - (p * p) / 2).toBeGreaterThanOrEqual(-(h * h) / 8 - roundings(10))
      // p log p − p for p > 0, of f″ = p there; the maximiser log p is above −4 for p > 0.02.
      if (p > 0.02) expect(Math.abs(exponential[i] - (p * Math.log(p) - p))).toBeLessThanOrEqual((Math.exp(h) * p * h * h) / 8 + roundings(10))
      expect(Math.abs(absolute[i] - (Math.abs(p) <= 1 ? 0 : 4 * (Math.abs(p) - 1)))).toBeLessThanOrEqual(roundings(20))
    })
  })

  it('reverses order, obeys Fenchel and Young, and shifts with constants and planes', () => {
    fc.assert(fc.property(values(box.size), fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: box.size, maxLength: box.size }), fc.double({ min: -3, max: 3, noNaN: true }), (data, rise, c) => {
      const transform = (list: readonly number[]) => legendre(of(box, list), { slopes: boxSlopes }).conjugate.values.data
      const f = transform(data)
      const higher = transform(data.map((value, i) => value + rise[i]))
      const lifted = transform(data.map((value) => value + c))
      for (let i = 0; i < f.length; i++) {
        expect(higher[i]).toBeLessThanOrEqual(f[i] + roundings(scale))
        expect(Math.abs(lifted[i] - f[i] + c)).toBeLessThanOrEqual(roundings(scale))
        const p = nodeAt(boxSlopes, i)
        for (let j = 0; j < box.size; j++) expect(data[j] + f[i]).toBeGreaterThanOrEqual(inner(p, nodeAt(box, j)) - roundings(scale))
      }
    }), { numRuns: 15 })
  })

  it('turns the inf-convolution with |x|²/2t into a sum with t|p|²/2', () => {
    const g = grid({ min: -2, max: 2, size: 81 })
    const f = field(g, (x) => Math.cos(3 * x) + x * x)
    const t = 0.5
    // The sum's maximiser x + tp, f′(x) = p, is inside.
    const slopes = grid({ min: -1, max: 1, size: 21 })
    const [whole, first] = [hopfLax(f, { time: t }).envelope, f].map((u) => legendre(u, { slopes }).conjugate.values.data)
    const h = g.spacing[0]
    slopes.coordinates(0).forEach((p, i) => {
      // The place x + tp of the sum's maximiser is a node up to h/2, at a cost of h²/(8t).
      expect(whole[i] - first[i] - (t * p * p) / 2).toBeLessThanOrEqual(roundings(10))
      expect(whole[i] - first[i] - (t * p * p) / 2).toBeGreaterThanOrEqual(-(h * h) / (8 * t) - roundings(10))
    })
  })
})

describe('biconjugate', () => {
  it('is the exact convex hull of the nodes on the line', () => {
    fc.assert(fc.property(values(line.size), (data) => {
      const f = of(line, data)
      const hull = biconjugate(f).values.data
      const x = line.coordinates(0)
      hull.forEach((value, i) => {
        const exact = bruteForceHull(x, f.values.data, i)
        if (exact === Infinity) {
          expect(value).toBe(Infinity)
          return
        }
        expect(value).toBeLessThanOrEqual(data[i])
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(roundings(scale))
      })
    }), { numRuns: 60 })
  })

  it('on the line has the transform of f at all slopes, and itself as its hull', () => {
    fc.assert(fc.property(values(line.size), (data) => {
      const f = of(line, data)
      const hull = biconjugate(f)
      const [once, thrice] = [f, hull].map((u) => legendre(u, { slopes: lineSlopes }).conjugate.values.data)
      once.forEach((value, i) => expect(Math.abs(thrice[i] - value)).toBeLessThanOrEqual(roundings(scale)))
      biconjugate(hull).values.data.forEach((value, i) => {
        if (value < Infinity) expect(Math.abs(value - hull.values.data[i])).toBeLessThanOrEqual(roundings(scale))
        else expect(hull.values.data[i]).toBe(Infinity)
      })
    }), { numRuns: 40 })
  })

  it('with slopes is below f, convex, and has the transform of f on them', () => {
    fc.assert(fc.property(values(box.size), (data) => {
      const f = of(box, data)
      const hull = biconjugate(f, { slopes: boxSlopes })
      hull.values.data.forEach((value, i) => expect(value).toBeLessThanOrEqual(data[i]))
      for (let j = 2; j < 5; j++) {
        for (let rest = 0; rest < 12; rest++) {
          const [a, b, c] = [j - 2, j - 1, j].map((k) => hull.values.data[12 * k + rest])
          expect(a + c - 2 * b).toBeGreaterThanOrEqual(-roundings(scale))
        }
      }
      const [once, thrice] = [f, hull].map((u) => legendre(u, { slopes: boxSlopes }).conjugate.values.data)
      once.forEach((value, i) => expect(Math.abs(thrice[i] - value)).toBeLessThanOrEqual(roundings(scale)))
    }), { numRuns: 20 })
  })

  it('in two dimensions is the envelope within its bound, by default slopes', () => {
    // ((x² − 1)² + y²)/4 has the envelope max(|x| − 1, 0)²(|x| + 1)²/4 + y²/4; wells and y = 0 are nodes.
    const g = grid([{ min: -2, max: 2, size: 41 }, { min: -1, max: 1, size: 21 }])
    const hull = biconjugate(field(g, (x, y) => ((x * x - 1) ** 2 + y * y) / 4))
    // 2n + 1 slopes from −6 to 6 and from −½ to ½: Σ δd/2, and half a spacing's curvature between nodes.
    const bound = (12 / 82) * 2 + (1 / 42) * 1
    let worst = 0
    for (let i = 0; i < g.size; i++) {
      const [x, y] = nodeAt(g, i)
      const exact = (Math.abs(x) <= 1 ? 0 : (x * x - 1) ** 2 / 4) + (y * y) / 4
      expect(hull.values.data[i]).toBeLessThanOrEqual(exact + roundings(scale))
      worst = Math.max(worst, exact - hull.values.data[i])
    }
    expect(worst).toBeLessThanOrEqual(bound)
    expect(worst).toBeLessThan(0.05)
    // Planes are kept as they are.
    const plane = field(g, (x, y) => 3 * x - 2 * y + 1)
    biconjugate(plane).values.data.forEach((value, i) => expect(Math.abs(value - plane.values.data[i])).toBeLessThanOrEqual(roundings(scale)))
  })

  it('is the envelope of the Hopf–Lax solution, which the Hopf formula has in its place', () => {
    const g = grid({ min: -2, max: 2, size: 401 })
    const f = field(g, (x) => (x * x - 1) ** 2 / 4)
    const t = 0.5
    const envelope = biconjugate(hopfLax(f, { time: t }).envelope)
    const convex = hopfLax(biconjugate(f), { time: t }).envelope
    const slack = ((11 + 1 / t) * g.spacing[0] ** 2) / 8
    g.coordinates(0).forEach((x, i) => {
      expect(Math.abs(envelope.values.get(i) - convex.values.get(i))).toBeLessThanOrEqual(2 * slack)
      if (x === 0) expect(convex.values.get(i)).toBeLessThanOrEqual(slack)
    })
  })
})

describe('bad input', () => {
  const f = field(grid({ min: 0, max: 1, size: 3 }), (x) => x)
  const plane = field(grid([{ min: 0, max: 1, size: 3 }, { min: 0, max: 1, size: 3 }]), (x, y) => (x + y > 1.9 ? Infinity : x))
  const periodic = field(grid({ min: 0, max: 1, size: 3, boundary: 'periodic' }), () => 0)
  it.each<[string, () => unknown, string]>([
    ['no field', () => legendre(undefined as never, { slopes: lineSlopes }), 'legendre: field must be a field made by field(), got undefined'],
    ['no slopes', () => legendre(f, {} as never), 'legendre: slopes must be a grid made by grid(), got undefined'],
    ['no options', () => legendre(f, undefined as never), 'legendre: options must be an object with slopes, got undefined'],
    ['an unknown option', () => legendre(f, { slope: lineSlopes } as never), 'legendre: options must be one of slopes (did you mean slopes?), got slope'],
    ['slopes of another dimension', () => legendre(f, { slopes: boxSlopes }), 'legendre: slopes must be a grid of dimension 1, got "dimension 3"'],
    ['a periodic axis', () => legendre(periodic, { slopes: lineSlopes }), 'legendre: field must be without periodic axes'],
    ['walls everywhere', () => biconjugate(field(f.grid, () => Infinity)), 'biconjugate: field must be finite somewhere, got +Infinity everywhere'],
    ['walls without slopes', () => biconjugate(plane), 'biconjugate: slopes must be given when the field has walls in more than one dimension, got none'],
  ])('%s is refused', (_, call, message) => {
    expect(call).toThrow(ArgumentError)
    expect(call).toThrow(message)
  })
})
