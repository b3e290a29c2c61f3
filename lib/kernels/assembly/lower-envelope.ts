/*
 * Lower envelopes of parabolas, operation for operation those of kernels/lower-envelope.ts. The envelope is read off without branches, which could not be predicted.
 */

/** Lines that run across memory are handled this many at a time: few enough for the cache, enough to make the most of each place in memory. */
const together: i32 = 32
/** Nodes that are marked and read off at a time, so that marks are still in the cache. */
const stretch: i32 = 1024

/**
 * values_i = min_j f_j + c (i − j)² for one line, in place, and a minimising j to `minimizers`. `starts`, `heights` and `vertices` have room for n + 2.
 */
function envelope(f: usize, n: i32, c: f64, minimizers: usize, starts: usize, heights: usize, vertices: usize): void {
  let count: i32 = 0
  for (let q: i32 = 0; q < n; q++) {
    const fq = load<f64>(f + (<usize>q << 3))
    if (fq == Infinity) continue
    let start: f64 = -Infinity
    while (count > 0) {
      const p = load<i32>(vertices + (<usize>(count - 1) << 2))
      start = <f64>(p + q) * 0.5 + (fq - load<f64>(heights + (<usize>(count - 1) << 3))) / (2 * c * <f64>(q - p))
      if (start > load<f64>(starts + (<usize>(count - 1) << 3))) break
      count--
      start = -Infinity
    }
    store<i32>(vertices + (<usize>count << 2), q)
    store<f64>(heights + (<usize>count << 3), fq)
    store<f64>(starts + (<usize>count << 3), start)
    count++
  }
  if (count == 0) {
    for (let i: i32 = 0; i < n; i++) store<i32>(minimizers + (<usize>i << 2), i)
    return
  }
  store<f64>(heights + (<usize>count << 3), Infinity)
  store<i32>(vertices + (<usize>count << 2), 0)
  readOff(f, n, c, minimizers, starts, heights, vertices, count)
}

/** Node i belongs to the last vertex k with starts_k < i: the largest mark up to it, when each vertex marks its first node. */
function readOff(f: usize, n: i32, c: f64, minimizers: usize, starts: usize, heights: usize, vertices: usize, count: i32): void {
  const factor = f64x2.splat(c)
  let k: i32 = 0
  let marked: i32 = 1
  for (let from: i32 = 0; from < n; from += stretch) {
    const to = min<i32>(n, from + stretch)
    memory.fill(minimizers + (<usize>from << 2), 0, <usize>(to - from) << 2)
    for (; marked < count; marked++) {
      const before = i32x4.extract_lane(i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(v128.load64_zero(starts + (<usize>marked << 3)))), 0)
      if (before >= to - 1) break
      store<i32>(minimizers + (<usize>(max<i32>(before, -1) + 1) << 2), marked)
    }
    for (let i = from; i < to; i++) {
      const mark = minimizers + (<usize>i << 2)
      k = max<i32>(k, load<i32>(mark))
      const vertex = vertices + (<usize>k << 2)
      // Two neighbours that meet within round-off of the node are told apart by their values.
      const away = f64x2.sub(f64x2.splat(<f64>i), f64x2.convert_low_i32x4_s(v128.load64_zero(vertex)))
      const both = f64x2.add(v128.load(heights + (<usize>k << 3)), f64x2.mul(f64x2.mul(factor, away), away))
      const turned = i8x16.shuffle(both, both, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
      store<f64>(f + (<usize>i << 3), f64x2.extract_lane(f64x2.pmin(both, turned), 0))
      store<i32>(mark, load<i32>(vertex + (<usize>(i64x2.bitmask(f64x2.lt(turned, both)) & 1) << 2)))
    }
  }
}

/** The first node of least f. */
function lowest(f: usize, n: i32): i32 {
  let least = load<f64>(f)
  let at: i32 = 0
  for (let i: i32 = 1; i < n; i++) {
    const value = load<f64>(f + (<usize>i << 3))
    if (value < least) {
      least = value
      at = i
    }
  }
  return at
}

/** A circle, cut at its lowest node and with that node at both ends: no minimiser lies beyond. `cut` and `cutMinimizers` have room for n + 1. */
function circle(f: usize, n: i32, c: f64, minimizers: usize, starts: usize, heights: usize, vertices: usize, cut: usize, cutMinimizers: usize): void {
  const low = lowest(f, n)
  const before = <usize>low << 3
  const after = (<usize>n << 3) - before
  memory.copy(cut, f + before, after)
  memory.copy(cut + after, f, before)
  store<f64>(cut + after + before, load<f64>(cut))
  envelope(cut, n + 1, c, cutMinimizers, starts, heights, vertices)
  memory.copy(f + before, cut, after)
  memory.copy(f, cut + after, before)
  for (let t: i32 = 0; t < n; t++) {
    const i = t + low < n ? t + low : t + low - n
    store<i32>(minimizers + (<usize>i << 2), i + load<i32>(cutMinimizers + (<usize>t << 2)) - t)
  }
}

// @ts-ignore: decorator
@inline
function roomFor(n: i32): i32 {
  return (n + 9) & ~7
}

/** Bytes of work that one part of `envelopes` needs. */
export function envelopeWork(n: i32, stride: i32): i32 {
  return roomFor(n) * (32 + (stride > 1 ? 12 * together : 0))
}

