import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gaussianSum, sumLines, sumLinesPlainly } from '../../lib/kernels/gaussian-sum.ts'
import type { Continuation, LatticeGaussian } from '../../lib/kernels/gaussian-sum.ts'
import { logWrappedGaussian } from '../../lib/kernels/lattice-gaussian.ts'
import { scratch } from '../../lib/kernels/machine.ts'
import { alone } from '../../lib/kernels/team.ts'

function latticeGaussian(n: number, kappa: number, period: number): LatticeGaussian {
  const logMass = logWrappedGaussian(0, kappa, 1)
  const logKernel = Float64Array.from({ length: period > 0 ? Math.floor(period / 2) + 1 : n }, (_, d) =>
    (period > 0 ? logWrappedGaussian(d, kappa, period) : (-kappa * d * d) / 2) - logMass)
  return { kappa, logMass, logKernel }
}

const continuations: Record<string, (n: number) => Continuation> = {
  none: () => ({ period: 0, overlap: 0, beyond: 'nothing' }),
  periodic: (n) => ({ period: n, overlap: 0, beyond: 'nothing' }),
  vertices: (n) => ({ period: 2 * n - 2, overlap: 0, beyond: 'nothing' }),
  centers: (n) => ({ period: 2 * n, overlap: 1, beyond: 'nothing' }),
  linear: () => ({ period: 0, overlap: 0, beyond: 'linear' }),
  constant: () => ({ period: 0, overlap: 0, beyond: -0.5 }),
}

const smooth = (j: number): number => Math.sin(j / 9) + 0.3 * Math.cos(j / 2)
const noise = (j: number): number => ((((j + 1) * 2654435761) % 4294967296) / 4294967296) * 2 - 1
const data: Record<string, (j: number) => number> = {
  smooth,
  noise,
  kinks: (j) => Math.abs((j % 17) - 8) / 8,
  'lone spikes': (j) => (j % 13 === 5 ? -1 : 1),
  // Far fewer nodes count than the coarse lattice has, between its nodes.
  'one node': (j) => (j === 31 ? -3 : 0),
  walls: (j) => (j % 50 < 20 ? Infinity : noise(j)),
  'one finite node': (j) => (j === 7 ? 0 : Infinity),
}

function fall(line: readonly number[]): number {
  return Math.max(0, ...[line[1] - line[0], line.at(-2)! - line.at(-1)!].filter(Number.isFinite))
}

/** f at node j of the continued line. */
function continued(line: readonly number[], { period, overlap, beyond }: Continuation, j: number): number {
  const n = line.length
  if (j >= 0 && j < n) return line[j]
  if (period > 0) return line[period - j - overlap]
  if (typeof beyond === 'number') return beyond
  const [edge, next, g] = j < 0 ? [line[0], line[1], -j] : [line[n - 1], line[n - 2], j - n + 1]
  return Number.isFinite(edge - next) ? edge + g * (edge - next) : Infinity
}

/** log Σ_j k_{i−j} e^{−β(f_j)} by plain summation about the largest term. */
function plainSum(line: readonly number[], { kappa, logMass, logKernel }: LatticeGaussian, continuation: Continuation, beta: number, i: number): number {
  const { period, beyond } = continuation
  const n = line.length
  // Farther than any term counts, on falling continuations as well.
  const far = beyond === 'nothing' ? 0 : 3 * n + 100
  const exponents = Array.from({ length: (period || n) + 2 * far }, (_, place) => {
    const j = place - far
    const d = Math.abs(i - j)
    const weight = period > 0 ? logKernel[2 * d > period ? period - d : d] : (-kappa * d * d) / 2 - logMass
    return weight - beta * continued(line, continuation, j)
  })
  const top = Math.max(...exponents)
  return top + Math.log(exponents.reduce((sum, exponent) => sum + Math.exp(exponent - top), 0))
}

describe('gaussianSum', () => {
  for (const [boundary, continuation] of Object.entries(continuations)) {
    for (const [name, f] of Object.entries(data)) {
      it(`equals the plain sum in relative terms on ${name}, ${boundary}, wherever it gives a number`, () => {
        for (const n of [90, 257]) {
          for (const kappa of [3, 0.05, 2e-3, 2e-4, 1e-6]) {
            for (const beta of [0.1, 15, 250]) {
              const line = Array.from({ length: n }, (_, j) => f(j))
              const kernel = latticeGaussian(n, kappa, continuation(n).period)
              const finite = line.filter(Number.isFinite)
              const depth = beta * (Math.max(...finite) - Math.min(...finite))
              const sum = gaussianSum(n, continuation(n), kernel, depth, beta * fall(line))
              if (sum === undefined) continue
              const out = new Float64Array(n)
              sumLinesPlainly(sum, beta, Float64Array.from(line), out, 1)
              let worst = 0
              for (let i = 0; i < n; i += 11) {
                const exact = plainSum(line, kernel, { ...continuation(n), beyond: sum.beyond }, beta, i)
                // Exponents of the size of the log and of the kernel's, rounded once each.
                const allowed = 1e-14 + 16 * Number.EPSILON * (Math.abs(exact) + depth + 40)
                if (!Number.isNaN(out[i])) worst = Math.max(worst, Math.abs(beta * out[i] + exact) / allowed)
                // Every finite node of a line of moderate depth has a sum.
                else if (line[i] < Infinity && depth <= 500 && sum.beyond === 'nothing') worst = Infinity
              }
              expect(worst).toBeLessThanOrEqual(1)
            }
          }
        }
      })
    }
  }

  it('gives the bits of its twin on every line, one or many, along any axis', () => {
    fc.assert(fc.property(
      fc.oneof(fc.integer({ min: 2, max: 70 }), fc.constantFrom(256, 512, 701)), fc.constantFrom([1, 1], [2, 1], [9, 1], [1, 3], [1, 8], [2, 11], [1, 17]), fc.constantFrom(...Object.values(continuations)),
      fc.double({ min: -7, max: 1, noNaN: true }), fc.double({ min: -1, max: 3, noNaN: true }), fc.constantFrom(...Object.values(data)),
      (n, [outer, inner], continuation, logKappa, logBeta, f) => {
        const beta = 10 ** logBeta
        const values = Float64Array.from({ length: outer * n * inner }, (_, j) => f(j))
        const sum = gaussianSum(n, continuation(n), latticeGaussian(n, 10 ** logKappa, continuation(n).period), 2 * beta, beta * fall([...values]))
        if (sum === undefined) return
        const plain = new Float64Array(values.length)
        sumLinesPlainly(sum, beta, values, plain, inner)
        const fast = scratch((take) => {
          const [given, out] = [take(Float64Array, values.length), take(Float64Array, values.length)]
          given.set(values)
          sumLines(sum, beta, given, out, inner, alone)
          return out.slice()
        })
        expect(fast).toEqual(plain)
      }), { numRuns: 300 })
  })
})
