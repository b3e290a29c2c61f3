import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bernoulli } from '../../lib/kernels/bernoulli.ts'
import { factorise, factoriseFolded, solveGenerator } from '../../lib/kernels/generator-lines.ts'
import { addPositively } from '../../lib/kernels/positive-fluxes.ts'

const eps = Number.EPSILON

/** Rates over twenty orders of magnitude (nothing underflows), none at the walls when closed. */
const rates = fc.record({
  nodes: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 3 }),
  cyclic: fc.boolean(),
  open: fc.boolean(),
  exponents: fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 54, maxLength: 54 }),
  loads: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1, noNaN: true })), { minLength: 27, maxLength: 27 }),
  g: fc.constantFrom(1e-3, 1, 1e6),
}).map(({ nodes, width, cyclic, open, exponents, loads, g }) => {
  const n = nodes * width
  const right = Float64Array.from({ length: n }, (_, k) => 10 ** exponents[k])
  const left = Float64Array.from({ length: n }, (_, k) => 10 ** exponents[27 + k])
  if (!cyclic && !open) for (let c = 0; c < width; c++) right[n - width + c] = left[c] = 0
  return { nodes, width, cyclic, closed: cyclic || !open, g, right, left, b: Float64Array.from(loads.slice(0, n)) }
})
type Rates = ReturnType<typeof rates.generate>['value']

function solved({ right, left, g, width, cyclic, b }: Rates): Float64Array {
  const x = new Float64Array(b.length)
  solveGenerator(factorise(right, left, g, width, cyclic), b, x)
  return x
}

/** Largest imbalance of a node's gain and loss, relative to their sum. */
function imbalance({ nodes, width, cyclic, right, left, g, b }: Rates, x: Float64Array): number {
  let worst = 0
  for (let c = 0; c < width; c++) {
    for (let i = 0; i < nodes; i++) {
      const at = (j: number): number => ((j + nodes) % nodes) * width + c
      const k = at(i)
      if (cyclic && nodes === 1) {
        worst = Math.max(worst, Math.abs(x[k] - b[k]))
        continue
      }
      const fromLeft = i > 0 || cyclic ? g * right[at(i - 1)] * x[at(i - 1)] : 0
      const fromRight = i < nodes - 1 || cyclic ? g * left[at(i + 1)] * x[at(i + 1)] : 0
      const gain = b[k] + fromLeft + fromRight
      const loss = x[k] + g * right[k] * x[k] + g * left[k] * x[k]
      if (gain + loss > 0) worst = Math.max(worst, Math.abs(gain - loss) / (gain + loss))
    }
  }
  return worst
}

describe('systems of generators', () => {
  it('balance gains and losses of every node to rounding, stay positive and keep the mass of each line', () => {
    fc.assert(fc.property(rates, (system) => {
      const { nodes, width, closed, b } = system
      const x = solved(system)
      expect(x.every((value) => value >= 0 && value < Infinity)).toBe(true)
      // Each pivot and each substitution is a few roundings of positive terms, n of them in a row.
      expect(imbalance(system, x)).toBeLessThanOrEqual(16 * nodes * eps)
      for (let c = 0; c < width; c++) {
        let [before, after] = [0, 0]
        for (let k = c; k < b.length; k += width) [before, after] = [before + b[k], after + x[k]]
        if (closed) expect(Math.abs(after - before)).toBeLessThanOrEqual(16 * nodes * eps * before)
        else expect(after).toBeLessThanOrEqual(before * (1 + 16 * nodes * eps))
      }
    }), { numRuns: 500, seed: 5 })
  })

  it('are solved from both ends of a line as from one, to rounding', () => {
    fc.assert(fc.property(rates.filter(({ width, nodes, cyclic }) => width === 1 && nodes > 1 && !cyclic), (system) => {
      const { nodes, right, left, g, b } = system
      const odd = nodes % 2
      const place = (i: number): number => (2 * i < nodes ? 2 * i : 2 * (nodes - 1 - i + odd) + 1)
      const load = new Float64Array(nodes + odd)
      b.forEach((value, i) => (load[place(i)] = value))
      solveGenerator(factoriseFolded(right, left, g), load, load)
      const x = b.map((_, i) => load[place(i)])
      expect(x.every((value) => value >= 0 && value < Infinity)).toBe(true)
      expect(imbalance(system, x)).toBeLessThanOrEqual(16 * nodes * eps)
      solved(system).forEach((value, i) => expect(Math.abs(x[i] - value)).toBeLessThanOrEqual(64 * nodes * eps * value))
      if (odd === 1) expect(load[1]).toBe(0)
    }), { numRuns: 300, seed: 7 })
  })

  it('find the stationary law across a barrier of e^60, where subtraction would lose it', () => {
    // Two wells of 4 nodes: detailed balance with f, one enormous step from one well's bottom ends in the Gibbs law.
    const f = [0, 20, 40, 60, 60, 40, 20, 1]
    const right = Float64Array.from(f, (_, i) => (i < 7 ? bernoulli(f[i + 1] - f[i]) : 0))
    const left = Float64Array.from(f, (_, i) => (i > 0 ? bernoulli(f[i - 1] - f[i]) : 0))
    const x = new Float64Array(8)
    solveGenerator(factorise(right, left, 1e200, 1, false), Float64Array.from(f, (_, i) => (i === 0 ? 1 : 0)), x)
    const total = f.reduce((sum, value) => sum + Math.exp(-value), 0)
    // e^−60 itself carries 60 eps.
    for (let i = 0; i < 8; i++) expect(Math.abs(x[i] * total * Math.exp(f[i]) - 1)).toBeLessThanOrEqual(128 * eps)
  })

  it('give a line beside others the bits that it has alone', () => {
    fc.assert(fc.property(rates.filter(({ width }) => width > 1), (system) => {
      const { width, right, left, b } = system
      const x = solved(system)
      for (let c = 0; c < width; c++) {
        const own = (all: Float64Array) => Float64Array.from(all.filter((_, k) => k % width === c))
        expect(solved({ ...system, width: 1, right: own(right), left: own(left), b: own(b) })).toEqual(own(x))
      }
    }), { numRuns: 100, seed: 6 })
  })
})

