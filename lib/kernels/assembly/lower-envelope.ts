import { highs, lows } from './lanes'

/*
 * Lower envelopes of parabolas, operation for operation those of kernels/lower-envelope.ts.
 */

/** Lines that run across memory are handled this many at a time: few enough for the cache, enough to make the most of each place in memory. */
const together: i32 = 32

/**
 * values_i = min_j f_j + c (i − j)² for one line, in place, and to `pieces` how many parabolas are least somewhere, a zero, and of each of them the end of its nodes and
 * its vertex. `starts`, `heights` and `vertices` have room for n + 2.
 */
function envelope(f: usize, n: i32, c: f64, pieces: usize, shift: usize, starts: usize, heights: usize, vertices: usize): void {
  const count = vertexCount(f, n, 0.5 / c, starts, heights, vertices)
  putPair(pieces, shift, readOff(f, n, c, pieces + (1 << shift), shift, starts, heights, vertices, count), 0)
}

/** Two numbers of 2 or, where `shift` is 3, of 4 bytes. */
// @ts-ignore: decorator
@inline
function putPair(at: usize, shift: usize, one: i32, other: i32): void {
  if (shift == 2) store<i32>(at, one | (other << 16))
  else {
    store<i32>(at, one)
    store<i32>(at, other, 4)
  }
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
function readOff(f: usize, n: i32, c: f64, pieces: usize, shift: usize, starts: usize, heights: usize, vertices: usize, count: i32): i32 {
  const factor = f64x2.splat(c)
  const two = f64x2.splat(2)
  let first: i32 = 0
  let at = pieces
  for (let k: i32 = 0; k < count && first < n; k++) {
    const p = load<i32>(vertices + (<usize>k << 2))
    const height = load<f64>(heights + (<usize>k << 3))
    const parabola = f64x2.splat(height)
    let end = n
    if (k + 1 < count) end = max<i32>(first, min<i32>(n, firstNode(k, n, factor, starts, heights, vertices)))
    putPair(at, shift, end, p)
    at += <usize>i32(end > first) << shift
    let i = first
    let away = f64x2(<f64>(i - p), <f64>(i + 1 - p))
    const whole = min<i32>(end, n - 3)
    while (i < whole) {
      v128.store(f + (<usize>i << 3), f64x2.add(parabola, f64x2.mul(f64x2.mul(factor, away), away)))
      away = f64x2.add(away, two)
      v128.store(f + (<usize>i << 3), f64x2.add(parabola, f64x2.mul(f64x2.mul(factor, away), away)), 16)
      away = f64x2.add(away, two)
      i += 4
    }
    for (; i < end; i++) store<f64>(f + (<usize>i << 3), height + c * <f64>(i - p) * <f64>(i - p))
    first = end
  }
  return <i32>((at - pieces) >> shift)
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

/** A circle, cut at its lowest node and with that node at both ends: no minimiser lies beyond. `cut` has room for n + 1. */
function circle(f: usize, n: i32, c: f64, pieces: usize, shift: usize, starts: usize, heights: usize, vertices: usize, cut: usize): void {
  const low = lowest(f, n)
  const before = <usize>low << 3
  const after = (<usize>n << 3) - before
  memory.copy(cut, f + before, after)
  memory.copy(cut + after, f, before)
  store<f64>(cut + after + before, load<f64>(cut))
  const count = vertexCount(cut, n + 1, 0.5 / c, starts, heights, vertices)
  putPair(pieces, shift, readOff(cut, n + 1, c, pieces + (1 << shift), shift, starts, heights, vertices, count), low)
  memory.copy(f + before, cut, after)
  memory.copy(f, cut + after, before)
}

// @ts-ignore: decorator
@inline
function roomFor(n: i32): i32 {
  return (n + 9) & ~7
}

/** Bytes of work that one part of `envelopes` needs. */
export function envelopeWork(n: i32, stride: i32): i32 {
  return roomFor(n) * (28 + (stride > 1 ? 8 * together : 0))
}

// @ts-ignore: decorator
@inline
function shiftFor(n: i32): usize {
  return n < 65535 ? 2 : 3
}

// @ts-ignore: decorator
@inline
function piecesRoom(n: i32): usize {
  return <usize>(n + 3) << shiftFor(n)
}

/** Bytes of `pieces` for so many lines. */
export function envelopePiecesRoom(n: i32, lines: i32): f64 {
  return <f64>piecesRoom(n) * <f64>lines
}

/**
 * The envelopes of groups `from` … `to` − 1 of lines of n nodes, a `stride` apart, in place. Groups are of `together` lines with neighbouring first nodes, or fewer before
 * the stride's end. A part that begins at k `grain` works at `work` + k `envelopeWork`. Each line has a place in `pieces`: the count of its pieces, the node at which a
 * circle is cut, from which on its nodes are counted, and of each piece the end and the vertex; numbers are of 2 bytes where n < 65535 and of 4 where it is not.
 */
export function envelopes(from: i32, to: i32, values: usize, pieces: usize, n: i32, stride: i32, c: f64, cyclic: i32, work: usize, grain: i32): void {
  const room = <usize>roomFor(n)
  const starts = work + <usize>(from / grain) * <usize>envelopeWork(n, stride)
  const heights = starts + (room << 3)
  const cut = heights + (room << 3)
  const vertices = cut + (room << 3)
  const lines = vertices + (room << 2)
  const groups = (stride + together - 1) / together
  const shift = shiftFor(n)
  for (let group = from; group < to; group++) {
    const first = (group % groups) * together
    const slab = <usize>(group / groups) * <usize>stride
    const width = min<i32>(together, stride - first)
    const f = values + ((slab * <usize>n + <usize>first) << 3)
    if (stride > 1) gatherLines(f, n, stride, width, lines, room)
    for (let b: usize = 0; b < <usize>width; b++) {
      const line = stride > 1 ? lines + ((b * room) << 3) : f
      const own = pieces + (slab + <usize>first + b) * piecesRoom(n)
      if (cyclic) circle(line, n, c, own, shift, starts, heights, vertices, cut)
      else envelope(line, n, c, own, shift, starts, heights, vertices)
    }
    if (stride > 1) scatterLines(f, n, stride, width, lines, room)
  }
}

/** Moves the pieces of all lines together; returns how many numbers they are. */
export function packPieces(pieces: usize, n: i32, lines: i32): i32 {
  const shift = shiftFor(n)
  let to = pieces
  for (let line: usize = 0; line < <usize>lines; line++) {
    const from = pieces + line * piecesRoom(n)
    const count = shift == 2 ? <usize>load<u16>(from) : <usize>load<u32>(from)
    memory.copy(to, from, (count + 1) << shift)
    to += (count + 1) << shift
  }
  return <i32>((to - pieces) >> (shift - 1))
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
