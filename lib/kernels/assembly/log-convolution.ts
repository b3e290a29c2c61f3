import { expWithoutOverflow, logOfNormal } from './exp-log'

// As in ../log-convolution.ts, where the tree is described.
const negligible: f64 = 50
const leaf: i32 = 16

// @ts-ignore: decorator
@inline
function at(numbers: usize, index: i32): f64 {
  return load<f64>(numbers + (<usize>index << 3))
}

// @ts-ignore: decorator
@inline
function distance(i: i32, j: i32, period: i32): i32 {
  const d = i < j ? j - i : i - j
  return period > 0 && 2 * d > period ? period - d : d
}

/** The least distance of i to the nodes from..to. */
function rangeDistance(i: i32, from: i32, to: i32, period: i32): i32 {
  if (i >= from && i <= to) return 0
  const near = i < from ? from - i : i - to
  if (period === 0) return near
  const far = i < from ? to - i : i - from
  return min(near, period - far)
}

let least: f64 = 0
let place: i32 = 0

/** Finds the largest term of node i's sum and the leaves with terms that count, whose number it returns. */
function findTerms(exponents: usize, minima: usize, leaves: i32, n: i32, logKernel: usize, period: i32, i: i32, stack: usize, found: usize): i32 {
  let count = 0
  let depth = 1
  store<i32>(stack, 1)
  while (depth > 0) {
    depth--
    const k = load<i32>(stack + (<usize>depth << 2))
    const level = 31 - clz(k)
    const span = (leaves >> level) * leaf
    const from = (k - (1 << level)) * span
    if (from >= n) continue
    const to = min(from + span, n) - 1
    const lowest = at(minima, k)
    if (lowest - at(logKernel, rangeDistance(i, from, to, period)) > least + negligible || lowest === Infinity) continue
    if (k >= leaves) {
      store<i32>(found + (<usize>count << 2), from)
      count++
      for (let j = from; j <= to; j++) {
        const exponent = at(exponents, j) - at(logKernel, distance(i, j, period))
        if (exponent < least) {
          least = exponent
          place = j
        }
      }
      continue
    }
    const nearFirst = i < from + span / 2 ? 1 : 0
    store<i32>(stack + (<usize>depth << 2), 2 * k + nearFirst)
    store<i32>(stack + (<usize>depth << 2), 2 * k + 1 - nearFirst, 4)
    depth += 2
  }
  return least === Infinity ? 0 : count
}

/** Σ exp(least − exponent) over the leaves found, terms of even and of odd nodes apart. */
function sumTerms(exponents: usize, n: i32, logKernel: usize, period: i32, i: i32, found: usize, count: i32): f64 {
  let sum = f64x2.splat(0)
  const top = f64x2.splat(least)
  const limit = f64x2.splat(negligible)
  for (let k = 0; k < count; k++) {
    const from = load<i32>(found + (<usize>k << 2))
    const to = min(from + leaf, n)
    for (let j = from; j < to; j += 2) {
      const second = j + 1 < to
      const kernel = f64x2(at(logKernel, distance(i, j, period)), second ? at(logKernel, distance(i, j + 1, period)) : 0)
      const exponent = f64x2(at(exponents, j), second ? at(exponents, j + 1) : Infinity)
      const excess = f64x2.sub(f64x2.sub(exponent, kernel), top)
      const counts = f64x2.lt(excess, limit)
      if (v128.any_true(counts)) sum = f64x2.add(sum, v128.and(expWithoutOverflow(f64x2.neg(excess)), counts))
    }
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Nodes from … to − 1 that are NaN in `out` get the logs of their sums. `stack` has room for 64 numbers and `found` for one a leaf. */
export function logSums(
  from: i32, to: i32, exponents: usize, minima: usize, leaves: i32, n: i32, logKernel: usize, period: i32, stack: usize, found: usize, out: usize,
): void {
  place = 0
  for (let i = from; i < to; i++) {
    const result = out + (<usize>i << 3)
    const given = load<f64>(result)
    if (given === given) continue
    if (at(exponents, i) <= at(exponents, place)) place = i
    least = at(exponents, place) - at(logKernel, distance(i, place, period))
    if (!(least < Infinity)) least = Infinity
    const count = findTerms(exponents, minima, leaves, n, logKernel, period, i, stack, found)
    if (count === 0) {
      store<f64>(result, -Infinity)
      continue
    }
    const scaled = sumTerms(exponents, n, logKernel, period, i, found, count)
    store<f64>(result, f64x2.extract_lane(logOfNormal(f64x2.splat(scaled)), 0) - least)
  }
}
