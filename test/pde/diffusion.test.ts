import { describe, expect, it } from 'vitest'
import { grid } from '../../lib/grid/grid.ts'
import type { Axis, Boundary } from '../../lib/grid/grid.ts'
import { sevenPointLaplacian, threePointLaplacian } from '../../lib/kernels/heat-kernel.ts'
import { diffusion } from '../../lib/pde/diffusion.ts'

const stencils = {
  threePointLaplacian: { laplacian: threePointLaplacian, stencil: [-2, 1] },
  sevenPointLaplacian: { laplacian: sevenPointLaplacian, stencil: [-49 / 18, 3 / 2, -3 / 20, 1 / 90] },
}
const boundaries: Boundary[] = ['periodic', 'neumann', 'extrapolate', { dirichlet: 0.7 }]
const cases = boundaries.flatMap((boundary) => (['vertices', 'centers'] as const).map((nodes) => ({ boundary, nodes })))

/** Value i of a line, mirrored again and again until it is inside. */
function continued(u: readonly number[], i: number, { boundary, nodes }: { boundary: Boundary; nodes: 'vertices' | 'centers' }): number {
  const n = u.length
  if (i >= 0 && i < n) return u[i]
  if (boundary === 'periodic') return u[((i % n) + n) % n]
  const onNode = nodes === 'vertices' || boundary === 'extrapolate'
  const mirror = i < 0 ? -i - (onNode ? 0 : 1) : 2 * (n - 1) - i + (onNode ? 0 : 1)
  const inside = continued(u, mirror, { boundary, nodes })
  if (boundary === 'neumann') return inside
  const end = typeof boundary === 'object' && !onNode ? boundary.dirichlet : i < 0 ? u[0] : u[n - 1]
  return 2 * end - inside
}

type Matrix = number[][]
const multiply = (a: Matrix, b: Matrix): Matrix => a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)))

/** e^A by scaling and squaring of the Taylor series. */
function exponential(a: Matrix): Matrix {
  const size = Math.max(...a.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)))
  const squarings = Math.max(0, Math.ceil(Math.log2(size + 1e-300)) + 3)
  const scaled = a.map((row) => row.map((value) => value / 2 ** squarings))
  const identity: Matrix = a.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)))
  let [sum, term] = [identity, identity]
  for (let k = 1; k <= 18; k++) {
    term = multiply(term, scaled).map((row) => row.map((value) => value / k))
    sum = sum.map((row, i) => row.map((value, j) => value + term[i][j]))
  }
  for (let k = 0; k < squarings; k++) sum = multiply(sum, sum)
  return sum
}

describe('diffusion', () => {
  for (const [name, { laplacian, stencil }] of Object.entries(stencils)) {
    for (const place of cases) {
      it(`is the exponential of the ${name} (${JSON.stringify(place)})`, () => {
        for (const n of [2, 3, 4, 9]) {
          const { spacing: [h], ...line } = grid({ min: 0, max: 2, size: n, ...place })
          const u = Array.from({ length: n }, (_, i) => Math.sin(3 * i + 1))
          const c = typeof place.boundary === 'object' ? place.boundary.dirichlet : 0
          // Held at its value c, a Dirichlet end node is an end like an extrapolated one.
          if (c !== 0 && place.nodes === 'vertices') u[0] = u[n - 1] = c
          const shifted = { ...place, boundary: typeof place.boundary === 'object' ? { dirichlet: 0 } : place.boundary }
          const rows = u.map((_, i) => u.map((_, j) => {
            const unit = u.map((_, k) => (k === j ? 1 : 0))
            return stencil.reduce((sum, weight, d) => sum + weight * (d === 0 ? unit[i]
              : continued(unit, i - d, shifted) + continued(unit, i + d, shifted)), 0)
          }))
          for (const r of [0, 0.01, 0.8, 25, 400]) {
            const expected = exponential(rows.map((row) => row.map((value) => r * value)))
              .map((row) => c + row.reduce((sum, weight, j) => sum + weight * (u[j] - c), 0))
            const out = new Float64Array(n)
            const viscosity = 0.3
            diffusion({ ...line, spacing: [h] }, viscosity, laplacian)(Float64Array.from(u), (r * h * h) / viscosity, out)
            // Squaring doubles the twin's rounding errors: r·2⁶ units.
            for (let i = 0; i < n; i++) expect(Math.abs(out[i] - expected[i])).toBeLessThanOrEqual((32 + 64 * r) * Number.EPSILON)
          }
        }
      })
    }
  }

  it('commutes over the axes, works in place and is a semigroup', () => {
    const axes: Axis[] = [{ min: 0, max: 1, size: 11, boundary: 'neumann' }, { min: 0, max: 2, size: 10, boundary: 'extrapolate' }]
    const flow = diffusion(grid(axes), 0.4, threePointLaplacian)
    const u = Float64Array.from({ length: 110 }, (_, i) => Math.cos(i * i))
    const whole = new Float64Array(110)
    flow(u, 0.05, whole)
    flow(u, 0.02, u)
    flow(u, 0.03, u)
    for (let i = 0; i < 110; i++) expect(Math.abs(u[i] - whole[i])).toBeLessThanOrEqual(32 * Number.EPSILON)
    const turned = diffusion(grid([axes[1], axes[0]]), 0.4, threePointLaplacian)
    const transposed = Float64Array.from({ length: 110 }, (_, i) => Math.cos(((i % 11) * 10 + Math.floor(i / 11)) ** 2))
    turned(transposed, 0.05, transposed)
    for (let i = 0; i < 110; i++) expect(Math.abs(transposed[i] - whole[(i % 11) * 10 + Math.floor(i / 11)])).toBeLessThanOrEqual(32 * Number.EPSILON)
  })

  it('uses a transform for wide kernels with the same result', () => {
    // Period 1400 and a kernel over all of it: far above the crossover; the largest wave decays by e^{−νk²t}.
    const n = 1400
    const g = grid({ min: 0, max: 2 * Math.PI, size: n, boundary: 'periodic' })
    const u = g.coordinates(0).map((x) => 3 + Math.cos(x) + Math.sin(4 * x))
    const out = new Float64Array(n)
    diffusion(g, 0.5, sevenPointLaplacian)(u, 0.6, out)
    for (const [i, x] of g.coordinates(0).entries()) {
      // The seven-point symbol differs from −k² by k⁸h⁶/560 ≈ 1e−12 at k = 4.
      expect(Math.abs(out[i] - (3 + Math.exp(-0.3) * Math.cos(x) + Math.exp(-4.8) * Math.sin(4 * x)))).toBeLessThanOrEqual(1e-12)
    }
  })
})