describe('bernoulli', () => {
  it('is z/(e^z − 1)', () => {
    for (const z of [1e-300, 1e-18, 1e-9, 1e-4, 0.1, 1, 10, 100, 700, 744]) {
      // Below 1e-4 the series 1 − z/2 + z²/12 is exact to rounding.
      const exact = z < 1e-3 ? 1 - z / 2 + (z * z) / 12 : z / Math.expm1(z)
      expect(Math.abs(bernoulli(z) - exact)).toBeLessThanOrEqual(8 * eps * exact + 1e-320)
      expect(Math.abs(bernoulli(-z) - (exact + z))).toBeLessThanOrEqual(8 * eps * (exact + z))
    }
    expect([bernoulli(0), bernoulli(-0), bernoulli(1e300), bernoulli(-1e300)]).toEqual([1, 1, 0, 1e300])
  })
})

describe('addPositively', () => {
  const cells = fc.record({
    base: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 2, maxLength: 8 }),
    signs: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 9, maxLength: 9 }),
    oneWay: fc.constantFrom(0, 1, -1),
    cyclic: fc.boolean(),
  })

  it('keeps the mass, is never negative, and changes no flux where none has to', () => {
    fc.assert(fc.property(cells, ({ base, signs, oneWay, cyclic }) => {
      const n = base.length
      const flux = Float64Array.from(signs.slice(0, n + 1), (value) => (oneWay === 0 ? value : oneWay * Math.abs(value)))
      if (!cyclic) flux[0] = flux[n] = 0
      const plain = base.map((value, i) => value + flux[i] - flux[cyclic ? (i + 1) % n : i + 1])
      const x = new Float64Array(n)
      addPositively(Float64Array.from(base), flux.slice(), cyclic, x)
      expect(x.every((value) => value >= 0)).toBe(true)
      const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0)
      // Fluxes up to 2 are added and taken from each cell.
      expect(Math.abs(sum(x) - sum(base))).toBeLessThanOrEqual(8 * n * eps)
      if (plain.every((value) => value >= 1e-12)) plain.forEach((value, i) => expect(Math.abs(x[i] - value)).toBeLessThanOrEqual(16 * eps))
    }), { numRuns: 1000, seed: 7 })
  })

  it('lets a cell pass on what it gets', () => {
    const x = new Float64Array(4)
    addPositively(Float64Array.of(1, 0, 0, 0), Float64Array.of(0, 0.5, 0.5, 0.5, 0), false, x)
    expect(Array.from(x)).toEqual([0.5, 0, 0, 0.5])
    addPositively(Float64Array.of(0, 0, 0, 1), Float64Array.of(0, -0.5, -0.5, -0.5, 0), false, x)
    expect(Array.from(x)).toEqual([0.5, 0, 0, 0.5])
  })

  it('takes from the walls what they give', () => {
    const x = new Float64Array(2)
    addPositively(Float64Array.of(0, 1), Float64Array.of(0.25, 0.25, 3), false, x)
    expect(Array.from(x)).toEqual([0, 0])
  })
})
