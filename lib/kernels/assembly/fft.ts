import { claimPlace, leavePlace } from './places'

/*
 * Fast Fourier transforms of lines of complex numbers (real and imaginary part side by side), two lines at a time: a node of a pair holds both real parts, then both imaginary
 * parts, so that butterflies need no shuffles. Self-sorting (Stockham) passes of radix 4, 2, 3 and 5, decimation in frequency; other lengths as chirp convolutions (Bluestein 1970).
 * Operation for operation as in ../fft.ts.
 */

const nodeBytes: usize = 32

// @ts-ignore: decorator
@inline
function re(p: usize): v128 {
  return v128.load(p)
}

// @ts-ignore: decorator
@inline
function im(p: usize): v128 {
  return v128.load(p, 16)
}

// @ts-ignore: decorator
@inline
function put(p: usize, a: v128, b: v128): void {
  v128.store(p, a)
  v128.store(p, b, 16)
}

/** (a + ib)(c + id) for the factor c + id at w. */
// @ts-ignore: decorator
@inline
function putTimes(p: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(p, f64x2.sub(f64x2.mul(a, c), f64x2.mul(b, d)))
  v128.store(p, f64x2.add(f64x2.mul(a, d), f64x2.mul(b, c)), 16)
}

// A pass of radix r: y_{q + s(rp + k)} = w^{pk} Σ_j e^{−2πijk/r} x_{q + s(p + mj)}, w = e^{−2πi/(rm)}; p < m, q < s. Factors of p begin at w + 16(r − 1)p.

function pass2(x: usize, y: usize, m: i32, s: i32, w: usize): void {
  const apart = (<usize>m * <usize>s) << 5
  const next = <usize>s << 5
  for (let p = 0; p < m; p++) {
    const c = v128.load64_splat(w), d = v128.load64_splat(w, 8)
    for (let q = 0; q < s; q++) {
      const a = re(x), b = im(x), e = re(x + apart), f = im(x + apart)
      put(y, f64x2.add(a, e), f64x2.add(b, f))
      putTimes(y + next, f64x2.sub(a, e), f64x2.sub(b, f), c, d)
      x += nodeBytes
      y += nodeBytes
    }
    y += next
    w += 16
  }
}

function pass3(x: usize, y: usize, m: i32, s: i32, w: usize): void {
  const apart = (<usize>m * <usize>s) << 5
  const next = <usize>s << 5
  const half = f64x2.splat(0.5)
  const sine = f64x2.splat(0.8660254037844386)
  for (let p = 0; p < m; p++) {
    const c1 = v128.load64_splat(w), d1 = v128.load64_splat(w, 8), c2 = v128.load64_splat(w, 16), d2 = v128.load64_splat(w, 24)
    for (let q = 0; q < s; q++) {
      const x1 = x + apart, x2 = x1 + apart
      const ar = re(x), ai = im(x)
      const sr = f64x2.add(re(x1), re(x2)), si = f64x2.add(im(x1), im(x2))
      const tr = f64x2.mul(sine, f64x2.sub(re(x1), re(x2))), ti = f64x2.mul(sine, f64x2.sub(im(x1), im(x2)))
      const mr = f64x2.sub(ar, f64x2.mul(half, sr)), mi = f64x2.sub(ai, f64x2.mul(half, si))
      put(y, f64x2.add(ar, sr), f64x2.add(ai, si))
      putTimes(y + next, f64x2.add(mr, ti), f64x2.sub(mi, tr), c1, d1)
      putTimes(y + next + next, f64x2.sub(mr, ti), f64x2.add(mi, tr), c2, d2)
      x += nodeBytes
      y += nodeBytes
    }
    y += next + next
    w += 32
  }
}

