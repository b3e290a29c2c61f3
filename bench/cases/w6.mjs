import { entropySgd, minimize, multiscale, potential } from 'deep-relaxation'

const [gamma, beta, dt, eta] = [0.1, 10, 0.01, 0.05]
const start = [0.3, 0.8]

/** Chains side by side in `multiscale`. */
const paths = 128
const f = potential('(x^2 - 1)^2/4 + y^2/2 + 0.3 cos(3 x + y)')
const statement = 'dy = −(∇f(y) + (y − x)/γ) dt + β^{−1/2} dW, x ← x − η(x − ⟨y⟩)/γ, f = (y₀² − 1)²/4 + y₁²/2 + .3 cos(3y₀ + y₁), γ = 0.1, β = 10, dt = 0.01, η = 0.05'
const measure = 'distance of x at the end from the descent by exact averages (sampling and dt included)'
const sizes = (/** @type {Record<string, number>} */ { slow, inner }) => `${slow} slow steps of ${inner.toLocaleString('en')} fast ones`

/**
 * The inner steps of the one long chain of the peers, divided among many side by side: two thirds go to the paths whose mean is the result, a third to the run at
 * twice the slow step that shows its error. Chains at frozen points come on top. @type {import('./index.mjs').Case}
 */
const slowFast = {
  id: 'w6',
  title: (parameters) => `Slow–fast averaging in the plane, ${sizes(parameters)}`,
  statement,
  measure,
  parameters: (quick) => (quick ? { slow: 4, inner: 2000 } : { slow: 1000, inner: 100_000 }),
  c: { source: 'w6.c', args: ({ slow, inner }) => [`${slow}`, `${inner}`] },
  python: { source: 'w6.py', needs: 'numba' },
  async ours({ slow, inner }) {
    // The equation's noise is β^{−1/2}, that of `multiscale` at twice β; the averaged equation's Euler step of length η is the iteration.
    const options = { potential: f, gamma, beta: 2 * beta, initial: start, dt: eta, time: slow * eta, method: /** @type {const} */ ('euler'), paths }
    const chains = { innerSteps: Math.round(inner / (1.5 * paths)), innerStepSize: dt }
    let seed = 0
    return [{ name: 'multiscale, with errors', threads: 1, setting: `${paths} paths`, run: async () => (await multiscale({ ...options, ...chains, seed: seed++ })).points[slow] }]
  },
  reference,
}

/** @type {import('./index.mjs').Case} */
const entropy = {
  ...slowFast,
  id: 'w6-entropy-sgd',
  title: (parameters) => `Entropy-SGD in the plane, ${sizes(parameters)}`,
  parameters: (quick) => (quick ? { slow: 3, inner: 200 } : { slow: 20, inner: 20_000 }),
  async ours({ slow, inner }) {
    // The same iteration: noise √(2dt) ε = √(dt/β).
    const optimizer = entropySgd({ learningRate: eta / gamma, gamma, langevinSteps: inner, langevinStepSize: dt, thermalNoise: Math.sqrt(1 / (2 * beta)), averaging: 'uniform' })
    let seed = 0
    return [{ name: 'minimize with entropySgd', threads: 1, run: async () => (await minimize(f, { optimizer, initial: start, iterations: slow, seed: seed++ })).point }]
  },
}

/** @param {Record<string, number>} parameters */
async function reference({ slow }) {
  let x = start
  for (let k = 0; k < slow; k++) x = x.map((value, axis) => value - (eta * (value - gibbsMean(x)[axis])) / gamma)
  return (/** @type {Float64Array} */ result) => Math.hypot(result[0] - x[0], result[1] - x[1])
}

/** ⟨y⟩ over e^{−2β(f(y) + |x − y|²/2γ)}: sums over a square of 14 of the Gaussian's widths, spectrally accurate. @param {number[]} x */
function gibbsMean(x) {
  const [reach, count] = [1, 81]
  let [total, first, second] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const [d, e] = [i, j].map((k) => -reach + (2 * reach * k) / (count - 1))
      const [a, b] = [x[0] + d, x[1] + e]
      const weight = Math.exp(-2 * beta * ((a * a - 1) ** 2 / 4 + (b * b) / 2 + 0.3 * Math.cos(3 * a + b) + (d * d + e * e) / (2 * gamma)))
      total += weight
      first += weight * a
      second += weight * b
    }
  }
  return [first / total, second / total]
}

export const w6 = [slowFast, entropy]
