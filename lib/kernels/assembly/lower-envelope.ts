/*
 * Lower envelopes of parabolas, operation for operation those of kernels/lower-envelope.ts. Where neighbouring nodes' parabolas meet, which every node asks for, is found
 * two at a time beforehand; and the envelope is read off without branches, which could not be predicted.
 */

/** Lines that run across memory are handled this many at a time: few enough for the cache, enough to make the most of each place in memory. */
const together: i32 = 32

/**
 * values_i = min_j f_j + c (i − j)² for one line, in place, and a minimising j to `minimizers`. `starts`, `heights` and `vertices` have room for n + 2.
 */
function envelope(f: usize, n: i32, c: f64, minimizers: usize, starts: usize, heights: usize, vertices: usize): void {
  meetNeighbours(f, n, c, starts)
  let count: i32 = 0
  let top: f64 = -Infinity
  let newest: i32 = -1
  for (let q: i32 = 0; q < n; q++) {
    const fq = load<f64>(f + (<usize>q << 3))
    if (fq == Infinity) continue
    let start: f64 = -Infinity
    if (count > 0) {
      start = newest == q - 1 ? load<f64>(starts + (<usize>q << 3)) : meeting(heights, vertices, count - 1, q, fq, c)
      while (!(start > top)) {
        count--
        if (count == 0) {
          start = -Infinity
          break
        }
        top = load<f64>(starts + (<usize>(count - 1) << 3))
        start = meeting(heights, vertices, count - 1, q, fq, c)
      }
    }
    // count ≤ q: what is known of nodes further on stays.
    store<i32>(vertices + (<usize>count << 2), q)
    store<f64>(heights + (<usize>count << 3), fq)
    store<f64>(starts + (<usize>count << 3), start)
    top = start
    newest = q
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

/** starts_q where the parabolas of q − 1 and q meet. */
// @ts-ignore: decorator
@inline
function meetNeighbours(f: usize, n: i32, c: f64, starts: usize): void {
  const twice = f64x2.splat(2 * c)
  let middle = f64x2.replace_lane(f64x2.splat(0.5), 1, 1.5)
  const end = f + (<usize>n << 3)
  let at = f + 8
  let to = starts + 8
  for (; at + 8 < end; at += 16, to += 16) {
    v128.store(to, f64x2.add(middle, f64x2.div(f64x2.sub(v128.load(at), v128.load(at - 8)), twice)))
    middle = f64x2.add(middle, f64x2.splat(2))
  }
  if (at < end) store<f64>(to, f64x2.extract_lane(middle, 0) + (load<f64>(at) - load<f64>(at - 8)) / (2 * c))
}

// @ts-ignore: decorator
@inline
function meeting(heights: usize, vertices: usize, k: i32, q: i32, fq: f64, c: f64): f64 {
  const p = load<i32>(vertices + (<usize>k << 2))
  return <f64>(p + q) * 0.5 + (fq - load<f64>(heights + (<usize>k << 3))) / (2 * c * <f64>(q - p))
}

/** Node i belongs to the last vertex k with starts_k < i: the largest mark up to it, when each vertex marks its first node. */
// @ts-ignore: decorator
@inline
function readOff(f: usize, n: i32, c: f64, minimizers: usize, starts: usize, heights: usize, vertices: usize, count: i32): void {
  memory.fill(minimizers, 0, <usize>n << 2)
  for (let k: i32 = 1; k < count; k++) {
    const before = i32x4.extract_lane(i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(v128.load64_zero(starts + (<usize>k << 3)))), 0)
    if (before >= n - 1) break
    store<i32>(minimizers + (<usize>(max<i32>(before, -1) + 1) << 2), k)
  }
  const factor = f64x2.splat(c)
  let k: i32 = 0
  for (let i: i32 = 0; i < n; i++) {
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
    if (stride > 1) scatterLines(f, places, n, stride, width, lines, lineMinimizers, room)
  }
}

function gatherLines(f: usize, n: i32, stride: i32, width: i32, lines: usize, room: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const row = f + ((i * <usize>stride) << 3)
    for (let b: usize = 0; b < <usize>width; b++) store<f64>(lines + ((b * room + i) << 3), load<f64>(row + (b << 3)))
  }
}

function scatterLines(f: usize, places: usize, n: i32, stride: i32, width: i32, lines: usize, minimizers: usize, room: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const row = i * <usize>stride
    for (let b: usize = 0; b < <usize>width; b++) {
      store<f64>(f + ((row + b) << 3), load<f64>(lines + ((b * room + i) << 3)))
      store<i32>(places + ((row + b) << 2), load<i32>(minimizers + ((b * room + i) << 2)))
    }
  }
}
