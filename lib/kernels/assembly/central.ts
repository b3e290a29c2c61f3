/*
 * One stage of the Runge–Kutta–Legendre method of order 2 for u_t = −Σ_k (½a_k p_k² − b_k p_k) + viscosity Δu by central differences of order 4, in one pass over the
 * rows (the lines of the last axis). Arrays have two ghosts at both ends of every axis and the same layout; the drift b and the state at the start of the step have none.
 * Operation for operation kernels/central-stages.ts. Rows are computed four nodes at a time: those behind the last are ghosts, to be filled anew, and room.
 *
 * `table` has five doubles an axis, from the last one on: factors of the differences over four spacings' and two spacings' ends in the slope, of the sums of neighbours at
 * distances 1 and 2 in the Laplacian, and ½a.
 */

import { rowPlace } from './ghosts'

/** The square of the slope, scaled by the table, or ½a p² − b p. */
// @ts-ignore: decorator
@inline
function energy(ll: v128, l: v128, r: v128, rr: v128, near: v128, far: v128, tilted: bool, half: usize, b: usize): v128 {
  const p = f64x2.sub(f64x2.mul(near, f64x2.sub(r, l)), f64x2.mul(far, f64x2.sub(rr, ll)))
  return f64x2.mul(p, tilted ? f64x2.sub(f64x2.mul(v128.load64_splat(half), p), v128.load(b)) : p)
}

// @ts-ignore: decorator
@inline
function neighbours(ll: v128, l: v128, r: v128, rr: v128, close: v128, wide: v128): v128 {
  return f64x2.add(f64x2.mul(close, f64x2.add(l, r)), f64x2.mul(wide, f64x2.add(ll, rr)))
}

/**
 * A row: first = rate and next = last + step·rate if `opening`, else next = nu·next + origin·start + back·first + what `center` and the table make of `last`. `size` bytes of
 * a component of the drift. `dim`, `tilted` and `opening` are constants where it is called.
 */
