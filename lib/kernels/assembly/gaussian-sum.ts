import { expWithoutOverflow, logOfNormal } from './exp-log'
import { gather, gatherColumns, scatter, scatterColumns } from './panels'
import { claimPlace, leavePlace } from './places'

/*
 * Sums of e^{−βf} with Gaussian weights along lines, and back to −(1/β) log: the operations of lineSums in ../gaussian-sum.ts in the same order for each line.
 * Lines are taken eight at a time (a node of eight lines is a cache line, and lanes need no shuffles) or, where there are few, one at a time.
 */

// A stage's table of numbers, in the order of Stage in ../gaussian-sum.ts.
const size = 0
const ghosts = 1
const period = 2
const overlap = 3
const shift = 4
const outputs = 5
const phases = 6
const step = 7
const terms = 8
const weights = 9
const stageLength = 10

// The head of a place of work: vectors of eight numbers, one a lane.
const trustedAt: usize = 64
const endsAt: usize = 128
const accuracy: f64 = 35
const highest: f64 = 600

// @ts-ignore: decorator
@inline
function number(stage: usize, index: i32): i32 {
  return load<i32>(stage + (<usize>index << 2))
}

/** Fills the ghosts of a stage's input. A zero node stands beyond the last ghost on either side, so that terms can be taken in twos. */
function fillGhosts(stage: usize, input: usize, lanes: i32, ends: usize): void {
  const n = number(stage, size)
  const reach = number(stage, ghosts)
  const repeat = number(stage, period)
  const shared = number(stage, overlap)
  const bytes = <usize>lanes << 3
  for (let g = 1; g <= reach + 1; g++) {
    for (let side = 0; side < 2; side++) {
      const j = side === 0 ? -g : n - 1 + g
      const to = input + <usize>(j * <i32>bytes)
      if (g > reach) {
        for (let b: usize = 0; b < bytes; b += 8) store<f64>(to + b, 0)
        continue
      }
      if (repeat === 0) {
        fillBeyond(to, <f64>g, ends + (<usize>side << 7), bytes)
        continue
      }
      const from = input + <usize>(under(j, n, repeat, shared) * <i32>bytes)
      for (let b: usize = 0; b < bytes; b += 8) store<f64>(to + b, load<f64>(from + b))
    }
  }
}

/** Ghost g beyond an end with eight levels and eight slopes. */
function fillBeyond(to: usize, g: f64, end: usize, bytes: usize): void {
  const steps = f64x2.splat(g)
  for (let b: usize = 0; b < bytes; b += 16) {
    const exponent = f64x2.add(v128.load(end + b), f64x2.mul(steps, v128.load(end + b, 64)))
    const value = expWithoutOverflow(f64x2.pmin(f64x2.splat(highest), f64x2.neg(exponent)))
    if (bytes === 8) store<f64>(to, f64x2.extract_lane(value, 0))
    else v128.store(to + b, value)
  }
}

/** The node whose value the continued line has at j. */
function under(j: i32, n: i32, repeat: i32, shared: i32): i32 {
  let k = j % repeat
  if (k < 0) k += repeat
  return k < n ? k : repeat - k - shared
}

/** Output q·phases + r is Σ_t weights[r][t] input[q·step − shift + t], terms of even and of odd t summed apart. */
function filterPanel(stage: usize, input: usize, output: usize): void {
  const reach = number(stage, ghosts)
  const end = number(stage, size) + reach
  const turns = number(stage, phases)
  const count = number(stage, terms)
  const total = number(stage, outputs)
  const table = <usize>number(stage, weights)
  let base = -number(stage, shift)
  let r = 0
  for (let o = 0; o < total; o++) {
    const from = max(0, -reach - base) & ~1
    const to = min(count, end - base)
    sumOfNodes(output + (<usize>o << 6), table + (<usize>(r * count + from) << 3), input + <usize>((base + from) << 6), to - from)
    if (++r === turns) {
      r = 0
      base += number(stage, step)
    }
  }
}

