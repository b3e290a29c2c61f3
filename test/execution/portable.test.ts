import { describe, expect, it } from 'vitest'
import { pack, unpack } from '../../lib/execution/portable.ts'
import { potential } from '../../lib/potential/index.ts'
import type { Potential } from '../../lib/potential/index.ts'

const sent = (f: Potential): Potential => unpack(structuredClone(pack('test', f))) as Potential

describe('portable expressions', () => {
  it('are made once for all pieces of a job', () => {
    const f = potential('a x^2 + cos(x)', { parameters: { a: 0.3 } })
    const other = sent(f)
    expect(sent(f)).toBe(other)
    expect(other).not.toBe(f)
    expect(other.gradient([1.7])).toEqual(f.gradient([1.7]))
  })

  it('are told apart by their text, their variables and the last bit of their parameters', () => {
    const made = [
      potential('a x', { parameters: { a: 0 } }), potential('a x', { parameters: { a: -0 } }), potential('a x', { parameters: { a: 1 } }), potential('a x', { parameters: { a: 1 + Number.EPSILON } }),
      potential('a x', { variables: ['x', 'y'], parameters: { a: 1 } }), potential('a  x', { parameters: { a: 1 } }),
    ].map(sent)
    expect(new Set(made).size).toBe(made.length)
    expect(made.slice(2, 4).map((f) => f.value([1]))).toEqual([1, 1 + Number.EPSILON])
  })
})