function pass4(x: usize, y: usize, m: i32, s: i32, w: usize): void {
  const apart = (<usize>m * <usize>s) << 5
  const next = <usize>s << 5
  for (let p = 0; p < m; p++) {
    const c1 = v128.load64_splat(w), d1 = v128.load64_splat(w, 8), c2 = v128.load64_splat(w, 16), d2 = v128.load64_splat(w, 24)
    const c3 = v128.load64_splat(w, 32), d3 = v128.load64_splat(w, 40)
    for (let q = 0; q < s; q++) {
      const x1 = x + apart, x2 = x1 + apart, x3 = x2 + apart
      const y1 = y + next, y2 = y1 + next, y3 = y2 + next
      const ar = f64x2.add(re(x), re(x2)), ai = f64x2.add(im(x), im(x2))
      const br = f64x2.sub(re(x), re(x2)), bi = f64x2.sub(im(x), im(x2))
      const cr = f64x2.add(re(x1), re(x3)), ci = f64x2.add(im(x1), im(x3))
      const dr = f64x2.sub(re(x1), re(x3)), di = f64x2.sub(im(x1), im(x3))
      put(y, f64x2.add(ar, cr), f64x2.add(ai, ci))
      putTimes(y1, f64x2.add(br, di), f64x2.sub(bi, dr), c1, d1)
      putTimes(y2, f64x2.sub(ar, cr), f64x2.sub(ai, ci), c2, d2)
      putTimes(y3, f64x2.sub(br, di), f64x2.add(bi, dr), c3, d3)
      x += nodeBytes
      y += nodeBytes
    }
    y += 3 * next
    w += 48
  }
}

function pass5(x: usize, y: usize, m: i32, s: i32, w: usize): void {
  const apart = (<usize>m * <usize>s) << 5
  const next = <usize>s << 5
  const cos1 = f64x2.splat(0.30901699437494745), cos2 = f64x2.splat(0.8090169943749475)
  const sin1 = f64x2.splat(0.9510565162951535), sin2 = f64x2.splat(0.5877852522924731)
  for (let p = 0; p < m; p++) {
    for (let q = 0; q < s; q++) {
      const x1 = x + apart, x2 = x1 + apart, x3 = x2 + apart, x4 = x3 + apart
      const ar = re(x), ai = im(x)
      const s1r = f64x2.add(re(x1), re(x4)), s1i = f64x2.add(im(x1), im(x4)), t1r = f64x2.sub(re(x1), re(x4)), t1i = f64x2.sub(im(x1), im(x4))
      const s2r = f64x2.add(re(x2), re(x3)), s2i = f64x2.add(im(x2), im(x3)), t2r = f64x2.sub(re(x2), re(x3)), t2i = f64x2.sub(im(x2), im(x3))
      const m1r = f64x2.sub(f64x2.add(ar, f64x2.mul(cos1, s1r)), f64x2.mul(cos2, s2r)), m1i = f64x2.sub(f64x2.add(ai, f64x2.mul(cos1, s1i)), f64x2.mul(cos2, s2i))
      const m2r = f64x2.add(f64x2.sub(ar, f64x2.mul(cos2, s1r)), f64x2.mul(cos1, s2r)), m2i = f64x2.add(f64x2.sub(ai, f64x2.mul(cos2, s1i)), f64x2.mul(cos1, s2i))
      const n1r = f64x2.add(f64x2.mul(sin1, t1r), f64x2.mul(sin2, t2r)), n1i = f64x2.add(f64x2.mul(sin1, t1i), f64x2.mul(sin2, t2i))
      const n2r = f64x2.sub(f64x2.mul(sin2, t1r), f64x2.mul(sin1, t2r)), n2i = f64x2.sub(f64x2.mul(sin2, t1i), f64x2.mul(sin1, t2i))
      put(y, f64x2.add(f64x2.add(ar, s1r), s2r), f64x2.add(f64x2.add(ai, s1i), s2i))
      const y1 = y + next, y2 = y1 + next, y3 = y2 + next, y4 = y3 + next
      putTimes(y1, f64x2.add(m1r, n1i), f64x2.sub(m1i, n1r), v128.load64_splat(w), v128.load64_splat(w, 8))
      putTimes(y2, f64x2.add(m2r, n2i), f64x2.sub(m2i, n2r), v128.load64_splat(w, 16), v128.load64_splat(w, 24))
      putTimes(y3, f64x2.sub(m2r, n2i), f64x2.add(m2i, n2r), v128.load64_splat(w, 32), v128.load64_splat(w, 40))
      putTimes(y4, f64x2.sub(m1r, n1i), f64x2.add(m1i, n1r), v128.load64_splat(w, 48), v128.load64_splat(w, 56))
      x += nodeBytes
      y += nodeBytes
    }
    y += 4 * next
    w += 64
  }
}

