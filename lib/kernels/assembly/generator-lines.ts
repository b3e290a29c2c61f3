import { fold, gather, scaleEnds, scatter, unfold } from './tile-lines'

/*
 * TR-BDF2 steps of Markov chains on lines, several side by side, operation for operation those of their twins in TypeScript (kernels/generator-lines.ts). A line's recurrences
 * wait for their own last number: four pairs of lines, or the two halves of a single one, go on at once.
 */

const root2: f64 = 1.4142135623730951

/** At most so many lines side by side. */
const widest: usize = 8

/** Bytes of work that a part of `diffuse` needs. */
export function diffuseWork(nodes: i32, width: i32): i32 {
  return ((3 * nodes * width) << 3) + <i32>(widest << 4)
}

/**
 * Carries tiles `from` … `to` − 1 of `width` lines (2, 4, 6 or 8), `nodes` long and a `stride` apart from node to node, over a step, in place in `state`. `starts` has the first
 * node of each line; `factors`, a tile after the other, forward, inverse and backward shares and two numbers more, which join a folded line (`folded` is its length, and 0
 * otherwise). A tile in which something would be negative is left alone and flagged. A part that begins at k `grain` works at `work` + k `diffuseWork`.
 */
export function diffuse(
  from: i32, to: i32, state: usize, starts: usize, factors: usize, flags: usize, nodes: i32, width: i32, stride: i32, halfEnds: i32, closed: i32, folded: i32, work: usize, grain: i32,
): void {
  const length = <usize>(nodes * width) << 3
  const p = work + <usize>(from / grain) * <usize>diffuseWork(nodes, width)
  const r = p + length
  const q = r + length
  const sums = q + length
  for (let tile = from; tile < to; tile++) {
    const first = starts + (<usize>(tile * width) << 2)
    const factor = factors + <usize>tile * (3 * length + 16)
    if (folded) fold(state + (<usize>load<i32>(first) << 3), folded, stride, p)
    else gather(state, first, nodes, width, stride, p)
    if (halfEnds) scaleEnds(p, nodes, width, folded, 0.5)
    let negative: bool
    if (width == 8) {
      forward8(factor, length, p, r)
      backward8(factor, length, r)
      forward8(factor, length, r, q)
      negative = finish8(factor, length, p, r, q, sums)
    } else {
      negative = false
      for (let pair: usize = 0; pair < <usize>width << 3; pair += 16) {
        forward2(factor, length, width, pair, p, r)
        backward2(factor, length, width, pair, folded, r)
        forward2(factor, length, width, pair, r, q)
        if (finish2(factor, length, width, pair, folded, p, r, q, sums)) negative = true
      }
    }
    store<i32>(flags + (<usize>tile << 2), <i32>negative)
    if (negative) continue
    shares(sums, width, closed, folded)
    if (halfEnds) scaleEnds(q, nodes, width, folded, 2)
    if (folded) unfold(state + (<usize>load<i32>(first) << 3), folded, stride, q, sums)
    else scatter(state, first, nodes, width, stride, q, sums)
  }
}

/** x = b + what the node before hands on, for four pairs of lines. */
function forward8(factor: usize, length: usize, b: usize, x: usize): void {
  let c0 = v128.load(b)
  let c1 = v128.load(b, 16)
  let c2 = v128.load(b, 32)
  let c3 = v128.load(b, 48)
  v128.store(x, c0)
  v128.store(x, c1, 16)
  v128.store(x, c2, 32)
  v128.store(x, c3, 48)
  const forward = factor - b
  const to = x - b
  const end = b + length
  for (let at = b + 64; at < end; at += 64) {
    c0 = f64x2.add(v128.load(at), f64x2.mul(v128.load(forward + at), c0))
    c1 = f64x2.add(v128.load(at, 16), f64x2.mul(v128.load(forward + at, 16), c1))
    c2 = f64x2.add(v128.load(at, 32), f64x2.mul(v128.load(forward + at, 32), c2))
    c3 = f64x2.add(v128.load(at, 48), f64x2.mul(v128.load(forward + at, 48), c3))
    v128.store(to + at, c0)
    v128.store(to + at, c1, 16)
    v128.store(to + at, c2, 32)
    v128.store(to + at, c3, 48)
  }
}

