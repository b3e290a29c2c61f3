// Not from 'deep-relaxation': the network's products must be in the same memory as the optimiser's arrays, and the package's one file keeps kernels to itself.
import { entropySgd, minimize } from '../../dist/index.js'
import { initialPoint, networkLoss } from './w7-network.mjs'
import { lossWithoutNoise } from './w7-reference.mjs'

const settings = { steps: 20, stepSize: 0.1, scope: 1e-2, rate: 0.1, momentum: 0.9, averaging: 0.25 }

/** Parameters, their gradients, velocities and averages are doubles in both. @type {readonly ['double' | 'single', number][]} */
const precisions = [['double', 64], ['single', 32]]

/** @param {string} name @param {number} hidden @param {number} quickHidden @returns {import('./index.mjs').Case} */
const entropySgdCase = (name, hidden, quickHidden) => ({
  id: `w7-${name}`,
  title: ({ hidden }) => `Entropy-SGD, one outer step of 20 inner ones, network 784-${hidden}-10, batch 128`,
  statement: 'Nesterov momentum 0.9, ε = 1e−9 so that rounding shows, rectified units, cross-entropy; gradient evaluations and updates of all parameters',
  measure: 'distance of the loss at the end from that of plain loops without noise',
  parameters: (quick) => ({ hidden: quick ? quickHidden : hidden }),
  python: { source: 'w7.py', needs: 'torch' },
  async ours({ hidden }) {
    const initial = initialPoint(hidden)
    const optimizer = entropySgd({
      learningRate: settings.rate, scope: settings.scope, langevinSteps: settings.steps, langevinStepSize: settings.stepSize, averaging: settings.averaging,
      momentum: settings.momentum, thermalNoise: 1e-9,
    })
    return precisions.map(([precision, bits]) => {
      const loss = networkLoss(hidden, precision)
      return { name: `minimize with entropySgd, products in ${bits} bits`, threads: 1, run: async () => [(await minimize(loss, { optimizer, initial, iterations: 1, seed: 1 })).value] }
    })
  },
  async reference({ hidden }) {
    const exact = lossWithoutNoise(hidden, settings)
    return ([value]) => Math.abs(value - exact)
  },
})

export const w7 = [entropySgdCase('small', 128, 16), entropySgdCase('large', 1024, 32)]
