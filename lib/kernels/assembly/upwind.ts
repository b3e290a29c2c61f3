/*
 * −H_k = −(½a p² − b p) of one axis at Godunov's slope between one-sided derivatives, on the lines of that axis: operation for operation kernels/stencils.ts, kernels/eno.ts and
 * pde/hamilton-jacobi/line-derivatives.ts.
 */

import { fillPairGhosts, gatherGroup, scatterGroup, together } from './lines'

// @ts-ignore: decorator
@inline
function c(x: f64): v128 {
  return f64x2.splat(x)
}

// @ts-ignore: decorator
@inline
function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b)
}

// @ts-ignore: decorator
@inline
function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b)
}

// @ts-ignore: decorator
@inline
function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b)
}

/** −½a max(left, −right, 0)². */
// @ts-ignore: decorator
@inline
function flatRate(left: v128, right: v128, a: f64): v128 {
  const p = f64x2.max(f64x2.max(left, f64x2.neg(right)), c(0))
  return mul(mul(c(-0.5 * a), p), p)
}

/** −(½a p² − tilt p). */
// @ts-ignore: decorator
@inline
function tiltedRate(left: v128, right: v128, a: f64, tilt: v128): v128 {
  const up = sub(mul(c(a), left), tilt)
  const down = sub(tilt, mul(c(a), right))
  const rest = v128.bitselect(right, f64x2.div(tilt, c(a)), f64x2.gt(down, c(0)))
  const p = v128.bitselect(left, rest, v128.and(f64x2.ge(up, down), f64x2.gt(up, c(0))))
  const sum = add(up, down)
  return v128.bitselect(mul(p, sub(tilt, mul(c(0.5 * a), p))), c(NaN), f64x2.eq(sum, sum))
}

// @ts-ignore: decorator
@inline
function minmod(a: v128, b: v128): v128 {
  const smaller = v128.bitselect(a, b, f64x2.lt(f64x2.abs(a), f64x2.abs(b)))
  return v128.bitselect(c(0), smaller, f64x2.le(mul(a, b), c(0)))
}

/** `correction` of kernels/eno.ts. */
// @ts-ignore: decorator
@inline
function thirdOrder(a: v128, b: v128, m: v128, d: v128): v128 {
  const second = mul(c(0.5), minmod(b, m))
  const outer = sub(add(f64x2.div(b, c(2)), f64x2.div(sub(b, a), c(3))), second)
  const middle = sub(f64x2.div(add(b, mul(c(2), m)), c(6)), second)
  const inner = sub(sub(f64x2.div(m, c(2)), f64x2.div(sub(d, m), c(6))), second)
  return add(second, minmod(outer, minmod(middle, inner)))
}

/** `upwindCorrection` of kernels/stencils.ts. */
// @ts-ignore: decorator
@inline
function fifthOrder(a: v128, b: v128, m: v128, d: v128): v128 {
  const ab = sub(a, b)
  const bc = sub(b, m)
  const cd = sub(m, d)
  const a3b = sub(a, mul(c(3), b))
  const bPlusC = add(b, m)
  const c3d = sub(mul(c(3), m), d)
  const smoothness0 = add(add(c(1), mul(mul(c(13), ab), ab)), mul(mul(c(3), a3b), a3b))
  const smoothness1 = add(add(c(1), mul(mul(c(13), bc), bc)), mul(mul(c(3), bPlusC), bPlusC))
  const smoothness2 = add(add(c(1), mul(mul(c(13), cd), cd)), mul(mul(c(3), c3d), c3d))
  const p01 = mul(smoothness0, smoothness1)
  const p02 = mul(smoothness0, smoothness2)
  const p12 = mul(smoothness1, smoothness2)
  const share0 = mul(p12, p12)
  const share1 = mul(mul(c(6), p02), p02)
  const share2 = mul(mul(c(3), p01), p01)
  const total = add(add(share0, share1), share2)
  const high = add(mul(mul(c(2), share0), sub(ab, bc)), mul(sub(share2, mul(c(0.5), total)), sub(bc, cd)))
  return f64x2.div(high, mul(c(6), total))
}

