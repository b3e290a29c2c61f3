import fc from 'fast-check'
import { expect, it } from 'vitest'
import { exponentTree, logSums, logSumsPlainly } from '../../lib/kernels/log-convolution.ts'

const exponents = fc.oneof(fc.double({ min: 0, max: 2000, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }), fc.constant(Infinity))

it('sums of exponentials of any size equal the plain sums, and with kernels their twins bit for bit', () => {
  fc.assert(fc.property(
    fc.array(exponents, { minLength: 1, maxLength: 90 }), fc.double({ min: -4, max: 3, noNaN: true }), fc.boolean(), fc.nat(), (line, logKappa, periodic, kept) => {
      const n = line.length
      const period = periodic ? n : 0
      const kernel = Float64Array.from({ length: n }, (_, d) => -(10 ** logKappa) * d * d)
      const out = new Float64Array(n).fill(NaN)
      out[kept % n] = 7
      const plain = out.slice()
      logSums(Float64Array.from(line), kernel, period, out)
      logSumsPlainly(exponentTree(Float64Array.from(line)), kernel, period, plain)
      expect(out).toEqual(plain)
      for (let i = 0; i < n; i++) {
        const logs = line.map((exponent, j) => {
          const d = Math.abs(i - j)
          return kernel[periodic ? Math.min(d, n - d) : d] - exponent
        })
        const top = Math.max(...logs)
        const exact = top === -Infinity ? top : top + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - top), 0))
        if (i === kept % n) expect(out[i]).toBe(7)
        else if (exact === -Infinity) expect(out[i]).toBe(exact)
        else expect(Math.abs(out[i] - exact)).toBeLessThanOrEqual(1e-14 + 4 * Number.EPSILON * Math.abs(exact))
      }
    }))
})
