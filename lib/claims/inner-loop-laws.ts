import { exp } from '../core/elementary.ts'
import type { Potential } from '../potential/potential.ts'

/** How the inner loop averages: the weight a of the newest sample, or the mean of all. */
export type Averaging = number | 'uniform'

export const weightOf = (a: Averaging, exchanged: boolean): Averaging => (exchanged && a !== 'uniform' ? 1 - a : a)

/**
 * Share q of the start x in the inner average without noise along curvature κ, m = ȳ + q(x − ȳ), r = 1 − η′κ: (1−a)^L + a r (r^L − (1−a)^L)/(r − (1−a)), or the mean of
 * r, …, r^L. Not for r = 1 − a, and losing digits beside it.
 */
export function startShare(r: number, length: number, averaging: Averaging): number {
  if (averaging === 'uniform') return (r * (1 - r ** length)) / ((1 - r) * length)
  const kept = 1 - averaging
  return kept ** length + (averaging * r * (r ** length - kept ** length)) / (r - kept)
}

/**
 * Variance of the inner average after L steps y ← ry + sξ from a fixed start. With weight a by the covariance Σ of (y, m), Σ ← MΣMᵀ + s²(1, a)(1, a)ᵀ,
 * M = ((r, 0), (ar, 1−a)); of the mean of all, s²/(L(1−r))² Σ_l (1 − r^l)².
 */
export function averageVariance(r: number, s: number, length: number, averaging: Averaging): number {
  if (averaging === 'uniform') {
    let sum = 0
    for (let l = 1; l <= length; l++) sum += (1 - r ** l) ** 2
    return (s / (length * (1 - r))) ** 2 * sum
  }
  const [a, kept] = [averaging, 1 - averaging]
  let [yy, ym, mm] = [0, 0, 0]
  for (let l = 0; l < length; l++) {
    mm = a * a * r * r * yy + 2 * a * kept * r * ym + kept * kept * mm + s * s * a * a
    ym = a * r * r * yy + kept * r * ym + s * s * a
    yy = r * r * yy + s * s
  }
  return mm
}

/** What is left of the variance of an average of constant weight however long it is: v (a/(2−a)) (1 + (1−a)r)/(1 − (1−a)r), v = s²/(1−r²). */
export function varianceFloor(r: number, s: number, a: number): number {
  return ((s * s) / (1 - r * r)) * (a / (2 - a)) * ((1 + (1 - a) * r) / (1 - (1 - a) * r))
}

/** Laws of the chain y ← y − η′H′(y) + √(2η′/β) N(0, 1) on the line, as masses at evenly spaced nodes. */
export interface EulerChain {
  nodes: Float64Array
  /** The law one step after a point. */
  from(y: number): Float64Array
  next(law: Float64Array): Float64Array
}

/** Exponent beyond which the Gibbs law, and a law that is a half wider, are below round-off. */
const negligible = 60
/** Nodes in a standard deviation of a step: sums over them are exact to e^{−2π²·1.5²} for laws smoothed by one. */
const nodesPerStep = 1.5
const reach = 9

/** H must rise by 60/β within |y| ≤ half, and β, η′ be such that the law of the chain is less than half again as wide as the Gibbs law. */
export function eulerChain(H: Potential, half: number, step: number, beta: number): EulerChain {
  const deviation = Math.sqrt((2 * step) / beta)
  const h = deviation / nodesPerStep
  const lattice = Float64Array.from({ length: 2 * Math.floor(half / h) + 1 }, (_, i) => (i - Math.floor(half / h)) * h)
  const heights = H.values(lattice)
  const least = heights.reduce((low, value) => Math.min(low, value), Infinity)
  const nodes = lattice.filter((_, i) => beta * (heights[i] - least) < negligible)
  const width = Math.ceil(reach * nodesPerStep)
  const kernel = (y: number): { first: number; weights: Float64Array } => {
    const place = (y - step * H.gradient([y])[0] - nodes[0]) / h
    const first = Math.round(place) - width
    const weights = Float64Array.from({ length: 2 * width + 1 }, (_, k) =>
      exp(-(((first + k - place) / nodesPerStep) ** 2) / 2) / (nodesPerStep * Math.sqrt(2 * Math.PI)))
    return { first, weights }
  }
  const add = (law: Float64Array, mass: number, { first, weights }: ReturnType<typeof kernel>): void => {
    const last = Math.min(weights.length, law.length - first)
    for (let k = Math.max(0, -first); k < last; k++) law[first + k] += mass * weights[k]
  }
  const rows = Array.from(nodes, kernel)
  return {
    nodes,
    from(y) {
      const law = new Float64Array(nodes.length)
      add(law, 1, kernel(y))
      return law
    },
    next(law) {
      const after = new Float64Array(nodes.length)
      rows.forEach((row, i) => add(after, law[i], row))
      return after
    },
  }
}

export const meanOf = (law: Float64Array, nodes: Float64Array): number => law.reduce((sum, mass, i) => sum + mass * nodes[i], 0)

/** Expectation of the inner average from y = x. */
export function expectedAverage({ nodes, from, next }: EulerChain, x: number, length: number, averaging: Averaging): number {
  let law = from(x)
  let average = x
  for (let l = 1; l <= length; l++, law = next(law)) {
    const weight = averaging === 'uniform' ? 1 / l : averaging
    average = (1 - weight) * average + weight * meanOf(law, nodes)
  }
  return average
}

/** Mean of the stationary law, by as many steps as a start needs to decay to e^{−30} at the rate κ. */
export function stationaryMean({ nodes, from, next }: EulerChain, start: number, step: number, kappa: number): number {
  let law = from(start)
  for (let l = 0; l < 30 / (step * kappa); l++) law = next(law)
  return meanOf(law, nodes)
}
