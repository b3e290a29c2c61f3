/*
 * C = factor op(A) op(B) + keep C in three passes (Goto & van de Geijn 2008): panels of four rows of op(A) and four columns of op(B), in the order in which the
 * innermost loop reads them, filled up with zeros; then products of panels. An element's sum runs upwards in blocks of 256 terms, which are added in order.
 * In single precision the terms of a block are rounded to 24 bits, and the sums of blocks are added as doubles.
 */

const depth: i32 = 256
/** Panels of A that are worked on with one panel of B: with a block's depth they fit into half of a core's second cache. */
const group: i32 = 16

/**
 * Panels from … to of four lines each: `lines` lines `lineStride` apart, of `length` numbers `stride` apart (in numbers), to out. Panel p of block b begins at
 * 4·(b·depth·panels + p·depthOfBlock).
 */
export function packPanels(from: i32, to: i32, out: usize, a: usize, lines: i32, lineStride: i32, length: i32, stride: i32, panels: i32): void {
  for (let block: i32 = 0; block < length; block += depth) {
    const count = min(depth, length - block)
    for (let panel = from; panel < to; panel++) {
      let target = out + (<usize>(block * panels + panel * count) << 5)
      const first = panel * 4
      let source = a + ((<usize>first * <usize>lineStride + <usize>block * <usize>stride) << 3)
      const step = <usize>stride << 3
      const next = <usize>lineStride << 3
      if (first + 4 <= lines && lineStride == 1) {
        for (let k: i32 = 0; k < count; k++) {
          v128.store(target, v128.load(source))
          v128.store(target, v128.load(source, 16), 16)
          target += 32
          source += step
        }
      } else if (first + 4 <= lines) {
        for (let k: i32 = 0; k < count; k++) {
          store<f64>(target, load<f64>(source))
          store<f64>(target, load<f64>(source + next), 8)
          store<f64>(target, load<f64>(source + 2 * next), 16)
          store<f64>(target, load<f64>(source + 3 * next), 24)
          target += 32
          source += step
        }
      } else {
        for (let k: i32 = 0; k < count; k++) {
          for (let line: i32 = 0; line < 4; line++) {
            store<f64>(target + (<usize>line << 3), first + line < lines ? load<f64>(source + <usize>line * next) : 0)
          }
          target += 32
          source += step
        }
      }
    }
  }
}

/** Row panels from … to of the product: C rows × columns, row major; a and b packed. Where keep is 0, C is not read. */
export function multiplyPanels(
  from: i32, to: i32, c: usize, a: usize, b: usize, rows: i32, columns: i32, length: i32, factor: f64, keep: f64,
): void {
  const rowPanels = (rows + 3) >> 2
  const columnPanels = (columns + 3) >> 2
  for (let start = from; start < to; start += group) {
    const end = min(to, start + group)
    for (let block: i32 = 0; block < length; block += depth) {
      const count = min(depth, length - block)
      const aBlock = a + (<usize>(block * rowPanels) << 5)
      const bBlock = b + (<usize>(block * columnPanels) << 5)
      const panelBytes = <usize>count << 5
      const scale = block == 0 ? keep : 1
      for (let j: i32 = 0; j < columnPanels; j++) {
        for (let i = start; i < end; i++) {
          const target = c + ((<usize>(4 * i) * <usize>columns + <usize>(4 * j)) << 3)
          tile(target, aBlock + <usize>i * panelBytes, bBlock + <usize>j * panelBytes, count, columns, min(4, rows - 4 * i), min(4, columns - 4 * j), factor, scale)
        }
      }
    }
  }
}

