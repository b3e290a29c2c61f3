import { exp } from '../../core/elementary.ts'
import type { Paced } from '../../execution/progress.ts'
import { heights, negligible } from './measure.ts'
import type { LocalGibbs } from './measure.ts'
import type { Mode } from './modes.ts'

/** A lattice of offsets center + step·T(k + shift), k integer. */
export interface Lattice {
  center: Float64Array
  /** T, row major: takes the unit ball to one standard deviation of the Gaussian that touches e^{−βH} at its top. */
  transform: Float64Array
  step: number
  shift: number
}

/** Sums over a lattice: 1, o_k − center_k, and the products of these, each times e^{−β(H − base)}. */
export interface Sums {
  mass: number
  first: Float64Array
  second: Float64Array
  nodes: number
}

/** An exponent this far above 0 means that a well was missed, and the search begins again with it. */
const surprise = 2

/** The sums over one lattice; nothing when the budget runs out; a lower place than all modes if one turns up. */
export function* sumOver(measure: LocalGibbs, modes: readonly Mode[], lattice: Lattice, budget: number): Paced<Sums | Mode | undefined> {
  const { dim, beta } = measure
  const { value: base } = modes[0]
  const sums: Sums = { mass: 0, first: new Float64Array(dim), second: new Float64Array(dim * dim), nodes: 0 }
  const side = 2 ** (dim === 2 ? 25 : 16)
  const seen = new Set<number>()
  let frontier: number[] = []
  const visit = (key: number): void => {
    if (seen.has(key)) return
    seen.add(key)
    frontier.push(key)
  }
  for (const { offset } of modes) for (const key of around(measure, lattice, offset, side)) visit(key)
  while (frontier.length > 0) {
    if (seen.size > budget) return undefined
    const keys = frontier
    frontier = []
    const offsets = offsetsOf(lattice, keys, dim, side)
    const values = heights(measure, offsets, new Float64Array(keys.length))
    const part: Sums = { mass: 0, first: new Float64Array(dim), second: new Float64Array(dim * dim), nodes: keys.length }
    for (let i = 0; i < keys.length; i++) {
      const exponent = -beta * (values[i] - base)
      if (exponent > surprise) return { offset: Float64Array.from({ length: dim }, (_, k) => offsets[k * keys.length + i]), value: values[i] }
      if (exponent > -negligible - 10) addTerm(part, exp(exponent), lattice.center, offsets, i, dim)
      if (exponent > -negligible) for (let k = 0, step = 1; k < dim; k++, step *= side) [keys[i] - step, keys[i] + step].forEach(visit)
    }
    add(sums, part)
    yield { fraction: 0.5, activity: `integrating over ${seen.size} nodes of a lattice` }
  }
  return sums
}

function addTerm(sums: Sums, density: number, center: Float64Array, offsets: Float64Array, i: number, dim: number): void {
  const count = offsets.length / dim
  sums.mass += density
  for (let k = 0; k < dim; k++) {
    const along = density * (offsets[k * count + i] - center[k])
    sums.first[k] += along
    for (let l = 0; l < dim; l++) sums.second[k * dim + l] += along * (offsets[l * count + i] - center[l])
  }
}

function add(sums: Sums, part: Sums): void {
  sums.mass += part.mass
  sums.nodes += part.nodes
  part.first.forEach((m, k) => (sums.first[k] += m))
  part.second.forEach((m, k) => (sums.second[k] += m))
}

/** A lattice point k as one number Σ (k_j + side/2) side^j; the lattice ends at ±side/2, far beyond any budget. */
function keyOf(k: readonly number[], side: number): number {
  return k.reduceRight((key, digit) => key * side + digit + side / 2, 0)
}

function offsetsOf({ center, transform, step, shift }: Lattice, keys: readonly number[], dim: number, side: number): Float64Array {
  const count = keys.length
  const offsets = new Float64Array(dim * count)
  for (let i = 0; i < count; i++) {
    let rest = keys[i]
    for (let j = 0; j < dim; j++) {
      const along = step * ((rest % side) - side / 2 + shift)
      rest = Math.floor(rest / side)
      for (let k = 0; k < dim; k++) offsets[k * count + i] += transform[k * dim + j] * along
    }
    for (let k = 0; k < dim; k++) offsets[k * count + i] += center[k]
  }
  return offsets
}

/** The lattice points about an offset, in each direction the two on either side and their neighbours. */
function around({ dim }: LocalGibbs, { center, transform, step, shift }: Lattice, offset: Float64Array, side: number): number[] {
  // T is upper triangular: T = L⁻ᵀ.
  const inner = new Array<number>(dim).fill(0)
  for (let j = dim - 1; j >= 0; j--) {
    let along = offset[j] - center[j]
    for (let l = j + 1; l < dim; l++) along -= transform[j * dim + l] * inner[l]
    inner[j] = along / transform[j * dim + j]
  }
  const low = inner.map((z) => Math.floor(z / step - shift))
  if (low.some((digit) => !(Math.abs(digit) < side / 4))) return []
  return Array.from({ length: 4 ** dim }, (_, i) => keyOf(low.map((digit, j) => digit - 1 + (Math.floor(i / 4 ** j) % 4)), side))
}

export function scaled({ mass, first, second, nodes }: Sums, factor: number): Sums {
  return { mass: factor * mass, first: first.map((m) => factor * m), second: second.map((m) => factor * m), nodes }
}

export function averaged(pair: readonly Sums[], cell: number): Sums {
  const [a, b] = pair.map((sums) => scaled(sums, cell / 2))
  return { mass: a.mass + b.mass, first: a.first.map((m, k) => m + b.first[k]), second: a.second.map((m, k) => m + b.second[k]), nodes: a.nodes + b.nodes }
}

/** Largest difference of the mass, in units of it, and of the other moments about the mean, in standard deviations. */
export function distance(sums: Sums, from: Sums, dim: number): number {
  if (!(from.mass > 0)) return Infinity
  const mean = from.first.map((m) => m / from.mass)
  const spread = mean.map((m, k) => Math.sqrt(Math.max(from.second[k * (dim + 1)] / from.mass - m * m, Number.MIN_VALUE)))
  const mass = sums.mass - from.mass
  let worst = Math.abs(mass) / from.mass
  for (let k = 0; k < dim; k++) {
    const along = sums.first[k] - from.first[k]
    worst = Math.max(worst, Math.abs(along - mean[k] * mass) / (from.mass * spread[k]))
    for (let l = 0; l <= k; l++) {
      const across = sums.first[l] - from.first[l]
      const product = sums.second[k * dim + l] - from.second[k * dim + l] - mean[l] * along - mean[k] * across + mean[k] * mean[l] * mass
      worst = Math.max(worst, Math.abs(product) / (from.mass * spread[k] * spread[l]))
    }
  }
  return Number.isNaN(worst) ? Infinity : worst
}
