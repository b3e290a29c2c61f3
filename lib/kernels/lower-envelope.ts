import { available, kernels, scratch } from './machine.ts'

/** Work arrays of `lowerEnvelope` for lines of up to n nodes. */
export interface EnvelopeScratch {
  vertices: Int32Array
  starts: Float64Array
  heights: Float64Array
}

export function envelopeScratch(n: number): EnvelopeScratch {
  return { vertices: new Int32Array(n), starts: new Float64Array(n), heights: new Float64Array(n) }
}

/**
 * Replaces f_i by min_j f_j + c (i − j)², with a minimising j, in O(n): the lower envelope of parabolas (Felzenszwalb & Huttenlocher 2012, with the
 * intersection written around the midpoint so that no large squares cancel). f_j = +∞ takes no part; where all do, values are +∞ and j is i.
 */
export function lowerEnvelope(f: Float64Array, c: number, minimizers: Int32Array, { vertices, starts, heights }: EnvelopeScratch): void {
  const n = f.length
  const inverse = 0.5 / c
  let count = 0
  for (let q = 0; q < n; q++) {
    if (f[q] === Infinity) continue
    let start = -Infinity
    while (count > 0) {
      const p = vertices[count - 1]
      start = (p + q) / 2 + ((f[q] - heights[count - 1]) * inverse) / (q - p)
      if (start > starts[count - 1]) break
      count--
      start = -Infinity
    }
    vertices[count] = q
    heights[count] = f[q]
    starts[count] = start
    count++
  }
  if (count === 0) for (let i = 0; i < n; i++) minimizers[i] = i
  for (let k = 0, i = 0; k < count; k++) {
    let end = n
    if (k + 1 < count) {
      const last = Math.floor(starts[k + 1])
      // A start rounded to the wrong side of a node is put right by comparing the two parabolas themselves.
      const here = heights[k] + c * (last - vertices[k]) * (last - vertices[k])
      const next = heights[k + 1] + c * (last - vertices[k + 1]) * (last - vertices[k + 1])
      end = Math.min(n, next < here ? last : last + 1)
    }
    for (; i < end; i++) {
      f[i] = heights[k] + c * (i - vertices[k]) * (i - vertices[k])
      minimizers[i] = vertices[k]
    }
  }
}

/**
 * The same around a circle: j is that of the nearest image, which may be off the line. Cut at the lowest node, with that node at both ends: its parabolas lie below those of
 * all nodes beyond.
 */
function circularEnvelope(f: Float64Array, c: number, minimizers: Int32Array, work: EnvelopeScratch): void {
  const n = f.length
  const low = f.reduce((at, value, i) => (value < f[at] ? i : at), 0)
  const cut = Float64Array.from({ length: n + 1 }, (_, t) => f[(low + t) % n])
  const found = new Int32Array(n + 1)
  lowerEnvelope(cut, c, found, work)
  for (let t = 0; t < n; t++) {
    const i = (low + t) % n
    f[i] = cut[t]
    minimizers[i] = i + found[t] - t
  }
}

interface EnvelopeKernels {
  envelopeWork(n: number, stride: number): number
  envelopePiecesRoom(n: number, lines: number): number
  envelopes(from: number, to: number, values: number, pieces: number, n: number, stride: number, c: number, cyclic: number, work: number, grain: number): void
  packPieces(pieces: number, n: number, lines: number): number
}

/** Lines that the kernel handles together. */
const together = 32

/**
 * Which parabolas are least where, line after line: the count of a line's pieces, the node from which on its nodes are counted around a circle (0 on a line), and of each
 * piece the end of its nodes and its vertex, which may be off the line. No pieces where no value is finite.
 */
export type EnvelopePieces = Int32Array | Uint16Array

/** The envelopes of all lines of n nodes, a `stride` apart, in place. The values are lent by machine.ts. */
export function lowerEnvelopes(values: Float64Array, n: number, stride: number, c: number, cyclic: boolean): EnvelopePieces {
  if (!available) return plainEnvelopes(values, n, stride, c, cyclic)
  const { envelopes, envelopeWork, envelopePiecesRoom, packPieces } = kernels<EnvelopeKernels>()
  const lines = values.length / n
  const groups = Math.ceil(stride / together) * (lines / stride)
  const type = n < 65535 ? Uint16Array : Int32Array
  return scratch((take) => {
    const work = take(Int32Array, envelopeWork(n, stride) / 4)
    const pieces = take<Int32Array | Uint16Array>(type, envelopePiecesRoom(n, lines) / type.BYTES_PER_ELEMENT)
    envelopes(0, groups, values.byteOffset, pieces.byteOffset, n, stride, c, Number(cyclic), work.byteOffset, groups)
    return pieces.slice(0, packPieces(pieces.byteOffset, n, lines))
  })
}

