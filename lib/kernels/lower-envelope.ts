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
