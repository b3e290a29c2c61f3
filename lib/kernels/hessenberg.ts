export interface Complex {
  readonly re: number
  readonly im: number
}

/** Eigenvalues of a real upper Hessenberg matrix (n × n, row major) by Francis's double shifts (Wilkinson & Reinsch 1971, `hqr`). Backward stable. */
export function hessenbergEigenvalues(matrix: Float64Array, n: number): Complex[] {
  const a = matrix.slice()
  const at = (i: number, j: number): number => a[i * n + j]
  let norm = 0
  for (let i = 0; i < n; i++) for (let j = Math.max(i - 1, 0); j < n; j++) norm += Math.abs(at(i, j))
  const found: Complex[] = []
  let shift = 0
  for (let high = n - 1; high >= 0;) {
    let low = high
    for (let turns = 0; ; turns++) {
      if (turns > 300) return found
      for (low = high; low > 0; low--) {
        const size = Math.abs(at(low - 1, low - 1)) + Math.abs(at(low, low)) || norm
        if (Math.abs(at(low, low - 1)) <= Number.EPSILON * size) {
          a[low * n + low - 1] = 0
          break
        }
      }
      const x = at(high, high)
      if (low === high) {
        found.push({ re: x + shift, im: 0 })
        high -= 1
        break
      }
      const y = at(high - 1, high - 1)
      const w = at(high, high - 1) * at(high - 1, high)
      if (low === high - 1) {
        found.push(...pair(x, y, w, shift))
        high -= 2
        break
      }
      const shifts = { x, y, w }
      if (turns > 0 && turns % 10 === 0) {
        // A shift out of the ordinary breaks cycles.
        shift += x
        for (let i = 0; i <= high; i++) a[i * n + i] -= x
        const s = Math.abs(at(high, high - 1)) + Math.abs(at(high - 1, high - 2))
        shifts.x = shifts.y = 0.75 * s
        shifts.w = -0.4375 * s * s
      }
      sweep(a, n, low, high, shifts)
    }
  }
  return found
}

/** Eigenvalues of [[y, ·], [·, x]] with product w of the off-diagonal entries. */
function pair(x: number, y: number, w: number, shift: number): Complex[] {
  const p = (y - x) / 2
  const q = p * p + w
  const root = Math.sqrt(Math.abs(q))
  if (q < 0) return [{ re: x + shift + p, im: root }, { re: x + shift + p, im: -root }]
  const far = p + (p < 0 ? -root : root)
  return [{ re: x + shift + far, im: 0 }, { re: far === 0 ? x + shift : x + shift - w / far, im: 0 }]
}

function sweep(a: Float64Array, n: number, low: number, high: number, { x, y, w }: { x: number; y: number; w: number }): void {
  const at = (i: number, j: number): number => a[i * n + j]
  let [p, q, r] = [0, 0, 0]
  let start = high - 2
  for (; start >= low; start--) {
    const z = at(start, start)
    const [u, v] = [x - z, y - z]
    p = (u * v - w) / at(start + 1, start) + at(start, start + 1)
    q = at(start + 1, start + 1) - z - u - v
    r = at(start + 2, start + 1)
    const s = Math.abs(p) + Math.abs(q) + Math.abs(r)
    p /= s
    q /= s
    r /= s
    if (start === low) break
    const small = Math.abs(at(start, start - 1)) * (Math.abs(q) + Math.abs(r))
    if (small <= Number.EPSILON * Math.abs(p) * (Math.abs(at(start - 1, start - 1)) + Math.abs(z) + Math.abs(at(start + 1, start + 1)))) break
  }
  for (let i = start + 2; i <= high; i++) {
    a[i * n + i - 2] = 0
    if (i !== start + 2) a[i * n + i - 3] = 0
  }
  for (let k = start; k < high; k++) {
    const third = k < high - 1
    let scale = 1
    if (k !== start) {
      p = at(k, k - 1)
      q = at(k + 1, k - 1)
      r = third ? at(k + 2, k - 1) : 0
      scale = Math.abs(p) + Math.abs(q) + Math.abs(r)
      if (scale === 0) continue
      p /= scale
      q /= scale
      r /= scale
    }
    const s = Math.hypot(p, q, r) * (p < 0 ? -1 : 1)
    if (s === 0) continue
    if (k === start) {
      if (low !== start) a[k * n + k - 1] = -at(k, k - 1)
    } else a[k * n + k - 1] = -s * scale
    p += s
    const [c1, c2, c3] = [p / s, q / s, r / s]
    q /= p
    r /= p
    for (let j = k; j < n; j++) {
      let sum = at(k, j) + q * at(k + 1, j)
      if (third) {
        sum += r * at(k + 2, j)
        a[(k + 2) * n + j] -= sum * c3
      }
      a[(k + 1) * n + j] -= sum * c2
      a[k * n + j] -= sum * c1
    }
    for (let i = 0, end = Math.min(high, k + 3); i <= end; i++) {
      let sum = c1 * at(i, k) + c2 * at(i, k + 1)
      if (third) {
        sum += c3 * at(i, k + 2)
        a[i * n + k + 2] -= sum * r
      }
      a[i * n + k + 1] -= sum * q
      a[i * n + k] -= sum
    }
  }
}

