import { DivergenceError } from './errors.ts'

/** f(x), with ∇f(x) written to `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number

export interface Trial {
  point: Float64Array
  value: number
  gradient: Float64Array
}

/** A trial at `length` along the direction, with the slope there. */
interface Sample extends Trial {
  length: number
  slope: number
}

const sufficientDecrease = 1e-4
const curvature = 0.9
const longest = 60

/**
 * A step along `direction` that meets the strong Wolfe conditions f ≤ f₀ + c₁ a f₀′ and |f′| ≤ c₂|f₀′| with c₁ = 1e−4, c₂ = 0.9, by bracketing and zooming
 * (Nocedal & Wright 2006, Algorithms 3.5 and 3.6) with cubic interpolation. Values are compared up to the round-off of f₀, so that close to a
 * minimiser the slopes decide (after the approximate Wolfe conditions of Hager & Zhang 2005). Returns nothing when no such step is found.
 * @throws DivergenceError when the objective still falls without flattening after 60 expansions
 */
export function searchLine(objective: Objective, from: Trial, direction: Float64Array, slope: number, length: number): Trial | undefined {
  // Sums of a few thousand terms are off by hundreds of units in the last place.
  const noise = 1024 * Number.EPSILON * Math.abs(from.value)
  const sample = (a: number): Sample => {
    const point = from.point.map((x, i) => x + a * direction[i])
    const gradient = new Float64Array(point.length)
    const value = objective(point, gradient)
    let along = 0
    for (let i = 0; i < point.length; i++) along += gradient[i] * direction[i]
    return { length: a, point, value, gradient, slope: along }
  }
  const tooHigh = (trial: Sample): boolean => !(trial.value <= from.value + sufficientDecrease * trial.length * slope + noise)
  const flatEnough = (trial: Sample): boolean => Math.abs(trial.slope) <= -curvature * slope
  let before: Sample = { ...from, length: 0, slope }
  let a = length
  for (let k = 0; k < longest; k++, a *= k < 3 ? 2 : 8) {
    const trial = sample(a)
    if (tooHigh(trial) || (k > 0 && trial.value > before.value + noise)) return zoom(sample, tooHigh, flatEnough, noise, before, trial)
    if (flatEnough(trial)) return trial
    if (trial.slope >= 0) return zoom(sample, tooHigh, flatEnough, noise, trial, before)
    before = trial
  }
  throw new DivergenceError('lbfgs: the objective is unbounded below on the way down')
}

/** Shrinks [low, high], whose lower end meets the decrease and slopes into it, until a trial meets both conditions. */
function zoom(
  sample: (a: number) => Sample,
  tooHigh: (trial: Sample) => boolean,
  flatEnough: (trial: Sample) => boolean,
  noise: number,
  low: Sample,
  high: Sample,
): Trial | undefined {
  for (let k = 0; k < longest; k++) {
    const a = between(low, high)
    if (a === low.length || a === high.length) break
    const trial = sample(a)
    if (tooHigh(trial) || trial.value > low.value + noise) high = trial
    else {
      if (flatEnough(trial)) return trial
      if (trial.slope * (high.length - low.length) >= 0) high = low
      low = trial
    }
  }
  return low.length > 0 ? low : undefined
}

/** The minimiser of the cubic through values and slopes at both ends, kept a tenth of the way off them; the middle when there is no cubic. */
function between(low: Sample, high: Sample): number {
  const width = high.length - low.length
  const middle = low.length + width / 2
  if (!(high.value < Infinity) || !Number.isFinite(high.slope)) return middle
  const d = low.slope + high.slope - (3 * (high.value - low.value)) / width
  const root = Math.sqrt(d * d - low.slope * high.slope) * Math.sign(width)
  const cubic = high.length - (width * (high.slope + root - d)) / (high.slope - low.slope + 2 * root)
  if (!Number.isFinite(cubic)) return middle
  const share = (cubic - low.length) / width
  return low.length + width * Math.min(0.9, Math.max(0.1, share))
}
