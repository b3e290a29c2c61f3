import fc from 'fast-check'
import ndarray from 'ndarray'
import { describe, expect, it } from 'vitest'
import { field, nodeAt } from '../../lib/grid/field.ts'
import type { Field } from '../../lib/grid/field.ts'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary, Grid } from '../../lib/grid/grid.ts'
import { coleHopf } from '../../lib/pde/cole-hopf.ts'
import { localGibbs } from '../../lib/pde/local-gibbs-fields.ts'
import type { LocalGibbs } from '../../lib/pde/local-gibbs-fields.ts'

type Nodes = 'vertices' | 'centers'

const boundaries: Boundary[] = ['periodic', 'neumann', 'extrapolate', { dirichlet: 0.4 }]
const at = (f: Field, i: number): number => f.values.data[i]
const dataField = (g: Grid, data: readonly number[]): Field => field(g, ndarray(Float64Array.from(data), g.shape.slice()))

describe('localGibbs against direct sums', () => {
  const n = 11
  for (const boundary of boundaries) {
    for (const nodes of ['vertices', 'centers'] as const) {
      it(`sums the continued lattice: ${JSON.stringify(boundary)}, ${nodes}, β from 0.1 to 10⁶`, () => {
        fc.assert(fc.property(
          fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n, maxLength: n }),
          fc.double({ min: -1, max: 6, noNaN: true }), fc.double({ min: -3, max: 0.3, noNaN: true }), (data, logBeta, logGamma) => {
            const [beta, gamma] = [10 ** logBeta, 10 ** logGamma]
            const g = grid({ min: 0, max: 2, size: n, boundary, nodes })
            const law = localGibbs(dataField(g, data), { gamma, beta })
            const h = g.spacing[0]
            const kappa = (h * h * beta) / gamma
            // Far enough that the outermost term is below e^−60 of the largest even where linear data fall away outside.
            const far = Math.ceil(Math.sqrt(200 / kappa) + (2 * beta * 4) / kappa) + 20
            for (const i of [0, 4, 10]) {
              const direct = moments(Array.from({ length: n + 2 * far }, (_, j) => [j - far]), ([j]) => ({
                f: beta * continued(data, boundary, nodes, j), kernel: (kappa * (i - j) ** 2) / 2, y: [h * (j - i)],
              }))
              expectClose(law, i, nodeAt(g, i), gamma, beta, direct)
            }
          }), { numRuns: 25 })
      })
    }
  }

  it('is the joint law of two coordinates, images in both', () => {
    const shape = [6, 5]
    const axis = (min: number, size: number, boundary: Boundary, nodes: Nodes): Axis => ({ min, max: min + 2, size, boundary, nodes })
    const continuations: [Boundary, Boundary][] = [['periodic', 'periodic'], ['neumann', 'periodic'], [{ dirichlet: 0.4 }, { dirichlet: 0.4 }]]
    const cases = continuations.flatMap((pair) => (['vertices', 'centers'] as const).map((nodes) => pair.map((boundary, k) => axis(-k, shape[k], boundary, nodes))))
    for (const axes of cases) {
      fc.assert(fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 30, maxLength: 30 }),
        fc.double({ min: -1, max: 6, noNaN: true }), fc.double({ min: -0.6, max: 0.6, noNaN: true }), (data, logBeta, logWidth) => {
          const g = grid(axes)
          const beta = 10 ** logBeta
          const gamma = (g.spacing[0] * 10 ** logWidth) ** 2 * beta
          const law = localGibbs(dataField(g, data), { gamma, beta })
          const kappas = g.spacing.map((h) => (h * h * beta) / gamma)
          const far = kappas.map((kappa) => Math.ceil(Math.sqrt(150 / kappa)) + 6)
          for (const [i, l] of [[0, 0], [3, 2], [5, 4]]) {
            const pairs: number[][] = []
            for (let j = i - far[0]; j <= i + far[0]; j++) for (let m = l - far[1]; m <= l + far[1]; m++) pairs.push([j, m])
            const direct = moments(pairs, ([j, m]) => {
              const [row, column] = [j, m].map((node, k) => under(node, shape[k], axes[k].boundary, axes[k].nodes))
              const f = row === undefined || column === undefined ? 0.4 : data[row * shape[1] + column]
              return { f: beta * f, kernel: (kappas[0] * (i - j) ** 2 + kappas[1] * (l - m) ** 2) / 2, y: [g.spacing[0] * (j - i), g.spacing[1] * (m - l)] }
            })
            const index = i * shape[1] + l
            expectClose(law, index, nodeAt(g, index), gamma, beta, direct)
          }
        }), { numRuns: 12 })
    }
  })

  it('is the derivative of the sum that coleHopf forms, linear continuations included', () => {
    // Axis 0 is smooth and periodic, so an eighth-order difference in it is nearly exact; f falls outwards along axis 1, so its continuation carries most of the mass.
    const g = grid([{ min: 0, max: 2 * Math.PI, size: 256, boundary: 'periodic' }, { min: -1, max: 1, size: 41 }])
    const f = field(g, (x, y) => Math.sin(x) * (1 + 0.5 * y) + 0.3 * Math.cos(2 * x + y) - y * y)
    for (const given of [{ gamma: 0.7, beta: 2 }, { gamma: 0.2, beta: 15 }]) {
      const law = localGibbs(f, given)
      const u = coleHopf(f, given)
      const stencil = [4 / 5, -1 / 5, 4 / 105, -1 / 280]
      let worst = 0
      for (let i = 0; i < 256; i++) {
        for (let l = 0; l < 41; l++) {
          const slope = stencil.reduce((sum, c, s) =>
            sum + (c * (u.values.get((i + s + 1) % 256, l) - u.values.get((i + 255 - s) % 256, l))) / g.spacing[0], 0)
          worst = Math.max(worst, Math.abs(slope - law.gradient[0].values.get(i, l)))
        }
      }
      // h⁸/630 = 2e−16 times ninth derivatives: u varies over lengths of at least 1/9.
      expect(worst).toBeLessThanOrEqual(2e-16 * 9 ** 9)
    }
  })
})

