import { exp, log } from '../../core/elementary.ts'
import type { Paced } from '../../execution/progress.ts'
import { lineSupport } from './line-support.ts'
import type { LineSupport } from './line-support.ts'
import { heights, roundingOf, unsettled } from './measure.ts'
import type { LocalGibbs, Moments } from './measure.ts'

/** Moments with the estimated relative error of the mass, of the mean in standard deviations, and of the covariance in its own size: the largest. */
export interface Quadrature extends Moments {
  error: number
  nodes: number
}

/** Kronrod's 15 nodes on [0, 1], largest first, every second one a Gauss node (QUADPACK's qk15), and the weights of both rules. */
const nodes = [
  0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945,
  0.5860872354676911, 0.4058451513773972, 0.20778495500789848, 0,
]
const kronrod = [
  0.022935322010529224, 0.06309209262997856, 0.10479001032225019, 0.14065325971552592,
  0.1690047266392679, 0.19035057806478542, 0.20443294007529889, 0.20948214108472782,
]
const gauss = [0.1294849661688697, 0.27970539148927664, 0.3818300505051189, 0.4179591836734694]

/** All 15 in increasing order. */
const rule = Array.from({ length: 15 }, (_, i) => {
  const j = i < 8 ? i : 14 - i
  return { at: i < 8 ? -nodes[j] : nodes[j], kronrod: kronrod[j], gauss: j % 2 === 1 ? gauss[(j - 1) / 2] : 0 }
})

/** An interval with its Kronrod sums of o^0, o^1, o^2 (about the center) against e^{−β(H − base)}, and their differences from the Gauss sums. */
interface Panel {
  a: number
  b: number
  sums: [number, number, number]
  differences: [number, number, number]
}

/** An exponent this far above 0 means that a well was missed, and the search begins again from it. */
const surprise = 2

/**
 * Moments on the line by adaptive Gauss–Kronrod quadrature: every round halves the panels that hold the error, until the sum of |Kronrod − Gauss| over all
 * of them is below the tolerance. Kinks and walls cost some forty halvings each.
 * @throws DivergenceError when the budget of nodes does not suffice
 */
export function* lineQuadrature(measure: LocalGibbs, tolerance: number, budget: number): Paced<Quadrature> {
  let support = lineSupport(measure)
  for (let attempt = 0; attempt < 20; attempt++) {
    const outcome = yield* integrate(measure, support, tolerance, budget)
    if (typeof outcome !== 'number') return outcome
    support = lineSupport(measure, outcome)
  }
  throw unsettled(measure, budget, 1, tolerance)
}

/** The moments, or the offset of a well that the support had missed. */
function* integrate(measure: LocalGibbs, support: LineSupport, tolerance: number, budget: number): Paced<Quadrature | number> {
  const { base, center } = support
  const goal = Math.max(tolerance, 16 * roundingOf(measure, base, Float64Array.of(center)))
  const done: Panel[] = []
  let pending = support.panels
  let used = 0
  for (let round = 0; ; round++) {
    yield { fraction: used / budget, activity: `integrating, ${used} nodes` }
    used += 15 * pending.length
    const surprising = evaluate(measure, support, pending, done)
    if (surprising !== undefined) return surprising
    const moments = momentsOf(done)
    // A peak that all nodes stepped over is at the center.
    const errors = done.map((panel) => (moments.mass > 0 ? errorOf(panel, moments) : panel.a === center || panel.b === center ? Infinity : 0))
    const error = errors.reduce((sum, e) => sum + e, 0)
    const splits = error <= goal ? [] : splittable(measure, done, errors, goal)
    if (splits.length === 0) {
      if (!(error <= 1e3 * goal)) throw unsettled(measure, used, error, goal)
      return {
        base, logMass: log(moments.mass), offset: Float64Array.of(center + moments.mean), covariance: Float64Array.of(moments.variance),
        error: Math.max(error, goal / 16), nodes: used,
      }
    }
    if (used + 30 * splits.length > budget) throw unsettled(measure, used, error, goal)
    pending = splits.flatMap((i): [number, number][] => {
      const middle = done[i].a + (done[i].b - done[i].a) / 2
      return [[done[i].a, middle], [middle, done[i].b]]
    })
    const gone = new Set(splits)
    done.splice(0, done.length, ...done.filter((_, i) => !gone.has(i)))
  }
}

/** Panels that hold more than their share of the error, and can be halved. */
function splittable({ x }: LocalGibbs, panels: Panel[], errors: number[], goal: number): number[] {
  const share = goal / (2 * panels.length)
  return errors.flatMap((error, i) => {
    const { a, b } = panels[i]
    const finest = 8 * Number.EPSILON * Math.max(Math.abs(a), Math.abs(b), Math.abs(x[0] + a), Math.abs(x[0] + b))
    return error > share && b - a > finest ? [i] : []
  })
}

interface LineMoments {
  mass: number
  mean: number
  variance: number
}

function momentsOf(panels: Panel[]): LineMoments {
  const sums = [0, 1, 2].map((k) => panels.map((panel) => panel.sums[k]).sort((u, v) => Math.abs(u) - Math.abs(v)).reduce((sum, v) => sum + v, 0))
  const mean = sums[1] / sums[0]
  return { mass: sums[0], mean, variance: Math.max(sums[2] / sums[0] - mean * mean, 0) }
}

function errorOf({ differences: [d0, d1, d2] }: Panel, { mass, mean, variance }: LineMoments): number {
  const spread = Math.sqrt(variance)
  const first = Math.abs(d1 - mean * d0) / (mass * spread)
  const second = Math.abs(d2 - 2 * mean * d1 + mean * mean * d0) / (mass * variance)
  const worst = Math.max(Math.abs(d0) / mass, Number.isNaN(first) ? 0 : first, Number.isNaN(second) ? 0 : second)
  return Number.isNaN(worst) ? Infinity : worst
}

/** Adds the panels with their sums to `out`. Returns the offset of a node at which H is well below the base, if any. */
function evaluate(measure: LocalGibbs, { base, center }: LineSupport, panels: readonly [number, number][], out: Panel[]): number | undefined {
  const offsets = new Float64Array(15 * panels.length)
  panels.forEach(([a, b], p) => rule.forEach(({ at }, i) => (offsets[15 * p + i] = a + ((1 + at) / 2) * (b - a))))
  const values = heights(measure, offsets, new Float64Array(offsets.length))
  const lowest = values.reduce((best, value, i) => (value < values[best] ? i : best), 0)
  if (measure.beta * (base - values[lowest]) > surprise) return offsets[lowest]
  panels.forEach(([a, b], p) => {
    const sums: [number, number, number] = [0, 0, 0]
    const differences: [number, number, number] = [0, 0, 0]
    for (let i = 0; i < 15; i++) {
      const density = exp(-measure.beta * (values[15 * p + i] - base))
      const o = offsets[15 * p + i] - center
      const weight = (rule[i].kronrod * (b - a)) / 2
      const difference = ((rule[i].kronrod - rule[i].gauss) * (b - a)) / 2
      let term = density
      for (let k = 0; k < 3; k++) {
        sums[k] += weight * term
        differences[k] += difference * term
        term *= o
      }
    }
    out.push({ a, b, sums, differences })
  })
  return undefined
}
