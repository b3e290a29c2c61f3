import { extend } from '../../grid/boundary.ts'
import type { Grid } from '../../grid/grid.ts'
import { slopeRange } from '../../kernels/stencils.ts'
import { lineSweep } from '../line-sweep.ts'
import type { Derivative } from './derivatives.ts'
import type { DiscreteHamiltonian } from './discrete-hamiltonian.ts'
import { lineDerivatives } from './line-derivatives.ts'
import { reachOf } from './rates.ts'
import type { Rates } from './rates.ts'

/**
 * Where the dissipation α_k ≥ |∂H/∂p_k| is taken (Osher & Shu 1991, eqs. 2.4–2.7): over all slopes of all nodes ('global'), over the two own slopes of
 * axis k and all slopes of the other axes ('line'), or over the node's own slopes ('node').
 */
export type Dissipation = 'global' | 'line' | 'node'

/** Least and largest slope of each axis. */
export interface SlopeBox {
  readonly low: Float64Array
  readonly high: Float64Array
}

/**
 * −H(x, ½(p⁺ + p⁻)) + Σ_k ½α_k(p_k⁺ − p_k⁻) for any H. `within` widens the ranges of slopes beyond those of the state: where two solutions are compared α must
 * hold for both.
 */
export function laxFriedrichsRates(
  grid: Grid, derivative: Derivative, hamiltonian: DiscreteHamiltonian, dissipation: Dissipation, within?: SlopeBox,
): Rates {
  const { dim, size } = grid
  let state: Float64Array = new Float64Array(0)
  const velocity = endVelocities(grid, hamiltonian, () => state)
  const axes = grid.axes.map((axis, k) => ({
    sweep: lineSweep(grid, k), differentiate: lineDerivatives(grid, k, derivative, velocity(k)), left: new Float64Array(size), right: new Float64Array(size), axis,
  }))
  const box = slopeBox(grid, within)
  const largest = largestSpeeds(grid, hamiltonian)
  const alpha = new Float64Array(dim)
  const middle = new Float64Array(dim)
  const jump = new Float64Array(dim)
  // Without coupling of the axes the slopes of the others do not matter.
  const kind = dissipation === 'line' && (hamiltonian.separable !== undefined || dim === 1) ? 'node' : dissipation
  const dissipate = kind === 'global' ? () => {} : localSpeeds(hamiltonian, kind, box.range)
  return {
    rate(u, out) {
      state = u
      if (kind !== 'node') box.read(u)
      if (kind === 'global') alpha.set(largest(box.range).each)
      for (const { sweep, differentiate, left, right } of axes) {
        sweep(u, left, (line, low, index, high) => differentiate(line, index, low, high), false, right)
      }
      for (let i = 0; i < size; i++) {
        for (let k = 0; k < dim; k++) {
          const { left, right } = axes[k]
          middle[k] = 0.5 * (left[i] + right[i])
          jump[k] = 0.5 * (right[i] - left[i])
        }
        dissipate(i, middle, jump, alpha)
        let rate = -hamiltonian.value(i, middle)
        for (let k = 0; k < dim; k++) rate += alpha[k] * jump[k]
        out[i] = rate
      }
    },
    crossings(u) {
      box.read(u)
      return largest(box.range).crossings
    },
  }
}

/** Ranges of the slopes of a state, per axis, over all nodes and the ghosts next to them. */
function slopeBox(grid: Grid, within?: SlopeBox): { range: SlopeBox; read(u: Float64Array): void } {
  const range = { low: new Float64Array(grid.dim), high: new Float64Array(grid.dim) }
  const axes = grid.axes.map((axis, k) => {
    const ghosted = new Float64Array(axis.size + 2)
    const found = { low: 0, high: 0 }
    const work = (line: Float64Array): void => {
      extend(axis, line, 1, ghosted)
      slopeRange(ghosted, axis.size, grid.spacing[k], found)
    }
    return { sweep: lineSweep(grid, k), found, work }
  })
  return {
    range,
    read(u) {
      for (const [k, { sweep, found, work }] of axes.entries()) {
        found.low = within === undefined ? Infinity : within.low[k]
        found.high = within === undefined ? -Infinity : within.high[k]
        sweep(u, null, work)
        range.low[k] = found.low
        range.high[k] = found.high
      }
    },
  }
}

