import ops from 'ndarray-ops'
import { nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'

/** Flat indices of the nodes with every coordinate between −window and window. */
export function within(grid: Grid, window: number): number[] {
  return Array.from({ length: grid.size }, (_, i) => i).filter((i) => nodeAt(grid, i).every((x) => Math.abs(x) <= window))
}

/** max − min of a field's values. */
export function rangeOf({ values }: Field): number {
  return ops.sup(values) - ops.inf(values)
}

/** Largest absolute value. */
export function largest(values: Iterable<number>): number {
  let most = 0
  for (const value of values) {
    if (!(Math.abs(value) <= most)) most = Math.abs(value)
  }
  return most
}

/** n evenly spaced numbers from first to last. */
export function evenly(first: number, last: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => first + ((last - first) * i) / (n - 1))
}

/** Least-squares slope of log y in log x; NaN when a y is not positive. */
export function logSlope(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [x.map(Math.log), y.map(Math.log)]
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [ma, mb] = [mean(a), mean(b)]
  const slope = a.reduce((sum, value, i) => sum + (value - ma) * (b[i] - mb), 0) / a.reduce((sum, value) => sum + (value - ma) ** 2, 0)
  return Number.isFinite(slope) ? slope : NaN
}