// @ts-ignore: decorator
@inline
function stageRow(
  dim: i32, tilted: bool, opening: bool, n: i32, stride1: i32, stride0: i32, table: usize, drift: usize, size: i32, last: usize, first: usize, next: usize,
  start: usize, step: f64, center: f64, nu: f64, origin: f64, back: f64,
): void {
  const near2 = v128.load64_splat(table)
  const far2 = v128.load64_splat(table, 8)
  const close2 = v128.load64_splat(table, 16)
  const wide2 = v128.load64_splat(table, 24)
  const near1 = dim > 1 ? v128.load64_splat(table, 40) : near2
  const far1 = dim > 1 ? v128.load64_splat(table, 48) : near2
  const close1 = dim > 1 ? v128.load64_splat(table, 56) : near2
  const wide1 = dim > 1 ? v128.load64_splat(table, 64) : near2
  const near0 = dim > 2 ? v128.load64_splat(table, 80) : near2
  const far0 = dim > 2 ? v128.load64_splat(table, 88) : near2
  const close0 = dim > 2 ? v128.load64_splat(table, 96) : near2
  const wide0 = dim > 2 ? v128.load64_splat(table, 104) : near2
  const steps = f64x2.splat(step)
  const centers = f64x2.splat(center)
  const nus = f64x2.splat(nu)
  const origins = f64x2.splat(origin)
  const backs = f64x2.splat(back)
  const end = last + (n << 3)
  let behind1 = last - 2 * stride1
  let before1 = last - stride1
  let after1 = last + stride1
  let beyond1 = last + 2 * stride1
  let behind0 = last - 2 * stride0
  let before0 = last - stride0
  let after0 = last + stride0
  let beyond0 = last + 2 * stride0
  // Neighbours in the row are at constant distances from the one two nodes before.
  let row = last - 16
  while (row + 16 < end) {
    // Unrolled: the same twice, 16 bytes apart.
    {
      const u = v128.load(row, 16)
      let sum = f64x2.splat(0)
      let spread = f64x2.mul(centers, u)
      if (dim > 2) {
        const ll = v128.load(behind0, 0)
        const l = v128.load(before0, 0)
        const r = v128.load(after0, 0)
        const rr = v128.load(beyond0, 0)
        sum = energy(ll, l, r, rr, near0, far0, tilted, table + 112, drift)
        spread = f64x2.add(spread, neighbours(ll, l, r, rr, close0, wide0))
      }
      if (dim > 1) {
        const ll = v128.load(behind1, 0)
        const l = v128.load(before1, 0)
        const r = v128.load(after1, 0)
        const rr = v128.load(beyond1, 0)
        const e = energy(ll, l, r, rr, near1, far1, tilted, table + 72, drift + (dim - 2) * size)
        sum = dim > 2 ? f64x2.add(sum, e) : e
        spread = f64x2.add(spread, neighbours(ll, l, r, rr, close1, wide1))
      }
      const ll = v128.load(row, 0)
      const l = v128.load(row, 8)
      const r = v128.load(row, 24)
      const rr = v128.load(row, 32)
      const e = energy(ll, l, r, rr, near2, far2, tilted, table + 32, drift + (dim - 1) * size)
      sum = dim > 1 ? f64x2.add(sum, e) : e
      spread = f64x2.add(spread, neighbours(ll, l, r, rr, close2, wide2))
      if (opening) {
        const rate = f64x2.sub(spread, sum)
        v128.store(first, rate, 0)
        v128.store(next, f64x2.add(u, f64x2.mul(steps, rate)), 0)
      } else {
        const moved = f64x2.sub(spread, tilted ? f64x2.mul(steps, sum) : sum)
        const earlier = f64x2.add(f64x2.mul(nus, v128.load(next, 0)), f64x2.mul(origins, v128.load(start, 0)))
        v128.store(next, f64x2.add(f64x2.add(earlier, f64x2.mul(backs, v128.load(first, 0))), moved), 0)
      }
    }
    {
      const u = v128.load(row, 32)
      let sum = f64x2.splat(0)
      let spread = f64x2.mul(centers, u)
      if (dim > 2) {
        const ll = v128.load(behind0, 16)
        const l = v128.load(before0, 16)
        const r = v128.load(after0, 16)
        const rr = v128.load(beyond0, 16)
        sum = energy(ll, l, r, rr, near0, far0, tilted, table + 112, drift + 16)
        spread = f64x2.add(spread, neighbours(ll, l, r, rr, close0, wide0))
      }
      if (dim > 1) {
        const ll = v128.load(behind1, 16)
        const l = v128.load(before1, 16)
        const r = v128.load(after1, 16)
        const rr = v128.load(beyond1, 16)
        const e = energy(ll, l, r, rr, near1, far1, tilted, table + 72, drift + (dim - 2) * size + 16)
        sum = dim > 2 ? f64x2.add(sum, e) : e
        spread = f64x2.add(spread, neighbours(ll, l, r, rr, close1, wide1))
      }
      const ll = v128.load(row, 16)
      const l = v128.load(row, 24)
      const r = v128.load(row, 40)
      const rr = v128.load(row, 48)
      const e = energy(ll, l, r, rr, near2, far2, tilted, table + 32, drift + (dim - 1) * size + 16)
      sum = dim > 1 ? f64x2.add(sum, e) : e
      spread = f64x2.add(spread, neighbours(ll, l, r, rr, close2, wide2))
      if (opening) {
        const rate = f64x2.sub(spread, sum)
        v128.store(first, rate, 16)
        v128.store(next, f64x2.add(u, f64x2.mul(steps, rate)), 16)
      } else {
        const moved = f64x2.sub(spread, tilted ? f64x2.mul(steps, sum) : sum)
        const earlier = f64x2.add(f64x2.mul(nus, v128.load(next, 16)), f64x2.mul(origins, v128.load(start, 16)))
        v128.store(next, f64x2.add(f64x2.add(earlier, f64x2.mul(backs, v128.load(first, 16))), moved), 16)
      }
    }
    row += 32
    first += 32
    next += 32
    start += 32
    drift += 32
    if (dim > 1) {
      behind1 += 32
      before1 += 32
      after1 += 32
      beyond1 += 32
    }
    if (dim > 2) {
      behind0 += 32
      before0 += 32
      after0 += 32
      beyond0 += 32
    }
  }
}

