import { field, fokkerPlanck, grid, inline, potential, solve, threads } from 'deep-relaxation'
import { fokkerPlanckReference } from './w3-reference.mjs'

const time = 5
const formulas = ['(x^2 - 1)^2/4', '(x^2 - 1)^2/4 + y^2/2']

/** @param {number} dim @param {number} size @param {number} quickSize @param {number[]} steps @returns {import('./index.mjs').Case} */
const fokkerPlanckCase = (dim, size, quickSize, steps) => ({
  id: `w3-${dim}d`,
  title: ({ size }) => `Fokker–Planck, ${dim}-D, ${size}${dim === 2 ? '²' : ''} cells`,
  statement: `ρ_t = ∇·(ρ∇f) + ¼Δρ on [−3, 3]${dim === 2 ? '²' : ''}, no flux, f = ${formulas[dim - 1]}, ρ₀ = N(.5, .3²)${dim === 2 ? ' × N(.8, .3²)' : ''}, t = 5`,
  measure: 'largest error of ρ',
  parameters: (quick) => ({ dim, size: quick ? quickSize : size }),
  c: { source: 'w3.c', args: ({ dim, size }) => [`${dim}`, `${size}`] },
  python: { source: 'w3.py', needs: 'scipy' },
  async ours({ dim, size }) {
    const axis = { min: -3, max: 3, size, nodes: /** @type {const} */ ('centers') }
    const nodes = grid(dim === 1 ? axis : [axis, axis])
    const initial = field(nodes, dim === 1 ? (x) => normal(x, 0.5) : (x, y) => normal(x, 0.5) * normal(y, 0.8))
    const equation = fokkerPlanck({ initial, potential: potential(formulas[dim - 1]), beta: 4 })
    const pool = threads({ workers: 2 })
    return [
      { name: 'solve', threads: 1, setting: 'default', run: async () => (await solve(equation, { time, executor: inline() })).final.values.data },
      ...steps.flatMap((count) => (dim === 1 ? [1] : [1, 2]).map((members) => ({
        name: 'solve', threads: members, setting: `${count} steps`,
        run: async () => (await solve(equation, { time, dt: time / count, executor: members === 1 ? inline() : pool })).final.values.data,
      }))),
    ]
  },
  async reference({ dim, size }) {
    const exact = fokkerPlanckReference(dim, size)
    return (result) => exact.reduce((most, value, k) => Math.max(most, Math.abs(result[k] - value)), 0)
  },
})

/** @param {number} x @param {number} mean */
const normal = (x, mean) => Math.exp(-((x - mean) ** 2) / 0.18) / Math.sqrt(2 * Math.PI * 0.09)

export const w3 = [fokkerPlanckCase(1, 4096, 128, [100, 400, 1600]), fokkerPlanckCase(2, 256, 32, [50, 200])]
