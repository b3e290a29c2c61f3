import { centredExponent, scale } from '../core/binary64.ts'
import { exp, log } from '../core/elementary.ts'

/** Σ values with the lost low parts carried along (Neumaier 1974): the error is about 2 eps·|Σ| + n² eps²·Σ|values|, not n eps·Σ|values|. */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0
  let lost = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  // Past the finite numbers the low part is ∞ − ∞.
  return Number.isFinite(sum) ? sum + lost : sum
}

/** Finite values as scaled·2^exponent, exactly: the largest is about 1, so that sums and squares neither overflow nor underflow. */
export function scaledTogether(values: ArrayLike<number>): { scaled: Float64Array; exponent: number } {
  let most = 0
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]))
  const exponent = most === 0 ? 0 : centredExponent(most)
  const scaled = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) scaled[i] = scale(values[i], -exponent)
  return { scaled, exponent }
}

/** log Σ e^{values} without overflow; −∞ for no values or none above −∞. */
export function logSumExp(values: ArrayLike<number>): number {
  let top = -Infinity
  for (let i = 0; i < values.length; i++) if (values[i] > top || Number.isNaN(values[i])) top = values[i]
  if (!Number.isFinite(top)) return top
  const shares = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) shares[i] = exp(values[i] - top)
  return top + log(compensatedSum(shares))
}