interface Direct {
  mean: number[]
  covariance: number[][]
  /** Size of the exponents of the terms that count. */
  exponents: number
}

/** Mean and covariance by one loop over every node of a list. */
function moments(nodes: number[][], term: (node: number[]) => { f: number; kernel: number; y: number[] }): Direct {
  const terms = nodes.map(term)
  const least = terms.reduce((low, { f, kernel }) => Math.min(low, f + kernel), Infinity)
  const counting = terms.filter(({ f, kernel }) => f + kernel - least < 60)
  const weights = counting.map(({ f, kernel }) => Math.exp(least - f - kernel))
  const mass = weights.reduce((sum, w) => sum + w, 0)
  const dim = counting[0].y.length
  const average = (value: (y: number[]) => number): number => counting.reduce((sum, { y }, t) => sum + weights[t] * value(y), 0) / mass
  const mean = Array.from({ length: dim }, (_, k) => average((y) => y[k]))
  const covariance = mean.map((a, k) => mean.map((b, l) => average((y) => (y[k] - a) * (y[l] - b))))
  return { mean, covariance, exponents: counting.reduce((top, { f, kernel }) => Math.max(top, Math.abs(f) + kernel), 0) }
}

/** Weights differ by the rounding of their exponents; a mean then by as many spreads, and a covariance by as many of itself. Terms below e^−50 are dropped. */
function expectClose(law: LocalGibbs, i: number, x: number[], gamma: number, beta: number, direct: Direct): void {
  const roundings = 32 * Number.EPSILON * (direct.exponents + 60)
  const dropped = 100 * Math.exp(-50) * 4 ** 2
  const spread = direct.mean.map((_, k) => Math.sqrt(direct.covariance[k][k]))
  for (let k = 0; k < x.length; k++) {
    const offset = 32 * Number.EPSILON * Math.abs(direct.mean[k])
    const shift = roundings * spread[k] + offset + dropped
    expect(Math.abs(at(law.gradient[k], i) + direct.mean[k] / gamma)).toBeLessThanOrEqual(shift / gamma)
    expect(Math.abs(at(law.mean[k], i) - x[k] - direct.mean[k])).toBeLessThanOrEqual(shift + 8 * Number.EPSILON * Math.abs(x[k]))
    for (let l = 0; l < x.length; l++) {
      const rounding = (roundings + 64 * Number.EPSILON) * spread[k] * spread[l] + dropped
      expect(Math.abs(at(law.covariance[k][l], i) - direct.covariance[k][l])).toBeLessThanOrEqual(rounding)
      const hessian = ((k === l ? 1 : 0) - (beta / gamma) * direct.covariance[k][l]) / gamma
      expect(Math.abs(at(law.hessian[k][l], i) - hessian)).toBeLessThanOrEqual((4 * Number.EPSILON) / gamma + (1.01 * beta * rounding) / gamma ** 2)
    }
  }
}

/** The node whose value the continued line has at any j; undefined where the continuation is no copy of a node. */
function under(j: number, n: number, boundary: Boundary | undefined, nodes: Nodes | undefined): number | undefined {
  if (boundary === 'periodic') return ((j % n) + n) % n
  if (j >= 0 && j < n) return j
  if (boundary !== 'neumann') return undefined
  return under(j < 0 ? (nodes === 'vertices' ? -j : -1 - j) : (nodes === 'vertices' ? 2 * n - 2 - j : 2 * n - 1 - j), n, boundary, nodes)
}

function continued(data: readonly number[], boundary: Boundary, nodes: Nodes, j: number): number {
  const n = data.length
  const node = under(j, n, boundary, nodes)
  if (node !== undefined) return data[node]
  if (typeof boundary === 'object') return boundary.dirichlet
  return j < 0 ? data[0] - j * (data[0] - data[1]) : data[n - 1] + (j - n + 1) * (data[n - 1] - data[n - 2])
}
