import { ArgumentError } from '../../core/errors.ts'
import { nodeAt } from '../../grid/field.ts'
import type { Grid } from '../../grid/grid.ts'
import { bernoulli } from '../../kernels/bernoulli.ts'
import { selling } from '../../kernels/selling.ts'
import { isDiagonal, solveSymmetric } from './diffusion.ts'
import type { FokkerPlanck } from './equation.ts'
import { absorbed, heldMarks, neighboursOf } from './neighbours.ts'

/** Jumps along one integer offset e: part λ e eᵀ of D, in units of the spacings. */
export interface Part {
  readonly offset: readonly number[]
  /** λ everywhere, or on every node. */
  readonly weight: number | Float64Array
}

/** Rates at which mass leaves node i for i + e (`forward`) and i − e (`backward`); where there is no node, it leaves the grid. */
export interface Direction {
  readonly offset: readonly number[]
  readonly next: Int32Array
  readonly previous: Int32Array
  readonly forward: Float64Array
  readonly backward: Float64Array
}

/**
 * D as a sum of Σ λ_e e eᵀ with λ_e ≥ 0 over grid offsets e: the axes where D is diagonal, Selling's offsets where it is not. All jumps are then of a Markov
 * chain, whatever D couples.
 */
export function partsOf({ grid, diffusion }: FokkerPlanck): readonly Part[] {
  const { dim, size, spacing } = grid
  const axes = Array.from({ length: dim }, (_, k) => Array.from({ length: dim }, (_, j) => (j === k ? 1 : 0)))
  const perNode = new Map<string, { offset: readonly number[]; weight: Float64Array }>()
  const split = (matrix: Float64Array, start: number, place: () => string): { offset: readonly number[]; weight: number }[] => {
    const scaled = Float64Array.from({ length: dim * dim }, (_, k) => matrix[start + k] / (spacing[Math.floor(k / dim)] * spacing[k % dim]))
    if (isDiagonal(scaled, dim, 0)) return axes.map((offset, k) => ({ offset, weight: scaled[k * dim + k] }))
    const parts = selling(scaled, dim as 2 | 3)
    if (parts === undefined) throw new ArgumentError(`fokkerPlanck: diffusion must be positive definite beyond rounding in units of the spacings, got a singular one${place()}`)
    return parts
  }
  if (diffusion.matrix !== undefined) return split(diffusion.matrix, 0, () => '')
  const partAt = (offset: readonly number[]): Float64Array => {
    const name = offset.join()
    const known = perNode.get(name)
    if (known !== undefined) return known.weight
    const weight = new Float64Array(size)
    perNode.set(name, { offset, weight })
    return weight
  }
  for (const axis of axes) partAt(axis)
  for (let i = 0; i < size; i++) {
    for (const { offset, weight } of split(diffusion.nodes!, i * dim * dim, () => ` at (${nodeAt(grid, i).join(', ')})`)) partAt(offset)[i] = weight
  }
  return [...perNode.values()]
}

/**
 * The jumps of one part, by finite volumes with exponential fitting (Scharfetter & Gummel 1969, Chang & Cooper 1970) along e: the flux from a to b = a + e is
 * (λ_a B(z)ρ_a − λ_b B(−z)ρ_b)/β, z = −β∫ D⁻¹b·dl along the edge, B(z) = z/(e^z − 1). Second order, D in Itô's sense by its values where jumps start. With
 * a drift −D∇Φ every edge balances in e^{−βΦ}; z is exact where D is constant and diagonal and b = −∇f, else by Gauss's two points. Where D along
 * an axis vanishes, the drift is upwind: first order there.
 */
export function directionOf(equation: FokkerPlanck, { offset, weight }: Part): Direction {
  const { grid, beta } = equation
  const { size, dim } = grid
  const held = heldMarks(grid)
  const { next, reach, crowding } = neighboursOf(grid, offset, held)
  const backwards = neighboursOf(grid, offset.map((e) => -e), held)
  const forward = new Float64Array(size)
  const backward = new Float64Array(size)
  const edge = edgeOf(equation, offset)
  const x = new Float64Array(dim)
  const coordinates = grid.axes.map((_, k) => grid.coordinates(k))
  /** Moves x to node i. */
  const stand = (i: number): Float64Array => {
    for (let k = dim - 1, rest = i; k >= 0; k--) {
      x[k] = coordinates[k][rest % coordinates[k].length]
      rest = Math.floor(rest / coordinates[k].length)
    }
    return x
  }
  const lambda = (i: number): number => (typeof weight === 'number' ? weight : weight[i])
  const { nodal } = edge
  for (let i = 0; i < size; i++) {
    const j = next[i]
    if (j >= 0) {
      const [from, to] = [lambda(i), lambda(j)]
      if (nodal !== undefined) {
        const { f, b } = nodal
        if (f[i] < Infinity && f[j] < Infinity) {
          const z = b * (f[j] - f[i])
          // B(z) = B(−z) − z.
          const gentle = bernoulli(Math.abs(z))
          forward[i] = (crowding[i] * (from * (z < 0 ? gentle - z : gentle))) / beta
          backward[j] = (crowding[j] * (to * (z > 0 ? gentle + z : gentle))) / beta
        }
      } else if (from !== 0 || to !== 0 || edge.upwind) {
        const { open, z, speed } = edge.along(i, j, stand(i), 1)
        if (open) {
          forward[i] = (crowding[i] * (speed === undefined ? from * bernoulli(z) : from + Math.max(speed, 0))) / beta
          backward[j] = (crowding[j] * (speed === undefined ? to * bernoulli(-z) : to + Math.max(-speed, 0))) / beta
        }
      }
    } else if (j === absorbed) forward[i] = leaving(edge, lambda(i), i, stand(i), reach(i)) * crowding[i] / beta
    if (backwards.next[i] === absorbed) backward[i] = leaving(edge, lambda(i), i, stand(i), -backwards.reach(i)) * crowding[i] / beta
  }
  return { offset, next, previous: backwards.next, forward, backward }
}

