import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dissect } from '../../lib/kernels/dissection.ts'
import { assemble, eliminating, expectations, finish, occupations, stationaryMasses } from '../../lib/kernels/elimination.ts'
import { closedClasses, reaching, restrict } from '../../lib/kernels/jumps.ts'
import type { Jumps } from '../../lib/kernels/jumps.ts'

const eps = Number.EPSILON

interface System {
  shape: number[]
  cyclic: boolean[]
  offsets: number[][]
  jumps: Jumps
}

/** Jumps along given offsets on a grid, with rates 10^±8. */
const systems = fc.record({
  shape: fc.constantFrom([7], [40], [5, 6], [9, 8], [3, 4, 3]),
  cyclic: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  wide: fc.boolean(),
  exponents: fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 1400, maxLength: 1400 }),
  lossy: fc.boolean(),
}).map(({ shape, cyclic, wide, exponents, lossy }): System => {
  const size = shape.reduce((product, n) => product * n, 1)
  const axes = shape.map((_, k) => shape.map((__, j) => (j === k ? 1 : 0)))
  const offsets = wide && shape.length === 2 ? [...axes, [1, 1], [2, -1]] : axes
  let drawn = 0
  const [starts, to, rates, loss] = [[0], [] as number[], [] as number[], new Float64Array(size)]
  for (let i = 0; i < size; i++) {
    const place = shape.map((n, k) => Math.floor(i / shape.slice(k + 1).reduce((product, m) => product * m, 1)) % n)
    for (const offset of offsets.flatMap((e) => [e, e.map((value) => -value)])) {
      const next = place.map((p, k) => p + offset[k])
      if (next.some((p, k) => (p < 0 || p >= shape[k]) && !cyclic[k])) continue
      const j = next.reduce((sum, p, k) => sum * shape[k] + ((p + 2 * shape[k]) % shape[k]), 0)
      if (j === i) continue
      to.push(j)
      rates.push(10 ** exponents[drawn++ % exponents.length])
    }
    starts.push(to.length)
    if (lossy && i % 5 === 0) loss[i] = 10 ** exponents[(drawn + i) % exponents.length]
  }
  return { shape: [...shape], cyclic: cyclic.slice(0, shape.length), offsets, jumps: { size, starts: Int32Array.from(starts), to: Int32Array.from(to), rates: Float64Array.from(rates), loss } }
})

function factors({ shape, cyclic, offsets, jumps }: System, scale = 1, shift = 0) {
  const reach = shape.map((_, k) => offsets.reduce((most, e) => Math.max(most, Math.abs(e[k])), 1))
  return finish(eliminating(assemble(jumps, dissect(shape, cyclic, reach), jumps.size), jumps, scale, shift))
}

/** Gains and losses of each node when `x` is the mass on it. */
function balance({ size, starts, to, rates, loss }: Jumps, x: Float64Array, b: Float64Array, shift = 0): { gain: number; lost: number }[] {
  const sums = Array.from({ length: size }, (_, i) => ({ gain: b[i], lost: (loss[i] + shift) * x[i] }))
  for (let i = 0; i < size; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      sums[i].lost += rates[e] * x[i]
      sums[to[e]].gain += rates[e] * x[i]
    }
  }
  return sums
}

const worst = (sums: { gain: number; lost: number }[]): number => sums.reduce((most, { gain, lost }) => Math.max(most, gain + lost > 0 ? Math.abs(gain - lost) / (gain + lost) : 0), 0)