/** A tile of C from a panel each: height × width of it are C's. */
// @ts-ignore: decorator
@inline
function tile(c: usize, a: usize, b: usize, count: i32, columns: i32, height: i32, width: i32, factor: f64, keep: f64): void {
  let s00 = f64x2.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00
  // Unrolled it is slower: the engine runs out of registers.
  const end = a + (<usize>count << 5)
  while (a < end) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let each = v128.load64_splat(a)
    s00 = f64x2.add(s00, f64x2.mul(each, b0))
    s01 = f64x2.add(s01, f64x2.mul(each, b1))
    each = v128.load64_splat(a, 8)
    s10 = f64x2.add(s10, f64x2.mul(each, b0))
    s11 = f64x2.add(s11, f64x2.mul(each, b1))
    each = v128.load64_splat(a, 16)
    s20 = f64x2.add(s20, f64x2.mul(each, b0))
    s21 = f64x2.add(s21, f64x2.mul(each, b1))
    each = v128.load64_splat(a, 24)
    s30 = f64x2.add(s30, f64x2.mul(each, b0))
    s31 = f64x2.add(s31, f64x2.mul(each, b1))
    a += 32
    b += 32
  }
  const row = <usize>columns << 3
  if (height == 4 && width == 4) {
    const scale = f64x2.splat(factor)
    putFour(c, s00, s01, scale, keep)
    putFour(c + row, s10, s11, scale, keep)
    putFour(c + 2 * row, s20, s21, scale, keep)
    putFour(c + 3 * row, s30, s31, scale, keep)
    return
  }
  put(c, s00, s01, width, factor, keep)
  if (height > 1) put(c + row, s10, s11, width, factor, keep)
  if (height > 2) put(c + 2 * row, s20, s21, width, factor, keep)
  if (height > 3) put(c + 3 * row, s30, s31, width, factor, keep)
}

// @ts-ignore: decorator
@inline
function putFour(c: usize, low: v128, high: v128, scale: v128, keep: f64): void {
  low = f64x2.mul(scale, low)
  high = f64x2.mul(scale, high)
  if (keep != 0) {
    const old = f64x2.splat(keep)
    low = f64x2.add(f64x2.mul(old, v128.load(c)), low)
    high = f64x2.add(f64x2.mul(old, v128.load(c, 16)), high)
  }
  v128.store(c, low)
  v128.store(c, high, 16)
}

/** At an edge of C, up to four numbers. */
function put(c: usize, low: v128, high: v128, width: i32, factor: f64, keep: f64): void {
  const scale = f64x2.splat(factor)
  if (width >= 4) {
    putFour(c, low, high, scale, keep)
    return
  }
  low = f64x2.mul(scale, low)
  high = f64x2.mul(scale, high)
  putOne(c, f64x2.extract_lane(low, 0), keep)
  if (width > 1) putOne(c + 8, f64x2.extract_lane(low, 1), keep)
  if (width > 2) putOne(c + 16, f64x2.extract_lane(high, 0), keep)
}

// @ts-ignore: decorator
@inline
function putOne(c: usize, value: f64, keep: f64): void {
  store<f64>(c, keep == 0 ? value : keep * load<f64>(c) + value)
}

/** As packPanels, rounded to single precision. Panels may be more than there are lines for. */
export function packSinglePanels(from: i32, to: i32, out: usize, a: usize, lines: i32, lineStride: i32, length: i32, stride: i32, panels: i32): void {
  for (let block: i32 = 0; block < length; block += depth) {
    const count = min(depth, length - block)
    for (let panel = from; panel < to; panel++) {
      const first = panel * 4
      const source = a + ((<usize>first * <usize>lineStride + <usize>block * <usize>stride) << 3)
      packFour(out + (<usize>(block * panels + panel * count) << 4), source, lines - first, <usize>lineStride << 3, count, <usize>stride << 3)
    }
  }
}

/** Four lines, of which the first `lines` exist, `count` numbers of each. */
// @ts-ignore: decorator
@inline
function packFour(target: usize, source: usize, lines: i32, next: usize, count: i32, step: usize): void {
  if (lines >= 4 && next == 8) {
    for (let k: i32 = 0; k < count; k++) {
      const low = f32x4.demote_f64x2_zero(v128.load(source))
      const high = f32x4.demote_f64x2_zero(v128.load(source, 16))
      v128.store(target, v128.shuffle<i64>(low, high, 0, 2))
      target += 16
      source += step
    }
  } else if (lines >= 4) {
    for (let k: i32 = 0; k < count; k++) {
      store<f32>(target, <f32>load<f64>(source))
      store<f32>(target, <f32>load<f64>(source + next), 4)
      store<f32>(target, <f32>load<f64>(source + 2 * next), 8)
      store<f32>(target, <f32>load<f64>(source + 3 * next), 12)
      target += 16
      source += step
    }
  } else {
    for (let k: i32 = 0; k < count; k++) {
      for (let line: i32 = 0; line < 4; line++) {
        store<f32>(target + (<usize>line << 2), line < lines ? <f32>load<f64>(source + <usize>line * next) : 0)
      }
      target += 16
      source += step
    }
  }
}

