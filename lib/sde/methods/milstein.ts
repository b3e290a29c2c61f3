import type { Method } from '../method.ts'
import { noiseTerm } from '../noise.ts'
import type { System } from '../system.ts'

/**
 * Milstein's method (1974) without derivatives (Kloeden & Platen 1992, 11.1): x ← x + a dt + B ΔW + Σ_ij (b_j(x + √dt b_i(x)) − b_j(x))/√dt · I_ij, with the iterated integrals
 * I_ij = ∫∫dW_i dW_j = (ΔW_i ΔW_j − δ_ij dt)/2 + A_ij, in the Stratonovich sense without δ_ij dt. For general noise the Lévy areas A_ij are summed along the refined path
 * (see `simulate`, areaHalvings); noise that commutes does not need them.
 */
export const milstein: Method = {
  name: 'milstein',
  strongOrder: 1,
  weakOrder: 1,
  stationaryOrder: 1,
  noise: 'general',
  calculus: 'both',
  path: 'areas',
  prepare(system, count) {
    const { dim, noiseDim, noise: { diagonal, classes } } = system
    const size = dim * count
    const [slope, aside, change] = [0, 1, 2].map(() => new Float64Array(size))
    const [here, there] = [noiseTerm(system, count), noiseTerm(system, count)]
    const integral = new Float64Array(count)
    const correction = classes[0] === 'additive' ? undefined : diagonal ? diagonalCorrection : columnCorrection
    const work = { here: here.entries, there: there.entries, aside, change, integral, dim, noiseDim, count, stratonovich: system.calculus === 'stratonovich' }
    return (x, t, dt, { increment, areas }) => {
      system.drift(x, count, t, slope)
      here.evaluate(x, t)
      change.fill(0)
      here.addTo(change, increment)
      correction?.(work, x, dt, increment, areas, (at) => there.evaluate(at, t))
      for (let i = 0; i < size; i++) x[i] += dt * slope[i] + change[i]
    }
  },
}

interface Work extends Pick<System, 'dim' | 'noiseDim'> {
  here: Float64Array
  there: Float64Array
  aside: Float64Array
  change: Float64Array
  integral: Float64Array
  count: number
  stratonovich: boolean
}

type Correction = (work: Work, x: Float64Array, dt: number, w: Float64Array, areas: Float64Array, evaluate: (at: Float64Array) => void) => void

const diagonalCorrection: Correction = ({ here, there, aside, change, stratonovich }, x, dt, w, _areas, evaluate) => {
  const root = Math.sqrt(dt)
  for (let i = 0; i < x.length; i++) aside[i] = x[i] + root * here[i]
  evaluate(aside)
  for (let i = 0; i < x.length; i++) change[i] += ((there[i] - here[i]) / root) * 0.5 * (w[i] * w[i] - (stratonovich ? 0 : dt))
}

const columnCorrection: Correction = ({ here, there, aside, change, integral, dim, noiseDim, count, stratonovich }, x, dt, w, areas, evaluate) => {
  const root = Math.sqrt(dt)
  for (let i = 0; i < noiseDim; i++) {
    for (let k = 0; k < dim; k++) for (let p = 0; p < count; p++) aside[k * count + p] = x[k * count + p] + root * here[(k * noiseDim + i) * count + p]
    evaluate(aside)
    for (let j = 0; j < noiseDim; j++) {
      const sign = areas.length === 0 || i === j ? 0 : i < j ? 1 : -1
      const [low, high] = [Math.min(i, j), Math.max(i, j)]
      const area = (low * noiseDim - (low * (low + 1)) / 2 + high - low - 1) * count
      for (let p = 0; p < count; p++) {
        integral[p] = 0.5 * (w[i * count + p] * w[j * count + p] - (i === j && !stratonovich ? dt : 0)) + (sign === 0 ? 0 : sign * areas[area + p])
      }
      for (let k = 0; k < dim; k++) {
        const entry = (k * noiseDim + j) * count
        for (let p = 0; p < count; p++) change[k * count + p] += ((there[entry + p] - here[entry + p]) / root) * integral[p]
      }
    }
  }
}
