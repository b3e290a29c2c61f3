/**
 * Systems (I − gA)x = b for generators A of Markov chains on a line of n nodes, `width` lines side by side: node i of line c at i·width + c.
 * A moves mass from node i to i + 1 at the rate right_i and to i − 1 at left_i; on an open line left_0 and right_{n−1} leave the line, on a cyclic one they
 * join its ends. I − gA is a column-diagonally-dominant M-matrix.
 *
 * Elimination after Grassmann, Taksar & Heyman (1985): pivots come from the column sums s_i, the mass that does not move on, by
 * s_i = 1 + g left_i s_{i−1}/d_{i−1}, d_i = s_i + g right_i. Nothing is ever subtracted: every x_i is accurate relative to itself when b ≥ 0, for
 * every g and however far the rates lie apart, and x ≥ 0.
 */
export interface GeneratorFactor {
  readonly nodes: number
  readonly width: number
  /** g right_{i−1}/d_{i−1}: what node i − 1 hands on. */
  readonly forward: Float64Array
  /** 1/d_i */
  readonly inverse: Float64Array
  /** g left_{i+1}/d_i */
  readonly backward: Float64Array
  /** Folded lines: what the last node of the near half hands to that of the far half, and gets from it. */
  readonly join?: Float64Array
  /** Cyclic lines: shares of node i that reach the last node around the other way, and what node i gets from there. */
  readonly around?: { toLast: Float64Array; fromLast: Float64Array }
}

/** Below this a share around the circle is dropped, lest the loops slow down on subnormal numbers. */
const negligible = 1e-290

export function factorise(right: Float64Array, left: Float64Array, g: number, width: number, cyclic: boolean): GeneratorFactor {
  return cyclic && right.length > width ? factoriseCircle(right, left, g, width) : factoriseLine(right, left, g, width, cyclic)
}

function factoriseLine(right: Float64Array, left: Float64Array, g: number, width: number, alone: boolean): GeneratorFactor {
  const length = right.length
  const forward = new Float64Array(length)
  const inverse = new Float64Array(length).fill(1)
  const backward = new Float64Array(length)
  // A circle of one node: what leaves it comes back.
  if (alone) return { nodes: 1, width, forward, inverse, backward }
  for (let c = 0; c < width; c++) {
    let kept = 1
    for (let k = c; k < length; k += width) {
      const stays = 1 + g * left[k] * kept
      const pivot = stays + g * right[k]
      inverse[k] = 1 / pivot
      kept = stays / pivot
      if (k + width < length) {
        forward[k + width] = (g * right[k]) / pivot
        backward[k] = (g * left[k + width]) / pivot
      }
    }
  }
  return { nodes: length / width, width, forward, inverse, backward }
}

/**
 * One line of n ≥ 2 nodes eliminated from both of its ends, half a line beside the other: `width` is 2, row t has nodes t and n − 1 − t. The far half of an odd line begins with
 * a node that nothing reaches. The recurrences of the halves do not wait for each other.
 */
export function factoriseFolded(right: Float64Array, left: Float64Array, g: number): GeneratorFactor {
  const n = right.length
  const odd = n % 2
  const rows = (n + odd) / 2
  const forward = new Float64Array(2 * rows)
  const inverse = new Float64Array(2 * rows).fill(1)
  const backward = new Float64Array(2 * rows)
  const half = (lane: number, first: number, inwards: Float64Array, outwards: Float64Array, nodeOf: (t: number) => number): { stays: number; kept: number } => {
    let kept = 1
    let stays = 1
    for (let t = first; t < rows; t++) {
      const k = 2 * t + lane
      stays = 1 + g * outwards[nodeOf(t)] * kept
      const on = g * inwards[nodeOf(t)]
      const pivot = stays + on
      inverse[k] = 1 / pivot
      kept = stays / pivot
      if (t + 1 < rows) {
        forward[k + 2] = on / pivot
        backward[k] = (g * outwards[nodeOf(t + 1)]) / pivot
      }
    }
    return { stays, kept }
  }
  const near = half(0, 0, right, left, (t) => t)
  const far = half(1, odd, left, right, (t) => n - 1 + odd - t)
  const [a, b] = [rows - 1, rows]
  inverse[2 * rows - 1] = 1 / (far.stays + g * left[b] * near.kept)
  const pivot = near.stays + g * right[a]
  return { nodes: rows, width: 2, forward, inverse, backward, join: Float64Array.of((g * right[a]) / pivot, (g * left[b]) / pivot) }
}

