import { highs, lows } from './lanes'

/*
 * The lines of a tile, fetched from a density to stand side by side, and put back less their share of what rounding has gained.
 */

// @ts-ignore: decorator
@inline
function startOf(starts: usize, c: usize): usize {
  return <usize>load<i32>(starts + (c << 2)) << 3
}

// @ts-ignore: decorator
@inline
function sideBySide(starts: usize, width: usize): bool {
  return startOf(starts, width - 1) == startOf(starts, 0) + ((width - 1) << 3)
}

export function gather(state: usize, starts: usize, nodes: i32, width: i32, stride: i32, p: usize): void {
  const row = <usize>width << 3
  const apart = <usize>stride << 3
  const end = p + <usize>nodes * row
  if (sideBySide(starts, width)) {
    let from = state + startOf(starts, 0)
    for (let to = p; to < end; to += row, from += apart) for (let c: usize = 0; c < row; c += 16) v128.store(to + c, v128.load(from + c))
    return
  }
  for (let c: usize = 0; c < <usize>width; c += 2) {
    let one = state + startOf(starts, c)
    let other = state + startOf(starts, c + 1)
    let to = p + (c << 3)
    // Along memory, two nodes of two lines at a time.
    if (stride == 1) {
      for (; to + row < end; to += 2 * row, one += 16, other += 16) {
        const a = v128.load(one)
        const b = v128.load(other)
        v128.store(to, lows(a, b))
        v128.store(to + row, highs(a, b))
      }
    }
    for (; to < end; to += row, one += apart, other += apart) {
      store<f64>(to, load<f64>(one))
      store<f64>(to, load<f64>(other), 8)
    }
  }
}

// @ts-ignore: decorator
@inline
function less(mass: v128, share: v128): v128 {
  return f64x2.sub(mass, f64x2.mul(mass, share))
}

export function scatter(state: usize, starts: usize, nodes: i32, width: i32, stride: i32, q: usize, share: usize): void {
  const row = <usize>width << 3
  const apart = <usize>stride << 3
  const end = q + <usize>nodes * row
  if (sideBySide(starts, width)) {
    let to = state + startOf(starts, 0)
    for (let from = q; from < end; from += row, to += apart) for (let c: usize = 0; c < row; c += 16) v128.store(to + c, less(v128.load(from + c), v128.load(share + c)))
    return
  }
  for (let c: usize = 0; c < <usize>width; c += 2) {
    const own = v128.load(share + (c << 3))
    let one = state + startOf(starts, c)
    let other = state + startOf(starts, c + 1)
    let from = q + (c << 3)
    if (stride == 1) {
      for (; from + row < end; from += 2 * row, one += 16, other += 16) {
        const a = less(v128.load(from), own)
        const b = less(v128.load(from + row), own)
        v128.store(one, lows(a, b))
        v128.store(other, highs(a, b))
      }
    }
    for (; from < end; from += row, one += apart, other += apart) {
      const both = less(v128.load(from), own)
      store<f64>(one, f64x2.extract_lane(both, 0))
      store<f64>(other, f64x2.extract_lane(both, 1))
    }
  }
}

/** A line of n nodes from both of its ends; the far half of an odd one begins with a node of no mass. */
export function fold(line: usize, n: i32, stride: i32, p: usize): void {
  const apart = <usize>stride << 3
  const odd = n & 1
  let near = line
  let far = line + <usize>(n - 1 + odd) * apart
  const end = p + (<usize>(n + odd) << 3)
  for (let to = p; to < end; to += 16, near += apart, far -= apart) {
    store<f64>(to, load<f64>(near))
    if (odd && to == p) store<f64>(to, 0, 8)
    else store<f64>(to, load<f64>(far), 8)
  }
}

export function unfold(line: usize, n: i32, stride: i32, q: usize, share: usize): void {
  const apart = <usize>stride << 3
  const odd = n & 1
  const own = v128.load64_splat(share)
  let near = line
  let far = line + <usize>(n - 1 + odd) * apart
  const end = q + (<usize>(n + odd) << 3)
  for (let from = q; from < end; from += 16, near += apart, far -= apart) {
    const both = less(v128.load(from), own)
    store<f64>(near, f64x2.extract_lane(both, 0))
    if (!odd || from != q) store<f64>(far, f64x2.extract_lane(both, 1))
  }
}

/** The end nodes of lines; those of a folded line are where it begins. */
export function scaleEnds(masses: usize, nodes: i32, width: i32, folded: i32, by: f64): void {
  const row = <usize>width << 3
  for (let c: usize = 0; c < row; c += 8) {
    // A far half that begins with no node has its end in the next row, which may be the near one's only neighbour.
    const first = masses + c + (folded & 1 && c == 8 ? row : 0)
    store<f64>(first, load<f64>(first) * by)
    if (folded) continue
    const last = masses + <usize>(nodes - 1) * row + c
    store<f64>(last, load<f64>(last) * by)
  }
}