/** Rate λ/t B(tz) at which mass meets an absorbing end, a share t of the offset away. */
function leaving(edge: Edge, lambda: number, i: number, x: Float64Array, share: number): number {
  const { open, z, speed } = edge.along(i, -1, x, share)
  if (!open) return 0
  const t = Math.abs(share)
  return speed === undefined ? (lambda / t) * bernoulli(z) : lambda / t + Math.max(speed, 0)
}

interface Edge {
  /** Whether D may vanish along the edge. */
  readonly upwind: boolean
  /** Where z between nodes is b times the difference of f. */
  readonly nodal?: { readonly f: Float64Array; readonly b: number }
  /**
   * z from node i, at x, over a share of the offset (negative: the other way) to node j, or to an end. Without D along the edge, β times the drift in
   * spacings per time, towards the end of the edge. Not open: beside a wall.
   */
  along(i: number, j: number, x: Float64Array, share: number): { open: boolean; z: number; speed?: number }
}

const closedEdge = { open: false, z: 0 }

function edgeOf(equation: FokkerPlanck, offset: readonly number[]): Edge {
  const { grid, potential, beta, diffusion, energy } = equation
  const f = energy?.values.data
  const k = offset.findIndex((e) => e !== 0)
  const own = diffusion.matrix !== undefined && diffusion.diagonal ? diffusion.matrix[k * (grid.dim + 1)] : 0
  if (f === undefined || own === 0) return integratedEdge(equation, offset, f)
  const b = beta / own
  const end = new Float64Array(grid.dim)
  return {
    upwind: false,
    nodal: { f, b },
    along: (i, _, x, share) => {
      const above = potential!.value(move(grid, x, offset, share, end))
      return f[i] === Infinity || above === Infinity ? closedEdge : { open: true, z: b * (above - f[i]) }
    },
  }
}

/** Gauss's two points on [0, 1]. */
const gauss = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)]

function integratedEdge({ grid, potential, drift, beta, diffusion }: FokkerPlanck, offset: readonly number[], f: Float64Array | undefined): Edge {
  const { dim, spacing } = grid
  const at = new Float64Array(dim)
  const b = new Float64Array(dim)
  const solved = new Float64Array(dim)
  const matrix = diffusion.matrix ?? new Float64Array(dim * dim)
  const axis = offset.reduce((moved, e) => moved + Math.abs(e), 0) === 1 ? offset.indexOf(1) : -1
  const evaluate = (): void => {
    if (drift !== undefined) drift(at, b.fill(0))
    else {
      potential!.gradient(at, b)
      for (let k = 0; k < dim; k++) b[k] = -b[k]
    }
    for (let k = 0; k < dim; k++) {
      if (!Number.isFinite(b[k])) throw new ArgumentError(`fokkerPlanck: ${drift === undefined ? 'the gradient of potential' : 'drift'} must be finite at (${Array.from(at).join(', ')}), got ${b[k]}`)
    }
    if (diffusion.at !== undefined) diffusion.at(at, matrix.fill(0))
  }
  /** D⁻¹b. Axes on which a diagonal D vanishes do not count. */
  const pull = (): Float64Array => {
    if (!isDiagonal(matrix, dim, 0)) {
      const found = solveSymmetric(matrix, b, dim, solved)
      if (found === undefined) throw new ArgumentError(`fokkerPlanck: diffusion must be positive definite or diagonal at (${Array.from(at).join(', ')}), got a singular one`)
      return found
    }
    for (let k = 0; k < dim; k++) solved[k] = matrix[k * dim + k] > 0 ? b[k] / matrix[k * dim + k] : 0
    return solved
  }
  const vanishes = axis < 0 ? () => false : (start: Float64Array, i: number): boolean => {
    const d = start[(i * dim + axis) * dim + axis]
    return !(d > 0) && isDiagonal(start, dim, i * dim * dim)
  }
  return {
    upwind: axis >= 0,
    along: (i, j, x, share) => {
      if (f !== undefined && (f[i] === Infinity || (j >= 0 && f[j] === Infinity))) return closedEdge
      let work = 0
      let speed = 0
      let none = diffusion.nodes === undefined ? vanishes(matrix, 0) : vanishes(diffusion.nodes, i) || (j >= 0 && vanishes(diffusion.nodes, j))
      for (const s of gauss) {
        move(grid, x, offset, s * share, at)
        evaluate()
        if (axis >= 0) {
          none ||= vanishes(matrix, 0)
          speed += b[axis] / spacing[axis] / 2
        }
        const force = pull()
        for (let k = 0; k < dim; k++) work += (force[k] * offset[k] * spacing[k]) / 2
      }
      return none ? { open: true, z: 0, speed: beta * speed * Math.sign(share) } : { open: true, z: -beta * work * share }
    },
  }
}

/** x + share·e, brought back onto circles. */
function move(grid: Grid, x: Float64Array, offset: readonly number[], share: number, out: Float64Array): Float64Array {
  for (let k = 0; k < out.length; k++) {
    const { min, max, boundary } = grid.axes[k]
    let to = x[k] + share * offset[k] * grid.spacing[k]
    if (boundary === 'periodic') {
      if (to >= max) to -= max - min
      else if (to < min) to += max - min
    // The ends themselves, without rounding.
    } else to = Math.min(Math.max(to, min), max)
    out[k] = to
  }
  return out
}
