import { coleHopf, field, grid, hamiltonJacobi, inline, solve, threads } from 'deep-relaxation'

const [beta, time] = [20, 0.5]
const formulas = ['.4 cos x + .2 cos(3x + .5)', '.3 cos x + .2 cos 2y + .15 cos(x + 3y)']

/** `counts`: numbers of steps of the central scheme. @param {number} dim @param {number} size @param {number} quickSize @param {number[]} counts @returns {import('./index.mjs').Case} */
const hamiltonJacobiCase = (dim, size, quickSize, counts) => ({
  id: `w1-${dim}d`,
  title: ({ size }) => `Viscous Hamilton–Jacobi, ${dim}-D, ${size}${dim === 2 ? '²' : ''} nodes`,
  statement: `u_t = −½|∇u|² + Δu/40, periodic, u(0) = ${formulas[dim - 1]}, t = ½`,
  measure: 'largest error of u',
  parameters: (quick) => ({ dim, size: quick ? quickSize : size }),
  c: { source: 'w1.c', args: ({ dim, size }) => [`${dim}`, `${size}`] },
  python: { source: 'w1.py', needs: 'scipy' },
  async ours({ dim, size }) {
    const initial = initialOf(dim, size)
    const equation = hamiltonJacobi({ initial, beta })
    const pool = threads({ workers: 2 })
    return [
      { name: 'coleHopf', threads: 1, run: () => coleHopf(initial, { gamma: time, beta }).values.data },
      { name: 'solve, weno5', threads: 1, setting: 'default', run: async () => (await solve(equation, { time, executor: inline() })).final.values.data },
      ...counts.flatMap((count) => (dim === 1 ? [1] : [1, 2]).map((members) => ({
        name: 'solve, central', threads: members, setting: `${count} steps`,
        run: async () => (await solve(equation, { time, scheme: 'central', dt: time / count, executor: members === 1 ? inline() : pool })).final.values.data,
      }))),
    ]
  },
  async reference({ dim, size }) {
    const exact = convolved(initialOf(dim, size).values.data, dim, size)
    return (result) => exact.reduce((most, value, k) => Math.max(most, Math.abs(result[k] - value)), 0)
  },
})

/** @param {number} dim @param {number} size */
function initialOf(dim, size) {
  const axis = { min: 0, max: 2 * Math.PI, size, boundary: /** @type {const} */ ('periodic') }
  return field(grid(dim === 1 ? axis : [axis, axis]), dim === 1
    ? (x) => 0.4 * Math.cos(x) + 0.2 * Math.cos(3 * x + 0.5)
    : (x, y) => 0.3 * Math.cos(x) + 0.2 * Math.cos(2 * y) + 0.15 * Math.cos(x + 3 * y))
}

/** Cole–Hopf by sums over the nodes with the Gaussian's values, axis by axis: all terms are positive, so that nothing cancels. @param {ArrayLike<number>} f @param {number} dim @param {number} size */
function convolved(f, dim, size) {
  const h = (2 * Math.PI) / size
  const variance = time / beta
  const kernel = Float64Array.from({ length: size }, (_, k) => (h * Math.exp(-((Math.min(k, size - k) * h) ** 2) / (2 * variance))) / Math.sqrt(2 * Math.PI * variance))
  const least = Float64Array.from(f).reduce((a, b) => Math.min(a, b))
  let values = Float64Array.from(f, (value) => Math.exp(-beta * (value - least)))
  // Each pass sums along the last axis and turns the array, so that as many passes as axes leave it as it was.
  for (let axis = 0; axis < dim; axis++) {
    const next = new Float64Array(values.length)
    const rows = values.length / size
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < size; i++) {
        let sum = 0
        for (let j = 0; j < size; j++) sum += kernel[(i - j + size) % size] * values[row * size + j]
        next[i * rows + row] = sum
      }
    }
    values = next
  }
  return values.map((value) => least - Math.log(value) / beta)
}

export const w1 = [hamiltonJacobiCase(1, 4096, 128, [80]), hamiltonJacobiCase(2, 512, 32, [15, 64])]
