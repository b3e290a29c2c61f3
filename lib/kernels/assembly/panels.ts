/*
 * Lines in panels of eight, a node of eight lines in a cache line, or one at a time, and back.
 */

/** Address of the first node of a line: lines are those of an axis with `inner` numbers after it in C order. */
// @ts-ignore: decorator
@inline
function startOf(values: usize, line: i32, n: i32, inner: i32): usize {
  return values + (<usize>((line / inner) * inner * n + (line % inner)) << 3)
}

/** Copies lines to a panel, and their least values to `lows`. Lanes without a line repeat the last one. */
export function gather(values: usize, first: i32, lines: i32, n: i32, inner: i32, lanes: i32, panel: usize, lows: usize): void {
  const stride = <usize>inner << 3
  const step = <usize>lanes << 3
  for (let l = 0; l < lanes; l++) {
    let from = startOf(values, min(first + l, lines - 1), n, inner)
    let to = panel + (<usize>l << 3)
    let low = Infinity
    for (let i = 0; i < n; i++) {
      const value = load<f64>(from)
      low = min(low, value)
      store<f64>(to, value)
      from += stride
      to += step
    }
    // A line of walls alone stays one of zeros.
    store<f64>(lows + (<usize>l << 3), low === Infinity ? 0 : low)
  }
  if (lanes === 1) for (let l = 1; l < 8; l++) store<f64>(lows + (<usize>l << 3), load<f64>(lows))
}

/** Columns that lie side by side. */
export function gatherColumns(values: usize, first: i32, n: i32, inner: i32, panel: usize, lows: usize): void {
  let from = startOf(values, first, n, inner)
  const stride = <usize>inner << 3
  let l0 = f64x2.splat(Infinity), l1 = l0, l2 = l0, l3 = l0
  for (let i = 0; i < n; i++) {
    const a = v128.load(from), b = v128.load(from, 16), c = v128.load(from, 32), d = v128.load(from, 48)
    l0 = f64x2.pmin(l0, a)
    l1 = f64x2.pmin(l1, b)
    l2 = f64x2.pmin(l2, c)
    l3 = f64x2.pmin(l3, d)
    v128.store(panel, a)
    v128.store(panel, b, 16)
    v128.store(panel, c, 32)
    v128.store(panel, d, 48)
    from += stride
    panel += 64
  }
  const infinite = f64x2.splat(Infinity)
  v128.store(lows, v128.andnot(l0, f64x2.eq(l0, infinite)))
  v128.store(lows, v128.andnot(l1, f64x2.eq(l1, infinite)), 16)
  v128.store(lows, v128.andnot(l2, f64x2.eq(l2, infinite)), 32)
  v128.store(lows, v128.andnot(l3, f64x2.eq(l3, infinite)), 48)
}

export function scatter(panel: usize, out: usize, first: i32, lines: i32, n: i32, inner: i32, lanes: i32): void {
  const stride = <usize>inner << 3
  const step = <usize>lanes << 3
  for (let l = 0; l < lanes && first + l < lines; l++) {
    let from = panel + (<usize>l << 3)
    let to = startOf(out, first + l, n, inner)
    for (let i = 0; i < n; i++) {
      store<f64>(to, load<f64>(from))
      from += step
      to += stride
    }
  }
}

export function scatterColumns(panel: usize, out: usize, first: i32, n: i32, inner: i32): void {
  let to = startOf(out, first, n, inner)
  const stride = <usize>inner << 3
  for (let i = 0; i < n; i++) {
    v128.store(to, v128.load(panel))
    v128.store(to, v128.load(panel, 16), 16)
    v128.store(to, v128.load(panel, 32), 32)
    v128.store(to, v128.load(panel, 48), 48)
    to += stride
    panel += 64
  }
}
