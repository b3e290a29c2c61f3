import { addressOf, kernels } from './machine.ts'

interface Kernels {
  areFinite(from: number, to: number, values: number): number
}

/** Whether all numbers are finite; on the kernels if they are in their memory. */
export function allFinite(values: Float64Array): boolean {
  const address = addressOf(values)
  return address === undefined ? allFinitePlainly(values) : kernels<Kernels>().areFinite(0, values.length, address) === 1
}

export function allFinitePlainly(values: Float64Array): boolean {
  // 0 times a number is 0, and times what is not finite NaN; four sums do not wait for each other.
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = values.length - (values.length % 4)
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * 0
    b += values[i + 1] * 0
    c += values[i + 2] * 0
    d += values[i + 3] * 0
  }
  for (let i = whole; i < values.length; i++) a += values[i] * 0
  return a + b + c + d === 0
}
