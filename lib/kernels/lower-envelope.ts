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
  for (let i = 0; count === 0 && i < n; i++) minimizers[i] = i
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
  envelopes(from: number, to: number, values: number, minimizers: number, n: number, stride: number, c: number, cyclic: number, work: number, grain: number): void
}

/** Lines that the kernel handles together. */
const together = 32

/**
 * The envelopes of all lines of n nodes, a `stride` apart, in place, with the minimising places on the line, those of the nearest image around a circle. The arrays are
 * lent by machine.ts.
 */
export function lowerEnvelopes(values: Float64Array, minimizers: Int32Array, n: number, stride: number, c: number, cyclic: boolean): void {
  if (!available) return plainEnvelopes(values, minimizers, n, stride, c, cyclic)
  const { envelopes, envelopeWork } = kernels<EnvelopeKernels>()
  const groups = Math.ceil(stride / together) * (values.length / (n * stride))
  scratch((take) => {
    const work = take(Int32Array, envelopeWork(n, stride) / 4)
    envelopes(0, groups, values.byteOffset, minimizers.byteOffset, n, stride, c, Number(cyclic), work.byteOffset, groups)
  })
}

/** The twin of the kernel, to the same bits. */
export function plainEnvelopes(values: Float64Array, minimizers: Int32Array, n: number, stride: number, c: number, cyclic: boolean): void {
  const line = new Float64Array(n)
  const found = new Int32Array(n)
  const work = envelopeScratch(n + 1)
  for (let lineIndex = 0; lineIndex < values.length / n; lineIndex++) {
    const start = Math.floor(lineIndex / stride) * stride * n + (lineIndex % stride)
    for (let i = 0; i < n; i++) line[i] = values[start + i * stride]
    if (cyclic) circularEnvelope(line, c, found, work)
    else lowerEnvelope(line, c, found, work)
    for (let i = 0; i < n; i++) {
      values[start + i * stride] = line[i]
      minimizers[start + i * stride] = found[i]
    }
  }
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
