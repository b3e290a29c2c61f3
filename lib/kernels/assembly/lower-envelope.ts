/*
 * Lower envelopes of parabolas, operation for operation those of kernels/lower-envelope.ts. The envelope is read off without branches, which could not be predicted.
 */

/** Lines that run across memory are handled this many at a time: few enough for the cache, enough to make the most of each place in memory. */
const together: i32 = 32
/**
 * values_i = min_j f_j + c (i − j)² for one line, in place, and a minimising j to `minimizers`. `starts`, `heights` and `vertices` have room for n + 2.
 */
function envelope(f: usize, n: i32, c: f64, minimizers: usize, starts: usize, heights: usize, vertices: usize): void {
  const count = vertexCount(f, n, 0.5 / c, starts, heights, vertices)
  if (count > 0) readOff(f, n, c, minimizers, starts, heights, vertices, count)
  else for (let i: i32 = 0; i < n; i++) store<i32>(minimizers + (<usize>i << 2), i)
}

/** Fills the stack of vertices. Its top and the vertex p under it are at hand, since most nodes do away with the top. */
function vertexCount(f: usize, n: i32, inverse: f64, starts: usize, heights: usize, vertices: usize): i32 {
  let top: i32 = 0
  while (top < n && load<f64>(f + (<usize>top << 3)) == Infinity) top++
  if (top == n) return 0
  let height = load<f64>(f + (<usize>top << 3))
  let start: f64 = -Infinity
  let p: i32 = 0
  let heightUnder: f64 = 0
  let startUnder: f64 = 0
  /** Vertices under the top. */
  let under: usize = 0
  for (let q = top + 1; q < n; q++) {
    const fq = load<f64>(f + (<usize>q << 3))
    if (fq == Infinity) continue
    let next = (fq - height) * inverse
    if (q - top != 1) next /= <f64>(q - top)
    next += <f64>(top + q) * 0.5
    if (next > start) {
      put(under, top, height, start, starts, heights, vertices)
      under++
      put(under, q, fq, next, starts, heights, vertices)
      const taken = neighbours(f, q, n, inverse, next, starts + (under << 3) + 8, heights + (under << 3) + 8, vertices + (under << 2) + 4)
      under += <usize>taken
      q += taken
      p = load<i32>(vertices + (under << 2) - 4)
      heightUnder = load<f64>(heights + (under << 3) - 8)
      startUnder = load<f64>(starts + (under << 3) - 8)
      top = q
      height = load<f64>(heights + (under << 3))
      start = load<f64>(starts + (under << 3))
      continue
    }
    next = -Infinity
    while (under > 0) {
      next = <f64>(p + q) * 0.5 + (fq - heightUnder) * inverse / <f64>(q - p)
      if (next > startUnder) break
      under--
      next = -Infinity
      if (under == 0) break
      p = load<i32>(vertices + (under << 2) - 4)
      heightUnder = load<f64>(heights + (under << 3) - 8)
      startUnder = load<f64>(starts + (under << 3) - 8)
    }
    top = q
    height = fq
    start = next
  }
  put(under, top, height, start, starts, heights, vertices)
  return <i32>under + 1
}

// @ts-ignore: decorator
@inline
function put(k: usize, vertex: i32, height: f64, start: f64, starts: usize, heights: usize, vertices: usize): void {
  store<i32>(vertices + (k << 2), vertex)
  store<f64>(heights + (k << 3), height)
  store<f64>(starts + (k << 3), start)
}

/** Puts nodes from q + 1 on onto the stack whose top is q, two at a time for as long as all of them stay; returns how many. */
// @ts-ignore: decorator
@inline
function neighbours(f: usize, q: i32, n: i32, inverse: f64, start: f64, starts: usize, heights: usize, vertices: usize): i32 {
  const factor = f64x2.splat(inverse)
  const most = f64x2.splat(Infinity)
  const two = f64x2.splat(2)
  const twoPlaces = i32x4.splat(2)
  let middle = f64x2(<f64>q + 0.5, <f64>q + 1.5)
  let places = i32x4(q + 1, q + 2, 0, 0)
  let previous = f64x2.splat(start)
  let before = f + (<usize>q << 3)
  let taken: i32 = 0
  const room = n - 2 - q
  for (; taken < room; taken += 2) {
    const values = v128.load(before, 8)
    const next = f64x2.add(middle, f64x2.mul(f64x2.sub(values, v128.load(before)), factor))
    const last = i8x16.shuffle(previous, next, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
    // A wall starts at +∞, and NaN nowhere.
    if (i64x2.bitmask(v128.and(f64x2.gt(next, last), f64x2.lt(next, most))) != 3) break
    v128.store(starts, next)
    v128.store(heights, values)
    v128.store64_lane(vertices, places, 0)
    starts += 16
    heights += 16
    vertices += 8
    before += 16
    previous = next
    middle = f64x2.add(middle, two)
    places = i32x4.add(places, twoPlaces)
  }
  return taken
}

/**
 * Vertex k has the nodes above starts_k. Each writes a few nodes whether it has so many or not, since those that it has not are written again by the next ones: how many
 * it has could not be predicted.
 */
function readOff(f: usize, n: i32, c: f64, minimizers: usize, starts: usize, heights: usize, vertices: usize, count: i32): void {
  const factor = f64x2.splat(c)
  const two = f64x2.splat(2)
  let first: i32 = 0
  for (let k: i32 = 0; k < count && first < n; k++) {
    const p = load<i32>(vertices + (<usize>k << 2))
    const height = load<f64>(heights + (<usize>k << 3))
    let end = n
    if (k + 1 < count) end = max<i32>(first, min<i32>(n, firstNode(k, n, factor, starts, heights, vertices)))
    let i = first
    const parabola = f64x2.splat(height)
    const place = i32x4.splat(p)
    let away = f64x2(<f64>(i - p), <f64>(i + 1 - p))
    const whole = min<i32>(end, n - 3)
    while (i < whole) {
      v128.store(f + (<usize>i << 3), f64x2.add(parabola, f64x2.mul(f64x2.mul(factor, away), away)))
      away = f64x2.add(away, two)
      v128.store(f + (<usize>i << 3), f64x2.add(parabola, f64x2.mul(f64x2.mul(factor, away), away)), 16)
      away = f64x2.add(away, two)
      v128.store(minimizers + (<usize>i << 2), place)
      i += 4
    }
    for (; i < end; i++) {
      store<f64>(f + (<usize>i << 3), height + c * <f64>(i - p) * <f64>(i - p))
      store<i32>(minimizers + (<usize>i << 2), p)
    }
    first = end
  }
}

/** The first node of vertex k + 1: a start rounded to the wrong side of a node is put right by comparing the two parabolas themselves. */
// @ts-ignore: decorator
@inline
function firstNode(k: i32, n: i32, factor: v128, starts: usize, heights: usize, vertices: usize): i32 {
  const below = f64x2.floor(v128.load64_zero(starts + (<usize>k << 3), 8))
  const away = f64x2.sub(i8x16.shuffle(below, below, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7), f64x2.convert_low_i32x4_s(v128.load64_zero(vertices + (<usize>k << 2))))
  const both = f64x2.add(v128.load(heights + (<usize>k << 3)), f64x2.mul(f64x2.mul(factor, away), away))
  const turned = i8x16.shuffle(both, both, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
  const last = min<i32>(i32x4.extract_lane(i32x4.trunc_sat_f64x2_s_zero(below), 0), n)
  return last + 1 - (i64x2.bitmask(f64x2.lt(turned, both)) & 1)
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
