import { field, grid, hopfLax } from 'deep-relaxation'

const gamma = 0.1
const formulas = ['(x^2 - 1)^2 + 0.3 cos(20 x)', '(x^2 - 1)^2 + y^2/2 + 0.2 cos(15 x + 7 y) + 0.2 cos(11 y)']

/** @param {number} dim @param {number} size @param {number} quickSize @returns {import('./index.mjs').Case} */
const hopfLaxCase = (dim, size, quickSize) => ({
  id: `w2-${dim}d`,
  title: ({ size }) => `Hopf–Lax, ${dim}-D, ${dim === 1 ? size.toLocaleString('en') : `${size}²`} nodes`,
  statement: `u_i = min_j f_j + |x_i − x_j|²/(2·0.1) on [−2, 2]${dim === 2 ? '²' : ''}, f = ${formulas[dim - 1]}`,
  measure: 'largest distance from brute force over 50 nodes',
  parameters: (quick) => ({ dim, size: quick ? quickSize : size }),
  c: { source: 'w2.c', args: ({ dim, size }) => [`${dim}`, `${size}`] },
  python: { source: 'w2.py' },
  async ours({ dim, size }) {
    const initial = initialOf(dim, size)
    return [{ name: 'hopfLax', threads: 1, run: () => hopfLax(initial, { gamma }).envelope.values.data }]
  },
  async reference({ dim, size }) {
    const f = initialOf(dim, size).values.data
    const curvature = (4 / (size - 1)) ** 2 / (2 * gamma)
    const picked = Array.from({ length: 50 }, (_, k) => Math.floor(((k + 0.5) * f.length) / 50))
    const exact = picked.map((place) => bruteForce(f, place, size, dim, curvature))
    return (result) => Math.max(...picked.map((place, k) => Math.abs(result[place] - exact[k])))
  },
})

/** @param {number} dim @param {number} size */
function initialOf(dim, size) {
  const axis = { min: -2, max: 2, size }
  const f = dim === 1
    ? (/** @type {number} */ x) => (x * x - 1) ** 2 + 0.3 * Math.cos(20 * x)
    : (/** @type {number} */ x, /** @type {number} */ y) => (x * x - 1) ** 2 + (y * y) / 2 + 0.2 * Math.cos(15 * x + 7 * y) + 0.2 * Math.cos(11 * y)
  return field(grid(dim === 1 ? axis : [axis, axis]), f)
}

/** @param {ArrayLike<number>} f @param {number} place @param {number} size @param {number} dim @param {number} curvature */
function bruteForce(f, place, size, dim, curvature) {
  const rows = dim === 1 ? 1 : size
  const [row, column] = [Math.floor(place / size), place % size]
  let least = Infinity
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < size; j++) {
      const value = f[i * size + j] + curvature * ((dim === 1 ? 0 : (row - i) ** 2) + (column - j) ** 2)
      if (value < least) least = value
    }
  }
  return least
}

export const w2 = [hopfLaxCase(1, 1_000_000, 2000), hopfLaxCase(2, 2048, 64)]
