import { createRequire } from 'node:module'
import type * as Operations from 'ndarray-ops'
import { once } from '../core/once.ts'
import { nodeAt } from '../grid/field.ts'
import type { Field } from '../grid/field.ts'
import type { Grid } from '../grid/grid.ts'
import { fitOrder } from '../stats/order-fit.ts'

/** Flat indices of the nodes with every coordinate between −window and window. */
export function within(grid: Grid, window: number): number[] {
  return Array.from({ length: grid.size }, (_, i) => i).filter((i) => nodeAt(grid, i).every((x) => Math.abs(x) <= window))
}

// Loaded when first used: it writes its loops as it starts.
const ops = once(() => createRequire(import.meta.url)('ndarray-ops') as typeof Operations)

/** max − min of a field's values. */
export function rangeOf({ values }: Field): number {
  return ops().sup(values) - ops().inf(values)
}

/** Largest absolute value; NaN if there is one, which no check passes. */
export function largest(values: Iterable<number>): number {
  let most = 0
  for (const value of values) most = Math.max(most, Math.abs(value))
  return most
}

/** n evenly spaced numbers from first to last. */
export function evenly(first: number, last: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => first + ((last - first) * i) / (n - 1))
}

/** Observed order of errors over spacings; NaN, which no check passes, where an error is not a positive number. */
export function observedOrder(spacing: readonly number[], error: readonly number[]): number {
  if (!error.every((value) => value > 0 && value < Infinity)) return NaN
  return fitOrder(spacing.map((h, i) => ({ h, error: error[i] }))).order
}