/** Slopes of the links in the place of the values; n + 2·ghosts − 1 of them. Returned: the steepest of each lane. */
// @ts-ignore: decorator
@inline
function toSlopes(buffer: usize, links: i32, h: f64): v128 {
  let steepest = c(0)
  let value = v128.load(buffer)
  for (let i = 0; i < links; i++, buffer += 16) {
    const next = v128.load(buffer, 16)
    const slope = f64x2.div(sub(next, value), c(h))
    v128.store(buffer, slope)
    steepest = f64x2.pmax(steepest, f64x2.abs(slope))
    value = next
  }
  return steepest
}

/**
 * The rates of a pair of lines in the place of their slopes, from the first one on: those of node i need slopes i … i + 2·order + … only. `order` 1, 2, 3 or 5, a constant where it is
 * called. Where `low` or `high` is set, waves leave there: the end node has the derivative from inside only.
 */
// @ts-ignore: decorator
@inline
function ratesOfOrder(order: i32, tilted: bool, buffer: usize, n: i32, h: f64, a: f64, tilts: usize, low: v128, high: v128): void {
  const ghosts = order == 5 ? 3 : order
  const steepest = toSlopes(buffer, n + 2 * ghosts - 1, h)
  let unit = c(0)
  let inverse = c(0)
  if (order == 5) {
    // Second differences in units of √ε.
    unit = v128.bitselect(f64x2.div(steepest, c(1000)), c(0), f64x2.gt(steepest, c(1e-290)))
    inverse = v128.bitselect(f64x2.div(c(1), unit), c(0), f64x2.gt(unit, c(0)))
  }
  let s0 = v128.load(buffer)
  let s1 = v128.load(buffer, 16)
  let s2 = order > 1 ? v128.load(buffer, 32) : s1
  let s3 = order > 2 ? v128.load(buffer, 48) : s1
  let s4 = order > 2 ? v128.load(buffer, 64) : s1
  let d1 = sub(s1, s0)
  let d2 = sub(s2, s1)
  let d3 = sub(s3, s2)
  let d4 = sub(s4, s3)
  if (order == 5) {
    d1 = mul(d1, inverse)
    d2 = mul(d2, inverse)
    d3 = mul(d3, inverse)
    d4 = mul(d4, inverse)
  }
  for (let i = 0; i < n; i++, buffer += 16, tilts += 16) {
    let left: v128
    let right: v128
    if (order == 1) {
      left = s0
      right = v128.load(buffer, 16)
      s0 = right
    } else if (order == 2) {
      const next = v128.load(buffer, 48)
      const beyond = sub(next, s2)
      left = add(s1, mul(c(0.5), minmod(d1, d2)))
      right = sub(s2, mul(c(0.5), minmod(beyond, d2)))
      s1 = s2
      s2 = next
      d1 = d2
      d2 = beyond
    } else {
      const s5 = v128.load(buffer, 80)
      let d5 = sub(s5, s4)
      if (order == 3) {
        left = add(s2, thirdOrder(d1, d2, d3, d4))
        right = sub(s3, thirdOrder(d5, d4, d3, d2))
      } else {
        d5 = mul(d5, inverse)
        const central = f64x2.div(sub(sub(mul(c(7), add(s2, s3)), s1), s4), c(12))
        left = sub(central, mul(unit, fifthOrder(d1, d2, d3, d4)))
        right = add(central, mul(unit, fifthOrder(d5, d4, d3, d2)))
      }
      s1 = s2
      s2 = s3
      s3 = s4
      s4 = s5
      d1 = d2
      d2 = d3
      d3 = d4
      d4 = d5
    }
    if (i == 0) left = v128.bitselect(right, left, low)
    if (i == n - 1) right = v128.bitselect(left, right, high)
    v128.store(buffer, tilted ? tiltedRate(left, right, a, v128.load(tilts)) : flatRate(left, right, a))
  }
}

