/** Count and mean of samples, and the sums of the second, third and fourth powers of their deviations from it. */
export interface Moments {
  count: number
  mean: number
  second: number
  third: number
  fourth: number
}

export const noMoments: Moments = Object.freeze({ count: 0, mean: 0, second: 0, third: 0, fourth: 0 })

export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length
  if (count === 0) return noMoments
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[i]
  const mean = sum / count
  let [second, third, fourth] = [0, 0, 0]
  for (let i = 0; i < count; i++) {
    const deviation = values[i] - mean
    const square = deviation * deviation
    second += square
    third += square * deviation
    fourth += square * square
  }
  return { count, mean, second, third, fourth }
}

/** Of two groups together (Pébay 2008). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b
  if (b.count === 0) return a
  const [n, m] = [a.count, b.count]
  const count = n + m
  const gap = (b.mean - a.mean) / count
  return {
    count,
    mean: a.mean + gap * m,
    second: a.second + b.second + gap * gap * n * m * count,
    third: a.third + b.third + gap ** 3 * n * m * (n - m) * count + 3 * gap * (n * b.second - m * a.second),
    fourth: a.fourth + b.fourth + gap ** 4 * n * m * (n * n - n * m + m * m) * count
      + 6 * gap * gap * (n * n * b.second + m * m * a.second) + 4 * gap * (n * b.third - m * a.third),
  }
}

/** The unbiased variance; NaN for fewer than two samples. */
export function varianceOf({ count, second }: Moments): number {
  return count < 2 ? NaN : second / (count - 1)
}

/** Fourth central moment over the squared variance, 3 for a normal law; NaN where nothing varies. */
export function kurtosisOf({ count, second, fourth }: Moments): number {
  return (count * fourth) / (second * second)
}
