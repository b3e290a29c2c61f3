import { addressOf, kernels } from './machine.ts'

interface RangeKernels {
  firstOutside(numbers: number, n: number, low: number, high: number): number
}

/** The index of the first number that is not in [low, high], as NaN is not; −1 where all are. */
export function firstOutside(numbers: Float64Array, low: number, high: number): number {
  const address = addressOf(numbers)
  if (address !== undefined) return kernels<RangeKernels>().firstOutside(address, numbers.length, low, high)
  for (let i = 0; i < numbers.length; i++) if (!(numbers[i] >= low && numbers[i] <= high)) return i
  return -1
}