describe('elimination', () => {
  // Fronts of tens of nodes: as many roundings of positive terms in each entry, a few levels deep.
  const rounding = 1000 * eps

  it('balances stationary masses on every node, over sixteen orders of magnitude of rates', () => {
    fc.assert(fc.property(systems, (system) => {
      const jumps = { ...system.jumps, loss: new Float64Array(system.jumps.size) }
      const elimination = factors({ ...system, jumps })
      expect(elimination.dead.length).toBe(1)
      const x = stationaryMasses(elimination)
      expect(x.every((value) => value > 0 && value < Infinity)).toBe(true)
      expect(worst(balance(jumps, x, new Float64Array(jumps.size)))).toBeLessThanOrEqual(rounding)
    }), { numRuns: 150, seed: 21 })
  })

  it('solves for masses, and for functions: the two are each other’s transpose', () => {
    fc.assert(fc.property(systems, fc.constantFrom(0, 1e-6, 1), (system, shift) => {
      const { jumps } = system
      if (shift === 0 && !jumps.loss.some((rate) => rate > 0)) return
      const elimination = factors(system, 1, shift)
      const b = Float64Array.from({ length: jumps.size }, (_, i) => (i % 3 === 0 ? 1 + i : 0))
      const x = occupations(elimination, b)
      expect(x.every((value) => value >= 0)).toBe(true)
      expect(worst(balance(jumps, x, b, shift))).toBeLessThanOrEqual(rounding)
      const c = Float64Array.from({ length: jumps.size }, (_, i) => (i % 4 === 1 ? 2 : 0.5))
      const u = expectations(elimination, c)
      const [left, right] = [x.reduce((sum, value, i) => sum + value * c[i], 0), u.reduce((sum, value, i) => sum + value * b[i], 0)]
      expect(Math.abs(left - right)).toBeLessThanOrEqual(2 * rounding * (left + right))
    }), { numRuns: 150, seed: 22 })
  })

  it('scales and shifts', () => {
    fc.assert(fc.property(systems, (system) => {
      const b = new Float64Array(system.jumps.size).fill(1)
      const x = occupations(factors(system, 0.25, 1), b)
      const quartered = { ...system.jumps, rates: system.jumps.rates.map((r) => r / 4), loss: system.jumps.loss.map((r) => r / 4) }
      expect(worst(balance(quartered, x, b, 1))).toBeLessThanOrEqual(rounding)
    }), { numRuns: 50, seed: 23 })
  })
})

describe('dissection', () => {
  it('holds every node once, and no group touches another but those above it', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 3 }), (shape, cyclic, reach) => {
      const size = shape.reduce((product, n) => product * n, 1)
      const { groups } = dissect(shape, shape.map((_, k) => cyclic[k]), shape.map(() => reach))
      expect(Int32Array.from(groups.flatMap(({ pivots }) => Array.from(pivots))).sort()).toEqual(Int32Array.from({ length: size }, (_, i) => i))
      const above = groups.map(() => new Set<number>())
      for (let g = groups.length - 1; g >= 0; g--) for (const child of groups[g].children) above[child] = new Set([...above[g], g])
      const placeOf = (i: number) => shape.map((n, k) => Math.floor(i / shape.slice(k + 1).reduce((product, m) => product * m, 1)) % n)
      const near = (i: number, j: number) => placeOf(i).every((p, k) => {
        const d = Math.abs(p - placeOf(j)[k])
        return Math.min(d, cyclic[k] ? shape[k] - d : d) <= reach
      })
      if (size > 200) return
      const group = new Int32Array(size)
      groups.forEach(({ pivots }, g) => pivots.forEach((i) => (group[i] = g)))
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < i; j++) {
          if (group[i] !== group[j] && near(i, j)) expect(above[group[i]].has(group[j]) || above[group[j]].has(group[i])).toBe(true)
        }
      }
    }), { numRuns: 120, seed: 24 })
  })
})

describe('jumps', () => {
  /** 0 ⇄ 1 → 2 ⇄ 3, 4 alone, 5 → lost. */
  const chain: Jumps = {
    size: 6, starts: Int32Array.of(0, 1, 3, 4, 5, 5, 5), to: Int32Array.of(1, 0, 2, 3, 2), rates: Float64Array.of(1, 2, 3, 4, 5), loss: Float64Array.of(0, 0, 0, 0, 0, 1),
  }
  it('end in closed classes', () => {
    expect(closedClasses(chain).map((nodes) => Array.from(nodes)).sort((a, b) => a[0] - b[0])).toEqual([[2, 3], [4]])
    expect(closedClasses({ ...chain, rates: Float64Array.of(1, 2, 0, 4, 5) }).map((nodes) => Array.from(nodes)).sort((a, b) => a[0] - b[0])).toEqual([[0, 1], [2, 3], [4]])
  })
  it('reach what lies ahead', () => {
    expect(Array.from(reaching(chain, Uint8Array.of(0, 0, 1, 0, 0, 0)))).toEqual([1, 1, 1, 1, 0, 0])
    expect(Array.from(reaching(chain, Uint8Array.of(1, 0, 0, 0, 0, 0)))).toEqual([1, 1, 0, 0, 0, 0])
  })
  it('are lost where a part is left', () => {
    const { jumps, nodes } = restrict(chain, Uint8Array.of(1, 1, 0, 0, 0, 1))
    expect(Array.from(nodes)).toEqual([0, 1, 5])
    expect(Array.from(jumps.loss)).toEqual([0, 3, 1])
    expect(Array.from(jumps.rates)).toEqual([1, 2])
  })
})