/** Slopes of a state, as the dissipation sees them. */
export function slopesOf(grid: Grid, u: Float64Array): SlopeBox {
  const { range, read } = slopeBox(grid)
  read(u)
  return range
}

/** max over the nodes of the speeds over a box, each and as a sum over spacings. The last box is remembered: a step asks for it twice. */
function largestSpeeds(grid: Grid, hamiltonian: DiscreteHamiltonian): (box: SlopeBox) => { each: Float64Array; crossings: number } {
  const { dim } = grid
  const reach = grid.axes.map((_, k) => reachOf(grid, k))
  const last = { low: new Float64Array(dim).fill(NaN), high: new Float64Array(dim).fill(NaN) }
  const found = { each: new Float64Array(dim), crossings: 0 }
  const speed = new Float64Array(dim)
  return (box) => {
    if (box.low.every((p, k) => p === last.low[k] && box.high[k] === last.high[k])) return found
    last.low.set(box.low)
    last.high.set(box.high)
    found.each.fill(0)
    for (let i = 0; i < (hamiltonian.homogeneous ? 1 : grid.size); i++) {
      hamiltonian.speeds(i, box.low, box.high, speed)
      for (let k = 0; k < dim; k++) if (!(speed[k] <= found.each[k])) found.each[k] = speed[k]
    }
    found.crossings = reach.reduce((sum, h, k) => sum + found.each[k] / h, 0)
    return found
  }
}

type Dissipate = (node: number, middle: Float64Array, jump: Float64Array, alpha: Float64Array) => void

function localSpeeds(hamiltonian: DiscreteHamiltonian, dissipation: 'line' | 'node', range: SlopeBox): Dissipate {
  const dim = range.low.length
  const low = new Float64Array(dim)
  const high = new Float64Array(dim)
  const narrow = (k: number, middle: Float64Array, jump: Float64Array): void => {
    const half = Math.abs(jump[k])
    low[k] = middle[k] - half
    high[k] = middle[k] + half
  }
  if (dissipation === 'node') {
    return (node, middle, jump, alpha) => {
      for (let k = 0; k < dim; k++) narrow(k, middle, jump)
      hamiltonian.speeds(node, low, high, alpha)
    }
  }
  const speed = new Float64Array(dim)
  return (node, middle, jump, alpha) => {
    for (let k = 0; k < dim; k++) {
      low.set(range.low)
      high.set(range.high)
      narrow(k, middle, jump)
      hamiltonian.speeds(node, low, high, speed)
      alpha[k] = speed[k]
    }
  }
}

/** ∂H/∂p_k on end nodes, by the slope along axis k and first differences along the others. */
function endVelocities(grid: Grid, hamiltonian: DiscreteHamiltonian, state: () => Float64Array): (k: number) => (node: number, slope: number) => number {
  const { dim, shape, axes, spacing } = grid
  const strides = shape.map((_, k) => shape.slice(k + 1).reduce((product, m) => product * m, 1))
  const p = new Float64Array(dim)
  const speed = new Float64Array(dim)
  const difference = (u: Float64Array, node: number, j: number): number => {
    const n = shape[j]
    if (n === 1) return 0
    const place = Math.floor(node / strides[j]) % n
    const periodic = axes[j].boundary === 'periodic'
    const before = place > 0 ? node - strides[j] : periodic ? node + (n - 1) * strides[j] : node
    const after = place < n - 1 ? node + strides[j] : periodic ? node - (n - 1) * strides[j] : node
    const wide = periodic || (place > 0 && place < n - 1)
    return (u[after] - u[before]) / ((wide ? 2 : 1) * spacing[j])
  }
  return (k) => (node, slope) => {
    const u = state()
    for (let j = 0; j < dim; j++) p[j] = j === k ? slope : difference(u, node, j)
    hamiltonian.gradient(node, p, speed)
    return speed[k]
  }
}
