/** Stencils on one line of nodes that its boundary has continued by ghosts on each side. */

/** One-sided first differences, order 1, one ghost: left_i = (u_i − u_{i−1})/h, right_i = (u_{i+1} − u_i)/h. */
export function firstDifferences(ghosted: Float64Array, n: number, h: number, left: Float64Array, right: Float64Array): void {
  let before = (ghosted[1] - ghosted[0]) / h
  for (let i = 0; i < n; i++) {
    const after = (ghosted[i + 2] - ghosted[i + 1]) / h
    left[i] = before
    right[i] = after
    before = after
  }
}

/**
 * One-sided derivatives of order 5, three ghosts: the weighted essentially non-oscillatory interpolation of Jiang & Peng (2000), eqs. (2.1)–(2.9).
 * Their ε = 10⁻⁶ is taken relative to the largest squared slope of the line, so that multiples of u have multiples as derivatives.
 * `slopes` holds at least n + 5 numbers of scratch.
 */
export function weno5Derivatives(
  ghosted: Float64Array, n: number, h: number, left: Float64Array, right: Float64Array, slopes: Float64Array,
): void {
  let steepest = 0
  for (let i = 0; i < n + 5; i++) {
    const slope = (ghosted[i + 1] - ghosted[i]) / h
    slopes[i] = slope
    const steepness = slope < 0 ? -slope : slope
    if (steepness > steepest) steepest = steepness
  }
  // Second differences in units of √ε: neither squares nor products of the smoothness indicators overflow or underflow.
  const unit = steepest > 1e-290 ? steepest / 1000 : 0
  const inverse = unit > 0 ? 1 / unit : 0
  const s0 = slopes[0]
  let s1 = slopes[1]
  let s2 = slopes[2]
  let s3 = slopes[3]
  let s4 = slopes[4]
  let d1 = (s1 - s0) * inverse
  let d2 = (s2 - s1) * inverse
  let d3 = (s3 - s2) * inverse
  let d4 = (s4 - s3) * inverse
  for (let i = 0; i < n; i++) {
    const s5 = slopes[i + 5]
    const d5 = (s5 - s4) * inverse
    const central = (7 * (s2 + s3) - s1 - s4) / 12
    left[i] = central - unit * upwindCorrection(d1, d2, d3, d4)
    right[i] = central + unit * upwindCorrection(d5, d4, d3, d2)
    s1 = s2
    s2 = s3
    s3 = s4
    s4 = s5
    d1 = d2
    d2 = d3
    d3 = d4
    d4 = d5
  }
}

/** Φ^WENO(a, b, c, d) of Jiang & Peng with ε = 1, the three weights over their common denominator. */
function upwindCorrection(a: number, b: number, c: number, d: number): number {
  const ab = a - b
  const bc = b - c
  const cd = c - d
  const a3b = a - 3 * b
  const bPlusC = b + c
  const c3d = 3 * c - d
  const smoothness0 = 1 + 13 * ab * ab + 3 * a3b * a3b
  const smoothness1 = 1 + 13 * bc * bc + 3 * bPlusC * bPlusC
  const smoothness2 = 1 + 13 * cd * cd + 3 * c3d * c3d
  const p01 = smoothness0 * smoothness1
  const p02 = smoothness0 * smoothness2
  const p12 = smoothness1 * smoothness2
  const share0 = p12 * p12
  const share1 = 6 * p02 * p02
  const share2 = 3 * p01 * p01
  const total = share0 + share1 + share2
  return (2 * share0 * (ab - bc) + (share2 - 0.5 * total) * (bc - cd)) / (6 * total)
}

/** −½a max(left, −right, 0)²: minus the Godunov flux of ½ap² along one axis (Osher & Sethian 1988). */
export function godunovRate(left: Float64Array, right: Float64Array, n: number, out: Float64Array, a = 1): void {
  for (let i = 0; i < n; i++) {
    const p = Math.max(left[i], -right[i], 0)
    out[i] = -0.5 * a * p * p
  }
}

/**
 * −(½a p² − b_i p) at the Godunov value of p, which minimises it between left and right slopes, or maximises it between right and left: the slope that leads
 * further into its own side of the bottom b/a, or the bottom. `b` is read from `from` on.
 */
export function godunovRateTilted(
  left: Float64Array, right: Float64Array, n: number, a: number, b: Float64Array, from: number, out: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    const tilt = b[from + i]
    const up = a * left[i] - tilt
    const down = tilt - a * right[i]
    const p = up >= down && up > 0 ? left[i] : down > 0 ? right[i] : tilt / a
    // A slope that is not a number is not chosen, but must show.
    out[i] = up + down === up + down ? p * (tilt - 0.5 * a * p) : NaN
  }
}

/** max |u_{i+1} − u_i|/h over a line with one ghost. */
export function steepestSlope(ghosted: Float64Array, n: number, h: number): number {
  let most = 0
  for (let i = 0; i <= n; i++) {
    const difference = ghosted[i + 1] - ghosted[i]
    const size = difference < 0 ? -difference : difference
    if (size > most) most = size
  }
  return most / h
}

/** The least and the largest (u_{i+1} − u_i)/h over a line with one ghost, widened into `range`. */
export function slopeRange(ghosted: Float64Array, n: number, h: number, range: { low: number; high: number }): void {
  let { low, high } = range
  for (let i = 0; i <= n; i++) {
    const slope = (ghosted[i + 1] - ghosted[i]) / h
    if (slope < low) low = slope
    if (slope > high) high = slope
  }
  range.low = low
  range.high = high
}

/** max |a (u_{i±1} − u_i)/h − b_i| over a line with one ghost; `b` is read from `from` on. */
export function steepestTilted(ghosted: Float64Array, n: number, h: number, a: number, b: Float64Array, from: number): number {
  let most = 0
  for (let i = 0; i < n; i++) {
    const before = Math.abs((a * (ghosted[i + 1] - ghosted[i])) / h - b[from + i])
    const after = Math.abs((a * (ghosted[i + 2] - ghosted[i + 1])) / h - b[from + i])
    if (before > most) most = before
    if (after > most) most = after
  }
  return most
}
