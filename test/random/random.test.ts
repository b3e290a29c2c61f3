import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { philox } from '../../lib/kernels/philox.ts'
import { normals, uniforms } from '../../lib/random/index.ts'

describe('philox', () => {
  // Random123 (Salmon et al. 2011), kat_vectors, philox4x32 10: counter, key, result.
  it.each([
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('gives the published answer for %s', (counter, key, expected) => {
    const words = (text: string) => text.split(' ').map((word) => parseInt(word, 16))
    const block = Uint32Array.from(words(counter))
    philox(block, words(key)[0], words(key)[1])
    expect([...block].map((word) => word.toString(16).padStart(8, '0')).join(' ')).toBe(expected)
  })
})

describe.each([['uniforms', uniforms], ['normals', normals]] as const)('%s', (_, draw) => {
  it('number i depends on seed, stream and i alone', () => {
    fc.assert(fc.property(
      fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 0, max: 40 }),
      (seed, stream, count) => {
        const long = draw(seed, stream, 41)
        draw(seed, 7, 3)
        expect(draw(seed, stream, count)).toEqual(long.slice(0, count))
        expect(draw(seed, [...stream, 0, 0].slice(0, 3), count, new Float64Array(count))).toEqual(long.slice(0, count))
      },
    ), { numRuns: 50 })
  })

  it('differs in every word of seed and stream', () => {
    const addresses: [number, number[]][] = [[0, [0]], [1, [0]], [2 ** 32, [0]], [0, [1]], [0, [0, 1]], [0, [0, 0, 1]], [0, [2 ** 31]]]
    const first = addresses.map(([seed, stream]) => draw(seed, stream, 1)[0])
    expect(new Set(first).size).toBe(addresses.length)
  })

  it('refuses what is no address', () => {
    expect(() => draw(-1, 0, 1)).toThrow(/seed must be an integer of at least 0, got -1/)
    expect(() => draw(NaN, 0, 1)).toThrow(/seed must be/)
    expect(() => draw(0.5, 0, 1)).toThrow(/seed must be/)
    expect(() => draw(0, 2 ** 32, 1)).toThrow(/stream must be one to three integers/)
    expect(() => draw(0, [], 1)).toThrow(/stream must be/)
    expect(() => draw(0, [0, 0, 0, 0], 1)).toThrow(/stream must be/)
    expect(() => draw(0, 0, -1)).toThrow(/count must be/)
    expect(() => draw(0, 0, 2, new Float64Array(3))).toThrow(/out must be a Float64Array of 2 numbers/)
  })
})

describe('distributions', () => {
  const count = 200_000

  it('uniforms fill (0, 1) evenly', () => {
    const u = uniforms(1, 0, count)
    expect(u.every((x) => x > 0 && x < 1)).toBe(true)
    const cells = new Float64Array(100)
    for (const x of u) cells[Math.floor(100 * x)]++
    const chiSquare = cells.reduce((sum, n) => sum + (n - count / 100) ** 2 / (count / 100), 0)
    // 99 degrees of freedom: mean 99, standard deviation 14.07, 4 of them.
    expect(Math.abs(chiSquare - 99)).toBeLessThan(4 * 14.07)
  })

  it('normals have moments to the eighth and tails of a standard normal, and squares of neighbours uncorrelated', () => {
    const many = 1_000_000
    const z = normals(5, [3, 1], many)
    const [sums, beyond] = [new Float64Array(9), new Float64Array(5)]
    let squares = 0
    for (let i = 0; i < many; i++) {
      for (let power = 1, product = z[i]; power <= 8; power++, product *= z[i]) sums[power] += product
      for (let k = 1; k < 5; k++) if (Math.abs(z[i]) > k) beyond[k]++
      if (i > 0) squares += (z[i] ** 2 - 1) * (z[i - 1] ** 2 - 1)
    }
    const moment = (n: number): number => (n % 2 === 1 ? 0 : n === 0 ? 1 : (n - 1) * moment(n - 2))
    for (let n = 1; n <= 8; n++) expect(Math.abs(sums[n] / many - moment(n))).toBeLessThan(4 * Math.sqrt((moment(2 * n) - moment(n) ** 2) / many))
    const tails = [1, 0.3173105078629141, 0.0455002638963584, 0.0026997960632602, 6.334248366624e-5]
    for (let k = 1; k < 5; k++) expect(Math.abs(beyond[k] / many - tails[k])).toBeLessThan(4 * Math.sqrt(tails[k] / many))
    expect(Math.abs(squares / many)).toBeLessThan(4 * (2 / Math.sqrt(many)))
    expect(z.every((value) => Math.abs(value) < 13.8)).toBe(true)
  })

  it('normals have the moments of a standard normal, neighbours uncorrelated', () => {
    const z = normals(2, 0, count)
    const mean = (f: (x: number, i: number) => number) => z.reduce((sum, x, i) => sum + f(x, i), 0) / count
    // 4 standard errors: the variances of z, z², z³, z⁴ and z z' are 1, 2, 15, 96 and 1.
    const bound = (variance: number) => 4 * Math.sqrt(variance / count)
    expect(Math.abs(mean((x) => x))).toBeLessThan(bound(1))
    expect(Math.abs(mean((x) => x * x) - 1)).toBeLessThan(bound(2))
    expect(Math.abs(mean((x) => x ** 3))).toBeLessThan(bound(15))
    expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(bound(96))
    expect(Math.abs(mean((x, i) => (i % 2 === 0 ? x * z[i + 1] : 0)) * 2)).toBeLessThan(bound(2))
  })
})