/**
 * The envelopes of groups `from` … `to` − 1 of lines of n nodes, a `stride` apart, in place, and the minimising places on the line; around a circle, that of the nearest
 * image, which may be off the line. Groups are of `together` lines with neighbouring first nodes, or fewer before the stride's end. A part that begins at
 * k `grain` works at `work` + k `envelopeWork`.
 */
export function envelopes(from: i32, to: i32, values: usize, minimizers: usize, n: i32, stride: i32, c: f64, cyclic: i32, work: usize, grain: i32): void {
  const room = <usize>roomFor(n)
  const starts = work + <usize>(from / grain) * <usize>envelopeWork(n, stride)
  const heights = starts + (room << 3)
  const cut = heights + (room << 3)
  const vertices = cut + (room << 3)
  const cutMinimizers = vertices + (room << 2)
  const lines = cutMinimizers + (room << 2)
  const lineMinimizers = lines + ((room * <usize>together) << 3)
  const groups = (stride + together - 1) / together
  for (let group = from; group < to; group++) {
    const first = (group % groups) * together
    const at = <usize>(group / groups) * <usize>stride * <usize>n + <usize>first
    const width = min<i32>(together, stride - first)
    const f = values + (at << 3)
    const places = minimizers + (at << 2)
    if (stride > 1) gatherLines(f, n, stride, width, lines, room)
    for (let b: usize = 0; b < <usize>width; b++) {
      const line = stride > 1 ? lines + ((b * room) << 3) : f
      const own = stride > 1 ? lineMinimizers + ((b * room) << 2) : places
      if (cyclic) circle(line, n, c, own, starts, heights, vertices, cut, cutMinimizers)
      else envelope(line, n, c, own, starts, heights, vertices)
    }
    if (stride == 1) continue
    scatterLines(f, n, stride, width, lines, room)
    scatterPlaces(places, n, stride, width, lineMinimizers, room)
  }
}

/** The first halves of two vectors side by side. */
// @ts-ignore: decorator
@inline
function lows(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
}

// @ts-ignore: decorator
@inline
function highs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
}

/** Two nodes of two lines at a time: the fewer instructions a row takes, the more rows are on their way from memory at once. */
function gatherLines(f: usize, n: i32, stride: i32, width: i32, lines: usize, room: usize): void {
  const apart = <usize>stride << 3
  const between = room << 3
  const pairs = <usize>(width & ~1) << 3
  const even = n & ~1
  for (let i: i32 = 0; i < even; i += 2) {
    const row = f + <usize>i * apart
    let to = lines + (<usize>i << 3)
    for (let b: usize = 0; b < pairs; b += 16, to += 2 * between) {
      const one = v128.load(row + b)
      const other = v128.load(row + apart + b)
      v128.store(to, lows(one, other))
      v128.store(to + between, highs(one, other))
    }
  }
  for (let i: i32 = 0; i < n; i++) {
    const row = f + <usize>i * apart
    for (let b: i32 = i < even ? width & ~1 : 0; b < width; b++) store<f64>(lines + <usize>b * between + (<usize>i << 3), load<f64>(row + (<usize>b << 3)))
  }
}

function scatterLines(f: usize, n: i32, stride: i32, width: i32, lines: usize, room: usize): void {
  const apart = <usize>stride << 3
  const between = room << 3
  const pairs = <usize>(width & ~1) << 3
  const even = n & ~1
  for (let i: i32 = 0; i < even; i += 2) {
    const row = f + <usize>i * apart
    let from = lines + (<usize>i << 3)
    for (let b: usize = 0; b < pairs; b += 16, from += 2 * between) {
      const one = v128.load(from)
      const other = v128.load(from + between)
      v128.store(row + b, lows(one, other))
      v128.store(row + apart + b, highs(one, other))
    }
  }
  for (let i: i32 = 0; i < n; i++) {
    const row = f + <usize>i * apart
    for (let b: i32 = i < even ? width & ~1 : 0; b < width; b++) store<f64>(row + (<usize>b << 3), load<f64>(lines + <usize>b * between + (<usize>i << 3)))
  }
}

/** Four nodes of four lines at a time. */
function scatterPlaces(places: usize, n: i32, stride: i32, width: i32, minimizers: usize, room: usize): void {
  const apart = <usize>stride << 2
  const between = room << 2
  const fours = width & ~3
  const whole = n & ~3
  for (let i: i32 = 0; i < whole; i += 4) {
    const row = places + <usize>i * apart
    let from = minimizers + (<usize>i << 2)
    for (let b: usize = 0; b < <usize>fours << 2; b += 16, from += 4 * between) {
      const line0 = v128.load(from)
      const line1 = v128.load(from + between)
      const line2 = v128.load(from + 2 * between)
      const line3 = v128.load(from + 3 * between)
      // Nodes 0 and 1 of lines 0 and 1, and so on.
      const low01 = i8x16.shuffle(line0, line1, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
      const low23 = i8x16.shuffle(line2, line3, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
      const high01 = i8x16.shuffle(line0, line1, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
      const high23 = i8x16.shuffle(line2, line3, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
      v128.store(row + b, lows(low01, low23))
      v128.store(row + apart + b, highs(low01, low23))
      v128.store(row + 2 * apart + b, lows(high01, high23))
      v128.store(row + 3 * apart + b, highs(high01, high23))
    }
  }
  for (let i: i32 = 0; i < n; i++) {
    const row = places + <usize>i * apart
    for (let b: i32 = i < whole ? fours : 0; b < width; b++) store<i32>(row + (<usize>b << 2), load<i32>(minimizers + <usize>b * between + (<usize>i << 2)))
  }
}
