import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../../lib/core/errors.ts'
import { field, nodeAt } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Grid } from '../../lib/grid/grid.ts'
import { hopfLax } from '../../lib/pde/hopf-lax.ts'
import { prox } from '../../lib/pde/prox.ts'
import { landscapes, potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/index.ts'

/** Values of size `scale` in a few roundings. */
const roundings = (scale: number): number => 32 * Number.EPSILON * scale

function folded(g: Grid, axis: number, y: number): number {
  const { min, max, boundary } = g.axes[axis]
  return boundary === 'periodic' ? y - (max - min) * Math.floor((y - min) / (max - min)) : y
}

/** The infimum over the line or the plane, where it is taken in the domain. */
function infimum(g: Grid, f: Potential, gamma: number): (x: number[]) => number | undefined {
  return (x) => {
    const { point, value } = prox(f, x, { gamma })
    return point.every((y, k) => y >= g.axes[k].min && y <= g.axes[k].max) ? value : undefined
  }
}

/** Compares with an exact value at the nodes where it is given; the gradient, too, where `slope` is. */
function compare(g: Grid, f: Potential, time: number, exact: (x: number[]) => number | undefined, slope?: (x: number[]) => number[], unit = 1): void {
  const initial = field(g, f)
  const { envelope, minimizer, gradient } = hopfLax(initial, { time, refine: f })
  const plain = hopfLax(initial, { time }).envelope
  for (let i = 0; i < g.size; i++) {
    const x = nodeAt(g, i)
    const value = envelope.values.data[i]
    const size = Math.abs(value) + 4 + (3 / time)
    expect(value).toBeLessThanOrEqual(plain.values.data[i])
    const infimum = exact(x)
    if (infimum !== undefined) expect(Math.abs(value - infimum)).toBeLessThanOrEqual(roundings(size))
    const y = minimizer.map((part) => part.values.data[i])
    const attained = f.value(y.map((yk, k) => folded(g, k, yk))) + y.reduce((sum, yk, k) => sum + (yk - x[k]) ** 2, 0) / (2 * time)
    expect(Math.abs(attained - value)).toBeLessThanOrEqual(roundings(size))
    slope?.(x).forEach((p, k) => expect(Math.abs(gradient[k].values.data[i] - p)).toBeLessThanOrEqual(unit * roundings(size)))
  }
}

describe('hopfLax with refine', () => {
  const line = (size: number, nodes: 'vertices' | 'centers' = 'vertices') => grid({ min: -3, max: 3, size, nodes })

  it.each([7, 50, 333])('is the quadratic solution to round-off on %d nodes, with its gradient', (size) => {
    // (x² + x − t/2)/(1 + 2t); the minimiser (x − t)/(1 + 2t) is inside.
    const t = 0.4
    compare(line(size), potential('x^2 + x'), t, ([x]) => (x * x + x - t / 2) / (1 + 2 * t), ([x]) => [(2 * x + 1) / (1 + 2 * t)], 8)
    compare(line(size, 'centers'), potential('x^2 + x'), t, ([x]) => (x * x + x - t / 2) / (1 + 2 * t), ([x]) => [(2 * x + 1) / (1 + 2 * t)], 8)
  })

  it.each([10, 61, 200])('is the Huber function, kink and all, on %d nodes', (size) => {
    const t = 0.37
    const huber = ([x]: number[]) => (Math.abs(x) <= t ? (x * x) / (2 * t) : Math.abs(x) - t / 2)
    const slope = ([x]: number[]) => [Math.max(-1, Math.min(1, x / t))]
    compare(line(size), potential('abs(x)'), t, huber, slope, 8)
    // A slope that is not defined at the kink.
    const sharp = potential({ dim: 1, value: ([x]) => Math.abs(x), gradient: ([x], out) => void (out[0] = x / Math.abs(x)) })
    compare(line(size), sharp, t, huber, slope, 8)
  })

  it.each([0.3, 1, 1.5, 4])('is the double well through its shock, t = %d', (t) => {
    const f = landscapes.doubleWell()
    const exact = ([x]: number[]): number => {
      // y³ + (1/t − 1)y = x/t on the side of x, by Newton from above.
      let y = Math.max(1, Math.abs(x)) + 1
      for (let k = 0; k < 100; k++) y -= (y ** 3 + (1 / t - 1) * y - Math.abs(x) / t) / (3 * y * y + 1 / t - 1 || 1)
      return (y * y - 1) ** 2 / 4 + (Math.abs(x) - y) ** 2 / (2 * t)
    }
    for (const size of [31, 100, 401]) compare(line(size), f, t, exact)
  })

  it.each([0.02, 0.1, 1, 20])('is the infimum that prox finds for the rippled bowl, γ = %d', (gamma) => {
    const f = landscapes.rippledBowl()
    for (const size of [61, 200]) compare(line(size), f, gamma, infimum(line(size), f, gamma))
  })

  it('is the infimum over the domain: its ends hold minimisers, and an uphill end does not', () => {
    const t = 0.5
    const f = potential('-2 * x')
    // Without the end the minimiser is x + 2t.
    compare(grid({ min: 0, max: 1, size: 5, nodes: 'centers' }), f, t, ([x]) => (x + 2 * t <= 1 ? -2 * x - 2 * t : -2 + (1 - x) ** 2 / (2 * t)))
    const plane = potential('-2 * x + (y - 0.3)^2 / 2')
    compare(
      grid([{ min: 0, max: 1, size: 5 }, { min: 0, max: 1, size: 4 }]), plane, t,
      ([x, y]) => (x + 2 * t <= 1 ? -2 * x - 2 * t : -2 + (1 - x) ** 2 / (2 * t)) + (y - 0.3) ** 2 / (2 * (1 + t)),
    )
  })

  it('repeats a potential on periodic axes, whatever it is outside', () => {
    const g = grid({ min: 0, max: 2 * Math.PI, size: 24, boundary: 'periodic' })
    const onDomain = potential({ dim: 1, value: ([x]) => (x < 0 || x > 2 * Math.PI ? NaN : Math.cos(x)), gradient: ([x], out) => void (out[0] = -Math.sin(x)) })
    for (const time of [0.3, 2, 30]) compare(g, onDomain, time, (x) => prox(potential('cos(x)'), x, { gamma: time }).value)
  })

  it('finds the other side of a shock across a periodic end', () => {
    const g = grid({ min: 0, max: 2 * Math.PI, size: 10, boundary: 'periodic' })
    for (let shift = -1.3; shift < 0.6; shift += 0.0173) {
      const f = potential('cos(x - s) + 0.2 sin(2 x)', { variables: ['x'], parameters: { s: shift } })
      compare(g, f, 4, (x) => prox(f, x, { gamma: 4 }).value)
    }
  })

  it('is the infimum in two dimensions, through shocks and with a rotated Hessian', () => {
    const axis = { min: -2, max: 2, size: 17 }
    const wells = landscapes.doubleWell({ dim: 2 })
    const t = 1.5
    const g = grid([{ ...axis, size: 24 }, axis])
    const one = grid({ min: -2, max: 2, size: 24 })
    const along = hopfLax(field(one, landscapes.doubleWell()), { time: t, refine: landscapes.doubleWell() }).envelope
    compare(g, wells, t, ([x, y]) => along.at(x) + (y * y) / (2 * (1 + t)))
    const bumps = potential('x^2 + y^2 + sin(3 x) * cos(4 y) * 2 + x * y / 2')
    const small = grid([{ min: -1, max: 1, size: 12 }, { min: -1, max: 1, size: 15 }])
    for (const gamma of [0.05, 0.2]) compare(small, bumps, gamma, infimum(small, bumps, gamma))
  })

  it('takes kinks along the axes in more dimensions, and a metric', () => {
    const f = potential('abs(x) + 2 * abs(y - 0.05)')
    const g = grid([{ min: -1, max: 1, size: 9 }, { min: -1, max: 1, size: 12 }])
    const metric = [2, 0.5]
    const { envelope } = hopfLax(field(g, f), { time: 0.2, refine: f, metric })
    const huber = (x: number, t: number): number => (Math.abs(x) <= t ? (x * x) / (2 * t) : Math.abs(x) - t / 2)
    for (let i = 0; i < g.size; i++) {
      const [x, y] = nodeAt(g, i)
      // 2|y| at the time t is twice |y| at 2t. The wall y ≤ 1 is not reached.
      expect(Math.abs(envelope.values.data[i] - huber(x, 0.1) - 2 * huber(y - 0.05, 0.8))).toBeLessThanOrEqual(roundings(10))
    }
  })

  it('is a semigroup to round-off where the first step is refined', () => {
    const f = landscapes.rippledBowl()
    const g = line(400)
    const sum = hopfLax(field(g, f), { gamma: 0.3, refine: f }).envelope
    const half = potential({ dim: 1, value: (x) => prox(f, x, { gamma: 0.1 }).value, gradient: (x, out) => out.set(prox(f, x, { gamma: 0.1 }).gradient) })
    const few = grid({ min: -3, max: 3, size: 58 })
    const twice = hopfLax(field(few, half), { gamma: 0.2, refine: half }).envelope
    for (let i = 0; i < few.size; i++) {
      const x = few.coordinates(0)[i]
      expect(Math.abs(twice.values.get(i) - sum.values.get(7 * i))).toBeLessThanOrEqual(roundings(100))
      expect(Math.abs(g.coordinates(0)[7 * i] - x)).toBeLessThanOrEqual(roundings(1))
    }
  })

  it('refuses what is not the potential of the field', () => {
    const g = grid({ min: 0, max: 1, size: 3 })
    const f = field(g, (x) => x * x)
    const cases: [() => unknown, string][] = [
      [() => hopfLax(f, { gamma: 1, refine: potential('x^2 + 1e-7') }), 'hopfLax: refine must be the potential that initial holds, 0 at (0), got 1e-7'],
      [() => hopfLax(f, { gamma: 1, refine: ((x: number) => x) as never }), 'hopfLax: refine must be a potential, got a function'],
      [() => hopfLax(f, { gamma: 1, refine: potential('x + y') }), 'hopfLax: refine must be a potential of dimension 1, got "dimension 2"'],
      [() => hopfLax(field(g, (x) => (x > 0.7 ? Infinity : x * x)), { gamma: 1, refine: potential('x^2') }), 'hopfLax: refine must be the potential that initial holds, Infinity at (1), got 1'],
    ]
    for (const [call, message] of cases) {
      expect(call).toThrow(ArgumentError)
      expect(call).toThrow(message)
    }
  })
})