/** Σ_t w_t p_t for the eight lines of a panel. Small functions and few pointers in the innermost loops keep all in registers. */
function sumOfNodes(place: usize, w: usize, p: usize, count: i32): void {
  let e0 = f64x2.splat(0), e1 = e0, e2 = e0, e3 = e0, o0 = e0, o1 = e0, o2 = e0, o3 = e0
  for (; count > 0; count -= 2) {
    const even = v128.load64_splat(w)
    e0 = f64x2.add(e0, f64x2.mul(even, v128.load(p)))
    e1 = f64x2.add(e1, f64x2.mul(even, v128.load(p, 16)))
    e2 = f64x2.add(e2, f64x2.mul(even, v128.load(p, 32)))
    e3 = f64x2.add(e3, f64x2.mul(even, v128.load(p, 48)))
    const odd = v128.load64_splat(w, 8)
    o0 = f64x2.add(o0, f64x2.mul(odd, v128.load(p, 64)))
    o1 = f64x2.add(o1, f64x2.mul(odd, v128.load(p, 80)))
    o2 = f64x2.add(o2, f64x2.mul(odd, v128.load(p, 96)))
    o3 = f64x2.add(o3, f64x2.mul(odd, v128.load(p, 112)))
    w += 16
    p += 128
  }
  v128.store(place, f64x2.add(e0, o0))
  v128.store(place, f64x2.add(e1, o1), 16)
  v128.store(place, f64x2.add(e2, o2), 32)
  v128.store(place, f64x2.add(e3, o3), 48)
}

/**
 * `filterPanel` on one line, with the even and the odd terms in the two lanes; four outputs at a time, of one phase or over the same inputs, where none is cut by the line's ends.
 */
function filterLine(stage: usize, input: usize, output: usize): void {
  const reach = number(stage, ghosts)
  const end = number(stage, size) + reach
  const turns = number(stage, phases)
  const stride = number(stage, step)
  const count = number(stage, terms)
  const total = number(stage, outputs)
  const table = <usize>number(stage, weights)
  const bytes = <usize>count << 3
  let base = -number(stage, shift)
  let r = 0
  for (let o = 0; o < total;) {
    const w = table + (<usize>(r * count) << 3)
    const p = input + <usize>(base << 3)
    const place = output + (<usize>o << 3)
    const whole = base >= -reach && base + count <= end
    if (whole && turns === 1 && o + 4 <= total && base + 3 * stride + count <= end) {
      fourProducts(place, w, p, <usize>stride << 3, bytes)
      base += 4 * stride
      o += 4
      continue
    }
    if (whole && r + 4 <= turns && o + 4 <= total) {
      fourProducts(place, p, w, bytes, bytes)
      o += 4
      r += 4
    } else {
      let sum = f64x2.splat(0)
      for (let t = max(0, -reach - base) & ~1; t < min(count, end - base); t += 2) {
        const at = <usize>t << 3
        sum = f64x2.add(sum, f64x2.mul(v128.load(w + at), v128.load(p + at)))
      }
      store<f64>(place, both(sum))
      o++
      r++
    }
    if (r === turns) {
      r = 0
      base += stride
    }
  }
}

/** Sums of the products of the numbers at `shared` with those at y, y + apart, y + 2 apart and y + 3 apart. */
function fourProducts(place: usize, shared: usize, y: usize, apart: usize, bytes: usize): void {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
  let y1 = y + apart, y2 = y1 + apart, y3 = y2 + apart
  for (const end = shared + bytes; shared < end; shared += 16) {
    const x = v128.load(shared)
    s0 = f64x2.add(s0, f64x2.mul(x, v128.load(y)))
    s1 = f64x2.add(s1, f64x2.mul(x, v128.load(y1)))
    s2 = f64x2.add(s2, f64x2.mul(x, v128.load(y2)))
    s3 = f64x2.add(s3, f64x2.mul(x, v128.load(y3)))
    y += 16
    y1 += 16
    y2 += 16
    y3 += 16
  }
  store<f64>(place, both(s0))
  store<f64>(place, both(s1), 8)
  store<f64>(place, both(s2), 16)
  store<f64>(place, both(s3), 24)
}

