import { ArgumentError } from '../../core/errors.ts'
import { nodeAt, nodes } from '../../grid/field.ts'
import type { Grid } from '../../grid/grid.ts'
import type { Hamiltonian, HamiltonJacobi } from './equation.ts'

/** H on the nodes of a grid. */
export interface DiscreteHamiltonian {
  /** The same on all nodes. */
  readonly homogeneous: boolean
  /** H = Σ_k ½a_k p_k² − b_k p_k, if it is. */
  readonly separable?: SeparableHamiltonian
  value(node: number, p: Float64Array): number
  /** ∂H/∂p. */
  gradient(node: number, p: Float64Array, out: Float64Array): void
  /** Bounds of |∂H/∂p_k| over a box of slopes. */
  speeds(node: number, low: Float64Array, high: Float64Array, out: Float64Array): void
}

export interface SeparableHamiltonian {
  /** a_k */
  readonly scales: readonly number[]
  /** b, component-major, if there is a drift. */
  readonly drift: Float64Array | undefined
}

export function discreteHamiltonian({ initial, drift, metric, hamiltonian }: HamiltonJacobi): DiscreteHamiltonian {
  const { grid } = initial
  return hamiltonian === undefined ? quadraticHamiltonian(grid, metric, drift && driftOn(grid, drift)) : givenHamiltonian(grid, hamiltonian)
}

function driftOn(grid: Grid, drift: NonNullable<HamiltonJacobi['drift']>): Float64Array {
  const points = nodes(grid)
  const b = new Float64Array(points.length)
  const x = new Float64Array(grid.dim)
  const out = new Float64Array(grid.dim)
  for (let i = 0; i < grid.size; i++) {
    for (let k = 0; k < grid.dim; k++) x[k] = points[k * grid.size + i]
    out.fill(0)
    drift(x, out)
    for (let k = 0; k < grid.dim; k++) {
      if (!Number.isFinite(out[k])) throw new ArgumentError(`solve: drift must be finite on every node, got ${out[k]} at (${nodeAt(grid, i).join(', ')})`)
      b[k * grid.size + i] = out[k]
    }
  }
  return b
}

function quadraticHamiltonian(grid: Grid, metric: Float64Array | undefined, b: Float64Array | undefined): DiscreteHamiltonian {
  const { dim, size } = grid
  const a = metric ?? Float64Array.from({ length: dim * dim }, (_, k) => (k % (dim + 1) === 0 ? 1 : 0))
  const diagonal = a.every((entry, k) => k % (dim + 1) === 0 || entry === 0)
  const scales = Array.from({ length: dim }, (_, k) => a[k * dim + k])
  return {
    homogeneous: b === undefined,
    ...(diagonal && { separable: { scales, drift: b } }),
    value(node, p) {
      let sum = 0
      for (let k = 0; k < dim; k++) {
        let slope = 0
        for (let j = 0; j < dim; j++) slope += a[k * dim + j] * p[j]
        sum += p[k] * (0.5 * slope - (b === undefined ? 0 : b[k * size + node]))
      }
      return sum
    },
    gradient(node, p, out) {
      for (let k = 0; k < dim; k++) {
        let slope = b === undefined ? 0 : -b[k * size + node]
        for (let j = 0; j < dim; j++) slope += a[k * dim + j] * p[j]
        out[k] = slope
      }
    },
    speeds(node, low, high, out) {
      for (let k = 0; k < dim; k++) {
        let center = b === undefined ? 0 : -b[k * size + node]
        let radius = 0
        for (let j = 0; j < dim; j++) {
          center += 0.5 * a[k * dim + j] * (low[j] + high[j])
          radius += 0.5 * Math.abs(a[k * dim + j]) * (high[j] - low[j])
        }
        out[k] = Math.abs(center) + radius
      }
    },
  }
}

function givenHamiltonian(grid: Grid, given: Hamiltonian): DiscreteHamiltonian {
  const { dim, size } = grid
  const points = nodes(grid)
  const x = new Float64Array(dim)
  const at = (node: number): Float64Array => {
    for (let k = 0; k < dim; k++) x[k] = points[k * size + node]
    return x
  }
  const corner = new Float64Array(dim)
  const slope = new Float64Array(dim)
  const corners = 2 ** dim
  const sampled = (low: Float64Array, high: Float64Array, out: Float64Array): void => {
    out.fill(0)
    for (let c = 0; c <= corners; c++) {
      // The last one is the center.
      for (let k = 0; k < dim; k++) corner[k] = c === corners ? 0.5 * (low[k] + high[k]) : (c >> k) & 1 ? high[k] : low[k]
      given.gradient(x, corner, slope)
      for (let k = 0; k < dim; k++) {
        const speed = Math.abs(slope[k])
        if (!(speed <= out[k])) out[k] = speed
      }
    }
  }
  const hamiltonian: DiscreteHamiltonian = {
    homogeneous: false,
    value: (node, p) => given.value(at(node), p),
    gradient: (node, p, out) => given.gradient(at(node), p, out),
    speeds(node, low, high, out) {
      at(node)
      if (given.speeds === undefined) sampled(low, high, out)
      else given.speeds(x, low, high, out)
    },
  }
  checkAtRest(grid, hamiltonian)
  return hamiltonian
}

/** A slip in a user's functions shows before the march does. */
function checkAtRest(grid: Grid, hamiltonian: DiscreteHamiltonian): void {
  const rest = new Float64Array(grid.dim)
  const slope = new Float64Array(grid.dim).fill(NaN)
  const place = `at p = 0, x = (${nodeAt(grid, 0).join(', ')})`
  const value: unknown = hamiltonian.value(0, rest)
  if (!Number.isFinite(value)) throw new ArgumentError(`solve: hamiltonian.value must be a finite number, got ${String(value)} ${place}`)
  hamiltonian.gradient(0, rest, slope)
  if (!slope.every(Number.isFinite)) throw new ArgumentError(`solve: hamiltonian.gradient must fill out with finite numbers, got [${slope.join(', ')}] ${place}`)
}