/** The first stage: first = rate(last), next = last + step·first. Pointers at the first node; `rows1` rows of `n` nodes a slab; no drift if it is 0. */
export function centralFirst(
  from: i32, to: i32, dim: i32, n: i32, rows1: i32, stride1: i32, stride0: i32, table: usize, drift: usize, size: i32, last: usize, first: usize, next: usize,
  step: f64, center: f64,
): void {
  for (let row = from; row < to; row++) {
    const r = rowPlace(row, rows1, stride1, stride0)
    const b = drift + row * (n << 3)
    if (drift == 0) {
      if (dim == 1) stageRow(1, false, true, n, stride1, stride0, table, b, size, last + r, first + r, next + r, 0, step, center, 0, 0, 0)
      else if (dim == 2) stageRow(2, false, true, n, stride1, stride0, table, b, size, last + r, first + r, next + r, 0, step, center, 0, 0, 0)
      else stageRow(3, false, true, n, stride1, stride0, table, b, size, last + r, first + r, next + r, 0, step, center, 0, 0, 0)
    } else {
      if (dim == 1) stageRow(1, true, true, n, stride1, stride0, table, b, size, last + r, first + r, next + r, 0, step, center, 0, 0, 0)
      else if (dim == 2) stageRow(2, true, true, n, stride1, stride0, table, b, size, last + r, first + r, next + r, 0, step, center, 0, 0, 0)
      else stageRow(3, true, true, n, stride1, stride0, table, b, size, last + r, first + r, next + r, 0, step, center, 0, 0, 0)
    }
  }
}

/** A later stage, `next` in the place of the stage before `last`: nu·before + origin·start + back·first + center·last + step·rate(last) without the share of the node itself. */
export function centralLater(
  from: i32, to: i32, dim: i32, n: i32, rows1: i32, stride1: i32, stride0: i32, table: usize, drift: usize, size: i32, last: usize, first: usize, next: usize,
  step: f64, center: f64, start: usize, nu: f64, origin: f64, back: f64,
): void {
  for (let row = from; row < to; row++) {
    const r = rowPlace(row, rows1, stride1, stride0)
    const b = drift + row * (n << 3)
    const u = start + row * (n << 3)
    if (drift == 0) {
      if (dim == 1) stageRow(1, false, false, n, stride1, stride0, table, b, size, last + r, first + r, next + r, u, step, center, nu, origin, back)
      else if (dim == 2) stageRow(2, false, false, n, stride1, stride0, table, b, size, last + r, first + r, next + r, u, step, center, nu, origin, back)
      else stageRow(3, false, false, n, stride1, stride0, table, b, size, last + r, first + r, next + r, u, step, center, nu, origin, back)
    } else {
      if (dim == 1) stageRow(1, true, false, n, stride1, stride0, table, b, size, last + r, first + r, next + r, u, step, center, nu, origin, back)
      else if (dim == 2) stageRow(2, true, false, n, stride1, stride0, table, b, size, last + r, first + r, next + r, u, step, center, nu, origin, back)
      else stageRow(3, true, false, n, stride1, stride0, table, b, size, last + r, first + r, next + r, u, step, center, nu, origin, back)
    }
  }
}

/** Row by row 1 + dim numbers: the largest |∂H/∂p|², and the largest |∂H/∂p_k| of each axis from the last on. The table has slopes times a. */
export function centralSpeeds(
  from: i32, to: i32, dim: i32, n: i32, rows1: i32, stride1: i32, stride0: i32, table: usize, drift: usize, size: i32, copy: usize, out: usize,
): void {
  for (let row = from; row < to; row++) {
    const place = copy + rowPlace(row, rows1, stride1, stride0)
    const found = out + row * ((1 + dim) << 3)
    memory.fill(found, 0, (1 + dim) << 3)
    for (let i = 0; i < n; i++) {
      const at = place + (i << 3)
      let square: f64 = 0
      for (let j = 0; j < dim; j++) {
        const s = j == 0 ? 8 : j == 1 ? stride1 : stride0
        const factors = table + j * 40
        let v = load<f64>(factors) * (load<f64>(at + s) - load<f64>(at - s)) - load<f64>(factors, 8) * (load<f64>(at + 2 * s) - load<f64>(at - 2 * s))
        if (drift != 0) v -= load<f64>(drift + (dim - 1 - j) * size + ((row * n + i) << 3))
        square += v * v
        const most = found + ((1 + j) << 3)
        store<f64>(most, max<f64>(load<f64>(most), abs<f64>(v)))
      }
      store<f64>(found, max<f64>(load<f64>(found), square))
    }
  }
}