// @ts-ignore: decorator
@inline
function back(x: usize, inverse: usize, backward: usize, carried: v128): v128 {
  return f64x2.add(f64x2.mul(v128.load(x), v128.load(inverse)), f64x2.mul(v128.load(backward), carried))
}

function backward8(factor: usize, length: usize, x: usize): void {
  const inverse = factor + length - x
  const backward = inverse + length
  let at = x + length - 64
  let c0 = f64x2.mul(v128.load(at), v128.load(inverse + at))
  let c1 = f64x2.mul(v128.load(at, 16), v128.load(inverse + at, 16))
  let c2 = f64x2.mul(v128.load(at, 32), v128.load(inverse + at, 32))
  let c3 = f64x2.mul(v128.load(at, 48), v128.load(inverse + at, 48))
  for (;;) {
    v128.store(at, c0)
    v128.store(at, c1, 16)
    v128.store(at, c2, 32)
    v128.store(at, c3, 48)
    if (at == x) return
    at -= 64
    c0 = back(at, inverse + at, backward + at, c0)
    c1 = back(at + 16, inverse + at + 16, backward + at + 16, c1)
    c2 = back(at + 32, inverse + at + 32, backward + at + 32, c2)
    c3 = back(at + 48, inverse + at + 48, backward + at + 48, c3)
  }
}

// @ts-ignore: decorator
@inline
function combined(q: v128, r: v128): v128 {
  return f64x2.add(q, f64x2.mul(f64x2.splat(root2), f64x2.sub(q, r)))
}

/** The last way back, with q + √2(q − r) in place of q, and the sums of the lines: what each gained, and has. Whether any number is negative. */
function finish8(factor: usize, length: usize, p: usize, r: usize, q: usize, sums: usize): bool {
  const inverse = factor + length - q
  const backward = inverse + length
  const before = p - q
  const stage = r - q
  let at = q + length - 64
  let c0 = f64x2.mul(v128.load(at), v128.load(inverse + at))
  let c1 = f64x2.mul(v128.load(at, 16), v128.load(inverse + at, 16))
  let c2 = f64x2.mul(v128.load(at, 32), v128.load(inverse + at, 32))
  let c3 = f64x2.mul(v128.load(at, 48), v128.load(inverse + at, 48))
  let g0 = f64x2.splat(0)
  let m0 = f64x2.splat(0)
  let g1 = f64x2.splat(0)
  let m1 = f64x2.splat(0)
  let g2 = f64x2.splat(0)
  let m2 = f64x2.splat(0)
  let g3 = f64x2.splat(0)
  let m3 = f64x2.splat(0)
  let least = f64x2.splat(0)
  for (;;) {
    const v0 = combined(c0, v128.load(stage + at))
    v128.store(at, v0)
    g0 = f64x2.add(g0, f64x2.sub(v0, v128.load(before + at)))
    m0 = f64x2.add(m0, v0)
    const v1 = combined(c1, v128.load(stage + at, 16))
    v128.store(at, v1, 16)
    g1 = f64x2.add(g1, f64x2.sub(v1, v128.load(before + at, 16)))
    m1 = f64x2.add(m1, v1)
    const v2 = combined(c2, v128.load(stage + at, 32))
    v128.store(at, v2, 32)
    g2 = f64x2.add(g2, f64x2.sub(v2, v128.load(before + at, 32)))
    m2 = f64x2.add(m2, v2)
    const v3 = combined(c3, v128.load(stage + at, 48))
    v128.store(at, v3, 48)
    g3 = f64x2.add(g3, f64x2.sub(v3, v128.load(before + at, 48)))
    m3 = f64x2.add(m3, v3)
    least = f64x2.pmin(least, f64x2.pmin(f64x2.pmin(v0, v1), f64x2.pmin(v2, v3)))
    if (at == q) break
    at -= 64
    c0 = back(at, inverse + at, backward + at, c0)
    c1 = back(at + 16, inverse + at + 16, backward + at + 16, c1)
    c2 = back(at + 32, inverse + at + 32, backward + at + 32, c2)
    c3 = back(at + 48, inverse + at + 48, backward + at + 48, c3)
  }
  keepSums(sums, 0, g0, m0)
  keepSums(sums, 16, g1, m1)
  keepSums(sums, 32, g2, m2)
  keepSums(sums, 48, g3, m3)
  return v128.any_true(f64x2.lt(least, f64x2.splat(0)))
}

