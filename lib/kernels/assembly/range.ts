/** The index of the first of n numbers that is not in [low, high], as NaN is not; −1 where all are. */
export function firstOutside(numbers: usize, n: i32, low: f64, high: f64): i32 {
  const lows = f64x2.splat(low)
  const highs = f64x2.splat(high)
  let i: i32 = 0
  for (; i < n - 7; i += 8) {
    const at = numbers + (<usize>i << 3)
    if (!i64x2.all_true(v128.and(v128.and(inside(at, lows, highs), inside(at + 16, lows, highs)), v128.and(inside(at + 32, lows, highs), inside(at + 48, lows, highs))))) break
  }
  for (; i < n; i++) {
    const x = load<f64>(numbers + (<usize>i << 3))
    if (!(x >= low && x <= high)) return i
  }
  return -1
}

// @ts-ignore: decorator
@inline
function inside(at: usize, lows: v128, highs: v128): v128 {
  const x = v128.load(at)
  return v128.and(f64x2.ge(x, lows), f64x2.le(x, highs))
}