/** Transforms `count` nodes at x with the passes (radix, address of factors) listed at `passes`; the result is at x or at y, which is returned. */
function transform(x: usize, y: usize, count: i32, passes: usize): usize {
  let s = 1
  for (let m = count; m > 1; passes += 8) {
    const radix = load<i32>(passes)
    const w = <usize>load<i32>(passes, 4)
    m /= radix
    if (radix === 4) pass4(x, y, m, s, w)
    else if (radix === 2) pass2(x, y, m, s, w)
    else if (radix === 3) pass3(x, y, m, s, w)
    else pass5(x, y, m, s, w)
    s *= radix
    const other = x
    x = y
    y = other
  }
  return x
}

/** x_j factor_j for j < n, and nothing up to `count`; `turned` exchanges real and imaginary parts of the products. */
function multiply(x: usize, factors: usize, n: i32, count: i32, turned: bool): void {
  const first: usize = turned ? 16 : 0
  for (let j = 0; j < n; j++) {
    const a = re(x), b = im(x), c = v128.load64_splat(factors), d = v128.load64_splat(factors, 8)
    v128.store(x + first, f64x2.sub(f64x2.mul(a, c), f64x2.mul(b, d)))
    v128.store(x + (16 - first), f64x2.add(f64x2.mul(a, d), f64x2.mul(b, c)))
    x += nodeBytes
    factors += 16
  }
  memory.fill(x, 0, <usize>(count - n) << 5)
}

/** The chirp convolution of n nodes through a transform of `count`. An inverse transform is one with real and imaginary parts exchanged on both sides. */
function chirped(x: usize, y: usize, n: i32, count: i32, passes: usize, chirp: usize, spectrum: usize): usize {
  multiply(x, chirp, n, count, false)
  const transformed = transform(x, y, count, passes)
  multiply(transformed, spectrum, count, count, true)
  const back = transform(transformed, transformed === x ? y : x, count, passes)
  exchange(back, n)
  multiply(back, chirp, n, n, false)
  return back
}

function exchange(x: usize, n: i32): void {
  for (let j = 0; j < n; j++) {
    const a = re(x)
    v128.store(x, im(x))
    v128.store(x, a, 16)
    x += nodeBytes
  }
}

/** Address of the first number of a line of complex numbers; lines are those of an axis with `inner` numbers after it in C order. */
// @ts-ignore: decorator
@inline
function startOf(values: usize, line: i32, n: i32, inner: i32): usize {
  return values + ((<usize>(line / inner) * <usize>inner * <usize>n + <usize>(line % inner)) << 4)
}

function gatherPair(a: usize, b: usize, n: i32, stride: usize, x: usize, first: usize): void {
  for (let j = 0; j < n; j++) {
    const u = v128.load(a), v = v128.load(b)
    v128.store(x + first, v128.shuffle<f64>(u, v, 0, 2))
    v128.store(x + (16 - first), v128.shuffle<f64>(u, v, 1, 3))
    a += stride
    b += stride
    x += nodeBytes
  }
}

function scatterPair(x: usize, a: usize, b: usize, n: i32, stride: usize, first: usize, scale: f64): void {
  const factor = f64x2.splat(scale)
  for (let j = 0; j < n; j++) {
    const u = f64x2.mul(factor, v128.load(x + first)), v = f64x2.mul(factor, v128.load(x + (16 - first)))
    v128.store(b, v128.shuffle<f64>(u, v, 1, 3))
    v128.store(a, v128.shuffle<f64>(u, v, 0, 2))
    a += stride
    b += stride
    x += nodeBytes
  }
}

/** Eight neighbouring columns, which are two cache lines of each row. */
function gatherColumns(a: usize, n: i32, stride: usize, x: usize, pair: usize, first: usize): void {
  for (let j = 0; j < n; j++) {
    for (let k: usize = 0; k < 4; k++) {
      const u = v128.load(a + (k << 5)), v = v128.load(a + (k << 5), 16)
      const to = x + k * pair
      v128.store(to + first, v128.shuffle<f64>(u, v, 0, 2))
      v128.store(to + (16 - first), v128.shuffle<f64>(u, v, 1, 3))
    }
    a += stride
    x += nodeBytes
  }
}

function scatterColumns(x: usize, x1: usize, x2: usize, x3: usize, a: usize, n: i32, stride: usize, first: usize, scale: f64): void {
  for (let j = 0; j < n; j++) {
    scatterNode(x, a, first, scale)
    scatterNode(x1, a + 32, first, scale)
    scatterNode(x2, a + 64, first, scale)
    scatterNode(x3, a + 96, first, scale)
    a += stride
    x += nodeBytes
    x1 += nodeBytes
    x2 += nodeBytes
    x3 += nodeBytes
  }
}

