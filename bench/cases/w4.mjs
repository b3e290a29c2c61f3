import { inline, overdampedLangevin, potential, sde, simulate, threads } from 'deep-relaxation'

const [beta, dt] = [2, 0.005]

/** @type {import('./index.mjs').Case} */
const eulerMaruyama = {
  id: 'w4',
  title: ({ paths, steps }) => `Euler–Maruyama, ${paths.toLocaleString('en')} paths of ${steps} steps`,
  statement: 'dx = −x(x² − 1) dt + 2^{−1/2} dW, x(0) = ½, dt = 0.005; results: E x², E x⁴',
  measure: 'distance of the moments from those of the exact law of the Euler chain, in standard errors of the larger',
  parameters: (quick) => ({ paths: quick ? 2000 : 200_000, steps: quick ? 50 : 1000 }),
  c: { source: 'w4.c', args: ({ paths, steps }) => [`${paths}`, `${steps}`] },
  python: { source: 'w4.py' },
  async ours({ paths, steps }) {
    // The equation's noise is β^{−1/2}, that of overdampedLangevin at twice β.
    const compiled = overdampedLangevin({ potential: potential('(x^2 - 1)^2/4'), beta: 2 * beta })
    const closure = sde({ dim: 1, noise: Math.sqrt(1 / beta), drift: (x, _t, out) => {
      out[0] = -x[0] * (x[0] * x[0] - 1)
    } })
    const pool = threads({ workers: 2 })
    const alone = inline()
    let seed = 0
    const options = { initial: [0.5], dt, time: dt * steps, paths, method: 'euler-maruyama' }
    const momentsOf = (/** @type {Awaited<ReturnType<typeof simulate>>} */ { final }) => {
      const x = /** @type {Float64Array} */ (final.data)
      return [x.reduce((sum, value) => sum + value ** 2, 0) / paths, x.reduce((sum, value) => sum + value ** 4, 0) / paths]
    }
    return [
      { name: 'simulate, expression', threads: 1, run: async () => momentsOf(await simulate(compiled, { ...options, seed: seed++, executor: alone })) },
      { name: 'simulate, closure', threads: 1, run: async () => momentsOf(await simulate(closure, { ...options, seed: seed++, executor: alone })) },
      { name: 'simulate, expression', threads: 2, run: async () => momentsOf(await simulate(compiled, { ...options, seed: seed++, executor: pool })) },
    ]
  },
  async reference({ paths, steps }) {
    const [m2, m4, m8] = chainMoments(steps)
    const errors = [Math.sqrt((m4 - m2 ** 2) / paths), Math.sqrt((m8 - m4 ** 2) / paths)]
    return (result) => Math.max(Math.abs(result[0] - m2) / errors[0], Math.abs(result[1] - m4) / errors[1])
  },
}

/** E x², E x⁴, E x⁸ of the Euler chain: its density carried on a grid, whose sums are spectrally accurate. @param {number} steps */
function chainMoments(steps) {
  const [half, h] = [4.5, 0.0125]
  const spread = dt / beta
  const count = 2 * Math.round(half / h) + 1
  const x = Float64Array.from({ length: count }, (_, i) => -half + i * h)
  const normal = (/** @type {number} */ d) => (h * Math.exp(-(d * d) / (2 * spread))) / Math.sqrt(2 * Math.PI * spread)
  let mass = x.map((to) => normal(to - (0.5 - dt * 0.5 * (0.25 - 1))))
  const reach = Math.ceil((10 * Math.sqrt(spread)) / h)
  // One matrix for all steps: from each node, the Gaussian around where the drift takes it.
  const targets = Array.from(x, (from) => {
    const center = from - dt * from * (from * from - 1)
    const first = Math.max(0, Math.round((center + half) / h) - reach)
    const last = Math.min(count - 1, first + 2 * reach)
    return { first, weights: Float64Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => normal(x[first + k] - center)) }
  })
  for (let step = 1; step < steps; step++) {
    const next = new Float64Array(count)
    targets.forEach(({ first, weights }, i) => {
      for (let k = 0; k < weights.length; k++) next[first + k] += mass[i] * weights[k]
    })
    mass = next
  }
  return [2, 4, 8].map((power) => x.reduce((sum, value, i) => sum + mass[i] * value ** power, 0))
}

export const w4 = [eulerMaruyama]