/** The twin of the kernel, to the same bits of the values and the same places. */
export function plainEnvelopes(values: Float64Array, n: number, stride: number, c: number, cyclic: boolean): EnvelopePieces {
  const line = new Float64Array(n)
  const found = new Int32Array(n)
  const work = envelopeScratch(n + 1)
  const lines = values.length / n
  const pieces = new Int32Array(lines * (2 * n + 2))
  let length = 0
  for (let lineIndex = 0; lineIndex < lines; lineIndex++) {
    const start = firstOf(lineIndex, n, stride)
    for (let i = 0; i < n; i++) line[i] = values[start + i * stride]
    if (cyclic) circularEnvelope(line, c, found, work)
    else lowerEnvelope(line, c, found, work)
    const header = length
    length += 2
    for (let i = 0; i < n; i++) {
      values[start + i * stride] = line[i]
      if (i + 1 < n && found[i + 1] === found[i]) continue
      pieces[length++] = i + 1
      pieces[length++] = found[i]
    }
    pieces[header] = (length - header) / 2 - 1
  }
  return pieces.slice(0, length)
}

/** The first node of a line among all nodes. */
function firstOf(line: number, n: number, stride: number): number {
  return Math.floor(line / stride) * stride * n + (line % stride)
}

/** The minimising places on their lines, node by node of all `size`: around a circle, that of the nearest image. */
export function envelopePlaces(pieces: EnvelopePieces, n: number, stride: number, size: number): Int32Array {
  const places = new Int32Array(size)
  for (let line = 0, at = 0; line < size / n; line++) {
    const start = firstOf(line, n, stride)
    const [count, cut] = pieces.subarray(at, at + 2)
    if (count === 0) for (let i = 0; i < n; i++) places[start + i * stride] = i
    for (let k = 0, t = 0; k < count; k++) {
      at += 2
      for (const end = Math.min(n, pieces[at]); t < end; t++) {
        const i = cut + t < n ? cut + t : cut + t - n
        places[start + i * stride] = i + pieces[at + 1] - t
      }
    }
    at += 2
  }
  return places
}

/**
 * The lower convex hull of the points (x_j, f_j), x increasing, in O(n) (Andrew's monotone chain): writes the indices of its vertices to
 * `work.vertices` and the slopes of the edges that lead to them to `work.starts` (−∞ for the first), and returns their count. f_j = +∞ takes no part.
 */
export function lowerHull(x: Float64Array, f: Float64Array, work: EnvelopeScratch): number {
  const { vertices, starts } = work
  let count = 0
  for (let q = 0; q < f.length; q++) {
    if (f[q] === Infinity) continue
    let slope = -Infinity
    while (count > 0) {
      const p = vertices[count - 1]
      slope = (f[q] - f[p]) / (x[q] - x[p])
      if (slope > starts[count - 1]) break
      count--
      slope = -Infinity
    }
    vertices[count] = q
    starts[count] = slope
    count++
  }
  return count
}

/**
 * values_i = max_j p_i x_j − f_j and a maximising j, x and p increasing, in O(n + m): the upper envelope of lines, whose corners are the slopes of the
 * lower hull (Lucet 1997). Where all f_j are +∞, values are −∞ and j is 0.
 */
export function upperLines(
  x: Float64Array, f: Float64Array, p: Float64Array, values: Float64Array, maximizers: Int32Array, work: EnvelopeScratch,
): void {
  const { vertices, starts } = work
  const count = lowerHull(x, f, work)
  for (let i = 0, k = 0; i < p.length; i++) {
    if (count === 0) {
      values[i] = -Infinity
      maximizers[i] = 0
      continue
    }
    while (k + 1 < count && starts[k + 1] < p[i]) k++
    // As above, two lines that meet within round-off of p_i are told apart by their values.
    const here = p[i] * x[vertices[k]] - f[vertices[k]]
    const next = k + 1 < count ? p[i] * x[vertices[k + 1]] - f[vertices[k + 1]] : -Infinity
    values[i] = next > here ? next : here
    maximizers[i] = vertices[next > here ? k + 1 : k]
  }
}
