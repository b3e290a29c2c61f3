import { refuse } from '../core/arguments.ts'
import { log } from '../core/elementary.ts'
import { checkSamples } from './samples.ts'
import { compensatedSum } from './sums.ts'

/** Masses of the same cells or bins: numbers ≥ 0 that are normalised to sum 1 here, so that counts and densities on equal cells serve as well. */
export type Masses = ArrayLike<number>

/**
 * Total variation distance ½ Σ |p_i − q_i|, from 0 to 1.
 * @throws ArgumentError on lists of different lengths, a negative number, or a sum of 0
 */
export function totalVariation(p: Masses, q: Masses): number {
  const [a, b] = bothNormalised('totalVariation', p, q)
  return compensatedSum(a.map((mass, i) => Math.abs(mass - b[i]))) / 2
}

/**
 * Relative entropy KL(p‖q) = Σ p_i log(p_i/q_i), ≥ 0; Infinity where p has mass on a cell without mass of q. Summed as Σ p log(p/q) − p + q, whose terms
 * are all ≥ 0, so that nothing cancels when p is near q.
 * @throws ArgumentError as for `totalVariation`
 */
export function kullbackLeibler(p: Masses, q: Masses): number {
  const [a, b] = bothNormalised('kullbackLeibler', p, q)
  return compensatedSum(a.map((mass, i) => (mass === 0 ? b[i] : b[i] === 0 ? Infinity : excess(mass, b[i]))))
}

/** p log(p/q) − p + q. For p near q by the series of r − log(1 + r), r = (q − p)/p, which the difference would lose. */
function excess(p: number, q: number): number {
  const r = (q - p) / p
  if (Math.abs(r) > 1e-2) return p * (log(p) - log(q)) - p + q
  let [term, sum] = [r, 0]
  for (let k = 2; k <= 9; k++) {
    term *= -r
    sum -= term / k
  }
  return p * sum
}

/**
 * Wasserstein distance of order 1 or 2 on the line, between masses p on `points` and q on `otherPoints` (default the same points): the monotone coupling of
 * the quantiles, exact for discrete masses. Cells of width h taken as points at their centers err by at most h.
 * @throws ArgumentError on points that do not increase, lists of different lengths, a negative mass, or a sum of 0
 */
export function wasserstein(order: 1 | 2, points: ArrayLike<number>, p: Masses, q: Masses, otherPoints: ArrayLike<number> = points): number {
  const where = 'wasserstein'
  if (order !== 1 && order !== 2) refuse(where, 'order', '1 or 2', order)
  const a = normalised(where, 'p', p)
  const b = normalised(where, 'q', q)
  checkIncreasing('points', points, a.length)
  checkIncreasing('otherPoints', otherPoints, b.length)
  const parts: number[] = []
  let [i, j] = [0, 0]
  let [left, right] = [a[0], b[0]]
  while (i < a.length && j < b.length) {
    const moved = Math.min(left, right)
    parts.push(moved * Math.abs(points[i] - otherPoints[j]) ** order)
    left -= moved
    right -= moved
    if (left <= 0) left = a[++i]
    if (right <= 0) right = b[++j]
  }
  const cost = compensatedSum(parts)
  return order === 1 ? cost : Math.sqrt(cost)
}

function checkIncreasing(argument: string, points: ArrayLike<number>, length: number): void {
  checkSamples('wasserstein', argument, points, 1)
  if (points.length !== length) refuse('wasserstein', argument, `a list of ${length}, as many as masses`, points)
  for (let i = 1; i < length; i++) if (!(points[i] > points[i - 1])) refuse('wasserstein', argument, 'increasing', points)
}

function bothNormalised(where: string, p: Masses, q: Masses): [Float64Array, Float64Array] {
  const pair: [Float64Array, Float64Array] = [normalised(where, 'p', p), normalised(where, 'q', q)]
  if (pair[0].length !== pair[1].length) refuse(where, 'q', `a list of ${pair[0].length} masses, as many as p`, q)
  return pair
}

function normalised(where: string, argument: string, masses: Masses): Float64Array {
  checkSamples(where, argument, masses, 1)
  for (let i = 0; i < masses.length; i++) if (masses[i] < 0) refuse(where, `${argument}[${i}]`, 'a non-negative number', masses[i])
  const sum = compensatedSum(masses)
  if (!(sum > 0 && sum < Infinity)) refuse(where, argument, 'masses of positive finite sum', masses)
  return Float64Array.from(masses, (mass) => mass / sum)
}