// @ts-ignore: decorator
@inline
function both(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** e^{−β(f − low)}, eight numbers at a time, past the end up to the next eight. */
function exponentials(values: usize, count: i32, beta: f64, lows: usize): void {
  const scale = f64x2.splat(beta)
  for (let i = 0; i < count; i += 8) {
    for (let l: usize = 0; l < 64; l += 16) {
      const exponent = f64x2.mul(scale, f64x2.sub(v128.load(values + l), v128.load(lows + l)))
      v128.store(values + l, expWithoutOverflow(f64x2.neg(exponent)))
    }
    values += 64
  }
}

/** low − (1/β) log of sums, NaN below the least that is trusted on each line. */
function logarithms(values: usize, count: i32, beta: f64, lows: usize): void {
  const scale = f64x2.splat(beta)
  for (let i = 0; i < count; i += 8) {
    for (let l: usize = 0; l < 64; l += 16) {
      const sum = v128.load(values + l)
      const known = f64x2.ge(sum, v128.load(lows + trustedAt + l))
      const value = f64x2.sub(v128.load(lows + l), f64x2.div(logOfNormal(v128.bitselect(sum, f64x2.splat(1), known)), scale))
      v128.store(values + l, v128.bitselect(value, f64x2.splat(NaN), known))
    }
    values += 64
  }
}

/** Fills the head of a place of work for lines that are still f: the exponents beyond either end, and the least sum to trust. */
function prepareEnds(head: usize, panel: usize, n: i32, lanes: i32, beta: f64, least: f64, reach: f64, faint: f64, tails: i32, constant: f64, furthest: f64): void {
  for (let l = 0; l < 8; l++) {
    const lane = <usize>l << 3
    const low = load<f64>(head + lane)
    let trusted = least
    for (let side = 0; tails !== 0 && side < 2; side++) {
      const edge = panel + (<usize>((side === 0 ? 0 : n - 1) * lanes + l % lanes) << 3)
      const next = panel + (<usize>((side === 0 ? min(1, n - 1) : max(0, n - 2)) * lanes + l % lanes) << 3)
      let level = beta * (constant - low)
      let slope: f64 = 0
      if (tails === 1) {
        level = beta * (load<f64>(edge) - low)
        slope = level - beta * (load<f64>(next) - low)
        // Beyond a wall there is nothing.
        if (!isFinite(slope)) {
          level = Infinity
          slope = 0
        }
      }
      const end = head + endsAt + (<usize>side << 7) + lane
      store<f64>(end, level)
      store<f64>(end, slope, 64)
      const growth = max(0, -slope)
      const exponent = growth * reach - level - faint + accuracy
      if (exponent > -1 || growth * reach > faint || growth * furthest - level > highest) trusted = Infinity
      else trusted = max(trusted, f64x2.extract_lane(expWithoutOverflow(f64x2.splat(exponent)), 0))
    }
    store<f64>(head + trustedAt + lane, trusted)
  }
}

/**
 * Panels from … to − 1 of `lanes` lines each: out = −(1/β) log Σ weights e^{−βf} through one stage or two. `places` places of work of `placeLength` bytes begin at `work`;
 * each begins with the least values, the least sums to trust, and levels and slopes beyond either end, a number a lane, and holds, at `first`, `second` and `third`, node 0 of the line, of the second stage's input, and of the result.
 */
export function gaussianSums(
  from: i32, to: i32, values: usize, out: usize, lines: i32, n: i32, inner: i32, lanes: i32, beta: f64, least: f64, reach: f64, faint: f64, tails: i32, constant: f64,
  stages: i32, stage: usize,
  busy: usize, work: usize, placeLength: i32, first: i32, second: i32, third: i32,
): void {
  const place = claimPlace(busy)
  const lows = work + <usize>place * <usize>placeLength
  const input = lows + <usize>first
  const between = lows + <usize>second
  const result = lows + <usize>third
  for (let k = from; k < to; k++) {
    const line = k * lanes
    const columns = lanes === 8 && line + 8 <= lines && (line % inner) + 8 <= inner
    if (columns) gatherColumns(values, line, n, inner, input, lows)
    else gather(values, line, lines, n, inner, lanes, input, lows)
    prepareEnds(lows, input, n, lanes, beta, least, reach, faint, tails, constant, <f64>number(stage, ghosts))
    exponentials(input, n * lanes, beta, lows)
    for (let s = 0; s < stages; s++) {
      const table = stage + (<usize>(s * stageLength) << 2)
      const source = s === 0 ? input : between
      const target = s === stages - 1 ? result : between
      fillGhosts(table, source, lanes, lows + endsAt)
      if (lanes === 8) filterPanel(table, source, target)
      else filterLine(table, source, target)
    }
    logarithms(result, n * lanes, beta, lows)
    if (columns) scatterColumns(result, out, line, n, inner)
    else scatter(result, out, line, lines, n, inner, lanes)
  }
  leavePlace(busy, place)
}