/** As multiplyPanels, of panels in single precision, those of b an even number. C is in doubles. */
export function multiplySinglePanels(
  from: i32, to: i32, c: usize, a: usize, b: usize, rows: i32, columns: i32, length: i32, factor: f64, keep: f64,
): void {
  const rowPanels = (rows + 3) >> 2
  const columnPairs = (columns + 7) >> 3
  for (let start = from; start < to; start += group) {
    const end = min(to, start + group)
    for (let block: i32 = 0; block < length; block += depth) {
      const count = min(depth, length - block)
      const aBlock = a + (<usize>(block * rowPanels) << 4)
      const bBlock = b + (<usize>(block * columnPairs) << 5)
      const scale = block == 0 ? keep : 1
      for (let j: i32 = 0; j < columnPairs; j++) {
        for (let i = start; i < end; i++) {
          const target = c + ((<usize>(4 * i) * <usize>columns + <usize>(8 * j)) << 3)
          singleTile(
            target, aBlock + (<usize>(i * count) << 4), bBlock + (<usize>(j * count) << 5), count, columns, min(4, rows - 4 * i), min(8, columns - 8 * j), factor, scale,
          )
        }
      }
    }
  }
}

/** A tile of C from a panel of a and two of b: height × width of it are C's. */
// @ts-ignore: decorator
@inline
function singleTile(c: usize, a: usize, b: usize, count: i32, columns: i32, height: i32, width: i32, factor: f64, keep: f64): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00
  const next = <usize>count << 4
  const end = a + next
  while (a < end) {
    const b0 = v128.load(b)
    const b1 = v128.load(b + next)
    let each = v128.load32_splat(a)
    s00 = f32x4.add(s00, f32x4.mul(each, b0))
    s01 = f32x4.add(s01, f32x4.mul(each, b1))
    each = v128.load32_splat(a, 4)
    s10 = f32x4.add(s10, f32x4.mul(each, b0))
    s11 = f32x4.add(s11, f32x4.mul(each, b1))
    each = v128.load32_splat(a, 8)
    s20 = f32x4.add(s20, f32x4.mul(each, b0))
    s21 = f32x4.add(s21, f32x4.mul(each, b1))
    each = v128.load32_splat(a, 12)
    s30 = f32x4.add(s30, f32x4.mul(each, b0))
    s31 = f32x4.add(s31, f32x4.mul(each, b1))
    a += 16
    b += 16
  }
  const row = <usize>columns << 3
  if (height == 4 && width == 8) {
    const scale = f64x2.splat(factor)
    putWide(c, s00, scale, keep)
    putWide(c + 32, s01, scale, keep)
    putWide(c + row, s10, scale, keep)
    putWide(c + row + 32, s11, scale, keep)
    putWide(c + 2 * row, s20, scale, keep)
    putWide(c + 2 * row + 32, s21, scale, keep)
    putWide(c + 3 * row, s30, scale, keep)
    putWide(c + 3 * row + 32, s31, scale, keep)
    return
  }
  putSingle(c, s00, s01, width, factor, keep)
  if (height > 1) putSingle(c + row, s10, s11, width, factor, keep)
  if (height > 2) putSingle(c + 2 * row, s20, s21, width, factor, keep)
  if (height > 3) putSingle(c + 3 * row, s30, s31, width, factor, keep)
}

/** Four sums of single precision, as doubles. */
// @ts-ignore: decorator
@inline
function putWide(c: usize, sums: v128, scale: v128, keep: f64): void {
  putFour(c, f64x2.promote_low_f32x4(sums), upper(sums), scale, keep)
}

// @ts-ignore: decorator
@inline
function upper(sums: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(sums, sums, 1, 1))
}

/** At an edge of C, up to eight numbers. */
function putSingle(c: usize, low: v128, high: v128, width: i32, factor: f64, keep: f64): void {
  put(c, f64x2.promote_low_f32x4(low), upper(low), width, factor, keep)
  if (width > 4) put(c + 32, f64x2.promote_low_f32x4(high), upper(high), width - 4, factor, keep)
}