// @ts-ignore: decorator
@inline
function scatterNode(x: usize, a: usize, first: usize, scale: f64): void {
  const factor = f64x2.splat(scale)
  const u = f64x2.mul(factor, v128.load(x + first)), v = f64x2.mul(factor, v128.load(x + (16 - first)))
  v128.store(a, v128.shuffle<f64>(u, v, 0, 2))
  v128.store(a, v128.shuffle<f64>(u, v, 1, 3), 16)
}

/**
 * Transforms groups from … to − 1 of eight lines each of n numbers from `values` to `out` (which may be the same), times `scale`; `inverse` with e^{+2πi…}.
 * `count` is the length of the passes: n, or more where there is a chirp. A place of work holds five lines of `count` nodes of a pair.
 */
export function fftLines(
  from: i32, to: i32, values: usize, out: usize, lines: i32, n: i32, innerFrom: i32, innerTo: i32, inverse: i32, scale: f64,
  count: i32, passes: usize, chirp: usize, spectrum: usize, busy: usize, work: usize,
): void {
  const place = claimPlace(busy)
  const pair = <usize>count << 5
  const x = work + <usize>place * 5 * pair
  const y = x + 4 * pair
  const first: usize = inverse !== 0 ? 16 : 0
  for (let g = from; g < to; g++) {
    const line = g << 3
    const full = line + 8 <= lines
    const pairs = full ? 4 : (lines - line + 1) >> 1
    if (full && (line % innerFrom) + 8 <= innerFrom) {
      gatherColumns(startOf(values, line, n, innerFrom), n, <usize>innerFrom << 4, x, pair, first)
    } else {
      for (let k = 0; k < pairs; k++) {
        const a = line + 2 * k, b = min(a + 1, lines - 1)
        gatherPair(startOf(values, a, n, innerFrom), startOf(values, b, n, innerFrom), n, <usize>innerFrom << 4, x + <usize>k * pair, first)
      }
    }
    // A pair ends in its own place or in the free one; then its own is free.
    let free = y
    let r0 = x, r1 = x + pair, r2 = x + 2 * pair, r3 = x + 3 * pair
    for (let k = 0; k < pairs; k++) {
      const own = x + <usize>k * pair
      const result = chirp === 0 ? transform(own, free, count, passes) : chirped(own, free, n, count, passes, chirp, spectrum)
      if (result !== own) free = own
      if (k === 0) r0 = result
      else if (k === 1) r1 = result
      else if (k === 2) r2 = result
      else r3 = result
    }
    if (full && (line % innerTo) + 8 <= innerTo) {
      scatterColumns(r0, r1, r2, r3, startOf(out, line, n, innerTo), n, <usize>innerTo << 4, first, scale)
    } else {
      for (let k = 0; k < pairs; k++) {
        const a = line + 2 * k, b = min(a + 1, lines - 1)
        scatterPair(k === 0 ? r0 : k === 1 ? r1 : k === 2 ? r2 : r3, startOf(out, a, n, innerTo), startOf(out, b, n, innerTo), n, <usize>innerTo << 4, first, scale)
      }
    }
  }
  leavePlace(busy, place)
}

/**
 * Rows from … to − 1 of a matrix with `columns` complex numbers a row: entry (k, j) times w^{kj}, conjugate where `inverse`. w^b for b < 2^bits begin at `fine`, and
 * w^{a·2^bits} at `coarse`.
 */
export function twistRows(from: i32, to: i32, values: usize, columns: i32, inverse: i32, bits: i32, fine: usize, coarse: usize): void {
  const sign: f64 = inverse !== 0 ? -1 : 1
  const mask = (1 << bits) - 1
  let p = values + ((<usize>from * <usize>columns) << 4)
  for (let k = from; k < to; k++) {
    for (let j = 0, power = 0; j < columns; j++, power += k) {
      const a = coarse + (<usize>(power >> bits) << 4)
      const b = fine + (<usize>(power & mask) << 4)
      const c = load<f64>(a) * load<f64>(b) - load<f64>(a, 8) * load<f64>(b, 8)
      const d = sign * (load<f64>(a) * load<f64>(b, 8) + load<f64>(a, 8) * load<f64>(b))
      const x = load<f64>(p)
      const y = load<f64>(p, 8)
      store<f64>(p, x * c - y * d)
      store<f64>(p, x * d + y * c, 8)
      p += 16
    }
  }
}
