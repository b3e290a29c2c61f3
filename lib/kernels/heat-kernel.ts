/** The Laplacian of a lattice of unit spacing as a multiplier: e^{iθj} ↦ symbol(sin²(θ/2)) e^{iθj}. */
export interface LatticeLaplacian {
  symbol(sineSquared: number): number
  /** Whether its heat kernel is positive: then nothing below zero is kept. */
  positive: boolean
  /** Its weights on a node and the neighbours at distance 1, 2, … on either side. */
  weights: readonly number[]
}

/** u_{i+1} − 2u_i + u_{i−1}, second order; its heat kernel is e^{−2r} I_n(2r) ≥ 0. */
export const threePointLaplacian: LatticeLaplacian = { symbol: (s) => -4 * s, positive: true, weights: [-2, 1] }

/** The five-point Laplacian of order 4: θ² cut after s². */
export const fivePointLaplacian: LatticeLaplacian = { symbol: (s) => -4 * s * (1 + s / 3), positive: false, weights: [-5 / 2, 4 / 3, -1 / 12] }

/** The seven-point Laplacian of order 6: θ² = 4 arcsin²√s cut after s³. */
export const sevenPointLaplacian: LatticeLaplacian = {
  symbol: (s) => -4 * s * (1 + s / 3 + (8 * s * s) / 45), positive: false, weights: [-49 / 18, 3 / 2, -3 / 20, 1 / 90],
}

/** Weights below this share of the largest are dropped. */
const negligible = 1e-16
/** Multipliers below e^−45 add less than a rounding error to the largest weight. */
const faded = -45

/**
 * Weights k_0 … k_w of e^{rL} on a line continued with `period`: (e^{rL}u)_i = Σ_{|d| ≤ w} k_{|d|} u_{i−d}, sum 1, w ≤ period/2.
 * A kernel wider than the period is wrapped (at d = period/2 the two images share their weight). r = viscosity·time/h² from 0 on.
 *
 * The Fourier integral of e^{r·symbol} by the trapezoidal rule: exact for the wrapped kernel with `period` points, and with fewer points exact up
 * to images beyond the kernel's reach. By Bernstein's inequality a walk of variance 2r and jumps 1 leaves |n| ≤ 13.4 + √(178 + 160 r) with
 * probability e^−40; the longer jumps of the seven-point Laplacian stretch the first term.
 */
export function latticeHeatKernel(laplacian: LatticeLaplacian, r: number, period: number): Float64Array {
  const reach = Math.ceil((laplacian.positive ? 14 : 42) + Math.sqrt(178 + 160 * r))
  const points = Math.min(period, 2 * reach)
  const cosines = Float64Array.from({ length: points }, (_, q) => cosineOfTurn(q, points))
  const multipliers = [1]
  for (let q = 1; 2 * q <= points; q++) {
    const exponent = r * laplacian.symbol(Math.sin((Math.PI * q) / points) ** 2)
    if (exponent < faded) break
    multipliers.push((2 * q === points ? 1 : 2) * Math.exp(exponent))
  }
  const weights = new Float64Array(Math.floor(points / 2) + 1)
  for (let d = 0; d < weights.length; d++) weights[d] = cosineSum(multipliers, cosines, d) / points
  if (points === period && period % 2 === 0) weights[period / 2] /= 2
  return normalized(weights, laplacian.positive)
}

/** cos(2πq/points) to the last digit: reduced to the first eighth of a turn, because a rounded angle would drown the kernel's tail. */
function cosineOfTurn(q: number, points: number): number {
  const eighths = (8 * Math.min(q, points - q)) / points
  if (eighths > 2) return -cosineOfTurn(points / 2 - Math.min(q, points - q), points)
  return eighths > 1 ? Math.sin(((2 - eighths) * Math.PI) / 4) : Math.cos((eighths * Math.PI) / 4)
}

/** Σ_q multipliers_q cos(2π q d / points), compensated: the tail is a small difference of large terms. */
function cosineSum(multipliers: readonly number[], cosines: Float64Array, d: number): number {
  const points = cosines.length
  let sum = 0
  let lost = 0
  for (let q = 0, place = 0; q < multipliers.length; q++) {
    const term = multipliers[q] * cosines[place] - lost
    const next = sum + term
    lost = next - sum - term
    sum = next
    place += d
    if (place >= points) place -= points
  }
  return sum
}

function normalized(weights: Float64Array, positive: boolean): Float64Array {
  const least = negligible * weights[0]
  const gone = (weight: number): boolean => (positive ? weight : Math.abs(weight)) <= least
  let count = weights.length
  while (count > 1 && gone(weights[count - 1])) count--
  const kept = weights.slice(0, count).map((weight) => (gone(weight) ? 0 : weight))
  let sum = 0
  for (let d = count - 1; d >= 1; d--) sum += 2 * kept[d]
  sum += kept[0]
  return kept.map((weight) => weight / sum)
}
