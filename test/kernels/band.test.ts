import { expect, it } from 'vitest'
import { factoriseBand, solveBand } from '../../lib/kernels/band.ts'

it.each([{ n: 1, half: 0, border: 0 }, { n: 9, half: 8, border: 0 }, { n: 20, half: 1, border: 0 }, { n: 30, half: 3, border: 0 }, { n: 16, half: 1, border: 1 }, { n: 24, half: 3, border: 3 }])(
  'solves a band with a border: %j', ({ n, half, border }) => {
    // Diagonally dominant, not symmetric; a circle's couplings where there is a border.
    const entry = (i: number, j: number): number => {
      const distance = border > 0 ? Math.min(Math.abs(i - j), n - Math.abs(i - j)) : Math.abs(i - j)
      return distance > half ? 0 : i === j ? 3 * half + 1 : Math.sin(3 * i + 5 * j)
    }
    const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i * i))
    const b = x.map((_, i) => x.reduce((sum, value, j) => sum + entry(i, j) * value, 0))
    solveBand(factoriseBand(n, half, border, entry), b)
    // Condition below 10, some ten operations a node.
    for (let i = 0; i < n; i++) expect(Math.abs(b[i] - x[i])).toBeLessThanOrEqual(100 * Number.EPSILON)
  },
)