function pairRates(order: i32, buffer: usize, n: i32, h: f64, a: f64, tilts: usize, low: v128, high: v128): void {
  if (tilts == 0) {
    if (order == 1) ratesOfOrder(1, false, buffer, n, h, a, tilts, low, high)
    else if (order == 2) ratesOfOrder(2, false, buffer, n, h, a, tilts, low, high)
    else if (order == 3) ratesOfOrder(3, false, buffer, n, h, a, tilts, low, high)
    else ratesOfOrder(5, false, buffer, n, h, a, tilts, low, high)
  } else {
    if (order == 1) ratesOfOrder(1, true, buffer, n, h, a, tilts, low, high)
    else if (order == 2) ratesOfOrder(2, true, buffer, n, h, a, tilts, low, high)
    else if (order == 3) ratesOfOrder(3, true, buffer, n, h, a, tilts, low, high)
    else ratesOfOrder(5, true, buffer, n, h, a, tilts, low, high)
  }
}

/**
 * Rates of an axis on the lines of groups from … to − 1, written to `result` or added to it. `drift` is b of this axis, or 0. `terms` > 0 where lines continue through open ends by
 * as many differences of slopes where waves leave; else the ghosts follow the rules. Buffers hold n + 6 pairs of values and n of drifts.
 */
export function upwindRates(
  from: i32, to: i32, order: i32, data: usize, result: usize, adding: i32, lines: i32, n: i32, stride: i32, h: f64, a: f64, drift: usize, terms: i32,
  rules: usize, rulesEnd: usize, buffers: usize, pitch: i32,
): void {
  const ghosts = order == 5 ? 3 : order
  const own = buffers + from * (drift == 0 ? 4 : 8) * pitch
  const tilts = own + 4 * pitch
  for (let group = from; group < to; group++) {
    const line = group * together
    gatherGroup(data, line, lines, n, stride, ghosts, own, pitch)
    if (drift != 0) gatherGroup(drift, line, lines, n, stride, 0, tilts, pitch)
    for (let l = 0; l < min(together, lines - line); l += 2) {
      const buffer = own + (l >> 1) * pitch
      const tilt: usize = drift == 0 ? 0 : tilts + (l >> 1) * pitch
      let low = i64x2.splat(0)
      let high = low
      if (terms == 0) fillPairGhosts(buffer, rules, rulesEnd)
      else {
        const first = buffer + (ghosts << 4)
        const low0 = leavesLow(first, h, a, tilt)
        const low1 = leavesLow(first + 8, h, a, tilt == 0 ? 0 : tilt + 8)
        const high0 = leavesHigh(first, n, h, a, tilt)
        const high1 = leavesHigh(first + 8, n, h, a, tilt == 0 ? 0 : tilt + 8)
        const last = first + ((n - 1) << 4)
        continueLine(first, -16, low0 ? terms : 0, n, ghosts)
        continueLine(first + 8, -16, low1 ? terms : 0, n, ghosts)
        continueLine(last, 16, high0 ? terms : 0, n, ghosts)
        continueLine(last + 8, 16, high1 ? terms : 0, n, ghosts)
        low = i64x2.replace_lane(i64x2.splat(low0 ? -1 : 0), 1, low1 ? -1 : 0)
        high = i64x2.replace_lane(i64x2.splat(high0 ? -1 : 0), 1, high1 ? -1 : 0)
      }
      pairRates(order, buffer, n, h, a, tilt, low, high)
    }
    scatterGroup(result, adding != 0, line, lines, n, stride, own, pitch)
  }
}

// @ts-ignore: decorator
@inline
function leavesLow(first: usize, h: f64, a: f64, tilt: usize): bool {
  return a * ((load<f64>(first, 16) - load<f64>(first)) / h) - (tilt == 0 ? 0 : load<f64>(tilt)) < 0
}