/** The last node is kept to the end; u is what comes from it to node i, v what goes from node i to it around the other way. */
function factoriseCircle(right: Float64Array, left: Float64Array, g: number, width: number): GeneratorFactor {
  const length = right.length
  const forward = new Float64Array(length)
  const inverse = new Float64Array(length)
  const backward = new Float64Array(length)
  const toLast = new Float64Array(length)
  const fromLast = new Float64Array(length)
  for (let c = 0; c < width; c++) {
    const last = length - width + c
    let kept = 1
    let u = g * right[last]
    let v = g * left[c]
    let lastPivot = 1
    for (let k = c; k < last; k += width) {
      const beforeLast = k + width === last
      const stays = k === c ? 1 : 1 + g * left[k] * kept
      const on = g * right[k]
      const pivot = stays + on + v
      if (beforeLast) u += g * left[last]
      inverse[k] = 1 / pivot
      kept = stays / pivot
      lastPivot += u * kept
      fromLast[k] = u / pivot
      toLast[k] = beforeLast ? (on + v) / pivot : v / pivot
      if (beforeLast) break
      forward[k + width] = on / pivot
      backward[k] = (g * left[k + width]) / pivot
      u = (on / pivot) * u
      v = (v / pivot) * g * left[k + width]
      if (u < negligible) u = 0
      if (v < negligible) v = 0
    }
    inverse[last] = 1 / lastPivot
  }
  return { nodes: length / width, width, forward, inverse, backward, around: { toLast, fromLast } }
}

/** x = (I − gA)⁻¹ b; `x` may be `b`. */
export function solveGenerator(factor: GeneratorFactor, b: Float64Array, x: Float64Array): void {
  if (factor.around !== undefined) return solveCircles(factor, factor.around, b, x)
  if (factor.width === 1) return solveLine(factor, b, x)
  const { width, forward, inverse, backward, join } = factor
  const length = factor.nodes * width
  for (let k = 0; k < width; k++) x[k] = b[k]
  for (let k = width; k < length; k++) x[k] = b[k] + forward[k] * x[k - width]
  if (join === undefined) for (let k = length - width; k < length; k++) x[k] *= inverse[k]
  else {
    const near = x[length - 2]
    const far = (x[length - 1] + join[0] * near) * inverse[length - 1]
    x[length - 1] = far
    x[length - 2] = near * inverse[length - 2] + join[1] * far
  }
  for (let k = length - width - 1; k >= 0; k--) x[k] = x[k] * inverse[k] + backward[k] * x[k + width]
}

/** A single line carries its last value from node to node. */
function solveLine({ nodes, forward, inverse, backward }: GeneratorFactor, b: Float64Array, x: Float64Array): void {
  let carried = 0
  for (let i = 0; i < nodes; i++) {
    carried = b[i] + forward[i] * carried
    x[i] = carried
  }
  carried = 0
  for (let i = nodes - 1; i >= 0; i--) {
    carried = x[i] * inverse[i] + backward[i] * carried
    x[i] = carried
  }
}

function solveCircles(factor: GeneratorFactor, around: NonNullable<GeneratorFactor['around']>, b: Float64Array, x: Float64Array): void {
  const { width, forward, inverse, backward } = factor
  const { toLast, fromLast } = around
  const last = (factor.nodes - 1) * width
  for (let c = 0; c < width; c++) {
    let carried = 0
    let gathered = b[last + c]
    for (let k = c; k < last; k += width) {
      carried = b[k] + forward[k] * carried
      gathered += toLast[k] * carried
      x[k] = carried
    }
    const end = gathered * inverse[last + c]
    x[last + c] = end
    carried = 0
    for (let k = last - width + c; k >= 0; k -= width) {
      carried = x[k] * inverse[k] + backward[k] * carried + fromLast[k] * end
      x[k] = carried
    }
  }
}
