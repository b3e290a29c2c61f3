/** Work arrays of `lowerEnvelope` for lines of up to n nodes. */
export interface EnvelopeScratch {
  vertices: Int32Array
  starts: Float64Array
}

export function envelopeScratch(n: number): EnvelopeScratch {
  return { vertices: new Int32Array(n), starts: new Float64Array(n) }
}

/**
 * values_i = min_j f_j + c (i − j)² and a minimising j, in O(n): the lower envelope of parabolas (Felzenszwalb & Huttenlocher 2012, with the
 * intersection written around the midpoint so that no large squares cancel). f_j = +∞ takes no part; where all do, values are +∞ and j is i.
 */
export function lowerEnvelope(f: Float64Array, c: number, values: Float64Array, minimizers: Int32Array, scratch: EnvelopeScratch): void {
  const n = f.length
  const { vertices, starts } = scratch
  let count = 0
  for (let q = 0; q < n; q++) {
    if (f[q] === Infinity) continue
    let start = -Infinity
    while (count > 0) {
      const p = vertices[count - 1]
      start = (p + q) / 2 + (f[q] - f[p]) / (2 * c * (q - p))
      if (start > starts[count - 1]) break
      count--
      start = -Infinity
    }
    vertices[count] = q
    starts[count] = start
    count++
  }
  for (let i = 0, k = 0; i < n; i++) {
    if (count === 0) {
      values[i] = Infinity
      minimizers[i] = i
      continue
    }
    while (k + 1 < count && starts[k + 1] < i) k++
    // A start rounded to the wrong side of a node is put right by comparing the two parabolas themselves.
    const here = parabola(f, c, i, vertices[k])
    const next = k + 1 < count ? parabola(f, c, i, vertices[k + 1]) : Infinity
    values[i] = next < here ? next : here
    minimizers[i] = vertices[next < here ? k + 1 : k]
  }
}

function parabola(f: Float64Array, c: number, i: number, j: number): number {
  return i === j ? f[j] : f[j] + c * (i - j) * (i - j)
}

/**
 * The lower convex hull of the points (x_j, f_j), x increasing, in O(n) (Andrew's monotone chain): writes the indices of its vertices to
 * `scratch.vertices` and the slopes of the edges that lead to them to `scratch.starts` (−∞ for the first), and returns their count. f_j = +∞ takes no part.
 */
export function lowerHull(x: Float64Array, f: Float64Array, scratch: EnvelopeScratch): number {
  const { vertices, starts } = scratch
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
  x: Float64Array, f: Float64Array, p: Float64Array, values: Float64Array, maximizers: Int32Array, scratch: EnvelopeScratch,
): void {
  const { vertices, starts } = scratch
  const count = lowerHull(x, f, scratch)
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