// @ts-ignore: decorator
@inline
function leavesHigh(first: usize, n: i32, h: f64, a: f64, tilt: usize): bool {
  const last = first + ((n - 1) << 4)
  return a * ((load<f64>(last) - load<f64>(last - 16)) / h) - (tilt == 0 ? 0 : load<f64>(tilt + ((n - 1) << 4))) > 0
}

/** `continueLine` of line-derivatives.ts on one lane. */
function continueLine(end: usize, step: i32, terms: i32, n: i32, ghosts: i32): void {
  const u0 = load<f64>(end)
  const u1 = load<f64>(end - step)
  const slope = u0 - u1
  let first: f64 = 0
  let second: f64 = 0
  let third: f64 = 0
  if (terms > 0) {
    const u2 = load<f64>(end - 2 * step)
    const u3 = load<f64>(end - 3 * step)
    const u4 = load<f64>(end - 4 * step)
    const e0 = slope - (u1 - u2)
    const e1 = u1 - u2 - (u2 - u3)
    const e2 = u2 - u3 - (u3 - u4)
    const c0 = e0 - e1
    const c1 = e1 - e2
    const trust = shareOf(c0, max<f64>(max<f64>(abs<f64>(e0), abs<f64>(e1)), abs<f64>(e2)))
    first = trust * e0
    if (terms > 1) second = trust * c0
    if (terms > 2 && n > 5) {
      const u5 = load<f64>(end - 5 * step)
      const c2 = e2 - (u3 - u4 - (u4 - u5))
      third = trust * shareOf(c0 - c1, max<f64>(max<f64>(abs<f64>(c0), abs<f64>(c1)), abs<f64>(c2))) * (c0 - c1)
    }
  }
  let value = u0
  for (let j = 1; j <= ghosts; j++) {
    const k = <f64>j
    value += slope + k * (first + ((k + 1) / 2) * (second + ((k + 2) / 3) * third))
    store<f64>(end + step * j, value)
  }
}

function shareOf(difference: f64, largest: f64): f64 {
  const size = abs<f64>(difference)
  return size <= 0.5 * largest ? 1 : size < largest ? 2 - (2 * size) / largest : 0
}

/** Line group by line group the steepest link, |u_{i+1} − u_i| of lines with one ghost, or with a drift the largest |a(u_{i±1} − u_i)/h − b_i|. */
export function steepestLines(
  from: i32, to: i32, data: usize, out: usize, lines: i32, n: i32, stride: i32, h: f64, a: f64, drift: usize, rules: usize, rulesEnd: usize, buffers: usize, pitch: i32,
): void {
  const own = buffers + from * (drift == 0 ? 4 : 8) * pitch
  const tilts = own + 4 * pitch
  for (let group = from; group < to; group++) {
    const line = group * together
    gatherGroup(data, line, lines, n, stride, 1, own, pitch)
    if (drift != 0) gatherGroup(drift, line, lines, n, stride, 0, tilts, pitch)
    let most = c(0)
    for (let l = 0; l < min(together, lines - line); l += 2) {
      let buffer = own + (l >> 1) * pitch
      fillPairGhosts(buffer, rules, rulesEnd)
      let value = v128.load(buffer)
      if (drift == 0) {
        for (let i = 0; i <= n; i++, buffer += 16) {
          const next = v128.load(buffer, 16)
          most = f64x2.pmax(most, f64x2.abs(sub(next, value)))
          value = next
        }
      } else {
        let tilt = tilts + (l >> 1) * pitch
        for (let i = 0; i < n; i++, buffer += 16, tilt += 16) {
          const here = v128.load(buffer, 16)
          const b = v128.load(tilt)
          most = f64x2.pmax(most, f64x2.abs(sub(f64x2.div(mul(c(a), sub(here, value)), c(h)), b)))
          most = f64x2.pmax(most, f64x2.abs(sub(f64x2.div(mul(c(a), sub(v128.load(buffer, 32), here)), c(h)), b)))
          value = here
        }
      }
    }
    store<f64>(out + (group << 3), max<f64>(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)))
  }
}