/**
 * A unit vector v with Hv ≈ θv for an eigenvalue θ: real and imaginary parts. Of a few steps of inverse iteration the one that grows most, which has the least
 * residual: beside other eigenvalues as good as equal later steps may be worse.
 */
export function eigenvectorOf(matrix: Float64Array, n: number, { re, im }: Complex): { re: Float64Array; im: Float64Array } {
  let scale = 0
  for (const value of matrix.subarray(0, n * n)) scale = Math.max(scale, Math.abs(value))
  const a = Float64Array.from({ length: n * n }, (_, k) => matrix[k] - (k % (n + 1) === 0 ? re + 4 * Number.EPSILON * scale : 0))
  const b = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? -im : 0))
  const v = { re: Float64Array.from({ length: n }, (_, k) => (1 + (k % 3)) / Math.sqrt(5 * n)), im: new Float64Array(n) }
  let best = { re: v.re.slice(), im: v.im.slice() }
  let growth = 0
  const rows = Array.from({ length: n }, (_, i) => i)
  // Gaussian elimination with pivots, complex.
  for (let k = 0; k < n; k++) {
    const size = (i: number): number => Math.hypot(a[rows[i] * n + k], b[rows[i] * n + k])
    let largest = k
    for (let i = k + 1; i < n; i++) if (size(i) > size(largest)) largest = i
    ;[rows[k], rows[largest]] = [rows[largest], rows[k]]
    const pivot = rows[k] * n
    if (size(k) === 0) a[pivot + k] = Number.EPSILON * (scale || 1)
    const square = a[pivot + k] ** 2 + b[pivot + k] ** 2
    for (let i = k + 1; i < n; i++) {
      const row = rows[i] * n
      const fr = (a[row + k] * a[pivot + k] + b[row + k] * b[pivot + k]) / square
      const fi = (b[row + k] * a[pivot + k] - a[row + k] * b[pivot + k]) / square
      a[row + k] = fr
      b[row + k] = fi
      if (fr === 0 && fi === 0) continue
      for (let j = k + 1; j < n; j++) {
        a[row + j] -= fr * a[pivot + j] - fi * b[pivot + j]
        b[row + j] -= fr * b[pivot + j] + fi * a[pivot + j]
      }
    }
  }
  for (let turn = 0; turn < 3; turn++) {
    const [x, y] = [rows.map((row) => v.re[row]), rows.map((row) => v.im[row])]
    for (let k = 0; k < n; k++) {
      for (let i = k + 1; i < n; i++) {
        const [fr, fi] = [a[rows[i] * n + k], b[rows[i] * n + k]]
        x[i] -= fr * x[k] - fi * y[k]
        y[i] -= fr * y[k] + fi * x[k]
      }
    }
    for (let k = n - 1; k >= 0; k--) {
      const row = rows[k] * n
      for (let j = k + 1; j < n; j++) {
        x[k] -= a[row + j] * x[j] - b[row + j] * y[j]
        y[k] -= a[row + j] * y[j] + b[row + j] * x[j]
      }
      const square = a[row + k] ** 2 + b[row + k] ** 2
      ;[x[k], y[k]] = [(x[k] * a[row + k] + y[k] * b[row + k]) / square, (y[k] * a[row + k] - x[k] * b[row + k]) / square]
    }
    const length = Math.hypot(...x, ...y)
    v.re.set(x.map((value) => value / length))
    v.im.set(y.map((value) => value / length))
    if (length > growth) {
      growth = length
      best = { re: v.re.slice(), im: v.im.slice() }
    }
  }
  return best
}