// @ts-ignore: decorator
@inline
function keepSums(sums: usize, pair: usize, gained: v128, mass: v128): void {
  v128.store(sums + pair, gained)
  v128.store(sums + (widest << 3) + pair, mass)
}

/** The same for one pair of lines out of `width`. */
function forward2(factor: usize, length: usize, width: i32, pair: usize, b: usize, x: usize): void {
  const row = <usize>width << 3
  let carried = v128.load(b + pair)
  v128.store(x + pair, carried)
  for (let at = pair + row; at < length; at += row) {
    carried = f64x2.add(v128.load(b + at), f64x2.mul(v128.load(factor + at), carried))
    v128.store(x + at, carried)
  }
}

/** The last nodes of a pair; the halves of a folded line hand on to each other. */
// @ts-ignore: decorator
@inline
function turn(factor: usize, length: usize, last: usize, folded: i32, x: usize): v128 {
  const inverse = v128.load(factor + length + last)
  const own = v128.load(x + last)
  if (!folded) return f64x2.mul(own, inverse)
  const join = factor + 3 * length
  const near = f64x2.extract_lane(own, 0)
  const far = (f64x2.extract_lane(own, 1) + load<f64>(join) * near) * f64x2.extract_lane(inverse, 1)
  return f64x2.replace_lane(f64x2.splat(near * f64x2.extract_lane(inverse, 0) + load<f64>(join, 8) * far), 1, far)
}

function backward2(factor: usize, length: usize, width: i32, pair: usize, folded: i32, x: usize): void {
  const row = <usize>width << 3
  let at = length - row + pair
  let carried = turn(factor, length, at, folded, x)
  for (;;) {
    v128.store(x + at, carried)
    if (at == pair) return
    at -= row
    carried = back(x + at, factor + length + at, factor + 2 * length + at, carried)
  }
}

function finish2(factor: usize, length: usize, width: i32, pair: usize, folded: i32, p: usize, r: usize, q: usize, sums: usize): bool {
  const row = <usize>width << 3
  let at = length - row + pair
  let carried = turn(factor, length, at, folded, q)
  let gained = f64x2.splat(0)
  let mass = f64x2.splat(0)
  let least = f64x2.splat(0)
  for (;;) {
    const value = combined(carried, v128.load(r + at))
    v128.store(q + at, value)
    gained = f64x2.add(gained, f64x2.sub(value, v128.load(p + at)))
    mass = f64x2.add(mass, value)
    least = f64x2.pmin(least, value)
    if (at == pair) break
    at -= row
    carried = back(q + at, factor + length + at, factor + 2 * length + at, carried)
  }
  keepSums(sums, pair, gained, mass)
  return v128.any_true(f64x2.lt(least, f64x2.splat(0)))
}

/** What each line has gained by rounding as a share of its mass, in place of what it gained; where mass may leave, only a gain. */
function shares(sums: usize, width: i32, closed: i32, folded: i32): void {
  const masses = sums + (widest << 3)
  if (folded) {
    store<f64>(sums, load<f64>(sums) + load<f64>(sums, 8))
    store<f64>(masses, load<f64>(masses) + load<f64>(masses, 8))
  }
  for (let c: usize = 0; c < <usize>(folded ? 1 : width); c++) {
    const gained = load<f64>(sums + (c << 3))
    const mass = load<f64>(masses + (c << 3))
    store<f64>(sums + (c << 3), mass > 1e-290 && (closed || gained > 0) ? gained / mass : 0)
  }
}
